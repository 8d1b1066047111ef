"""A sheet that turns what is drawn on an ipycanvas canvas into strokes.

The strokes are kept in Python, and the browser only shows them: a page that is reloaded gets them
drawn again, and no picture has to come back from the browser. ``pointers.py`` and ``keys.py`` draw
on the sheet.
"""

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from math import dist

from ipycanvas import MultiCanvas, hold_canvas
from ipywidgets import Layout
from traitlets import Unicode

from hwr._support.display import PALETTE
from hwr.ink import PEN, Ink
from hwr.pads.boxes import draw_on_canvas
from hwr.pads.corrections import LetterBox
from hwr.pads.keys import draw_with_keys
from hwr.pads.pointers import draw_with_pointers
from hwr.pads.status_line import Guard

SHEET_SIDE = 640
"""Side of a character's sheet in canvas pixels: twice its size on the page, to look sharp."""
INK, WHITE, HINT_COLOUR, RULE = "#1a1a1a", "#ffffff", "#767676", "#c9d6df"
REACH = 1 / 8
"""Distance at which a tap counts as one on the last point, as a share of a character's size."""

Point = tuple[float, float]


class LabelledCanvas(MultiCanvas):
    """Several canvases in one, whose tooltip is their name for screen readers."""

    # The page shows tooltips only of widgets with a description, and fails where that is missing.
    description = Unicode("").tag(sync=True)


