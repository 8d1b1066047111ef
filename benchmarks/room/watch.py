"""Memory and processor time of the hub and its learners on this machine."""

import os
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from statistics import median

import psutil

GONE = (psutil.NoSuchProcess, psutil.AccessDenied, FileNotFoundError, ProcessLookupError)


def processes(names: Iterable[str]) -> Iterator[tuple[str, str, psutil.Process]]:
    """Yield learner, ``'server'`` or ``'kernel'``, and process for each process of the learners."""
    names = set(names)
    for process in psutil.process_iter():
        with suppress(*GONE):  # it has just ended, or belongs to somebody else
            learner = process.environ().get("JUPYTERHUB_USER")
            if learner in names:
                kernel = any("ipykernel" in word for word in process.cmdline())
                yield learner, "kernel" if kernel else "server", process


def find(name: str, kind: str) -> psutil.Process:
    """Return a learner's server or newest kernel."""
    found = [process for _, what, process in processes([name]) if what == kind]
    return max(found, key=lambda process: process.create_time())


@dataclass(frozen=True)
class Memory:
    """Memory of a learner's server and kernels, in MB."""

    pss: float = 0.0  # median over the learners; shared memory counts in proportion
    rss: float = 0.0  # the same, but shared memory counts in full
    most: float = 0.0  # the largest `pss`


def memory(names: Iterable[str]) -> Memory:
    """Return the memory of the servers and kernels of some learners."""
    pss: dict[str, float] = {}
    rss: dict[str, float] = {}
    for learner, _, process in processes(names):
        with suppress(*GONE):
            used = process.memory_full_info()
            pss[learner] = pss.get(learner, 0) + used.pss / 1e6
            rss[learner] = rss.get(learner, 0) + used.rss / 1e6
    if not pss:
        return Memory()
    return Memory(median(pss.values()), median(rss.values()), max(pss.values()))


class Clock:
    """Processor time since the clock was created, in cores, by part of the system.

    `names` are the learners; `shared` returns the processes that serve all of them.
    """

    def __init__(
        self, names: Iterable[str], shared: Callable[[], Iterable[psutil.Process]] = tuple
    ) -> None:
        self._names, self._shared = list(names), shared
        self._began, self._before, self._busy = time.perf_counter(), self._used(), self._machine()

    @property
    def seconds(self) -> float:
        """Seconds since the clock was created."""
        return time.perf_counter() - self._began

    def read(self) -> dict[str, float]:
        """Return the mean number of busy cores; processes that have ended are not counted."""
        seconds = self.seconds
        cores = {"whole machine": (self._machine() - self._busy) / seconds}
        for (pid, kind), used in self._used().items():
            new = used - self._before.get((pid, kind), 0.0)
            cores[kind] = cores.get(kind, 0.0) + new / seconds
        return cores

    def _used(self) -> dict[tuple[int, str], float]:
        known = {process.pid: (kind, process) for _, kind, process in processes(self._names)}
        known |= {process.pid: ("hub and proxy", process) for process in self._shared()}
        known[os.getpid()] = ("the simulated learners", psutil.Process())
        used = {}
        for pid, (kind, process) in known.items():
            with suppress(*GONE):
                times = process.cpu_times()
                used[pid, kind] = times.user + times.system
        return used

    @staticmethod
    def _machine() -> float:
        times = psutil.cpu_times()
        return float(sum(times) - times.idle - getattr(times, "iowait", 0.0) - times.guest)
