"""How well a recogniser reads a dataset, in the figures that the course uses."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from hwr import dataset, metrics
from hwr.alphabets import BYCLASS, CHARACTERS, Alphabet, find
from hwr.dataset import Dataset
from hwr.datasets import synthetic
from hwr.datasets.drawings import load_drawings
from hwr.ink import convert
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
    return {"n": len(seen)} | figures(seen.labels, probabilities)


def figures(labels: metrics.Labels, probabilities: metrics.Probabilities) -> dict[str, float]:
    """Give the figures that :func:`measure` gives, but for ``n``, for any classifier's answers.

    Parameters
    ----------
    labels : ndarray of int64, shape (n,)
    probabilities : ndarray, shape (n, classes)
    """
    answers = probabilities.argmax(axis=1)
    coverage, risk, _ = metrics.risk_coverage(labels, probabilities)
    surest = int((coverage <= 0.9).sum()) - 1
    values = {
        "top1": float((answers == labels).mean()),
        "top3": metrics.top_k_accuracy(labels, probabilities, 3),
        "recall": metrics.mean_recall(metrics.confusion(labels, answers, probabilities.shape[1])),
        "ece": metrics.reliability(labels, probabilities).expected_calibration_error,
        "accuracy_at_90_coverage": 1 - float(risk[max(surest, 0)]),
    }
    return {name: round(value, 5) for name, value in values.items()}


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
        For ``'ink'``: files of drawings, as :func:`hwr.datasets.drawings.load_drawings` reads them.
    """
    if on == "course":
        return dataset.course().test
    if on == "made-up":
        images, labels = synthetic.dataset(MADE_UP, MADE_UP_SEED)
        return Dataset("made-up", images, labels, BYCLASS, "made-up handwriting")
    if on == "ink":
        if not files:
            raise ValueError("There is nothing to read: give one or more files after --on ink.")
        drawn = [drawing for file in files for drawing in load_drawings(file)]
        if not drawn:
            raise ValueError("These files hold no drawings: save some from the pad first.")
        images = np.stack([convert(drawing.ink) for drawing in drawn])
        labels = np.array([CHARACTERS.index(drawing.label) for drawing in drawn], np.int64)
        return Dataset("drawings", images, labels, BYCLASS, "pen strokes")
    return dataset.load(on)
