"""Stop a learner's kernel that uses too much memory or time, and explain it below the cell.

This runs in each learner's server, whose process still responds when a kernel does not. A learner
can stop the watch, but only together with the server; the hub then enforces the memory limit
itself (:mod:`deploy.hub.backstop`).
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

INTERVAL = 1.0  # seconds
GRACE = 10  # seconds of processor time between interrupting a cell and killing its kernel
Table = dict[int, processes.Process]

TOO_MUCH_MEMORY = (
    "Stopped: your programs used {used} of memory, but every learner has only {limit} here. This "
    "notebook's kernel is restarted and loses its variables: run the cells again from the top, "
    "with less data at a time (such as fewer images), and shut down notebooks that you do not need."
)
MEMORY_ERROR = (
    "This cell needs too much memory: every learner has only {limit} here. Your variables are "
    "kept: try again with less data at a time (such as fewer images)."
)
TOO_LONG = (
    "Stopped: this cell has computed for {used}, the time limit for a cell here. Your variables "
    "are kept: look for a loop that never ends, or try again with less data."
)
NOT_INTERRUPTED = (
    "Stopped: this notebook has computed for {used}, more than the time limit for a cell here, and "
    "could not be interrupted. Its kernel is restarted and loses its variables: look for a "
    "loop that never ends."
)


@dataclass
class Watched:
    """A kernel: its last cell, and the processor time at which its current request started."""

    cell: dict[str, Any] | None = None
    running: bool = False
    start: float | None = None
    interrupted: bool = False

    def restart_clock(self) -> None:
        """Count processor time from now on."""
        self.start, self.interrupted = None, False


class Watch:
    """Checks the kernels of a server every second."""

    def __init__(self, kernels: Kernels, settings: Settings, log: Any) -> None:
        self.kernels, self.settings, self.log = kernels, settings, log
        self.watched: defaultdict[str, Watched] = defaultdict(Watched)
        kernels.listeners.append(self._hear)

    async def check(self) -> None:
        """Stop what uses too much memory or time."""
        running = set(self.kernels.list_kernel_ids())
        for ended in self.watched.keys() - running:
            del self.watched[ended]
        table = processes.of_account(os.getuid())
        trees = {name: processes.tree(table, self._pid(name)) for name in running}
        pids = set(table)
        if self.settings.shared_account:  # in which all learners' processes run
            pids = processes.tree(table, os.getpid())
        used = processes.memory(table, pids, self.settings.memory)
        if used > self.settings.memory:
            self._free_memory(table, pids, trees)
            return
        for name, tree in trees.items():
            await self._check_time(name, tree, processes.seconds(table, tree))

    def _free_memory(self, table: Table, pids: set[int], trees: dict[str, set[int]]) -> None:
        """Stop the largest kernel, or the processes that kernels left behind if they are larger."""
        left = pids - processes.tree(table, os.getpid())
        sizes = {name: processes.memory(table, tree) for name, tree in trees.items()}
        worst = max(sizes, key=sizes.__getitem__, default=None)
        used = processes.memory(table, pids)
        if worst is None or processes.memory(table, left) > sizes[worst]:
            processes.kill(left)
        else:
            self._stop(worst, trees[worst], TOO_MUCH_MEMORY, size(used))

    def _pid(self, name: str) -> int:
        provisioner = self.kernels.get_kernel(name).provisioner
        return getattr(provisioner, "pid", None) or 0

    async def _check_time(self, name: str, pids: set[int], seconds: float) -> None:
        kernel, limit = self.watched[name], self.settings.cell_seconds
        if kernel.start is None or seconds < kernel.start:
            kernel.start = seconds
        used = seconds - kernel.start
        if used > limit + GRACE or (used > limit and not kernel.running):
            self._stop(name, pids, NOT_INTERRUPTED, duration(used))
        elif used > limit and not kernel.interrupted:
            kernel.interrupted = True
            self._tell(name, TOO_LONG.format(used=duration(used)))
            await ensure_async(self.kernels.get_kernel(name).interrupt_kernel())

    def _stop(self, name: str, pids: set[int], words: str, used: str) -> None:
        """Explain why, and kill a kernel with all its processes; the server restarts it."""
        self._tell(name, words.format(used=used, limit=size(self.settings.memory)))
        self.watched[name].restart_clock()
        processes.kill(pids)

    def _tell(self, name: str, sentence: str) -> None:
        """Show a sentence below the kernel's last cell, in every page that shows it."""
        self.log.warning("Kernel %s: %s", name, sentence)
        for connection in list(ZMQChannelsWebsocketConnection._open_sockets):
            if connection.kernel_id == name:
                connection.write_stderr(sentence, self.watched[name].cell)

    def _hear(self, name: str, message: Published) -> None:
        """Note which cell runs, and explain a MemoryError."""
        kernel = self.watched[name]
        if message.state is not None:
            kernel.running = message.state == "busy"
            if kernel.running:
                kernel.restart_clock()
                if message.parent.get("msg_type") == "execute_request":
                    kernel.cell = message.parent
        elif message.kind == "error" and "MemoryError" in json.loads(message.content)["ename"]:
            self._tell(name, MEMORY_ERROR.format(limit=size(self.settings.memory)))


def size(used: int) -> str:
    """Return a number of bytes as text, in GB or MB."""
    return f"{used / 1024**3:.1f} GB" if used >= 1024**3 else f"{used / 1024**2:.0f} MB"


def duration(seconds: float) -> str:
    """Return a number of seconds as text, in minutes or seconds."""
    return f"{seconds / 60:.0f} minutes" if seconds >= 120 else f"{seconds:.0f} seconds"


def _jupyter_server_extension_points() -> list[dict[str, str]]:
    """Return the extension to load; Jupyter's server calls this."""
    return [{"module": "deploy.hub.watch"}]


def _load_jupyter_server_extension(app: Any) -> None:
    """Start the watch; Jupyter's server calls this."""
    watch = Watch(app.kernel_manager, Settings.from_environment(), app.log)
    lock = asyncio.Lock()

    async def check() -> None:
        async with lock:
            await watch.check()

    PeriodicCallback(check, 1000 * INTERVAL).start()
