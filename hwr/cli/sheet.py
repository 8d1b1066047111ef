"""A sheet of pictures: a row for each class of a dataset, to be looked at before anything else."""

from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from hwr._support.atomic_write import replacing
from hwr.dataset import Dataset

COLUMNS = 12
"""Images of each class, evenly spaced."""
MOST_ROWS = 120
_SIDE, _GAP, _MARGIN = 56, 4, 84


def draw_sheet(dataset: Dataset) -> Image.Image:
    """Return a picture of up to ``COLUMNS`` images of each class, dark on white."""
    counts = np.bincount(dataset.labels, minlength=len(dataset.alphabet))
    present = np.flatnonzero(counts)[:MOST_ROWS]
    step = _SIDE + _GAP
    sheet = Image.new("L", (_MARGIN + COLUMNS * step, max(1, len(present)) * step), 255)
    draw, font = ImageDraw.Draw(sheet), ImageFont.load_default(20)
    for row, label in enumerate(present):
        own = np.flatnonzero(dataset.labels == label)
        draw.text((_GAP, row * step + 14), _label(dataset.alphabet.classes[label]), 0, font)
        for column, index in enumerate(own[:: -(-len(own) // COLUMNS)]):
            tile = Image.fromarray(255 - dataset.images[index]).resize((_SIDE, _SIDE))
            sheet.paste(tile, (_MARGIN + column * step, row * step))
    return sheet


def _label(character: str) -> str:
    """Return a character, or its code point where Pillow's own font may lack it."""
    return character if character.isascii() else f"U+{ord(character[0]):04X}"


def save_sheet(path: Path, dataset: Dataset) -> None:
    """Write the sheet as a PNG file; a ValueError says why that is not possible."""
    sheet = draw_sheet(dataset)
    try:
        with replacing(path) as beside:
            sheet.save(beside, "PNG")
    except OSError as error:
        raise ValueError(
            f"The sheet cannot be written to {path} ({error.strerror or error}): name another "
            "place with --sheet FILE."
        ) from None
