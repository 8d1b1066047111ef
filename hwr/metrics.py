"""What a recogniser gets wrong, and whether it knows.

Accuracy is one number; these functions look behind it. All but :func:`measure` take true labels and
predicted probabilities as arrays, so they work for any classifier. If the two do not match, they
raise a ValueError that says how.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar

from hwr._support.answers import counts_of, labels_of, outputs_of
from hwr._support.arguments import require_dataset
from hwr.alphabets import Alphabet, get_alphabet
from hwr.dataset import Dataset
from hwr.recognizer import Prior, Recognizer

Labels = NDArray[np.int64]
"""True classes or answers: ndarray of int, shape (n,), each in 0..classes - 1."""
Probabilities = NDArray[np.float32]
"""A classifier's answers: ndarray of float, shape (n, classes), each row summing to 1."""


def measure(
    recognizer: Recognizer,
    dataset: Dataset,
    alphabet: str | int | Alphabet | None = None,
    prior: Prior = "natural",
) -> dict[str, Any]:
    """Read every image of a dataset and return the figures that the course uses.

    Parameters
    ----------
    recognizer : Recognizer
    dataset : Dataset
        Images whose character is not in the alphabet are left out.
    alphabet : str, int or Alphabet, optional
        Which characters are possible; by default all that the recogniser knows.
    prior : {'natural', 'uniform'}
        As for :meth:`hwr.recognizer.Recognizer.probabilities`.

    Returns
    -------
    dict
        ``n``, the number of images, and the figures of :func:`summarize`.
    """
    require_dataset("images", dataset, Dataset)
    chosen = recognizer.alphabet if alphabet is None else get_alphabet(alphabet)
    images = dataset.in_alphabet(chosen)
    probabilities = recognizer.probabilities(images.images, prior, chosen)
    return {"n": len(images)} | summarize(images.labels, probabilities)


def summarize(labels: Labels, probabilities: Probabilities) -> dict[str, float]:
    """Return the figures that describe a classifier's answers.

    Parameters
    ----------
    labels : ndarray of int64, shape (n,)
    probabilities : ndarray, shape (n, classes)

    Returns
    -------
    dict
        ``top1`` and ``top3`` accuracy; ``recall``, its mean over the classes; ``ece``, the expected
        calibration error; ``accuracy_at_90_coverage``, the accuracy on the 90 % of images with the
        highest confidence. All in 0..1.
    """
    labels, probabilities = _checked(labels, probabilities)
    answers = probabilities.argmax(axis=1)
    coverage, risk, _ = risk_coverage(labels, probabilities)
    last_answered = int((coverage <= 0.9).sum()) - 1
    matrix = confusion_matrix(labels, answers, probabilities.shape[1])
    values = {
        "top1": float((answers == labels).mean()),
        "top3": top_k_accuracy(labels, probabilities, 3),
        "recall": mean_recall(matrix),
        "ece": reliability(labels, probabilities).expected_calibration_error,
        "accuracy_at_90_coverage": 1 - float(risk[max(last_answered, 0)]),
    }
    return {name: round(value, 5) for name, value in values.items()}


# --- which characters are confused -------------------------------------------------------------


def _checked(labels: Labels, outputs: Any, what: str = "probabilities") -> tuple[Labels, Any]:
    """Return labels and outputs as arrays; raise a ValueError unless they match."""
    outputs = outputs_of(what, outputs)
    return labels_of("labels", labels, *outputs.shape), outputs


def confusion_matrix(labels: Labels, predicted: Labels, classes: int) -> NDArray[np.int64]:
    """Return the number of images of each class that were read as each class.

    Parameters
    ----------
    labels, predicted : ndarray of int, shape (n,)

    Returns
    -------
    ndarray of int64, shape (classes, classes)
        Row: the true class; column: the answer.
    """
    labels = labels_of("labels", labels, None, classes)
    predicted = labels_of("answers", predicted, len(labels), classes)
    return np.bincount(labels * classes + predicted, minlength=classes**2).reshape(classes, -1)


def top_k_accuracy(labels: Labels, probabilities: Probabilities, k: int) -> float:
    """Return the share of images whose true class is among the ``k`` most probable ones."""
    labels, probabilities = _checked(labels, probabilities)
    best = np.argsort(-probabilities, axis=1, kind="stable")[:, :k]
    return float((best == labels[:, None]).any(axis=1).mean())


def mean_recall(matrix: NDArray[np.int64]) -> float:
    """Return the mean over the classes of the share of their images that was read right.

    Unlike accuracy, it weighs a rare class as much as a frequent one. Classes without images are
    left out.
    """
    matrix = counts_of("confusion matrix", matrix, len(matrix))
    attempts = matrix.sum(axis=1)
    seen = attempts > 0
    return float((matrix.diagonal()[seen] / attempts[seen]).mean())


@dataclass(frozen=True)
class ClassResult:
    """One row of the table per character.

    Attributes
    ----------
    character : str
    attempts, right : int
        The number of its images, and of those read right.
    mistaken_for : tuple of (str, int)
        The most frequent wrong answers with their counts.
    """

    character: str
    attempts: int
    right: int
    mistaken_for: tuple[tuple[str, int], ...]

    @property
    def accuracy(self) -> float:
        """The share read right; 0 without attempts."""
        return self.right / self.attempts if self.attempts else 0.0


