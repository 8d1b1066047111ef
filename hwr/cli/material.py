"""What ``python -m hwr train`` trains on: scans, made-up handwriting and people's drawings."""

from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from hwr.alphabets import BYCLASS, CHARACTERS, NONE, Alphabet, from_classes
from hwr.cli import pens, pool
from hwr.cli.pens import OUTPUTS
from hwr.dataset import Dataset, concatenate
from hwr.datasets import synthetic

MADE_UP_IMAGES = 6_200
MADE_UP_SEED = 62
SPOILT_SCANS = 6_000
"""Training images of two or three scanned characters in the place of one."""

SCANS = Alphabet("scans", (*pool.POOL.classes, NONE), (*pool.POOL.members, NONE))


class Material(NamedTuple):
    """What a recogniser is trained on.

    Attributes
    ----------
    train, validation : Dataset
    frequencies : ndarray of float32, shape (classes of train, classes of validation)
        As for :func:`hwr.training.fit`.
    counts : dict
        How many of UNIPEN's drawings were used; empty without them.
    """

    train: Dataset
    validation: Dataset
    frequencies: NDArray[np.float32]
    counts: dict[str, int]


def prepare(images: pool.Pool, folder: Path | None) -> Material:
    """Return scans, made-up handwriting and, if there are any, people's drawings, as one set.

    Parameters
    ----------
    images : Pool
    folder : Path or None
        Where UNIPEN is. Without it the recogniser learns no marks, and of what is no character only
        several scanned letters in the place of one.
    """
    outputs = OUTPUTS if folder else from_classes(CHARACTERS + NONE)
    spoilt = pens.spoilt_scans(images.train.images, SPOILT_SCANS)
    drawn = replace(synthetic.dataset(MADE_UP_IMAGES, MADE_UP_SEED), alphabet=outputs)
    validation, counts = replace(images.validation, alphabet=outputs), {}  # the same labels
    if folder:
        people = pens.load(folder)
        drawn = concatenate(people.train, drawn)
        validation, counts = concatenate(validation, people.validation), people.counts
    train, frequencies = combine(images.train, spoilt, drawn)
    return Material(train, validation, frequencies, counts)


def combine(
    scans: Dataset, spoilt: NDArray[np.uint8], drawn: Dataset
) -> tuple[Dataset, NDArray[np.float32]]:
    """Return scans and drawings as one set, and how frequent the classes are in each of the two.

    Every class occurs twice in its alphabet, because scans and drawings of the same letter have
    different frequencies.

    Parameters
    ----------
    scans : Dataset
        In the alphabet ``POOL``.
    spoilt : ndarray of uint8, shape (m, 28, 28)
        Scans that are no character.
    drawn : Dataset
        In the network's classes, of which NONE is one.

    Returns
    -------
    Dataset
    ndarray of float32, shape (classes of the dataset, classes of the network)
        As for :func:`hwr.training.fit`.
    """
    labels = np.append(scans.labels, np.full(len(spoilt), SCANS.index(NONE)))
    outputs = drawn.alphabet
    both = Dataset(
        "scans and drawings",
        np.concatenate([scans.images, spoilt, drawn.images]),
        np.append(labels, drawn.labels + len(SCANS)),
        Alphabet("both", SCANS.classes + outputs.classes, SCANS.members + outputs.members),
        "EMNIST and drawings",
    )
    return both, _frequencies(scans, len(spoilt), drawn)


def _frequencies(scans: Dataset, spoilt: int, drawn: Dataset) -> NDArray[np.float32]:
    """Return how frequent each output is among scans and among drawings, for each training class.

    What never occurs, such as marks among scans, counts as an average character: the network then
    learns that it does not occur.
    """
    average, outputs = 1 / len(CHARACTERS), len(drawn.alphabet)
    of_scans = np.full(outputs, average)
    of_scans[: len(CHARACTERS)] = scans.class_frequencies(BYCLASS)
    of_scans[drawn.alphabet.index(NONE)] = spoilt / len(scans)
    counts = np.bincount(drawn.labels, minlength=outputs)
    of_drawings = np.where(counts, counts / max(counts[: len(CHARACTERS)].sum(), 1), average)
    return np.array([of_scans] * len(SCANS) + [of_drawings] * outputs, np.float32)
