"""Stops one learner's kernel when it takes too much, and says why where the learner looks.

It runs in each learner's own server, which has a process of its own and so answers while a kernel
is choked. What a cell did is told below that cell. Whoever ends the watch ends their server with
it; the hub's own look at the accounts (:mod:`deploy.hub.backstop`) then has the last word.
"""

import asyncio
import json
import os
from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from jupyter_core.utils import ensure_async
from jupyter_server.services.kernels.connection.channels import ZMQChannelsWebsocketConnection
from tornado.ioloop import PeriodicCallback

from deploy.hub import processes
from deploy.hub.kernels import Kernels, Published
from deploy.hub.settings import Settings

EVERY = 1.0  # seconds
PATIENCE = 10  # seconds of processor time between asking a cell to stop and stopping its kernel

TOO_MUCH = (
    "Stopped: your programs had taken {taken} of memory, and every learner has {limit} here. This "
    "notebook's kernel starts anew, without its variables: run the cells again from the top, with "
    "less at once (fewer images, say), and shut down notebooks that you no longer need."
)
NO_MORE = (
    "This cell asked for more memory than there is: every learner has {limit} here. Your variables "
    "are still there: do it with less at once (fewer images, say)."
)
TOO_LONG = (
    "Stopped: this cell has computed for {taken}, the most that a cell may here. Your variables "
    "are still there: look for a loop that never ends, or do it with less."
)
DEAF = (
    "Stopped: this notebook has computed for {taken}, more than a cell may here, and did not stop "
    "when asked. Its kernel starts anew, without its variables: look for a loop that never ends."
)


@dataclass
class Watched:
    """A kernel, the cell that it runs or ran last, and since when it computes on one thing."""

    cell: dict[str, Any] | None = None
    running: bool = False
    since: float | None = None
    asked: bool = False

    def begin_anew(self) -> None:
        """Count processor time from now on."""
        self.since, self.asked = None, False


class Watch:
    """Looks at the kernels of a server every second."""

    def __init__(self, kernels: Kernels, settings: Settings, log: Any) -> None:
        self.kernels, self.settings, self.log = kernels, settings, log
        self.watched: defaultdict[str, Watched] = defaultdict(Watched)
        kernels.listeners.append(self._hear)

    async def look(self) -> None:
        """Stop what has taken too much memory or time."""
        there = set(self.kernels.list_kernel_ids())
        for gone in self.watched.keys() - there:
            del self.watched[gone]
        table = processes.of_account(os.getuid())
        families = {name: processes.family(table, self._pid(name)) for name in there}
        whole = set(table)
        if self.settings.shared_account:  # all learners' processes are in it
            whole = processes.family(table, os.getpid())
        taken = processes.memory(table, whole)
        if taken > self.settings.memory:
            self._make_room(table, whole, families)
            return
        for name, pids in families.items():
            await self._look_at_time(name, pids, processes.seconds(table, pids))

    def _make_room(
        self,
        table: dict[int, processes.Process],
        whole: set[int],
        families: dict[str, set[int]],
    ) -> None:
        """Stop the largest kernel, or what kernels left behind if that is larger."""
        left = whole - processes.family(table, os.getpid())
        sizes = {name: processes.memory(table, pids) for name, pids in families.items()}
        worst = max(sizes, key=sizes.__getitem__, default=None)
        taken = processes.memory(table, whole)
        if worst is None or processes.memory(table, left) > sizes[worst]:
            processes.kill(left)
        else:
            self._stop(worst, families[worst], TOO_MUCH, size(taken))

    def _pid(self, name: str) -> int:
        provisioner = self.kernels.get_kernel(name).provisioner
        return getattr(provisioner, "pid", None) or 0

    async def _look_at_time(self, name: str, pids: set[int], seconds: float) -> None:
        kernel, limit = self.watched[name], self.settings.cell_seconds
        if kernel.since is None or seconds < kernel.since:
            kernel.since = seconds
        taken = seconds - kernel.since
        if taken > limit + PATIENCE or (taken > limit and not kernel.running):
            self._stop(name, pids, DEAF, duration(taken))
        elif taken > limit and not kernel.asked:
            kernel.asked = True
            self._tell(name, TOO_LONG.format(taken=duration(taken)))
            await ensure_async(self.kernels.get_kernel(name).interrupt_kernel())

    def _stop(self, name: str, pids: set[int], words: str, taken: str) -> None:
        """Tell why, and kill a kernel with all that it started; the server starts it anew."""
        self._tell(name, words.format(taken=taken, limit=size(self.settings.memory)))
        self.watched[name].begin_anew()
        processes.kill(pids)

    def _tell(self, name: str, sentence: str) -> None:
        """Write below the cell that runs, or ran last, in every page that shows it."""
        self.log.warning("Kernel %s: %s", name, sentence)
        for connection in list(ZMQChannelsWebsocketConnection._open_sockets):
            if connection.kernel_id == name:
                connection.write_stderr(sentence, self.watched[name].cell)

    def _hear(self, name: str, said: Published) -> None:
        """Note which cell runs; explain a lack of memory."""
        kernel = self.watched[name]
        if said.state is not None:
            kernel.running = said.state == "busy"
            if kernel.running:
                kernel.begin_anew()
                if said.parent.get("msg_type") == "execute_request":
                    kernel.cell = said.parent
        elif said.kind == "error" and "MemoryError" in json.loads(said.content)["ename"]:
            self._tell(name, NO_MORE.format(limit=size(self.settings.memory)))


def size(taken: int) -> str:
    """Say bytes in words."""
    return f"{taken / 1024**3:.1f} GB" if taken >= 1024**3 else f"{taken / 1024**2:.0f} MB"


def duration(seconds: float) -> str:
    """Say seconds in words."""
    return f"{seconds / 60:.0f} minutes" if seconds >= 120 else f"{seconds:.0f} seconds"


def _jupyter_server_extension_points() -> list[dict[str, str]]:
    """Tell the server what to load."""
    return [{"module": "deploy.hub.watch"}]


def _load_jupyter_server_extension(app: Any) -> None:
    """Begin to watch as the server starts."""
    watch = Watch(app.kernel_manager, Settings.from_environment(), app.log)
    looking = asyncio.Lock()

    async def look() -> None:
        async with looking:
            await watch.look()

    PeriodicCallback(look, 1000 * EVERY).start()
