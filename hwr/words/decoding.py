"""The readings of a word in their cases, and how far the best one can be trusted.

The search (:mod:`hwr.words.lattice`) compares letters within one case. Whether a word is written in
small letters, with an initial capital or in capitals is decided here: by how probable its letters
are in each case, by the height of the first one, and by how frequent each case is.
"""

import math
from dataclasses import dataclass

import numpy as np

from hwr.words.hypotheses import Case, CharacterHypotheses, log_odds
from hwr.words.language_model import LanguageModel
from hwr.words.lattice import LatticePath, beam_search, posteriors
from hwr.words.segments import Array

LOWER_CASE, TITLE_CASE, UPPER_CASE = (False, False), (True, False), (True, True)
CASE_RATES = {LOWER_CASE: 0.87, TITLE_CASE: 0.1, UPPER_CASE: 0.03}
"""Relative frequencies of words in each case."""
MIN_CAPITAL_SHARE = 0.4
"""Share of capitals among a word's letters above which it may be written in capitals."""
LETTER_BONUS = 0.7
"""Score added per letter of prose, which makes up for the language model's cost per letter."""


@dataclass(frozen=True, eq=False)
class WordReading:
    """One reading of a word.

    Attributes
    ----------
    text : str
        With its capitals.
    path : LatticePath
        How the ink was cut; its text is in small letters if the language model ignores case.
    score : float
        Log-score of ink, language and case.
    """

    text: str
    path: LatticePath
    score: float


def decode(hypotheses: CharacterHypotheses, language: LanguageModel) -> list[WordReading]:
    """Return the readings of a word, best first, each text once."""
    if not language.ignores_case:
        paths = beam_search(hypotheses.groups(), len(hypotheses.segments), language)
        return [WordReading(path.text, path, path.score) for path in paths]
    readings = _search(LOWER_CASE, (LOWER_CASE, TITLE_CASE), hypotheses, language)
    if hypotheses.capital_share() >= MIN_CAPITAL_SHARE:
        readings += _search(UPPER_CASE, (UPPER_CASE,), hypotheses, language)
    best: dict[str, WordReading] = {}
    for reading in sorted(readings, key=lambda reading: -reading.score):
        best.setdefault(reading.text, reading)
    return list(best.values())


def _search(
    searched: Case,
    cases: tuple[Case, ...],
    hypotheses: CharacterHypotheses,
    language: LanguageModel,
) -> list[WordReading]:
    """Return the readings found with letters of one case, each written in all of ``cases``."""
    readings = []
    groups = hypotheses.groups(searched, LETTER_BONUS)
    for path in beam_search(groups, len(hypotheses.segments), language):
        height = hypotheses.height_log_odds(path)
        for case in cases:
            fit = hypotheses.case_log_odds(path, searched, case)
            score = path.score + fit + math.log(CASE_RATES[case])
            if case != UPPER_CASE:
                score += height / 2 if case == TITLE_CASE else -height / 2
            readings.append(WordReading(_in_case(path.text, case), path, score))
    return readings


def _in_case(text: str, case: Case) -> str:
    first, others = (str.upper if capitals else str.lower for capitals in case)
    return first(text[:1]) + others(text[1:])


def confidence_features(readings: list[WordReading], hypotheses: CharacterHypotheses) -> Array:
    """Return the features that tell a right reading from a wrong one, or from a scribble.

    Returns
    -------
    ndarray of float64, shape (6,)
        Log-odds of the best reading among all; mean and minimum of the log-odds that its groups
        are whole characters; mean and minimum of its letters' log-probabilities; and the language
        model's score per letter, relative to that of random letters.
    """
    share = posteriors([reading.score for reading in readings])[0]
    best = readings[0].path
    odds = math.log(share + 1e-4) - math.log(1 - share + 1e-4)
    whole = [hypotheses.log_odds_whole((group.start, group.end)) for group in best.groups]
    letters = hypotheses.letter_log_probabilities(best)
    language = (best.score - best.ink) / len(whole) + math.log(len(hypotheses.letters))
    return np.array([odds, np.mean(whole), min(whole), np.mean(letters), min(letters), language])


def probability_correct(features: Array) -> float:
    """Convert :func:`confidence_features` to the probability that the best reading is right."""
    return float(1 / (1 + np.exp(-log_odds(features[None], "confidence")[0])))


def share_out(probability: float, scores: list[float]) -> list[float]:
    """Return the probability of each reading, given that of the best one.

    The others keep their odds among each other, and none exceeds the best. So the sum may be less
    than 1: what is doubted is then not the choice, but that any of the readings is right.

    Parameters
    ----------
    probability : float
        That of the best reading, from :func:`probability_correct`.
    scores : list of float
        The readings' log-scores, best first.
    """
    first, *others = posteriors(scores)
    scale = min((1 - probability) / max(1 - first, 1e-9), probability / first)
    return [probability, *(share * scale for share in others)]
