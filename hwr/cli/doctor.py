"""``python -m hwr doctor``: is everything here that the course needs, and if not, what to do.

The doctor has to run in a broken installation. Therefore it uses only the standard library, looks
up versions instead of importing packages, and runs what may crash in another process.
"""

from __future__ import annotations  # so that older Pythons get as far as the message

import hashlib
import importlib.metadata
import importlib.util
import json
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from hwr._support.paths import ARTEFACTS, ROOT, named_emnist
from hwr.cli.output import say

INSTALL = "run 'python course.py setup' in the course's folder"
IMPORT_NAMES = {  # names under which packages are imported, if they differ from the package's own
    "pillow": "PIL",
    "hershey-fonts": "HersheyFonts",
    "tensorflow-cpu": "tensorflow",
}
FRONT_ENDS = {
    "ipycanvas": "the canvas of the pad",
    "@jupyter-widgets/jupyterlab-manager": "sliders and buttons",
}
MIN_FREE_BYTES = 1e9  # the whole EMNIST, and a night's trainings


@dataclass(frozen=True)
class Finding:
    """The result of examining one subject.

    Attributes
    ----------
    subject : str
        For example ``'Python'`` or ``'data'``.
    state : str
        ``'ok'``; ``'warning'``: the course works, but not as it could; or ``'problem'``.
    words : str
        What was found and, if it is not in order, what to do.
    """

    subject: str
    state: Literal["ok", "warning", "problem"]
    words: str


def diagnose() -> list[Finding]:
    """Examine this installation, in about a second.

    Returns
    -------
    list of Finding
        At least one for each subject, in the order in which to correct them.
    """
    findings = []
    for examine in (python, packages, model, front_end, page, data, disk):
        try:
            findings += list(examine())
        except Exception as error:  # the other examinations still take place
            words = f"cannot be examined ({error!r}): {INSTALL}."
            findings.append(Finding(examine.__name__.replace("_", " "), "problem", words))
    return findings


def main() -> int:
    """Print the diagnosis and return 1 if there is a problem, else 0."""
    findings = diagnose()
    for finding in findings:
        line = f"{finding.state:8} {finding.subject}: {finding.words}"
        # A Windows console cannot show every character of a folder's name.
        encoding = sys.stdout.encoding or "ascii"
        say(line.encode(encoding, "replace").decode(encoding))
    counts = {state: sum(f.state == state for f in findings) for state in ("problem", "warning")}
    if not any(counts.values()):
        say("Everything is in order.")
    else:
        say(", ".join(f"{n} {state}{'s' * (n != 1)}" for state, n in counts.items()) + ".")
    return 1 if counts["problem"] else 0


def python() -> Iterator[Finding]:
    """Examine the interpreter: its version, and whether it is that of the course's environment."""
    version = ".".join(map(str, sys.version_info[:3]))
    if sys.version_info[:2] not in {(3, 11), (3, 12)}:
        words = f"this is {version}, the course needs 3.11 or 3.12: install one, then {INSTALL}."
        yield Finding("Python", "problem", words)
    elif sys.maxsize < 2**32:
        words = (
            f"this is a 32-bit {version}, TensorFlow needs 64 bits: install one, then {INSTALL}."
        )
        yield Finding("Python", "problem", words)
    else:
        yield Finding("Python", "ok", f"{version}.")
    prefix = Path(sys.prefix)
    if prefix.resolve() == (ROOT / ".venv").resolve():
        yield Finding("environment", "ok", "the course's own, .venv.")
    elif (prefix / "conda-meta").is_dir():
        yield Finding("environment", "ok", f"conda's, {prefix}.")
    else:
        words = f"{prefix} is not the course's own; if anything is missing below, {INSTALL}."
        yield Finding("environment", "warning", words)


