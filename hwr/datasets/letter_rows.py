"""Words set from images of single characters, as they look when a photograph of them is binarized.

EMNIST's images tell neither the size of a character nor its place on the line. Both are restored
from what every character has in writing, as for people's strokes (``hwr.datasets.joined_words``).
"""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from scipy import ndimage

from hwr.datasets.joined_words import BASELINE_DEVIATION, SIZE_DEVIATION, draw_gap, extent
from hwr.ink import crop

HEIGHTS = (24.0, 64.0)
"""Smallest and largest height of a capital, in pixels."""
WIDEST = 1.4
"""Largest width of a character, in heights of a capital."""
LOW, HIGH = 0.5, 1.2
"""How far a row reaches below and above the baseline, in heights of a capital."""
SLANT, ASPECT = 0.15, 0.12
"""Standard deviations of the row's slant and of the logarithm of its aspect."""
BLUR, THRESHOLD = (0.005, 0.02), (0.25, 0.55)
"""Blur in heights of a capital, and the share of the darkest grey from which on a pixel is ink:
pens become thinner or thicker."""

Images = Mapping[str, NDArray[np.uint8]]
Picture = NDArray[np.float32]
Random = np.random.Generator


def letter_row(text: str, images: Images, rng: Random) -> Picture:
    """Return the ink of characters that were set in a row, in a random size and with a random pen.

    Parameters
    ----------
    text : str
        Not empty.
    images : mapping of str to ndarray of uint8, shape (n, 28, 28)
        Of every character of the text: bright ink on 0.
    rng : numpy.random.Generator

    Returns
    -------
    ndarray of float32, shape (height, width)
        1 is ink and 0 paper.
    """
    height = float(rng.uniform(*HEIGHTS))
    gaps = draw_gap(rng)
    aspect = float(np.exp(rng.normal(0, ASPECT)))
    glyphs = [_sized(each, images[each], height, aspect, rng) for each in text]
    line = round(HIGH * height)
    tall = line + round(LOW * height)
    row = np.zeros((tall, sum(each.shape[1] for each in glyphs) + tall * len(text)), np.float32)
    right = tall  # room for the slant
    for character, glyph in zip(text, glyphs, strict=True):
        low = extent(character)[0] + rng.normal(0, BASELINE_DEVIATION)
        top = min(max(line - round(low * height) - glyph.shape[0], 0), tall - 1)
        left = max(right, 0)
        place = row[top : top + glyph.shape[0], left : left + glyph.shape[1]]
        np.maximum(place, glyph[: len(place)], out=place)
        right = left + glyph.shape[1] + round(height * float(rng.normal(*gaps)))
    slanted = _slanted(row, line, float(rng.normal(0, SLANT)))
    return _binarized(slanted, height * float(rng.uniform(*BLUR)), rng)


def _sized(
    character: str, images: NDArray[np.uint8], height: float, aspect: float, rng: Random
) -> Picture:
    """Return a random image's ink in the size that its character has in writing."""
    ink: Picture = crop(np.asarray(images[rng.integers(len(images))] / 255, np.float32))
    low, high = extent(character)
    scale = (high - low) * height / ink.shape[0] * float(np.exp(rng.normal(0, SIZE_DEVIATION)))
    scale = min(scale, WIDEST * height / ink.shape[1])
    size = (max(2, round(ink.shape[1] * scale * aspect)), max(2, round(ink.shape[0] * scale)))
    return np.asarray(Image.fromarray(ink).resize(size, Image.Resampling.BICUBIC))


def _slanted(row: Picture, line: int, slant: float) -> Picture:
    """Return a row whose tops lean to one side; the baseline stays where it is."""
    moved = (1, slant, -slant * line, 0, 1, 0)
    return np.asarray(
        Image.fromarray(row).transform(
            row.shape[::-1], Image.Transform.AFFINE, moved, Image.Resampling.BILINEAR
        )
    )


def _binarized(row: Picture, blur: float, rng: Random) -> Picture:
    """Return ink as black as binarization makes it; in a row of faint ink, the darkest of it."""
    seen = ndimage.gaussian_filter(row, blur)
    ink = seen > rng.uniform(*THRESHOLD) * seen.max()
    columns = np.flatnonzero(ink.any(axis=0))
    return np.asarray(ink[:, columns[0] : columns[-1] + 1], np.float32)
