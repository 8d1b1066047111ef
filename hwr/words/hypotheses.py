"""Character hypotheses: which character a group of segments may be, and whether it is one at all.

The recogniser was trained on whole characters and has an answer for everything: it reads half an
``o`` as ``c``, and ``rn`` perhaps as ``m``. Whether a group is one whole character is estimated by
a logistic regression from its shape, the gaps around it and the recogniser's confidence. It was
fitted on made-up words by ``python -m benchmarks.words.fit``.
"""

import json
import math
import string
from collections.abc import Sequence
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hwr._support import deadline
from hwr._support.paths import ARTEFACTS
from hwr.alphabets import CHARACTERS
from hwr.recognizer import Recognizer
from hwr.words.characters import spreading_matrix
from hwr.words.lattice import Group, LatticePath
from hwr.words.segments import SHAPE_FEATURES, Array, Segments

COEFFICIENTS_FILE = ARTEFACTS / "words.json"
ASSUMED_ERROR_RATE = 0.02
"""Assumed error rate of the recogniser; keeps every letter's probability above zero."""
OTHER_CASE_RATE = 0.03
"""Assumed share of letters written in the other case than expected."""
DIGIT_WEIGHT = 1.65
"""Weight of a digit beside capitals: the 0 of NIST's forms is narrower than one on a pad."""
STEMLESS = "acemnorsuvwxz"
"""Letters without ascenders and descenders."""
SAME_SHAPE_CASES = "cfkmopsuvwxyz"
"""Letters whose capitals have the same shape."""
CAPITAL_HEIGHT, CAPITAL_HEIGHT_DEVIATION = 1.6, 0.3
"""Mean and standard deviation of a capital's height, in heights of small letters."""
MAX_HEIGHT_LOG_ODDS = 2.0
"""Bound on the log-odds that a letter's height contributes."""
WHOLE_WEIGHT = 0.7
"""Weight of the log-odds that a group is a whole character; below 1 because groups that share
segments are not independent. Chosen on made-up words."""
SPECK_SIZE = 0.25
"""Size, in heights of the word, below which a segment may be no letter but a comma or a speck."""
SKIP_SCORE = -2.0
"""Score of a skipped speck, on the scale of the letters' log-odds."""
MIN_SHAPE_LOG_ODDS = -8.0
"""Log-odds from its shape alone below which a group is not considered a character."""
CAPITAL_INDICES = [CHARACTERS.index(letter) for letter in string.ascii_uppercase]
CASELESS = "0123456789abcdefghijklmnopqrstuvwxyz"
"""All characters with upper and lower case merged."""

Key = tuple[int, ...]
"""A group, as :meth:`Segments.key` returns it."""
Case = tuple[bool, bool]
"""Whether a word's first letter is a capital, and whether its others are."""


@cache
def coefficients() -> dict[str, Any]:
    """Return the coefficients and the intercept of each fitted regression, by its name."""
    fitted: dict[str, Any] = json.loads(COEFFICIENTS_FILE.read_text(encoding="utf-8"))
    return fitted


def log_odds(features: Array, name: str) -> Array:
    """Return log-odds, shape (n,), by a fitted logistic regression on features of shape (n, k)."""
    fitted = coefficients()[name]
    odds: Array = features @ np.array(fitted["coefficients"]) + fitted["intercept"]
    return odds


def with_products(features: Array) -> Array:
    """Append the products of all pairs of features: from shape (n, k) to (n, k + k(k+1)/2)."""
    first, second = np.triu_indices(features.shape[1])
    return np.column_stack([features, features[:, first] * features[:, second]])


def character_features(shapes: Array, probabilities: Array) -> Array:
    """Return the features that tell a whole character from a part of one, or from several.

    Parameters
    ----------
    shapes : ndarray of float64, shape (n, 7)
        As :meth:`hwr.words.segments.Segments.shape_features` returns them.
    probabilities : ndarray of float64, shape (n, 62)

    Returns
    -------
    ndarray of float64, shape (n, 54)
        Shapes, log-probability of the best character, entropy, and the products of all pairs.
    """
    merged = probabilities @ case_weights(CASELESS, other=1.0)
    best = merged.max(axis=1)
    entropy = -(merged * np.log(merged + 1e-9)).sum(axis=1)
    return with_products(np.column_stack([shapes, np.log(best + 1e-6) / 5, entropy]))