def per_class(
    matrix: NDArray[np.int64], classes: tuple[str, ...], worst: int = 3
) -> list[ClassResult]:
    """Return a confusion matrix as one row per character, in the order of the classes.

    Parameters
    ----------
    matrix : ndarray of int64, shape (classes, classes)
    classes : tuple of str
    worst : int
        How many of a class's most frequent wrong answers to list.
    """
    table = []
    for label, row in enumerate(counts_of("confusion matrix", matrix, len(classes))):
        wrong = row.copy()
        wrong[label] = 0
        frequent = np.argsort(-wrong, kind="stable")[:worst]
        mistaken = tuple((classes[i], int(wrong[i])) for i in frequent if wrong[i])
        table.append(ClassResult(classes[label], int(row.sum()), int(row[label]), mistaken))
    return table


# --- calibration -------------------------------------------------------------------------------


@dataclass(frozen=True)
class Reliability:
    """Confidence against accuracy, in bins of equal width.

    Attributes
    ----------
    confidence, accuracy : ndarray of float, shape (bins,)
        Means over the images of each bin; NaN in an empty one.
    count : ndarray of int, shape (bins,)
    """

    confidence: NDArray[np.float64]
    accuracy: NDArray[np.float64]
    count: NDArray[np.int64]

    @property
    def expected_calibration_error(self) -> float:
        """The mean distance of confidence from accuracy, weighted by the images in each bin.

        Source: Guo et al. 2017, "On calibration of modern neural networks", arXiv:1706.04599.
        """
        filled = self.count > 0
        gaps = np.abs(self.confidence - self.accuracy)[filled]
        return float((gaps * self.count[filled]).sum() / self.count.sum())


def reliability(labels: Labels, probabilities: Probabilities, bins: int = 15) -> Reliability:
    """Return how confident the answers were and how many of them were right, in bins.

    Parameters
    ----------
    labels : ndarray of int, shape (n,)
    probabilities : ndarray, shape (n, classes)
    bins : int
        The number of equal parts of 0..1; an answer belongs to the one that its confidence, its
        highest probability, falls into.
    """
    labels, probabilities = _checked(labels, probabilities)
    confidence = probabilities.max(axis=1).astype(np.float64)
    right = probabilities.argmax(axis=1) == labels
    place = np.clip(np.ceil(confidence * bins).astype(int) - 1, 0, bins - 1)
    count = np.bincount(place, minlength=bins)
    with np.errstate(invalid="ignore"):
        return Reliability(
            np.bincount(place, weights=confidence, minlength=bins) / count,
            np.bincount(place, weights=right, minlength=bins) / count,
            count,
        )


def fit_temperature(
    labels: Labels, logits: NDArray[Any], log_prior: NDArray[Any] | float = 0.0
) -> float:
    """Return the temperature that calibrates probabilities (Guo et al. 2017).

    Parameters
    ----------
    labels : ndarray of int, shape (n,)
        Of images that were not trained on.
    logits : ndarray, shape (n, classes)
    log_prior : ndarray, shape (classes,), optional
        Added to the logits after the division, to change the prior.

    Returns
    -------
    float
        Dividing the logits by it gives the smallest mean negative log-likelihood. Above 1, the
        network was overconfident; below 1, underconfident.
    """
    labels, logits = _checked(labels, logits, "logits")
    rows = np.arange(len(labels))

    def loss(log_temperature: float) -> float:
        scaled = logits.astype(np.float64) / np.exp(log_temperature) + log_prior
        scaled -= scaled.max(axis=1, keepdims=True)
        log_sum = np.log(np.exp(scaled).sum(axis=1))
        return float((log_sum - scaled[rows, labels]).mean())

    return float(np.exp(minimize_scalar(loss, bounds=(-3, 3), method="bounded").x))


# --- declining to answer -----------------------------------------------------------------------


def risk_coverage(
    labels: Labels, probabilities: Probabilities
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float32]]:
    """Return the share of wrong answers if only the most confident ones are given.

    Returns
    -------
    coverage : ndarray of float, shape (n,)
        Share of the images that are answered, 1/n to 1.
    risk : ndarray of float, shape (n,)
        Share of wrong answers among these.
    confidence : ndarray of float32, shape (n,)
        The threshold that leads to each coverage, descending.
    """
    labels, probabilities = _checked(labels, probabilities)
    confidence = probabilities.max(axis=1)
    order = np.argsort(-confidence, kind="stable")
    wrong = (probabilities.argmax(axis=1) != labels)[order]
    answered = np.arange(1, len(labels) + 1)
    return answered / len(labels), np.cumsum(wrong) / answered, confidence[order]


def threshold_for_risk(labels: Labels, probabilities: Probabilities, risk: float) -> float:
    """Return the lowest threshold of confidence at which at most this share of answers is wrong.

    Returns
    -------
    float
        Answers with at least this confidence are given; 1 if even the most confident answers are
        wrong more often.
    """
    _, risks, confidence = risk_coverage(labels, probabilities)
    # Answers of equal confidence are given together or not at all.
    last = np.append(confidence[1:] < confidence[:-1], True)
    allowed = np.flatnonzero(last & (risks <= risk))
    return float(confidence[allowed[-1]]) if len(allowed) else 1.0
