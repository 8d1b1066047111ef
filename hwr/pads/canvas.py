"""A sheet that turns what mouse, finger or pen draw on an ipycanvas canvas into strokes.

The strokes are kept in Python, and the browser only shows them: a page that is reloaded gets them
drawn again, and no picture has to come back from the browser.
"""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from math import dist

from ipycanvas import MultiCanvas, hold_canvas
from ipywidgets import Layout
from traitlets import Unicode

from hwr.ink import PEN, Ink
from hwr.pads.boxes import draw_on_canvas
from hwr.pads.corrections import LetterBox
from hwr.pads.status_line import Guard

SHEET_SIDE = 640
"""Side of a character's sheet in canvas pixels: twice its size on the page, to look sharp."""
INK, WHITE, HINT_COLOUR, RULE = "#1a1a1a", "#ffffff", "#767676", "#c9d6df"
MAX_FINGER_STEP = 32
"""Canvas pixels that a finger moves at most from one event to the next."""

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

    Attributes
    ----------
    canvas : ipycanvas.MultiCanvas
        The widget: the empty sheet, the boxes on it, and the ink on top.
    strokes : list of list of (float, float)
        In canvas pixels, x to the right, y down.
    boxes : tuple of LetterBox
        The boxes that are shown.
    pen : float
        Width of the pen as a share of the drawing, as in :class:`hwr.ink.Ink`.
    drawing : bool
        Whether the pen is down.
    """

    def __init__(
        self,
        on_change: Callable[[bool], None],
        guard: Guard = lambda callback: callback,
        form: SheetFormat = CHARACTER_SHEET,
    ) -> None:
        self.form = form
        self.strokes: list[list[Point]] = []
        self.boxes: tuple[LetterBox, ...] = ()
        self.pen = PEN
        self.drawing = False
        self._on_change = on_change
        self._undo_stack: list[list[list[Point]]] = []
        # Several layers: ipycanvas tells a reloaded page which canvas is meant only when it changes
        # from one to another.
        self.canvas = LabelledCanvas(3, width=form.width, height=form.height, layout=self._layout())
        self._paper, self._box_layer, self._ink = self.canvas[0], self.canvas[1], self.canvas[2]
        self.canvas.add_class("hwr-paper")
        self.canvas.tooltip = form.title
        self.canvas.on_client_ready(guard(self.redraw))
        self.canvas.on_mouse_down(guard(lambda x, y: self.begin((x, y))))
        self.canvas.on_mouse_move(guard(lambda x, y: self.extend((x, y))))
        self.canvas.on_mouse_up(guard(lambda x, y: self.end()))
        # A mouse button released outside the canvas sends no event.
        self.canvas.on_mouse_out(guard(lambda x, y: self.end()))
        self.canvas.on_touch_start(guard(self._touch))
        self.canvas.on_touch_move(guard(self._touch_move))
        self.canvas.on_touch_end(guard(self._touch_end))
        self.canvas.on_touch_cancel(guard(self._touch_end))
        self.canvas.on_key_down(guard(self._on_key))

    def _layout(self) -> Layout:
        width, height = f"{self.form.width // 2}px", f"{self.form.height // 2}px"
        if self.form.width == self.form.height:
            return Layout(width=width, height=height, flex="0 0 auto")
        return Layout(width="calc(100% - 8px)", max_width=width, height="auto", flex="0 0 auto")

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
            self._on_change(True)

    # --- fingers: the first one draws ----------------------------------------------------------

    def _touch(self, touches: Sequence[Point]) -> None:
        inside = [
            (x, y) for x, y in touches if 0 <= x <= self.form.width and 0 <= y <= self.form.height
        ]
        if inside and not self.drawing:
            self.begin(inside[-1])

    def _touch_move(self, touches: Sequence[Point]) -> None:
        if self.drawing and touches:
            self.extend(self._nearest(touches))

    def _touch_end(self, touches: Sequence[Point]) -> None:
        """End the stroke, unless the finger that remains is the one that draws."""
        if self.drawing and (
            not touches or dist(self._nearest(touches), self._tip) > MAX_FINGER_STEP
        ):
            self.end()

    @property
    def _tip(self) -> Point:
        return self.strokes[-1][-1]

    def _nearest(self, touches: Sequence[Point]) -> Point:
        """Return the finger that draws: the one nearest to its last point, as no event names it."""
        return min(touches, key=lambda touch: dist(touch, self._tip))

    # --- keys ----------------------------------------------------------------------------------

    def _on_key(self, key: str, shift: bool, control: bool, command: bool) -> None:
        """Undo by Ctrl+Z, and leave the sheet by Tab, which ipycanvas would keep to itself."""
        if key in ("Tab", "Escape"):  # the next Tab then moves on from here
            self.canvas.blur()
        elif key.lower() == "z" and (control or command):
            self.undo()

    # --- the whole drawing ---------------------------------------------------------------------

    def undo(self) -> None:
        """Undo the last change: a stroke, or clearing the sheet."""
        self.end()
        if self._undo_stack:
            self._show(self._undo_stack.pop())

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
        self._undo_stack.append([list(stroke) for stroke in self.strokes])

    def _show(self, strokes: list[list[Point]]) -> None:
        self.strokes = strokes
        self.redraw()
        self._on_change(True)

    def redraw(self) -> None:
        """Draw everything again, after a change or for a page that connects."""
        with hold_canvas():
            self._draw_paper()
            self._draw_boxes()
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
