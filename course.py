"""The course's one command.

``python course.py lab``        set up, check the installation and open JupyterLab
``python course.py test``       set up and run all checks (or some: ``test lint unit``)
``python course.py setup``      set up only
``python course.py doctor``     report what is wrong with the installation and how to repair it
``python course.py web``        set up and build the recogniser's web page, build/hwr.html
``python course.py site``       set up and build the course as a website, build/site/index.html
``python course.py notebooks``  set up, run the notebooks on real EMNIST and store their outputs
``python course.py kit``        set up and build a kit: a folder to set up from without a network
``python course.py hub``        set up and start a JupyterHub for a class; see ``hub --help``

``lab`` and ``setup`` take ``--kit FOLDER`` to install from such a kit.

This script needs Python 3.11 or 3.12 and no other package. It creates ``.venv`` beside this file,
installs exactly what ``requirements.lock`` lists, and runs everything with that Python.
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).resolve().parent))  # even if PYTHONSAFEPATH is set
from tools import commands, pip
from tools.files import exclusive_lock, replacing, write
from tools.processes import call, child_environment, exec_program, python_output

ROOT = Path(__file__).resolve().parent
FIRST_PAGE = "/lab/tree/notebooks/00_start_here.ipynb"
SUPPORTED = ("3.12", "3.11")
STEPS = ("lint", "types", "unit", "notebooks", "browser", "kit", "room")  # of tools/checks.py
# Otherwise JupyterLab asks every newcomer whether it may fetch news from the network.
ANNOUNCEMENTS = {"disabledExtensions": {"@jupyterlab/apputils-extension:announcements": True}}


class CourseError(Exception):
    """An expected failure; its message is one sentence that says what to do."""


def say(text: str) -> None:
    """Print a line at once, even to a pipe."""
    print(text, flush=True)


# ------------------------------------------------------------------------------ the environment


class Python(NamedTuple):
    """An interpreter: its path and its version, '3.11' or '3.12'."""

    path: str
    version: str


class Environment:
    """The virtual environment of the checkout in `root`, installed from `kit` if that is given."""

    def __init__(self, root: Path, kit: Path | None = None) -> None:
        self.root, self.kit = root, kit
        self.folder = root / ".venv"
        parts = ("Scripts", "python.exe") if sys.platform == "win32" else ("bin", "python")
        self.python = self.folder.joinpath(*parts)
        self.requirements = root / "requirements.lock"  # exact versions and hashes
        # Locked during set-up; it stays, as a sign that .venv is ours.
        self.lock_file = root / "build" / "setup.lock"
        # Written last: without it, the installation was interrupted.
        self.stamp = self.folder / "course-stamp"
        self.log = self.folder / "setup.log"  # pip's output

    def fingerprint(self, version: str) -> str:
        """Return the expected content of the stamp for this Python version."""
        return f"{version} {digest(self.requirements)}"

    def is_complete(self, versions: Sequence[str]) -> bool:
        """Return whether these requirements were installed, with a Python of `versions`."""
        if not (self.stamp.is_file() and self.python.exists()):
            return False
        return self.stamp.read_text("utf-8") in map(self.fingerprint, versions)


def digest(path: Path) -> str:
    """Return the SHA-256 of a text file, whatever its line endings, which git may change."""
    return hashlib.sha256(path.read_bytes().replace(b"\r\n", b"\n")).hexdigest()


def acceptable_versions() -> tuple[str, ...]:
    """Return the running Python's version, or all supported ones if it is not supported."""
    running = f"{sys.version_info[0]}.{sys.version_info[1]}"
    return (running,) if running in SUPPORTED else SUPPORTED


def find_python() -> Python:
    """Return the running Python if it is supported, else one on the PATH, or raise CourseError."""
    versions = acceptable_versions()
    if len(versions) == 1:
        # If .venv's own Python runs this, use its base: .venv may be about to be rebuilt.
        return Python(getattr(sys, "_base_executable", sys.executable), versions[0])
    for version in versions:
        launcher = ["py", f"-{version}"] if sys.platform == "win32" else [f"python{version}"]
        path = python_output(launcher, "import sys; print(sys._base_executable)")
        if path:
            return Python(path, version)
    raise CourseError(
        f"The course needs Python 3.11 or 3.12, but this is {sys.version.split()[0]} and neither "
        "python3.12 nor python3.11 was found: install one of them and try again."
    )


