"""The hub's own look at the learners' accounts, for what has escaped their servers' watch.

A learner's server watches its kernels and says why it stops one (:mod:`deploy.hub.watch`); but it
runs in the learner's account, where it can be ended. This runs in the hub's.
"""

import time
from collections.abc import Mapping

from deploy.hub import processes

LEEWAY = 1.25  # the watch comes first
ENDING = 10  # seconds that killed processes have to go


class Backstop:
    """Looks at all accounts, and remembers who had too much at its last look.

    At the first it only notes that: who fills the memory at once is the watch's to stop, which says
    why, and it needs a second.
    """

    def __init__(self) -> None:
        self._over: set[str] = set()

    def enforce(self, accounts: Mapping[str, int], limit: int) -> list[str]:
        """Kill the largest process of each who has too much again; give their names."""
        tables = processes.of_accounts(accounts.values())
        taken = {
            name: processes.memory(tables[uid], set(tables[uid])) for name, uid in accounts.items()
        }
        over = {name for name in taken if taken[name] > LEEWAY * limit}
        stopped = sorted(over & self._over)
        for name in stopped:
            table = tables[accounts[name]]
            processes.kill([max(table, key=lambda pid: table[pid].memory)])
        self._over = over
        return stopped


def end(accounts: Mapping[str, int]) -> None:
    """Kill all that learners run, until nothing is left."""
    give_up = time.monotonic() + ENDING
    while time.monotonic() < give_up:
        left = [pid for table in processes.of_accounts(accounts.values()).values() for pid in table]
        if not left:
            return
        processes.kill(left)
        time.sleep(0.1)
