"""The pad as a picture, for where widgets are not drawn: a web page of notebooks, or print."""

import io

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from hwr import panels
from hwr.ink import Ink
from hwr.recognizer import Reading

SIZE = 720, 400
PAPER, INK, SOFT, TRACK, BEST = "#ffffff", "#1a1a1a", "#5f5f5f", "#e6e6e6", "#0072b2"


def still(ink: Ink, width: float, side: int, reading: Reading) -> bytes:
    """Draw a pad: the drawing, the answer in words and as bars, and what the network sees.

    Parameters
    ----------
    ink : Ink
        In pixels of the sheet.
    width : float
        Width of a line on the sheet, in its pixels.
    side : int
        Side of the sheet, in its pixels.
    reading : Reading

    Returns
    -------
    bytes
        A PNG file.
    """
    picture = Image.new("RGB", SIZE, PAPER)
    draw = ImageDraw.Draw(picture)
    draw.text((16, 12), panels.plain(panels.words(reading)), INK, ImageFont.load_default(19))
    sheet = _sheet(ink, width, side).resize((320, 320), Image.Resampling.LANCZOS)
    picture.paste(sheet, (16, 56))
    if ink.empty:
        hint = "Run this cell, then draw here"
        draw.text((176, 216), hint, SOFT, ImageFont.load_default(17), anchor="mm")
    draw.rectangle((15, 55, 336, 376), outline="#bdbdbd")
    _bars(draw, reading)
    seen = Image.fromarray(255 - reading.image).resize((112, 112), Image.Resampling.NEAREST)
    picture.paste(seen, (408, 252))
    draw.rectangle((407, 251, 520, 364), outline="#bdbdbd")
    draw.text((536, 300), "what the network sees", SOFT, ImageFont.load_default(15))
    file = io.BytesIO()
    picture.quantize(32).save(file, "PNG", optimize=True)
    return file.getvalue()


def _sheet(ink: Ink, width: float, side: int) -> Image.Image:
    sheet = Image.new("L", (side, side), 255)
    draw = ImageDraw.Draw(sheet)
    for stroke in ink.strokes:
        points = [(float(x), float(y)) for x, y in stroke]
        draw.line(points, fill=26, width=round(width), joint="curve")
        for x, y in (points[0], points[-1]):
            draw.ellipse((x - width / 2, y - width / 2, x + width / 2, y + width / 2), fill=26)
    return sheet


def _bars(draw: ImageDraw.ImageDraw, reading: Reading) -> None:
    font = ImageFont.load_default(17)
    best = np.argsort(-reading.probabilities, kind="stable")[: panels.BARS]
    for row, index in enumerate(best):
        share, top = float(reading.probabilities[index]), 62 + 34 * row
        label = panels.name(reading.alphabet.classes[index], reading.alphabet)
        draw.rectangle((408, top, 628, top + 18), TRACK)
        if not reading.candidates:
            continue
        draw.text((372, top), label, INK, font, anchor="ma")
        colour = BEST if row == 0 and reading.sure else "#999999"
        draw.rectangle((408, top, 408 + round(220 * share), top + 18), colour)
        draw.text((704, top), panels.percent(share), SOFT, font, anchor="ra")
