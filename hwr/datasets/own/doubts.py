"""Images that a person should look at before a network learns from them."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from hwr.alphabets import membership_matrix
from hwr.dataset import Dataset, fingerprints

FAINT = 30
"""Difference of grey levels below which nothing is written."""
CERTAIN = 0.99
"""Probability of another class from which on a label is doubted."""
MOST_READ = 5_000
"""Number of images that are read, evenly spaced: that takes a few seconds."""

Indices = NDArray[np.int64]


class Doubts(NamedTuple):
    """Indices of doubtful images, each an ndarray of int64.

    Attributes
    ----------
    empty : ndarray
        Without ink.
    inverted : ndarray
        With dark ink on bright paper: most of the border is brighter than 127.
    repeated : ndarray
        Pixel-identical to an earlier image.
    misread : ndarray
        Of another class than their label, if the course's recogniser is right.
    readings : dict
        For each of the ``misread``, the class that the recogniser reads.
    read : int
        The number of images that were read.
    """

    empty: Indices
    inverted: Indices
    repeated: Indices
    misread: Indices
    readings: dict[int, str]
    read: int


def find_doubts(dataset: Dataset) -> Doubts:
    """Return the doubtful images of a dataset; characters that are not known are not read."""
    images = dataset.images
    flat = images.reshape(len(images), -1)
    empty = flat.max(axis=1).astype(int) - flat.min(axis=1) < FAINT
    border = np.ones(images.shape[1:], bool)
    border[1:-1, 1:-1] = False
    inverted = ~empty & (np.median(images[:, border], axis=1) > 127)
    _, first = np.unique(fingerprints(images), return_index=True)
    repeated = ~empty
    repeated[first] = False
    readable = ~empty & ~inverted
    readings, read = _misread(dataset, readable)
    return Doubts(
        np.flatnonzero(empty),
        np.flatnonzero(inverted),
        np.flatnonzero(repeated),
        np.array(sorted(readings), np.int64),
        readings,
        read,
    )


def _misread(dataset: Dataset, readable: NDArray[np.bool_]) -> tuple[dict[int, str], int]:
    """Return what images read as whose label the recogniser contradicts, and how many it read."""
    from hwr.recognizer import Recognizer  # starts LiteRT

    recognizer = Recognizer.load()
    shared = membership_matrix(recognizer.outputs, dataset.alphabet)
    known = np.flatnonzero(readable & (np.max(shared, axis=0) > 0)[dataset.labels])
    if not len(known):
        return {}, 0
    chosen = known[np.linspace(0, len(known) - 1, min(MOST_READ, len(known))).astype(int)]
    read = recognizer.probabilities(dataset.images[chosen], "uniform", recognizer.outputs) @ shared
    read /= read.sum(axis=1, keepdims=True).clip(1e-9)
    best = read.argmax(axis=1)
    doubted = np.flatnonzero((best != dataset.labels[chosen]) & (read.max(axis=1) >= CERTAIN))
    classes = dataset.alphabet.classes
    return {int(chosen[i]): classes[best[i]] for i in doubted}, len(chosen)
