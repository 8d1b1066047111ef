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
    cases=[(np.array([7, 7, 7, 3, 3, 7, 3, 3, 7]), 2), (np.array([1, 2, 3, 1, 2, 3, 1, 2, 3]), 1)],
    mistakes={
        "Every drawing teaches, so none is left to measure on, and the accuracy would look too "
        "good.": (lambda labels, each: np.ones(len(labels), bool)),
        "You take the first drawings of the whole list: count for each character separately.": (
            lambda labels, each: np.arange(len(labels)) < each * len(np.unique(labels))
        ),
        "One too many: counting from 0, the first two are those below 2.": (
            lambda labels, each: _nth(labels) <= each
        ),
        "It is the other way round: True marks the drawings that teach.": (
            lambda labels, each: _nth(labels) >= each
        ),
        "You take the last drawings of each character: take the first ones.": (
            lambda labels, each: _nth(labels[::-1])[::-1] < each
        ),
    },
    hints=[
        "For one character, np.flatnonzero(labels == character) returns its places, in order.",
        "Start with np.zeros(len(labels), bool) and set the first `each` places of every character "
        "to True.",
        "for label in np.unique(labels): teaches[np.flatnonzero(labels == label)[:each]] = True",
    ],
    right="No drawing is used both to teach and to measure.",
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
        "Old and new are swapped: share 1 should give the new weights.": (
            lambda old, new, share: _each(old, new, share, 1 - share)
        ),
        "You add the new weights on top of all the old ones: only 1 - share of the old ones should "
        "remain.": (lambda old, new, share: _each(old, new, 1, share)),
        "That is the mean, whatever the share.": lambda old, new, share: _each(old, new, 0.5, 0.5),
        "You only scale the new weights: nothing of the old ones is left.": (
            lambda old, new, share: _each(old, new, 0, share)
        ),
        "These are the differences: add them to the old weights.": (
            lambda old, new, share: _each(old, new, -share, share)
        ),
    },
    hints=[
        "What should the result be for share 0, and for share 1?",
        "For one layer: (1 - share) * old + share * new. The weights are lists with one array per "
        "layer.",
        "[(1 - share) * a + share * b for a, b in zip(old, new, strict=True)]",
    ],
    right="A whole line of networks lies between the two, and some of them are better than both.",
)
def mixed(old: list[np.ndarray], new: list[np.ndarray], share: float) -> tuple[np.ndarray, ...]:
    """Mix two lists of weights, layer by layer: share 0 gives the old ones, 1 the new ones."""
    return tuple((1 - share) * a + share * b for a, b in zip(old, new, strict=True))


why_not_all = Question(
    "why_not_all",
    "Fifty drawings are to teach a network of 800,000 weights. Why not train all the weights?",
    {
        "it would take too long": "Fifty drawings are learned in a second, however many weights "
        "are trained.",
        "it would learn the fifty by heart": "Weights shaped by thousands of writers would change "
        "to fit fifty drawings, and what they knew would be lost.",
        "convolutions can no longer be trained": "They can. They just see strokes and bends, which "
        "are the same in your handwriting.",
    },
    right="it would learn the fifty by heart",
)

what_is_forgotten = Question(
    "what_is_forgotten",
    "You teach it ten of your characters and nothing else. What will it be worse at afterwards?",
    {
        "nothing: it only learns something new": "The same weights serve all characters and all "
        "hands: a change for yours is a change for all.",
        "your drawings that it has not seen": "If it has learned your hand and not just your "
        "drawings, it gets better at them.",
        "other people's handwriting": "Nothing reminds it of them. How much is lost has to be "
        "measured, and rehearsal keeps most of it.",
    },
    right="other people's handwriting",
)
