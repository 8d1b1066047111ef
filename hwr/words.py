"""From the ink of a word to its text.

Nobody can say where one letter ends and the next begins without knowing what they are: two strokes
may be ``d`` or ``cl``. So nothing is decided early. All groups of neighbouring strokes that may be
one letter are read, and a search over all ways to cut the word (:mod:`hwr.lattice`) decides, with a
model of the language, for the word as a whole.
"""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from hwr.alphabets import CHARACTERS
from hwr.ink import Ink, convert
from hwr.language import Language, Prose
from hwr.lattice import Group, posteriors, search
from hwr.recognizer import Recognizer

STROKES = 5
"""A letter has at most so many strokes."""
WIDEST = 1.7
"""No letter is wider than so many times the word's height."""
OTHER_CASE = 0.03
"""So often a letter comes in the other case than the language's: as a capital in prose."""
ERROR = 0.02
"""So often the recogniser is taken to be wrong altogether: no letter is ever impossible."""
SURE = 0.8
"""A word is sure from this probability on, if its letters look like letters."""
LEAST = 0.0
"""The mean score of a sure word's letters, at least."""
FIT = Path(__file__).parent / "artefacts" / "words.json"

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Word:
    """What was read.

    Attributes
    ----------
    text : str
    probability : float
        Of this text among all that were considered.
    alternatives : tuple of (str, float)
        Other texts, and their probabilities.
    boxes : ndarray of float64, shape (letters, 4)
        Left, top, right and bottom of each letter.
    sure : bool
        Whether the text is to be trusted; an empty or scribbled sheet is not.
    """

    text: str
    probability: float
    alternatives: tuple[tuple[str, float], ...]
    boxes: Array
    sure: bool = False


class Units:
    """The strokes of a word from left to right, and their boxes.

    Attributes
    ----------
    strokes : list of ndarray
    left, top, right, bottom : ndarray of float64, shape (units,)
    height : float
        That of the word.
    """

    def __init__(self, ink: Ink) -> None:
        boxes = np.array([[*s.min(axis=0), *s.max(axis=0)] for s in ink.strokes]).reshape(-1, 4)
        order = np.argsort(boxes[:, 0] + boxes[:, 2], kind="stable")
        self.strokes = [ink.strokes[i] for i in order]
        self.left, self.top, self.right, self.bottom = boxes[order].T
        self.height = float(self.bottom.max() - self.top.min()) or 1.0

    def __len__(self) -> int:
        return len(self.strokes)

    def groups(self) -> list[tuple[int, int]]:
        """Give the runs of units that are narrow enough to be one letter."""
        found = []
        for start in range(len(self)):
            for end in range(start + 1, min(start + STROKES, len(self)) + 1):
                width = self.right[start:end].max() - self.left[start:end].min()
                if end == start + 1 or width <= WIDEST * self.height:
                    found.append((start, end))
        return found

    def box(self, start: int, end: int) -> list[float]:
        """Give left, top, right and bottom of a group."""
        run = slice(start, end)
        return [
            float(self.left[run].min()),
            float(self.top[run].min()),
            float(self.right[run].max()),
            float(self.bottom[run].max()),
        ]

    def shape(self, start: int, end: int) -> list[float]:
        """Measure a group against the word: sizes and gaps in heights of the word."""
        left, top, right, bottom = self.box(start, end)
        before = left - self.right[:start].max() if start else 0.3 * self.height
        after = self.left[end:].min() - right if end < len(self) else 0.3 * self.height
        inner, reached = 0.0, self.right[start]
        for unit in range(start + 1, end):
            inner = max(inner, self.left[unit] - reached)
            reached = max(reached, self.right[unit])
        sizes = np.array([right - left, bottom - top, before, after, inner])
        return [*np.clip(sizes / self.height, -1, 2).tolist(), float(end - start)]


