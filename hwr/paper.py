"""A sheet to draw on: mouse, finger or pen in, strokes out, on an ipycanvas canvas.

The strokes live here, in Python, and the browser only shows them: a page that is opened anew gets
them drawn again, and no picture ever has to come back from the browser.
"""

from collections.abc import Callable, Sequence
from math import dist

from ipycanvas import MultiCanvas, hold_canvas
from ipywidgets import Layout
from traitlets import Unicode

from hwr.ink import PEN, Ink

SIDE = 640
"""Side of the sheet in canvas pixels: twice its size on the page, so that lines look sharp."""
FILLED = 0.5
"""Share of the sheet that a drawing is taken to fill, to show a pen as wide as it will count."""
INK, WHITE, HINT = "#1a1a1a", "#ffffff", "#767676"

Point = tuple[float, float]


class Sheet(MultiCanvas):
    """Two canvases in one, with a name for screen readers: its tooltip."""

    # ipywidgets' page shows a tooltip only of what has a description, and fails without one.
    description = Unicode("").tag(sync=True)


class Paper:
    """A sheet with its strokes; every change can be taken back.

    Parameters
    ----------
    on_change : callable
        Called with True after a change is finished (pen lifted, undo, clear), with False while
        a stroke is being drawn.
    guard : callable
        Wraps each callback from the browser: ipycanvas would swallow what goes wrong in it.

    Attributes
    ----------
    canvas : ipycanvas.MultiCanvas
        The widget: a sheet below, the ink above.
    strokes : list of list of (float, float)
        In canvas pixels, x to the right, y down.
    pen : float
        Width of the pen as a share of the drawing, as in :class:`hwr.ink.Ink`.
    """

    def __init__(
        self,
        on_change: Callable[[bool], None],
        guard: Callable[[Callable[..., None]], Callable[..., None]] = lambda callback: callback,
    ) -> None:
        self.strokes: list[list[Point]] = []
        self.pen = PEN
        self.drawing = False
        self._on_change = on_change
        self._before: list[list[list[Point]]] = []
        side = f"{SIDE // 2}px"
        # Two layers, because after a reload ipycanvas has to be told which canvas is meant, and
        # tells the page only when it changes from one to another.
        self.canvas = Sheet(
            2, width=SIDE, height=SIDE, layout=Layout(width=side, height=side, flex="0 0 auto")
        )
        self._sheet, self._ink = self.canvas[0], self.canvas[1]
        self.canvas.add_class("hwr-paper")
        self.canvas.tooltip = "Sheet to draw a character on"
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

    @property
    def ink(self) -> Ink:
        """The drawing as it stands."""
        return Ink(self.strokes, self.pen)

    @property
    def width(self) -> float:
        """Width of a line in canvas pixels."""
        return self.pen * FILLED * SIDE

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
        inside = [touch for touch in touches if min(touch) >= 0 and max(touch) <= SIDE]
        if inside and not self.drawing:
            self.begin(inside[-1])

    def _touch_move(self, touches: Sequence[Point]) -> None:
        if self.drawing and touches:
            self.extend(self._nearest(touches))

    def _touch_end(self, touches: Sequence[Point]) -> None:
        """Lift the pen, unless the finger that remains is the one that draws."""
        if self.drawing and (not touches or dist(self._nearest(touches), self._tip) > SIDE / 20):
            self.end()

    @property
    def _tip(self) -> Point:
        return self.strokes[-1][-1]

    def _nearest(self, touches: Sequence[Point]) -> Point:
        """Give the finger that draws: events do not name it, but it cannot have gone far."""
        return min(touches, key=lambda touch: dist(touch, self._tip))

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
        """Give the strokes of any drawing, moved and scaled to the middle of the sheet."""
        low, high = ink.bounds()
        scale = FILLED * SIDE / max(float((high - low).max()), 1e-9)
        middle = (low + high) / 2
        return [
            [(float(x), float(y)) for x, y in (stroke - middle) * scale + SIDE / 2]
            for stroke in ink.strokes
        ]

    def _remember(self) -> None:
        self._before.append([list(stroke) for stroke in self.strokes])

    def _show(self, strokes: list[list[Point]]) -> None:
        self.strokes = strokes
        self.redraw()
        self._on_change(True)

    def redraw(self) -> None:
        """Draw sheet and strokes again, as after a change or when a page connects."""
        with hold_canvas():
            self._sheet.fill_style = WHITE
            self._sheet.fill_rect(0, 0, SIDE, SIDE)
            self._ink.clear()
            if self.strokes:
                self._draw_strokes()
            else:
                self._draw_hint()
            self._use_pen()

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
        self._ink.fill_style, self._ink.font = HINT, "32px sans-serif"
        self._ink.text_align = "center"
        self._ink.fill_text("Draw a character here", SIDE / 2, SIDE / 2)