def packages() -> Iterator[Finding]:
    """Compare the installed packages with what ``pyproject.toml`` asks for."""
    required, alternatives = requirements()
    if not required:
        yield Finding("packages", "warning", "there is no list here to compare them with.")
        return
    missing = [name for name in required if _version(name) is None]
    wrong = [package_fault(name, required[name]) for name in required if name not in missing]
    present = [name for name in alternatives if _version(name) is not None]
    if alternatives and not present:
        missing.append("tensorflow" if "tensorflow" in alternatives else " or ".join(alternatives))
    wrong += [package_fault(name, alternatives[name]) for name in present]
    faults = [f"missing: {', '.join(missing)}"] if missing else []
    faults += filter(None, wrong)
    if faults:
        yield Finding("packages", "problem", f"{'; '.join(faults)}; {INSTALL}.")
    else:
        words = f"all {len(required) + bool(alternatives)} are here and fit."
        yield Finding("packages", "ok", words)
    if len(present) > 1:
        words = f"{' and '.join(present)} overwrite each other's files: {INSTALL}."
        yield Finding("packages", "warning", words)


def requirements() -> tuple[dict[str, str], dict[str, str]]:
    """Return the required packages with their bounds, and separately those with a marker.

    Those with a marker are alternatives: which one is needed depends on the machine.
    """
    try:
        import tomllib  # not in Python 3.10, whose user should get a diagnosis, too

        content = (ROOT / "pyproject.toml").read_text("utf-8")
        lines = tomllib.loads(content)["project"]["dependencies"]
    except (ImportError, OSError):
        return {}, {}
    required: dict[str, str] = {}
    alternatives: dict[str, str] = {}
    for line in lines:
        requirement, _, marker = line.partition(";")
        name = re.split(r"[=<>\s]", requirement, maxsplit=1)[0]
        group = alternatives if marker else required
        group[name.lower()] = requirement[len(name) :].strip()
    return required, alternatives


def _version(name: str) -> str | None:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return None


def package_fault(name: str, bounds: str) -> str:
    """Return what is wrong with an installed package; '' if nothing is."""
    version = _version(name)
    if version is None or not fits(version, bounds):
        why = " (emnist fails on numpy 2.4 and later)" if name == "numpy" else ""
        return f"{name} is {version} but has to be {bounds}{why}"
    if importlib.util.find_spec(IMPORT_NAMES.get(name, name.replace("-", "_"))) is None:
        return f"{name} is listed as installed but its files are gone"
    return ""


def fits(version: str, bounds: str) -> bool:
    """Return whether a version meets bounds such as ``'==8.*'``, ``'>=2,<2.4'`` or ``'==0.0'``."""
    present = _release(version)
    for operator, bound in re.findall(r"(==|>=|<)\s*([\d.]*\d)", bounds):
        limit = _release(bound)
        fit = {"==": present[: len(limit)] == limit, ">=": present >= limit, "<": present < limit}
        if not fit[operator]:
            return False
    return True


def _release(version: str) -> tuple[int, ...]:
    """Return the release numbers that a version begins with: (2, 3) for '2.3rc1'."""
    release = re.match(r"\d+(\.\d+)*", version)
    return tuple(map(int, release[0].split("."))) if release else ()


def model() -> Iterator[Finding]:
    """Compare the shipped recogniser with its card, and open it."""
    cards = sorted(ARTEFACTS.glob("*.json"))
    shipped = [card for card in map(_read_card, cards) if {"file", "sha256"} <= card.keys()]
    again = "get it again with 'git checkout hwr/artefacts'"
    if not shipped:
        yield Finding("model", "problem", f"no card in {ARTEFACTS} names one: {again}.")
    for card in shipped:
        path = ARTEFACTS / card["file"]
        if not path.is_file():
            yield Finding("model", "problem", f"{path} is missing: {again}.")
        elif hashlib.sha256(path.read_bytes()).hexdigest() != card["sha256"]:
            yield Finding("model", "problem", f"{path} is not what its card describes: {again}.")
        elif error := error_on_opening(path):
            yield Finding("model", "problem", f"{path.name} cannot be opened ({error}): {INSTALL}.")
        else:
            yield Finding("model", "ok", f"{path.name} is whole and opens.")


def _read_card(path: Path) -> dict[str, str]:
    try:
        content = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return content if isinstance(content, dict) else {}


