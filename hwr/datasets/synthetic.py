"""Made-up handwriting: characters as pen strokes, in any number and without a network.

The letter shapes are single-stroke fonts from the 1960s (A. V. Hershey, in the ``Hershey-Fonts``
package). Every character is drawn with random variations: with or without serifs, corners rounded,
bent, slanted, stretched, with a trembling hand and a thicker or thinner pen. Its strokes take the
same conversion as every drawing (:func:`hwr.ink.convert`).

It is a stand-in where EMNIST is not available, not a substitute: see the figures in ``README.md``.
"""

from collections.abc import Callable
from functools import cache
from typing import NamedTuple

import numpy as np
from HersheyFonts import HersheyFonts
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter1d

from hwr.alphabets import BYCLASS, CHARACTERS
from hwr.dataset import Dataset
from hwr.ink import SIDE, Ink, convert

Stroke = NDArray[np.float64]
Seed = int | np.random.Generator

PLAIN, CURSIVE = "futural", "cursive"
CURSIVE_SHARE = 0.1
"""Probability that a letter takes its cursive shape."""

FONT_UNIT = 12
"""Units of the fonts in one unit of a drawing."""

# Shapes that the plain face lacks but many people write, in the font's units: y down, capitals
# from -12 to 9. Each entry: its probability, and the strokes that replace or join the plain ones.
_REPLACED: dict[str, tuple[float, list[list[tuple[float, float]]]]] = {
    "1": (0.6, [[(4, -12), (4, 9)]]),
    "l": (0.2, [[(4, -12), (4, 6), (5, 8), (7, 9), (9, 8)]]),
    "q": (0.3, [[(15, -3), (11, -5), (6, -4), (3, 2), (6, 8), (11, 9), (15, 5)],
                [(15, -5), (15, 14), (16, 16), (19, 13)]]),
    "4": (0.5, [[(5, -12), (4, 2), (17, 2)], [(14, -10), (13, 9)]]),
    "9": (0.4, [[(15, -5), (13, 0), (9, 1), (5, -1), (4, -5), (6, -10), (10, -12), (14, -10),
                 (15, -5), (14, 9)]]),
    "y": (0.4, [[(3, -5), (4, 2), (8, 5), (13, 3)], [(15, -5), (13, 8), (9, 15), (4, 14)]]),
    "t": (0.4, [[(6, -12), (6, 6), (8, 9), (12, 8)], [(1, -5), (12, -5)]]),
    "f": (0.2, [[(11, -11), (8, -12), (6, -8), (6, 12)], [(2, -2), (11, -2)]]),
}  # fmt: skip
_ADDED: dict[str, tuple[float, list[list[tuple[float, float]]]]] = {
    "1": (0.2, [[(5, 9), (16, 9)]]),
    "I": (0.6, [[(-2, -12), (10, -12)], [(-2, 9), (10, 9)]]),
    "J": (0.4, [[(5, -12), (18, -12)]]),
    "7": (0.15, [[(5, -1), (14, -2)]]),
    "Z": (0.2, [[(5, -2), (15, -2)]]),
    "z": (0.15, [[(5, 2), (13, 2)]]),
    "0": (0.05, [[(15, -9), (5, 6)]]),
}


class _Variation(NamedTuple):
    """Standard deviations of what varies; those of aspect and pen are logarithmic."""

    bend: float
    slant: float
    turn: float
    aspect: float
    tremor: float
    shift: float
    pen: float


_ANYBODY = _Variation(0.085, 0.2, 0.1, 0.18, 0.06, 0.035, 0.25)
_ANOTHER_PERSON = _Variation(0.05, 0.15, 0.07, 0.12, 0.02, 0.02, 0.22)
_SAME_WRITER = _Variation(0.03, 0.06, 0.04, 0.06, 0.04, 0.02, 0.08)


@cache
def _load_shape(character: str, face: str) -> tuple[Stroke, ...]:
    font = HersheyFonts()
    font.load_default_font(face)
    return tuple(np.array(stroke, np.float64) for stroke in font.strokes_for_text(character))


