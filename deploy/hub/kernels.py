"""A learner's kernels, whose publications are looked at once, for all who want to know of them.

A moving pen sends a kernel sixty messages a second, and each is answered with three or more.
Jupyter's server unpacks every one of these completely, dates and signature too, only to note that
something happened: for a room full of pens that was a third of its work.
"""

import json
from collections.abc import Callable
from typing import Any, NamedTuple

from jupyter_client.session import DELIM
from jupyter_server._tz import utcnow
from jupyter_server.services.kernels.kernelmanager import AsyncMappingKernelManager
from traitlets import List

Message = dict[str, Any]


class Published(NamedTuple):
    """What a kernel said to all: of which type, about which request, and what (JSON)."""

    kind: str
    parent: Message
    content: bytes

    @property
    def state(self) -> str | None:
        """Whether the kernel is busy, idle or starting, if it says that."""
        return json.loads(self.content)["execution_state"] if self.kind == "status" else None


def read(parts: list[bytes]) -> Published:
    """Read the parts of a message (Jupyter's messaging, "The Wire Protocol")."""
    _, header, parent, _, content = parts[parts.index(DELIM) + 1 :][:5]
    return Published(json.loads(header)["msg_type"], json.loads(parent), content)


class Kernels(AsyncMappingKernelManager):
    """Jupyter's manager of kernels, which tells listeners what each kernel publishes."""

    listeners: List[Callable[[str, Published], None]] = List()

    def start_watching_activity(self, kernel_id: str) -> None:
        """Follow what a kernel publishes; the base class stops it again."""
        kernel = self._kernels[kernel_id]
        kernel.reason, kernel.last_activity = "", utcnow()
        kernel._activity_stream = kernel.connect_iopub()
        kernel._activity_stream.on_recv(lambda parts: self._hear(kernel_id, read(parts)))

    def _hear(self, kernel_id: str, said: Published) -> None:
        """Note what decides when an idle kernel ends, as the base class does; tell listeners."""
        if kernel_id not in self._kernels:  # it has ended meanwhile
            return
        kernel = self._kernels[kernel_id]
        untracked = self.untracked_message_types
        asked = said.parent.get("msg_type") not in untracked
        if asked or kernel.execution_state == "busy" or said.kind not in untracked:
            self.last_kernel_activity = kernel.last_activity = utcnow()
        state = said.state
        if state is not None and asked:
            kernel.execution_state = state
        elif state not in (None, "starting") and kernel.execution_state == "starting":
            kernel.execution_state = "idle"
        for tell in self.listeners:
            tell(kernel_id, said)
