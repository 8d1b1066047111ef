"""Made-up handwriting: from a character to pen strokes, endlessly and offline.

The letter shapes are single-stroke fonts from the 1960s (A. V. Hershey, in the ``Hershey-Fonts``
package). Each character is written anew: with or without its serifs, with rounded corners, bent,
slanted, stretched, by a trembling hand and a thicker or thinner pen. The strokes then take the very
conversion that every drawing takes (:func:`hwr.ink.convert`).

It stands in where EMNIST cannot be had. It is no substitute: see the figures in ``README.md``.
"""

from collections.abc import Callable
from functools import cache

import numpy as np
from HersheyFonts import HersheyFonts
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter1d

from hwr.alphabets import BYCLASS, CHARACTERS
from hwr.dataset import Dataset
from hwr.ink import PEN, SIDE, Ink, convert

Stroke = NDArray[np.float64]

PLAIN, CURSIVE = "futural", "cursive"
CURSIVE_SHARE = 0.1
"""How often a letter takes its cursive shape."""

# Shapes that the plain face lacks but many hands write, in the font's units: y down, capitals
# from -12 to 9. Each entry: how often, and the strokes that replace or join the plain ones.
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


@cache
def _shape(character: str, face: str) -> tuple[Stroke, ...]:
    font = HersheyFonts()
    font.load_default_font(face)
    return tuple(np.array(stroke, np.float64) for stroke in font.strokes_for_text(character))


def _choose_shape(character: str, rng: np.random.Generator) -> list[Stroke]:
    if character.isalpha() and rng.random() < CURSIVE_SHARE:
        return list(_shape(character, CURSIVE))
    strokes = list(_shape(character, PLAIN))
    often, instead = _REPLACED.get(character, (0.0, []))
    replaced = rng.random() < often
    if replaced:
        strokes = [np.array(stroke, np.float64) for stroke in instead]
    often, extra = _ADDED.get(character, (0.0, []))
    if not replaced and rng.random() < often:
        strokes += [np.array(stroke, np.float64) for stroke in extra]
    return strokes


def _round_corners(stroke: Stroke, strength: float) -> Stroke:
    """Walk the stroke in small steps and smooth the path, as a hurried hand does."""
    steps = np.hypot(*np.diff(stroke, axis=0).T)
    travelled = np.concatenate([[0.0], np.cumsum(steps)])
    at = np.linspace(0, travelled[-1], max(2, int(travelled[-1] / 1.5) + 1))
    path = np.stack([np.interp(at, travelled, stroke[:, axis]) for axis in (0, 1)], axis=1)
    return np.asarray(gaussian_filter1d(path, strength, axis=0, mode="nearest", truncate=3.0))


def bend(points: Stroke, rng: np.random.Generator, strength: float) -> Stroke:
    """Move every point by a smooth random field: a cubic in x and y."""
    x, y = points.T
    terms = np.stack([x * x, x * y, y * y, x**3, x * x * y, x * y * y, y**3], axis=1)
    return points + terms @ rng.normal(0, strength, (terms.shape[1], 2))


def draw(character: str, rng: np.random.Generator) -> Ink:
    """Write one character as a made-up hand would.

    Parameters
    ----------
    character : str
        One of ``hwr.alphabets.CHARACTERS``.
    rng : numpy.random.Generator
        Decides everything that varies: the same state writes the same strokes.

    Returns
    -------
    Ink
        Strokes in a unit of about one character, y down.

    Raises
    ------
    ValueError
        If it is not one of the 62 characters.
    """
    if len(character) != 1 or character not in CHARACTERS:
        raise ValueError(f"The scribe writes 0-9, A-Z and a-z, one at a time, not {character!r}.")
    roundness = rng.uniform(0.3, 1.5)
    strokes = [_round_corners(stroke, roundness) for stroke in _choose_shape(character, rng)]
    ends = np.cumsum([len(stroke) for stroke in strokes])[:-1]
    points = np.concatenate(strokes)
    points = (points - points.mean(axis=0)) / 12  # capitals now reach from about -1 to 1
    points = bend(points, rng, strength=0.085)
    slant, turn, aspect = rng.normal([-0.12, 0, 0], [0.2, 0.1, 0.18])
    stretch = np.array([[np.exp(aspect), 0], [slant, 1]])
    turned = np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
    points = points @ stretch @ turned
    tremor = gaussian_filter1d(rng.normal(0, 0.06, points.shape), 2.0, axis=0)
    hand = np.split(points + tremor, ends)
    lifted = [stroke + rng.normal(0, 0.035, 2) for stroke in hand]
    return Ink(lifted, pen=float(PEN * np.exp(rng.normal(0, 0.25))))


