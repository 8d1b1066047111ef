"""The exercises of lesson 05: error analysis."""

import numpy as np
from numpy.typing import NDArray

from hwr.check._exercise import function
from hwr.check._question import Question
from hwr.recognizer import softmax

_MATRIX = np.array([[8, 1, 1], [3, 5, 0], [0, 2, 10]])


@function(
    cases=[(_MATRIX,), (_MATRIX[::-1, ::-1].copy(),)],
    mistakes={
        "You divide by the sums of the rows, the true characters: that is the recall. Of the "
        "images that were READ as a character, how many show it? They are in a column.": (
            lambda matrix: matrix.diagonal() / matrix.sum(axis=1)
        ),
        "You divide by all images: a precision is a share of the images that got this answer.": (
            lambda matrix: matrix.diagonal() / matrix.sum()
        ),
        "These are counts: divide by the number of images that got this answer.": (
            lambda matrix: matrix.diagonal()
        ),
        "That is the accuracy, one number for all: return one number for each character.": (
            lambda matrix: matrix.trace() / matrix.sum()
        ),
        "You divide by the mistakes alone: the right answers belong to the column too.": (
            lambda matrix: matrix.diagonal() / (matrix.sum(axis=0) - matrix.diagonal())
        ),
    },
    hints=[
        "Row: the true character. Column: the answer. Which of the two is given here?",
        "matrix.sum(axis=0) adds up each column.",
        "matrix.diagonal() / matrix.sum(axis=0)",
    ],
    right="Recall tells what was missed, precision what can be trusted.",
)
def precision(matrix: np.ndarray) -> np.ndarray:
    """Return the precision of each class from a confusion matrix (row: true, column: read)."""
    shares = matrix.diagonal().astype(float)
    shares /= matrix.sum(axis=0)
    return shares


_LOGITS = np.array([[4.0, 1.0, 0.0], [0.5, 2.0, 1.0]])


@function(
    cases=[(_LOGITS, 2.0), (_LOGITS, 0.5), (_LOGITS, 1.0)],
    mistakes={
        "Softmax is applied twice: the result of the first softmax is no longer logits.": (
            lambda logits, temperature: softmax(softmax(logits / temperature))
        ),
        "You multiply: a temperature of 2 should halve the logits and make the answer less "
        "confident.": lambda logits, temperature: softmax(logits * temperature),
        "You divide the probabilities, so they no longer sum to 1: divide the logits.": (
            lambda logits, temperature: softmax(logits) / temperature
        ),
        "The temperature is not used: divide the logits by it before the softmax.": (
            lambda logits, temperature: softmax(logits)
        ),
        "These are logits: softmax is missing.": lambda logits, temperature: logits / temperature,
        "Softmax is taken over the columns: each row, one image, has to sum to 1.": (
            lambda logits, temperature: softmax((logits / temperature).T).T
        ),
    },
    hints=[
        "Which comes first, the division or the softmax?",
        "Divide the logits by the temperature, then apply softmax once.",
        "powers = np.exp(logits / temperature); divide them by the sum of each row.",
    ],
    right="The order of the candidates stays the same; only the confidence changes.",
)
def with_temperature(logits: np.ndarray, temperature: float) -> np.ndarray:
    """Return the probabilities, (n, classes), of logits at a temperature."""
    powers = np.exp(logits / temperature)
    powers /= powers.sum(axis=1, keepdims=True)
    return powers


_SURE = (
    np.array([[0.9, 0.1], [0.6, 0.4], [0.2, 0.8], [0.45, 0.55], [0.7, 0.3]]),
    np.array([0, 1, 1, 0, 1]),
)
_EVEN = (np.array([[0.5, 0.5], [0.6, 0.4], [0.3, 0.7], [0.8, 0.2]]), np.array([1, 1, 1, 0]))


