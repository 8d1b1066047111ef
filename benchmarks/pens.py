"""Measure how a recogniser reads people's pens, and whether it knows what it cannot read.

    python -m benchmarks.pens [--pens FOLDER] [--model CARD] [--ink FILE...] [--json]

FOLDER, by default ``$HWR_PENS``, holds UNIPEN (see ``hwr.datasets.unipen``), of which the providers
``ced`` and ``uqb`` are measured on: nobody trains on them. A FILE holds drawings (see
``hwr.datasets.drawings``). Every writer counts as much as every other. Takes half a minute.
"""

import argparse
import json
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from hwr.alphabets import BYCLASS, CHARACTERS, DIGITS, LETTERS, MARKS, Alphabet, get_alphabet
from hwr.datasets import doodles, unipen
from hwr.datasets.drawings import load_drawings
from hwr.ink import Ink, convert
from hwr.metrics import reliability
from hwr.recognizer import Recognizer

MOST_OF_ONE_WRITER = 5
"""Most drawings of a character by one writer."""
DOODLES = 2_000
DOODLE_SEED = 20_261_128
"""Not that of the doodles which the recogniser was trained on."""
TASKS = {
    "digits, 10 classes": ("0123456789", "10"),
    "capitals, 26 classes": (CHARACTERS[10:36], "26"),
    "small letters, 26 classes": (CHARACTERS[36:], "26"),
    "all, 47 classes": (CHARACTERS, "47"),
    "all, 62 classes": (CHARACTERS, "62"),
    "marks, 32 classes": (MARKS, "marks"),
    "all and marks, 94 classes": (CHARACTERS + MARKS, "all"),
}
"""What was drawn, and the alphabet that is asked for."""
LOOK_ALIKES = ("0Oo", "1Il", "5S", "2Z", "Cc", "Ss", "Ww")
LOOK_LIKE_DIGITS = "OoIlSsZzBbqgG"
"""Letters that many people write like a digit."""


class Drawn(NamedTuple):
    """Converted drawings.

    Attributes
    ----------
    images : ndarray of uint8, shape (n, 28, 28)
    labels : ndarray of str, shape (n,)
    writers : ndarray of str, shape (n,)
    """

    images: NDArray[np.uint8]
    labels: NDArray[np.str_]
    writers: NDArray[np.str_]

    def of(self, characters: str) -> "Drawn":
        """Return the drawings of some characters."""
        chosen = np.isin(self.labels, list(characters))
        return Drawn(self.images[chosen], self.labels[chosen], self.writers[chosen])

    def weights(self) -> NDArray[np.float64]:
        """Return a weight for each drawing: every writer's have the same sum, all sum to 1."""
        _, place = np.unique(self.writers, return_inverse=True)
        each = 1 / np.bincount(place)[place]
        return np.asarray(each / each.sum())


def draw(samples: Sequence[tuple[str, str, Ink]]) -> Drawn:
    """Convert drawings, each with its label and writer."""
    seen: dict[tuple[str, str], int] = {}
    kept = []
    for label, writer, ink in samples:
        seen[label, writer] = seen.get((label, writer), 0) + 1
        if seen[label, writer] <= MOST_OF_ONE_WRITER:
            kept.append((label, writer, ink))
    labels, writers, inks = zip(*kept, strict=True)
    return Drawn(np.stack([convert(ink) for ink in inks]), np.array(labels), np.array(writers))


def to_validate(folder: Path) -> Drawn:
    """Return UNIPEN's drawings by the two providers that nobody trains on."""
    samples = unipen.load(folder)
    return draw([(each.label, each.writer, each.ink) for each in samples if each.validates])


def accuracy(recognizer: Recognizer, drawn: Drawn, alphabet: Alphabet) -> dict[str, float]:
    """Return how often the best answer, and one of the best three, is right; and the ECE."""
    probabilities = recognizer.probabilities(drawn.images, "uniform", alphabet)
    labels = np.array([alphabet.index(label) for label in drawn.labels])
    hits = np.argsort(-probabilities, axis=1)[:, :3] == labels[:, None]
    weights = drawn.weights()
    return {
        "n": len(labels),
        "writers": len(np.unique(drawn.writers)),
        "top1": float(weights @ hits[:, 0]),
        "top3": float(weights @ hits.any(axis=1)),
        "ece": reliability(labels, probabilities).expected_calibration_error,
    }


