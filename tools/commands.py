"""The commands of course.py that only teachers and developers need. Standard library only.

course.py parses them before it sets up, and then has the environment's Python run the program.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

BUILD = Path(__file__).resolve().parent.parent / "build"


def absolute(name: str) -> Path:
    """Return the absolute path of a command-line argument: programs run in another folder."""
    return Path(name).expanduser().absolute()


def add_parsers(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add ``web``, ``site``, ``notebooks``, ``kit`` and ``hub`` to the command line."""
    web = commands.add_parser("web", help="build the recogniser's web page")
    web.add_argument("out", nargs="?", type=absolute, default=BUILD / "hwr.html", metavar="OUT")
    web.add_argument(
        "--model", type=absolute, metavar="FILE", help="your own model: its card, or a .keras file"
    )
    site = commands.add_parser("site", help="build the course as a website")
    site.add_argument("out", nargs="?", type=absolute, default=BUILD / "site", metavar="OUT")
    notebooks = commands.add_parser("notebooks", help="run notebooks and store their outputs")
    notebooks.add_argument(
        "names", nargs="*", metavar="NAME", help="such as 03; all notebooks by default"
    )
    kit = commands.add_parser("kit", help="build a folder to set up from without a network")
    kit.add_argument("out", nargs="?", type=absolute, default=BUILD / "kit", metavar="OUT")
    kit.add_argument("--only", metavar="TARGETS", help="such as linux-3.11,windows-3.12")
    commands.add_parser(
        "hub", add_help=False, help="start a JupyterHub for a class; 'hub --help' has its options"
    )


def program(options: argparse.Namespace, extra: Sequence[str]) -> list[str]:
    """Return the arguments with which the environment's Python runs one of these commands."""
    if options.command == "web":
        model = ["--model", str(options.model)] if options.model else []
        return ["-m", "hwr", "web", str(options.out), *model]
    if options.command == "site":
        return ["-m", "tools.site", str(options.out)]
    if options.command == "notebooks":
        return ["-m", "tools.execute_notebooks", *options.names]
    if options.command == "kit":
        only = ["--only", options.only] if options.only else []
        return ["-m", "tools.kit", str(options.out), *only]
    return ["-m", "deploy.hub", *extra]
