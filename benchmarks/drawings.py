"""Measure how far the recogniser's probabilities can be trusted on people's drawings.

    python -m benchmarks.drawings [--pens FOLDER] [--ink FILE...]

FOLDER, by default ``$HWR_PENS``, holds UNIPEN (see ``hwr.datasets.unipen``). A FILE holds drawings
(see ``hwr.datasets.drawings``).

Fits the entry ``drawings`` of a card (see ``hwr._support.look_alikes``) on UNIPEN without the
providers ``ced`` and ``uqb``, and prints it, with figures before and after on drawings that it was
not fitted on. Every character counts as much as every other, as on a pad. Takes a minute.
"""

import argparse
import json
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar

from hwr._support.look_alikes import LookAlikes
from hwr.alphabets import CHARACTERS, MERGED_LETTERS
from hwr.datasets import unipen
from hwr.datasets.drawings import load_drawings
from hwr.ink import Ink, convert
from hwr.recognizer import Recognizer

Answers = tuple[NDArray[np.float32], NDArray[np.int64]]
"""The network's probabilities for a uniform prior, and the labels."""
HELD_OUT = ("ced", "uqb")
"""Providers of UNIPEN to measure on."""
LEAST_FACTOR = 0.05
"""Above 0, so that the network's own order decides between equals."""
DRAWINGS_EACH = 2
"""Most drawings of a character by one writer."""
GROUPS = ["0Oo", "1Il", *(c + c.lower() for c in MERGED_LETTERS if c not in "OIL")]
"""Classes that look alike: the cases that ByMerge merges, and the digits that are such a letter."""


def first_drawings(folder: Path) -> Iterator[tuple[str, str, Ink]]:
    """Yield provider, label and drawing, the writers' first drawings of each character."""
    seen: dict[tuple[str, str], int] = {}
    for sample in unipen.load(folder):
        count = seen[sample.writer, sample.label] = seen.get((sample.writer, sample.label), 0) + 1
        if sample.label in CHARACTERS and count <= DRAWINGS_EACH:
            yield sample.provider, sample.label, sample.ink


def answers(recognizer: Recognizer, drawn: list[tuple[str, Ink]]) -> Answers:
    """Return what the network says of labelled drawings, calibrated for scans."""
    images = np.stack([convert(ink) for _, ink in drawn])
    labels = np.array([CHARACTERS.index(label) for label, _ in drawn])
    return recognizer.probabilities(images, "uniform"), labels


# --- fitting ------------------------------------------------------------------------------------


def weights(labels: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return a weight for each drawing; each character's weights have the same sum."""
    each = 1 / np.bincount(labels, minlength=len(CHARACTERS))[labels]
    return np.asarray(each / each.sum())


def cross_entropy(found: Answers) -> float:
    """Return the mean loss, every character counting the same."""
    probabilities, labels = found
    of_labels = probabilities[np.arange(len(labels)), labels]
    return -float((weights(labels) * np.log(np.maximum(of_labels, 1e-12))).sum())


def calibrated(found: Answers, fitted: dict[str, object]) -> Answers:
    """Return answers with the probabilities that a pad shows."""
    return LookAlikes(fitted, CHARACTERS).calibrate(found[0]), found[1]


def fit(found: Answers) -> dict[str, object]:
    """Return the factor within each group, then the temperature, of the least cross-entropy."""
    factors: dict[str, float] = {}
    for group in GROUPS:
        chosen = np.isin(found[1], [CHARACTERS.index(character) for character in group])
        some = found[0][chosen], found[1][chosen]
        factors[group] = _least(
            lambda x, group=group, some=some: _loss(some, 1.0, {group: x}), LEAST_FACTOR, 1.0
        )
    return {
        "temperature": _least(lambda x: _loss(found, x, factors), 0.5, 3.0),
        "look_alikes": factors,
    }


def _loss(found: Answers, temperature: float, factors: dict[str, float]) -> float:
    fitted = {"temperature": temperature, "look_alikes": factors}
    return cross_entropy(calibrated(found, fitted))


def _least(loss: Callable[[float], float], low: float, high: float) -> float:
    """Return the argument of the least loss between two bounds."""
    return round(float(minimize_scalar(loss, bounds=(low, high), method="bounded").x), 2)


# --- measuring ----------------------------------------------------------------------------------


def figures(found: Answers, threshold: float) -> str:
    """Return how often answers are right, and what their probabilities are worth."""
    probabilities, labels = found
    weight, confidence = weights(labels), probabilities.max(axis=1)
    right = probabilities.argmax(axis=1) == labels
    bins = np.minimum((15 * confidence).astype(int), 14)
    error = np.abs(np.bincount(bins, weight * (confidence - right))).sum()
    sure = confidence >= threshold
    return (
        f"right {weight @ right:.1%}, mean confidence {weight @ confidence:.1%}, calibration "
        f"error {error:.1%}, cross-entropy {cross_entropy(found):.3f}; sure of "
        f"{weight @ sure:.1%}, right of these {(weight * sure) @ right / (weight @ sure):.1%}"
    )


def within(found: Answers, group: str) -> str:
    """Return the accuracy and the mean confidence among the look-alikes of a group."""
    places = [CHARACTERS.index(character) for character in group]
    chosen = np.isin(found[1], places)
    shares = found[0][chosen][:, places]
    shares = shares / shares.sum(axis=1, keepdims=True)
    labels = np.array([places.index(label) for label in found[1][chosen]])
    weight = 1 / np.bincount(labels)[labels]
    right = np.average(shares.argmax(axis=1) == labels, weights=weight)
    return f"{right:.0%}, {np.average(shares.max(axis=1), weights=weight):.0%}"


def report(name: str, found: Answers, fitted: dict[str, object], threshold: float) -> None:
    """Print the figures of a set of drawings before and after."""
    after = calibrated(found, fitted)
    print(f"\n{name}: {len(found[1]):,} drawings")
    print(f"  as for scans: {figures(found, threshold)}")
    print(f"  for drawings: {figures(after, threshold)}")
    print("  among look-alikes, right and mean confidence, as for scans, then for drawings:")
    for group in GROUPS:
        print(f"    {' '.join(group):6} {within(found, group):>9}    {within(after, group):>9}")


def main() -> None:
    """Fit, measure and print."""
    options = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    options.add_argument("--pens", type=Path, metavar="FOLDER", default=unipen.named_pens())
    options.add_argument("--ink", type=Path, nargs="*", default=[], metavar="FILE", help="drawings")
    chosen = options.parse_args()
    if chosen.pens is None:
        options.error("say where UNIPEN is: --pens FOLDER, or the variable HWR_PENS")
    recognizer = Recognizer.load()
    pens = list(first_drawings(chosen.pens))
    fitted_on = answers(recognizer, [(label, ink) for p, label, ink in pens if p not in HELD_OUT])
    held_out = answers(recognizer, [(label, ink) for p, label, ink in pens if p in HELD_OUT])
    fitted = fit(fitted_on)
    print(f"fitted on {len(fitted_on[1]):,} drawings:\n{json.dumps({'drawings': fitted})}")
    report(f"UNIPEN, providers {', '.join(HELD_OUT)}", held_out, fitted, recognizer.threshold)
    for file in chosen.ink:
        drawn = [(drawing.label, drawing.ink) for drawing in load_drawings(file)]
        report(file.stem, answers(recognizer, drawn), fitted, recognizer.threshold)


if __name__ == "__main__":
    main()
