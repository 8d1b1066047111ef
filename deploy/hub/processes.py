"""What an account's processes use, read from Linux's /proc: one small file a process."""

import os
import signal
from collections.abc import Iterable
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
    """Give the processes of an account by their ids."""
    return of_accounts([uid])[uid]


def of_accounts(uids: Iterable[int]) -> dict[int, dict[int, Process]]:
    """Give the processes of several accounts, in one pass over all that run."""
    found: dict[int, dict[int, Process]] = {uid: {} for uid in uids}
    for entry in os.scandir("/proc"):
        if not entry.name.isdigit():
            continue
        try:
            own = found.get(entry.stat().st_uid)
            if own is not None:
                own[int(entry.name)] = parse(Path(entry.path, "stat").read_text("utf-8"))
        except (FileNotFoundError, ProcessLookupError):  # it has ended meanwhile
            continue
    return found


def parse(line: str) -> Process:
    """Read a line of /proc/PID/stat (proc(5)); a program's name may hold brackets and spaces."""
    fields = line.rpartition(")")[2].split()
    return Process(
        parent=int(fields[1]),
        memory=int(fields[21]) * PAGE,
        seconds=(int(fields[11]) + int(fields[12])) / TICK,
    )


def family(processes: dict[int, Process], pid: int) -> set[int]:
    """Give the ids of a process and of all that it and its children started, if it is there."""
    found = {pid} & processes.keys()
    while more := {p for p in processes if processes[p].parent in found} - found:
        found |= more
    return found


def memory(processes: dict[int, Process], pids: set[int]) -> int:
    """Add up resident bytes."""
    return sum(processes[pid].memory for pid in pids)


def seconds(processes: dict[int, Process], pids: set[int]) -> float:
    """Add up seconds of processor time."""
    return sum(processes[pid].seconds for pid in pids)


def kill(pids: Iterable[int]) -> None:
    """End processes at once."""
    for pid in pids:
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:  # it has ended meanwhile
            continue
