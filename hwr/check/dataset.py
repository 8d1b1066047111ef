"""The exercises of lesson 02: exploring EMNIST."""

import numpy as np
from numpy.typing import NDArray

from hwr.alphabets import CHARACTERS, LETTERS
from hwr.check._exercise import function
from hwr.check._question import Question
from hwr.dataset import fingerprints

_IMAGES = np.random.default_rng(2).integers(0, 256, (3, 28, 28), dtype=np.uint8)
_ROWS = _IMAGES.swapaxes(1, 2).reshape(3, 784)


@function(
    cases=[(_ROWS,), (_ROWS[:1],)],
    mistakes={
        "The images lie on their side, mirrored: the file stores them column by column, so swap "
        "rows and columns of each image.": lambda rows: rows.reshape(-1, 28, 28),
        "A quarter turn leaves mirror writing: swap rows and columns instead.": (
            lambda rows: np.rot90(rows.reshape(-1, 28, 28), -1, axes=(1, 2))
        ),
        "They still lie on their side, though no longer mirrored: swap rows and columns instead of "
        "flipping.": lambda rows: rows.reshape(-1, 28, 28)[:, :, ::-1],
        "With .T the axis that counts the images comes last: swap axes 1 and 2 and leave axis 0 in "
        "place.": lambda rows: rows.reshape(-1, 28, 28).T,
        "These are still rows of 784 numbers: an image needs 28 rows of 28.": lambda rows: rows,
    },
    hints=[
        "First reshape the 784 numbers to 28 x 28, then draw one: what is wrong with it?",
        "Swap axes 1 and 2; axis 0 counts the images.",
        "rows.reshape(-1, 28, 28).swapaxes(1, 2)",
    ],
    right="Still, draw a few whenever you load images from anywhere.",
)
def upright(rows: np.ndarray) -> np.ndarray:
    """Return upright images (n, 28, 28) from rows of 784 pixels, stored column by column."""
    return rows.reshape(-1, 28, 28).swapaxes(1, 2)


def _read(labels: NDArray[np.int64], alphabet: str) -> list[str]:
    return [alphabet[label] for label in labels]


@function(
    cases=[(np.array([8, 5, 12, 12, 15]),), (np.array([1, 25]),)],
    mistakes={
        "Off by one: the labels of Letters start at 1, Python's indices at 0. Label 1 is A.": (
            lambda labels: _read(labels, "".join(LETTERS.classes))
        ),
        "You read the labels in the order of ByClass, where ten digits come first: Letters has "
        "only letters.": lambda labels: _read(labels, CHARACTERS),
        "Off by one in the order of ByClass: Letters has no digits, and its label 1 is A.": (
            lambda labels: _read(labels - 1, CHARACTERS)
        ),
        "These are small letters: Letters merges both cases, and the course names a class by its "
        "capital.": lambda labels: _read(labels - 1, "".join(LETTERS.classes).lower()),
        "The labels move the wrong way: subtract 1 instead of adding it.": (
            lambda labels: _read((labels + 1) % 26, "".join(LETTERS.classes))
        ),
    },
    hints=[
        "Which label does A have in this split? And which index in the alphabet?",
        "The index is the label minus 1.",
        '["ABCDEFGHIJKLMNOPQRSTUVWXYZ"[label - 1] for label in labels]',
    ],
    right="Without the 1, every A is read as a B, and only the last letter raises an error.",
)
def letters(labels: np.ndarray) -> list[str]:
    """Return the capital that each label 1 to 26 of the split Letters stands for."""
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    return [alphabet[label - 1] for label in labels]


def _shares(of: NDArray[np.int64], right: NDArray[np.bool_]) -> float:
    return float(np.mean([right[of == one].mean() for one in np.unique(of)]))


@function(
    cases=[
        (np.array([0, 0, 0, 0, 1, 2]), np.array([0, 0, 0, 0, 0, 2])),
        (np.array([3, 3, 5, 5, 5, 9]), np.array([3, 5, 5, 5, 5, 3])),
    ],
    mistakes={
        "That is the accuracy: on an unbalanced dataset the frequent classes dominate it. Take "
        "each class's share first, then the mean of the shares.": (
            lambda labels, answers: (labels == answers).mean()
        ),
        "You have grouped by the answer: that is the precision. Recall asks, of the images that "
        "ARE of a class, how many were found.": (
            lambda labels, answers: _shares(answers, labels == answers)
        ),
        "You count classes without images as 0: use only classes that occur in the labels.": (
            lambda y, answers: _shares(y, y == answers) * len(np.unique(y)) / (y.max() + 1)
        ),
        "You divide by 62: count only classes that occur in the labels.": (
            lambda y, answers: _shares(y, y == answers) * len(np.unique(y)) / 62
        ),
        "That is the number of right answers: return a share.": (
            lambda labels, answers: (labels == answers).sum()
        ),
    },
    hints=[
        "np.unique(labels) returns the classes that occur. What is the recall of one of them?",
        "For one class: (answers[labels == one] == one).mean().",
        "Collect these for every class in a list, and take np.mean of the list.",
    ],
    right="Every class counts the same, however many images it has.",
)
def mean_recall(labels: np.ndarray, answers: np.ndarray) -> float:
    """Return the mean, over the classes that occur, of the share of their images read right."""
    recalls = [(answers[labels == one] == one).mean() for one in np.unique(labels)]
    return float(np.mean(recalls))


# --- the dataset detective ---------------------------------------------------------------------

