"""The exercises of lesson 07: teach it your hand."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from hwr.check._exercise import function
from hwr.check._question import Question


def _nth(labels: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return each drawing's number among those of its own label, from 0."""
    return np.array([np.sum(labels[:i] == label) for i, label in enumerate(labels)])


@function(
    cases=[
        (np.array([7, 7, 7, 3, 3, 7, 3, 3, 7]), 2),
        (np.array([1, 2, 3, 1, 2, 3, 1, 2, 3]), 1),
    ],
    mistakes={
        "Every drawing teaches: then none is left to measure on, and the figure would flatter.": (
            lambda labels, each: np.ones(len(labels), bool)
        ),
        "You take the first drawings of all together: count for every character by itself.": (
            lambda labels, each: np.arange(len(labels)) < each * len(np.unique(labels))
        ),
        "One too many: counted from 0, the first two are those below 2.": (
            lambda labels, each: _nth(labels) <= each
        ),
        "It is the other way round: True marks the drawings that teach.": (
            lambda labels, each: _nth(labels) >= each
        ),
        "You take the last ones of each character: the first ones are asked for.": (
            lambda labels, each: _nth(labels[::-1])[::-1] < each
        ),
    },
    hints=[
        "For one character: np.flatnonzero(labels == character) are its places, in order.",
        "Begin with np.zeros(len(labels), bool), and set the first `each` places of every "
        "character to True.",
        "for label in np.unique(labels): teaches[np.flatnonzero(labels == label)[:each]] = True",
    ],
    right="What teaches and what measures have no drawing in common.",
)
def first_of_each(labels: np.ndarray, each: int) -> np.ndarray:
    """Mark the first `each` drawings of every character with True."""
    teaches = np.zeros(len(labels), bool)
    for label in np.unique(labels):
        teaches[np.flatnonzero(labels == label)[:each]] = True
    return teaches


Weights = Sequence[NDArray[np.float64]]
_OLD = [np.array([[1.0, 2.0], [3.0, 4.0]]), np.array([1.0, -1.0])]
_NEW = [np.array([[5.0, 0.0], [3.0, 8.0]]), np.array([3.0, 1.0])]


def _each(
    old: Weights, new: Weights, first: float, second: float
) -> tuple[NDArray[np.float64], ...]:
    return tuple(first * a + second * b for a, b in zip(old, new, strict=True))


@function(
    cases=[(_OLD, _NEW, 0.25), (_OLD, _NEW, 1.0), (_OLD, _NEW, 0.0)],
    mistakes={
        "Old and new are exchanged: share 1 has to give the new weights.": (
            lambda old, new, share: _each(old, new, share, 1 - share)
        ),
        "The new weights come on top of all of the old ones: of these only 1 - share is left.": (
            lambda old, new, share: _each(old, new, 1, share)
        ),
        "That is the mean, whatever the share.": lambda old, new, share: _each(old, new, 0.5, 0.5),
        "Only the new weights are scaled, and nothing of the old is left.": (
            lambda old, new, share: _each(old, new, 0, share)
        ),
        "These are the differences: they have to be added to the old weights.": (
            lambda old, new, share: _each(old, new, -share, share)
        ),
    },
    hints=[
        "What has to come out for share 0, and what for share 1?",
        "For one layer: (1 - share) * old + share * new. The weights are lists, one array a layer.",
        "[(1 - share) * a + share * b for a, b in zip(old, new, strict=True)]",
    ],
    right="Between the two networks lies a whole line of others, and some are better than both.",
)
def mixed(old: list[np.ndarray], new: list[np.ndarray], share: float) -> tuple[np.ndarray, ...]:
    """Mix two lists of weights, layer by layer: share 0 gives the old ones, 1 the new ones."""
    return tuple((1 - share) * a + share * b for a, b in zip(old, new, strict=True))


why_not_all = Question(
    "why_not_all",
    "Fifty drawings are to teach a network of 610,000 weights. Why not train all of them?",
    {
        "it would take too long": "Fifty drawings are learned in a second, whatever is trained.",
        "it would learn the fifty by heart": "Weights that thousands of writers have shaped "
        "would change to fit fifty drawings, and what they knew would be gone.",
        "convolutions cannot be trained any more": "They can. They just see strokes and bends, "
        "which are the same in your hand.",
    },
    right="it would learn the fifty by heart",
)

what_is_forgotten = Question(
    "what_is_forgotten",
    "You teach it ten of your characters, and nothing else. On what will it do worse afterwards?",
    {
        "on nothing: it only learns something new": "The same weights serve all characters and "
        "all hands: what moves for yours moves for all.",
        "on your drawings that it has not seen": "If it has learned your hand and not just your "
        "drawings, it does better on them.",
        "on other people's handwriting": "Nothing reminds it of them. How much is lost has to be "
        "measured, and rehearsing keeps most of it.",
    },
    right="on other people's handwriting",
)