@dataclass(frozen=True)
class SheetFormat:
    """Size and texts of a sheet; lengths are in canvas pixels.

    Attributes
    ----------
    width, height : int
        Size of the sheet; half as large on the page, or smaller where there is no room.
    letter : float
        Expected size of a character, from which the width of the pen follows.
    filled : float
        Share of the sheet that a replayed drawing fills.
    title : str
        Name of the sheet for screen readers.
    hint : str
        Written on the empty sheet.
    rules : tuple of float
        Distances of the ruled lines from the top.
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
    """A sheet with its strokes; every change can be undone.

    Parameters
    ----------
    on_change : callable
        Called with True after a finished change (pen lifted, undo, clear), and with False while a
        stroke is being drawn.
    guard : callable
        Wraps each callback from the browser, whose errors ipycanvas would swallow.
    form : SheetFormat
    announce : callable
        Tells screen readers what the pen does.

    Attributes
    ----------
    canvas : ipycanvas.MultiCanvas
        The widget: the empty sheet, the boxes on it, the ink, and the marks of the pen on top.
    strokes : list of list of (float, float)
        In canvas pixels, x to the right, y down.
    boxes : tuple of LetterBox
        The boxes that are shown.
    pen : float
        Width of the pen as a share of the drawing, as in :class:`hwr.ink.Ink`.
    drawing : bool
        Whether the pen is down, or another point would be joined to the last one.
    joining : bool
        Whether single taps set points that are joined by straight lines.
    cursor : (float, float) or None
        Where the keyboard's pen is while it is in use.
    """

    def __init__(
        self,
        on_change: Callable[[bool], None],
        guard: Guard = lambda callback: callback,
        form: SheetFormat = CHARACTER_SHEET,
        announce: Callable[[str], None] = lambda sentence: None,
    ) -> None:
        self.form = form
        self.announce = announce
        self.strokes: list[list[Point]] = []
        self.boxes: tuple[LetterBox, ...] = ()
        self.pen = PEN
        self.drawing = self.joining = False
        self.cursor: Point | None = None
        self._on_change = on_change
        self._undo_stack: list[tuple[list[list[Point]], bool]] = []
        # Several layers: ipycanvas tells a reloaded page which canvas is meant only when it changes
        # from one to another.
        self.canvas = LabelledCanvas(4, width=form.width, height=form.height, layout=self._layout())
        self._paper, self._box_layer = self.canvas[0], self.canvas[1]
        self._ink, self._pen_layer = self.canvas[2], self.canvas[3]
        self.canvas.add_class("hwr-paper")
        self.canvas.tooltip = form.title
        self.canvas.on_client_ready(guard(self.redraw))
        draw_with_pointers(self, guard)
        draw_with_keys(self, guard)

    def _layout(self) -> Layout:
        largest = f"{self.form.width // 2}px"
        return Layout(width="calc(100% - 8px)", max_width=largest, height="auto", flex="0 0 auto")

    @property
    def ink(self) -> Ink:
        """The current drawing."""
        return Ink(self.strokes, self.pen)

    @property
    def line_width(self) -> float:
        """Width of the pen in canvas pixels."""
        return self.pen * self.form.letter

    # --- one stroke ----------------------------------------------------------------------------

    def begin(self, point: Point) -> None:
        """Begin a stroke."""
        self.end()
        if not self.strokes:
            self._ink.clear()
        self._remember()
        self.strokes.append([point])
        self.drawing = True
        self._ink.fill_circle(*point, self.line_width / 2)
        self._on_change(False)

    def extend(self, point: Point) -> None:
        """Continue the stroke, if there is one."""
        if not self.drawing:
            return
        last = self.strokes[-1][-1]
        self.strokes[-1].append(point)
        self._ink.stroke_line(*last, *point)
        self._on_change(False)

    def end(self) -> None:
        """End the stroke, if there is one."""
        if self.drawing:
            self.drawing = False
            self.mark_pen()
            self._on_change(True)

    # --- points that are joined ----------------------------------------------------------------

    def join(self, joining: bool) -> None:
        """Let single taps set points from now on, or let the pen draw again."""
        self.end()
        self.joining = joining

    def set_point(self, point: Point, reach: float) -> None:
        """Draw a line from the last point to this one; on the last one once more, lift the pen.

        Parameters
        ----------
        point : (float, float)
        reach : float
            Distance from the last point that counts as on it, in canvas pixels.
        """
        if self.drawing and dist(point, self.tip) <= reach:
            self.announce("Pen up.")
            self.end()
            return
        if self.drawing:
            self._remember()
            self.extend(point)
        else:
            self.begin(point)
        self._point_at_tip()

    def _point_at_tip(self) -> None:
        self.mark_pen()
        self.announce(f"Point {len(self.strokes[-1])}.")

    @property
    def tip(self) -> Point:
        """Where the newest stroke ends."""
        return self.strokes[-1][-1]

    @property
    def reach(self) -> float:
        """Distance at which a tap counts as one on the last point, in canvas pixels."""
        return REACH * self.form.letter

    # --- the whole drawing ---------------------------------------------------------------------

    def undo(self) -> None:
        """Undo the last change: a stroke, a point that was joined, or clearing the sheet."""
        self.end()
        if self._undo_stack:
            strokes, drawing = self._undo_stack.pop()
            self.drawing = drawing and self.joining  # the next point is joined to the one before
            self._show(strokes)
            if self.drawing:
                self._point_at_tip()

    def clear(self) -> None:
        """Remove all strokes."""
        self.end()
        if self.strokes:
            self._remember()
        self._show([])

    def place(self, ink: Ink) -> list[list[Point]]:
        """Return the strokes of a drawing, scaled to the sheet and moved to its middle."""
        low, high = ink.bounds()
        width, height = (high - low).clip(1e-9)
        form = self.form
        scale = form.filled * min(form.width / width, form.height / height)
        middle = (low + high) / 2
        return [
            [(float(x) + form.width / 2, float(y) + form.height / 2) for x, y in moved]
            for moved in ((stroke - middle) * scale for stroke in ink.strokes)
        ]

    async def replay(self, ink: Ink, seconds: float = 1.5) -> None:
        """Replace the drawing by another one, in any unit, drawn point by point."""
        self.clear()
        strokes = self.place(ink) if not ink.empty else []
        pause = seconds / max(sum(len(stroke) for stroke in strokes), 1)
        for first, *others in strokes:
            self.begin(first)
            for point in others:
                await asyncio.sleep(pause)
                self.extend(point)
            self.end()

    def show_boxes(self, boxes: Iterable[LetterBox]) -> None:
        """Show these boxes instead of the previous ones."""
        boxes = tuple(boxes)
        if boxes != self.boxes:
            self.boxes = boxes
            with hold_canvas():
                self._draw_boxes()

    def _remember(self) -> None:
        self._undo_stack.append(([list(stroke) for stroke in self.strokes], self.drawing))

    def _show(self, strokes: list[list[Point]]) -> None:
        self.strokes = strokes
        self.redraw()
        self._on_change(True)

    def redraw(self) -> None:
        """Draw everything again, after a change or for a page that connects."""
        with hold_canvas():
            self._draw_paper()
            self._draw_boxes()
            self.mark_pen()
            self._ink.clear()
            if self.strokes:
                self._draw_strokes()
            else:
                self._draw_hint()
            self._use_pen()

    def _draw_paper(self) -> None:
        paper, width, height = self._paper, self.form.width, self.form.height
        paper.fill_style, paper.stroke_style, paper.line_width = WHITE, RULE, 2
        paper.fill_rect(0, 0, width, height)
        for rule in self.form.rules:
            paper.stroke_line(0.03 * width, rule, 0.97 * width, rule)

    def _draw_boxes(self) -> None:
        size = min(36, round(self.form.letter / 3))
        draw_on_canvas(self._box_layer, self.boxes, self.line_width / 2 + 4, size)

    def mark_pen(self) -> None:
        """Mark the keyboard's pen by a ring that is filled while it is down, and the last point."""
        layer, radius = self._pen_layer, self.line_width / 2 + 6
        with hold_canvas():
            layer.clear()
            layer.stroke_style = layer.fill_style = PALETTE["main"]
            layer.line_width = 4
            if self.cursor:
                layer.stroke_circle(*self.cursor, radius)
            if self.drawing and (self.cursor or self.joining):
                layer.fill_circle(*self.tip, radius)

    def _use_pen(self) -> None:
        self._ink.fill_style = self._ink.stroke_style = INK
        self._ink.line_width = self.line_width
        self._ink.line_cap = self._ink.line_join = "round"

    def _draw_strokes(self) -> None:
        self._use_pen()
        for stroke in self.strokes:
            self._ink.fill_circle(*stroke[0], self.line_width / 2)
            if len(stroke) > 1:
                self._ink.stroke_lines(stroke)

    def _draw_hint(self) -> None:
        self._ink.fill_style, self._ink.font = HINT_COLOUR, "36px sans-serif"
        self._ink.text_align = "center"
        self._ink.fill_text(self.form.hint, self.form.width / 2, self.form.height / 2)
