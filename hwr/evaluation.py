"""How well a recogniser reads a dataset, in the figures that the course uses."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from hwr import data, errors, scribe
from hwr.alphabets import BYCLASS, CHARACTERS, Alphabet, find
from hwr.data import Dataset
from hwr.ink import Ink, convert
from hwr.recognizer import Prior, Recognizer


def measure(
    recognizer: Recognizer,
    dataset: Dataset,
    alphabet: str | int | Alphabet = "62",
    prior: Prior = "natural",
) -> dict[str, Any]:
    """Read every image of a dataset and compare with its labels.

    Parameters
    ----------
    dataset : Dataset
        Images whose character lies outside the alphabet are left out.
    alphabet : str, int or Alphabet
        Which characters are possible.
    prior : {'natural', 'uniform'}
        As for :meth:`hwr.recognizer.Recognizer.probabilities`.

    Returns
    -------
    dict
        ``n`` images; ``top1``, ``top3`` accuracy; ``recall``, its mean over the classes; ``ece``,
        the expected calibration error; ``accuracy_at_90_coverage``, the accuracy on the 90 % of
        images it is surest of. All in 0..1.
    """
    chosen = find(alphabet)
    seen = dataset.in_alphabet(chosen)
    probabilities = chosen.fold(recognizer.probabilities(seen.images, prior))
    labels, answers = seen.labels, probabilities.argmax(axis=1)
    coverage, risk, _ = errors.risk_coverage(labels, probabilities)
    surest = int((coverage <= 0.9).sum()) - 1
    figures = {
        "top1": float((answers == labels).mean()),
        "top3": errors.top_k_accuracy(labels, probabilities, 3),
        "recall": errors.mean_recall(errors.confusion(labels, answers, len(chosen))),
        "ece": errors.reliability(labels, probabilities).expected_calibration_error,
        "accuracy_at_90_coverage": 1 - float(risk[max(surest, 0)]),
    }
    return {"n": len(seen)} | {name: round(value, 5) for name, value in figures.items()}


MADE_UP = 6200
"""Images of made-up handwriting that are measured on: 100 of each character."""
MADE_UP_SEED = 2
"""Other than the seed of what the recogniser was trained on."""


def dataset(on: str, files: Sequence[Path] = ()) -> Dataset:
    """Give a set to measure on, by the name that ``python -m hwr evaluate --on`` takes.

    Parameters
    ----------
    on : {'course', 'bymerge', 'mnist', 'made-up', 'ink'}
        The course test, an official test set, made-up handwriting, or drawings.
    files : sequence of Path
        For ``'ink'``: files of drawings, as :func:`read_drawings` takes them.
    """
    if on == "course":
        return data.course().test
    if on == "made-up":
        images, labels = scribe.dataset(MADE_UP, MADE_UP_SEED)
        return Dataset("made-up", images, labels, BYCLASS, "made-up handwriting")
    if on == "ink":
        if not files:
            raise ValueError("There is nothing to read: give one or more files after --on ink.")
        drawings = [drawing for file in files for drawing in read_drawings(file)]
        images = np.stack([convert(ink) for _, ink in drawings])
        labels = np.array([CHARACTERS.index(label) for label, _ in drawings], np.int64)
        return Dataset("drawings", images, labels, BYCLASS, "pen strokes")
    return data.load(on)


def read_drawings(file: Path) -> list[tuple[str, Ink]]:
    """Read labelled drawings from JSON lines.

    Parameters
    ----------
    file : Path
        Each line an object with ``label``, one of the 62 characters, and ``strokes``, a list of
        strokes, each a list of (x, y) points, y down.

    Raises
    ------
    ValueError
        If the file is missing or empty or a line is no labelled drawing; it names the line.
    """
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        raise ValueError(f"{file.name} cannot be read: give a file of JSON lines.") from None
    drawings = []
    for number, line in enumerate(lines, 1):
        try:
            row = json.loads(line)
            CHARACTERS.index(row["label"])
            drawings.append((row["label"], Ink(row["strokes"])))
        except (ValueError, KeyError, TypeError):
            raise ValueError(
                f"Line {number} of {file.name} is no labelled drawing: "
                'it must look like {"label": "a", "strokes": [[[x, y], ...], ...]}.'
            ) from None
    if not drawings:
        raise ValueError(f"{file.name} holds no drawings: save some from the pad first.")
    return drawings
