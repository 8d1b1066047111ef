"""The hub's own look at the learners' accounts, for what has escaped their servers' watch.

A learner's server watches its kernels and says why it stops one (:mod:`deploy.hub.watch`); but it
runs in the learner's account, where it can be ended. This runs in the hub's.
"""

import os
import signal
import time
from collections.abc import Mapping

from deploy.hub import processes

LEEWAY = 1.25  # the watch comes first
ENDING = 10  # seconds that killed processes have to go


def enforce(accounts: Mapping[str, int], limit: int) -> list[str]:
    """Kill the largest process of each learner who has taken too much; give their names."""
    tables = processes.of_accounts(accounts.values())
    stopped = []
    for name, uid in accounts.items():
        table = tables[uid]
        if processes.memory(table, set(table)) > LEEWAY * limit:
            kill(max(table, key=lambda pid: table[pid].memory))
            stopped.append(name)
    return stopped


def end(accounts: Mapping[str, int]) -> None:
    """Kill all that learners run, until nothing is left."""
    give_up = time.monotonic() + ENDING
    while time.monotonic() < give_up:
        left = [pid for table in processes.of_accounts(accounts.values()).values() for pid in table]
        if not left:
            return
        for pid in left:
            kill(pid)
        time.sleep(0.1)


def kill(pid: int) -> None:
    """End a process at once."""
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:  # it has ended meanwhile
        return