def evidence(shapes: Array, letters: Array) -> Array:
    """Give what tells a whole letter from a part of one, or from several.

    Parameters
    ----------
    shapes : ndarray of float64, shape (groups, 6)
        As :meth:`Units.shape` gives them.
    letters : ndarray of float64, shape (groups, letters)
        Probabilities.

    Returns
    -------
    ndarray of float64, shape (groups, terms)
        All measures, and their products in pairs.
    """
    best = letters.max(axis=1)
    doubt = -(letters * np.log(letters + 1e-9)).sum(axis=1)
    measures = np.column_stack([shapes, np.log(best + 1e-6) / 5, doubt])
    first, second = np.triu_indices(measures.shape[1])
    return np.column_stack([measures, measures[:, first] * measures[:, second]])


@cache
def _fit() -> tuple[Array, float]:
    known = json.loads(FIT.read_text(encoding="utf-8"))
    return np.array(known["coefficients"]), float(known["intercept"])


@cache
def _folding(letters: str) -> NDArray[np.float32]:
    """Give how much each of the 62 characters counts as which letter: shape (62, letters)."""

    def share(character: str, letter: str) -> float:
        other = character.swapcase() == letter and character not in letters
        return OTHER_CASE if other else float(character == letter)

    rows = [[share(character, letter) for letter in letters] for character in CHARACTERS]
    return np.array(rows, np.float32)


def letters_of(recognizer: Recognizer, images: NDArray[np.uint8], letters: str) -> Array:
    """Give the probability of each letter for each image: rows sum to 1."""
    shares = recognizer.probabilities(images, "uniform") @ _folding(letters) + 1e-6
    return np.asarray(shares / shares.sum(axis=1, keepdims=True), np.float64)


def read_groups(ink: Ink, letters: str, recognizer: Recognizer) -> tuple[Units, list[Group]]:
    """Read all groups of a word's strokes that may be one letter."""
    units = Units(ink)
    spans = units.groups()
    images = np.stack([convert(Ink(units.strokes[a:b], ink.pen)) for a, b in spans])
    probable = letters_of(recognizer, images, letters)
    coefficients, intercept = _fit()
    shapes = np.array([units.shape(*span) for span in spans])
    # Log-odds, because in a reading all groups outside of it are no letters; and by Bayes' rule
    # the ink's likelihood, because how frequent letters are is for the language to say.
    whole = evidence(shapes, probable) @ coefficients + intercept
    likelihood = np.log((1 - ERROR) * probable * len(letters) + ERROR)
    groups = []
    for (start, end), row, one in zip(spans, likelihood, whole, strict=True):
        order = np.argsort(-row)
        scores = tuple((letters[i], float(row[i] + one)) for i in order)
        groups.append(Group(start, end, scores))
    return units, groups


def read_word(
    ink: Ink,
    language: Language | None = None,
    recognizer: Recognizer | None = None,
) -> Word:
    """Read the ink of one word.

    Parameters
    ----------
    ink : Ink
        Its strokes, in any order.
    language : Language, optional
        English prose by default. It also says which letters there are.
    recognizer : Recognizer, optional
        The shipped one by default.
    """
    chosen = language or _english()
    drawn = Ink([stroke for stroke in ink.strokes if len(stroke)], ink.pen)
    if drawn.empty:
        return Word("", 0.0, (), np.zeros((0, 4)))
    units, groups = read_groups(drawn, chosen.letters, recognizer or _shipped())
    ways = search(groups, len(units), chosen)
    if not ways:
        return Word("", 0.0, (), np.zeros((0, 4)))
    shares = posteriors(ways)
    best = ways[0]
    boxes = np.array([units.box(group.start, group.end) for group in best.groups])
    sure = shares[0] >= SURE and best.ink / len(best.groups) >= LEAST
    others = tuple((way.text, share) for way, share in zip(ways[1:4], shares[1:4], strict=True))
    return Word(best.text, shares[0], others, boxes, sure)


@cache
def _english() -> Language:
    return Prose("en")


@cache
def _shipped() -> Recognizer:
    return Recognizer.load()
