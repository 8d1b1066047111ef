"""The course's one command.

``python course.py lab``        set up, check the set-up and open JupyterLab
``python course.py test``       set up and run every check (or some: ``test lint unit``)
``python course.py setup``      set up and stop
``python course.py doctor``     say whether everything is in order, and what to do where not
``python course.py web``        set up and make the recogniser's web page, build/hwr.html
``python course.py notebooks``  set up, run the notebooks on real EMNIST and store their outputs
``python course.py kit``        set up and make a kit: a folder to set up from without a network
``python course.py hub``        set up and start a JupyterHub for a class; ``hub --help`` has more

``lab`` and ``setup`` take ``--kit FOLDER`` and then install from such a folder.

It needs Python 3.11 or 3.12 and nothing but the standard library: it makes ``.venv`` beside this
file, installs there exactly what ``requirements.lock`` names, and runs everything inside it.
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO, NamedTuple

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

ROOT = Path(__file__).resolve().parent
FIRST_PAGE = "/lab/tree/notebooks/00_start_here.ipynb"
SUPPORTED = ("3.12", "3.11")
STEPS = ("lint", "types", "unit", "notebooks", "browser", "kit", "room")  # of tools/checks.py
# JupyterLab would ask every newcomer whether it may fetch news from the network.
ANNOUNCEMENTS = {"disabledExtensions": {"@jupyterlab/apputils-extension:announcements": True}}


class CourseError(Exception):
    """Something that its one sentence tells the learner how to put right."""


def say(text: str) -> None:
    """Print at once, even where the output is a pipe."""
    print(text, flush=True)


# ------------------------------------------------------------------------------ the environment


class Python(NamedTuple):
    """An interpreter: its file and its version, '3.11' or '3.12'."""

    path: str
    version: str


class Extra(NamedTuple):
    """Packages that are installed on demand: their lock, and what is written when they are."""

    lock: Path
    stamp: Path


@dataclass(frozen=True)
class Environment:
    """The virtual environment of the checkout in `root`; its packages come from `kit` if given."""

    root: Path
    kit: Path | None = None

    @property
    def folder(self) -> Path:
        """Where it lies: always in the checkout."""
        return self.root / ".venv"

    @property
    def python(self) -> Path:
        """Its interpreter."""
        inside = ("Scripts", "python.exe") if sys.platform == "win32" else ("bin", "python")
        return self.folder.joinpath(*inside)

    @property
    def lock(self) -> Path:
        """The list of what is installed: exact versions and hashes."""
        return self.root / "requirements.lock"

    @property
    def turn(self) -> Path:
        """A file that who sets up holds a lock on; it stays, and says that .venv is ours."""
        return self.root / "build" / "setup.lock"

    @property
    def stamp(self) -> Path:
        """A file that is written last: without it the installation was interrupted."""
        return self.folder / "course-stamp"

    @property
    def room(self) -> Extra:
        """What a hub and a cluster need beyond it: no learner's set-up does."""
        return Extra(self.root / "requirements-room.lock", self.folder / "room-stamp")

    def fingerprint(self, version: str) -> str:
        """Return what the stamp must say: the Python version and the hash of the lock.

        Line endings do not count, because git may change them on Windows.
        """
        content = self.lock.read_bytes().replace(b"\r\n", b"\n")
        return f"{version} {hashlib.sha256(content).hexdigest()}"

    def is_whole(self, versions: Sequence[str]) -> bool:
        """Tell whether it was installed to the end, from this lock, for one of `versions`."""
        if not (self.stamp.is_file() and self.python.exists()):
            return False
        return self.stamp.read_text("utf-8") in map(self.fingerprint, versions)


def acceptable_versions() -> tuple[str, ...]:
    """Return the running Python's version, or all that would do where it is itself no use."""
    running = f"{sys.version_info[0]}.{sys.version_info[1]}"
    return (running,) if running in SUPPORTED else SUPPORTED


def find_python() -> Python:
    """Return the running Python, or a ``python3.12`` or ``python3.11`` on the PATH that runs.

    Raises
    ------
    CourseError
        If there is none.
    """
    versions = acceptable_versions()
    if len(versions) == 1:
        # The base of a virtual environment, because .venv itself may be the one that is rebuilt.
        return Python(getattr(sys, "_base_executable", sys.executable), versions[0])
    for version in versions:
        launcher = ["py", f"-{version}"] if sys.platform == "win32" else [f"python{version}"]
        found = ask(launcher, "import sys; print(sys._base_executable)")
        if found:
            return Python(found, version)
    raise CourseError(
        f"The course needs Python 3.11 or 3.12, this is {sys.version.split()[0]} and neither "
        "python3.12 nor python3.11 was found: install one of them and call again."
    )


