"""Start other programs. Standard library only."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NoReturn


def child_environment() -> dict[str, str]:
    """Return the environment variables for every process that course.py starts."""
    variables = dict(os.environ)
    for name in ("PYTHONPATH", "PYTHONHOME"):  # could add packages from elsewhere
        variables.pop(name, None)
    variables["PIP_USER"] = "0"  # overrides a user's pip.conf
    variables["JUPYTER_PREFER_ENV_PATH"] = "1"  # our kernel before one of that name in the home
    variables.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    named = variables.get("HWR_EMNIST", "").strip().strip("\"'").strip()  # as hwr reads it
    if named:  # absolute, because notebooks run in another folder
        variables["HWR_EMNIST"] = str(Path(named).expanduser().absolute())
    return variables


def python_output(python: Sequence[str], code: str) -> str | None:
    """Return what `python` prints when it runs `code`, or None if that fails."""
    command = [*python, "-c", code]
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, check=False, env=child_environment()
        )
    except OSError:
        return None
    return done.stdout.strip() if done.returncode == 0 else None


def call(command: Sequence[str], folder: Path) -> int:
    """Run a program in `folder`, and return its exit status."""
    return subprocess.call(command, cwd=folder, env=child_environment())


def exit_with(main: Callable[[Sequence[str]], int], stopped: str = "") -> NoReturn:
    """Run `main` on the command line and exit with its status; print `stopped` after Ctrl-C."""
    try:
        raise SystemExit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        print(stopped, end="", file=sys.stderr)
        raise SystemExit(130) from None


def exec_program(command: Sequence[str], folder: Path) -> int:
    """Replace this process by a program in `folder`; it then receives Ctrl-C and other signals."""
    os.chdir(folder)
    if sys.platform != "win32":
        os.execve(command[0], list(command), child_environment())
    with subprocess.Popen(command, env=child_environment()) as process:  # Windows cannot replace it
        while True:
            try:
                return process.wait()
            except KeyboardInterrupt:
                continue
