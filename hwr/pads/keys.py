"""Drawing with the keyboard: the arrows move a visible pen, Space puts it down or lifts it.

``hwr/web/js/keys.js``, for a notebook. ipycanvas keeps all keys to itself, so that Tab has to let
go of the sheet first.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from hwr.pads.status_line import Guard

if TYPE_CHECKING:
    from hwr.pads.canvas import Point, Sheet

STEP, FINE_STEP = 24, 6
"""Steps of the pen in canvas pixels, and with Shift."""
ARROWS = {"ArrowLeft": (-1, 0), "ArrowRight": (1, 0), "ArrowUp": (0, -1), "ArrowDown": (0, 1)}


def draw_with_keys(sheet: Sheet, guard: Guard) -> None:
    """Let the keyboard draw on a sheet.

    Parameters
    ----------
    sheet : Sheet
    guard : callable
        Wraps each callback from the browser.
    """
    sheet.canvas.on_key_down(guard(partial(_press, sheet)))


def _press(sheet: Sheet, key: str, shift: bool, control: bool, command: bool) -> None:
    if key in ("Tab", "Escape"):
        _leave(sheet)
    elif control or command:
        if key.lower() == "z":
            sheet.undo()
    elif key in ARROWS:
        _move(sheet, *ARROWS[key], FINE_STEP if shift else STEP)
    elif key == " ":
        _toggle(sheet)
    elif key in ("Delete", "Backspace"):
        sheet.clear()


def _place(sheet: Sheet) -> Point:
    """Return where the keyboard's pen is; it begins in the middle."""
    return sheet.cursor or (sheet.form.width / 2, sheet.form.height / 2)


def _move(sheet: Sheet, right: int, down: int, step: int) -> None:
    x, y = _place(sheet)
    x, y = x + right * step, y + down * step
    sheet.cursor = min(max(x, 0), sheet.form.width), min(max(y, 0), sheet.form.height)
    if not sheet.joining:
        sheet.extend(sheet.cursor)
    sheet.mark_pen()


def _toggle(sheet: Sheet) -> None:
    """Put the pen down or lift it, or set a point."""
    sheet.cursor = _place(sheet)
    if sheet.joining:
        sheet.set_point(sheet.cursor, reach=0)
    elif sheet.drawing:
        sheet.announce("Pen up.")
        sheet.end()
    else:
        sheet.begin(sheet.cursor)
        sheet.mark_pen()
        sheet.announce("Pen down.")


def _leave(sheet: Sheet) -> None:
    """Lift the pen and let go of the sheet: the next Tab then moves on from here."""
    sheet.cursor = None
    sheet.end()
    sheet.mark_pen()
    sheet.canvas.blur()
