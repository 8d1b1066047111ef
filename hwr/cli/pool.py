"""The pool: all labelled images of EMNIST at hand, which ``python -m hwr train`` trains on.

It adds *slices* to the course's own training images: files with a range of an official member,
named for example ``emnist-balanced-train-images-103680_112799-idx3-ubyte.gz`` (and ``-labels-…``),
in a folder ``slices`` beside the archive. They are optional: without them, the pool is the course's
training part.

EMNIST's splits overlap. Training images that are pixel-identical to an image of a test set, or of
the course's validation part, are left out; of duplicates, the first is kept.
"""

import gzip
import zlib
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from hwr.alphabets import BYCLASS, LETTERS, Alphabet
from hwr.dataset import Dataset, remove_duplicates, remove_shared
from hwr.datasets import archive, emnist
from hwr.datasets.archive import DataError
from hwr.datasets.splits import SPLITS

POOL = Alphabet("pool", BYCLASS.classes + LETTERS.members, BYCLASS.members + LETTERS.members)
"""The 62 characters, and one class for each letter of unknown case (``Cc``)."""


class Pool(NamedTuple):
    """The images that recognisers and benchmarks are trained on.

    Attributes
    ----------
    train : Dataset
        In the alphabet ``POOL``.
    validation : Dataset
        In 62 classes: the course's validation part.
    tests : tuple of Dataset
        The test sets at hand; their images were removed from both.
    left_out : int
        The number of images removed because they are in a test set, without duplicates.
    """

    train: Dataset
    validation: Dataset
    tests: tuple[Dataset, ...]
    left_out: int

    def describe(self) -> str:
        """Return a description of the pool for a recogniser's card."""
        names = ", ".join(test.name for test in self.tests)
        return (
            f"{self.train.name}: {len(self.train):,} images of {self.train.source}, and "
            f"{len(self.validation):,} to validate, without {self.left_out:,} that are also in "
            f"a test set ({names})"
        )


def load(letters: bool = True) -> Pool:
    """Load the pool: the course set, and the slices beside the archive that it was read from.

    Parameters
    ----------
    letters : bool
        Whether slices of the split Letters are part of it.

    Raises
    ------
    DataError
        If the archive or a slice is damaged.
    """
    course = emnist.course(BYCLASS)
    parts = [replace(course.train, alphabet=POOL), *load_slices(letters)]
    candidates = Dataset(
        course.train.name + (" and slices" if parts[1:] else ""),
        np.concatenate([part.images for part in parts]),
        np.concatenate([part.labels for part in parts]),
        POOL,
        course.train.source,
    )
    tests = (course.test, *_official_tests())
    validation = remove_shared(course.validation, tests)
    fresh = remove_duplicates(remove_shared(candidates, [course.validation]))
    train = remove_shared(fresh, tests)
    left_out = len(fresh) - len(train) + len(course.validation) - len(validation)
    return Pool(train, validation, tests, left_out)


def _official_tests() -> list[Dataset]:
    splits = ("bymerge", "mnist")
    at_hand = [archive.archive_with(archive.member_names(split, "test")) for split in splits]
    return [emnist.load(split) for split, path in zip(splits, at_hand, strict=True) if path]


def load_slices(letters: bool = True) -> list[Dataset]:
    """Load every labelled slice in the folder ``slices`` beside the archive, labelled in ``POOL``.

    Slices of the split Letters only if `letters` is true.

    Raises
    ------
    DataError
        If a slice cannot be read, or its images and labels do not match.
    """
    place = archive.first_archive()
    if place is None:
        return []
    labelled = sorted((place.parent / "slices").glob("emnist-*-labels-*-idx1-ubyte.gz"))
    return [_slice(path) for path in labelled if letters or "-letters-" not in path.name]


def _slice(path: Path) -> Dataset:
    _, split, part, _, indices, *_ = path.name.split("-")
    images_path = path.with_name(f"emnist-{split}-{part}-images-{indices}-idx3-ubyte.gz")
    labels, images = (_array(file) for file in (path, images_path))
    official = SPLITS[split]
    if images.shape != (len(labels), 28, 28):
        raise DataError(
            f"{images_path.name} and {path.name} do not match (images {images.shape}, "
            f"labels {labels.shape}): copy both again, or remove them."
        )
    of_class = np.array([POOL.members.index(members) for members in official.alphabet.members])
    return Dataset(
        f"{split} {part} {indices}",
        np.array(images.swapaxes(1, 2), order="C"),  # EMNIST's images are transposed
        of_class[labels.astype(np.int64) - official.first_label],
        POOL,
        "EMNIST",
    )


def _array(path: Path) -> NDArray[np.uint8]:
    try:
        return archive.parse_idx(gzip.decompress(path.read_bytes()))
    except (OSError, EOFError, zlib.error, ValueError, IndexError) as error:
        raise DataError(
            f"The slice {path.name} cannot be read ({error}): copy it again, or remove it."
        ) from None


def within_alphabet(dataset: Dataset, alphabet: Alphabet) -> Dataset:
    """Return the images that certainly show a character of an alphabet, labelled as before.

    An image that shows ``C`` or ``c`` is left out for capitals, but kept for 47 classes.
    """
    characters = set("".join(alphabet.members))
    inside = np.array([characters.issuperset(members) for members in dataset.alphabet.members])
    return dataset.take(inside[dataset.labels])
