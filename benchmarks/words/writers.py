"""The writers and texts of the measurements: words, codes and lines, each in one hand."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import wordfreq

from hwr.datasets.drawings import load_drawings
from hwr.datasets.synthetic import Writer, compose_word
from hwr.ink import Ink
from hwr.words.language_model import LOWERCASE

CODE = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
VOCABULARY = [
    word for word in wordfreq.top_n_list("en", 20_000) if re.fullmatch("[a-z]{3,9}", word)
]
APART, CLOSE, BETWEEN_WORDS = (0.15, 0.3), (-0.10, 0.15), (0.6, 1.0)
"""Smallest and largest gap between letters and between words, as shares of a capital's height."""
SEED = 5

Draw = Callable[[str], Ink]


@dataclass(frozen=True)
class Hand:
    """One writer."""

    draw: Draw  # returns the ink of a character
    height: float  # of capitals, in the units of the ink
    characters: str  # all that can be drawn


def people(files: list[Path]) -> list[Hand]:
    """Return the writers of the drawings in some files."""
    drawn: dict[str, dict[str, Ink]] = {}
    for file in files:
        for drawing in load_drawings(file):
            drawn.setdefault(drawing.writer, {})[drawing.label] = drawing.ink
    hands = []
    for inks in drawn.values():
        heights = [np.ptp([y for s in inks[c].strokes for _, y in s]) for c in "bdhkl" if c in inks]
        hands.append(Hand(inks.__getitem__, float(np.median(heights)), "".join(inks)))
    return hands


def made_up(seeds: range) -> list[Hand]:
    """Return made-up writers."""
    hands = []
    for seed in seeds:
        writer, rng = Writer(seed), np.random.default_rng([seed, 1])
        hands.append(Hand(partial(writer.draw, seed=rng), 1.75, LOWERCASE + CODE))
    return hands


def texts(n: int, seed: int, code: bool = False) -> list[str]:
    """Return random words, or codes of six digits and capitals."""
    rng = np.random.default_rng(seed)
    if code:
        return ["".join(rng.choice(list(CODE), 6)) for _ in range(n)]
    return [VOCABULARY[i] for i in rng.integers(len(VOCABULARY), size=n)]


def written(
    hands: list[Hand], chosen: list[str], gap: tuple[float, float]
) -> Iterator[tuple[str, Ink]]:
    """Yield each text and its ink, in one hand."""
    rng = np.random.default_rng(SEED)
    for text in chosen:
        able = [hand for hand in hands if set(text) <= set(hand.characters)]
        hand = able[rng.integers(len(able))]
        yield text, compose_word(text, hand.draw, hand.height, rng, gap)


def lines(hands: list[Hand], n: int) -> Iterator[tuple[str, Ink]]:
    """Yield lines of 5 to 8 words and their ink, each in one hand."""
    rng = np.random.default_rng([SEED, 1])
    for _ in range(n):
        chosen = [VOCABULARY[i] for i in rng.integers(len(VOCABULARY), size=rng.integers(5, 9))]
        able = [hand for hand in hands if set("".join(chosen)) <= set(hand.characters)]
        hand = able[rng.integers(len(able))]
        strokes, right = [], 0.0
        for word in chosen:
            ink = compose_word(word, hand.draw, hand.height, rng, APART)
            low, high = ink.bounds()
            strokes += [stroke + np.array([right - low[0], 0]) for stroke in ink.strokes]
            right += high[0] - low[0] + rng.uniform(*BETWEEN_WORDS) * hand.height
        yield " ".join(chosen), Ink(strokes)
