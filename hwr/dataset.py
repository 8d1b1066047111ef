"""EMNIST as arrays: the official splits, and the set that the course works with.

The course set is EMNIST's ByClass *test* member, split again: with 29 MB it holds all 62
characters. What is measured on it is never compared with published figures, which
are measured on the official splits.
"""

import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from hashlib import blake2b
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from hwr import alphabets
from hwr.alphabets import SPLITS, Alphabet
from hwr.datasets import archive, download, fallback, fetch

COURSE_SPLIT = "byclass", "test"
COURSE_SEED = 2017


@dataclass(frozen=True)
class Dataset:
    """Images of characters with their labels.

    Attributes
    ----------
    name : str
        For example ``'course test'`` or ``'bymerge test'``.
    images : ndarray of uint8, shape (n, 28, 28)
        Upright, C-contiguous; paper is 0, ink is 255.
    labels : ndarray of int64, shape (n,)
        Indices into ``alphabet.classes``; 0-based for every split.
    alphabet : Alphabet
        The classes.
    source : str
        ``'EMNIST'`` or ``'made-up handwriting'``.
    """

    name: str
    images: NDArray[np.uint8]
    labels: NDArray[np.int64]
    alphabet: Alphabet
    source: str

    def __len__(self) -> int:
        return len(self.labels)

    def __repr__(self) -> str:
        return f"<{self.name}: {len(self):,} images in {len(self.alphabet)} classes, {self.source}>"

    @property
    def characters(self) -> NDArray[np.str_]:
        """What each image shows: ndarray of str, shape (n,), the name of its class."""
        return np.array(self.alphabet.classes)[self.labels]

    def take(self, indices: NDArray[Any]) -> "Dataset":
        """Give the chosen images, copied: by indices, or by a mask of n booleans."""
        return replace(self, images=self.images[indices], labels=self.labels[indices])

    def in_alphabet(self, alphabet: str | int | Alphabet) -> "Dataset":
        """Give the images whose character is in another alphabet, labelled in its classes.

        Raises
        ------
        ValueError
            If the other alphabet separates characters that this one has merged.
        """
        target = alphabets.find(alphabet)
        if target == self.alphabet:
            return self
        class_of = np.array([_class_in(target, members) for members in self.alphabet.members])
        labels = class_of[self.labels]
        inside = labels >= 0
        images = self.images if inside.all() else self.images[inside]
        return replace(self, images=images, labels=labels[inside], alphabet=target)


def _class_in(alphabet: Alphabet, members: str) -> int:
    """Give the class that all these characters have in an alphabet; -1 if none of them has one."""
    classes = {alphabet.index(character) for character in members}
    if len(classes) > 1:
        raise ValueError(
            f"These labels do not tell {' from '.join(members)}, as the alphabet "
            f"{alphabet.name!r} does: start from a dataset in 62 classes."
        )
    return classes.pop()


class Course(NamedTuple):
    """The three parts of the course set: to learn from, to choose by, and to judge once."""

    train: Dataset
    validation: Dataset
    test: Dataset


def load(split: str, part: str = "test") -> Dataset:
    """Load one part of one of EMNIST's six official splits.

    It comes from an archive on this machine, else over the network; ``data/README.md`` gives the
    order. Where there is no EMNIST at all, made-up handwriting stands in, with a notice.

    Parameters
    ----------
    split : {'byclass', 'bymerge', 'balanced', 'letters', 'digits', 'mnist'}
        The split.
    part : {'test', 'train'}
        The part.

    Raises
    ------
    DataError
        If there is no such split or part, or the archive lacks or has damaged it.
    """
    members = archive.names(split, part)
    path = _where(members)
    official = SPLITS[split]
    if path is None:
        whole = _made_up(f"{split} {part}")
        train, validation, test = course_indices(whole.images, whole.labels)
        indices = test if part == "test" else np.concatenate([train, validation])
        return whole.take(indices).in_alphabet(official.alphabet)
    images, labels = (archive.array(path, member) for member in members)
    return Dataset(
        name=f"{split} {part}",
        # Upright, and a copy: what the archive gives is transposed and read-only.
        images=np.array(images.swapaxes(1, 2), order="C"),
        labels=labels.astype(np.int64) - official.first_label,
        alphabet=official.alphabet,
        source="EMNIST",
    )


