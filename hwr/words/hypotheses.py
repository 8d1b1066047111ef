"""What the recogniser makes of groups of units: which character, and whether one at all.

The recogniser was trained on whole characters and has an answer for everything: for half an ``o``
it says ``c``, for ``rn`` perhaps ``m``. Whether a group is one whole character is told from its
shape, from the gaps around it and from how sure the recogniser is, by a logistic regression that
was fitted on made-up words (``python benchmarks/words.py --fit``).
"""

import json
import math
import string
from collections.abc import Iterable
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hwr._support.paths import ARTEFACTS
from hwr.alphabets import CHARACTERS
from hwr.recognizer import Recognizer
from hwr.words import lattice
from hwr.words.lattice import Group
from hwr.words.segments import SHAPE_FEATURES, Segments

ERROR = 0.02
"""So often the recogniser is taken to be wrong altogether: no letter is ever impossible."""
OTHER_CASE = 0.03
"""So often a letter comes in the other case than expected."""
DRAWN = 1.65
"""A drawn digit counts so much beside capitals: NIST's forms had a narrower 0 than a pad has."""
LOW, ALIKE = "acemnorsuvwxz", "cfkmopsuvwxyz"
"""Letters without stems; letters whose capitals have the same shape."""
CAPITAL, VARIES, TALL = 1.6, 0.3, 2.0
"""How high a capital is in heights of small letters, how much that varies, and the log-odds that
heights count at most."""
TRUST = 0.7
"""How much log-odds count in a word's score: groups that share units say much the same, so that all
together they are too sure. Chosen on made-up words."""
SMALL = 0.25
"""A unit smaller than so many heights of the word may be no letter: a comma, or a speck."""
COMMA = -2.0
"""The score of ink that is left out, beside the log-odds of letters."""
HOPELESS = -8.0
"""Log-odds below which a group's shape alone says that it is not one character."""
CAPITALS = [CHARACTERS.index(letter) for letter in string.ascii_uppercase]
MERGED = "0123456789abcdefghijklmnopqrstuvwxyz"
"""All characters, cases taken together."""
FIT = ARTEFACTS / "words.json"

Array = NDArray[np.float64]
Name = tuple[int, ...]
Case = tuple[bool, bool]


@cache
def coefficients() -> dict[str, Any]:
    """Return what was fitted: coefficients by name."""
    fitted: dict[str, Any] = json.loads(FIT.read_text(encoding="utf-8"))
    return fitted


def log_odds(terms: Array, name: str) -> Array:
    """Apply one of the fitted logistic regressions to its terms, shape (n, terms)."""
    fitted = coefficients()[name]
    odds: Array = terms @ np.array(fitted["coefficients"]) + fitted["intercept"]
    return odds


def with_products(measures: Array) -> Array:
    """Return all measures and their products in pairs: from shape (n, k) to (n, k + k(k+1)/2)."""
    first, second = np.triu_indices(measures.shape[1])
    return np.column_stack([measures, measures[:, first] * measures[:, second]])


def character_features(shapes: Array, characters: Array) -> Array:
    """Return what tells a whole character from a part of one, or from several.

    Parameters
    ----------
    shapes : ndarray of float64, shape (groups, 7)
        As :meth:`hwr.words.segments.Segments.shape` gives them.
    characters : ndarray of float64, shape (groups, 62)
        Probabilities.

    Returns
    -------
    ndarray of float64, shape (groups, terms)
    """
    merged = characters @ case_weights(MERGED, other=1.0)
    best = merged.max(axis=1)
    doubt = -(merged * np.log(merged + 1e-9)).sum(axis=1)
    return with_products(np.column_stack([shapes, np.log(best + 1e-6) / 5, doubt]))


@cache
def case_weights(letters: str, capitals: bool = False, other: float = OTHER_CASE) -> Array:
    """Return how much each of the 62 characters counts as which letter: shape (62, letters).

    Parameters
    ----------
    letters : str
    capitals : bool
        Whether small letters stand for their capitals, as in a word all of capitals.
    other : float
        How much the other case counts, where the letters do not tell cases apart.
    """

    def share(character: str, letter: str) -> float:
        expected = letter.upper() if capitals else letter
        if character == expected:
            return DRAWN if letter.isdigit() and not letters.islower() else 1.0
        same = character.lower() == letter.lower()
        return other if same and (capitals or character not in letters) else 0.0

    return np.array([[share(character, letter) for letter in letters] for character in CHARACTERS])


def fold(characters: Array, letters: str, capitals: bool = False) -> Array:
    """Turn probabilities of the 62 characters, shape (n, 62), into shares of letters.

    A row sums to about 1 where the ink fits the letters, and to less where it fits others.
    """
    return np.asarray(characters @ case_weights(letters, capitals) + 1e-6, np.float64)


class RecognitionCache:
    """What the recogniser says of groups of units; it is asked about each of them once.

    Parameters
    ----------
    recognizer : Recognizer
    """

    def __init__(self, recognizer: Recognizer) -> None:
        self._recognizer = recognizer
        self._known: dict[Name, NDArray[np.float32]] = {}

    def read(self, units: Segments, names: Iterable[Name]) -> None:
        """Read groups, all at once, which is faster than one by one."""
        new = [name for name in dict.fromkeys(names) if name not in self._known]
        if new:
            images = np.stack([units.image(name) for name in new])
            found = self._recognizer.probabilities(images, "uniform")
            self._known.update(zip(new, found, strict=True))

    def characters(self, names: Iterable[Name]) -> Array:
        """Return the probabilities of the 62 characters for groups that were read: shape (n, 62)."""
        return np.array([self._known[name] for name in names], np.float64).reshape(-1, 62)


