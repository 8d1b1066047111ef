"""Install what is not in requirements.lock: ``python -m tools.extras [--kit FOLDER] NAME…``.

course.py calls this with the environment's Python. The names are those of `EXTRAS`.
"""

import argparse
import shutil
import sys
from collections.abc import Sequence

import course
from course import CourseError, Environment, say
from tools import pip
from tools.commands import absolute
from tools.files import exclusive_lock, replacing
from tools.processes import call, exit_with


def copy_emnist(environment: Environment) -> None:
    """Copy EMNIST from the kit to ``data/emnist.zip``, unless there already is one."""
    place = environment.root / "data" / "emnist.zip"
    if not environment.kit or place.exists() or not (environment.kit / "emnist.zip").is_file():
        return
    try:
        with replacing(place) as temporary:
            shutil.copyfile(environment.kit / "emnist.zip", temporary)
    except OSError as error:
        raise CourseError(
            f"The kit's emnist.zip cannot be copied to {place} ({error.strerror}): try again, "
            "or leave out --kit to go on with made-up handwriting."
        ) from error


def install_web_runtime(environment: Environment) -> None:
    """Install what the web page runs on, from the kit or with npm, unless it is installed.

    A failure is only reported, because everything else works without it.
    """
    if (environment.folder / "share" / "hwr" / "runtime").is_dir():
        return
    source = [str(environment.kit / "runtime")] if environment.kit else []
    command = [str(environment.python), "-m", "hwr.web.tfjs", *source]
    with exclusive_lock(environment.lock_file):
        status = call(command, environment.root)
    if status != 0:
        say("Everything else is set up: only the web page of lesson 08 needs this.")


def install_hub_packages(environment: Environment) -> None:
    """Install what a hub and a cluster need, unless it is installed."""
    requirements = environment.root / "requirements-room.lock"
    stamp = environment.folder / "room-stamp"  # written last, like the environment's own
    digest = course.digest(requirements)
    if stamp.is_file() and stamp.read_text("utf-8") == digest:
        return
    say("Installing JupyterHub and Ray, once.")
    _, pip_command = course.venv_commands(environment, course.find_python())
    with exclusive_lock(environment.lock_file):
        problem = pip.install(pip_command, requirements, environment.log)
        if problem:
            raise CourseError(problem)
        stamp.write_text(digest, "utf-8")


def build_site(environment: Environment) -> None:
    """Build the website unless it is built; a failure is only reported, as a hub works without."""
    site = environment.root / "build" / "site"
    if site.exists():
        return
    if call([str(environment.python), "-m", "tools.site", str(site)], environment.root) != 0:
        say("Everything else is set up: only the website needs this.")


EXTRAS = {
    "emnist": copy_emnist,
    "runtime": install_web_runtime,
    "hub": install_hub_packages,
    "site": build_site,
}


def main(arguments: Sequence[str]) -> int:
    """Install the named extras; return 1 and print a sentence if one fails, else return 0."""
    parser = argparse.ArgumentParser(prog="tools.extras")
    parser.add_argument("names", nargs="+", choices=EXTRAS, metavar="NAME")
    parser.add_argument("--kit", type=absolute)
    options = parser.parse_args(arguments)
    environment = Environment(course.ROOT, options.kit)
    try:
        for name in options.names:
            EXTRAS[name](environment)
    except CourseError as error:
        print(f"course.py: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    exit_with(main)