def _where(members: Sequence[str]) -> Path | None:
    """Give the archive to read members from; None where only made-up handwriting is left."""
    if path := archive.holding(members):
        return path
    if not os.environ.get("HWR_EMNIST") and download.reachable():
        return fetch.get(members)
    # Where there is some EMNIST but not these members, reading says which, and how to get them.
    return archive.locate()


def _made_up(name: str) -> Dataset:
    fallback.tell(download.trouble())
    images, labels = fallback.images_and_labels()
    return Dataset(name, images, labels, alphabets.BYCLASS, fallback.SOURCE)


def course(alphabet: str | int | Alphabet = "62") -> Course:
    """Load the course set: 80 % to train, 10 % to validate, 10 % to test, in every character.

    An image is in the same part whatever the alphabet, and no two parts share an image. The
    images come from where :func:`load` finds them.

    Parameters
    ----------
    alphabet : str, int or Alphabet
        As for :func:`hwr.alphabets.find`. Images of characters outside it are left out.

    Returns
    -------
    Course
        Train, validation and test: 93,055, 11,634 and 11,634 images in all 62 classes of EMNIST;
        9,920, 1,240 and 1,240 of made-up handwriting.

    Raises
    ------
    DataError
        If there is some EMNIST on this machine, but the ByClass test part is absent or damaged.
    ValueError
        If there is no such alphabet.
    """
    real = _where(archive.names(*COURSE_SPLIT))
    whole = load(*COURSE_SPLIT) if real else _made_up("made-up")
    parts = course_indices(whole.images, whole.labels)
    return Course(
        *(
            replace(whole.take(indices), name=f"course {name}").in_alphabet(alphabet)
            for name, indices in zip(Course._fields, parts, strict=True)
        )
    )


def course_indices(
    images: NDArray[np.uint8], labels: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Split images at random but always alike, each class 80 : 10 : 10, without repeats.

    Parameters
    ----------
    images : ndarray of uint8, shape (n, 28, 28)
        Of pixel-identical images only the first is given out, so that no two parts share one.
    labels : ndarray of int64, shape (n,)
        The finest labels there are.

    Returns
    -------
    tuple of three ndarrays of int64
        Indices of train, validation and test, each in rising order.
    """
    _, first = np.unique(fingerprints(images), return_index=True)
    first.sort()
    rng = np.random.Generator(np.random.PCG64(COURSE_SEED))
    parts: tuple[list[NDArray[np.int64]], ...] = ([], [], [])
    for label in np.unique(labels):
        shuffled = rng.permutation(first[labels[first] == label])
        tenth = round(len(shuffled) / 10)
        for part, indices in zip(
            parts,
            np.split(shuffled, [len(shuffled) - 2 * tenth, len(shuffled) - tenth]),
            strict=True,
        ):
            part.append(indices)
    train, validation, test = (np.sort(np.concatenate(part)) for part in parts)
    return train, validation, test


def fingerprints(images: NDArray[np.uint8]) -> NDArray[np.uint64]:
    """Give a 64-bit hash of each image's pixels: equal for pixel-identical images, always.

    Different images share one with a chance of one in 10^9 for a whole EMNIST.
    """
    hashes = b"".join(
        blake2b(image, digest_size=8).digest() for image in np.ascontiguousarray(images)
    )
    return np.frombuffer(hashes, np.uint64)


def without(dataset: Dataset, others: Sequence[Dataset]) -> Dataset:
    """Leave out every image that is pixel-identical to one of the other datasets' images.

    EMNIST's splits overlap: what is trained on must first lose what is tested on.
    """
    seen = np.concatenate([fingerprints(other.images) for other in others])
    keep = ~np.isin(fingerprints(dataset.images), seen)
    return dataset.take(keep)


def joined(first: Dataset, second: Dataset) -> Dataset:
    """Put two datasets of one alphabet together."""
    return replace(
        first,
        name=f"{first.name} and {second.name}",
        images=np.concatenate([first.images, second.images]),
        labels=np.concatenate([first.labels, second.labels]),
        source=first.source
        if first.source == second.source
        else f"{first.source}, {second.source}",
    )
