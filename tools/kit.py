"""Build a kit, a folder to set up the course from without a network: ``course.py kit [OUT]``.

It contains the wheels that ``requirements.lock`` lists for each target (a system and a version of
Python), the course's last commit, the website made of it, the part of EMNIST that the course needs
(if this machine has it), the web page's runtime, and a page, START, with the commands to type.
``course.py lab --kit OUT`` sets up from it.

After an interruption, the next call continues: wheels that were downloaded completely are kept.
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
from hwr.datasets import archive, download
from hwr.web import tfjs
from tools import pip
from tools.files import exclusive_lock, replacing, write
from tools.processes import child_environment, exit_with

BATCH = 20  # wheels per call of pip; an interruption loses one batch at most
LATEST = 99  # a patch release that no Python reaches
MANYLINUX = {17: "manylinux2014", 12: "manylinux2010", 5: "manylinux1"}  # older names


class OperatingSystem(NamedTuple):
    """An operating system: its name, its values of markers, and its wheels' tags, best first."""

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
    "linux": OperatingSystem(
        "Linux (64-bit Intel or AMD)",
        {"sys_platform": "linux", "platform_machine": "x86_64", "os_name": "posix"},
        list(linux_platforms()),
    ),
    "macos": OperatingSystem(
        "macOS 12 or later (Apple silicon)",
        {"sys_platform": "darwin", "platform_machine": "arm64", "os_name": "posix"},
        list(mac_platforms((12, 0), "arm64")),
    ),
    "windows": OperatingSystem(
        "Windows (64-bit Intel or AMD)",
        {"sys_platform": "win32", "platform_machine": "AMD64", "os_name": "nt"},
        ["win_amd64"],
    ),
}


class Locked(NamedTuple):
    """One entry of requirements.lock: ``'numpy==2.3.5'``, its marker or '', its wheels' SHA-256."""

    requirement: str
    marker: str
    hashes: frozenset[str]


@dataclass(frozen=True)
class Target:
    """A kind of machine to set up: a key of `SYSTEMS`, and '3.11' or '3.12'."""

    system: str
    version: str

    @property
    def name(self) -> str:
        """The target's name on the command line."""
        return f"{self.system}-{self.version}"

    @cached_property
    def tags(self) -> frozenset[Tag]:
        """The tags of the wheels that can be installed on it."""
        major, minor = map(int, self.version.split("."))
        abi, platforms = f"cp{major}{minor}", SYSTEMS[self.system].platforms
        own = cpython_tags((major, minor), [abi], platforms)
        return frozenset([*own, *compatible_tags((major, minor), abi, platforms)])

    def wants(self, locked: Locked, patch: int) -> bool:
        """Return whether a machine with this patch release of Python installs an entry.

        pip cannot tell, because it evaluates markers for the machine that it runs on.
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
    """Return the targets of a list such as ``'linux-3.11,windows-3.12'``, or all for None.

    Raises a CourseError if one of them is unknown.
    """
    by_name = {target.name: target for target in TARGETS}
    names = re.split(r"[,\s]+", only) if only else list(by_name)
    for name in names:
        if name not in by_name:
            raise CourseError(f"There is no target {name!r}: choose from {', '.join(by_name)}.")
    return [by_name[name] for name in names]


def read_lock(path: Path) -> list[Locked]:
    """Return the entries of a requirements file with hashes."""
    entry = r"^(\S+==\S+)(?: ; (.+?))?((?: \\\n +--hash=sha256:[0-9a-f]{64})+)$"
    text = path.read_bytes().replace(b"\r\n", b"\n").decode()
    return [
        Locked(found[1], found[2] or "", frozenset(re.findall(r"[0-9a-f]{64}", found[3])))
        for found in re.finditer(entry, text, re.MULTILINE)
    ]


@dataclass
class Wheels:
    """The kit's folder of wheels; `tags` has each wheel's tags by its SHA-256."""

    folder: Path
    tags: dict[str, frozenset[Tag]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Hash every wheel: if a USB stick was pulled out, one may be incomplete."""
        self.folder.mkdir(parents=True, exist_ok=True)
        for wheel in self.folder.glob("[!.]*.whl"):
            self.add(wheel)

    def add(self, wheel: Path) -> None:
        """Record a wheel that is in the folder."""
        with wheel.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        self.tags[digest] = parse_wheel_filename(wheel.name)[3]

    def missing(self, locked: Sequence[Locked], target: Target, patch: int) -> list[Locked]:
        """Return the missing entries for a target with this patch release of Python."""
        return [
            entry
            for entry in locked
            if target.wants(entry, patch)
            and not any(self.tags.get(digest, frozenset()) & target.tags for digest in entry.hashes)
        ]

    def download(self, wanted: Sequence[Locked], target: Target) -> None:
        """Download wheels for a target; entries without a wheel for it are left out.

        Raises a CourseError if pip fails for any other reason; earlier wheels are kept.
        """
        if not wanted:
            return
        if len(wanted) <= BATCH and self._download_batch(wanted, target):
            return
        if len(wanted) > 1:  # a batch fails as a whole if one entry has no wheel
            middle = BATCH if len(wanted) > BATCH else len(wanted) // 2
            self.download(wanted[:middle], target)
            self.download(wanted[middle:], target)

    def _download_batch(self, wanted: Sequence[Locked], target: Target) -> bool:
        """Download wheels with one call of pip; return False if one of them does not exist."""
        with tempfile.TemporaryDirectory(dir=self.folder.parent, prefix="wheels.") as folder:
            listed = Path(folder) / "wanted.txt"
            listed.write_text("".join(map(pip_line, wanted)), "utf-8")
            command = [*download_command(target), "--dest", folder, "-r", str(listed)]
            done = subprocess.run(
                command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False,
                encoding="utf-8", errors="replace", env=child_environment(),
            )  # fmt: skip
            if done.returncode != 0:
                if pip.failure(done.stdout) == pip.NO_WHEEL:
                    return False
                raise CourseError(pip.explain(done.stdout))
            for wheel in Path(folder).glob("*.whl"):
                self.add(wheel.replace(self.folder / wheel.name))
        return True


