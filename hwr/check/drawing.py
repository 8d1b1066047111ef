"""The exercises of lesson 09: draw and predict."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from hwr.check._exercise import function
from hwr.check._question import Question

_FOUR = np.array([0.1, 0.5, 0.05, 0.35])
_SIX = np.array([0.3, 0.02, 0.18, 0.06, 0.4, 0.04])


def _named(classes: str, order: NDArray[np.int64]) -> list[str]:
    return [classes[i] for i in order]


@function(
    cases=[(_FOUR, "abcd", 2), (_SIX, "0OoQDC", 3)],
    mistakes={
        "These are the least probable: np.argsort starts with the smallest.": (
            lambda p, classes, k: _named(classes, np.argsort(p)[:k])
        ),
        "These are the right ones, but the least probable comes first.": (
            lambda p, classes, k: _named(classes, np.argsort(p)[-k:])
        ),
        "These are places in the list: look up the character at each.": (
            lambda p, classes, k: list(np.argsort(-p)[:k])
        ),
        "These are probabilities: return the characters that have them.": (
            lambda p, classes, k: list(np.sort(p)[::-1][:k])
        ),
        "These are the first classes of the list, whatever their probabilities.": (
            lambda p, classes, k: list(classes[:k])
        ),
    },
    hints=[
        "np.argsort(-probabilities) returns the places, the most probable first.",
        "Take the first k places and look up each in classes.",
        "[classes[place] for place in np.argsort(-probabilities)[:k]]",
    ],
    right="For a person who can choose, three candidates repair most of what the first one gets "
    "wrong.",
)
def top(probabilities: np.ndarray, classes: str, k: int) -> list[str]:
    """Return the k most probable characters, the most probable first."""
    return [classes[place] for place in np.argsort(-probabilities)[:k]]


Points = NDArray[np.float64]
Strokes = list[Points]
_DRAWN = [np.array([[10.0, 40.0], [30.0, 20.0]]), np.array([[20.0, 20.0], [50.0, 100.0]])]


@function(
    cases=[(_DRAWN,), ([_DRAWN[0] * [3, 1]],)],
    mistakes={
        "Each stroke is scaled by itself: the strokes of a drawing must keep their proportions.": (
            lambda strokes: tuple((s - s.min(axis=0)) / np.ptp(s, axis=0).max() for s in strokes)
        ),
        "Width and height are scaled separately, so everything becomes a square: divide both by "
        "the longer side.": lambda strokes: _unit(strokes, lambda sides: sides),
        "You divide by the shorter side, so the longer one exceeds 1.": (
            lambda strokes: _unit(strokes, lambda sides: sides.min())
        ),
        "The size is right, but not the place: subtract the smallest x and the smallest y first.": (
            lambda strokes: tuple(
                s / np.ptp(np.concatenate(strokes), axis=0).max() for s in strokes
            )
        ),
        "The place is right, but not the size: divide by the longer side.": (
            lambda strokes: _unit(strokes, lambda sides: 1.0)
        ),
    },
    hints=[
        "All points at once: points = np.concatenate(strokes).",
        "low = points.min(axis=0) is the upper left corner; the longer side is (points.max(axis=0) "
        "- low).max().",
        "tuple((stroke - low) / longer for stroke in strokes)",
    ],
    right="Place and size are gone, so the network need not learn anything about them.",
)
def normalised(strokes: list[np.ndarray]) -> tuple[np.ndarray, ...]:
    """Move strokes to the origin and scale them so that the drawing's longer side is 1."""
    points = np.concatenate(strokes)
    low = points.min(axis=0)
    longer = (points.max(axis=0) - low).max()
    return tuple((stroke - low) / longer for stroke in strokes)


def _unit(strokes: Strokes, side: Callable[[Points], Points | float]) -> tuple[Points, ...]:
    points = np.concatenate(strokes)
    return tuple((s - points.min(axis=0)) / side(np.ptp(points, axis=0)) for s in strokes)


none_of_these = Question(
    "none_of_these",
    "You scribble something that is not a character, and ask only which of 62 characters it is. "
    "What will the probabilities say?",
    {
        "always 'not sure': it knows nothing like it": "It compares 62 characters with one "
        "another, and one of them may well stand out.",
        "one of 62 characters, sometimes with confidence": "They sum to one, whatever the "
        "ink: among the 62 there is no class for 'none of these'.",
        "each character with 1/62": "Only if it resembled every character equally.",
    },
    right="one of 62 characters, sometimes with confidence",
)
