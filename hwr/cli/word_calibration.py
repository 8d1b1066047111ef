"""How far a reader of words trusts the language model and itself, chosen on validation words."""

import itertools
from collections.abc import Sequence
from typing import Any

import numpy as np

from hwr.datasets.joined_words import Piece
from hwr.words.line_image import line_image
from hwr.words.prefix_beam import Decoded
from hwr.words.word_reader import WordReader, posteriors

WEIGHTS, BONUSES = (0.4, 0.6, 0.8, 1.0), (0.6, 1.2, 1.8, 2.4, 3.0)
"""What is tried for the language model's weight and for the bonus of a character."""
TEMPERATURES = np.geomspace(0.5, 8, 17)
RISK = 0.03
"""Largest share of wrong words, on the validation words, among those that count as sure."""

Answers = list[tuple[str, list[Decoded]]]
"""Each word's text, and what was read."""


def choose(weights: bytes, facts: dict[str, Any], known: Sequence[Piece]) -> Answers:
    """Choose how a reader decides, on validation words, and return its answers.

    Weight and bonus of the language model, temperature and threshold are added to the facts.
    """
    facts |= {"weight": WEIGHTS[0], "bonus": BONUSES[0], "temperature": 1.0, "threshold": 1.0}
    plain = WordReader(weights, facts)
    seen = [plain.log_probabilities(line_image(piece.ink)[0]) for piece in known]

    def answers(weight: float, bonus: float, step: int = 1) -> Answers:
        reader = WordReader(weights, facts | {"weight": weight, "bonus": bonus})
        pairs = zip(known[::step], seen[::step], strict=True)
        return [(piece.text, reader.decode(each)) for piece, each in pairs]

    tried = list(itertools.product(WEIGHTS, BONUSES))
    shares = [np.mean(_right(answers(*pair, step=2))) for pair in tried]
    facts["weight"], facts["bonus"] = tried[int(np.argmax(shares))]
    found = answers(facts["weight"], facts["bonus"])
    right = _right(found)
    losses = [_log_loss(_confidences(found, each), right) for each in TEMPERATURES]
    facts["temperature"] = round(float(TEMPERATURES[int(np.argmin(losses))]), 3)
    sure = _confidences(found, facts["temperature"])
    facts["threshold"] = round(threshold_for(sure, right, RISK), 4)
    return found


def figures(answers: Answers, facts: dict[str, Any]) -> dict[str, float]:
    """Return a card's figures; without looking at case, but for ``exact``."""
    if not answers:
        return {"n": 0}
    right = _right(answers)
    sure = _confidences(answers, facts["temperature"]) >= facts["threshold"]
    exact = [bool(found) and found[0].text == text for text, found in answers]
    return {
        "n": len(answers),
        "exact": float(np.mean(exact)),
        "ignoring case": float(right.mean()),
        "nothing": float(np.mean([not found for _, found in answers])),
        "sure": float(sure.mean()),
        "wrong of sure": float((~right[sure]).mean()) if sure.any() else 0.0,
    }


def _right(answers: Answers) -> np.ndarray:
    said = [(text.lower(), found[0].text.lower() if found else "") for text, found in answers]
    return np.array([text == read for text, read in said])


def _confidences(answers: Answers, temperature: float) -> np.ndarray:
    return np.array([posteriors(each, temperature)[0] if each else 0.0 for _, each in answers])


def _log_loss(shares: np.ndarray, right: np.ndarray) -> float:
    shares = shares.clip(1e-3, 1 - 1e-3)
    return -float(np.log(np.where(right, shares, 1 - shares)).mean())


def threshold_for(shares: np.ndarray, right: np.ndarray, risk: float) -> float:
    """Return the lowest probability from which on at most this share is wrong; 1 if none is."""
    order = np.argsort(-shares, kind="stable")
    wrong = np.cumsum(~right[order]) / np.arange(1, len(order) + 1)
    enough = np.flatnonzero(wrong <= risk)
    return float(shares[order[enough[-1]]]) if len(enough) else 1.0
