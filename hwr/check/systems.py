"""The exercises of lesson 10, which is optional: how far a network can go."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from hwr.check._exercise import function
from hwr.check._question import Question

Z = 1.96
"""So many standard errors to each side make a 95 % interval."""


def _error(share: float, images: int) -> float:
    return float(np.sqrt(share * (1 - share) / images))


@function(
    cases=[(0.8, 1000), (0.905, 116_323), (0.5, 25)],
    mistakes={
        "That is the whole interval, from end to end: return half of it.": (
            lambda accuracy, images: 2 * Z * _error(accuracy, images)
        ),
        "That is one standard error: a 95 % interval reaches 1.96 of them to each side.": _error,
        "The square root is missing: share · (1 - share) / images is the variance.": (
            lambda accuracy, images: Z * accuracy * (1 - accuracy) / images
        ),
        "The number of images stands outside the root: it belongs under it.": (
            lambda accuracy, images: Z * np.sqrt(accuracy * (1 - accuracy)) / images
        ),
        "You have left out the number of images: that is the spread of a single image.": (
            lambda accuracy, images: Z * np.sqrt(accuracy * (1 - accuracy))
        ),
        "These are per cent: return a share, such as 0.025.": (
            lambda accuracy, images: 100 * Z * _error(accuracy, images)
        ),
    },
    hints=[
        "A single image is right or wrong; its variance is accuracy * (1 - accuracy).",
        "The variance of a mean of n images is n times smaller. The standard error is its root.",
        "1.96 * np.sqrt(accuracy * (1 - accuracy) / images)",
    ],
    right="Four times the images make the interval half as wide.",
)
def half_width(accuracy: float, images: int) -> float:
    """Return half of the 95 % interval of an accuracy that was measured on so many images."""
    return float(1.96 * np.sqrt(accuracy * (1 - accuracy) / images))


Pair = tuple[NDArray[np.uint8], NDArray[np.int64]]


def careless(
    images: NDArray[np.uint8], labels: NDArray[np.int64], rng: np.random.Generator
) -> Pair:
    """Shuffle a training set, with a fault that only its learning curves give away."""
    return rng.permutation(images), rng.permutation(labels)


EACH_FOR_ITSELF = (
    "Images and labels are shuffled separately, so no image keeps its label. Use one order for "
    "both."
)
ONLY_IMAGES = "Only the images are shuffled: shuffle their labels in the same order."
ONLY_LABELS = "Only the labels are shuffled: shuffle their images in the same order."
NOTHING = "Nothing is shuffled."
SOME_TWICE = (
    "Some images occur twice and others not at all: draw an order with "
    "rng.permutation(len(images)), which has every number once."
)


def _judge_shuffled(answer: Callable[..., Pair]) -> str | None:
    numbers = np.arange(40)
    rng = np.random.default_rng(8)
    given = answer(numbers.astype(np.uint8).reshape(40, 1, 1), 100 + numbers, rng)
    if given is None:
        return "The function returns nothing: return the images and the labels."
    images, labels = np.ravel(given[0]), np.ravel(given[1]) - 100
    kept = np.array_equal(images, numbers), np.array_equal(labels, numbers)
    if len(images) != len(labels) or not np.array_equal(np.unique(images), numbers):
        return SOME_TWICE
    if all(kept):
        return NOTHING
    if np.array_equal(images, labels):
        return None
    return ONLY_LABELS if kept[0] else ONLY_IMAGES if kept[1] else EACH_FOR_ITSELF


def _with_repeats(
    images: NDArray[np.uint8], labels: NDArray[np.int64], rng: np.random.Generator
) -> Pair:
    drawn = rng.integers(0, len(images), len(images))
    return images[drawn], labels[drawn]


@function(
    judge=_judge_shuffled,
    mistakes={
        EACH_FOR_ITSELF: careless,
        ONLY_IMAGES: lambda images, labels, rng: (rng.permutation(images), labels),
        ONLY_LABELS: lambda images, labels, rng: (images, rng.permutation(labels)),
        NOTHING: lambda images, labels, rng: (images, labels),
        SOME_TWICE: _with_repeats,
    },
    hints=[
        "How do you know where image 7 went when you place label 7?",
        "Draw the order once: order = rng.permutation(len(images)).",
        "return images[order], labels[order]",
    ],
    right="One order for both. Such a mistake raises no error: only the curves show it.",
)
def shuffled(
    images: np.ndarray, labels: np.ndarray, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Shuffle images and labels together."""
    order = rng.permutation(len(images))
    return images[order], labels[order]


seven_times = Question(
    "seven_times",
    "wide_cnn has seven times the parameters of cnn. How long does an epoch take in comparison?",
    {
        "seven times as long": "Time depends on the multiplications, not on the parameters: a "
        "dense layer uses each weight once, a convolution hundreds of times.",
        "longer, but not seven times": "Most of its parameters are in a dense layer, where each is "
        "used once per image; the convolutions take the time.",
        "just as long: computers multiply in parallel": "Two cores multiply only a few numbers at "
        "a time, and there are many more to multiply.",
    },
    right="longer, but not seven times",
)

what_is_broken = Question(
    "what_is_broken",
    "The training accuracy creeps up, the validation accuracy stays at chance level, and the "
    "validation loss hardly falls before it rises. What is wrong?",
    {
        "the learning rate is too high": "Then the training loss would jump about instead of "
        "falling. It falls: the network does learn something.",
        "it overfits: stop earlier": "An overfitting network is better than chance on new images "
        "at first and gets worse later. This one never was.",
        "the labels do not belong to the images": "Then it can only learn single images by heart "
        "and guess on new ones. Look at some images with their labels.",
        "the network is too small": "A small network is weak on both, but far better than chance.",
    },
    right="the labels do not belong to the images",
)
