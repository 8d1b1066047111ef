"""Images with their labels, and how they are split.

A :class:`Dataset` comes from anywhere: EMNIST (:mod:`hwr.datasets`), a pad, or a program. This
module knows no archive and no network. It holds what every dataset needs: labels in another
alphabet, a stratified split, and fingerprints, by which images that occur twice are found before
they end up on both sides of a split.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from hashlib import blake2b
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from hwr._support.answers import labels_of
from hwr._support.arrays import images_of
from hwr.alphabets import Alphabet, get_alphabet, membership_matrix

SPLIT_SEED = 2017


@dataclass(frozen=True)
class Dataset:
    """Images of characters with their labels, checked when it is made.

    Attributes
    ----------
    name : str
        For example ``'course test'`` or ``'bymerge test'``.
    images : ndarray of uint8, shape (n, 28, 28)
        Upright and C-contiguous; paper is 0, ink is 255. Other arrays of images are converted.
    labels : ndarray of int64, shape (n,)
        Indices into ``alphabet.classes``; they start at 0 in every dataset.
    alphabet : Alphabet
        The classes; may be given as for :func:`hwr.alphabets.get_alphabet`.
    source : str
        ``'EMNIST'`` or ``'made-up handwriting'``.

    Raises
    ------
    ValueError
        If the images are no images of 28x28, or not each has a label of the alphabet.
    """

    name: str
    images: NDArray[np.uint8]
    labels: NDArray[np.int64]
    alphabet: Alphabet
    source: str

    def __post_init__(self) -> None:
        alphabet, images = get_alphabet(self.alphabet), images_of("images", self.images)
        labels = labels_of("labels", self.labels, len(images), len(alphabet))
        vars(self).update(alphabet=alphabet, images=images, labels=labels)

    def __len__(self) -> int:
        return len(self.labels)

    def __repr__(self) -> str:
        return f"<{self.name}: {len(self):,} images in {len(self.alphabet)} classes, {self.source}>"

    @property
    def characters(self) -> NDArray[np.str_]:
        """The name of each image's class: ndarray of str, shape (n,)."""
        return np.array(self.alphabet.classes)[self.labels]

    def take(self, indices: NDArray[Any]) -> "Dataset":
        """Return the chosen images, copied; choose by indices or by a mask of n booleans."""
        return replace(self, images=self.images[indices], labels=self.labels[indices])

    def in_alphabet(self, alphabet: str | int | Alphabet) -> "Dataset":
        """Return the images whose character is in another alphabet, labelled in its classes.

        Raises
        ------
        ValueError
            If the other alphabet separates characters that this one has merged.
        """
        target = get_alphabet(alphabet)
        if target == self.alphabet:
            return self
        class_of = np.array([_common_class(target, members) for members in self.alphabet.members])
        labels = class_of[self.labels]
        inside = labels >= 0
        images = self.images if inside.all() else self.images[inside]
        return replace(self, images=images, labels=labels[inside], alphabet=target)

    def class_frequencies(self, alphabet: Alphabet | None = None) -> list[float]:
        """Return the relative frequency of each class.

        An image that may belong to several classes is divided among them in proportion to the
        images whose class is known. Every class counts as at least one image.

        Parameters
        ----------
        alphabet : Alphabet, optional
            Whose classes to count; by default the dataset's own.

        Returns
        -------
        list of float
            One for each class of the alphabet; they sum to 1.
        """
        overlap = membership_matrix(self.alphabet, alphabet or self.alphabet).astype(np.float64)
        counts = np.bincount(self.labels, minlength=len(self.alphabet))
        known, ambiguous = overlap.sum(axis=1) == 1, overlap.sum(axis=1) > 1
        per_class = (counts[known] @ overlap[known]).clip(1)
        shares = overlap[ambiguous] * per_class
        per_class = per_class + counts[ambiguous] @ (shares / shares.sum(axis=1, keepdims=True))
        return [round(float(share), 6) for share in per_class / per_class.sum()]


def _common_class(alphabet: Alphabet, members: str) -> int:
    """Return the class to which all these characters belong; -1 if none of them has one."""
    classes = {alphabet.index(character) for character in members}
    if len(classes) > 1:
        raise ValueError(
            f"These labels do not tell {' from '.join(members)}, as the alphabet "
            f"{alphabet.name!r} does: start from a dataset in 62 classes."
        )
    return classes.pop()


def as_input(images: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Convert uint8 images (n, 28, 28) to a network's input: float32 (n, 28, 28, 1) in 0..1."""
    return (images_of("images", images)[..., None] / np.float32(255)).astype(np.float32)


def one_hot(labels: NDArray[np.int64], classes: int) -> NDArray[np.float32]:
    """Convert labels (n,) to rows (n, classes) that are 1 at the label and 0 elsewhere."""
    return np.eye(classes, dtype=np.float32)[labels]


class Splits(NamedTuple):
    """Three parts of one dataset: to train on, to make choices with, and to test on once."""

    train: Dataset
    validation: Dataset
    test: Dataset


def split_indices(
    images: NDArray[np.uint8], labels: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Split images 80 : 10 : 10 within each class, without duplicates and always the same way.

    Parameters
    ----------
    images : ndarray of uint8, shape (n, 28, 28)
        Only the first of several pixel-identical images is used, so that no two parts share one.
    labels : ndarray of int64, shape (n,)
        The finest labels there are.

    Returns
    -------
    tuple of three ndarrays of int64
        Indices of train, validation and test, each in ascending order.
    """
    _, first = np.unique(fingerprints(images), return_index=True)
    first.sort()
    rng = np.random.Generator(np.random.PCG64(SPLIT_SEED))
    parts: tuple[list[NDArray[np.int64]], ...] = ([], [], [])
    for label in np.unique(labels):
        shuffled = rng.permutation(first[labels[first] == label])
        tenth = round(len(shuffled) / 10)
        borders = [len(shuffled) - 2 * tenth, len(shuffled) - tenth]
        for part, indices in zip(parts, np.split(shuffled, borders), strict=True):
            part.append(indices)
    train, validation, test = (np.sort(np.concatenate(part)) for part in parts)
    return train, validation, test


def fingerprints(images: NDArray[np.uint8]) -> NDArray[np.uint64]:
    """Return a 64-bit hash of each image's pixels; pixel-identical images always share theirs.

    The probability that two different images of the whole EMNIST share one is about 1 in 10^9.
    """
    hashes = b"".join(
        blake2b(image, digest_size=8).digest() for image in np.ascontiguousarray(images)
    )
    return np.frombuffer(hashes, np.uint64)


def remove_shared(dataset: Dataset, others: Sequence[Dataset]) -> Dataset:
    """Return the images that are not pixel-identical to an image of one of the other datasets.

    EMNIST's splits overlap: remove the test images from a training set before training on it.
    """
    seen = np.concatenate([fingerprints(other.images) for other in others])
    return dataset.take(~np.isin(fingerprints(dataset.images), seen))


def remove_duplicates(dataset: Dataset) -> Dataset:
    """Return the dataset with only the first of several pixel-identical images."""
    _, first = np.unique(fingerprints(dataset.images), return_index=True)
    return dataset.take(np.sort(first))


def concatenate(first: Dataset, second: Dataset) -> Dataset:
    """Return one dataset with the images of two that have the same alphabet."""
    sources = dict.fromkeys([first.source, second.source])
    return replace(
        first,
        name=f"{first.name} and {second.name}",
        images=np.concatenate([first.images, second.images]),
        labels=np.concatenate([first.labels, second.labels]),
        source=", ".join(sources),
    )