Parts = tuple[NDArray[np.uint8], NDArray[np.int64], NDArray[np.uint8], NDArray[np.int64]]
"""Training images and labels, then test images and labels."""


def damaged(
    images: NDArray[np.uint8], labels: NDArray[np.int64], test: int = 200, leaked: int = 60
) -> Parts:
    """Return images split by a careless loader, with three faults for the detective to find.

    Parameters
    ----------
    images : ndarray of uint8, shape (n, 28, 28), upright
    labels : ndarray of int64, shape (n,), in 0..61
    test, leaked : int
        Number of test images, and of those that are also among the training images.
    """
    once = np.sort(np.unique(fingerprints(images), return_index=True)[1])
    images, labels = images[once], labels[once]
    order = np.random.default_rng(5).permutation(len(images))
    judged, learned = order[:test], np.concatenate([order[test:], order[:leaked]])
    learned = np.random.default_rng(6).permutation(learned)
    lying = images.swapaxes(1, 2)
    shifted = (labels + 1) % len(CHARACTERS)
    return lying[learned], shifted[learned], lying[judged], shifted[judged]


def _cases() -> list[Parts]:
    rng = np.random.default_rng(3)
    images = rng.integers(0, 256, (90, 28, 28), dtype=np.uint8)
    labels = np.concatenate([[0, 61], rng.integers(0, 62, 88)])
    return [damaged(images, labels, 30, 12), damaged(images[:50], labels[:50], 20, 20)]


def _mended(
    parts: Parts, turn: bool = True, shift: int = -1, leak: str = "train", wrap: bool = True
) -> Parts:
    images, labels, test_images, test_labels = parts
    shared = np.isin(fingerprints(images), fingerprints(test_images))
    back = np.isin(fingerprints(test_images), fingerprints(images))
    if leak == "train":
        images, labels = images[~shared], labels[~shared]
    elif leak == "test":
        test_images, test_labels = test_images[~back], test_labels[~back]
    if turn:
        images, test_images = images.swapaxes(1, 2), test_images.swapaxes(1, 2)
    size = len(CHARACTERS) if wrap else 10**6
    moved = [(each + shift) % size if wrap else each + shift for each in (labels, test_labels)]
    return images, moved[0], test_images, moved[1]


@function(
    cases=_cases(),
    mistakes={
        "Nothing is mended yet: draw some images with their labels, and look for images that are "
        "in both parts.": lambda *parts: parts,
        "The images still lie on their side, mirrored; the labels and the split are right.": (
            lambda *parts: _mended(parts, turn=False)
        ),
        "The labels are still one too high; the images and the split are right.": (
            lambda *parts: _mended(parts, shift=0)
        ),
        "Leakage: some test images are still among the training images; the rest is right.": (
            lambda *parts: _mended(parts, leak="none")
        ),
        "You removed the shared images from the test, which makes it smaller: remove them from the "
        "training images.": lambda *parts: _mended(parts, leak="test"),
        "A label has become -1: it was 61 before the loader added 1, so count modulo 62.": (
            lambda *parts: _mended(parts, wrap=False)
        ),
        "The images are upright, but the labels are still wrong, and test images still leak.": (
            lambda *parts: _mended(parts, shift=0, leak="none")
        ),
        "The labels are right, but the images still lie on their side, and some still leak.": (
            lambda *parts: _mended(parts, turn=False, leak="none")
        ),
        "The leak is closed, but the images and the labels are still wrong.": (
            lambda *parts: _mended(parts, turn=False, shift=0)
        ),
    },
    hints=[
        "Three things are wrong. Draw images with their labels as titles to see two of them.",
        "For the third: dataset.fingerprints(images) returns a number for each image, and "
        "np.isin(a, b) tells which of a occur in b.",
        "swapaxes(1, 2) for both parts; (labels - 1) % 62 for both; and keep only training images "
        "with ~np.isin(dataset.fingerprints(images), dataset.fingerprints(test_images)).",
    ],
    right="A look at the images would have found two of these faults. The third shows only in an "
    "accuracy that is too good.",
)
def mend(
    images: np.ndarray, labels: np.ndarray, test_images: np.ndarray, test_labels: np.ndarray
) -> tuple[np.ndarray, ...]:
    """Return the four arrays as they should be, without the loader's faults."""
    from hwr import dataset

    new = ~np.isin(dataset.fingerprints(images), dataset.fingerprints(test_images))
    images, labels = images[new], labels[new]
    images, test_images = images.swapaxes(1, 2), test_images.swapaxes(1, 2)
    return images, (labels - 1) % 62, test_images, (test_labels - 1) % 62


lazy_classifier = Question(
    "lazy_classifier",
    "A classifier reads every digit of EMNIST and not a single letter. What is its accuracy on all "
    "62 characters?",
    {
        "16 %, ten characters out of 62": "That is its mean recall. Accuracy counts images, and "
        "half of EMNIST's images are digits.",
        "about 50 %": "Half of EMNIST's images are digits. On an unbalanced dataset, accuracy says "
        "little.",
        "0 %, it has not learned the task": "It reads every digit right, and each of them counts.",
    },
    right="about 50 %",
)

other_split = Question(
    "other_split",
    "You train on the official ByClass training part and report the accuracy on the ByMerge test. "
    "What is wrong?",
    {
        "nothing: both are official": "Each split divides the same images anew.",
        "it has been trained on most of the test images": "Six out of seven ByMerge test images "
        "are in the training part of ByClass.",
        "the labels do not match": "They do once the cases are merged. The images are the problem.",
    },
    right="it has been trained on most of the test images",
)
