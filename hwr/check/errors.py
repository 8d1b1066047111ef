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


_KNOWN = np.array(
    [[0.3, 0.1, 0.4, 0.1, 0.1], [0.05, 0.8, 0.05, 0.04, 0.06], [0.2, 0.0, 0.1, 0.3, 0.4]]
)
_ASKED = np.array([True, True, False, False, False])


def _weighed(p: NDArray[np.float64], inside: NDArray[np.bool_]) -> NDArray[np.float64]:
    return np.asarray(p * np.where(inside, 0.5 / inside.sum(), 0.5 / (~inside).sum()))


def _shares(p: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(p / p.sum(axis=1, keepdims=True))


@function(
    cases=[(_KNOWN, _ASKED), (_KNOWN[:, ::-1].copy(), np.array([True, False, True, True, False]))],
    mistakes={
        "You expect all classes equally often, so what has most classes is expected most: give "
        "inside and outside 0.5 each, shared evenly among their classes.": (
            lambda p, inside: p[:, ~inside].sum(axis=1)
        ),
        "You take the best class as if it were all that is inside: a 1 that may be a 7 is a digit "
        "all the same. Add up the classes inside.": lambda p, inside: 1 - p[:, inside].max(axis=1),
        "You take only the most probable class outside: all classes outside add up.": (
            lambda p, inside: _shares(_weighed(p, inside))[:, ~inside].max(axis=1)
        ),
        "Weighed probabilities no longer sum to 1: divide by the sum of each row.": (
            lambda p, inside: _weighed(p, inside)[:, ~inside].sum(axis=1)
        ),
        "That is the probability that it IS in the alphabet: add up the other classes.": (
            lambda p, inside: _shares(_weighed(p, inside))[:, inside].sum(axis=1)
        ),
        "The weights are swapped: those inside share their 0.5 among inside.sum() classes.": (
            lambda p, inside: _shares(p / _weighed(np.ones_like(p), inside))[:, ~inside].sum(axis=1)
        ),
    },
    hints=[
        "Bayes' rule: multiply each probability by how often its class is expected, then divide by "
        "the sum of the row.",
        "How often: 0.5 / inside.sum() for a class inside, 0.5 / (~inside).sum() for one outside.",
        "weighed = probabilities * np.where(inside, 0.5 / inside.sum(), 0.5 / (~inside).sum())",
    ],
    right="What counts is how well all classes inside explain the ink, against all outside.",
)
def outside(probabilities: np.ndarray, inside: np.ndarray) -> np.ndarray:
    """Return, for each row of probabilities, how probable the classes are that are not inside."""
    weights = np.where(inside, 0.5 / inside.sum(), 0.5 / (~inside).sum())
    weighed = probabilities * weights
    return np.array([row[~inside].sum() / row.sum() for row in weighed])


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

what_would_help = Question(
    "what_would_help",
    "A network of ten digits is 97 % sure that an A is a 4. What would have prevented it?",
    {
        "a threshold of 98 %": "Many digits reach less than this A. The confidence says which "
        "digit it is, if it is one, and not whether it is one.",
        "a higher temperature": "It lowers the confidence of all answers, also of right ones, and "
        "the A stays ahead of the same digits.",
        "more images of digits to learn from": "They teach what tells a 4 from a 9. Nothing in "
        "them says what a 4 must not look like.",
        "images of what is no digit, and classes for them": "Now other classes can win: an A, or "
        "what is no character at all.",
    },
    right="images of what is no digit, and classes for them",
)
