"""Artificial test pictures: words and pages set in images of single characters, photographed.

EMNIST's images do not tell the size of a character or its position on the line. Both are restored
here: most lowercase letters are lower than capitals, and some descend below the baseline.
"""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from scipy import ndimage

from hwr.dataset import Dataset
from hwr.datasets.synthetic import DESCENDERS, X_HEIGHT, Writer
from hwr.ink import convert, crop

HEIGHTS = dict.fromkeys("aceimnorsuvwxz", X_HEIGHT) | {"i": 0.9, "j": 1.2, "t": 0.85}
"""Heights of the letters that differ from a capital's, as shares of it."""
WIDEST = 1.3
"""Largest width of a character, in capitals' heights."""
GAPS = (0.05, 0.3)
TIGHT_GAPS, TIGHT_SHARE = (-0.05, 0.05), 0.1
"""Smallest and largest gap, as shares of a capital's height. Letters with tight gaps may touch."""
SPACE = 0.8
"""Usual space between two words, in capitals' heights."""
TURN = 3.0
"""Largest rotation of the camera, in degrees."""

Glyph = NDArray[np.uint8]
Draw = Callable[[str], Glyph]
Picture = NDArray[np.float32]


def images_of(dataset: Dataset, rng: np.random.Generator) -> Draw:
    """Return a function that returns a random image of a character from a dataset."""
    where = {c: np.flatnonzero(dataset.characters == c) for c in np.unique(dataset.characters)}
    return lambda character: dataset.images[rng.choice(where[character])]


def made_up(seed: int) -> Draw:
    """Return a function that returns a new image of a character by one made-up writer."""
    writer, rng = Writer(seed), np.random.default_rng([seed, 1])
    return lambda character: convert(writer.draw(character, rng))


def glyph_row(
    word: str,
    draw: Draw,
    rng: np.random.Generator,
    height: float = 70.0,
    gaps: tuple[float, float] = GAPS,
    tight: float = TIGHT_SHARE,
) -> Picture:
    """Set the characters of a word in a row.

    Parameters
    ----------
    word : str
        Letters and digits.
    draw : callable
        Returns an image of a character: uint8, shape (28, 28), bright ink on 0.
    rng : numpy.random.Generator
        Decides sizes and gaps.
    height : float
        Height of capitals, in pixels.
    gaps : (float, float)
        Smallest and largest gap between two characters, in capitals' heights.
    tight : float
        Share of gaps that are taken from ``TIGHT_GAPS`` instead.

    Returns
    -------
    ndarray of float32, shape (h, w), in 0..1
        Bright ink on 0. In capitals' heights, the row is 1.9 high and its baseline is at 1.2.
    """
    line, right = 1.2 * height, 0.0
    row = np.zeros(
        (round(1.9 * height), round((WIDEST + 0.5) * height * len(word)) + 1), np.float32
    )
    for character in word:
        glyph = _sized(character, draw(character), height * rng.normal(1, 0.04))
        tall, wide = glyph.shape
        top = line - tall
        if character in DESCENDERS or character == "j":
            top = line - (X_HEIGHT if character in DESCENDERS else 0.85) * height
        left, above = round(max(right, 0)), max(round(top + rng.normal(0, 0.02) * height), 0)
        place = row[above : above + tall, left : left + wide]
        np.maximum(place, glyph[: len(place)], out=place)
        right = left + wide + height * rng.uniform(*(TIGHT_GAPS if rng.random() < tight else gaps))
    return row[:, : np.flatnonzero(row.any(axis=0))[-1] + 1]


def _sized(character: str, image: Glyph, height: float) -> Picture:
    """Return an image's ink, scaled to the height that its character has in writing."""
    ink: Picture = crop(np.asarray(image / 255, np.float32))
    scale = HEIGHTS.get(character, 1.0) * height / ink.shape[0]
    scale = min(scale, WIDEST * height / ink.shape[1])
    tall, wide = (max(2, round(side * scale)) for side in ink.shape)
    large = Image.fromarray(ink).resize((wide, tall), Image.Resampling.BICUBIC)
    return np.clip(np.asarray(large, np.float32), 0, 1)


def page(lines: Sequence[Sequence[str]], draw: Draw, rng: np.random.Generator) -> NDArray[np.uint8]:
    """Return a photograph of a page: uint8, shape (4000, 3000), dark ink on bright paper.

    ``lines`` are the words of each line; ``draw`` and ``rng`` are those of :func:`glyph_row`.
    """
    wide, tall = 3000, 4000
    longest = max(sum(0.68 * len(word) + SPACE for word in line) for line in lines)
    height = min(0.36 * tall / len(lines), 0.8 * wide / longest)
    ink = np.zeros((tall, wide), np.float32)
    for number, line in enumerate(lines):
        top, left = round((0.07 + 0.86 * number / len(lines)) * tall), round(0.08 * wide)
        for word in line:
            row = glyph_row(word, draw, rng, height)[:, : wide - left]
            ink[top : top + row.shape[0], left : left + row.shape[1]] = row
            left += round(row.shape[1] + SPACE * height * rng.uniform(0.85, 1.3))
    return photograph(ink, rng, margin=0)


def photograph(
    ink: Picture, rng: np.random.Generator, margin: int = 60, turn: float = TURN
) -> NDArray[np.uint8]:
    """Return a slightly rotated photograph of ink on grained paper in uneven light.

    Parameters
    ----------
    ink : ndarray of float32, shape (h, w), in 0..1
        Bright ink on 0.
    rng : numpy.random.Generator
        Decides paper, light, pen and camera.
    margin : int
        Pixels of paper around the ink.
    turn : float
        Largest rotation of the camera, in degrees.

    Returns
    -------
    ndarray of uint8, shape (h + 2 margin, w + 2 margin)
        Dark ink on bright paper.
    """
    angle = rng.uniform(-turn, turn)
    turned = Image.fromarray(np.pad(ink, margin)).rotate(angle, Image.Resampling.BICUBIC)
    seen = ndimage.gaussian_filter(np.asarray(turned, np.float32), rng.uniform(0.5, 1.1))
    grain = ndimage.gaussian_filter(_noise(seen.shape, rng), 1.5)
    paper = light(seen.shape, rng) * (1 + rng.uniform(0.01, 0.03) / grain.std() * grain)
    pen = rng.uniform(0.15, 0.4)  # of the paper's brightness: black, or dark blue
    photo = paper * (1 - (1 - pen) * np.clip(seen, 0, 1))
    photo += rng.uniform(0.005, 0.015) * _noise(seen.shape, rng)
    return np.asarray(np.clip(np.rint(photo * 255), 0, 255), np.uint8)


def light(shape: tuple[int, ...], rng: np.random.Generator) -> Picture:
    """Return the paper's brightness in 0..1, with a fall-off to one side and a soft shadow."""
    down, across = (np.linspace(-1, 1, side) for side in shape)
    down = down[:, None]
    towards, edge = rng.uniform(0, 2 * np.pi, 2)
    slope = 1 + rng.uniform(0.05, 0.25) * (down * np.sin(towards) + across * np.cos(towards))
    beyond = down * np.sin(edge) + across * np.cos(edge) - rng.uniform(-0.5, 0.5)
    shadow = 1 - rng.uniform(0.1, 0.4) / (1 + np.exp(-beyond / rng.uniform(0.05, 0.2)))
    brightness = slope * shadow
    return np.asarray(rng.uniform(0.75, 0.95) * brightness / brightness.max(), np.float32)


def _noise(shape: tuple[int, ...], rng: np.random.Generator) -> Picture:
    return rng.standard_normal(shape, np.float32)
