"""Limits of a cell, in the kernel itself, which explains them below the cell.

A learner can turn this off, but not the hub's limit of memory (:mod:`deploy.hub.processes`).
"""

import atexit
import resource
import signal
import sys
import time
from contextlib import suppress
from pathlib import Path
from types import FrameType
from typing import Any

from ipykernel.connect import get_connection_file
from IPython.core.getipython import get_ipython

from deploy.hub.settings import Settings

GRACE = 10  # seconds of processor time between interrupting a cell and killing its kernel

TOO_MUCH_MEMORY = (
    "Stopped: your programs together need more memory than the {memory:.1f} GB that every learner "
    "has here. If this notebook's kernel is restarted now, run the cells again from the top, with "
    "less data at a time (such as fewer images), and shut down notebooks that you do not need."
)
MEMORY_ERROR = (
    "This cell needs too much memory: every learner has only {memory:.1f} GB here. Your variables "
    "are kept: try again with less data at a time (such as fewer images)."
)
TOO_LONG = (
    "Stopped: this cell has computed for {minutes:g} minutes, the time limit for a cell here. Your "
    "variables are kept: look for a loop that never ends, or try again with less data."
)
KILLED = (
    "The variables of this notebook are gone because its kernel was stopped, as happens if your "
    "programs together need more memory than {memory:.1f} GB, or a cell computes for longer than "
    "{minutes:g} minutes: run the cells again from the top, with less data at a time."
)


class Stopped(KeyboardInterrupt):
    """Interrupts a cell, as the learner can; ``except Exception`` does not catch it."""


class Limits:
    """Interrupts a cell that needs too much, and says so; `settings` has the limits."""

    def __init__(self, settings: Settings) -> None:
        self.seconds = settings.cell_seconds
        _, self.most = resource.getrlimit(resource.RLIMIT_CPU)
        self.limits = {"memory": settings.memory / 1024**3, "minutes": self.seconds / 60}
        self.running = self.stopped = self.told = False  # a cell; told is the learner
        self.killed = False  # whether the kernel before this one was
        self.cell: dict[str, Any] = {}

    def begin(self) -> None:
        """Count a cell's processor time; IPython calls this before it or a widget's function."""
        end = int(time.process_time()) + self.seconds + GRACE
        resource.setrlimit(resource.RLIMIT_CPU, (end, self.most))  # for what cannot be interrupted
        signal.setitimer(signal.ITIMER_PROF, self.seconds)
        self.running, self.stopped, self.told = True, False, False
        self.cell = getattr(sys.stderr, "parent_header", {})

    def end(self) -> None:
        """Count no longer; IPython calls this after a cell or a widget's function."""
        self.running = False
        signal.setitimer(signal.ITIMER_PROF, 0)
        resource.setrlimit(resource.RLIMIT_CPU, (self.most, self.most))

    def too_long(self, number: int, frame: FrameType | None) -> None:
        """Interrupt the cell: its time is over."""
        if self.running:
            raise Stopped(TOO_LONG.format(**self.limits))

    def too_much_memory(self, number: int, frame: FrameType | None) -> None:
        """Interrupt the cell, or say so below the last one; the hub asks for it, each second."""
        sentence = TOO_MUCH_MEMORY.format(**self.limits)
        if self.running and not self.stopped:
            self.stopped = True
            raise Stopped(sentence)
        if not self.told:
            self.told = True
            stderr: Any = sys.stderr
            stderr.parent_header = self.cell
            print(sentence, file=stderr, flush=True)

    def recall(self, info: Any) -> None:
        """Say that the kernel before this one was killed; IPython calls this before a cell."""
        if self.killed:
            print(KILLED.format(**self.limits), file=sys.stderr)
        self.killed = False

    def explain(self, result: Any) -> None:
        """Say more about a cell's MemoryError; IPython calls this after a cell."""
        if isinstance(result.error_in_exec, MemoryError):
            print(MEMORY_ERROR.format(**self.limits), file=sys.stderr)


def limit_cells() -> None:
    """Limit the cells of the kernel that calls this; elsewhere, do nothing."""
    shell = get_ipython()
    if not hasattr(shell, "kernel"):
        return
    limits = Limits(Settings.from_environment())
    signal.signal(signal.SIGPROF, limits.too_long)
    signal.signal(signal.SIGUSR1, limits.too_much_memory)
    shell.events.register("pre_execute", limits.begin)
    shell.events.register("post_execute", limits.end)
    shell.events.register("post_run_cell", limits.explain)
    shell.events.register("pre_run_cell", limits.recall)
    # A file that is deleted at the kernel's end, unless it is killed: the next one finds it then.
    started = Path(f"{get_connection_file()}.started")
    limits.killed = started.exists()
    with suppress(OSError):  # such as for want of space
        started.touch()
        atexit.register(started.unlink, missing_ok=True)