def _choose_shape(character: str, rng: np.random.Generator) -> list[Stroke]:
    if character.isalpha() and rng.random() < CURSIVE_SHARE:
        return list(_load_shape(character, CURSIVE))
    strokes = list(_load_shape(character, PLAIN))
    probability, replacement = _REPLACED.get(character, (0.0, []))
    replaced = rng.random() < probability
    if replaced:
        strokes = [np.array(stroke, np.float64) for stroke in replacement]
    probability, extra = _ADDED.get(character, (0.0, []))
    if not replaced and rng.random() < probability:
        strokes += [np.array(stroke, np.float64) for stroke in extra]
    return strokes


def round_corners(stroke: Stroke, sigma: float) -> Stroke:
    """Return the stroke in small steps, smoothed as by a hurried hand."""
    steps = np.hypot(*np.diff(stroke, axis=0).T)
    travelled = np.concatenate([[0.0], np.cumsum(steps)])
    at = np.linspace(0, travelled[-1], max(2, int(travelled[-1] / 1.5) + 1))
    path = np.stack([np.interp(at, travelled, stroke[:, axis]) for axis in (0, 1)], axis=1)
    return np.asarray(gaussian_filter1d(path, sigma, axis=0, mode="nearest", truncate=3.0))


def bend(points: Stroke, rng: np.random.Generator, strength: float) -> Stroke:
    """Return points, shape (n, 2), moved by a smooth random field.

    The field is a cubic in x and y; ``strength`` is the standard deviation of its coefficients.
    """
    x, y = points.T
    terms = np.stack([x * x, x * y, y * y, x**3, x * x * y, x * y * y, y**3], axis=1)
    return points + terms @ rng.normal(0, strength, (terms.shape[1], 2))


def _vary(
    shape: Ink, variation: _Variation, rng: np.random.Generator, slant: float = 0.0, unit: int = 1
) -> Ink:
    """Return a shape, centred, with random variations; ``slant`` is the mean slant."""
    ends = np.cumsum([len(stroke) for stroke in shape.strokes])[:-1]
    points = np.concatenate(shape.strokes)
    points = bend((points - points.mean(axis=0)) / unit, rng, variation.bend)
    slant, turn, aspect = rng.normal([slant, 0, 0], variation[1:4])
    stretch = np.array([[np.exp(aspect), 0], [slant, 1]])
    rotation = np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
    points = points @ stretch @ rotation
    points = points + gaussian_filter1d(rng.normal(0, variation.tremor, points.shape), 2.0, axis=0)
    shifted = [stroke + rng.normal(0, variation.shift, 2) for stroke in np.split(points, ends)]
    return Ink(shifted, pen=float(shape.pen * np.exp(rng.normal(0, variation.pen))))


def vary(shape: Ink, rng: np.random.Generator) -> Ink:
    """Return a shape of about -1..1 as anybody may draw it: bent, slanted, stretched, trembling."""
    return _vary(shape, _ANYBODY, rng)


def vary_drawing(drawing: Ink, rng: np.random.Generator) -> Ink:
    """Return a person's drawing, of any size, as another person may have drawn it."""
    low, high = drawing.bounds()
    unit = max(float((high - low).max()) / 2, 1e-6)
    return _vary(Ink([s / unit for s in drawing.strokes], drawing.pen), _ANOTHER_PERSON, rng)


def draw(character: str, seed: Seed) -> Ink:
    """Return a made-up drawing of one character.

    Parameters
    ----------
    character : str
        One of :data:`hwr.alphabets.CHARACTERS`.
    seed : int or numpy.random.Generator
        Decides everything that varies.

    Returns
    -------
    Ink
        Strokes, y down; capitals reach from about -1 to 1.

    Raises
    ------
    ValueError
        If it is not one of the 62 characters.
    """
    if len(character) != 1 or character not in CHARACTERS:
        raise ValueError(
            f"There is no made-up handwriting for {character!r}: give one of 0-9, A-Z or a-z."
        )
    rng = np.random.default_rng(seed)
    sigma = rng.uniform(0.3, 1.5)
    strokes = [round_corners(stroke, sigma) for stroke in _choose_shape(character, rng)]
    return _vary(Ink(strokes), _ANYBODY, rng, slant=-0.12, unit=FONT_UNIT)


