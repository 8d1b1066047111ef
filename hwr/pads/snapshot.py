"""The pad as a picture for print and for web pages of notebooks, where widgets are not drawn."""

import textwrap
from collections.abc import Sequence

from PIL import Image, ImageDraw

from hwr._support.display import PALETTE, TEXT, encode_png
from hwr.pads import html, names
from hwr.pads.boxes import draw_on_image, font
from hwr.pads.canvas import Sheet
from hwr.pads.corrections import LetterBox
from hwr.recognizer import Reading

SIZE = 720, 400
EMPTY_PAD_HINT = "Run this cell, then draw here"
CLEAR = TEXT + "00"
"""The page, on which text has soft edges of its own grey."""
SOFT, TRACK, FRAME = "#5f5f5f", "#80808040", "#aaaaaa"
PALETTE_SIZE = 64
"""Number of colours of the PNG files."""


def character_snapshot(sheet: Sheet, reading: Reading) -> bytes:
    """Return a pad for a character as a PNG file: drawing, answer, and what the network sees."""
    picture = Image.new("RGBA", SIZE, CLEAR)
    draw = ImageDraw.Draw(picture)
    sentences = html.strip_tags(html.answer_sentence(reading).replace("</p> ", "\n"))
    draw.multiline_text((16, 28), sentences, TEXT, font(19, sentences), anchor="lm")
    drawing = _drawing(sheet).resize((320, 320), Image.Resampling.LANCZOS)
    picture.paste(drawing, (16, 56))
    if not sheet.strokes:
        draw.text((176, 216), EMPTY_PAD_HINT, SOFT, font(17), anchor="mm")
    draw.rectangle((15, 55, 336, 376), outline=FRAME)
    _bars(draw, reading)
    seen = Image.fromarray(255 - reading.image).resize((112, 112), Image.Resampling.NEAREST)
    picture.paste(seen, (408, 252))
    draw.rectangle((407, 251, 520, 364), outline=FRAME)
    draw.text((536, 300), "what the network sees", TEXT, font(15))
    return encode_png(picture, PALETTE_SIZE)


def writing_snapshot(sheet: Sheet, sentence: str) -> bytes:
    """Return a pad for words as a PNG file: a sentence, and the ink with its boxes."""
    scale = SIZE[0] / sheet.form.width
    small = (SIZE[0], round(sheet.form.height * scale))
    drawing = _drawing(sheet).convert("RGB").resize(small, Image.Resampling.LANCZOS)
    if not sheet.strokes:
        middle = (small[0] / 2, small[1] / 2)
        hint = ImageDraw.Draw(drawing)
        hint.text(middle, EMPTY_PAD_HINT, SOFT, font(17), anchor="mm")
    return captioned_image(drawing, sheet.boxes, sentence, scale, sheet.line_width * scale / 2 + 1)


def captioned_image(
    image: Image.Image, boxes: Sequence[LetterBox], sentence: str, scale: float, margin: float = 2
) -> bytes:
    """Return an image as a PNG file, with boxes around its letters and a sentence above it.

    Parameters
    ----------
    image : PIL.Image.Image
        In colours.
    boxes : sequence of LetterBox
    sentence : str
        Broken into lines where it is too long.
    scale : float
        Pixels of the image per unit of the boxes.
    margin : float
        Distance between the ink and the line around it, in pixels of the image.
    """
    size = round(image.width / 50)
    image = image.convert("L").quantize(16).convert("RGB")  # leaves colours for the boxes
    lines = textwrap.wrap(sentence, 80)
    head = round(1.4 * size * len(lines)) + (size if lines else 0)
    picture = Image.new("RGBA", (image.width, image.height + head), CLEAR)
    draw = ImageDraw.Draw(picture)
    draw.text((8, size / 2), "\n".join(lines), TEXT, font(1.2 * size, sentence))
    draw_on_image(ImageDraw.Draw(image), boxes, scale, margin, size)
    picture.paste(image, (0, head))
    right, bottom = picture.width - 1, picture.height - 1
    draw.rectangle((0, head, right, bottom), outline=FRAME)
    return encode_png(picture, PALETTE_SIZE)


def _drawing(sheet: Sheet) -> Image.Image:
    form, width = sheet.form, sheet.line_width
    picture = Image.new("L", (form.width, form.height), 255)
    draw = ImageDraw.Draw(picture)
    for stroke in sheet.ink.strokes:
        points = [(float(x), float(y)) for x, y in stroke]
        draw.line(points, fill=26, width=round(width), joint="curve")
        for x, y in (points[0], points[-1]):
            draw.ellipse((x - width / 2, y - width / 2, x + width / 2, y + width / 2), fill=26)
    return picture


def _bars(draw: ImageDraw.ImageDraw, reading: Reading) -> None:
    for row, index in enumerate(html.most_probable(reading.probabilities)):
        share, top = float(reading.probabilities[index]), 62 + 34 * row
        label = names.class_name(reading.alphabet.classes[index], reading.alphabet)
        draw.rectangle((408, top, 628, top + 18), TRACK)
        if not reading.candidates:
            continue
        draw.text((372, top), label, TEXT, font(17, label), anchor="ma")
        colour = PALETTE["main"] if row == 0 and reading.sure else "#999999"
        draw.rectangle((408, top, 408 + round(220 * share), top + 18), colour)
        draw.text((704, top), html.format_percent(share), TEXT, font(17), anchor="ra")
