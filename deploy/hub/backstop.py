"""The hub's own look at the learners' accounts, for what has escaped their servers' watch.

A learner's server watches its kernels and says why it stops one (:mod:`deploy.hub.watch`); but it
runs in the learner's account, where it can be ended. This runs in the hub's.
"""

import os
import pwd
import signal
from collections.abc import Iterable

from deploy.hub import processes
from deploy.hub.accounts import account_of

LEEWAY = 1.25  # the watch comes first


def enforce(names: Iterable[str], limit: int) -> list[str]:
    """Kill the largest process of each learner who has taken too much; give their names."""
    stopped = []
    for name in names:
        try:
            uid = pwd.getpwnam(account_of(name)).pw_uid
        except KeyError:  # has never signed in
            continue
        table = processes.of_account(uid)
        if processes.memory(table, set(table)) > LEEWAY * limit:
            largest = max(table, key=lambda pid: table[pid].memory)
            try:
                os.kill(largest, signal.SIGKILL)
            except ProcessLookupError:  # it has ended meanwhile
                continue
            stopped.append(name)
    return stopped
