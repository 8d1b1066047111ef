"""A hand at the pad: made-up strokes at the speed of a mouse, sent as the page would send them."""

import asyncio
import re
from collections.abc import Iterator
from itertools import pairwise

import numpy as np

from benchmarks.room.kernel import Kernel, Request, RoomError
from hwr.datasets.synthetic import Writer
from hwr.pads.canvas import Sheet
from hwr.pads.html import strip_tags

CHARACTERS = "ABDEGHKMNPQRTabdeghnqrt2345678"
"""Characters without those that look alike, such as O, o and 0."""
POINT_RATE = 60
"""Mouse events per second, as in a browser."""
SPEED = 600
"""Canvas pixels per second: 300 pixels on the page, or 8 cm."""
ANSWER_TIMEOUT = 10
"""Seconds until an answer counts as missing."""

_SHEET = Sheet(lambda finished: None)  # places drawings

Move = tuple[str, float, float]


def moves(strokes: list[list[tuple[float, float]]]) -> Iterator[Move]:
    """Yield the mouse's events, one per 1/60 s, including the moves between strokes."""
    before = None
    for stroke in strokes:
        if before is not None:
            yield from (("mouse_move", *point) for point in between(before, stroke[0]))
        yield ("mouse_down", *stroke[0])
        for start, end in pairwise(stroke):
            yield from (("mouse_move", *point) for point in between(start, end))
        before = stroke[-1]
        yield ("mouse_up", *before)


def between(start: tuple[float, float], end: tuple[float, float]) -> list[tuple[float, float]]:
    """Return the points of a straight line, without its start."""
    steps = max(
        1, round(float(np.hypot(end[0] - start[0], end[1] - start[1])) / (SPEED / POINT_RATE))
    )
    return [tuple(point) for point in np.linspace(start, end, steps + 1)[1:].tolist()]


class ScriptedHand:
    """One learner's hand on one pad.

    `seed` chooses the made-up writer and the characters; `pause` is the mean number of seconds
    between two characters.
    """

    def __init__(self, seed: int, pause: float) -> None:
        self._pause = pause
        self._rng, self._writer = np.random.default_rng(seed), Writer(seed)
        # Seconds from the end of each stroke to the last update of its answer.
        self.times: list[float] = []
        self.drawn = self.right = self.saved = 0  # characters; right: read correctly

    async def draw(self, kernel: Kernel) -> str:
        """Draw a character and wait for the answer to its last stroke; return the character."""
        character = str(self._rng.choice(list(CHARACTERS)))
        ink = self._writer.draw(character, self._rng)
        canvases = kernel.models[kernel.find("MultiCanvasModel")]["_canvases"]
        top = canvases[-1].removeprefix("IPY_MODEL_")
        lifted: list[Request] = []
        clock = asyncio.get_running_loop().time()
        for event, x, y in moves(_SHEET.place(ink)):
            request = await kernel.tell(
                top, method="custom", content={"event": event, "x": x, "y": y}
            )
            if event == "mouse_up":
                lifted.append(request)
            clock += 1 / POINT_RATE
            await asyncio.sleep(max(0, clock - asyncio.get_running_loop().time()))
        for request in lifted:
            await kernel.finished(request, f"a stroke of {character}", ANSWER_TIMEOUT)
            self.times.append(request.seconds)
        self.drawn += 1
        self.right += self._read(kernel).lower() == character.lower()
        return character

    @staticmethod
    def _read(kernel: Kernel) -> str:
        said = next(value for value in kernel.values() if '"hwr-words"' in value)
        found = re.search("<b>(.+?)</b>", said)
        if found is None:
            raise RoomError(f"a drawing has no answer: {strip_tags(said)}")
        return found[1]

    async def look(self) -> None:
        """Pause to look at the answer."""
        await asyncio.sleep(self._pause * float(self._rng.uniform(0.4, 1.6)))

    async def press(self, kernel: Kernel, button: str) -> None:
        """Press a button of the pad."""
        comm = kernel.find("ButtonModel", description=button)
        request = await kernel.tell(comm, method="custom", content={"event": "click"})
        await kernel.finished(request, f"the button {button}", ANSWER_TIMEOUT)

    async def save(self, kernel: Kernel, character: str) -> None:
        """Save the drawing with its label; raise a RoomError if the pad does not confirm."""
        label = kernel.find("TextModel", description="It shows")
        await kernel.tell(label, method="update", state={"value": character}, buffer_paths=[])
        await self.press(kernel, "Save")
        if not any(f"Saved &#x27;{character}&#x27;" in value for value in kernel.values()):
            raise RoomError("the pad did not save a drawing")
        self.saved += 1