def candidate_spans(units: Segments) -> tuple[list[tuple[int, int]], Array]:
    """Return the groups whose shape may be that of one character, and their shapes.

    Single units always may be one.
    """
    spans = units.groups()
    shapes = np.array([units.shape(*span) for span in spans]).reshape(-1, SHAPE_FEATURES)
    possible = log_odds(with_products(shapes), "shape") > HOPELESS
    kept = [i for i, (start, end) in enumerate(spans) if possible[i] or end == start + 1]
    return [spans[i] for i in kept], shapes[kept]


class CharacterHypotheses:
    """The groups of a word with all that is known of them.

    Attributes
    ----------
    spans : list of (int, int)
    characters : ndarray of float64, shape (groups, 62)
        Probabilities.
    whole : ndarray of float64, shape (groups,)
        Log-odds that a group is one whole character.
    """

    def __init__(self, units: Segments, letters: str, seen: RecognitionCache) -> None:
        self.letters, self.units = letters, units
        size = np.maximum(units.right - units.left, units.bottom - units.top)
        self.small = size < SMALL * units.height
        self.spans, shapes = candidate_spans(units)
        self._place = {span: index for index, span in enumerate(self.spans)}
        names = [units.name(*span) for span in self.spans]
        seen.read(units, names)
        self.characters = seen.characters(names)
        self.whole = log_odds(character_features(shapes, self.characters), "whole")
        self._shares = {high: fold(self.characters, letters, high) for high in (False, True)}

    def capitals(self) -> float:
        """Return the share of capitals among the groups that look like whole characters."""
        weights = 1 / (1 + np.exp(-self.whole))
        share = self.characters[:, CAPITALS].sum(axis=1)
        return float((weights * share).sum() / max(weights.sum(), 1e-9))

    def whole_of(self, span: tuple[int, int]) -> float:
        """Return the log-odds that one group is a whole character."""
        return float(self.whole[self._place[span]])

    def seen_as(self, path: lattice.LatticePath) -> list[float]:
        """Return the logarithm of the probability of each of a word's letters, in either case."""
        either = case_weights(MERGED, other=1.0)
        logs = []
        for group, letter in zip(path.groups, path.text, strict=True):
            row = self.characters[self._place[group.start, group.end]]
            logs.append(float(np.log(row @ either[:, MERGED.index(letter.lower())] + 1e-4)))
        return logs

    def characters_of(self, span: tuple[int, int], top: int = 3) -> tuple[tuple[str, float], ...]:
        """Return the most probable characters of one group, whatever stands beside it."""
        row = self.characters[self._place[span]]
        return tuple((CHARACTERS[i], float(row[i])) for i in np.argsort(-row)[:top])

    def groups(self, capitals: Case = (False, False), bonus: float = 0.0) -> list[Group]:
        """Return the groups for the search.

        Parameters
        ----------
        capitals : (bool, bool)
            Whether the first letter, and whether the others, are expected to be capitals.
        bonus : float
            Added for every letter, so that a language does not prefer short words.
        """
        first, others = (self._likelihood(high) for high in capitals)
        groups = []
        for index, (start, end) in enumerate(self.spans):
            row = (others if start else first)[index]
            # Log-odds, because in a reading all groups outside of it are no characters.
            scores = row + TRUST * self.whole[index] + bonus
            order = np.argsort(-scores)
            ranked = tuple((self.letters[i], float(scores[i])) for i in order)
            if end == start + 1 and self.small[start]:
                ranked = (("", COMMA), *ranked)
            groups.append(Group(start, end, ranked))
        return groups

    def _likelihood(self, capitals: bool) -> Array:
        """Give, by Bayes' rule, the ink's: how frequent letters are is for the language to say."""
        shares = self._shares[capitals]
        probable = shares / shares.sum(axis=1, keepdims=True)
        return np.asarray(np.log((1 - ERROR) * probable * len(self.letters) + ERROR))

    def fits(self, path: lattice.LatticePath, searched: Case, written: Case) -> float:
        """Return how much better a word's ink fits a case than the search took for granted.

        The search compares letters of one case with each other (``searched``); between cases
        decides how probable the letters are as they would be ``written``.
        """
        total = 0.0
        for number, (group, letter) in enumerate(zip(path.groups, path.text, strict=True)):
            place, index = self._place[group.start, group.end], self.letters.index(letter)
            among = self._shares[searched[number > 0]][place]
            own = self._shares[written[number > 0]][place, index]
            total += math.log(own * among.sum() / among[index])
        return total

    def rises(self, path: lattice.LatticePath) -> float:
        """Tell by its height whether a word's first letter is a capital: log-odds.

        Small letters without stems tell where the line is and how high small letters are; a
        capital rises more than half as high again.
        """
        boxes = [self.units.box(group.start, group.end) for group in path.groups]
        low = [box for box, letter in zip(boxes[1:], path.text[1:], strict=True) if letter in LOW]
        if not low or path.text[0] not in ALIKE:
            return 0.0
        line = float(np.median([box[3] for box in low]))
        x_height = float(np.median([box[3] - box[1] for box in low])) or 1.0
        rise = (line - boxes[0][1]) / x_height
        odds = ((rise - 1.0) ** 2 - (rise - CAPITAL) ** 2) / (2 * VARIES**2)
        return float(np.clip(odds, -TALL, TALL))
