"""A notebook's kernel as a browser sees it: cells, widgets and their messages on one websocket.

Everything that a kernel sends names the request that it answers; the last message of an answer says
that the kernel is idle again. Requests are therefore kept by their id.
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
"""The classes of the HTML elements that hold the pad's answer."""
Models = dict[str, dict[str, Any]]


class RoomError(Exception):
    """A learner's problem, in one sentence."""


class GoneError(RoomError):
    """The connection to the kernel was lost."""


class DiedError(GoneError):
    """The kernel itself ended."""


@dataclass
class Request:
    """A request to the kernel and the state of its answer; times by ``time.perf_counter``."""

    sent: float = field(default_factory=time.perf_counter)
    answered: float | None = None
    error: str = ""
    done: asyncio.Future[float] = field(
        default_factory=lambda: asyncio.get_running_loop().create_future()
    )

    @property
    def seconds(self) -> float:
        """From the request to the last change of the pad's answer, or else to its end."""
        return (self.answered or self.done.result()) - self.sent


class Kernel:
    """A connection to a kernel, whose channels are ``socket``.

    ``models`` is the state of each widget, by its comm's id; it may come from an earlier connection
    to the same kernel.
    """

    def __init__(self, socket: ClientWebSocketResponse, models: Models | None = None) -> None:
        self.models: Models = {} if models is None else models
        self._socket, self._session = socket, Session(key=b"")
        self._requests: dict[str, Request] = {}
        self._gone: GoneError | None = None
        self._listener = asyncio.create_task(self._listen())

    async def close(self) -> None:
        """Close the connection; the kernel keeps running."""
        self._listener.cancel()
        await self._socket.close()

    async def ask(self, kind: str, content: dict[str, Any]) -> Request:
        """Send a request; the object that is returned is updated when the answer comes."""
        if self._gone:
            raise self._gone
        message = self._session.msg(kind, content)
        request = self._requests[message["header"]["msg_id"]] = Request()
        try:
            await self._socket.send_bytes(serialize_msg_to_ws_v1(message, "shell", json_packer))
        except OSError as error:
            raise GoneError(f"the connection was lost ({error})") from error
        return request

    async def finished(self, request: Request, what: str, seconds: float) -> Request:
        """Wait until a request is done; raise a RoomError if it fails or takes too long."""
        try:
            await asyncio.wait_for(asyncio.shield(request.done), seconds)
        except TimeoutError:
            raise RoomError(f"{what}: no answer in {seconds:.0f} s") from None
        if request.error:
            raise RoomError(f"{what}: {request.error}")
        return request

    async def run(self, code: str, what: str, seconds: float) -> None:
        """Run a cell and wait for its end."""
        await self.finished(await self.ask("execute_request", {"code": code}), what, seconds)

    async def tell(self, comm: str, **data: Any) -> Request:
        """Send a widget a message, as its page does."""
        return await self.ask("comm_msg", {"comm_id": comm, "data": data})

    def find(self, model: str, **state: Any) -> str:
        """Return the id of the first widget of a model whose state has these values."""
        for comm, known in self.models.items():
            if known.get("_model_name") == model and state.items() <= known.items():
                return comm
        raise RoomError(f"the kernel made no {model} with {state}")

    def values(self) -> Iterator[str]:
        """Return the values of all widgets, such as HTML, as strings."""
        return (str(model.get("value", "")) for model in self.models.values())

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
        request = self._requests.get(json.loads(parts[1]).get("msg_id"))
        if kind == "status":
            self._change(content["execution_state"], parts)
        elif kind == "comm_open":
            self.models[content["comm_id"]] = content["data"].get("state", {})
        elif kind == "error" and request:
            request.error = f"{content['ename']}: {content['evalue']}"
        elif content.get("data", {}).get("method") == "update":
            state = content["data"]["state"]
            self.models.get(content["comm_id"], {}).update(state)
            if request and any(mark in str(state.get("value")) for mark in ANSWER):
                request.answered = time.perf_counter()

    def _change(self, state: str, parts: list[bytes]) -> None:
        if state in ("restarting", "autorestarting", "dead"):
            self._lose(DiedError(f"the kernel ended ({state})"))
        elif state == "idle":
            request = self._requests.pop(json.loads(parts[1]).get("msg_id"), None)
            if request and not request.done.done():
                request.done.set_result(time.perf_counter())

    def _lose(self, why: GoneError) -> None:
        self._gone = why
        for request in self._requests.values():
            if not request.done.done():
                request.done.set_exception(why)
                request.done.exception()  # marks it as seen: nobody waits for most of them
        self._requests.clear()
