"""Where the letters of a word lie in its writing, from the frames in which a network names them."""

import numpy as np
from numpy.typing import NDArray

from hwr.ink import Ink
from hwr.words.line_image import COLUMNS_PER_FRAME, HEIGHT, Frame

INK = 0.4
"""Share of a pixel's grey from which on it is ink."""
REACH = 1
"""Of a box beyond the middles of its outermost pixels, in pixels, but no farther than the ink."""

Array = NDArray[np.float64]


def letter_boxes(
    writing: Ink | NDArray[np.float32],
    image: NDArray[np.uint8],
    frame: Frame,
    spans: NDArray[np.int64],
) -> Array:
    """Return the box of each letter: what is in its columns.

    Parameters
    ----------
    writing : Ink or ndarray of float32, shape (height, width), in 0..1
    image, frame : ndarray of uint8, Frame
        Of this writing, from :func:`hwr.words.line_image.line_image`.
    spans : ndarray of int64, shape (n, 2)
        First frame of each letter, and the one after its last, from :func:`hwr.words.ctc.align`.

    Returns
    -------
    ndarray of float64, shape (n, 4)
        Left, top, right and bottom, in the writing's own unit.
    """
    points = np.argwhere(image > 255 * INK)[:, ::-1].astype(np.float64)
    found = [
        _in_columns(points, *edge)
        for edge in _between(spans.astype(np.float64) * COLUMNS_PER_FRAME)
    ]
    corners = [[*(each.min(axis=0) - REACH), *(each.max(axis=0) + REACH)] for each in found]
    boxes = np.array(corners).reshape(-1, 4) / frame.scale + [frame.left, frame.top] * 2
    return np.asarray(boxes.clip(*_bounds(writing)))


def _between(spans: Array) -> Array:
    """Return spans widened to the middle of the gaps: CTC names a letter in part of its columns."""
    middles = (spans[1:, 0] + spans[:-1, 1]) / 2
    first, last = spans[:1, 0] - HEIGHT, spans[-1:, 1] + HEIGHT
    return np.stack([np.r_[first, middles], np.r_[middles, last]], axis=1)


def _in_columns(points: Array, left: float, right: float) -> Array:
    inside = points[(points[:, 0] >= left) & (points[:, 0] < right)]
    return inside if len(inside) else np.array([[left, HEIGHT / 2], [right, HEIGHT / 2]])


def _bounds(writing: Ink | NDArray[np.float32]) -> tuple[list[float], list[float]]:
    """Return the least and the largest left, top, right and bottom of boxes around ink."""
    if isinstance(writing, Ink):
        low, high = writing.bounds()
    else:
        marked = np.argwhere(writing > 0.5)[:, ::-1]
        low, high = marked.min(axis=0), marked.max(axis=0) + 1
    return [*low, *low], [*high, *high]