def ask(python: Sequence[str], code: str) -> str | None:
    """Return what `python` prints when it runs `code`, or None where it fails to."""
    try:
        answer = subprocess.run(
            [*python, "-c", code], capture_output=True, text=True, check=False, env=surroundings()
        )
    except OSError:
        return None
    return answer.stdout.strip() if answer.returncode == 0 else None


def surroundings() -> dict[str, str]:
    """Return the environment variables that everything here is started with."""
    variables = dict(os.environ)
    for foreign in ("PYTHONPATH", "PYTHONHOME"):  # would bring other packages in
        variables.pop(foreign, None)
    variables["PIP_USER"] = "0"  # a user's pip.conf may say otherwise
    variables["JUPYTER_PREFER_ENV_PATH"] = "1"  # .venv's kernel before one of the same name in ~
    variables.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    if variables.get("HWR_EMNIST"):  # a notebook's working directory is another
        variables["HWR_EMNIST"] = str(Path(variables["HWR_EMNIST"]).expanduser().absolute())
    return variables


# ------------------------------------------------------------------------------------- set-up


def set_up(
    environment: Environment,
    find: Callable[[], Python] = find_python,
    build: Callable[[Environment, Python], None] | None = None,
) -> None:
    """Make sure that the environment is whole; build it anew where it is not.

    What an interrupted call left is deleted; a ``.venv`` that somebody else made is not.

    Raises
    ------
    CourseError
        If it cannot be built.
    """
    if environment.kit and not (environment.kit / "wheels").is_dir():
        raise CourseError(
            f"{environment.kit} is no kit, it has no folder 'wheels': name the folder that "
            "START.html lies in."
        )
    if not environment.is_whole(acceptable_versions()):
        python = find()
        refuse_foreign(environment)
        with alone(environment.turn):
            if not environment.is_whole([python.version]):  # it was another call's turn meanwhile
                remove(environment.folder)
                (build or build_environment)(environment, python)
                connect(environment)
                environment.stamp.write_text(environment.fingerprint(python.version), "utf-8")
    connect(environment)
    keep_fresh_notebooks(environment)
    take_emnist(environment)


def refuse_foreign(environment: Environment) -> None:
    """Raise a CourseError if ``.venv`` is there and this script never set up here."""
    ours = environment.stamp.is_file() or environment.turn.is_file()
    if os.path.lexists(environment.folder) and not ours:
        raise CourseError(
            f"{environment.folder} was not made by course.py, which would delete it to make its "
            "own: move it away or delete it yourself, and call again."
        )