@cache
def case_weights(letters: str, capitals: bool = False, other: float = OTHER_CASE_RATE) -> Array:
    """Return how much each of the 62 characters counts as each letter: shape (62, letters).

    Parameters
    ----------
    letters : str
    capitals : bool
        Whether small letters stand for their capitals, as in a word written in capitals.
    other : float
        Weight of the other case, if ``letters`` holds only one of the two.
    """

    def weight(character: str, letter: str) -> float:
        expected = letter.upper() if capitals else letter
        if character == expected:
            return DIGIT_WEIGHT if letter.isdigit() and not letters.islower() else 1.0
        same = character.lower() == letter.lower()
        return other if same and (capitals or character not in letters) else 0.0

    return np.array([[weight(character, letter) for letter in letters] for character in CHARACTERS])


def fold(probabilities: Array, letters: str, capitals: bool = False) -> Array:
    """Convert probabilities of the 62 characters, shape (n, 62), to scores of letters.

    A row sums to about 1 where the ink fits the letters, and to less where it fits others.
    """
    return np.asarray(probabilities @ case_weights(letters, capitals) + 1e-6, np.float64)


class RecognitionCache:
    """The recogniser's answers for groups of segments, each asked for only once.

    Parameters
    ----------
    recognizer : Recognizer
    """

    def __init__(self, recognizer: Recognizer) -> None:
        self._recognizer = recognizer
        self._known: dict[Key, NDArray[np.float32]] = {}

    def read(self, segments: Segments, keys: Sequence[Key]) -> Array:
        """Return the probabilities of the 62 characters for each group, shape (n, 62)."""
        new = [key for key in dict.fromkeys(keys) if key not in self._known]
        if new:  # all in one batch, which is faster than one by one
            images = np.stack([_image(segments, key) for key in new])
            found = self._recognizer.probabilities(images, "uniform")
            found = found @ spreading_matrix(self._recognizer.alphabet)
            self._known.update(zip(new, found, strict=True))
        return np.array([self._known[key] for key in keys], np.float64).reshape(-1, 62)


def _image(segments: Segments, key: Key) -> NDArray[np.uint8]:
    deadline.check()
    return segments.image(key)


def candidate_spans(segments: Segments) -> tuple[list[tuple[int, int]], Array]:
    """Return the groups shaped like one character, and their shapes; single segments always are."""
    spans = segments.spans()
    shapes = np.array([segments.shape_features(*span) for span in spans])
    shapes = shapes.reshape(-1, SHAPE_FEATURES)
    possible = log_odds(with_products(shapes), "shape") > MIN_SHAPE_LOG_ODDS
    kept = [i for i, (start, end) in enumerate(spans) if possible[i] or end == start + 1]
    return [spans[i] for i in kept], shapes[kept]


