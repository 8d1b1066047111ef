"""How well words are read: the table of bars.

    python benchmarks/words.py [--ink FILE...] [--words N] [--json]
    python benchmarks/words.py --fit

Words of 3 to 9 letters are drawn at random from English's 20,000 most frequent, and each is set
from one writer's drawings: people's, from files as hwr.drawings reads them, or those of made-up
writers where no file is given. With --fit, what tells a whole letter from a part of one is learned
anew from made-up words, and written to hwr/artefacts/words.json: no drawing by a person takes part.
"""

import argparse
import json
import os
import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import wordfreq
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from hwr import groups, words
from hwr.compose import compose
from hwr.drawings import load_drawings
from hwr.groups import Seen
from hwr.ink import Ink
from hwr.language import SMALL, Language, Prose, Uniform
from hwr.recognizer import Recognizer
from hwr.units import Units
from hwr.writer import Writer

CODE = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
VOCABULARY = [
    word for word in wordfreq.top_n_list("en", 20_000) if re.fullmatch("[a-z]{3,9}", word)
]
APART, CLOSE = (0.15, 0.3), (-0.10, 0.15)
SEED = 5
FITTED_ON = ((APART, False, 600), (CLOSE, False, 600), (APART, True, 400), (CLOSE, True, 200))
"""Gaps, whether codes, and how many words."""
SPOILED = 8
"""One of so many words is spoiled."""
FIT_SEED = 1

Draw = Callable[[str], Ink]


@dataclass(frozen=True)
class Hand:
    """Who writes: how a character is drawn, how high capitals are, and which there are."""

    draw: Draw
    height: float
    characters: str


def people(files: list[Path]) -> list[Hand]:
    """Give the writers of files of drawings."""
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
    """Give made-up writers."""
    hands = []
    for seed in seeds:
        writer, rng = Writer(seed), np.random.default_rng([seed, 1])
        hands.append(Hand(partial(writer.write, rng=rng), 1.75, SMALL + CODE))
    return hands


def texts(n: int, seed: int, code: bool = False) -> list[str]:
    """Choose words, or codes of six digits and capitals."""
    rng = np.random.default_rng(seed)
    if code:
        return ["".join(rng.choice(list(CODE), 6)) for _ in range(n)]
    return [VOCABULARY[i] for i in rng.integers(len(VOCABULARY), size=n)]


def written(hands: list[Hand], chosen: list[str], gap: tuple[float, float]) -> Iterator[Ink]:
    """Give each text in the ink of one hand."""
    rng = np.random.default_rng(SEED)
    for text in chosen:
        able = [hand for hand in hands if set(text) <= set(hand.characters)]
        hand = able[rng.integers(len(able))]
        yield compose(text, hand.draw, hand.height, rng, gap)


def measure(
    hands: list[Hand], chosen: list[str], gap: tuple[float, float], language: Language
) -> dict[str, float]:
    """Give the shares of words read right and of those cut into the right number of letters."""
    right, cut, seconds = [], [], []
    for text, ink in zip(chosen, written(hands, chosen, gap), strict=True):
        began = time.perf_counter()
        word = words.read_word(ink, language)
        seconds.append(time.perf_counter() - began)
        right.append(word.text == text)
        cut.append(len(word.text) == len(text))
    return {
        "n": len(right),
        "right": float(np.mean(right)),
        "number of letters right": float(np.mean(cut)),
        "median ms": 1000 * float(np.median(seconds)),
    }


def fit() -> None:
    """Learn what tells a whole letter from a part of one, and a right reading from a wrong one."""
    hands, recognizer = made_up(range(500, 800)), Recognizer.load()
    shapes, characters, whole = [], [], []
    for kind, (gap, code, n) in enumerate(FITTED_ON):
        rng = np.random.default_rng([FIT_SEED, kind])
        for text in texts(n, FIT_SEED + kind, code):
            hand = hands[rng.integers(len(hands))]
            drawn = [hand.draw(character) for character in text]
            ink = compose(text, in_turn(drawn), hand.height, rng, gap)
            units = Units.of_ink(ink)
            spans = units.groups()
            names = [units.name(*span) for span in spans]
            seen = Seen(recognizer)
            seen.look(units, names)
            shapes += [units.shape(*span) for span in spans]
            characters.append(seen.characters(names))
            whole += [is_letter(name, drawn) for name in names]
    measures = np.array(shapes)
    fitted = {
        "command": "python benchmarks/words.py --fit",
        "data": f"{len(whole):,} groups in {sum(n for *_, n in FITTED_ON):,} words of made-up "
        "writers, and as many words again for the confidence",
        "shape": regression(groups.squared(measures), whole),
        "whole": regression(groups.evidence(measures, np.concatenate(characters)), whole),
        "confidence": {"coefficients": [1.0, 0, 0, 0], "intercept": 0.0},
    }
    keep(fitted)
    fitted["confidence"] = confidence(made_up(range(800, 900)), recognizer)
    keep(fitted)


