"""Drawing with a mouse, a finger or a pen, by strokes or by single taps.

The events come from ipycanvas and carry places alone: none of them names the finger it is about.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import dist
from typing import TYPE_CHECKING

from hwr.pads.status_line import Guard

if TYPE_CHECKING:
    from hwr.pads.canvas import Point, Sheet

MAX_FINGER_STEP = 32
"""Canvas pixels that a finger moves at most from one event to the next."""


def draw_with_pointers(sheet: Sheet, guard: Guard) -> None:
    """Let mouse, finger and pen draw on a sheet.

    Parameters
    ----------
    sheet : Sheet
    guard : callable
        Wraps each callback from the browser.
    """
    pointers, canvas = Pointers(sheet), sheet.canvas
    canvas.on_mouse_down(guard(lambda x, y: pointers.press((x, y))))
    canvas.on_mouse_move(guard(lambda x, y: pointers.move((x, y))))
    canvas.on_mouse_up(guard(lambda x, y: pointers.release()))
    # A mouse button released outside the canvas sends no event.
    canvas.on_mouse_out(guard(lambda x, y: pointers.release()))
    canvas.on_touch_start(guard(pointers.touch))
    canvas.on_touch_move(guard(pointers.touch_move))
    canvas.on_touch_end(guard(pointers.touch_end))
    canvas.on_touch_cancel(guard(pointers.touch_end))


class Pointers:
    """A mouse or the first of several fingers, drawing on a sheet."""

    def __init__(self, sheet: Sheet) -> None:
        self._sheet = sheet
        self._drawing = False  # the sheet's pen may also be down by the keyboard

    def press(self, point: Point) -> None:
        """Begin a stroke, or set a point."""
        sheet = self._sheet
        sheet.cursor = None
        if sheet.joining:
            sheet.set_point(point, sheet.reach)
        else:
            sheet.begin(point)
            sheet.mark_pen()
            self._drawing = True

    def move(self, point: Point) -> None:
        """Continue the stroke, if there is one."""
        if self._drawing:
            self._sheet.extend(point)

    def release(self) -> None:
        """End the stroke, if there is one."""
        if self._drawing:
            self._drawing = False
            self._sheet.end()

    # --- fingers: the first one draws ----------------------------------------------------------

    def touch(self, touches: Sequence[Point]) -> None:
        """Begin a stroke or set a point, unless another finger is drawing."""
        width, height = self._sheet.form.width, self._sheet.form.height
        inside = [(x, y) for x, y in touches if 0 <= x <= width and 0 <= y <= height]
        if inside and not self._drawing:
            self.press(inside[-1])

    def touch_move(self, touches: Sequence[Point]) -> None:
        """Continue the stroke by the finger that draws."""
        if self._drawing and touches:
            self.move(self._nearest(touches))

    def touch_end(self, touches: Sequence[Point]) -> None:
        """End the stroke, unless the finger that remains is the one that draws."""
        if self._drawing and (
            not touches or dist(self._nearest(touches), self._sheet.tip) > MAX_FINGER_STEP
        ):
            self.release()

    def _nearest(self, touches: Sequence[Point]) -> Point:
        """Return the finger that draws: the one nearest to its last point."""
        return min(touches, key=lambda touch: dist(touch, self._sheet.tip))
