"""The processes of learners, and the memory that each learner's may use together.

Every second, the hub asks the largest programs of who uses too much to stop, and later kills them.
A kernel answers SIGUSR1 with a sentence (:mod:`deploy.hub.limits`); other programs end.
"""

import os
import pwd
import signal
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from contextlib import suppress
from itertools import chain
from pathlib import Path

import psutil

PREFIX = "hwr-"  # of learners' accounts: no name on a class list can be that of another, as of root
PATIENCE = 3  # looks in a row at which programs are asked to stop, before they are killed
MOMENT = 0.3  # seconds from asking for the last time to killing who still uses too much
LOOKED_UP = ("uids", "status", "memory_info")
KILL_SECONDS = 10  # until killed processes have ended
GONE = (psutil.NoSuchProcess, ProcessLookupError)  # it has ended in the meantime


def learners(homes: Path) -> dict[int, str]:
    """Return the names of the learners whose homes are in a folder, by their user ids."""
    return {
        entry.pw_uid: entry.pw_name.removeprefix(PREFIX)
        for entry in pwd.getpwall()
        if entry.pw_name.startswith(PREFIX) and Path(entry.pw_dir).parent == homes
    }


def of_learners(homes: Path) -> dict[str, list[psutil.Process]]:
    """Return the processes of these learners, by name."""
    names = learners(homes)
    found: dict[str, list[psutil.Process]] = {name: [] for name in names.values()}
    for process in psutil.process_iter(LOOKED_UP):
        name = names.get(process.info["uids"].real)
        if name is not None and process.info["status"] != psutil.STATUS_ZOMBIE:
            found[name].append(process)
    return found


def programs_over(processes: Sequence[psutil.Process], limit: float) -> list[int]:
    """Return the largest programs, without which the others use no more than `limit` bytes.

    A program is a group of processes, such as a kernel and what its cells have started. Memory that
    processes share, such as a forked child with its parent, counts in proportion (PSS).
    """
    if sum(process.info["memory_info"].rss for process in processes) <= limit:
        return []  # without the proportion, which takes time to look up
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

    def enforce(self, homes: Path, limit: int) -> list[str]:
        """Ask the programs to stop that are over the limit, later kill them; return whose.

        They are asked at every look: since the last one, a kernel may have begun another cell.
        """
        over = {who: programs_over(its, limit) for who, its in of_learners(homes).items()}
        names = [name for name in over if over[name]]
        self._looks = Counter({name: self._looks[name] + 1 for name in names})
        signal_programs(chain(*over.values()), signal.SIGUSR1)
        if doomed := [name for name in names if self._looks[name] > PATIENCE]:
            time.sleep(MOMENT)
            now = of_learners(homes)
            for name in doomed:
                signal_programs(programs_over(now[name], limit), signal.SIGKILL)
        return names


def signal_programs(groups: Iterable[int], number: signal.Signals) -> None:
    """Send a signal to groups of processes, some of which may have ended."""
    for group in groups:
        with suppress(*GONE):
            os.killpg(group, number)


def kill_all(homes: Path) -> None:
    """Kill all processes of these learners."""
    left = list(chain(*of_learners(homes).values()))
    for process in left:
        with suppress(*GONE):
            process.kill()
    psutil.wait_procs(left, KILL_SECONDS)