class CharacterHypotheses:
    """The groups of a word that may be characters, read.

    Parameters
    ----------
    segments : Segments
        One word.
    letters : str
        Which letters a group may be, as :attr:`LanguageModel.letters` names them.
    cache : RecognitionCache

    Attributes
    ----------
    spans : list of (int, int)
        Start and end of each group, end excluded.
    characters : ndarray of float64, shape (groups, 62)
        Probabilities.
    whole : ndarray of float64, shape (groups,)
        Log-odds that a group is one whole character.
    specks : ndarray of bool, shape (segments,)
        Which segments are so small that they may be no letter.
    """

    def __init__(self, segments: Segments, letters: str, cache: RecognitionCache) -> None:
        self.letters, self.segments = letters, segments
        size = np.maximum(segments.right - segments.left, segments.bottom - segments.top)
        self.specks = size < SPECK_SIZE * segments.height
        self.spans, shapes = candidate_spans(segments)
        self._row_of = {span: row for row, span in enumerate(self.spans)}
        self.characters = cache.read(segments, [segments.key(*span) for span in self.spans])
        self.whole = log_odds(character_features(shapes, self.characters), "whole")
        self._scores = {case: fold(self.characters, letters, case) for case in (False, True)}

    def capital_share(self) -> float:
        """Return the share of capitals among the groups that look like whole characters."""
        weights = 1 / (1 + np.exp(-self.whole))
        shares = self.characters[:, CAPITAL_INDICES].sum(axis=1)
        return float((weights * shares).sum() / max(weights.sum(), 1e-9))

    def log_odds_whole(self, span: tuple[int, int]) -> float:
        """Return the log-odds that one group is a whole character."""
        return float(self.whole[self._row_of[span]])

    def letter_log_probabilities(self, path: LatticePath) -> list[float]:
        """Return the log-probability of each letter of a reading, upper and lower case merged."""
        merged = case_weights(CASELESS, other=1.0)
        logs = []
        for group, letter in zip(path.groups, path.text, strict=True):
            row = self.characters[self._row_of[group.start, group.end]]
            logs.append(float(np.log(row @ merged[:, CASELESS.index(letter.lower())] + 1e-4)))
        return logs

    def top_characters(self, span: tuple[int, int], top: int = 3) -> tuple[tuple[str, float], ...]:
        """Return the most probable characters of one group with their probabilities."""
        row = self.characters[self._row_of[span]]
        return tuple((CHARACTERS[i], float(row[i])) for i in np.argsort(-row)[:top])

    def groups(self, case: Case = (False, False), letter_bonus: float = 0.0) -> list[Group]:
        """Return the groups, scored for :func:`hwr.words.lattice.beam_search`.

        Parameters
        ----------
        case : (bool, bool)
            Whether the first letter, and whether the others, are expected to be capitals.
        letter_bonus : float
            Added to every letter's score, so that the language model does not favour short words.
        """
        first, others = (self._log_likelihoods(capitals) for capitals in case)
        groups = []
        for row, (start, end) in enumerate(self.spans):
            letters = (others if start else first)[row]
            # Log-odds, because every group outside the chosen path counts as no character.
            scores = letters + WHOLE_WEIGHT * self.whole[row] + letter_bonus
            order = np.argsort(-scores)
            ranked = tuple((self.letters[i], float(scores[i])) for i in order)
            if end == start + 1 and self.specks[start]:
                ranked = (("", SKIP_SCORE), *ranked)
            groups.append(Group(start, end, ranked))
        return groups

    def _log_likelihoods(self, capitals: bool) -> Array:
        """Return log P(ink | letter) up to a constant; letter frequencies are the language's."""
        scores = self._scores[capitals]
        probable = scores / scores.sum(axis=1, keepdims=True)
        rate = ASSUMED_ERROR_RATE
        return np.asarray(np.log((1 - rate) * probable * len(self.letters) + rate))

    def case_log_odds(self, path: LatticePath, searched: Case, written: Case) -> float:
        """Return how much better the ink fits one case of a word than the search assumed.

        The search compares letters within one case (``searched``). Cases are compared by how
        probable the letters are as they would be ``written``.
        """
        total = 0.0
        for place, (group, letter) in enumerate(zip(path.groups, path.text, strict=True)):
            row, index = self._row_of[group.start, group.end], self.letters.index(letter)
            among = self._scores[searched[place > 0]][row]
            own = self._scores[written[place > 0]][row, index]
            total += math.log(own * among.sum() / among[index])
        return total

    def height_log_odds(self, path: LatticePath) -> float:
        """Return the log-odds, from its height, that a word's first letter is a capital.

        The other letters without ascenders and descenders tell where the baseline is and how high
        small letters are. The answer is 0 if there are none, or if the first letter's two cases
        differ in shape.
        """
        boxes = [self.segments.box(group.start, group.end) for group in path.groups]
        others = zip(boxes[1:], path.text[1:], strict=True)
        stemless = [box for box, letter in others if letter in STEMLESS]
        if not stemless or path.text[0] not in SAME_SHAPE_CASES:
            return 0.0
        baseline = float(np.median([box[3] for box in stemless]))
        x_height = float(np.median([box[3] - box[1] for box in stemless])) or 1.0
        rise = min(max((baseline - boxes[0][1]) / x_height, -1e6), 1e6)  # its square is finite
        difference = (rise - 1.0) ** 2 - (rise - CAPITAL_HEIGHT) ** 2
        odds = difference / (2 * CAPITAL_HEIGHT_DEVIATION**2)
        return float(np.clip(odds, -MAX_HEIGHT_LOG_ODDS, MAX_HEIGHT_LOG_ODDS))
