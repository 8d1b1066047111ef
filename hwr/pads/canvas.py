"""A sheet to draw on: mouse, finger or pen in, strokes out, on an ipycanvas canvas.

The strokes live here, in Python, and the browser only shows them: a page that is opened anew gets
them drawn again, and no picture ever has to come back from the browser.
"""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from math import dist

from ipycanvas import MultiCanvas, hold_canvas
from ipywidgets import Layout
from traitlets import Unicode

from hwr.ink import PEN, Ink
from hwr.pads import boxes
from hwr.pads.boxes import LetterBox

SHEET_SIDE = 640
"""Side of a character's sheet in canvas pixels: twice its size on the page, to look sharp."""
INK, WHITE, HINT, RULE = "#1a1a1a", "#ffffff", "#767676", "#c9d6df"
FAR = 32
"""A finger does not move so many pixels from one event to the next."""

Point = tuple[float, float]


class LabelledCanvas(MultiCanvas):
    """Two canvases in one, with a name for screen readers: its tooltip."""

    # ipywidgets' page shows a tooltip only of what has a description, and fails without one.
    description = Unicode("").tag(sync=True)


@dataclass(frozen=True)
class SheetFormat:
    """What a sheet is made for; lengths are in canvas pixels.

    Attributes
    ----------
    width, height : int
        Of the sheet; on the page it is half as large, or smaller where there is no room.
    letter : float
        The size that a character is taken to have, to show a pen as wide as it will count.
    filled : float
        The share of the sheet that a drawing fills when it is placed there.
    title : str
        The name of the sheet, for screen readers.
    hint : str
        Stands on the empty sheet.
    rules : tuple of float
        Where there are lines to write on, from the top.
    """

    width: int = SHEET_SIDE
    height: int = SHEET_SIDE
    letter: float = SHEET_SIDE / 2
    filled: float = 0.5
    title: str = "Sheet to draw a character on"
    hint: str = "Draw a character here"
    rules: tuple[float, ...] = ()


CHARACTER_SHEET = SheetFormat()