def regression(terms: NDArray[np.float64], right: list[bool]) -> dict[str, object]:
    """Fit a logistic regression, and give what is needed to apply it."""
    model = LogisticRegression(max_iter=5000).fit(terms, right)
    return {
        "coefficients": [round(float(value), 5) for value in model.coef_[0]],
        "intercept": round(float(model.intercept_[0]), 5),
        "told right": round(float(model.score(terms, right)), 4),
    }


def confidence(hands: list[Hand], recognizer: Recognizer) -> dict[str, object]:
    """Learn how probable it is that what was read is right, from words and from scribbles."""
    rng = np.random.default_rng(FIT_SEED)
    languages = {False: Prose("en"), True: Uniform(CODE)}
    terms, right = [], []
    for kind, (gap, code, n) in enumerate(FITTED_ON):
        for number, text in enumerate(texts(n, FIT_SEED + 10 + kind, code)):
            hand = hands[rng.integers(len(hands))]
            ink = compose(text, hand.draw, hand.height, rng, gap)
            if number % SPOILED == 0:
                ink = spoiled(ink, rng)
            units = Units.of_ink(ink)
            scored = groups.Scored(units, languages[code].letters, Seen(recognizer))
            readings = words.readings(units, scored, languages[code])
            terms.append(words.confidence(readings, scored))
            right.append(readings[0].text == text and number % SPOILED != 0)
    return regression(np.array(terms), right)


def spoiled(ink: Ink, rng: np.random.Generator) -> Ink:
    """Make writing that is none: upside down and mirrored, or scribbled over."""
    if rng.random() < 0.5:
        return Ink([stroke[:, ::-1] * [1, -1] for stroke in ink.strokes], ink.pen)
    low, high = ink.bounds()
    over = [rng.uniform(low, high, (60, 2)) for _ in range(3)]
    return Ink([*ink.strokes, *over], ink.pen)


def keep(fitted: dict[str, object]) -> None:
    """Write the fit beside and rename it."""
    beside = groups.FIT.with_name("unfinished-" + groups.FIT.name)
    beside.write_text(json.dumps(fitted, indent=1) + "\n", encoding="utf-8")
    os.replace(beside, groups.FIT)
    groups.known.cache_clear()


def in_turn(drawn: list[Ink]) -> Draw:
    """Give drawings one after another, whatever character is asked for."""
    remaining = iter(drawn)
    return lambda _: next(remaining)


def is_letter(name: tuple[int, ...], drawn: list[Ink]) -> bool:
    """Whether a group of strokes holds all of one letter, and none of another."""
    owners = np.repeat(np.arange(len(drawn)), [len(letter.strokes) for letter in drawn])
    inside = owners[list(name)]
    return len(set(inside)) == 1 and len(inside) == int((owners == inside[0]).sum())


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    options.add_argument("--ink", type=Path, nargs="*", default=[], metavar="FILE")
    options.add_argument("--words", type=int, default=2000)
    options.add_argument("--fit", action="store_true")
    options.add_argument("--json", action="store_true")
    chosen = options.parse_args()
    if chosen.fit:
        fit()
        return
    hands = people(chosen.ink) or made_up(range(900, 920))
    english, plain = Prose("en"), Uniform(SMALL)
    prose, codes = texts(chosen.words, SEED), texts(chosen.words, SEED, code=True)
    table = {
        "letters apart": measure(hands, prose, APART, english),
        "letters apart, no language model": measure(hands, prose, APART, plain),
        "letters close or touching": measure(hands, prose, CLOSE, english),
    }
    if any(set(CODE) <= set(hand.characters) for hand in hands):
        table["codes"] = measure(hands, codes, APART, Uniform(CODE))
    if chosen.json:
        print(json.dumps(table))
        return
    for name, row in table.items():
        print(
            f"{name:34} {row['right']:6.1%} right, {row['number of letters right']:6.1%} with the "
            f"right number of letters, {row['median ms']:.0f} ms (n = {row['n']:.0f})"
        )


if __name__ == "__main__":
    main()