def pip_line(entry: Locked) -> str:
    """Return an entry as a line for pip, without its marker, which `Target.wants` evaluates."""
    hashes = (f"--hash=sha256:{digest}" for digest in sorted(entry.hashes))
    return " ".join([entry.requirement, *hashes]) + "\n"


def download_command(target: Target) -> list[str]:
    """Return pip's command to download wheels for another machine."""
    # Debian's .venv may have no pip of its own.
    base = getattr(sys, "_base_executable", sys.executable)
    command = [sys.executable if importlib.util.find_spec("pip") else base, "-m", "pip"]
    python = ["--implementation", "cp", "--python-version", f"{target.version}.{LATEST}"]
    platforms = [f"--platform={name}" for name in SYSTEMS[target.system].platforms]
    return [*command, "download", *pip.OPTIONS, *python, *platforms]


def add_wheels(wheels: Wheels, locked: Sequence[Locked], targets: Sequence[Target]) -> None:
    """Download the missing wheels of each target, for its latest and its first patch release."""
    for target in targets:
        for patch in (LATEST, 0):
            wanted = wheels.missing(locked, target, patch)
            if wanted:
                say(f"{target.name}: downloading {len(wanted)} wheels.")
            wheels.download(wanted, target)
        missing = missing_of(wheels, locked, target)
        state = f"there is no wheel of {', '.join(missing)}" if missing else "complete"
        say(f"{target.name}: {state}.")


def missing_of(wheels: Wheels, locked: Sequence[Locked], target: Target) -> list[str]:
    """Return what a target lacks for its first or its latest patch release."""
    entries = [e for patch in (0, LATEST) for e in wheels.missing(locked, target, patch)]
    return sorted({entry.requirement for entry in entries})