# ------------------------------------------------------------------------------------- set-up


def set_up(
    environment: Environment,
    find: Callable[[], Python] = find_python,
    build: Callable[[Environment, Python], None] | None = None,
) -> None:
    """Build the environment unless it is complete.

    An interrupted installation is deleted and built again; another program's ``.venv`` is not.
    Raises a CourseError if the environment cannot be built.
    """
    if environment.kit and not (environment.kit / "wheels").is_dir():
        raise CourseError(
            f"{environment.kit} is not a kit, because it has no folder 'wheels': name the folder "
            "that contains START.html."
        )
    if not environment.is_complete(acceptable_versions()):
        python = find()
        ours = environment.stamp.is_file() or environment.lock_file.is_file()
        if os.path.lexists(environment.folder) and not ours:
            raise CourseError(
                f"{environment.folder} was not made by course.py, which needs that place for its "
                "own environment: move it away or delete it, and try again."
            )
        with exclusive_lock(environment.lock_file):
            if not environment.is_complete([python.version]):  # another call may have built it
                remove(environment.folder)
                (build or build_environment)(environment, python)
                link_checkout(environment)
                environment.stamp.write_text(environment.fingerprint(python.version), "utf-8")
    link_checkout(environment)
    keep_fresh_notebooks(environment)


def remove(folder: Path) -> None:
    """Delete a folder, or a link to a folder but not its target."""
    try:
        if folder.is_symlink():
            folder.unlink()
        elif folder.exists():
            shutil.rmtree(folder)
    except OSError as error:
        raise CourseError(
            f"{folder} has to be rebuilt but cannot be deleted ({error.strerror}): "
            "close JupyterLab and all other programs that use it, and try again."
        ) from error


def link_checkout(environment: Environment) -> None:
    """Make the checkout importable in the environment, and turn off JupyterLab's news."""
    packages = next(environment.folder.glob("[Ll]ib/**/site-packages"), None)
    if packages is not None:
        # A relative path stays right when the checkout is moved, and is ASCII in any folder.
        write(packages / "hwr-course.pth", os.path.relpath(environment.root, packages) + "\n")
    settings = environment.folder / "etc" / "jupyter" / "labconfig" / "page_config.json"
    write(settings, json.dumps(ANNOUNCEMENTS))


def keep_fresh_notebooks(environment: Environment) -> None:
    """Copy the notebooks once, so that hwr.cli.reset can restore them where there is no git."""
    fresh = environment.root / "build" / "fresh"
    git = (environment.root / ".git").exists() and shutil.which("git")
    if fresh.exists() or git:
        return
    # If another call was faster, its folder cannot be replaced, and need not be.
    with contextlib.suppress(OSError), replacing(fresh) as temporary:
        temporary.mkdir(exist_ok=True)
        for notebook in (environment.root / "notebooks").glob("*.ipynb"):
            if ".mine-" not in notebook.name:
                shutil.copy(notebook, temporary)


def build_environment(environment: Environment, python: Python) -> None:
    """Create the virtual environment and install its requirements, or raise a CourseError."""
    create, pip_command = venv_commands(environment, python)
    say(f"Creating .venv with Python {python.version}: this takes a few minutes and 2.5 GB, once.")
    started = time.perf_counter()
    done = subprocess.run(
        create, capture_output=True, text=True, check=False, close_fds=False,
        env=child_environment(),
    )  # fmt: skip
    if done.returncode != 0:
        last = (done.stdout + done.stderr).strip().splitlines()[-1:]
        raise CourseError(f"Python {python.version} could not create {environment.folder}: {last}")
    problem = pip.install(pip_command, environment.requirements, environment.log, environment.kit)
    if problem:
        raise CourseError(problem)
    say(f"Set up in {time.perf_counter() - started:.0f} s.")


