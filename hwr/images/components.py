"""Connected components of ink: which ones count, and where to cut wide ones.

Letters that touch are one component, which may be cut where it is thin. Whether it should be is
decided later, when the word is read: one cut too many does little harm, a missing one much.
"""

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from hwr._support import deadline

INK_THRESHOLD = 0.5
"""Value from which a pixel counts as ink."""
MIN_AREA = 0.3
"""Area, in squares of the pen's width, below which a component is dirt."""
MAX_COMPONENT_HEIGHT, MAX_COMPONENT_WIDTH = 6.0, 25.0
"""Size in letter heights above which a component is the edge of a table, or a ruled line."""
EQUAL_HEIGHTS = 0.75
"""Ratio of low to high components above which all count as equally high."""
SMALL_LETTER_HEIGHT = 0.7
"""Height of a small letter as a share of a tall one's."""
MAX_WIDTH = 0.65
"""Width in letter heights above which a component is cut: some single small letters are that wide,
and all pairs of touching ones."""
MIN_SLICE_WIDTH = 0.3
"""Smallest width of a slice, in letter heights."""
Picture = NDArray[np.float32]
Mask = NDArray[np.bool_]
Boxes = NDArray[np.float64]


class Components:
    """Connected components of ink, without dirt.

    Parameters
    ----------
    ink : ndarray of float32, shape (height, width), in 0..1

    Attributes
    ----------
    labels : ndarray of int32, shape (height, width)
        The component that each pixel belongs to, counted from 1; 0 is paper.
    boxes : ndarray of float64, shape (components, 4)
        Left, top, right and bottom of each.
    pen : float
        Mean width of a stroke, in pixels.
    height : float
        Height of tall letters, in pixels.
    """

    def __init__(self, ink: Picture) -> None:
        deadline.check()
        mask = ink >= INK_THRESHOLD
        self.labels, count = ndimage.label(mask, np.ones((3, 3)))
        self.pen = stroke_width(mask)
        areas = np.bincount(self.labels.ravel(), minlength=count + 1)[1:]
        boxes = bounding_boxes(self.labels)
        kept = areas >= max(MIN_AREA * self.pen**2, 3)
        self.height = _letter_height(boxes[kept])
        widths, heights = boxes[:, 2] - boxes[:, 0], boxes[:, 3] - boxes[:, 1]
        kept &= heights <= MAX_COMPONENT_HEIGHT * self.height
        kept &= widths <= MAX_COMPONENT_WIDTH * self.height
        numbers = np.zeros(count + 1, np.int32)
        numbers[1:][kept] = np.arange(1, kept.sum() + 1)
        self.labels, self.boxes = numbers[self.labels], boxes[kept]


def stroke_width(mask: Mask) -> float:
    """Return the width of strokes: their area divided by half the length of their outline.

    An outline of length 1 runs, averaged over all directions, along 4 / pi edges of pixels.
    """
    edges = np.count_nonzero(mask[1:] != mask[:-1]) + np.count_nonzero(mask[:, 1:] != mask[:, :-1])
    return float(mask.sum() * 8 / np.pi / edges) if edges else 1.0


def bounding_boxes(labels: NDArray[np.int32]) -> Boxes:
    """Return left, top, right and bottom of every label above 0: shape (components, 4)."""
    found = [part for part in ndimage.find_objects(labels) if part]
    return np.array(
        [[across.start, down.start, across.stop, down.stop] for down, across in found], np.float64
    ).reshape(-1, 4)


def reach_beyond(boxes: Boxes, ends: tuple[float, float], far: float, near: float) -> Mask:
    """Return which boxes go on beyond a line's ends: farther than `far`, and begin within `near`.

    Shape (components,). The ends are the x of the first and of the last pixel.
    """
    left, _, right, _ = boxes.T
    first, last = ends
    before = (left < first - far) & (right > first - near)
    return np.asarray(before | (right > last + far) & (left < last + near))


def _letter_height(boxes: Boxes) -> float:
    """Return the height of tall letters: the 80th percentile, without dots.

    If all letters are equally high, they are taken to be small ones, as in "noon".
    """
    heights = boxes[:, 3] - boxes[:, 1]
    large = heights[heights >= 0.4 * np.median(heights)] if len(heights) else np.ones(1)
    low, high = np.quantile(large, (0.2, 0.8))
    return float(high / SMALL_LETTER_HEIGHT if low > EQUAL_HEIGHTS * high else high)


def cut_columns(component: Mask, height: float, pen: float) -> list[int]:
    """Return the columns at which to cut a component so that no slice is too wide.

    Cuts are made where a column has few pixels of ink and a small extent from the first to the last
    of them. The extent is large inside an o and small at most joins.

    Parameters
    ----------
    component : ndarray of bool, shape (h, w)
    height : float
        Height of tall letters, in pixels.
    pen : float
        Width of a stroke, in pixels.

    Returns
    -------
    list of int
        From left to right; each column is the first of the slice to its right.
    """
    thickness = component.sum(axis=0)
    extent = len(component) - component[::-1].argmax(axis=0) - component.argmax(axis=0)
    cost = ndimage.gaussian_filter1d((thickness + extent) / 2, pen / 3, mode="nearest")
    narrowest = max(1, round(MIN_SLICE_WIDTH * height))

    def between(left: int, right: int) -> list[int]:
        if right - left <= max(MAX_WIDTH * height, 2 * narrowest):
            return []
        cut = left + narrowest + int(np.argmin(cost[left + narrowest : right - narrowest]))
        return [*between(left, cut), cut, *between(cut, right)]

    return between(0, component.shape[1])