def add_course(out: Path, tree: str = "HEAD") -> None:
    """Copy the course from a git tree, by default the last commit, to ``out/hwr``.

    Copies of its notebooks are added, from which hwr.cli.reset restores them where there is no git.
    Raises a CourseError if git cannot read the tree.
    """
    try:
        command = ["git", "archive", "--format=zip", tree]
        packed = subprocess.run(command, cwd=course.ROOT, capture_output=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        raise CourseError(
            "A kit can only be built in a git checkout of the course, which git cannot read here: "
            "install git, 'git clone' the course and run this command in the clone."
        ) from None
    place = out / "hwr"
    with replacing(place) as temporary:
        with zipfile.ZipFile(io.BytesIO(packed)) as file:
            file.extractall(temporary)
        course.keep_fresh_notebooks(course.Environment(temporary))
        shutil.rmtree(place, ignore_errors=True)


def add_emnist(place: Path) -> bool:
    """Archive the members of EMNIST that the course needs; return False if there are none."""
    names = download.member_names()
    if place.is_file() and not archive.verify(place):
        with archive.open_archive(place) as there:
            if set(names) <= set(there.namelist()):
                return True
    source = archive.archive_with(names)
    if source is None:
        return False
    with replacing(place) as temporary, zipfile.ZipFile(temporary, "w") as new:
        for name in names:
            new.writestr(name, archive.read(source, name))
    return True


def add_runtime(place: Path) -> None:
    """Copy the web page's runtime to a folder, or report that there is none."""
    try:
        tfjs.install()
        contents = tfjs.runtime_files()
    except ValueError as error:
        say(f"The kit is built without the web page's runtime. {error}")
        return
    with replacing(place) as temporary:
        temporary.mkdir()
        for name, content in contents.items():
            (temporary / name).write_bytes(content)
        shutil.rmtree(place, ignore_errors=True)


def add_site(out: Path) -> None:
    """Build the website of the kit's course, or report that the pad's runtime is missing."""
    from tools.site.build import build_site  # loads Sphinx

    try:
        build_site(out / "site", out / "hwr")
    except ValueError as error:
        say(f"The kit is built without the website. {error}")


TITLE = "hwr: how a machine reads handwriting"
SHELL = (
    "cp -Rn hwr ~/",  # -n: existing files are kept
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
READ = "To read the course, without installing anything, open site/index.html in a browser."
NEEDS = "To do it, you need one of these systems with its version of Python:"
WITH_EMNIST = "EMNIST, the images of the course, is in the kit and is copied as well."
WITHOUT_EMNIST = "EMNIST is not in the kit: without a network, made-up handwriting replaces it."
AFTER = (
    "This takes a few minutes and 2.5 GB, and needs no network. Afterwards the course is in the "
    "folder hwr of your home; 'course.py lab' there opens it, without the kit."
)
SITE_LINK = '<a href="site/index.html">site/index.html</a>'
UNFINISHED = "This kit is not finished: run 'course.py kit' for this folder again."


def write_page(out: Path, targets: dict[str, list[str]], emnist: bool) -> None:
    """Write START.html and START.txt; `targets` has the missing wheels of each target."""
    contents = []
    for target in TARGETS:
        if target.name in targets:
            missing = ", ".join(targets[target.name])
            state = f"incomplete, there is no wheel of {missing}" if missing else "complete"
            contents.append(f"{SYSTEMS[target.system].title}, Python {target.version}: {state}")
    text = [TITLE, "=" * len(TITLE), "", NEEDS, "", *(f"- {line}" for line in contents)]
    body = [f"<h1>{TITLE}</h1>", f"<p>{NEEDS}</p>", "<ul>"]
    body += [*(f"<li>{html.escape(line)}</li>" for line in contents), "</ul>"]
    if (out / "site").is_dir():
        text[3:3] = [READ, ""]
        body[1:1] = [f"<p>{READ.replace('site/index.html', SITE_LINK)}</p>"]
    if not contents:
        text += [UNFINISHED]
        body += [f"<p><strong>{UNFINISHED}</strong></p>"]
    for system, (open_it, *lines) in HOW.items():
        text += ["", system, "-" * len(system), open_it, "", *(f"    {line}" for line in lines)]
        body += [f"<h2>{system}</h2>", f"<p>{html.escape(open_it)}</p>"]
        body += [f"<pre>{html.escape(chr(10).join(lines))}</pre>"]
    data = WITH_EMNIST if emnist else WITHOUT_EMNIST
    text += ["", AFTER, "", data]
    body += [f"<p>{html.escape(AFTER)}</p>", f"<p>{data}</p>"]
    head = f'<!DOCTYPE html>\n<html lang="en">\n<meta charset="utf-8">\n<title>{TITLE}</title>'
    style = "<style>body { max-width: 44em; margin: 2em auto; font-family: sans-serif }</style>"
    write(out / "START.html", "\n".join([head, style, *body]) + "\n")
    write(out / "START.txt", "\n".join(text) + "\n")


def build(out: Path, targets: Sequence[Target], tree: str = "HEAD") -> bool:
    """Build or continue a kit, and return whether its targets are complete.

    Raises a CourseError if the folder contains other files, or a download fails.
    """
    if out.exists() and any(out.iterdir()) and not (out / "START.txt").is_file():
        raise CourseError(f"{out} is not a kit but contains files: name a new or an empty folder.")
    if not (out / "START.txt").is_file():
        write_page(out, {}, emnist=False)  # first, because it marks the folder as a kit
    for pattern in (
        "wheels.*",
        ".hwr.*",
        ".runtime.*",
        ".site.*",
    ):  # left by a call that was killed
        for folder in out.glob(pattern):
            shutil.rmtree(folder)
    add_course(out, tree)
    locked = read_lock(out / "hwr" / "requirements.lock")
    emnist = add_emnist(out / "emnist.zip")
    if not emnist:
        say(
            "The kit is built without EMNIST, because this machine has none: run 'python -m hwr "
            "fetch' to download it."
        )
    add_runtime(out / "runtime")
    add_site(out)
    wheels = Wheels(out / "wheels")
    add_wheels(wheels, locked, targets)
    missing = {target.name: missing_of(wheels, locked, target) for target in TARGETS}
    chosen = {target.name for target in targets}
    shown = {name: lines for name, lines in missing.items() if name in chosen or not lines}
    write_page(out, shown, emnist)
    size = sum(file.stat().st_size for file in out.rglob("*") if file.is_file())
    say(f"The kit is in {out}, {size / 1e9:.1f} GB; START.html in it has the commands to type.")
    return not any(missing[name] for name in chosen)


def main(arguments: Sequence[str]) -> int:
    """Build the kit that the command line describes; return 1 if that fails, else 0."""
    parser = argparse.ArgumentParser(prog="course.py kit")
    parser.add_argument("out", type=Path)
    parser.add_argument("--only", metavar="TARGETS")
    options = parser.parse_args(arguments)
    try:
        targets = choose(options.only)
        with exclusive_lock(course.ROOT / "build" / "kit.lock"):
            build(options.out, targets)
    except (CourseError, archive.DataError, OSError) as error:
        print(f"course.py kit: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    exit_with(main, "\nStopped; the next call continues where this one ended.\n")