def _answered(
    probabilities: NDArray[np.float64], labels: NDArray[np.int64], threshold: float
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    return probabilities.max(axis=1) >= threshold, probabilities.argmax(axis=1) != labels


@function(
    cases=[(*_SURE, 0.6), (*_SURE, 0.75), (*_EVEN, 0.6)],
    mistakes={
        "You count the risk among all images: only those that were answered can be answered "
        "wrong.": lambda p, y, t: (
            (c := _answered(p, y, t))[0].mean(), (c[0] & c[1]).mean()
        ),
        "Risk counts what goes wrong: you count the right answers.": lambda p, y, t: (
            (c := _answered(p, y, t))[0].mean(), (~c[1][c[0]]).mean()
        ),
        "An answer that just reaches the threshold is given: use >=, not >.": lambda p, y, t: (
            (p.max(axis=1) > t).mean(), (p.argmax(axis=1) != y)[p.max(axis=1) > t].mean()
        ),
        "You use the probability of the LABEL. In practice nobody knows the label: compare the "
        "threshold with the most probable class.": lambda p, y, t: (
            (known := p[np.arange(len(y)), y] >= t).mean(), (p.argmax(axis=1) != y)[known].mean()
        ),
        "The two are swapped: return the coverage first, then the risk.": lambda p, y, t: (
            (c := _answered(p, y, t))[1][c[0]].mean(), c[0].mean()
        ),
        "These are numbers of images: return shares.": lambda p, y, t: (
            (c := _answered(p, y, t))[0].sum(), c[1][c[0]].sum()
        ),
    },
    hints=[
        "answered = probabilities.max(axis=1) >= threshold",
        "The coverage is answered.mean(). The risk considers only the answered images.",
        "wrong = probabilities.argmax(axis=1) != labels; the risk is wrong[answered].mean().",
    ],
    right="A threshold trades coverage for a lower risk.",
)  # fmt: skip
def coverage_and_risk(
    probabilities: np.ndarray, labels: np.ndarray, threshold: float
) -> tuple[float, float]:
    """Return the share of images answered, and the share of these answered wrong."""
    answered = probabilities.max(axis=1) >= threshold
    wrong = probabilities.argmax(axis=1) != labels
    return answered.mean(), wrong[answered].mean()


_GROUPS = [[0, 2], [1], [3, 4]]
_FIVE = np.array([[0.3, 0.4, 0.2, 0.06, 0.04], [0.1, 0.1, 0.1, 0.3, 0.4]])


@function(
    cases=[(_FIVE, _GROUPS), (_FIVE[:1], [[0, 1, 2], [3, 4]])],
    mistakes={
        "You take the largest probability of each group: add them up instead.": (
            lambda p, groups: np.stack([p[:, g].max(axis=1) for g in groups], axis=1)
        ),
        "You take the mean of each group, so a group of two counts no more than a single class: "
        "add up instead.": (
            lambda p, groups: np.stack([p[:, g].mean(axis=1) for g in groups], axis=1)
        ),
        "You take only the first class of each group: the probability of the others is lost.": (
            lambda p, groups: np.stack([p[:, g[0]] for g in groups], axis=1)
        ),
        "The rows are groups and the columns images: it should be the other way round.": (
            lambda p, groups: np.stack([p[:, g].sum(axis=1) for g in groups])
        ),
        "You apply softmax to sums that are already probabilities.": (
            lambda p, groups: softmax(np.stack([p[:, g].sum(axis=1) for g in groups], axis=1))
        ),
    },
    hints=[
        "If C has 30 % and c has 20 %, how probable is it that the letter is a c, upper or lower "
        "case?",
        "probabilities[:, group].sum(axis=1) is one new column.",
        "np.stack([probabilities[:, group].sum(axis=1) for group in groups], axis=1)",
    ],
    right="Two answers that are unsure of the case add up to a firm answer about the letter.",
)
def merged(probabilities: np.ndarray, groups: list[list[int]]) -> np.ndarray:
    """Return probabilities (n, groups) of classes merged into groups of class numbers."""
    return np.stack([probabilities[:, group].sum(axis=1) for group in groups], axis=1)


hotter = Question(
    "hotter",
    "All logits are divided by a temperature of 2. How does the accuracy change?",
    {
        "it rises: the answers are better calibrated": "Calibration makes the confidence honest. "
        "The answers are the same as before.",
        "it stays the same": "Dividing all logits by the same positive number keeps their order.",
        "it falls: the answers are less sure": "Less sure, but in the same order.",
    },
    right="it stays the same",
)

which_images_choose = Question(
    "which_images_choose",
    "You try twenty thresholds and keep the best one. On which images may you try them?",
    {
        "on the test images, because that is where the risk counts": "The best of twenty is partly "
        "luck, and the test could no longer tell how much.",
        "on the validation images": "They make the choice. The test then tells what the choice is "
        "worth.",
        "on the training images, because there are most of them": "The network knows them by heart "
        "and is far too sure of them.",
    },
    right="on the validation images",
)
