"""A hand at the pad: made-up strokes at a mouse's pace, by the messages that the page sends."""

import asyncio
import re
from collections.abc import Iterator
from itertools import pairwise

import numpy as np
from room_kernel import Asked, Kernel, RoomError

from hwr.datasets.synthetic import Writer
from hwr.pads.canvas import Sheet
from hwr.pads.html import strip_tags

CHARACTERS = "ABDEGHKMNPQRTabdeghnqrt2345678"
"""What is drawn; not what is misread by nature, such as O, o and 0."""
RATE = 60
"""Events of a mouse a second, as a browser gives them."""
SPEED = 600
"""Canvas pixels a second: 300 on the page, or 8 cm."""
PATIENCE = 10
"""Seconds until an answer counts as missing."""

_SHEET = Sheet(lambda finished: None)  # knows where on a sheet a drawing is placed

Move = tuple[str, float, float]


def moves(strokes: list[list[tuple[float, float]]]) -> Iterator[Move]:
    """Return the mouse's events, one for each sixtieth of a second, with its way between strokes."""
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
    """Return the points of a straight way, without its start."""
    steps = max(1, round(float(np.hypot(end[0] - start[0], end[1] - start[1])) / (SPEED / RATE)))
    return [tuple(point) for point in np.linspace(start, end, steps + 1)[1:].tolist()]


class Hand:
    """One learner's hand on one pad.

    Parameters
    ----------
    seed : int
        Whose hand.
    pause : float
        Seconds between two characters, on average.

    Attributes
    ----------
    times : list of float
        Seconds from the end of each stroke to the last update that holds its answer.
    drawn, right : int
        How many characters were drawn, and how many of them were read as what they are.
    """

    def __init__(self, seed: int, pause: float) -> None:
        self._pause = pause
        self._rng, self._writer = np.random.default_rng(seed), Writer(seed)
        self.times: list[float] = []
        self.drawn = self.right = self.saved = 0

    async def draw(self, kernel: Kernel) -> str:
        """Draw a character and wait until its last stroke is answered; give the character."""
        character = str(self._rng.choice(list(CHARACTERS)))
        ink = self._writer.write(character, self._rng)
        canvases = kernel.models[kernel.find("MultiCanvasModel")]["_canvases"]
        top = canvases[-1].removeprefix("IPY_MODEL_")
        lifted: list[Asked] = []
        clock = asyncio.get_running_loop().time()
        for event, x, y in moves(_SHEET.place(ink)):
            asked = await kernel.tell(
                top, method="custom", content={"event": event, "x": x, "y": y}
            )
            if event == "mouse_up":
                lifted.append(asked)
            clock += 1 / RATE
            await asyncio.sleep(max(0, clock - asyncio.get_running_loop().time()))
        for asked in lifted:
            await kernel.finished(asked, f"a stroke of {character}", PATIENCE)
            self.times.append(asked.seconds)
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
        """Look at the answer for a while."""
        await asyncio.sleep(self._pause * float(self._rng.uniform(0.4, 1.6)))

    async def press(self, kernel: Kernel, button: str) -> None:
        """Press a button of the pad."""
        comm = kernel.find("ButtonModel", description=button)
        asked = await kernel.tell(comm, method="custom", content={"event": "click"})
        await kernel.finished(asked, f"the button {button}", PATIENCE)

    async def save(self, kernel: Kernel, character: str) -> None:
        """Save the drawing with its label, and see that the pad says so."""
        label = kernel.find("TextModel", description="It shows")
        await kernel.tell(label, method="update", state={"value": character}, buffer_paths=[])
        await self.press(kernel, "Save")
        if not any(f"Saved &#x27;{character}&#x27;" in value for value in kernel.values()):
            raise RoomError("the pad did not save a drawing")
        self.saved += 1
