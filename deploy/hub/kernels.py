"""A learner's kernels; each message that they publish is parsed once, for all listeners.

A moving pen sends sixty messages a second to a kernel, which answers each with three or more.
Jupyter's server parses all of these completely, with dates and signature, only to note that there
was activity. With a whole class drawing, that was a third of its work.
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
    """A message that a kernel published: its type, its request's header, its content as JSON."""

    kind: str
    parent: Message
    content: bytes

    @property
    def state(self) -> str | None:
        """'busy', 'idle' or 'starting' if this message announces the kernel's state, else None."""
        return json.loads(self.content)["execution_state"] if self.kind == "status" else None


def read(parts: list[bytes]) -> Published:
    """Return a message from its parts (see "The Wire Protocol" in Jupyter's documentation)."""
    _, header, parent, _, content = parts[parts.index(DELIM) + 1 :][:5]
    return Published(json.loads(header)["msg_type"], json.loads(parent), content)


class Kernels(AsyncMappingKernelManager):
    """Jupyter's kernel manager, which passes to listeners what each kernel publishes."""

    listeners: List[Callable[[str, Published], None]] = List()

    def start_watching_activity(self, kernel_id: str) -> None:
        """Listen to what a kernel publishes; the base class ends this."""
        kernel = self._kernels[kernel_id]
        kernel.reason, kernel.last_activity = "", utcnow()
        kernel._activity_stream = kernel.connect_iopub()
        kernel._activity_stream.on_recv(lambda parts: self._hear(kernel_id, read(parts)))

    def _hear(self, kernel_id: str, message: Published) -> None:
        """Update the kernel's activity and state as the base class does; call the listeners."""
        if kernel_id not in self._kernels:  # it has ended in the meantime
            return
        kernel = self._kernels[kernel_id]
        untracked = self.untracked_message_types
        tracked = message.parent.get("msg_type") not in untracked
        if tracked or kernel.execution_state == "busy" or message.kind not in untracked:
            self.last_kernel_activity = kernel.last_activity = utcnow()
        state = message.state
        if state is not None and tracked:
            kernel.execution_state = state
        elif state not in (None, "starting") and kernel.execution_state == "starting":
            kernel.execution_state = "idle"
        for listener in self.listeners:
            listener(kernel_id, message)
