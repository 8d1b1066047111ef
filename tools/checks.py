"""Run the course's checks one after another and sum them up: ``python course.py test [STEP…]``.

The steps are ``lint``, ``types``, ``unit``, ``notebooks``, ``browser``, ``kit`` and ``room``; by
default, all of them run. After a failed check, the others still run. A check that keeps only one
core busy runs beside the others, which show their output at once; its own is shown at the end. The
notebooks run twice: as they are stored, with every exercise open; and there and back, without
EMNIST: see :mod:`tools.going_back`.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, NamedTuple
from xml.etree import ElementTree

from tools.processes import exit_with

ROOT = Path(__file__).resolve().parent.parent
GOING_BACK = ROOT / "build" / "going_back"  # what tools.going_back writes
# The notebooks run without a network: a module that Python finds in this folder blocks it.
NO_NETWORK = {"PYTHONPATH": str(ROOT / "tests" / "no_network"), "HWR_OFFLINE": None}
NO_DATA = {**NO_NETWORK, "HWR_EMNIST": None}
# Two processes run in parallel, perhaps on two cores: more threads would only compete.
ONE_THREAD = dict.fromkeys(
    ("OMP_NUM_THREADS", "TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS"), "1"
)
# What the script lint-imports does, which is not in the same place on every system.
LINT_IMPORTS = "from importlinter.cli import lint_imports_command as lint; lint()"
CELL_TIMEOUT = 300  # seconds; no cell needs more than 90 on an idle machine
NBVAL = (
    *("-q", "--nbval-lax", "--nbval-current-env", f"--nbval-cell-timeout={CELL_TIMEOUT}"),
    "--ignore-glob=*.mine-*.ipynb",  # a learner's own, kept by hwr.cli.reset
)
BROWSER = ("tests/browser", "tests/web")  # to look for them in all takes each worker longer
Variables = Mapping[str, str | None]


@dataclass(frozen=True)
class Check:
    """One command.

    `report` is the JUnit file that the command writes, if it runs pytest. `environment` overrides
    environment variables; None removes one. One that is `beside` keeps only one core busy.
    """

    step: str
    heading: str
    command: tuple[str, ...]
    report: Path | None = None
    environment: Variables = field(default_factory=dict)
    beside: bool = False


class Count(NamedTuple):
    """The numbers of tests that passed, failed and were skipped."""

    passed: int
    failed: int
    skipped: int = 0


class Result(NamedTuple):
    """The outcome of a check, its wall time in seconds, and the figures that its tests recorded."""

    heading: str
    tests: Count
    seconds: float
    figures: Sequence[str] = ()


def checks(reports: Path, python: str = sys.executable) -> list[Check]:
    """Return all checks in order; they write their reports to the folder `reports`."""

    def tool(step: str, heading: str, *arguments: str, beside: bool = False) -> Check:
        return Check(step, heading, (python, "-m", *arguments), beside=beside)

    def tests(
        name: str, heading: str, *arguments: str, env: Variables | None = None, beside: bool = False
    ) -> Check:
        report = reports / f"{name}.xml"
        command = (python, "-m", "pytest", f"--junitxml={report}", *arguments)
        return Check(name.partition("-")[0], heading, command, report, env or {}, beside)

    unit = ("-m", "not browser and not kit and not room")
    room = tuple(f"tests/deploy/test_{name}.py" for name in ("hub", "room", "sign_in"))
    in_parallel = ("-n", "2", "--dist", "loadfile")
    in_order = (*in_parallel, "--no-loadscope-reorder")  # the slowest file is not left to the end
    nbval = (*NBVAL, *in_parallel)
    back = str(GOING_BACK)
    kit = ("-m", "kit", "tests/course/test_kit.py")
    return [
        tool("lint", "ruff check", "ruff", "check", "."),
        tool("lint", "ruff format", "ruff", "format", "--check", "."),
        Check("lint", "import contracts", (python, "-c", LINT_IMPORTS, "--no-cache", "--no-logo")),
        tool("types", "mypy", "mypy", beside=True),
        tests("unit", "unit, property and data tests", *unit, *in_order, "tests"),
        tests("notebooks-open", "notebooks, exercises open", *nbval, "notebooks", env=NO_NETWORK),
        Check("notebooks", "write them there and back", (python, "-m", "tools.going_back")),
        tests("notebooks-back", "notebooks, going back, no data", *nbval, back, env=NO_DATA),
        tests("browser", "browser tests", "-m", "browser", *in_parallel, *BROWSER),
        tests("kit", "set-up from a kit, no network", *kit, beside=True),
        tests("room", "a hub for a class", "-m", "room", *in_parallel, *room),
    ]


def find_chromium() -> str | None:
    """Return the path of an installed Chromium, Chrome or Edge, or None."""
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "msedge")
    programs = os.environ.get("PROGRAMFILES", "C:\\Program Files")
    places = (
        "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
        "/Applications/Chromium.app/Contents/MacOS/Chromium",
        f"{programs}\\Google\\Chrome\\Application\\chrome.exe",
        f"{programs} (x86)\\Microsoft\\Edge\\Application\\msedge.exe",
    )
    found = (shutil.which(name) for name in names)
    return next(filter(None, found), None) or next(filter(os.path.isfile, places), None)


def run_check(check: Check, output: IO[str] | None = None) -> Count:
    """Run one check, with its output on the terminal or in a file, and count its tests."""
    if check.step == "browser" and find_chromium() is None:
        print("Skipped: no Chromium, Chrome or Edge is installed.", flush=True)
        return Count(0, 0, 1)
    # Without EMNIST the checks use made-up handwriting instead of waiting for a download.
    changed = {"HWR_OFFLINE": "1", **ONE_THREAD, **check.environment}
    kept = {name: value for name, value in os.environ.items() if name not in changed}
    added = {name: value for name, value in changed.items() if value is not None}
    status = subprocess.call(
        check.command, cwd=ROOT, env=kept | added, stdout=output, stderr=output
    )
    if check.report is None:
        return Count(1, 0) if status == 0 else Count(0, 1)
    count = read_report(check.report)
    # A crash or an empty run is a failure without a failed test.
    return count._replace(failed=1) if status != 0 and count.failed == 0 else count


def read_report(report: Path) -> Count:
    """Count the tests in a JUnit file that pytest wrote; a missing file has none."""
    cases = ElementTree.parse(report).iter("testcase") if report.is_file() else ()
    outcomes = [{child.tag for child in case} for case in cases]
    failed = sum(bool(tags & {"failure", "error"}) for tags in outcomes)
    skipped = sum("skipped" in tags and not tags & {"failure", "error"} for tags in outcomes)
    return Count(len(outcomes) - failed - skipped, failed, skipped)


def read_figures(report: Path) -> list[str]:
    """Return what tests recorded with pytest's ``record_property``, as "name: value"."""
    if not report.is_file():
        return []
    properties = ElementTree.parse(report).iter("property")
    return [f"{found.get('name')}: {found.get('value')}" for found in properties]


