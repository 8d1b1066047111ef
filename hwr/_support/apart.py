"""A module of hwr run in a process of its own, for what may end a process or never end."""

import mmap
import os
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

from hwr._support.paths import PACKAGE

OUT_OF_TIME = -getattr(signal, "SIGXCPU", 24)
"""The exit status of a process that ran longer than :func:`limit_time` lets it."""


def run_apart(
    module: str, *arguments: str, content: bytes = b"", seconds: float
) -> subprocess.CompletedProcess[bytes]:
    """Run a module, with some content as its stdin, and return what became of it.

    Raises
    ------
    subprocess.TimeoutExpired
        If it takes longer; it has then been ended.
    """
    paths = os.pathsep.join(filter(None, [str(PACKAGE.parent), os.environ.get("PYTHONPATH")]))
    return subprocess.run(
        [sys.executable, "-P", "-m", module, *arguments],
        input=content, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        timeout=seconds, check=False, env={**os.environ, "PYTHONPATH": paths},
        creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
    )  # fmt: skip


def limit_memory(most: int) -> None:
    """Let the system refuse this process memory beyond ``most`` bytes, if it can."""
    _limit("RLIMIT_AS", most)


def limit_more_memory(more: int) -> None:
    """Let the system refuse this process memory beyond ``more`` bytes from now on, if it can."""
    with suppress(OSError):  # only Linux says there how many pages it has
        pages = int(Path("/proc/self/statm").read_text().split()[0])
        limit_memory(pages * mmap.PAGESIZE + more)


def limit_time(seconds: int) -> None:
    """Let the system end this process after so much time of the processor, if it can.

    That counts from the process's beginning.
    """
    _limit("RLIMIT_CPU", seconds)


def _limit(what: str, most: int) -> None:
    try:
        import resource

        kind = getattr(resource, what)
        _, hard = resource.getrlimit(kind)
        limit = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(kind, (limit, hard))
    except (ImportError, AttributeError, ValueError, OSError):  # only the time of the clock is left
        return
