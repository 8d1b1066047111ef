"""Drawing the boxes around letters, on a sheet or in a picture."""

from collections.abc import Iterable
from importlib.util import find_spec
from pathlib import Path

from ipycanvas import Canvas
from PIL import ImageDraw, ImageFont

from hwr._support.display import PALETTE
from hwr.pads.corrections import LetterBox

SURE, UNSURE = PALETTE["main"], "#b34700"
"""Colours; boxes in doubt are dashed as well, for those who do not tell the colours apart."""
DASH, GAP = 8, 6
"""Lengths of a dashed line's parts, in pixels of a sheet."""


def font(size: float, text: str = "") -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    """Return a font of this size for a text: Pillow's own has only the letters of ASCII."""
    if text.isascii():
        return ImageFont.load_default(size)
    package = find_spec("matplotlib")  # its font has most alphabets, and all signs; not imported
    folder = Path(package.origin).parent if package and package.origin else Path()
    return ImageFont.truetype(folder / "mpl-data" / "fonts" / "ttf" / "DejaVuSans.ttf", size)


def colour(box: LetterBox) -> str:
    """Return the colour of a box, which tells whether its letter is sure."""
    return SURE if box.sure else UNSURE


def draw_on_canvas(canvas: Canvas, boxes: Iterable[LetterBox], margin: float, size: int) -> None:
    """Draw boxes on a layer of a sheet, in place of what is there.

    Parameters
    ----------
    canvas : ipycanvas.Canvas
    boxes : iterable of LetterBox
    margin : float
        Distance between the ink and the line around it.
    size : int
        Height of the labels, in canvas pixels.
    """
    canvas.clear()
    canvas.font, canvas.text_align = f"{size}px monospace", "center"
    for box in boxes:
        left, top, right, bottom = box.bounds
        canvas.stroke_style = canvas.fill_style = colour(box)
        canvas.line_width = 4 if box.chosen else 2
        canvas.set_line_dash([] if box.sure else [DASH, GAP])
        width, height = right - left + 2 * margin, bottom - top + 2 * margin
        canvas.stroke_rect(left - margin, top - margin, width, height)
        above = max(top - margin - size / 4, 0.8 * size)
        canvas.fill_text(box.label, (left + right) / 2, above)


def draw_on_image(
    draw: ImageDraw.ImageDraw, boxes: Iterable[LetterBox], scale: float, margin: float, size: int
) -> None:
    """Draw boxes on a picture.

    Parameters
    ----------
    draw : PIL.ImageDraw.ImageDraw
    boxes : iterable of LetterBox
    scale : float
        Pixels of the picture per unit of the boxes.
    margin : float
        Distance between the ink and the line around it, in pixels of the picture.
    size : int
        Height of the labels, in pixels of the picture.
    """
    for box in boxes:
        left, top, right, bottom = (scale * side for side in box.bounds)
        left, top, right, bottom = left - margin, top - margin, right + margin, bottom + margin
        ink, width = colour(box), round(size / 6 if box.chosen else size / 14)
        if box.sure:
            draw.rectangle((left, top, right, bottom), outline=ink, width=width)
        else:
            for start, end in _dashes(left, right):
                draw.line((start, top, end, top), ink, width)
                draw.line((start, bottom, end, bottom), ink, width)
            for start, end in _dashes(top, bottom):
                draw.line((left, start, left, end), ink, width)
                draw.line((right, start, right, end), ink, width)
        draw.text(
            ((left + right) / 2, max(top - 3, size)), box.label, ink, font(size, box.label), "ms"
        )


def _dashes(start: float, end: float) -> Iterable[tuple[float, float]]:
    while start < end:
        yield start, min(start + DASH / 2, end)
        start += (DASH + GAP) / 2