class Sheet:
    """A sheet with its strokes; every change can be taken back.

    Parameters
    ----------
    on_change : callable
        Called with True after a change is finished (pen lifted, undo, clear), with False while
        a stroke is being drawn.
    guard : callable
        Wraps each callback from the browser: ipycanvas would swallow what goes wrong in it.
    kind : Format
        How large it is, and what it is called.

    Attributes
    ----------
    canvas : ipycanvas.MultiCanvas
        The widget: a sheet, boxes on it, and the ink above.
    strokes : list of list of (float, float)
        In canvas pixels, x to the right, y down.
    pen : float
        Width of the pen as a share of the drawing, as in :class:`hwr.ink.Ink`.
    """

    def __init__(
        self,
        on_change: Callable[[bool], None],
        guard: Callable[[Callable[..., None]], Callable[..., None]] = lambda callback: callback,
        kind: SheetFormat = CHARACTER_SHEET,
    ) -> None:
        self.kind = kind
        self.strokes: list[list[Point]] = []
        self.marks: tuple[LetterBox, ...] = ()
        self.pen = PEN
        self.drawing = False
        self._on_change = on_change
        self._before: list[list[list[Point]]] = []
        # Several layers, because after a reload ipycanvas has to be told which canvas is meant,
        # and tells the page only when it changes from one to another.
        self.canvas = LabelledCanvas(3, width=kind.width, height=kind.height, layout=self._layout())
        self._sheet, self._boxes, self._ink = self.canvas[0], self.canvas[1], self.canvas[2]
        self.canvas.add_class("hwr-paper")
        self.canvas.tooltip = kind.title
        self.canvas.on_client_ready(guard(self.redraw))
        self.canvas.on_mouse_down(guard(lambda x, y: self.begin((x, y))))
        self.canvas.on_mouse_move(guard(lambda x, y: self.extend((x, y))))
        self.canvas.on_mouse_up(guard(lambda x, y: self.end()))
        # The mouse may be released outside, where nobody hears it.
        self.canvas.on_mouse_out(guard(lambda x, y: self.end()))
        self.canvas.on_touch_start(guard(self._touch))
        self.canvas.on_touch_move(guard(self._touch_move))
        self.canvas.on_touch_end(guard(self._touch_end))
        self.canvas.on_touch_cancel(guard(self._touch_end))
        self.canvas.on_key_down(guard(self._on_key))

    def _layout(self) -> Layout:
        width, height = f"{self.kind.width // 2}px", f"{self.kind.height // 2}px"
        if self.kind.width == self.kind.height:
            return Layout(width=width, height=height, flex="0 0 auto")
        return Layout(width="calc(100% - 8px)", max_width=width, height="auto", flex="0 0 auto")

    @property
    def ink(self) -> Ink:
        """The drawing as it stands."""
        return Ink(self.strokes, self.pen)

    @property
    def width(self) -> float:
        """Width of a line in canvas pixels."""
        return self.pen * self.kind.letter

    # --- one stroke ----------------------------------------------------------------------------

    def begin(self, point: Point) -> None:
        """Put the pen down."""
        self.end()
        if not self.strokes:
            self._ink.clear()
        self._remember()
        self.strokes.append([point])
        self.drawing = True
        self._ink.fill_circle(*point, self.width / 2)
        self._on_change(False)

    def extend(self, point: Point) -> None:
        """Move the pen; nothing is drawn while it is up."""
        if not self.drawing:
            return
        last = self.strokes[-1][-1]
        self.strokes[-1].append(point)
        self._ink.stroke_line(*last, *point)
        self._on_change(False)

    def end(self) -> None:
        """Lift the pen."""
        if self.drawing:
            self.drawing = False
            self._on_change(True)

    # --- fingers: the first one draws ----------------------------------------------------------

    def _touch(self, touches: Sequence[Point]) -> None:
        inside = [
            (x, y) for x, y in touches if 0 <= x <= self.kind.width and 0 <= y <= self.kind.height
        ]
        if inside and not self.drawing:
            self.begin(inside[-1])

    def _touch_move(self, touches: Sequence[Point]) -> None:
        if self.drawing and touches:
            self.extend(self._nearest(touches))

    def _touch_end(self, touches: Sequence[Point]) -> None:
        """Lift the pen, unless the finger that remains is the one that draws."""
        if self.drawing and (not touches or dist(self._nearest(touches), self._tip) > FAR):
            self.end()

    @property
    def _tip(self) -> Point:
        return self.strokes[-1][-1]

    def _nearest(self, touches: Sequence[Point]) -> Point:
        """Return the finger that draws: events do not name it, but it cannot have gone far."""
        return min(touches, key=lambda touch: dist(touch, self._tip))

    # --- keys ----------------------------------------------------------------------------------

    def _on_key(self, key: str, shift: bool, control: bool, command: bool) -> None:
        """Let the keyboard leave the sheet, which would keep the Tab key to itself."""
        if key in ("Tab", "Escape"):  # the next Tab then moves on from here
            self.canvas.blur()
        elif key.lower() == "z" and (control or command):
            self.undo()

    # --- the whole drawing ---------------------------------------------------------------------

    def undo(self) -> None:
        """Take back the last change: a stroke, or the clearing of the sheet."""
        self.end()
        if self._before:
            self._show(self._before.pop())

    def clear(self) -> None:
        """Take an empty sheet."""
        self.end()
        if self.strokes:
            self._remember()
        self._show([])

    def place(self, ink: Ink) -> list[list[Point]]:
        """Return the strokes of any drawing, moved and scaled to the middle of the sheet."""
        low, high = ink.bounds()
        wide, tall = (high - low).clip(1e-9)
        sheet = self.kind
        scale = sheet.filled * min(sheet.width / wide, sheet.height / tall)
        middle = (low + high) / 2
        return [
            [(float(x) + sheet.width / 2, float(y) + sheet.height / 2) for x, y in moved]
            for moved in ((stroke - middle) * scale for stroke in ink.strokes)
        ]

    async def replay(self, ink: Ink, seconds: float = 1.5) -> None:
        """Draw a drawing, in any unit, as a hand would, in place of what is there."""
        self.clear()
        strokes = self.place(ink) if not ink.empty else []
        pause = seconds / max(sum(len(stroke) for stroke in strokes), 1)
        for first, *others in strokes:
            self.begin(first)
            for point in others:
                await asyncio.sleep(pause)
                self.extend(point)
            self.end()

    def mark(self, found: Iterable[LetterBox]) -> None:
        """Draw these boxes, in place of those that are there."""
        found = tuple(found)
        if found != self.marks:
            self.marks = found
            with hold_canvas():
                self._draw_marks()

    def _remember(self) -> None:
        self._before.append([list(stroke) for stroke in self.strokes])

    def _show(self, strokes: list[list[Point]]) -> None:
        self.strokes = strokes
        self.redraw()
        self._on_change(True)

    def redraw(self) -> None:
        """Draw sheet and strokes again, as after a change or when a page connects."""
        with hold_canvas():
            self._draw_sheet()
            self._draw_marks()
            self._ink.clear()
            if self.strokes:
                self._draw_strokes()
            else:
                self._draw_hint()
            self._use_pen()

    def _draw_sheet(self) -> None:
        sheet, width, height = self._sheet, self.kind.width, self.kind.height
        sheet.fill_style, sheet.stroke_style, sheet.line_width = WHITE, RULE, 2
        sheet.fill_rect(0, 0, width, height)
        for rule in self.kind.rules:
            sheet.stroke_line(0.03 * width, rule, 0.97 * width, rule)

    def _draw_marks(self) -> None:
        size = min(36, round(self.kind.letter / 3))
        boxes.draw_on_canvas(self._boxes, self.marks, self.width / 2 + 4, size)

    def _use_pen(self) -> None:
        self._ink.fill_style = self._ink.stroke_style = INK
        self._ink.line_width = self.width
        self._ink.line_cap = self._ink.line_join = "round"

    def _draw_strokes(self) -> None:
        self._use_pen()
        for stroke in self.strokes:
            self._ink.fill_circle(*stroke[0], self.width / 2)
            if len(stroke) > 1:
                self._ink.stroke_lines(stroke)

    def _draw_hint(self) -> None:
        self._ink.fill_style, self._ink.font = HINT, "36px sans-serif"
        self._ink.text_align = "center"
        self._ink.fill_text(self.kind.hint, self.kind.width / 2, self.kind.height / 2)
