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
        "The images lie on their side, mirrored: the file holds them column by column, so "
        "exchange rows and columns of each image.": lambda rows: rows.reshape(-1, 28, 28),
        "A quarter turn leaves mirror writing: exchange rows and columns instead.": (
            lambda rows: np.rot90(rows.reshape(-1, 28, 28), -1, axes=(1, 2))
        ),
        "They still lie on their side, and are not even mirrored any more: exchange rows and "
        "columns instead of flipping.": lambda rows: rows.reshape(-1, 28, 28)[:, :, ::-1],
        "With .T the number of the image has come last: exchange axes 1 and 2, and leave axis 0 "
        "where it is.": lambda rows: rows.reshape(-1, 28, 28).T,
        "These are still rows of 784 numbers: a picture needs 28 rows of 28.": lambda rows: rows,
    },
    hints=[
        "First make 28 x 28 of the 784 numbers, then draw one: what is wrong with it?",
        "Exchange axes 1 and 2; axis 0 counts the images.",
        "rows.reshape(-1, 28, 28).swapaxes(1, 2)",
    ],
    right="Draw a few all the same, whenever you load images from anywhere.",
)
def upright(rows: np.ndarray) -> np.ndarray:
    """Make upright images (n, 28, 28) of rows of 784 pixels, stored column by column."""
    return rows.reshape(-1, 28, 28).swapaxes(1, 2)


def _read(labels: NDArray[np.int64], alphabet: str) -> list[str]:
    return [alphabet[label] for label in labels]


@function(
    cases=[(np.array([8, 5, 12, 12, 15]),), (np.array([1, 25]),)],
    mistakes={
        "Off by one: the labels of Letters begin at 1, Python's places at 0. Label 1 is A.": (
            lambda labels: _read(labels, "".join(LETTERS.classes))
        ),
        "You read the labels in the order of ByClass, where ten digits come first: Letters has "
        "nothing but letters.": lambda labels: _read(labels, CHARACTERS),
        "Off by one in the order of ByClass: Letters has no digits, and its label 1 is A.": (
            lambda labels: _read(labels - 1, CHARACTERS)
        ),
        "Those are small letters: Letters merges both cases, and the course names a class by its "
        "capital.": lambda labels: _read(labels - 1, "".join(LETTERS.classes).lower()),
        "The labels go the wrong way: subtract 1, do not add it.": (
            lambda labels: _read((labels + 1) % 26, "".join(LETTERS.classes))
        ),
    },
    hints=[
        "Which label has A in this split? And at which place does A stand in the alphabet?",
        "The place is the label minus 1.",
        '["ABCDEFGHIJKLMNOPQRSTUVWXYZ"[label - 1] for label in labels]',
    ],
    right="Whoever forgets the 1 reads every A as a B, and fails only at the last letter.",
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
        "That is the accuracy: on an unbalanced set the frequent classes decide it. Take each "
        "class's share first, then the mean of the shares.": (
            lambda labels, answers: (labels == answers).mean()
        ),
        "You have grouped by the answer: that is the precision. Recall asks, of the images that "
        "ARE of a class, how many were found.": (
            lambda labels, answers: _shares(answers, labels == answers)
        ),
        "Classes without a single image count as 0 there: take only classes that occur in the "
        "labels.": lambda labels, answers: float(
            sum((labels == answers)[labels == c].mean() for c in np.unique(labels))
            / (labels.max() + 1)
        ),
        "Divided by 62: only classes that occur in the labels count.": (
            lambda labels, answers: float(
                sum((labels == answers)[labels == c].mean() for c in np.unique(labels)) / 62
            )
        ),
        "That is how many were right: wanted is a share.": (
            lambda labels, answers: (labels == answers).sum()
        ),
    },
    hints=[
        "np.unique(labels) gives the classes that occur. What is the recall of one of them?",
        "Of one class: (answers[labels == one] == one).mean().",
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
    """Split images as a careless loader does, with three faults for the detective to find.

    Parameters
    ----------
    images : ndarray of uint8, shape (n, 28, 28), upright
    labels : ndarray of int64, shape (n,), in 0..61
    test, leaked : int
        Images of the test; how many of them the training images hold too.
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
        "The images still lie on their side, mirrored; labels and parts are in order.": (
            lambda *parts: _mended(parts, turn=False)
        ),
        "The labels are still one too high; images and parts are in order.": (
            lambda *parts: _mended(parts, shift=0)
        ),
        "Leakage: some test images are still among the training images; the rest is in order.": (
            lambda *parts: _mended(parts, leak="none")
        ),
        "You took the shared images out of the test: it then judges by fewer. Take them out of "
        "the training images.": lambda *parts: _mended(parts, leak="test"),
        "Label 0 has become -1: it was 61 before the loader added 1, so count modulo 62.": (
            lambda *parts: _mended(parts, wrap=False)
        ),
        "The images are upright, but labels and leakage are not mended yet.": (
            lambda *parts: _mended(parts, shift=0, leak="none")
        ),
        "The labels are right, but the images still lie on their side and leak.": (
            lambda *parts: _mended(parts, turn=False, leak="none")
        ),
        "The leak is closed, but images and labels are still wrong.": (
            lambda *parts: _mended(parts, turn=False, shift=0)
        ),
    },
    hints=[
        "Three things are wrong. Draw images with their labels as titles: two of them you see.",
        "data.fingerprints(images) gives a number for each image; np.isin(a, b) tells which of a "
        "occur in b. That is the third.",
        "swapaxes(1, 2) for both parts; (labels - 1) % 62 for both; and keep only training images "
        "with ~np.isin(data.fingerprints(images), data.fingerprints(test_images)).",
    ],
    right="Two of these faults a look would have found. The third only shows in a figure that is "
    "too good.",
)
def mend(
    images: np.ndarray, labels: np.ndarray, test_images: np.ndarray, test_labels: np.ndarray
) -> tuple[np.ndarray, ...]:
    """Mend what the loader did: give the four arrays back as they should be."""
    from hwr import dataset

    new = ~np.isin(dataset.fingerprints(images), dataset.fingerprints(test_images))
    images, labels = images[new], labels[new]
    images, test_images = images.swapaxes(1, 2), test_images.swapaxes(1, 2)
    return images, (labels - 1) % 62, test_images, (test_labels - 1) % 62


lazy_classifier = Question(
    "lazy_classifier",
    "A classifier reads every digit of EMNIST and not a single letter. What is its accuracy on "
    "all 62 characters?",
    {
        "16 %, ten characters of 62": "That is its mean recall. Accuracy counts images, and half "
        "of EMNIST's are digits.",
        "about 50 %": "Half of EMNIST's images are digits. An accuracy says little about an "
        "unbalanced set.",
        "0 %, it has not learned the task": "It reads every digit right, and each of them counts.",
    },
    right="about 50 %",
)

other_split = Question(
    "other_split",
    "You train on the official ByClass training part and report the accuracy on the ByMerge test. "
    "What is wrong?",
    {
        "nothing: both are official": "Each split was divided anew, from the same images.",
        "most test images have been trained on": "Six of seven ByMerge test images lie in the "
        "training part of ByClass.",
        "the labels do not fit": "They do once case is merged. The images are the problem.",
    },
    right="most test images have been trained on",
)
