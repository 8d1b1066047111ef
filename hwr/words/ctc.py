"""Connectionist temporal classification (CTC): from columns of ink to a text, without cutting.

A network gives, for every frame (a column of the line's image, or a moment of the pen), the
probability of each character and of the *blank*: nothing new here. A *path* names one class per
frame. It stands for the text that is left when repeated classes are merged and then blanks are
removed: ``aa``, ``a_`` and ``_a`` all stand for ``a``, and only ``a_a`` for ``aa``. The probability
of a text is the sum over all its paths. There are far too many to list, but a table with one row
per frame adds them up (the *forward* sum).

Source: Graves, Fernández, Gomez, Schmidhuber (2006), "Connectionist temporal classification:
labelling unsegmented sequence data with recurrent neural networks", ICML.
"""

import itertools
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

BLANK = 0
"""The class of the blank; character number i of an alphabet is class i + 1."""
LEAST = -1e30
"""Logarithm of a probability that counts as 0; unlike minus infinity it can be subtracted."""

LogProbabilities = NDArray[np.floating]
Labels = Sequence[int]


def collapse(path: Sequence[int]) -> tuple[int, ...]:
    """Return the labels that a path stands for: repeats merged, then blanks removed."""
    return tuple(label for label, _ in itertools.groupby(path) if label != BLANK)


def paths(labels: Labels, frames: int) -> Iterator[tuple[int, ...]]:
    """Yield every path of a number of frames that stands for some labels.

    Their number grows exponentially; this is for short texts and few frames.
    """
    for path in itertools.product(sorted({BLANK, *labels}), repeat=frames):
        if collapse(path) == tuple(labels):
            yield path


def fewest_frames(labels: Labels) -> int:
    """Return the length of the shortest path: equal neighbours need a blank between them."""
    return len(labels) + sum(one == other for one, other in itertools.pairwise(labels))


def best_path(log_probabilities: LogProbabilities) -> tuple[int, ...]:
    """Return the labels of the most probable path, which need not be the most probable text.

    Parameters
    ----------
    log_probabilities : ndarray of float, shape (frames, classes)
    """
    return collapse(log_probabilities.argmax(axis=1).tolist())


def log_probability(log_probabilities: LogProbabilities, labels: Labels) -> float:
    """Return the logarithm of a text's probability: the forward sum over all its paths.

    Parameters
    ----------
    log_probabilities : ndarray of float, shape (frames, classes)
        Of the classes in each frame.
    labels : sequence of int
        The text's classes; none for an empty text.
    """
    states, may_skip = _states(labels)
    row = _first_row(log_probabilities, states)
    for frame in log_probabilities[1:]:
        stayed, came, skipped = _predecessors(row, may_skip)
        row = np.logaddexp(np.logaddexp(stayed, came), skipped) + frame[states]
    return float(np.logaddexp.reduce(row[-2:]))


def align(log_probabilities: LogProbabilities, labels: Labels) -> NDArray[np.int64]:
    """Return where each label of a text lies on its most probable path (Viterbi).

    Parameters
    ----------
    log_probabilities : ndarray of float, shape (frames, classes)
    labels : sequence of int

    Returns
    -------
    ndarray of int64, shape (labels, 2)
        First frame of each label, and the one after its last.

    Raises
    ------
    ValueError
        If there are fewer frames than the labels need.
    """
    if len(log_probabilities) < fewest_frames(labels):
        raise ValueError(
            f"{len(labels)} labels need {fewest_frames(labels)} frames, and there are "
            f"{len(log_probabilities)}: give a wider image, or a shorter text."
        )
    states, may_skip = _states(labels)
    row, steps = _first_row(log_probabilities, states), []
    for frame in log_probabilities[1:]:
        before = np.stack(_predecessors(row, may_skip))
        steps.append(before.argmax(axis=0))
        row = before.max(axis=0) + frame[states]
    state = len(states) - 1 if len(states) < 2 or row[-1] >= row[-2] else len(states) - 2
    visited = [state]
    for step in reversed(steps):
        state -= int(step[state])
        visited.append(state)
    path = np.array(visited[::-1])
    frames = [np.flatnonzero(path == 2 * place + 1) for place in range(len(labels))]
    return np.array([(each[0], each[-1] + 1) for each in frames], np.int64).reshape(-1, 2)


# --- the states of a text: its labels, with blanks before, between and after them ---------------


def _states(labels: Labels) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Return the class of each state, and whether it may follow the one two places before.

    That skips a blank, which must not be skipped between equal labels.
    """
    states = np.full(2 * len(labels) + 1, BLANK, np.int64)
    states[1::2] = labels
    may_skip = np.zeros(len(states), bool)
    may_skip[2:] = (states[2:] != BLANK) & (states[2:] != states[:-2])
    return states, may_skip


def _first_row(
    log_probabilities: LogProbabilities, states: NDArray[np.int64]
) -> NDArray[np.float64]:
    """Return the logarithms of the states' probabilities at the first frame: two can begin."""
    row = np.full(len(states), LEAST)
    row[:2] = log_probabilities[0, states[:2]]
    return row


def _predecessors(
    row: NDArray[np.float64], may_skip: NDArray[np.bool_]
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Return, for each state, the values of itself, of the one before, and of the one before."""
    padded = np.concatenate([[LEAST, LEAST], row])
    return row, padded[1:-1], np.where(may_skip, padded[:-2], LEAST)