def error_on_opening(path: Path) -> str:
    """Open a LiteRT file in another process and return its error message, or ''."""
    code = (
        "import sys; from ai_edge_litert.interpreter import Interpreter; "
        "Interpreter(model_path=sys.argv[1]).allocate_tensors()"
    )
    command = [sys.executable, "-c", code, str(path)]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        return str(error)
    if done.returncode == 0:
        return ""
    return (done.stderr.strip().splitlines() or [f"exit status {done.returncode}"])[-1]


def front_end() -> Iterator[Finding]:
    """Check that JupyterLab has the parts of the widgets that run in the browser."""
    folder = Path(sys.prefix) / "share" / "jupyter" / "labextensions"
    missing = [
        f"{name} ({use})"
        for name, use in FRONT_ENDS.items()
        if not (folder / name / "package.json").is_file()
    ]
    if missing:
        words = f"JupyterLab lacks {' and '.join(missing)}, a pad would stay blank: {INSTALL}."
        yield Finding("front end", "problem", words)
    else:
        yield Finding("front end", "ok", "JupyterLab has the pad's canvas and the widgets.")


def page() -> Iterator[Finding]:
    """Check that TensorFlow.js is here, on which the web page of lesson 08 runs."""
    from hwr.web import tfjs

    try:
        tfjs.runtime_files()
    except ValueError as error:
        yield Finding("page", "warning", str(error))
    else:
        yield Finding("page", "ok", "TensorFlow.js is installed, whole, for the web page.")


def data() -> Iterator[Finding]:
    """Look for EMNIST, and verify its archives."""
    named = named_emnist()
    if named and not named.exists():
        words = (
            f"HWR_EMNIST names {named}, where there is no file or folder: correct it, or unset it."
        )
        yield Finding("data", "problem", words)
        return
    default = ROOT / "data" / "emnist.zip"
    places = [named] if named else [default] if default.exists() else []
    verify = _verify_zip
    try:
        from hwr.datasets import archive  # needs numpy, which may be missing or broken

        places, verify = list(archive.find_archives()), archive.verify
        if named and archive.is_other_form(named):
            yield _other_form(named)
            return
    except Exception:  # 'packages' says what is broken
        pass
    if not places:
        words = (
            "there is no EMNIST on this machine: 'python -m hwr fetch' gets it, "
            "and until then made-up handwriting takes its place."
        )
        yield Finding("data", "warning", words)
    for place in places:
        faults = verify(place)
        if faults:
            yield Finding("data", "problem", " ".join(faults))
        else:
            yield Finding("data", "ok", f"EMNIST is in {place}, and whole.")


def _other_form(path: Path) -> Finding:
    """Say what EMNIST in another form than its archive holds, which cannot be verified."""
    from hwr.datasets.own import files

    try:
        parts = files.names_of_parts(path, "byclass")
    except ValueError as error:
        return Finding("data", "problem", f"HWR_EMNIST: {error}")
    if not any({"byclass", "test"} <= set(part.split()) for part in parts):
        words = (
            f"HWR_EMNIST names {path}, where no part is named as EMNIST's byclass test, which the "
            "course needs: it serves only if it has the same 62 classes."
        )
        return Finding("data", "warning", words)
    words = f"EMNIST is in {path}; whether it is the official one cannot be verified in this form."
    return Finding("data", "ok", words)


def _verify_zip(path: Path) -> list[str]:
    """Return an archive's faults as far as the standard library finds them, one sentence each."""
    repair = "delete it and run 'python -m hwr fetch'"
    try:
        with zipfile.ZipFile(path) as archive:
            broken = archive.testzip()
    except (OSError, zipfile.BadZipFile, EOFError):
        return [f"{path} is not a zip archive, or a damaged one: {repair}."]
    return [f"{broken} in {path} is damaged: {repair}."] if broken else []


def disk() -> Iterator[Finding]:
    """Check that there is room for data and trainings."""
    free = shutil.disk_usage(ROOT).free
    if free < MIN_FREE_BYTES:
        words = f"{free / 1e9:.1f} GB are free, trainings may need 1 GB: make room."
        yield Finding("disk", "warning", words)
    else:
        yield Finding("disk", "ok", f"{free / 1e9:.0f} GB are free.")


if __name__ == "__main__":
    raise SystemExit(main())
