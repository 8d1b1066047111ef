"""Fit two classifiers: whole letter or part of one, and correct or wrong reading.

    python -m benchmarks.words.fit

Both are fitted on words of made-up writers only, without any drawing by a person, and written to
``hwr/artefacts/words.json``. That file was made with two threads: the solver stops elsewhere with
``OMP_NUM_THREADS=1``, because sums are rounded differently.
"""

import json

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from benchmarks.words.writers import APART, CLOSE, CODE, Draw, Hand, made_up, texts
from hwr._support.atomic_write import write_text
from hwr.datasets.synthetic import compose_word
from hwr.ink import Ink
from hwr.recognizer import Recognizer
from hwr.words import hypotheses
from hwr.words.decoding import confidence_features, decode
from hwr.words.hypotheses import RecognitionCache
from hwr.words.language_model import ProseModel, UniformModel
from hwr.words.segments import Segments

FITTED_ON = ((APART, False, 500), (CLOSE, False, 500), (APART, True, 300), (CLOSE, True, 200))
"""Gaps between letters, whether the words are codes, and the number of words."""
SPOILED = 10
"""Every tenth word is spoiled: turned into ink that is no word."""
SEED = 1


def main() -> None:
    """Fit both classifiers and write them."""
    hands, recognizer = made_up(range(500, 800)), Recognizer.load()
    shapes, characters, whole = [], [], []
    for kind, (gap, code, n) in enumerate(FITTED_ON):
        rng = np.random.default_rng([SEED, kind])
        for text in texts(n, SEED + kind, code):
            hand = hands[rng.integers(len(hands))]
            drawn = [hand.draw(character) for character in text]
            ink = compose_word(text, in_turn(drawn), hand.height, rng, gap)
            segments = Segments.from_ink(ink)
            spans = segments.spans()
            names = [segments.key(*span) for span in spans]
            shapes += [segments.shape_features(*span) for span in spans]
            characters.append(RecognitionCache(recognizer).read(segments, names))
            whole += [is_letter(name, drawn) for name in names]
    measures = np.array(shapes)
    fitted = {
        "command": "python -m benchmarks.words.fit",
        "data": f"{len(whole):,} groups in {sum(n for *_, n in FITTED_ON):,} words of made-up "
        "writers, and as many words again for the confidence",
        "shape": regression(hypotheses.with_products(measures), whole),
        "whole": regression(
            hypotheses.character_features(measures, np.concatenate(characters)), whole
        ),
        "confidence": {"coefficients": [1.0, 0, 0, 0, 0, 0], "intercept": 0.0},
    }
    keep(fitted)
    fitted["confidence"] = fit_confidence(made_up(range(800, 900)), recognizer)
    keep(fitted)


def regression(terms: NDArray[np.float64], right: list[bool]) -> dict[str, object]:
    """Fit a logistic regression; return what is needed to apply it, and its accuracy."""
    model = LogisticRegression(max_iter=5000).fit(terms, right)
    return {
        "coefficients": [round(float(value), 5) for value in model.coef_[0]],
        "intercept": round(float(model.intercept_[0]), 5),
        "told right": round(float(model.score(terms, right)), 4),
    }


def fit_confidence(hands: list[Hand], recognizer: Recognizer) -> dict[str, object]:
    """Fit the probability that a reading is correct, on words and on spoiled ones."""
    rng = np.random.default_rng(SEED)
    languages = {False: ProseModel("en"), True: UniformModel(CODE)}
    terms, right = [], []
    for kind, (gap, code, n) in enumerate(FITTED_ON):
        for number, text in enumerate(texts(n, SEED + 10 + kind, code)):
            hand = hands[rng.integers(len(hands))]
            ink = compose_word(text, hand.draw, hand.height, rng, gap)
            if number % SPOILED == 0:
                ink = spoiled(ink, rng)
            segments = Segments.from_ink(ink)
            scored = hypotheses.CharacterHypotheses(
                segments, languages[code].letters, RecognitionCache(recognizer)
            )
            found = decode(scored, languages[code])
            if not found or not found[0].path.groups:
                continue
            terms.append(confidence_features(found, scored))
            right.append(found[0].text == text and number % SPOILED != 0)
    return regression(np.array(terms), right)


def spoiled(ink: Ink, rng: np.random.Generator) -> Ink:
    """Return ink that is no word: rotated, mirrored, scribbled over, struck out, or doodles."""
    low, high = ink.bounds()
    strokes = [np.array(stroke) for stroke in ink.strokes]
    kind = rng.integers(7)
    if kind < 3:
        across, down = [(-1, -1), (-1, 1), (1, -1)][kind]
        return Ink([stroke * [across, down] for stroke in strokes], ink.pen)
    if kind == 3:
        return Ink([*strokes, *(rng.uniform(low, high, (60, 2)) for _ in range(3))], ink.pen)
    if kind == 4:
        middle = (low[1] + high[1]) / 2
        return Ink([*strokes, np.array([[low[0], middle], [high[0], middle]])], ink.pen)
    if kind == 5:  # a zigzag
        along = np.linspace(0, rng.uniform(2, 12), 200)
        return Ink([np.stack([along, np.sin(along * rng.uniform(3, 30))], axis=1)])
    doodles, right = [], 0.0
    for _ in range(rng.integers(1, 8)):
        for _ in range(rng.integers(1, 4)):
            walk = np.cumsum(rng.normal(0, 0.15, (rng.integers(4, 12), 2)), axis=0)
            doodles.append(walk + np.array([right, 0.0]))
        right += rng.uniform(0.8, 1.4)
    return Ink(doodles)


def keep(fitted: dict[str, object]) -> None:
    """Write the fit and let ``hwr.words`` read it again."""
    write_text(hypotheses.COEFFICIENTS_FILE, json.dumps(fitted, indent=1) + "\n")
    hypotheses.coefficients.cache_clear()


def in_turn(drawn: list[Ink]) -> Draw:
    """Return a function that returns the drawings one by one, whatever character is asked for."""
    remaining = iter(drawn)
    return lambda _: next(remaining)


def is_letter(name: tuple[int, ...], drawn: list[Ink]) -> bool:
    """Return whether a group of strokes is one whole letter."""
    owners = np.repeat(np.arange(len(drawn)), [len(letter.strokes) for letter in drawn])
    inside = owners[list(name)]
    return len(set(inside)) == 1 and len(inside) == int((owners == inside[0]).sum())


if __name__ == "__main__":
    main()