def venv_commands(environment: Environment, python: Python) -> tuple[list[str], list[str]]:
    """Return the command that creates the environment, and its pip.

    Debian's Python may lack ensurepip; then the system's pip installs into the environment.
    Raises a CourseError if there is no pip at all.
    """
    folder = str(environment.folder)
    if python_output([python.path], "import ensurepip") is not None:
        return [python.path, "-m", "venv", folder], [str(environment.python), "-m", "pip"]
    if python_output([python.path], "import pip") is not None:
        system_pip = [python.path, "-m", "pip", "--python", str(environment.python)]
        return [python.path, "-m", "venv", "--without-pip", folder], system_pip
    raise CourseError(
        f"Python {python.version} has no pip here: on Debian or Ubuntu run "
        f"'sudo apt-get install python{python.version}-venv', and try again."
    )


def install_extras(environment: Environment, names: Sequence[str]) -> int:
    """Install what is not in requirements.lock with tools/extras.py; return its exit status."""
    kit = ["--kit", str(environment.kit)] if environment.kit else []
    command = [str(environment.python), "-m", "tools.extras", *kit, *names]
    return call(command, ROOT)


# ------------------------------------------------------------------------------------ commands


def lab_command(environment: Environment, extra: Sequence[str]) -> list[str]:
    """Return the command that opens JupyterLab on the first notebook."""
    # Jupyter refuses to run as root unless it is told to, and containers often run as root.
    root = ["--allow-root"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    # Named as an argument, the notebook would not be in the address that JupyterLab prints.
    start = [f"--ServerApp.root_dir={environment.root}", f"--LabApp.default_url={FIRST_PAGE}"]
    return [str(environment.python), "-m", "jupyterlab", *start, *root, *extra]


def doctor(environment: Environment) -> int:
    """Run the doctor, with the environment's Python if there is one; return its exit status."""
    python = str(environment.python) if environment.python.exists() else sys.executable
    return call([python, "-m", "hwr.cli.doctor"], ROOT)


def make_parser() -> argparse.ArgumentParser:
    """Return the parser of the command line."""
    parser = argparse.ArgumentParser(prog="course.py", description="The course's one command.")
    subparsers = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    lab = subparsers.add_parser("lab", help="open JupyterLab, which gets all other options")
    test = subparsers.add_parser("test", help="run all checks, or only the named steps")
    test.add_argument("steps", nargs="*", metavar="STEP", help=" ".join(STEPS))
    setup = subparsers.add_parser("setup", help="create .venv and install requirements.lock")
    for command in (lab, setup):
        command.add_argument(
            "--kit", type=commands.absolute, metavar="FOLDER", help="install from this kit"
        )
    subparsers.add_parser("doctor", help="report what is wrong with the installation")
    commands.add_parsers(subparsers)
    return parser


def run(arguments: Sequence[str] | None = None) -> int:
    """Run the command that the arguments name, and return the exit status."""
    parser = make_parser()
    options, extra = parser.parse_known_args(arguments)
    command, steps = options.command, getattr(options, "steps", [])
    unknown = [] if command in ("lab", "hub") else extra
    unknown += [step for step in steps if step not in STEPS]
    if unknown:
        parser.error(f"unknown arguments '{' '.join(unknown)}'; see --help")
    environment = Environment(ROOT, getattr(options, "kit", None))
    if command == "doctor":
        return doctor(environment)
    set_up(environment)
    # 'web' and 'site' themselves report in detail if the page's runtime is missing.
    extras = [] if command in ("web", "site") else ["emnist", "runtime"]
    if command == "hub" or (command == "test" and (not steps or "room" in steps)):
        extras.append("hub")
    if command == "hub":
        extras.append("site")
    # The checks that need a missing extra are skipped; all others can still run.
    if extras and install_extras(environment, extras) != 0 and command != "test":
        return 1
    if command == "setup":
        return 0
    if command == "lab":
        if doctor(environment) != 0:
            raise CourseError("JupyterLab is not opened: solve the problems above and try again.")
        return exec_program(lab_command(environment, extra), ROOT)
    python = str(environment.python)
    if command == "test":
        return exec_program([python, "-m", "tools.checks", *steps], ROOT)
    return exec_program([python, *commands.program(options, extra)], ROOT)


def main() -> int:
    """Run, and report every expected failure in one sentence."""
    try:
        return run()
    except CourseError as error:
        print(f"course.py: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nStopped; run the command again to finish it.", file=sys.stderr)
        return 130


if __name__ == "__main__":
    raise SystemExit(main())