@contextlib.contextmanager
def alone(path: Path) -> Iterator[None]:
    """Hold a lock on the file `path`; the system frees it when its holders end, however they do."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as handle:
        # A pip that outlives a killed course.py holds it too (build_environment hands it on).
        os.set_inheritable(handle.fileno(), True)
        if not try_lock(handle):
            say("Another call is setting up in this folder; waiting for it to end.")
            while not try_lock(handle):
                time.sleep(0.5)
        yield


def try_lock(handle: IO[str]) -> bool:
    """Lock an open file, and tell whether that worked."""
    try:
        if sys.platform == "win32":
            msvcrt.locking(handle.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError):
        return False
    except OSError:  # a network folder without locks: better unlocked than not at all
        return True
    return True


def remove(folder: Path) -> None:
    """Delete a folder, or the link to one."""
    try:
        if folder.is_symlink():
            folder.unlink()
        elif folder.exists():
            shutil.rmtree(folder)
    except OSError as error:
        raise CourseError(
            f"{folder} has to be rebuilt but cannot be deleted ({error.strerror}): "
            "close JupyterLab and whatever else uses it, and call again."
        ) from error


def connect(environment: Environment) -> None:
    """Let the environment import the checkout, and keep JupyterLab from asking about news."""
    packages = next(environment.folder.glob("[Ll]ib/**/site-packages"), None)
    if packages is not None:
        # Relative: it holds in a folder with any name, and after the checkout was moved.
        write(packages / "hwr-course.pth", os.path.relpath(environment.root, packages) + "\n")
    settings = environment.folder / "etc" / "jupyter" / "labconfig" / "page_config.json"
    write(settings, json.dumps(ANNOUNCEMENTS))


def write(path: Path, text: str) -> None:
    """Write a small file beside and rename it, unless it already says `text`."""
    if path.is_file() and path.read_text("utf-8") == text:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f"{path.name}.{os.getpid()}")
    beside.write_text(text, "utf-8")
    beside.replace(path)


def keep_fresh_notebooks(environment: Environment) -> None:
    """Copy the notebooks, for hwr.cli.reset, where git cannot give them back; once only."""
    fresh = environment.root / "build" / "fresh"
    git = (environment.root / ".git").exists() and shutil.which("git")
    if fresh.exists() or git:
        return
    beside = fresh.with_name(f"fresh.{os.getpid()}")
    beside.mkdir(parents=True, exist_ok=True)
    for notebook in (environment.root / "notebooks").glob("*.ipynb"):
        if ".mine-" not in notebook.name:
            shutil.copy(notebook, beside)
    with contextlib.suppress(OSError):  # another call was faster
        beside.rename(fresh)
    shutil.rmtree(beside, ignore_errors=True)


def take_emnist(environment: Environment) -> None:
    """Copy EMNIST out of the kit, if there is a kit and it has it, unless there is one already."""
    place = environment.root / "data" / "emnist.zip"
    if not environment.kit or place.exists() or not (environment.kit / "emnist.zip").is_file():
        return
    beside = place.with_name(f"{place.name}.{os.getpid()}")
    try:
        place.parent.mkdir(exist_ok=True)
        shutil.copyfile(environment.kit / "emnist.zip", beside)
        beside.replace(place)
    except OSError as error:
        raise CourseError(
            f"The kit's emnist.zip cannot be copied to {place} ({error.strerror}): call again, "
            "or without --kit to go on with made-up handwriting."
        ) from error
    finally:
        with contextlib.suppress(FileNotFoundError):
            beside.unlink()


def bring_runtime(environment: Environment) -> None:
    """Install what the web page runs on, unless it is there; without it, all else works.

    It comes from the kit, or through npm from its registry.
    """
    if (environment.folder / "share" / "hwr" / "runtime").is_dir():
        return
    source = [str(environment.kit / "runtime")] if environment.kit else []
    command = [str(environment.python), "-m", "hwr.web.tfjs", *source]
    with alone(environment.turn):
        status = subprocess.call(command, cwd=environment.root, env=surroundings())
    if status != 0:
        say("Everything else is set up: only the web page of lesson 08 needs it.")


def furnish(environment: Environment) -> None:
    """Install what a hub and a cluster need, unless it is there.

    Raises
    ------
    CourseError
        If pip fails.
    """
    lock, stamp = environment.room
    content = hashlib.sha256(lock.read_bytes().replace(b"\r\n", b"\n")).hexdigest()
    if stamp.is_file() and stamp.read_text("utf-8") == content:
        return
    say("Installing JupyterHub and Ray, once.")
    _, pip = venv_commands(environment, find_python())
    with alone(environment.turn):
        log = environment.folder / "setup.log"
        install([*pip, *pip_arguments(replace(environment, kit=None), lock)], log)
        stamp.write_text(content, "utf-8")


def build_environment(environment: Environment, python: Python) -> None:
    """Make the virtual environment and install what the lock names.

    Raises
    ------
    CourseError
        If Python cannot make one, or pip fails.
    """
    make, pip = venv_commands(environment, python)
    say(f"Making .venv with Python {python.version}, once: this takes a few minutes and 2.5 GB.")
    begun = time.perf_counter()
    made = subprocess.run(
        make, capture_output=True, text=True, check=False, close_fds=False, env=surroundings()
    )
    if made.returncode != 0:
        last = (made.stdout + made.stderr).strip().splitlines()[-1:]
        raise CourseError(f"Python {python.version} could not make {environment.folder}: {last}")
    source = "The kit" if environment.kit else "The package registry"
    install([*pip, *pip_arguments(environment)], environment.folder / "setup.log", source)
    say(f"Set up in {time.perf_counter() - begun:.0f} s.")


def venv_commands(environment: Environment, python: Python) -> tuple[list[str], list[str]]:
    """Return the command that makes the environment, and the pip that installs into it.

    Debian ships Python without ensurepip; another pip can then stand in.

    Raises
    ------
    CourseError
        If there is no pip at all.
    """
    folder = str(environment.folder)
    if ask([python.path], "import ensurepip") is not None:
        return [python.path, "-m", "venv", folder], [str(environment.python), "-m", "pip"]
    if ask([python.path], "import pip") is not None:
        pip = [python.path, "-m", "pip", "--python", str(environment.python)]
        return [python.path, "-m", "venv", "--without-pip", folder], pip
    raise CourseError(
        f"Python {python.version} lacks pip here: on Debian or Ubuntu type "
        f"'sudo apt-get install python{python.version}-venv', and call again."
    )


def pip_arguments(environment: Environment, lock: Path | None = None) -> list[str]:
    """Return what pip is told: every file checked by its hash, nothing compiled.

    `lock` lists the packages; the environment's own if none is named.
    """
    careful = ["--require-hashes", "--only-binary", ":all:", "--no-deps"]
    quiet = ["--disable-pip-version-check", "--no-input", "--retries", "3"]
    kit = []
    if environment.kit:  # and from nowhere else, whatever pip.conf says
        kit = ["--isolated", "--no-index", "--find-links", str(environment.kit / "wheels")]
    return ["install", *careful, *quiet, *kit, "-r", str(lock or environment.lock)]


def install(command: Sequence[str], log: Path, source: str = "The package registry") -> None:
    """Run pip, show the package it is at on one line, and keep its words in `log`.

    Raises
    ------
    CourseError
        If pip fails: one sentence about why.
    """
    pip = subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        errors="replace",
        close_fds=False,
        env=surroundings(),
    )
    assert pip.stdout is not None
    with log.open("w", encoding="utf-8") as record:
        for line in pip.stdout:
            record.write(line)
            at = re.match(r"Collecting (\S+)|(Installing) collected", line)
            if at and sys.stdout.isatty():
                print(f"\r  {at[1] or 'unpacking'}".ljust(60), end="", flush=True)
    pip.wait()
    if sys.stdout.isatty():
        print("\r".ljust(60), end="\r", flush=True)
    if pip.returncode != 0:
        raise CourseError(explain(log.read_text("utf-8"), source))


NO_WHEEL = r"No matching distribution found for (?P<package>\S+)"
# What pip says, and what to tell the learner; the first that is found counts.
FAILURES = (
    (
        "DO NOT MATCH THE HASHES",
        "A package that arrived is not the one in requirements.lock (its hash differs): "
        "call again, and if it happens again, trust neither the network nor the file.",
    ),
    (
        "No space left|not enough space|Errno 28",
        "The disk is full: free about 4 GB and call again.",
    ),
    (
        "Long Path",
        "The folder's name is too long for Windows: move the course to a short one, "
        "such as C:\\hwr, or turn long paths on, and call again.",
    ),
    (
        "NameResolution|getaddrinfo|name resolution|Connection|Max retries|timed out|Timeout|"
        "ProxyError|SSLError|HTTP error|IncompleteRead|Network is unreachable",
        "The package registry could not be reached: connect to the network and call again; "
        "what was already fetched is kept.",
    ),
    (
        NO_WHEEL,
        "{source} has no {package} for this machine ({machine}): the course runs on "
        "64-bit Linux, Windows (x86-64) and macOS (Apple silicon){but}.",
    ),
)


def failure(log: str) -> str | None:
    """Return the first pattern of FAILURES in what pip printed, None where there is none."""
    return next((pattern for pattern, _ in FAILURES if re.search(pattern, log)), None)


def explain(log: str, source: str = "The package registry") -> str:
    """Turn what pip printed into one sentence; `source` is where the packages come from."""
    pattern = failure(log)
    if pattern:
        machine = " ".join(os.uname()[::4]) if hasattr(os, "uname") else sys.platform
        but = ", and a kit only on what its START.html lists" if source == "The kit" else ""
        found = re.search(pattern, log)
        assert found
        named = {"source": source, "machine": machine, "but": but, **found.groupdict()}
        return dict(FAILURES)[pattern].format(**named)
    last = ([""] + [line for line in log.splitlines() if line.strip()])[-1]
    return f"pip failed with '{last.strip()}': call again; all it said is in .venv/setup.log."


# ------------------------------------------------------------------------------------ commands


def become(command: Sequence[str]) -> int:
    """Run a program in place of this one: Ctrl-C and kill are its business."""
    os.chdir(ROOT)
    if sys.platform != "win32":
        os.execve(command[0], list(command), surroundings())
    with subprocess.Popen(command, env=surroundings()) as process:  # Windows cannot replace itself
        while True:
            try:
                return process.wait()
            except KeyboardInterrupt:
                continue


def lab_command(environment: Environment, extra: Sequence[str]) -> list[str]:
    """Return the command that opens JupyterLab on the first notebook."""
    # Jupyter refuses to run as root, which is who one is in a container.
    root = ["--allow-root"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    # Not as a file to run: the address that is printed would then not lead to it.
    start = [f"--ServerApp.root_dir={environment.root}", f"--LabApp.default_url={FIRST_PAGE}"]
    return [str(environment.python), "-m", "jupyterlab", *start, *root, *extra]


def lab(environment: Environment, extra: Sequence[str]) -> int:
    """Check the set-up and open JupyterLab; `extra` goes to it as it is."""
    if doctor(environment) != 0:
        raise CourseError("JupyterLab stays closed until the problems above are put right.")
    return become(lab_command(environment, extra))


def doctor(environment: Environment) -> int:
    """Run the doctor, with the environment's Python where there is one."""
    python = str(environment.python) if environment.python.exists() else sys.executable
    return subprocess.call([python, "-m", "hwr.cli.doctor"], cwd=ROOT, env=surroundings())


