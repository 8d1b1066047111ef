"""Make a kit, a folder to set the course up from without a network: ``course.py kit [OUT]``.

It holds the wheels that ``requirements.lock`` names for each target (a system and a version of
Python), the course as it was last committed, EMNIST as far as the course needs it and this machine
has it, what the web page runs on, and a page, START, that says what to type. ``course.py lab --kit
OUT`` sets up from it.

An interrupted call goes on where it stopped: every wheel that is there, whole, stays.
"""

import argparse
import hashlib
import html
import importlib.util
import io
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from packaging.markers import Marker
from packaging.tags import Tag, compatible_tags, cpython_tags, mac_platforms
from packaging.utils import parse_wheel_filename

import course
from course import CourseError, say

PORTION = 20  # wheels that one call of pip fetches; what it has fetched survives the next's end
LATE = 99  # a patch release that no Python reaches
MANYLINUX = {17: "manylinux2014", 12: "manylinux2010", 5: "manylinux1"}  # older names


# ------------------------------------------------------------------------------------ targets


class System(NamedTuple):
    """An operating system: its name, what markers see of it, and its wheels' tags, best first."""

    title: str
    markers: dict[str, str]
    platforms: list[str]


def linux_platforms() -> Iterator[str]:
    """Yield the tags of wheels that run on every x86-64 Linux since 2018 (glibc 2.28)."""
    for minor in range(28, 4, -1):
        yield f"manylinux_2_{minor}_x86_64"
        if minor in MANYLINUX:
            yield f"{MANYLINUX[minor]}_x86_64"


SYSTEMS = {
    "linux": System(
        "Linux (64-bit Intel or AMD)",
        {"sys_platform": "linux", "platform_machine": "x86_64", "os_name": "posix"},
        list(linux_platforms()),
    ),
    "macos": System(
        "macOS 12 or later (Apple silicon)",
        {"sys_platform": "darwin", "platform_machine": "arm64", "os_name": "posix"},
        list(mac_platforms((12, 0), "arm64")),
    ),
    "windows": System(
        "Windows (64-bit Intel or AMD)",
        {"sys_platform": "win32", "platform_machine": "AMD64", "os_name": "nt"},
        ["win_amd64"],
    ),
}


class Locked(NamedTuple):
    """One entry of the lock: ``'numpy==2.3.5'``, its marker or '', its wheels' SHA-256."""

    requirement: str
    marker: str
    hashes: frozenset[str]


@dataclass(frozen=True)
class Target:
    """A kind of machine that the kit is for: a key of `SYSTEMS`, and '3.11' or '3.12'."""

    system: str
    version: str

    @property
    def name(self) -> str:
        """What it is called on the command line."""
        return f"{self.system}-{self.version}"

    @cached_property
    def tags(self) -> frozenset[Tag]:
        """The tags of the wheels that can be installed there."""
        major, minor = map(int, self.version.split("."))
        abi, platforms = f"cp{major}{minor}", SYSTEMS[self.system].platforms
        own = cpython_tags((major, minor), [abi], platforms)
        return frozenset([*own, *compatible_tags((major, minor), abi, platforms)])

    def wants(self, locked: Locked, patch: int) -> bool:
        """Tell whether a machine with this patch release of Python installs an entry.

        Pip cannot say: it looks at markers with the eyes of the machine that it runs on.
        """
        if not locked.marker:
            return True
        python = {
            "python_version": self.version,
            "python_full_version": f"{self.version}.{patch}",
            "implementation_name": "cpython",
            "platform_python_implementation": "CPython",
        }
        return Marker(locked.marker).evaluate({**SYSTEMS[self.system].markers, **python})


TARGETS = tuple(Target(system, version) for system in SYSTEMS for version in course.SUPPORTED)


def choose(only: str | None) -> list[Target]:
    """Return the targets of a list such as ``'linux-3.11,windows-3.12'``, all without one.

    Raises
    ------
    CourseError
        If one of them is unknown.
    """
    by_name = {target.name: target for target in TARGETS}
    names = re.split(r"[,\s]+", only) if only else list(by_name)
    for name in names:
        if name not in by_name:
            raise CourseError(f"There is no target {name!r}: take from {', '.join(by_name)}.")
    return [by_name[name] for name in names]