def draw_images(
    n: int, seed: int, characters: str = CHARACTERS
) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """Return ``n`` images, of each character in turn.

    Parameters
    ----------
    n : int
    seed : int
        Decides everything that varies; image ``i`` does not depend on ``n``.
    characters : str
        What to draw.

    Returns
    -------
    images : ndarray of uint8, shape (n, 28, 28)
        Like EMNIST's: upright, ink is 255.
    labels : ndarray of int64, shape (n,)
        ByClass labels: indices into :data:`hwr.alphabets.CHARACTERS`.
    """
    images = np.zeros((n, SIDE, SIDE), np.uint8)
    labels = np.zeros(n, np.int64)
    for i in range(n):
        character = characters[i % len(characters)]
        images[i] = convert(draw(character, np.random.default_rng([seed, i])))
        labels[i] = CHARACTERS.index(character)
    return images, labels


def dataset(n: int, seed: int) -> Dataset:
    """Return ``n`` images as a dataset of 62 characters; see :func:`draw_images`."""
    images, labels = draw_images(n, seed)
    return Dataset("made-up", images, labels, BYCLASS, "made-up handwriting")


# --- writers: each with shapes of their own ----------------------------------------------------


class Writer:
    """A made-up person, who draws a character nearly the same way every time.

    Parameters
    ----------
    seed : int
        Decides the person's handwriting.
    """

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self._shapes: dict[str, Ink] = {}

    def draw(self, character: str, seed: Seed) -> Ink:
        """Return one of the 62 characters in this person's hand, as :func:`draw` does."""
        if character not in self._shapes:
            own = np.random.default_rng([self.seed, CHARACTERS.find(character) + 1])
            self._shapes[character] = draw(character, own)
        return _vary(self._shapes[character], _SAME_WRITER, np.random.default_rng(seed))

    def drawings(self, each: int, characters: str = CHARACTERS) -> Dataset:
        """Return drawings by this person, converted.

        Parameters
        ----------
        each : int
            Number of drawings of each character.
        characters : str
            What to draw.

        Returns
        -------
        Dataset
            All characters once, then all a second time, and so on.
        """
        rng = np.random.default_rng([self.seed, 0])
        text = characters * each
        images = np.stack([convert(self.draw(character, rng)) for character in text])
        labels = np.array([CHARACTERS.index(character) for character in text], np.int64)
        return Dataset(f"writer {self.seed}", images, labels, BYCLASS, "made-up handwriting")


# --- words -------------------------------------------------------------------------------------

DESCENDERS = "gpqy"
"""Letters that reach below the baseline."""
X_HEIGHT = 0.6
"""Height of small letters as a share of a capital's height."""


def compose_word(
    word: str,
    draw: Callable[[str], Ink],
    height: float,
    rng: np.random.Generator,
    gap: tuple[float, float] = (0.15, 0.3),
) -> Ink:
    """Return the drawings of a word's characters, side by side on a baseline.

    Parameters
    ----------
    word : str
        What to write, without spaces.
    draw : callable
        Returns the drawing of a character, in its natural size and at any place.
    height : float
        Height of this hand's capitals.
    rng : numpy.random.Generator
        Decides the gaps.
    gap : (float, float)
        The smallest and the largest gap between two characters, as a share of the height; below 0
        they overlap.

    Returns
    -------
    Ink
        Strokes in the order of the characters; the baseline is at y = 0.
    """
    strokes, right = [], 0.0
    for character in word:
        drawing = draw(character)
        low, high = drawing.bounds()
        if character in DESCENDERS:
            y = -X_HEIGHT * height - low[1]
        elif character == "j":
            y = -0.9 * height - low[1]
        else:
            y = -high[1]
        strokes += [stroke + np.array([right - low[0], y]) for stroke in drawing.strokes]
        right += high[0] - low[0] + rng.uniform(*gap) * height
    return Ink(strokes)
