"""Memory and processor time of an account's processes, from Linux's /proc."""

import os
import signal
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

PAGE = os.sysconf("SC_PAGE_SIZE")
TICK = os.sysconf("SC_CLK_TCK")


class Process(NamedTuple):
    """A process: its parent, resident bytes, and seconds of processor time."""

    parent: int
    memory: int
    seconds: float


def of_account(uid: int) -> dict[int, Process]:
    """Return the processes of an account by their ids."""
    return of_accounts([uid])[uid]


def of_accounts(uids: Iterable[int]) -> dict[int, dict[int, Process]]:
    """Return the processes of several accounts, in one pass over all processes."""
    found: dict[int, dict[int, Process]] = {uid: {} for uid in uids}
    for entry in os.scandir("/proc"):
        if not entry.name.isdigit():
            continue
        with suppress(FileNotFoundError, ProcessLookupError):  # it has ended in the meantime
            own = found.get(entry.stat().st_uid)
            if own is not None:
                own[int(entry.name)] = parse(Path(entry.path, "stat").read_text("utf-8"))
    return found


def parse(line: str) -> Process:
    """Return the process of a line of /proc/PID/stat, as in proc(5)."""
    # The program's name, in brackets, may itself contain brackets and spaces.
    fields = line.rpartition(")")[2].split()
    return Process(
        parent=int(fields[1]),
        memory=int(fields[21]) * PAGE,
        seconds=(int(fields[11]) + int(fields[12])) / TICK,
    )


def tree(processes: dict[int, Process], pid: int) -> set[int]:
    """Return the ids of a process and all its descendants; none if it does not exist."""
    found = {pid} & processes.keys()
    while more := {p for p in processes if processes[p].parent in found} - found:
        found |= more
    return found


def memory(processes: dict[int, Process], pids: set[int], limit: float = 0) -> int:
    """Return the bytes of memory that processes use together.

    What several of them share, such as a forked child with its parent, counts once, and what they
    share with others in proportion. This is looked up only if their resident bytes, in which it
    counts for each, are over `limit`; otherwise they are returned.
    """
    resident = sum(processes[pid].memory for pid in pids)
    if resident <= limit:
        return resident
    return sum(proportional(pid, processes[pid].memory) for pid in pids)


def proportional(pid: int, resident: int) -> int:
    """Return a process's proportional set size, as in proc_pid_smaps(5), else `resident`."""
    with suppress(OSError):  # it has ended in the meantime, or is privileged
        text = Path(f"/proc/{pid}/smaps_rollup").read_text("utf-8")
        return 1024 * int(text.split("\nPss:")[1].split()[0])
    return resident


def seconds(processes: dict[int, Process], pids: set[int]) -> float:
    """Return the sum of the processes' processor time in seconds."""
    return sum(processes[pid].seconds for pid in pids)


def kill(pids: Iterable[int]) -> None:
    """Kill processes; those that have ended are ignored."""
    for pid in pids:
        with suppress(ProcessLookupError):  # it has ended in the meantime
            os.kill(pid, signal.SIGKILL)