def read_lock(path: Path) -> list[Locked]:
    """Read the entries of a lock with hashes."""
    entry = r"^(\S+==\S+)(?: ; (.+?))?((?: \\\n +--hash=sha256:[0-9a-f]{64})+)$"
    text = path.read_bytes().replace(b"\r\n", b"\n").decode()
    return [
        Locked(found[1], found[2] or "", frozenset(re.findall(r"[0-9a-f]{64}", found[3])))
        for found in re.finditer(entry, text, re.MULTILINE)
    ]


# ------------------------------------------------------------------------------------- wheels


@dataclass
class Wheels:
    """The folder of wheels in the kit, and what is in it: SHA-256 to the tags that it serves."""

    folder: Path
    tags: dict[str, frozenset[Tag]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Read every wheel: a stick that was pulled out may have left half of one."""
        self.folder.mkdir(parents=True, exist_ok=True)
        for wheel in self.folder.glob("[!.]*.whl"):
            self.note(wheel)

    def note(self, wheel: Path) -> None:
        """Remember a wheel that is there."""
        with wheel.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        self.tags[digest] = parse_wheel_filename(wheel.name)[3]

    def lacking(self, locked: Sequence[Locked], target: Target, patch: int) -> list[Locked]:
        """Return what a target with this patch release of Python needs and the folder lacks."""
        return [
            entry
            for entry in locked
            if target.wants(entry, patch)
            and not any(self.tags.get(digest, frozenset()) & target.tags for digest in entry.hashes)
        ]

    def fetch(self, wanted: Sequence[Locked], target: Target, pip: Sequence[str]) -> None:
        """Fetch wheels for a target, as far as there are any.

        Raises
        ------
        CourseError
            If pip fails otherwise; what came before stays.
        """
        if not wanted:
            return
        if len(wanted) <= PORTION and self._download(wanted, target, pip):
            return
        if len(wanted) > 1:  # one of them has no wheel for the target: the others have
            middle = PORTION if len(wanted) > PORTION else len(wanted) // 2
            self.fetch(wanted[:middle], target, pip)
            self.fetch(wanted[middle:], target, pip)

    def _download(self, wanted: Sequence[Locked], target: Target, pip: Sequence[str]) -> bool:
        """Fetch wheels with one call of pip; return False where one of them does not exist."""
        with tempfile.TemporaryDirectory(dir=self.folder.parent, prefix="wheels.") as beside:
            listed = Path(beside) / "wanted.txt"
            listed.write_text("".join(map(pip_line, wanted)), "utf-8")
            command = [*pip, *pip_arguments(target), "--dest", beside, "-r", str(listed)]
            done = subprocess.run(
                command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False,
                encoding="utf-8", errors="replace", env=course.surroundings(),
            )  # fmt: skip
            if done.returncode != 0:
                if course.failure(done.stdout) == course.NO_WHEEL:
                    return False
                raise CourseError(course.explain(done.stdout))
            for wheel in Path(beside).glob("*.whl"):
                self.note(wheel.replace(self.folder / wheel.name))
        return True


def pip_line(entry: Locked) -> str:
    """Return an entry as pip reads it; without its marker, which was heeded."""
    return (
        " ".join([entry.requirement, *(f"--hash=sha256:{h}" for h in sorted(entry.hashes))]) + "\n"
    )


def pip_arguments(target: Target) -> list[str]:
    """Return what pip is told: exactly the listed wheels, for another machine than this."""
    careful = ["--require-hashes", "--only-binary", ":all:", "--no-deps"]
    quiet = ["--disable-pip-version-check", "--no-input", "--retries", "3"]
    python = ["--implementation", "cp", "--python-version", f"{target.version}.{LATE}"]
    platforms = [f"--platform={name}" for name in SYSTEMS[target.system].platforms]
    return ["download", *careful, *quiet, *python, *platforms]


def add_wheels(wheels: Wheels, locked: Sequence[Locked], targets: Sequence[Target]) -> None:
    """Fetch for each target what lacks, for its latest and its first patch release."""
    base = getattr(sys, "_base_executable", sys.executable)  # Debian's .venv may have no pip
    pip = [sys.executable if importlib.util.find_spec("pip") else base, "-m", "pip"]
    for target in targets:
        for patch in (LATE, 0):
            wanted = wheels.lacking(locked, target, patch)
            if wanted:
                say(f"{target.name}: fetching {len(wanted)} wheels.")
            wheels.fetch(wanted, target, pip)
        lacks = lacks_of(wheels, locked, target)
        say(
            f"{target.name}: {'there is no wheel of ' + ', '.join(lacks) if lacks else 'complete'}."
        )


def lacks_of(wheels: Wheels, locked: Sequence[Locked], target: Target) -> list[str]:
    """List what a target lacks, whatever its patch release."""
    entries = [e for patch in (0, LATE) for e in wheels.lacking(locked, target, patch)]
    return sorted({entry.requirement for entry in entries})


# --------------------------------------------------------------------------- course and EMNIST


def add_course(out: Path, tree: str = "HEAD") -> None:
    """Put the course as git has it, by default its last commit, into ``out/hwr``.

    With it go copies of its notebooks, which hwr.cli.reset gives back where there is no git.

    Raises
    ------
    CourseError
        If git does not have it.
    """
    try:
        command = ["git", "archive", "--format=zip", tree]
        packed = subprocess.run(command, cwd=course.ROOT, capture_output=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        raise CourseError(
            "A kit is made with git, from a checkout of the course, and git cannot read one here: "
            "install git, 'git clone' the course and call again there."
        ) from None
    place, beside, old = out / "hwr", out / "hwr.new", out / "hwr.old"
    shutil.rmtree(beside, ignore_errors=True)
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        archive.extractall(beside)
    course.keep_fresh_notebooks(course.Environment(beside))
    shutil.rmtree(old, ignore_errors=True)
    if place.exists():
        place.rename(old)
    beside.rename(place)
    shutil.rmtree(old, ignore_errors=True)


def add_emnist(place: Path) -> bool:
    """Write an archive of the members that the course needs; False where this machine has none."""
    from hwr.datasets import archive, download  # --help and tests need no data

    names = download.member_names()
    if place.is_file() and not archive.verify(place):
        with archive.open_archive(place) as there:
            if set(names) <= set(there.namelist()):
                return True
    source = archive.archive_with(names)
    if source is None:
        return False
    beside = place.with_name(f"{place.name}.part")
    try:
        with zipfile.ZipFile(beside, "w") as new:
            for name in names:
                new.writestr(name, archive.read(source, name))
        beside.replace(place)
    finally:
        beside.unlink(missing_ok=True)
    return True


def add_runtime(place: Path) -> None:
    """Copy what the web page runs on into a folder, unless it is there; say where it lacks."""
    from hwr.web import tfjs  # as above

    try:
        tfjs.install()
        contents = tfjs.runtime_files()
    except ValueError as error:
        say(f"What the web page runs on stays out. {error}")
        return
    beside = place.with_name(f"{place.name}.new")
    shutil.rmtree(beside, ignore_errors=True)
    beside.mkdir()
    for name, content in contents.items():
        (beside / name).write_bytes(content)
    shutil.rmtree(place, ignore_errors=True)
    beside.rename(place)


# ------------------------------------------------------------------------------------ the page

TITLE = "hwr: how a machine reads handwriting"
SHELL = (
    "cp -Rn hwr ~/",  # and over nothing that is there
    "python3 ~/hwr/course.py lab --kit .",
)
HOW = {
    "Linux": (
        "Open this folder in the file manager, right-click, 'Open in Terminal'. Type:",
        *SHELL,
    ),
    "macOS": (
        "In the Finder, right-click this folder, Services, 'New Terminal at Folder'. Type:",
        *SHELL,
    ),
    "Windows": (
        "Open this folder in the Explorer, click its address bar, type cmd and Enter. Type:",
        'robocopy hwr "%USERPROFILE%\\hwr" /e /xc /xn /xo /nfl /ndl /njh /njs',
        'py "%USERPROFILE%\\hwr\\course.py" lab --kit .',
    ),
}
AFTER = (
    "This takes a few minutes and 2.5 GB, and needs no network. From then on the course lies in "
    "the folder hwr of your home, and 'course.py lab' there opens it, without the kit."
)
UNFINISHED = "This kit is not finished: call 'course.py kit' for this folder again."


def page(targets: dict[str, list[str]], emnist: bool) -> tuple[str, list[str], str]:
    """Return the page's parts: what is needed, what is in the kit line by line, and the data."""
    held = []
    for target in TARGETS:
        if target.name in targets:
            lacks = targets[target.name]
            state = f"incomplete, there is no wheel of {', '.join(lacks)}" if lacks else "complete"
            held.append(f"{SYSTEMS[target.system].title}, Python {target.version}: {state}")
    data = (
        "EMNIST, the images of the course, is in the kit and is copied along."
        if emnist
        else "EMNIST is not in the kit: offline, made-up handwriting stands in."
    )
    return "You need Python 3.11 or 3.12, one that is listed here with your system:", held, data


def write_page(out: Path, targets: dict[str, list[str]], emnist: bool) -> None:
    """Write START.html and START.txt; `targets` is what each that is in the kit lacks."""
    needs, held, data = page(targets, emnist)
    text = [TITLE, "=" * len(TITLE), "", needs, "", *(f"- {line}" for line in held)]
    body = [f"<h1>{TITLE}</h1>", f"<p>{needs}</p>", "<ul>"]
    body += [*(f"<li>{html.escape(line)}</li>" for line in held), "</ul>"]
    if not held:
        text += [UNFINISHED]
        body += [f"<p><strong>{UNFINISHED}</strong></p>"]
    for system, (open_it, *lines) in HOW.items():
        text += ["", system, "-" * len(system), open_it, "", *(f"    {line}" for line in lines)]
        body += [f"<h2>{system}</h2>", f"<p>{html.escape(open_it)}</p>"]
        body += [f"<pre>{html.escape(chr(10).join(lines))}</pre>"]
    text += ["", AFTER, "", data]
    body += [f"<p>{html.escape(AFTER)}</p>", f"<p>{data}</p>"]
    head = f'<!DOCTYPE html>\n<html lang="en">\n<meta charset="utf-8">\n<title>{TITLE}</title>'
    style = "<style>body { max-width: 44em; margin: 2em auto; font-family: sans-serif }</style>"
    course.write(out / "START.html", "\n".join([head, style, *body]) + "\n")
    course.write(out / "START.txt", "\n".join(text) + "\n")


# --------------------------------------------------------------------------------- all of it


def build(out: Path, targets: Sequence[Target], tree: str = "HEAD") -> bool:
    """Make a kit, or go on with one; return whether its targets are complete.

    Raises
    ------
    CourseError
        If the folder holds other things, or something cannot be had.
    """
    if out.exists() and any(out.iterdir()) and not (out / "START.txt").is_file():
        raise CourseError(f"{out} holds other things than a kit: name a new or an empty folder.")
    if not (out / "START.txt").is_file():
        write_page(out, {}, emnist=False)  # first: it also says whose folder this is
    for left in out.glob("wheels.*"):  # by a call that was killed
        shutil.rmtree(left)
    add_course(out, tree)
    locked = read_lock(out / "hwr" / "requirements.lock")
    emnist = add_emnist(out / "emnist.zip")
    if not emnist:
        say("EMNIST stays out: this machine has none ('python -m hwr fetch' gets it).")
    add_runtime(out / "runtime")
    wheels = Wheels(out / "wheels")
    add_wheels(wheels, locked, targets)
    lacks = {target.name: lacks_of(wheels, locked, target) for target in TARGETS}
    asked = {target.name for target in targets}
    shown = {name: lacking for name, lacking in lacks.items() if name in asked or not lacking}
    write_page(out, shown, emnist)
    size = sum(file.stat().st_size for file in out.rglob("*") if file.is_file())
    say(f"The kit is in {out}, {size / 1e9:.1f} GB; START.html in it says what to type.")
    return not any(lacks[name] for name in asked)


def main(arguments: Sequence[str]) -> int:
    """Make the kit that the command line asks for; return 1 if that failed, else 0."""
    grammar = argparse.ArgumentParser(prog="course.py kit")
    grammar.add_argument("out", type=Path)
    grammar.add_argument("--only", metavar="TARGETS")
    options = grammar.parse_args(arguments)
    try:
        targets = choose(options.only)
        with course.alone(course.ROOT / "build" / "kit.lock"):  # two would be in each other's way
            build(options.out, targets)
    except Exception as error:
        if type(error).__name__ not in ("CourseError", "DataError") and not isinstance(
            error, OSError
        ):
            raise
        print(f"course.py kit: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    try:
        raise SystemExit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        print("\nStopped; the next call goes on from there.", file=sys.stderr)
        raise SystemExit(130) from None
