"""A simulated learner, who signs in, opens notebooks and draws with the requests of a browser."""

import asyncio
import json
import time
import uuid
from dataclasses import dataclass, field
from typing import Any

import aiohttp
from yarl import URL

from benchmarks.room.kernel import PROTOCOL, DiedError, GoneError, Kernel, Models, RoomError
from benchmarks.room.pen import ScriptedHand

FIRST, PAD = "00_start_here.ipynb", "09_draw_and_predict.ipynb"
TOO_MANY = 429  # HTTP's status
CELL_TIMEOUT = 180
"""Seconds that a learner waits for a server or for a cell."""


@dataclass
class Interruption:
    """The reason why a learner was interrupted, and the seconds until the pad worked again."""

    why: str
    seconds: float


@dataclass
class Learner:
    """One learner with a browser of their own."""

    name: str
    password: str
    hub: str
    seed: int
    pause: float = 5.0
    ready: float = 0.0  # seconds from signing in to JupyterLab's page
    pad_ready: float = 0.0  # seconds from opening notebook 09 to its pad
    turned_away: int = 0  # times that the hub asked to come back because too many servers started
    # Every time that a kernel or a server was lost and found again.
    interruptions: list[Interruption] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.hand = ScriptedHand(self.seed, self.pause)
        self.base = f"{self.hub}/user/{self.name}"
        self.folder: str | None = None
        self.noted = ""
        self._kernel: Kernel | None = None

    async def __aenter__(self) -> "Learner":
        self._web = aiohttp.ClientSession(
            cookie_jar=aiohttp.CookieJar(unsafe=True),  # the hub's host may be an IP address
            timeout=aiohttp.ClientTimeout(CELL_TIMEOUT),
        )
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._kernel:
            await self._kernel.close()
        await self._web.close()

    # --- the hub -------------------------------------------------------------------------------

    async def sign_in(self) -> None:
        """Fill in the hub's form, wait for the server and open JupyterLab there."""
        began = time.perf_counter()
        async with self._web.get(f"{self.hub}/hub/login"):
            pass
        form = {"username": self.name, "password": self.password, "_xsrf": self._xsrf("/hub/")}
        async with self._web.post(f"{self.hub}/hub/login", data=form) as page:
            if page.status not in (200, TOO_MANY) or page.url.path.endswith("/login"):
                raise RoomError(f"the hub refused the sign-in ({page.status})")
        await self.start_server()
        self.ready = time.perf_counter() - began

    async def start_server(self) -> None:
        """Ask for a server, follow the hub's progress bar and open JupyterLab."""
        while True:
            async with self._web.get(f"{self.hub}/hub/spawn/{self.name}") as page:
                if page.status != TOO_MANY:
                    break
                self.turned_away += 1  # too many servers are starting
                await asyncio.sleep(int(page.headers.get("Retry-After", 5)))
        bar = f"{self.hub}/hub/api/users/{self.name}/server/progress"
        async with self._web.get(bar, params={"_xsrf": self._xsrf("/hub/")}) as events:
            async for line in events.content:
                event = json.loads(line[5:]) if line.startswith(b"data:") else {}
                if event.get("failed"):
                    raise RoomError(f"the server did not start: {event.get('message')}")
                if event.get("ready"):
                    break
        async with self._web.get(f"{self.base}/lab") as page:
            if page.status != 200 or not page.url.path.startswith(f"/user/{self.name}/"):
                raise RoomError(f"JupyterLab did not open ({page.status}, {page.url.path})")

    def _xsrf(self, path: str) -> str:
        found = self._web.cookie_jar.filter_cookies(URL(self.hub + path)).get("_xsrf")
        return found.value if found else ""

    # --- the server ----------------------------------------------------------------------------

    async def ask(self, path: str, method: str = "GET", question: Any = None) -> Any:
        """Send a request to the learner's server; return its answer, None if nothing is found."""
        token = {"X-XSRFToken": self._xsrf(f"/user/{self.name}/")}
        url = f"{self.base}/api/{path}"
        async with self._web.request(method, url, headers=token, json=question) as answer:
            if answer.status == 404 and method == "GET":
                return None
            if answer.status >= 400:
                raise RoomError(f"{method} {path}: {answer.status} {(await answer.text())[:200]}")
            return await answer.json() if answer.status != 204 else None

    async def find_course(self) -> str:
        """Return the folder of the notebooks, in a hub of the course or in another."""
        for folder in ("notebooks/", "course/notebooks/", ""):
            if await self.ask(f"contents/{folder}{PAD}?content=0"):
                return folder
        raise RoomError(f"there is no {PAD} in the learner's files")

    async def open(self, notebook: str) -> list[str]:
        """Open a notebook with a kernel; return the code of its cells."""
        if self.folder is None:
            self.folder = await self.find_course()
        path = self.folder + notebook
        cells = (await self.ask(f"contents/{path}"))["content"]["cells"]
        wanted = {"path": path, "type": "notebook", "name": notebook}
        session = await self.ask("sessions", "POST", wanted | {"kernel": {"name": "python3"}})
        self._session, self._kernel_id = session["id"], session["kernel"]["id"]
        await self._connect()
        return [cell["source"] for cell in cells if cell["cell_type"] == "code"]

    async def _connect(self, models: Models | None = None) -> None:
        if self._kernel:
            await self._kernel.close()
        channels = f"api/kernels/{self._kernel_id}/channels?session_id={uuid.uuid4()}"
        socket = await self._web.ws_connect(
            f"{self.base}/{channels}", protocols=[PROTOCOL], max_msg_size=0
        )
        self._kernel = Kernel(socket, models)

    async def run_notebook(self, notebook: str, seconds: float = CELL_TIMEOUT) -> None:
        """Run a notebook's cells, each within the given seconds, and shut down its kernel."""
        for number, code in enumerate(await self.open(notebook), 1):
            await self.kernel.run(code, f"{notebook}, cell {number}", seconds)
        await self.ask(f"sessions/{self._session}", "DELETE")

    @property
    def kernel(self) -> Kernel:
        """The kernel of the open notebook."""
        assert self._kernel is not None
        return self._kernel

    # --- the pad -------------------------------------------------------------------------------

    async def open_pad(self) -> None:
        """Run notebook 09 up to the cell with its pad, and show the pad."""
        began = time.perf_counter()
        cells = await self.open(PAD)
        last = next(number for number, code in enumerate(cells, 1) if "Pad(" in code)
        for number, code in enumerate(cells[:last], 1):
            await self.kernel.run(code, f"{PAD}, cell {number}", CELL_TIMEOUT)
        top = self.kernel.models[self.kernel.find("MultiCanvasModel")]["_canvases"][-1]
        ready = {"event": "client_ready"}
        await self.kernel.tell(top.removeprefix("IPY_MODEL_"), method="custom", content=ready)
        self.pad_ready = time.perf_counter() - began

    async def draw_until(self, over: asyncio.Event) -> None:
        """Draw, look, and clear or save until the lesson is over; go on after interruptions."""
        while not over.is_set():
            try:
                character = await self.hand.draw(self.kernel)
                await self.hand.look()
                if self.hand.drawn % 3 == 1:
                    await self.hand.save(self.kernel, character)
                else:
                    await self.hand.press(self.kernel, "Clear")
            except GoneError as gone:
                await self.come_back(gone)

    async def come_back(self, gone: GoneError) -> None:
        """Reconnect to the kernel if it still runs, otherwise get a new kernel or a new server."""
        began = time.perf_counter()
        while True:
            try:
                await self._go_on(gone)
                break
            except (RoomError, aiohttp.ClientError):
                if time.perf_counter() - began > CELL_TIMEOUT:
                    raise
                await asyncio.sleep(1)
        self.interruptions.append(Interruption(str(gone), time.perf_counter() - began))

    async def _go_on(self, gone: GoneError) -> None:
        if isinstance(gone, DiedError):  # the server starts a new one by itself
            await self.open_pad()
        elif await self._kernel_lives():
            await self._connect(self.kernel.models)
            await self.hand.press(self.kernel, "Clear")
        else:
            await self.start_server()
            await self.open_pad()

    async def _kernel_lives(self) -> bool:
        try:
            return bool(await self.ask(f"kernels/{self._kernel_id}"))
        except (RoomError, aiohttp.ClientError):
            return False

    # --- what must not be lost -----------------------------------------------------------------

    async def write_note(self) -> None:
        """Add a cell to notebook 09 and save it, as JupyterLab does."""
        self.noted = f"{self.name} was here: {uuid.uuid4()}"
        path = f"contents/{self.folder}{PAD}"
        notebook = (await self.ask(path))["content"]
        cell = {"cell_type": "markdown", "id": "note", "metadata": {}, "source": self.noted}
        notebook["cells"].append(cell)
        await self.ask(path, "PUT", {"type": "notebook", "format": "json", "content": notebook})

    async def count_drawings(self) -> int:
        """Return the number of complete drawings in the learner's file."""
        file = await self.ask(f"contents/{self.folder}drawings/drawings.jsonl?type=file")
        return len([json.loads(line) for line in file["content"].splitlines()]) if file else 0

    async def check(self, before: int) -> None:
        """Raise a RoomError if the note or a saved drawing was lost."""
        kept = await self.count_drawings() - before
        if kept < self.hand.saved:  # one more if a kernel ended before it confirmed
            raise RoomError(f"{self.hand.saved} drawings were saved, {kept} are there")
        cells = (await self.ask(f"contents/{self.folder}{PAD}"))["content"]["cells"]
        if cells[-1]["source"] != self.noted:
            raise RoomError("the notebook lost what was saved in it")