def draw_images(
    n: int, seed: int, characters: str = CHARACTERS
) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """Return ``n`` images, with every character equally often.

    Parameters
    ----------
    n : int
    seed : int
        The same seed gives the same images; image ``i`` does not depend on ``n``.
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


# --- writers: each with shapes of their own ---------------------------------------------------


class Writer:
    """One made-up person, who writes a character nearly the same every time.

    Parameters
    ----------
    seed : int
        Which person: the same seed has the same hand.
    """

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self._shapes: dict[str, Ink] = {}

    def write(self, character: str, rng: np.random.Generator) -> Ink:
        """Write one of the 62 characters; ``rng`` decides what varies from one time to the next."""
        if character not in self._shapes:
            own = np.random.default_rng([self.seed, CHARACTERS.find(character) + 1])
            self._shapes[character] = draw(character, own)
        shape = self._shapes[character]
        ends = np.cumsum([len(stroke) for stroke in shape.strokes])[:-1]
        points = np.concatenate(shape.strokes)
        points = bend(points - points.mean(axis=0), rng, strength=0.03)
        slant, turn, aspect = rng.normal(0, [0.06, 0.04, 0.06])
        stretch = np.array([[np.exp(aspect), 0], [slant, 1]])
        turned = np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
        points = points @ stretch @ turned
        points = points + gaussian_filter1d(rng.normal(0, 0.04, points.shape), 2.0, axis=0)
        lifted = [stroke + rng.normal(0, 0.02, 2) for stroke in np.split(points, ends)]
        return Ink(lifted, pen=float(shape.pen * np.exp(rng.normal(0, 0.08))))

    def drawings(self, each: int, characters: str = CHARACTERS) -> Dataset:
        """Write every character so many times and convert it.

        Parameters
        ----------
        each : int
            How often each is written.
        characters : str
            Which of the 62.

        Returns
        -------
        Dataset
            In the order of writing: all characters once, then all once more, and so on.
        """
        rng = np.random.default_rng([self.seed, 0])
        text = characters * each
        images = np.stack([convert(self.write(character, rng)) for character in text])
        labels = np.array([CHARACTERS.index(character) for character in text], np.int64)
        return Dataset(f"writer {self.seed}", images, labels, BYCLASS, "made-up handwriting")


# --- words ---------------------------------------------------------------------------------------

DESCENDERS = "gpqy"
"""Letters that hang below the line."""
X_HEIGHT = 0.6
"""How high small letters are, as a share of a capital's height."""


def compose_word(
    word: str,
    draw: Callable[[str], Ink],
    height: float,
    rng: np.random.Generator,
    gap: tuple[float, float] = (0.15, 0.3),
) -> Ink:
    """Set the characters of a word on a line.

    Parameters
    ----------
    word : str
        What to write, without spaces.
    draw : callable
        Gives the drawing of a character, in its natural size and anywhere.
    height : float
        How high this hand's capitals are.
    rng : numpy.random.Generator
        Decides the gaps.
    gap : (float, float)
        The least and the largest gap between two characters, as a share of the height; below 0
        they run into one another.

    Returns
    -------
    Ink
        Strokes in the order of the characters; the line lies at y = 0.
    """
    strokes, right = [], 0.0
    for character in word:
        drawn = draw(character)
        low, high = drawn.bounds()
        if character in DESCENDERS:
            down = -X_HEIGHT * height - low[1]
        elif character == "j":
            down = -0.9 * height - low[1]
        else:
            down = -high[1]
        along = right - low[0]
        strokes += [stroke + np.array([along, down]) for stroke in drawn.strokes]
        right += high[0] - low[0] + rng.uniform(*gap) * height
    return Ink(strokes)
