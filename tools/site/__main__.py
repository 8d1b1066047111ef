"""Build the website: ``course.py site [OUT]`` runs ``python -m tools.site OUT``."""

import argparse
import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from course import CourseError, say
from tools.processes import exit_with
from tools.site.build import build_site


def main(arguments: Sequence[str]) -> int:
    """Build the site in the folder that the command line names; return 1 if that fails, else 0."""
    parser = argparse.ArgumentParser(prog="course.py site")
    parser.add_argument("out", type=Path)
    options = parser.parse_args(arguments)
    started = time.perf_counter()
    try:
        build_site(options.out, repository=os.environ.get("GITHUB_REPOSITORY", ""))
    except (CourseError, ValueError, OSError) as error:
        print(f"course.py site: {error}", file=sys.stderr)
        return 1
    say(f"The site is in {options.out}, built in {time.perf_counter() - started:.0f} s.")
    return 0


if __name__ == "__main__":
    exit_with(main)