def parser() -> argparse.ArgumentParser:
    """Return the command line's grammar."""
    grammar = argparse.ArgumentParser(prog="course.py", description="The course's one command.")
    commands = grammar.add_subparsers(dest="command", required=True, metavar="COMMAND")
    open_it = commands.add_parser("lab", help="open JupyterLab; further options go to it")
    steps = commands.add_parser("test", help="run every check, or the named steps")
    steps.add_argument("steps", nargs="*", metavar="STEP", help=" ".join(STEPS))
    install_it = commands.add_parser(
        "setup", help="make .venv and install what requirements.lock names"
    )
    for command in (open_it, install_it):
        command.add_argument("--kit", type=folder, metavar="FOLDER", help="install from this kit")
    commands.add_parser("doctor", help="say whether everything is in order")
    page = commands.add_parser("web", help="make the recogniser's web page")
    page.add_argument(
        "out", nargs="?", type=folder, default=ROOT / "build" / "hwr.html", metavar="OUT"
    )
    page.add_argument("--model", type=folder, metavar="FILE", help="yours: its card, or a .keras")
    some = commands.add_parser("notebooks", help="run notebooks and store their outputs")
    some.add_argument(
        "names", nargs="*", metavar="NAME", help="such as 03; all where none is named"
    )
    kit = commands.add_parser("kit", help="make a folder to set up from without a network")
    kit.add_argument("out", nargs="?", type=folder, default=ROOT / "build" / "kit", metavar="OUT")
    kit.add_argument("--only", metavar="TARGETS", help="such as linux-3.11,windows-3.12")
    commands.add_parser(
        "hub", add_help=False, help="start a JupyterHub for a class; options go to it"
    )
    return grammar


