"""The processes of learners' accounts, and the memory that each learner's may use together.

A single process cannot have more: the operating system refuses it (:mod:`deploy.hub.spawner`). For
several at once, the hub looks every second. It asks the largest programs to stop, by SIGUSR1, which
a kernel answers with a sentence below its cell (:mod:`deploy.hub.limits`) and other programs by
ending. It kills them if that does not help; the next kernel then says so.
"""

import os
import signal
import time
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from itertools import chain

import psutil

PATIENCE = (
    3  # looks in a row at which programs are only asked to stop; at the next, they are killed
)
MOMENT = 0.3  # seconds from asking for the last time to killing, in which a kernel can say why
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
    """Counts for each learner at how many looks in a row there was too much."""

    def __init__(self) -> None:
        self._looks: Counter[str] = Counter()

    def enforce(self, accounts: Mapping[str, int], limit: int) -> list[str]:
        """Ask the programs to stop that are over the limit, later kill them; return whose.

        They are asked at every look: since the last one, a kernel may have begun another cell.
        """
        found = of_accounts(accounts)
        over = {name: programs_over(processes, limit) for name, processes in found.items()}
        names = [name for name in over if over[name]]
        self._looks = Counter({name: self._looks[name] + 1 for name in names})
        signal_programs(chain(*over.values()), signal.SIGUSR1)
        if doomed := [name for name in names if self._looks[name] > PATIENCE]:
            time.sleep(MOMENT)
            signal_programs(chain(*(over[name] for name in doomed)), signal.SIGKILL)
        return names


def signal_programs(groups: Iterable[int], number: signal.Signals) -> None:
    """Send a signal to groups of processes, some of which may have ended."""
    for group in groups:
        with suppress(*GONE):
            os.killpg(group, number)


def kill_all(accounts: Mapping[str, int]) -> None:
    """Kill all processes of the learners' accounts."""
    left = list(chain.from_iterable(of_accounts(accounts).values()))
    for process in left:
        with suppress(*GONE):
            process.kill()
    psutil.wait_procs(left, KILL_SECONDS)
