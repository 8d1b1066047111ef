"""The processes of learners' accounts, and the memory that each learner's may use together.

A single process cannot have more: the operating system refuses it (:mod:`deploy.hub.spawner`). For
several at once, the hub looks every second. It asks the largest programs to stop, by SIGUSR1, which
a kernel answers with a sentence below its cell (:mod:`deploy.hub.limits`) and other programs by
ending. It kills them if that does not help.
"""

import os
import signal
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from itertools import chain

import psutil

PATIENCE = 5  # checks from asking programs to stop until they are killed
MARGIN = 1.5  # times the limit: over it, they are killed at the next check
KILL_SECONDS = 10  # until killed processes have ended
GONE = (psutil.NoSuchProcess, ProcessLookupError)  # it has ended in the meantime


def of_accounts(accounts: Mapping[str, int]) -> dict[str, list[psutil.Process]]:
    """Return the processes of several accounts, whose user ids are given, by name."""
    found: dict[str, list[psutil.Process]] = {name: [] for name in accounts}
    names = {uid: name for name, uid in accounts.items()}
    for process in psutil.process_iter(["uids", "status"]):
        uid = process.info["uids"].real
        if uid in names and process.info["status"] != psutil.STATUS_ZOMBIE:
            found[names[uid]].append(process)
    return found


def resident(processes: Iterable[psutil.Process]) -> int:
    """Return the sum of processes' resident bytes, in which what they share counts for each."""
    total = 0
    for process in processes:
        with suppress(*GONE):
            total += process.memory_info().rss
    return total


def programs_over(processes: Sequence[psutil.Process], limit: float) -> list[int]:
    """Return the largest programs, without which the others use no more than `limit` bytes.

    A program is a group of processes, such as a kernel and what its cells have started. Memory that
    processes share, such as a forked child with its parent, counts in proportion (PSS).
    """
    if resident(processes) <= limit:  # the proportion takes time to look up
        return []
    sizes: Counter[int] = Counter()
    for process in processes:
        with suppress(*GONE):
            sizes[os.getpgid(process.pid)] += process.memory_full_info().pss
    total, found = sizes.total(), []
    for group, size in sizes.most_common():
        if total <= limit:
            break
        total -= size
        found.append(group)
    return found


class MemoryLimit:
    """Counts for each learner at how many checks in a row there was too much."""

    def __init__(self) -> None:
        self._checks: Counter[str] = Counter()

    def enforce(self, accounts: Mapping[str, int], limit: int) -> list[str]:
        """Ask the programs to stop that are over the limit, later kill them; return whose."""
        stopped = []
        for name, processes in of_accounts(accounts).items():
            over = programs_over(processes, limit)
            checks = self._checks[name] = self._checks[name] + 1 if over else 0
            patient = checks <= PATIENCE and not programs_over(processes, MARGIN * limit)
            if not over or (checks > 1 and patient):
                continue
            stopped.append(name)
            for group in over:
                with suppress(*GONE):
                    os.killpg(group, signal.SIGUSR1 if checks == 1 else signal.SIGKILL)
        return stopped


def kill_all(accounts: Mapping[str, int]) -> None:
    """Kill all processes of the learners' accounts."""
    left = list(chain.from_iterable(of_accounts(accounts).values()))
    for process in left:
        with suppress(*GONE):
            process.kill()
    psutil.wait_procs(left, KILL_SECONDS)