def within(recognizer: Recognizer, drawn: Drawn, group: str) -> dict[str, float]:
    """Return accuracy and mean confidence among look-alikes, if only these are possible."""
    alphabet, drawn = get_alphabet(group), drawn.of(group)
    probabilities = recognizer.probabilities(drawn.images, "uniform", alphabet)
    labels = np.array([alphabet.index(label) for label in drawn.labels])
    weights = 1 / np.bincount(labels)[labels]  # every character counts as much
    right = np.average(probabilities.argmax(axis=1) == labels, weights=weights)
    confidence = np.average(probabilities.max(axis=1), weights=weights)
    return {"n": len(labels), "right": float(right), "confidence": float(confidence)}


def surely(recognizer: Recognizer, images: NDArray[np.uint8], alphabet: Alphabet) -> float:
    """Return the share of images that are called a sure character of an alphabet."""
    logits = recognizer.logits(images)
    best = recognizer.from_logits(logits, "uniform", alphabet).max(axis=1)
    outside = recognizer.outside(logits, alphabet).sum(axis=1)
    return float((best * (1 - outside) >= recognizer.threshold).mean())


def report(recognizer: Recognizer, people: Drawn, name: str) -> dict[str, object]:
    """Return the figures of a set of drawings."""
    figures: dict[str, object] = {}
    for task, (characters, wanted) in TASKS.items():
        alphabet, drawn = get_alphabet(wanted), people.of(characters)
        if len(drawn.labels) and not recognizer.outputs.obstacle(alphabet):
            figures[f"{name}: {task}"] = accuracy(recognizer, drawn, alphabet)
    for group in LOOK_ALIKES:
        if set(group) <= set(people.labels.tolist()):
            figures[f"{name}: among {' '.join(group)}"] = within(recognizer, people, group)
    rng = np.random.default_rng(DOODLE_SEED)
    kinds = list(doodles.KINDS)
    scrawled = np.stack([convert(doodles.draw(kinds[i % len(kinds)], rng)) for i in range(DOODLES)])
    letters = people.of(CHARACTERS[10:])
    unlike = ~np.isin(letters.labels, list(LOOK_LIKE_DIGITS))
    tried = {
        "digits": (people.of("0123456789").images, DIGITS),
        "letters": (letters.images, DIGITS),
        "letters unlike any digit": (letters.images[unlike], DIGITS),
        "doodles": (scrawled, DIGITS),
        "doodles as letters": (scrawled, LETTERS),
        "letters as letters": (letters.images, LETTERS),
        "marks as letters": (people.of(MARKS).images, LETTERS),
        "marks among 62 characters": (people.of(MARKS).images, BYCLASS),
        "characters among 62": (people.of(CHARACTERS).images, BYCLASS),
    }
    for task, (images, alphabet) in tried.items():
        if len(images):
            figures[f"{name}: {task}, called sure"] = surely(recognizer, images, alphabet)
    return figures


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    options.add_argument("--pens", type=Path, metavar="FOLDER", default=unipen.named_pens())
    options.add_argument("--model", type=Path, metavar="CARD", help="by default the course's own")
    options.add_argument("--ink", type=Path, nargs="*", default=[], metavar="FILE", help="drawings")
    options.add_argument("--json", action="store_true")
    chosen = options.parse_args()
    if chosen.pens is None and not chosen.ink:
        options.error("say where UNIPEN is: --pens FOLDER, or the variable HWR_PENS")
    recognizer = Recognizer.load(chosen.model)
    sets = {"UNIPEN": to_validate(chosen.pens)} if chosen.pens else {}
    for file in chosen.ink:
        drawings = load_drawings(file)
        sets[file.stem] = draw([(each.label, each.writer, each.ink) for each in drawings])
    figures: dict[str, object] = {}
    for name, people in sets.items():
        figures |= report(recognizer, people, name)
    if chosen.json:
        print(json.dumps(figures))
        return
    for task, found in figures.items():
        values = found if isinstance(found, dict) else {"share": found}
        print(
            f"{task:58}",
            "  ".join(
                f"{key} {value:,}" if isinstance(value, int) else f"{key} {value:.2%}"
                for key, value in values.items()
            ),
        )


if __name__ == "__main__":
    main()