def summarise(results: Sequence[Result]) -> int:
    """Print a line for each check and their sum; return 1 if anything failed, else 0."""
    figures = [figure for result in results for figure in result.figures]
    if figures:
        print("\n=== measured by tests ===", *figures, sep="\n")
    print("\n=== summary ===")
    for heading, tests, seconds, _ in results:
        verdict = "FAILED" if tests.failed else "ok"
        skipped = f", {tests.skipped} skipped" if tests.skipped else ""
        tally = f"{tests.passed} passed, {tests.failed} failed{skipped}"
        print(f"{verdict:6} {heading:30} {seconds:7.1f} s  {tally}")
    failed = sum(result.tests.failed for result in results)
    print(f"{sum(result.tests.passed for result in results)} passed, {failed} failed", flush=True)
    return 1 if failed else 0


def describe_data() -> str:
    """Return which images the checks will use, or why that cannot be found out."""
    try:
        from hwr.datasets import archive

        place = archive.first_archive()
    except Exception as error:  # the package is broken: the checks will show how
        return str(error)
    return f"real EMNIST, {place}" if place else "made-up handwriting (HWR_EMNIST is not set)"


def timed(check: Check, output: IO[str] | None = None) -> Result:
    """Run one check, and return its outcome."""
    started = time.perf_counter()
    count = run_check(check, output)
    seconds = time.perf_counter() - started
    figures = read_figures(check.report) if check.report else []
    return Result(check.heading, count, seconds, figures)


def run_aside(check: Check) -> tuple[Result, str]:
    """Run one check out of sight, and return its outcome and its output."""
    with tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as output:
        result = timed(check, output)
        output.seek(0)
        return result, output.read()


def run_all(chosen: Sequence[Check]) -> list[Result]:
    """Run checks one after another, and beside them, one after another, those that are `beside`."""
    aside = [check for check in chosen if check.beside]
    shown = [check for check in chosen if not check.beside]
    if not shown:  # beside nothing
        aside, shown = shown, aside
    results = {}
    with ThreadPoolExecutor(1) as other_core:
        waiting = [other_core.submit(run_aside, check) for check in aside]
        try:
            for check in shown:
                print(f"\n=== {check.heading} ===", flush=True)
                results[check.heading] = result = timed(check)
                print(f"=== {check.heading}: {result.seconds:.1f} s ===", flush=True)
            for check, one in zip(aside, waiting, strict=True):
                results[check.heading], output = one.result()
                print(f"\n=== {check.heading}, beside the others ===\n{output}", flush=True)
        finally:  # after Ctrl-C, which also ends the one that is running, begin no other
            other_core.shutdown(cancel_futures=True)
    return [results[check.heading] for check in chosen]


def main(steps: Sequence[str]) -> int:
    """Run the checks of `steps`, or all if it is empty, and return the exit status."""
    print(f"Data: {describe_data()}", flush=True)
    with tempfile.TemporaryDirectory() as reports:
        every = checks(Path(reports))
        return summarise(run_all([one for one in every if not steps or one.step in steps]))


if __name__ == "__main__":
    exit_with(main)
