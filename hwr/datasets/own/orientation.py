"""Whether images are stored transposed, as NIST ships EMNIST: told by the images themselves."""

from dataclasses import replace

import numpy as np

from hwr.alphabets import membership_matrix
from hwr.dataset import Dataset

SAMPLE = 300
"""Number of images that are read, evenly spaced."""
ENOUGH = 0.5
"""Share of them that must be read right, one way or the other, to tell."""
TRANSPOSED, UPRIGHT, UNKNOWN = "transposed", "upright", "unknown"


def orientation(dataset: Dataset) -> str:
    """Return how images are stored: ``'transposed'``, ``'upright'`` or ``'unknown'``.

    The shipped recogniser reads a sample as it is and transposed. The labels are more probable the
    right way round, by far even in a handful of images. If it knows too few of the characters, or
    reads neither way well, the orientation is unknown.
    """
    from hwr.recognizer import Recognizer  # starts LiteRT, which official archives do not need

    recognizer = Recognizer.load()
    shared = membership_matrix(recognizer.outputs, dataset.alphabet)
    known = np.flatnonzero(np.max(shared, axis=0)[dataset.labels])
    if 2 * len(known) <= len(dataset):
        return UNKNOWN
    chosen = known[np.linspace(0, len(known) - 1, min(SAMPLE, len(known))).astype(int)]
    images, labels = dataset.images[chosen], dataset.labels[chosen]
    logs, right = [], []
    for way in (images, np.ascontiguousarray(images.swapaxes(1, 2))):
        classes = recognizer.probabilities(way, "uniform", recognizer.outputs) @ shared
        logs.append(np.log(classes[np.arange(len(labels)), labels] + 1e-6).sum())
        right.append(float((classes.argmax(axis=1) == labels).mean()))
    turned = bool(logs[1] > logs[0])
    if right[turned] < ENOUGH:
        return UNKNOWN
    return TRANSPOSED if turned else UPRIGHT


def turn_upright(dataset: Dataset) -> Dataset:
    """Return the dataset with its images transposed."""
    return replace(dataset, images=np.ascontiguousarray(dataset.images.swapaxes(1, 2)))
