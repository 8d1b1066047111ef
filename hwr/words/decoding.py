"""The ways to read a word: its text, the case it is written in, and how far it can be trusted.

The search (:mod:`hwr.words.lattice`) compares letters of one case with each other. Whether a word is
written small, with a capital, or in capitals is settled here: by how probable its letters are as
either, by how high the first one rises, and by how often words are written so.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hwr.words.hypotheses import Case, CharacterHypotheses, log_odds
from hwr.words.language_model import LanguageModel
from hwr.words.lattice import LatticePath, beam_search, posteriors
from hwr.words.segments import Segments

SMALL, TITLE, CAPITALS = (False, False), (True, False), (True, True)
"""How a word may be written: whether its first letter, and whether the others are capitals."""
OFTEN = {SMALL: 0.87, TITLE: 0.1, CAPITALS: 0.03}
"""How often words are written so."""
POSSIBLE = 0.4
"""The share of capitals among a word's letters from which on it may be written in capitals."""
LONGER = 0.7
"""Each letter of a word adds so much to its score in prose, where each has its price."""

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class WordReading:
    """One way to read a word.

    Attributes
    ----------
    text : str
        With its capitals.
    path : Path
        How the ink was cut; its text is in small letters where the language settles case.
    score : float
    """

    text: str
    path: LatticePath
    score: float


def decode(
    units: Segments, scored: CharacterHypotheses, language: LanguageModel
) -> list[WordReading]:
    """Return the readings of a word, best first, each text once."""
    if not language.settles_case:
        paths = beam_search(scored.groups(), len(units), language)
        return [WordReading(path.text, path, path.score) for path in paths]
    found = _written(SMALL, (SMALL, TITLE), units, scored, language)
    if scored.capitals() >= POSSIBLE:
        found += _written(CAPITALS, (CAPITALS,), units, scored, language)
    best: dict[str, WordReading] = {}
    for reading in sorted(found, key=lambda reading: -reading.score):
        best.setdefault(reading.text, reading)
    return list(best.values())


def _written(
    searched: Case,
    cases: tuple[Case, ...],
    units: Segments,
    scored: CharacterHypotheses,
    language: LanguageModel,
) -> list[WordReading]:
    """Search letters of one case, and give each word as it may be written."""
    found = []
    for path in beam_search(scored.groups(searched, LONGER), len(units), language):
        rise = scored.rises(path)
        for case in cases:
            score = path.score + scored.fits(path, searched, case) + math.log(OFTEN[case])
            if case != CAPITALS:
                score += rise / 2 if case == TITLE else -rise / 2
            found.append(WordReading(_in_case(path.text, case), path, score))
    return found


def _in_case(text: str, case: Case) -> str:
    first, others = (str.upper if high else str.lower for high in case)
    return first(text[:1]) + others(text[1:])


def confidence_features(found: list[WordReading], scored: CharacterHypotheses) -> Array:
    """Return what tells a right reading from a wrong one, or from ink that is no writing: shape (6,).

    The log-odds of the best reading among all; the mean and the least log-odds of its groups to be
    whole characters; the mean and the least logarithm of its letters' probabilities; and the
    language's score for each letter, against that of letters at random.
    """
    share = posteriors([reading.score for reading in found])[0]
    best = found[0].path
    odds = math.log(share + 1e-4) - math.log(1 - share + 1e-4)
    wholes = [scored.whole_of((group.start, group.end)) for group in best.groups]
    seen = scored.seen_as(best)
    spoken = (best.score - best.ink) / len(wholes) + math.log(len(scored.letters))
    return np.array([odds, np.mean(wholes), min(wholes), np.mean(seen), min(seen), spoken])


def probability_correct(terms: Array) -> float:
    """Turn what :func:`confidence` gives into the probability that a reading is right."""
    return float(1 / (1 + np.exp(-log_odds(terms[None], "confidence")[0])))
