"""The hub's own memory limit, for processes that escaped the watch in a learner's server.

A learner's server watches its kernels and explains why it stops one (:mod:`deploy.hub.watch`), but
it runs in the learner's account, where the learner can stop it. This runs in the hub's account.
"""

import time
from collections.abc import Mapping

from deploy.hub import processes

MARGIN = 1.25  # times the limit, so that the watch acts first
KILL_SECONDS = 10  # until killed processes have ended


class Backstop:
    """Checks all accounts, and remembers which were over the limit at the last check.

    Only the second check in a row stops a process: the watch, which explains it to the learner,
    needs a second to act first.
    """

    def __init__(self) -> None:
        self._over: set[str] = set()

    def enforce(self, accounts: Mapping[str, int], limit: int) -> list[str]:
        """Kill the largest process of every account that is still over, and return their names."""
        tables, most = processes.of_accounts(accounts.values()), MARGIN * limit
        used = {
            name: processes.memory(tables[uid], set(tables[uid]), most)
            for name, uid in accounts.items()
        }
        over = {name for name in used if used[name] > most}
        stopped = sorted(over & self._over)
        for name in stopped:
            table = tables[accounts[name]]
            processes.kill([max(table, key=lambda pid: table[pid].memory)])
        self._over = over
        return stopped


def kill_all(accounts: Mapping[str, int]) -> None:
    """Kill all processes of the learners' accounts, until none is left."""
    deadline = time.monotonic() + KILL_SECONDS
    while time.monotonic() < deadline:
        pids = [pid for table in processes.of_accounts(accounts.values()).values() for pid in table]
        if not pids:
            return
        processes.kill(pids)
        time.sleep(0.1)
