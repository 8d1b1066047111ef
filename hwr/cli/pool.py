"""The pool: all labelled images of EMNIST at hand, for whoever wants to read as well as possible.

To the course's own training images it adds *slices*: files with a range of an official member,
named for example ``emnist-balanced-train-images-103680_112799-idx3-ubyte.gz`` (and ``-labels-…``),
in a folder ``slices`` beside the archive. Nobody needs them: without, the pool is the course's
training part.

EMNIST's splits overlap. Whatever is pixel-identical to an image of a test set, or of the course's
validation part, is left out of the training images; of repeats, the first is kept.
"""

import gzip
import zlib
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from hwr import dataset
from hwr.alphabets import BYCLASS, BYMERGE, SPLITS, Alphabet, membership
from hwr.dataset import Dataset
from hwr.datasets import archive
from hwr.datasets.archive import DataError

_MERGED = tuple(members for members in BYMERGE.members if len(members) > 1)
POOL = Alphabet("pool", BYCLASS.classes + _MERGED, BYCLASS.members + _MERGED)
"""The 62 characters, and one class for each merged letter whose case is not known (``Cc``)."""


class Pool(NamedTuple):
    """What recognisers and benchmarks learn from.

    Attributes
    ----------
    train : Dataset
        In the alphabet ``POOL``.
    validation : Dataset
        In 62 classes: the course's validation part.
    tests : tuple of Dataset
        The test sets at hand, whose images were left out of both.
    left_out : int
        How many images that was, repeats not counted.
    """

    train: Dataset
    validation: Dataset
    tests: tuple[Dataset, ...]
    left_out: int

    def describe(self) -> str:
        """Say in a sentence what the pool is."""
        names = ", ".join(test.name for test in self.tests)
        return (
            f"{self.train.name}: {len(self.train):,} images of {self.train.source}, and "
            f"{len(self.validation):,} to validate, without {self.left_out:,} that are also in "
            f"a test set ({names})"
        )


def load() -> Pool:
    """Load the pool from the archive that :func:`hwr.dataset.course` reads, and the slices beside it.

    Raises
    ------
    DataError
        If the archive or a slice is damaged.
    """
    course = dataset.course(BYCLASS)
    parts = [replace(course.train, alphabet=POOL), *slices()]
    candidates = Dataset(
        " and ".join(part.name for part in parts[:1]) + (" and slices" if parts[1:] else ""),
        np.concatenate([part.images for part in parts]),
        np.concatenate([part.labels for part in parts]),
        POOL,
        course.train.source,
    )
    tests = (course.test, *_official_tests())
    validation = dataset.without(course.validation, tests)
    fresh = without_repeats(dataset.without(candidates, [course.validation]))
    train = dataset.without(fresh, tests)
    left_out = len(fresh) - len(train) + len(course.validation) - len(validation)
    return Pool(train, validation, tests, left_out)


def _official_tests() -> list[Dataset]:
    wanted = [split for split in ("bymerge", "mnist") if archive.found()]
    return [
        dataset.load(split) for split in wanted if archive.holding(archive.names(split, "test"))
    ]


def slices() -> list[Dataset]:
    """Load every labelled slice in the folder ``slices`` beside the archive, labelled in ``POOL``.

    Those of the split Letters are passed over: its 26 labels do not even tell ``A`` from ``a``.

    Raises
    ------
    DataError
        If a slice cannot be read, or its images and labels do not fit each other.
    """
    place = archive.locate()
    if place is None:
        return []
    labelled = sorted((place.parent / "slices").glob("emnist-*-labels-*-idx1-ubyte.gz"))
    return [_slice(path) for path in labelled if not path.name.startswith("emnist-letters")]


def _slice(path: Path) -> Dataset:
    _, split, part, _, indices, *_ = path.name.split("-")
    images_path = path.with_name(f"emnist-{split}-{part}-images-{indices}-idx3-ubyte.gz")
    labels, images = (_array(file) for file in (path, images_path))
    official = SPLITS[split]
    if images.shape != (len(labels), 28, 28):
        raise DataError(
            f"{images_path.name} and {path.name} do not fit each other (images {images.shape}, "
            f"labels {labels.shape}): copy both again, or remove them."
        )
    of_class = np.array([POOL.members.index(members) for members in official.alphabet.members])
    return Dataset(
        f"{split} {part} {indices}",
        np.array(images.swapaxes(1, 2), order="C"),  # EMNIST's images lie transposed
        of_class[labels.astype(np.int64) - official.first_label],
        POOL,
        "EMNIST",
    )


def _array(path: Path) -> NDArray[np.uint8]:
    try:
        return archive.parse(gzip.decompress(path.read_bytes()))
    except (OSError, EOFError, zlib.error, ValueError, IndexError) as error:
        raise DataError(
            f"The slice {path.name} cannot be read ({error}): copy it again, or remove it."
        ) from None


def without_repeats(dataset: Dataset) -> Dataset:
    """Keep the first of pixel-identical images."""
    _, first = np.unique(dataset.fingerprints(dataset.images), return_index=True)
    return dataset.take(np.sort(first))


def within(dataset: Dataset, alphabet: Alphabet) -> Dataset:
    """Give the images that surely show a character of an alphabet; their labels stay as they are.

    An image that shows ``C`` or ``c`` is left out for capitals, but kept for 47 classes.
    """
    characters = set("".join(alphabet.members))
    inside = np.array([characters.issuperset(members) for members in dataset.alphabet.members])
    return dataset.take(inside[dataset.labels])


def frequencies(dataset: Dataset, alphabet: Alphabet) -> list[float]:
    """Give how often each class of an alphabet occurs, as shares that sum to 1.

    Images that may be of several classes are shared out as those of one class are. No class counts
    less than one image.
    """
    may_be = membership(dataset.alphabet, alphabet).astype(np.float64)
    counts = np.bincount(dataset.labels, minlength=len(dataset.alphabet))
    clear, open_ = may_be.sum(axis=1) == 1, may_be.sum(axis=1) > 1
    of_class = (counts[clear] @ may_be[clear]).clip(1)
    shares = may_be[open_] * of_class
    of_class = of_class + counts[open_] @ (shares / shares.sum(axis=1, keepdims=True))
    return [round(float(share), 6) for share in of_class / of_class.sum()]
