"""What a recogniser gets wrong, and whether it knows.

Accuracy is one number; these functions look behind it. Everything takes true labels and predicted
probabilities as arrays, so it serves any classifier. Where labels and predictions do not fit each
other, a ValueError says how.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar

Labels = NDArray[np.int64]
"""True classes or answers: ndarray of int, shape (n,), each from 0 to classes - 1."""
Probabilities = NDArray[np.float32]
"""What a classifier answers: ndarray of float, shape (n, classes), each row summing to 1."""


def _require_labels(labels: Labels, n: int, classes: int) -> None:
    """Refuse what NumPy would take without a word, and turn into wrong figures."""
    if labels.shape != (n,) or not n:
        raise ValueError(
            f"There are labels of shape {labels.shape} for {n} answers: give one label for each "
            "image, and at least one image."
        )
    low, high = int(labels.min()), int(labels.max())
    if low < 0 or high >= classes:
        raise ValueError(
            f"The labels go from {low} to {high}, the classes from 0 to {classes - 1}: "
            "give labels that hwr.dataset counts, from 0 in every split."
        )


def confusion(labels: Labels, predicted: Labels, classes: int) -> NDArray[np.int64]:
    """Count how often each class was taken for each.

    Parameters
    ----------
    labels, predicted : ndarray of int, shape (n,)

    Returns
    -------
    ndarray of int64, shape (classes, classes)
        Row: the true class; column: the answer.
    """
    for given in (labels, predicted):
        _require_labels(given, len(labels), classes)
    # Labels may come as bytes, in which the product has no room.
    pairs = np.bincount(labels.astype(np.int64) * classes + predicted, minlength=classes**2)
    return pairs.reshape(classes, classes)


def top_k_accuracy(labels: Labels, probabilities: Probabilities, k: int) -> float:
    """Give the share of images whose true class is among the ``k`` most probable."""
    _require_labels(labels, *probabilities.shape)
    best = np.argsort(-probabilities, axis=1, kind="stable")[:, :k]
    return float((best == labels[:, None]).any(axis=1).mean())


def mean_recall(matrix: NDArray[np.int64]) -> float:
    """Give the mean over classes of the share of each that was read right.

    Unlike accuracy it counts a rare class as much as a frequent one. Classes without images are
    left out.
    """
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
        How many images it had, and how many of them were read right.
    mistaken_for : tuple of (str, int)
        The most frequent wrong answers with their counts.
    """

    character: str
    attempts: int
    right: int
    mistaken_for: tuple[tuple[str, int], ...]

    @property
    def accuracy(self) -> float:
        """The share read right; 0 where there were no attempts."""
        return self.right / self.attempts if self.attempts else 0.0


def per_class(
    matrix: NDArray[np.int64], classes: tuple[str, ...], worst: int = 3
) -> list[ClassResult]:
    """Give the table per character of a confusion matrix, in the order of the classes."""
    table = []
    for label, row in enumerate(matrix):
        wrong = row.copy()
        wrong[label] = 0
        often = np.argsort(-wrong, kind="stable")[:worst]
        mistaken = tuple((classes[i], int(wrong[i])) for i in often if wrong[i])
        table.append(ClassResult(classes[label], int(row.sum()), int(row[label]), mistaken))
    return table


def worst_pairs(
    matrix: NDArray[np.int64], classes: tuple[str, ...], top: int = 10
) -> list[tuple[str, str, int]]:
    """Give the pairs of classes confused most, in both directions together.

    Returns
    -------
    list of (class, class, count)
        Most confused first; pairs never confused are left out.
    """
    both = np.triu(matrix + matrix.T, k=1)
    order = np.argsort(-both, axis=None, kind="stable")[:top]
    rows, columns = np.unravel_index(order, both.shape)
    pairs = zip(rows.tolist(), columns.tolist(), strict=True)
    return [(classes[r], classes[c], int(both[r, c])) for r, c in pairs if both[r, c]]


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
        """The mean distance of confidence from accuracy, weighted by the bins' images.

        Source: Guo et al. 2017, "On calibration of modern neural networks", arXiv:1706.04599.
        """
        filled = self.count > 0
        gaps = np.abs(self.confidence - self.accuracy)[filled]
        return float((gaps * self.count[filled]).sum() / self.count.sum())


def reliability(labels: Labels, probabilities: Probabilities, bins: int = 15) -> Reliability:
    """Compare how sure the answers were with how often they were right.

    Parameters
    ----------
    labels : ndarray of int, shape (n,)
    probabilities : ndarray, shape (n, classes)
    bins : int
        Equal parts of 0..1; an answer's confidence, its highest probability, chooses one.
    """
    _require_labels(labels, *probabilities.shape)
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
    """Find the temperature that makes probabilities fit what happens.

    Parameters
    ----------
    labels : ndarray of int, shape (n,)
        Of images that were not trained on.
    logits : ndarray, shape (n, classes)
    log_prior : ndarray, shape (classes,), optional
        Added to the logits after the division, as a change of the prior is.

    Returns
    -------
    float
        Dividing logits by it gives the smallest mean negative log-likelihood. Above 1, the
        network was too sure of itself; below 1, not sure enough.
    """
    _require_labels(labels, *logits.shape)
    rows = np.arange(len(labels))

    def loss(log_temperature: float) -> float:
        scaled = logits.astype(np.float64) / np.exp(log_temperature) + log_prior
        scaled -= scaled.max(axis=1, keepdims=True)
        log_sum = np.log(np.exp(scaled).sum(axis=1))
        return float((log_sum - scaled[rows, labels]).mean())

    return float(np.exp(minimize_scalar(loss, bounds=(-3, 3), method="bounded").x))


def risk_coverage(
    labels: Labels, probabilities: Probabilities
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float32]]:
    """Answer only the surest images, and count how many of the answers are wrong.

    Returns
    -------
    coverage : ndarray of float, shape (n,)
        Share of the images answered, 1/n to 1.
    risk : ndarray of float, shape (n,)
        Share of wrong answers among them.
    confidence : ndarray of float32, shape (n,)
        The threshold that gives each coverage, falling.
    """
    _require_labels(labels, *probabilities.shape)
    confidence = probabilities.max(axis=1)
    order = np.argsort(-confidence, kind="stable")
    wrong = (probabilities.argmax(axis=1) != labels)[order]
    answered = np.arange(1, len(labels) + 1)
    return answered / len(labels), np.cumsum(wrong) / answered, confidence[order]


def threshold_for_risk(labels: Labels, probabilities: Probabilities, risk: float) -> float:
    """Find the smallest confidence from which on at most this share of answers is wrong.

    Returns
    -------
    float
        A threshold that answers with at least this confidence keep; 1 if there is none, because
        even the surest answers are wrong more often.
    """
    _, risks, confidence = risk_coverage(labels, probabilities)
    # A threshold keeps all answers of one confidence or none: only the last of them is a choice.
    last = np.append(confidence[1:] < confidence[:-1], True)
    allowed = np.flatnonzero(last & (risks <= risk))
    return float(confidence[allowed[-1]]) if len(allowed) else 1.0
