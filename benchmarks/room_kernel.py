"""A notebook's kernel as a browser sees it: cells, widgets and their messages on one websocket.

What is asked and when its answer came is kept by the message's id: a kernel says of everything that
it sends which message it answers, and says at the end that it is idle again.
"""

import asyncio
import json
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from aiohttp import ClientWebSocketResponse
from jupyter_client.session import Session, json_packer
from jupyter_server.services.kernels.connection.base import (
    deserialize_msg_from_ws_v1,
    serialize_msg_to_ws_v1,
)

PROTOCOL = "v1.kernel.websocket.jupyter.org"
ANSWER = ('"hwr-words"', '"hwr-bars"')
"""What an answer of the pad is written in."""


Models = dict[str, dict[str, Any]]


class RoomError(Exception):
    """Something that went wrong for a learner, in one sentence."""


class GoneError(RoomError):
    """The connection to the kernel was lost."""


class DiedError(GoneError):
    """The kernel itself ended."""


@dataclass
class Asked:
    """A message to the kernel, and what is known of its answer; times as `time.perf_counter`."""

    sent: float = field(default_factory=time.perf_counter)
    answered: float | None = None
    error: str = ""
    done: asyncio.Future[float] = field(
        default_factory=lambda: asyncio.get_running_loop().create_future()
    )

    @property
    def seconds(self) -> float:
        """From the message to the newest answer, or to its end where no answer had changed."""
        return (self.answered or self.done.result()) - self.sent


class Kernel:
    """One kernel.

    Parameters
    ----------
    socket : ClientWebSocketResponse
        Its channels.
    models : dict, optional
        The widgets that are known already, where a connection is taken up again.

    Attributes
    ----------
    models : dict of str to dict
        The state of each widget, by the id of its comm.
    """

    def __init__(self, socket: ClientWebSocketResponse, models: Models | None = None) -> None:
        self.models: Models = {} if models is None else models
        self._socket, self._session = socket, Session(key=b"")
        self._asked: dict[str, Asked] = {}
        self._gone: GoneError | None = None
        self._listener = asyncio.create_task(self._listen())

    async def close(self) -> None:
        """Leave the kernel, which lives on."""
        self._listener.cancel()
        await self._socket.close()

    # --- what a browser sends ------------------------------------------------------------------

    async def ask(self, kind: str, content: dict[str, Any]) -> Asked:
        """Send a message; what it gives is told later of its answer."""
        if self._gone:
            raise self._gone
        message = self._session.msg(kind, content)
        asked = self._asked[message["header"]["msg_id"]] = Asked()
        try:
            await self._socket.send_bytes(serialize_msg_to_ws_v1(message, "shell", json_packer))
        except OSError as error:
            raise GoneError(f"the connection was lost ({error})") from error
        return asked

    async def finished(self, asked: Asked, what: str, seconds: float) -> Asked:
        """Wait until the kernel is idle again; raise a RoomError where it does not succeed."""
        try:
            await asyncio.wait_for(asyncio.shield(asked.done), seconds)
        except TimeoutError:
            raise RoomError(f"{what}: no answer in {seconds:.0f} s") from None
        if asked.error:
            raise RoomError(f"{what}: {asked.error}")
        return asked

    async def run(self, code: str, what: str, seconds: float) -> None:
        """Run a cell to its end."""
        await self.finished(await self.ask("execute_request", {"code": code}), what, seconds)

    async def tell(self, comm: str, **data: Any) -> Asked:
        """Send a widget a message of its page."""
        return await self.ask("comm_msg", {"comm_id": comm, "data": data})

    def find(self, model: str, **state: Any) -> str:
        """Return the id of the first widget of a model that has such a state."""
        for comm, known in self.models.items():
            if known.get("_model_name") == model and state.items() <= known.items():
                return comm
        raise RoomError(f"the kernel made no {model} with {state}")

    def values(self) -> Iterator[str]:
        """Return what the pieces of HTML say."""
        return (str(model.get("value", "")) for model in self.models.values())

    # --- what it hears -------------------------------------------------------------------------

    async def _listen(self) -> None:
        async for message in self._socket:
            if isinstance(message.data, bytes):
                _, parts = deserialize_msg_from_ws_v1(message.data)
                self._hear(json.loads(parts[0])["msg_type"], parts)
        self._lose(GoneError("the connection was lost"))

    def _hear(self, kind: str, parts: list[bytes]) -> None:
        if kind not in ("comm_open", "comm_msg", "error", "status"):
            return
        content = json.loads(parts[3])
        asked = self._asked.get(json.loads(parts[1]).get("msg_id"))
        if kind == "status":
            self._change(content["execution_state"], parts)
        elif kind == "comm_open":
            self.models[content["comm_id"]] = content["data"].get("state", {})
        elif kind == "error" and asked:
            asked.error = f"{content['ename']}: {content['evalue']}"
        elif content.get("data", {}).get("method") == "update":
            state = content["data"]["state"]
            self.models.get(content["comm_id"], {}).update(state)
            if asked and any(mark in str(state.get("value")) for mark in ANSWER):
                asked.answered = time.perf_counter()

    def _change(self, state: str, parts: list[bytes]) -> None:
        if state in ("restarting", "autorestarting", "dead"):
            self._lose(DiedError(f"the kernel ended ({state})"))
        elif state == "idle":
            asked = self._asked.pop(json.loads(parts[1]).get("msg_id"), None)
            if asked and not asked.done.done():
                asked.done.set_result(time.perf_counter())

    def _lose(self, why: GoneError) -> None:
        self._gone = why
        for asked in self._asked.values():
            if not asked.done.done():
                asked.done.set_exception(why)
                asked.done.exception()  # most of them nobody waits for
        self._asked.clear()