def folder(name: str) -> Path:
    """Return the folder that the command line names, wherever the program goes from here."""
    return Path(name).expanduser().absolute()


def run(arguments: Sequence[str] | None = None) -> int:
    """Do what the command line asks and return the exit status."""
    grammar = parser()
    options, extra = grammar.parse_known_args(arguments)
    unknown = extra if options.command not in ("lab", "hub") else []
    if options.command == "test":
        unknown = unknown + [step for step in options.steps if step not in STEPS]
    if unknown:
        grammar.error(f"cannot make sense of '{' '.join(unknown)}'; try --help")
    environment = Environment(ROOT, getattr(options, "kit", None))
    if options.command != "doctor":
        set_up(environment)
    if options.command not in ("doctor", "web"):  # the page's own command says why it cannot
        bring_runtime(environment)
    if options.command == "hub":
        furnish(environment)
        return become([str(environment.python), "-m", "deploy.hub", *extra])
    if options.command == "test" and (not options.steps or "room" in options.steps):
        try:
            furnish(environment)
        except CourseError as error:  # all other checks can do without, and these say so
            say(f"course.py: {error}")
    if options.command == "lab":
        return lab(environment, extra)
    if options.command == "doctor":
        return doctor(environment)
    program = program_of(options)
    return become([str(environment.python), *program]) if program else 0


def program_of(options: argparse.Namespace) -> list[str]:
    """Return what the environment's Python runs for a command; nothing for ``setup``."""
    if options.command == "test":
        return ["tools/checks.py", *options.steps]
    if options.command == "notebooks":
        return ["tools/execute_notebooks.py", *options.names]
    if options.command == "kit":
        only = ["--only", options.only] if options.only else []
        return ["tools/kit.py", str(options.out), *only]
    if options.command == "web":
        model = ["--model", str(options.model)] if options.model else []
        return ["-m", "hwr", "web", str(options.out), *model]
    return []


def main() -> int:
    """Run, and turn every expected failure into one sentence."""
    try:
        return run()
    except CourseError as error:
        print(f"course.py: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nStopped; the next call begins where it must.", file=sys.stderr)
        return 130


if __name__ == "__main__":
    raise SystemExit(main())
