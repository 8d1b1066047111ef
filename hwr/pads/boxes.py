"""Boxes around letters, each with what it was read as: on a sheet, or in a picture."""

from collections.abc import Iterable
from dataclasses import dataclass

from ipycanvas import Canvas
from PIL import ImageDraw, ImageFont

SURE, UNSURE = "#0072b2", "#b34700"
"""Colours of boxes; in doubt they are dashed too, for who does not tell colours apart."""
DASH = 8, 6
"""Pixels of a line, and of the gap after it."""


@dataclass(frozen=True)
class LetterBox:
    """A box.

    Attributes
    ----------
    box : (float, float, float, float)
        Left, top, right and bottom, y down.
    label : str
        Stands above it.
    sure : bool
        Whether its word is to be trusted.
    chosen : bool
        Whether its word is chosen, to be corrected.
    """

    box: tuple[float, float, float, float]
    label: str
    sure: bool
    chosen: bool = False

    @property
    def colour(self) -> str:
        """Says with the dashes whether it is to be trusted."""
        return SURE if self.sure else UNSURE


def draw_on_canvas(canvas: Canvas, marks: Iterable[LetterBox], margin: float, size: int) -> None:
    """Draw boxes on a layer of a sheet, in place of what is there.

    Parameters
    ----------
    canvas : ipycanvas.Canvas
    marks : iterable of Mark
    margin : float
        Between a box and its line, so that the ink is inside.
    size : int
        Height of the labels, in pixels of the canvas.
    """
    canvas.clear()
    canvas.font, canvas.text_align = f"{size}px monospace", "center"
    for mark in marks:
        left, top, right, bottom = mark.box
        canvas.stroke_style = canvas.fill_style = mark.colour
        canvas.line_width = 4 if mark.chosen else 2
        canvas.set_line_dash([] if mark.sure else list(DASH))
        width, height = right - left + 2 * margin, bottom - top + 2 * margin
        canvas.stroke_rect(left - margin, top - margin, width, height)
        above = max(top - margin - size / 4, 0.8 * size)
        canvas.fill_text(mark.label, (left + right) / 2, above)


def draw_on_image(
    draw: ImageDraw.ImageDraw, marks: Iterable[LetterBox], scale: float, margin: float, size: int
) -> None:
    """Draw boxes on a picture.

    Parameters
    ----------
    draw : PIL.ImageDraw.ImageDraw
    marks : iterable of Mark
    scale : float
        Pixels of the picture to a unit of the boxes.
    margin : float
        Between a box and its line, in pixels of the picture.
    size : int
        Height of the labels, in pixels of the picture.
    """
    font = ImageFont.load_default(size)
    for mark in marks:
        left, top, right, bottom = (scale * side for side in mark.box)
        left, top, right, bottom = left - margin, top - margin, right + margin, bottom + margin
        width = round(size / 6 if mark.chosen else size / 14)
        if mark.sure:
            draw.rectangle((left, top, right, bottom), outline=mark.colour, width=width)
        else:
            for start, end in _dashes(left, right):
                draw.line((start, top, end, top), mark.colour, width)
                draw.line((start, bottom, end, bottom), mark.colour, width)
            for start, end in _dashes(top, bottom):
                draw.line((left, start, left, end), mark.colour, width)
                draw.line((right, start, right, end), mark.colour, width)
        draw.text(((left + right) / 2, max(top - 3, size)), mark.label, mark.colour, font, "ms")


def _dashes(start: float, end: float) -> Iterable[tuple[float, float]]:
    while start < end:
        yield start, min(start + DASH[0] / 2, end)
        start += sum(DASH) / 2
