"""The exercises of lesson 03: augmentation."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hwr.check._exercise import Exercise, function
from hwr.check._question import Question

_IMAGE = np.arange(1, 31, dtype=np.uint8).reshape(5, 6)


@function(
    cases=[(_IMAGE, 2), (_IMAGE, 0), (_IMAGE, 6)],
    mistakes={
        "What leaves on the right comes back on the left: np.roll wraps around. Paper, 0, should "
        "come in.": lambda image, right: np.roll(image, right, axis=1),
        "It moves to the left: the first columns should become paper.": (
            lambda image, right: np.pad(image, ((0, 0), (0, right)))[:, right:]
        ),
        "It moves down: columns are the last axis.": (
            lambda image, right: np.pad(image, ((right, 0), (0, 0)))[: len(image)]
        ),
        "The image has become wider: cut off on the right what you added on the left.": (
            lambda image, right: np.pad(image, ((0, 0), (right, 0)))
        ),
        "The first column is repeated: paper, 0, should come in.": (
            lambda image, right: np.pad(image, ((0, 0), (right, 0)), "edge")[:, : image.shape[1]]
        ),
    },
    hints=[
        "Start with an empty image: np.zeros_like(image).",
        "The first column of the old image becomes column `right` of the new one.",
        "np.pad(image, ((0, 0), (right, 0)))[:, : image.shape[1]] does it in one line.",
    ],
    right="Ink that leaves the image is gone, and paper comes in, as on a sheet.",
)
def shift(image: np.ndarray, right: int) -> np.ndarray:
    """Move an image by `right` pixels to the right; paper, 0, comes in on the left."""
    moved = np.zeros_like(image)
    moved[:, right:] = image[:, : image.shape[1] - right]
    return moved


# --- which changes keep the label true? ---------------------------------------------------------

_TRUE = {
    "slant by 10 degrees": (True, "people write slanted, and every character stays what it is"),
    "mirror left to right": (False, "b becomes d, and nobody writes a mirrored R or 3"),
    "turn upside down": (False, "6 becomes 9, u becomes n, and M becomes W"),
    "a thicker pen": (True, "the shape stays the same, as with another pen"),
    "stretch by 10 %": (True, "people's handwriting differs more than that"),
    "erase the lower half": (
        False,
        "E becomes F, Q becomes O, and often too little is left to read",
    ),
}


def _judge_changes(answer: Any) -> str | None:
    if not isinstance(answer, dict) or answer.keys() != _TRUE.keys():
        return f"Give True or False for each of: {', '.join(_TRUE)}."
    open_ = [change for change, says in answer.items() if says is ... or says is None]
    if open_:
        return f"Give True or False for {', '.join(open_)}."
    wrong = [change for change, (keeps, _) in _TRUE.items() if bool(answer[change]) != keeps]
    return " ".join(f"'{change}': {_TRUE[change][1]}." for change in wrong) or None


keeps_label = Exercise(
    "keeps_label",
    _judge_changes,
    "keeps_label = {\n"
    + "".join(f'    "{change}": {keeps},  # {why}\n' for change, (keeps, why) in _TRUE.items())
    + "}",
    [
        "Ask for each change: is there a character that would become another one?",
        "Think of b and d, of 6 and 9, of E and F.",
        "People's handwriting varies in slant, thickness and proportions anyway.",
    ],
    "A change is allowed as long as a person would still give the same label.",
    {
        f"'{wrong}': {why}.": {
            change: keeps != (change == wrong) for change, (keeps, _) in _TRUE.items()
        }
        for wrong, (_, why) in _TRUE.items()
    },
)

# --- split first, augment then -------------------------------------------------------------------

Distort = Callable[[NDArray[np.uint8]], NDArray[np.uint8]]
Parts = tuple[NDArray[np.uint8], NDArray[np.int64], NDArray[np.uint8], NDArray[np.int64]]


def _invert(images: NDArray[np.uint8]) -> NDArray[np.uint8]:
    return 255 - images


def _prepared(
    images: NDArray[np.uint8],
    labels: NDArray[np.int64],
    distort: Distort,
    keep: bool = True,
    validation_too: bool = False,
) -> Parts:
    cut = len(images) * 4 // 5
    train, validation = images[:cut], images[cut:]
    of_train, of_validation = labels[:cut], labels[cut:]
    if validation_too:
        validation = distort(validation)
    if not keep:
        return distort(train), of_train, validation, of_validation
    return np.concatenate([train, distort(train)]), np.tile(of_train, 2), validation, of_validation


def _augmented_first(
    images: NDArray[np.uint8], labels: NDArray[np.int64], distort: Distort
) -> Parts:
    every, of_every = np.concatenate([images, distort(images)]), np.tile(labels, 2)
    cut = len(every) * 4 // 5
    return every[:cut], of_every[:cut], every[cut:], of_every[cut:]


_FEW = np.random.default_rng(4).integers(0, 256, (10, 2, 2), dtype=np.uint8)


@function(
    cases=[(_FEW, np.arange(10), _invert), (_FEW[:5], np.arange(5) + 20, _invert)],
    mistakes={
        "Leakage: you distort before you split, so a copy of a validation image may be among the "
        "training images. Split first.": _augmented_first,
        "The validation images are distorted too: they should show how the network does on real "
        "images.": lambda i, la, d: _prepared(i, la, d, validation_too=True),
        "The undistorted images are missing from the training images: keep them and add the "
        "distorted ones.": lambda i, la, d: _prepared(i, la, d, keep=False),
        "Every distorted copy needs a label too: there are more images than labels.": (
            lambda i, la, d: (
                _prepared(i, la, d)[0], la[: len(i) * 4 // 5], *_prepared(i, la, d)[2:]
            )
        ),
        "Nothing is distorted: each training image should be there twice, as it is and "
        "distorted.": lambda i, la, d: (
            i[: len(i) * 4 // 5], la[: len(i) * 4 // 5], i[len(i) * 4 // 5 :], la[len(i) * 4 // 5 :]
        ),
    },
    hints=[
        "cut = len(images) * 4 // 5 is where the validation part starts.",
        "Only images[:cut] may be distorted.",
        "np.concatenate([train, distort(train)]), with the labels np.tile(labels[:cut], 2).",
    ],
    right="The network never learns from any form of a validation image.",
)  # fmt: skip
def prepared(images: np.ndarray, labels: np.ndarray, distort: Distort) -> tuple[np.ndarray, ...]:
    """Return training images (as they are, then distorted), their labels, and those to validate."""
    cut = len(images) * 4 // 5
    train = np.concatenate([images[:cut], distort(images[:cut])])
    return train, np.tile(labels[:cut], 2), images[cut:], labels[cut:]


what_helps = Question(
    "what_helps",
    "Drawings from a pad are anywhere on the canvas. What helps a network trained on scans most?",
    {
        "more epochs": "It would read its scans even better, and drawings no better.",
        "augmentation with strong shifts": "It helps, but every shift has to be learned, and "
        "strong shifts push ink out of the image.",
        "the same conversion as the scans": "Crop, centre, shrink: place and size are gone, and "
        "the network need not learn anything about them.",
    },
    right="the same conversion as the scans",
)

where_to_augment = Question(
    "where_to_augment",
    "A random rotation is built into the network as a layer and saved with it. What happens when "
    "it reads a drawing?",
    {
        "nothing: Keras knows that this is not training": "Only if predict or fit tells it. "
        "model(image) does not, and such a layer then assumes training.",
        "the answer may differ from call to call": "The image is turned at random at every "
        "reading. Augment in the data pipeline and save the network without it.",
        "the answers get better": "It was trained on turned images, but a random turn at reading "
        "time can only do harm.",
    },
    right="the answer may differ from call to call",
)
