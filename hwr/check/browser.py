"""The exercises of lesson 08: into the browser."""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from hwr.check._exercise import function
from hwr.check._question import Question

Weights = NDArray[np.float64]
# A row's largest weight is a power of 2: divided by its scale it is 127, and not 126.99999.
_UNLIKE = np.array([[0.30, -1.00, 0.07, 0.60], [0.0625, 0.034, -0.0125, 0.0527]])
_MORE = np.array([[0.5, -2.0, 1.3], [0.025, 0.009, -0.03125], [-8.0, 6.1, 0.8]])


def _split(weights: Weights, most: Weights, steps: int = 127) -> tuple[NDArray[np.int64], Weights]:
    """Return quantised rows and their scales, given the largest weight of each row."""
    scales = most / steps
    return np.round(weights / scales[:, None]).astype(int), scales


def _largest(weights: Weights) -> Weights:
    return np.asarray(np.abs(weights).max(axis=1))


@function(
    cases=[(_UNLIKE,), (_MORE,)],
    mistakes={
        "You use one scale for all rows, which leaves a row of small weights hardly any steps. "
        "Take the largest weight of each row, axis=1.": (
            lambda w: _split(w, np.full(len(w), np.abs(w).max()))
        ),
        "Your scales belong to the columns: each row is a filter, so use axis=1.": (
            lambda w: (_split(w.T, _largest(w.T))[0].T, _largest(w.T) / 127)
        ),
        "The fractions are cut off: 3.9 should become 4. Round before you convert to integers.": (
            lambda w: ((w / (_largest(w) / 127)[:, None]).astype(int), _largest(w) / 127)
        ),
        "The largest weight of a row may be negative: take the maximum of np.abs(weights).": (
            lambda w: _split(w, w.max(axis=1))
        ),
        "You divide by 128, but int8 ends at 127: 128 would become -128.": (
            lambda w: _split(w, _largest(w), 128)
        ),
        "These have 255 steps on each side, one bit too many: int8 has 127.": (
            lambda w: _split(w, _largest(w), 255)
        ),
        "These are the rounded weights: return the integers, and for each row the scale that "
        "restores the weights.": (
            lambda w: (_split(w, _largest(w))[0] * (_largest(w) / 127)[:, None], _largest(w) / 127)
        ),
        "The two are swapped: first the integers, then the scales.": (
            lambda w: _split(w, _largest(w))[::-1]
        ),
        "The scales are a column of shape (rows, 1): return one number for each row.": (
            lambda w: (_split(w, _largest(w))[0], _largest(w)[:, None] / 127)
        ),
        "Your scale is the largest weight itself, so all integers are -1, 0 or 1. Divide it by "
        "127.": lambda w: _split(w, _largest(w), 1),
    },
    hints=[
        "The largest weight of a row, whatever its sign, should become 127 or -127. How wide is "
        "one step, then?",
        "scales = np.abs(weights).max(axis=1) / 127, one for each row. To divide each row by its "
        "own scale, use scales[:, None].",
        "The integers are np.round(weights / scales[:, None]).astype(np.int8).",
    ],
    right="A quarter of the bytes, and no weight is off by more than half a step of its row.",
)
def quantised(weights: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the weights as integers from -127 to 127, and the width of a step for each row."""
    scales = np.abs(weights).max(axis=1) / 127
    return np.round(weights / scales[:, None]).astype(np.int8), scales


Numbers = Sequence[float]
_WIDE = list(range(1, 31)), 6, [1, 2, 0, -1, 0, 3, 0, 0, 5], 1, 2
_TALL = [(7 * i) % 11 for i in range(28)], 4, [0, 1, 0, 2, -4, 1, 0, 3, 0], 3, 1
_LEFT = [(5 * i) % 13 for i in range(35)], 5, [2, 0, 1, 0, 0, 0, -1, 0, 4], 2, 0


def _sum_over(
    pixel: Callable[[int, int, int, int, int], int],
    weight: Callable[[int, int], int] = lambda r, c: 3 * r + c,
) -> Callable[[Numbers, int, Numbers, int, int], float]:
    """Return a weighted sum that takes pixels and weights from the given places."""

    def total(pixels: Numbers, width: int, kernel: Numbers, row: int, column: int) -> float:
        places = [(r, c) for r in range(3) for c in range(3)]
        return sum(
            pixels[pixel(width, row, column, r, c)] * kernel[weight(r, c)] for r, c in places
        )

    return total


def _there(width: int, row: int, column: int, r: int, c: int) -> int:
    return (row + r) * width + column + c


@function(
    cases=[_WIDE, _TALL, _LEFT],
    mistakes={
        "Rows and columns of the image are swapped: the image is stored row by row, so the next "
        "row is `width` numbers further on.": (
            _sum_over(lambda w, row, column, r, c: (column + c) * w + row + r)
        ),
        "You read the kernel column by column: it is stored row by row, too.": (
            _sum_over(_there, lambda r, c: 3 * c + r)
        ),
        "The kernel is turned by 180°: a network multiplies numbers that lie on each other.": (
            _sum_over(_there, lambda r, c: 8 - 3 * r - c)
        ),
        "You take nine neighbours in the list. Only three of them are in the row; the next row "
        "begins `width` numbers further on.": (
            _sum_over(lambda w, row, column, r, c: row * w + column + 3 * r + c)
        ),
        "You count 3 numbers for a row of the image, as in the kernel: it has `width` numbers.": (
            _sum_over(lambda w, row, column, r, c: (row + r) * 3 + column + c)
        ),
        "That is always the upper left corner of the image: row and column are not used.": (
            _sum_over(lambda w, row, column, r, c: r * w + c)
        ),
        "You place the kernel's centre on (row, column): place its upper left corner there.": (
            _sum_over(lambda w, row, column, r, c: (row + r - 1) * w + column + c - 1)
        ),
        "That is the mean: a layer takes the sum.": lambda *case: _sum_over(_there)(*case) / 9,
    },
    hints=[
        "Where in the list is the pixel in row 0, column 4? In row 1, column 0? In row 1, column "
        "4?",
        "The pixel in row y and column x is pixels[y * width + x]. The kernel is 3 wide.",
        "Let r and c go from 0 to 2, and add up pixels[(row + r) * width + column + c] * kernel[3 "
        "* r + c].",
    ],
    right="Two dimensions are a way of counting. In the file, in memory and in the browser, an "
    "image is one long list of numbers.",
)
def weighted_sum(
    pixels: list[float], width: int, kernel: list[float], row: int, column: int
) -> float:
    """Return the sum of products of a 3 by 3 kernel and an image, both stored as one list."""
    total = 0.0
    for r in range(3):
        for c in range(3):
            total += pixels[(row + r) * width + column + c] * kernel[3 * r + c]
    return total


_THREE = np.array(
    [
        [0.30, 0.60, 0.10],
        [0.451, 0.10, 0.449],
        [0.001, 0.4985, 0.5005],
        [0.9985, 0.0010, 0.0005],
        [0.34, 0.33, 0.33],
        [0.5006, 0.4979, 0.0015],
    ]
)
_FOUR = np.array([[0.50, 0.35, 0.10, 0.05], [0.40, 0.05, 0.15, 0.40], [0.05, 0.28, 0.32, 0.35]])


def _lead(probabilities: Weights) -> Weights:
    ordered = np.sort(probabilities, axis=1)
    return np.asarray(ordered[:, -1] - ordered[:, -2])


@function(
    cases=[(_THREE, 0.001), (_FOUR, 0.02), (_THREE, 0.00105), (_FOUR, 0.1)],
    mistakes={
        "The best may lose as much as the second gains: the lead shrinks by TWICE the tolerance.": (
            lambda probabilities, tolerance: _lead(probabilities) <= tolerance
        ),
        "It is the other way round: these are the answers that cannot change.": (
            lambda probabilities, tolerance: _lead(probabilities) > 2 * tolerance
        ),
        "You compare the best with the worst: the second best may overtake it.": (
            lambda probabilities, tolerance: np.ptp(probabilities, axis=1) <= 2 * tolerance
        ),
        "You compare the best with 1: an answer of 60 % is safe if the second has 30 %.": (
            lambda probabilities, tolerance: 1 - probabilities.max(axis=1) <= 2 * tolerance
        ),
        "You compare the first two columns: sort each row first, so that the best two come last.": (
            lambda p, tolerance: np.abs(p[:, 0] - p[:, 1]) <= 2 * tolerance
        ),
        "These are differences: return for each whether it is at most twice the tolerance.": (
            lambda probabilities, tolerance: _lead(probabilities)
        ),
        "That is their number: return for each answer whether it may change.": (
            lambda probabilities, tolerance: np.sum(_lead(probabilities) <= 2 * tolerance)
        ),
    },
    hints=[
        "Which class can overtake the best one? And how far can both move in the worst case?",
        "np.sort(probabilities, axis=1) puts the best of each row last and the second best before "
        "it.",
        "The difference is ordered[:, -1] - ordered[:, -2]; compare it with 2 * tolerance.",
    ],
    right="Only an answer that was a toss-up can change, and such an answer is never sure.",
)
def may_flip(probabilities: np.ndarray, tolerance: float) -> np.ndarray:
    """Return for each row whether another class may win if every number is off by the tolerance."""
    ordered = np.sort(probabilities, axis=1)
    lead = ordered[:, -1] - ordered[:, -2]
    return np.asarray(lead <= 2 * tolerance)


who_pays = Question(
    "who_pays",
    "In a layer, one filter has a weight of 2.4, while another has none above 0.4. The whole layer "
    "is quantised with one scale. Which filter suffers?",
    {
        "the one with 2.4: large weights are rounded more": "Every weight is off by at most half a "
        "step. For a weight of 2.4 that is little; the scale fits it.",
        "the one with 0.4: it gets only a sixth of the steps": "The steps reach up to 2.4, and "
        "those above 0.4 are of no use to it. The few that are left are coarse for small weights.",
        "neither: 255 steps are 255 steps": "They are, but they are spread over the range of the "
        "filter with the largest weights, and another filter uses only a few of them.",
    },
    right="the one with 0.4: it gets only a sixth of the steps",
)

who_is_right = Question(
    "who_is_right",
    "For the same drawing, Python computes 0.900013 and the page 0.900011. What do you make of it?",
    {
        "the page is less precise: JavaScript's numbers are less exact": "JavaScript computes with "
        "64 bits by default, and both runtimes use 32 bits for a network.",
        "one of them has an error that must be found": "An error in a network, such as a forgotten "
        "bias or a swapped axis, changes probabilities far more than that.",
        "both are right: they have added the same numbers in a different order": "A sum is rounded "
        "at every addition, and each runtime adds in the order that suits its processor.",
    },
    right="both are right: they have added the same numbers in a different order",
)

who_sees_it = Question(
    "who_sees_it",
    "You open the page from your disk, while online, and draw. Who can get the drawing?",
    {
        "the author of the page": "Its security policy forbids the page to fetch, load or send "
        "anything, and its code, which you can read, does not try to.",
        "nobody but you": "The page computes on your machine, and the browser refuses any request "
        "that it might make.",
        "the server that the page asks for the answer": "There is none: runtime and weights are in "
        "the page, and the answer is computed where you draw.",
    },
    right="nobody but you",
)
