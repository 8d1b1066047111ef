"""Patches of connected ink: what stays, how they lean on a line, and where wide ones are cut.

Letters that touch are one patch. Where it is thin it may be cut; whether it should be is decided
later, with the word's reading, so a cut too many does little harm and a missing one much.
"""

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

INK = 0.5
"""From this grey on, a pixel belongs to a patch."""
SPECK = 0.3
"""A patch smaller than so much of the pen's square is dirt."""
TALLEST, LONGEST = 6.0, 25.0
"""Higher or wider patches, in letter heights, are a table's edge, or lines."""
EQUAL, SMALL = 0.75, 0.7
"""Patches are of one height if the low ones have so much of the high ones'; small letters have so
much of tall ones'."""
MAX_WIDTH = 0.65
"""Patches wider than so many letter heights are cut: a lone small letter may be, two touching
ones are."""
SLICE = 0.3
"""The least width of a slice, in letter heights."""
STEEPEST = 10.0
"""Largest skew looked for, in degrees."""
AGREE = 0.06
"""Two letters stand on one line if their feet differ by less than so many letter heights."""
EVIDENCE = 1.2, 3.0
"""So many times as many pairs, and so many more, must agree before a picture is turned."""
MOST = 1200
"""So many patches say how a picture leans."""

Picture = NDArray[np.float32]
Mask = NDArray[np.bool_]
Boxes = NDArray[np.float64]


class Components:
    """Patches of connected ink, without dirt.

    Parameters
    ----------
    ink : ndarray of float32, shape (height, width), in 0..1

    Attributes
    ----------
    labels : ndarray of int32, shape (height, width)
        Which patch a pixel belongs to: from 1 on; 0 is paper.
    boxes : ndarray of float64, shape (patches, 4)
        Left, top, right and bottom of each.
    pen : float
        The usual width of a stroke, in pixels.
    height : float
        That of tall letters, in pixels.
    """

    def __init__(self, ink: Picture) -> None:
        mask = ink >= INK
        self.labels, count = ndimage.label(mask, np.ones((3, 3)))
        self.pen = _pen(mask)
        areas = np.bincount(self.labels.ravel(), minlength=count + 1)[1:]
        boxes = bounding_boxes(self.labels)
        kept = areas >= max(SPECK * self.pen**2, 3)
        self.height = _letter_height(boxes[kept])
        wide, tall = boxes[:, 2] - boxes[:, 0], boxes[:, 3] - boxes[:, 1]
        kept &= (tall <= TALLEST * self.height) & (wide <= LONGEST * self.height)
        numbers = np.zeros(count + 1, np.int32)
        numbers[1:][kept] = np.arange(1, kept.sum() + 1)
        self.labels, self.boxes = numbers[self.labels], boxes[kept]


def _pen(mask: Mask) -> float:
    """Return the width of strokes: their area by their length, which their edges tell.

    A line of length 1 in any direction crosses 4 / pi pixels' edges on average, and each stroke
    has two sides.
    """
    edges = np.count_nonzero(mask[1:] != mask[:-1]) + np.count_nonzero(mask[:, 1:] != mask[:, :-1])
    return float(mask.sum() * 8 / np.pi / edges) if edges else 1.0


def bounding_boxes(labels: NDArray[np.int32]) -> Boxes:
    found = [part for part in ndimage.find_objects(labels) if part]
    return np.array(
        [[across.start, down.start, across.stop, down.stop] for down, across in found], np.float64
    ).reshape(-1, 4)


def _letter_height(boxes: Boxes) -> float:
    """Return the height of tall letters: that which four of five patches stay below.

    Dots do not count. Where all are of one height, they are small letters, as in "noon".
    """
    heights = boxes[:, 3] - boxes[:, 1]
    large = heights[heights >= 0.4 * np.median(heights)] if len(heights) else np.ones(1)
    low, high = np.quantile(large, (0.2, 0.8))
    return float(high / SMALL if low > EQUAL * high else high)


def estimate_skew(ink: Picture) -> float:
    """Estimate by how many degrees lines fall to the right.

    At the right angle, the heads and the feet of many letters are at the same height as those of
    their neighbours. Where that is hardly so, as in a short word, the answer is 0.
    """
    patches = Components(ink)
    tall = patches.boxes[:, 3] - patches.boxes[:, 1]
    left, top, right, bottom = patches.boxes[np.argsort(-tall)[:MOST]].T / patches.height
    middle = (left + right) / 2
    away = middle[None] - middle[:, None]
    first, second = np.nonzero((away > 1) & (away < 12))
    across = np.concatenate([away[first, second]] * 2)
    down = np.concatenate([side[second] - side[first] for side in (top, bottom)])
    possible = np.abs(down) < across * np.tan(np.radians(STEEPEST)) + AGREE
    across, down = across[possible], down[possible]

    def agreeing(angle: float) -> float:
        off = down - across * np.tan(np.radians(angle))
        return float(np.exp(-((off / AGREE) ** 2) / 2).sum())

    best: float = max(np.arange(-STEEPEST, STEEPEST + 0.1, 0.25).tolist(), key=agreeing)
    best = max((best + np.arange(-0.25, 0.26, 0.05)).tolist(), key=agreeing)
    times, more = EVIDENCE
    return best if agreeing(best) > times * agreeing(0) + more else 0.0


def cut_columns(patch: Mask, height: float, pen: float) -> list[int]:
    """Find where to cut a patch so that no slice is too wide, each time where there is least ink.

    How much ink there is in a column is told by its thickness, and by the extent from its upper to
    its lower end, which is large inside of an o and small at most joins.

    Parameters
    ----------
    patch : ndarray of bool, shape (h, w)
    height : float
        That of tall letters, in pixels.
    pen : float
        Width of a stroke, in pixels.

    Returns
    -------
    list of int
        Columns, from left to right: each is the first of the slice to its right.
    """
    thickness = patch.sum(axis=0)
    extent = len(patch) - patch[::-1].argmax(axis=0) - patch.argmax(axis=0)
    cost = ndimage.gaussian_filter1d((thickness + extent) / 2, pen / 3, mode="nearest")
    least = max(1, round(SLICE * height))

    def between(left: int, right: int) -> list[int]:
        if right - left <= max(MAX_WIDTH * height, 2 * least):
            return []
        place = left + least + int(np.argmin(cost[left + least : right - least]))
        return [*between(left, place), place, *between(place, right)]

    return between(0, patch.shape[1])
