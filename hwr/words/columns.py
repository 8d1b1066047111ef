"""Columns of writing: found by the blank strips between them, and put into the order of reading.

A strip as wide as no gap between words, blank over several lines with writing on both sides, parts
two columns (Breuel 2002, Two geometric algorithms for layout analysis). What stands above a strip
is read before them, such as a title, and what stands below it after them.
"""

import numpy as np
from numpy.typing import NDArray

from hwr._support import deadline
from hwr.words.segments import Array

# Lengths are in letter heights.
STRIP_WIDTH, STRIP_HEIGHT = 1.5, 5.0
"""Least width of a blank strip, and its least height, which is that of three lines."""
SHARE = 0.5
"""Least height of a strip as a share of the block's: gaps between words lie below each other, too,
but not for long."""
COLUMN_WIDTH = 5.0
"""Least width of a column: bullets and numbers belong to the lines to their right."""
COVERED = 0.3
"""Share of a strip's height that writing covers on either side, at least."""
STEP = 0.25
"""Distance of the strips that are tried."""
MAX_STRIPS = 1000
"""Most strips that are tried; of what is wider than a page, fewer than every ``STEP``."""

Places = NDArray[np.int64]


def find_blocks(boxes: Array, height: float) -> list[Places]:
    """Return the blocks of writing that are read one after another, such as columns.

    Parameters
    ----------
    boxes : ndarray of float64, shape (n, 4)
        Left, top, right and bottom of each segment.
    height : float
        That of tall letters.

    Returns
    -------
    list of ndarray of int64
        Places in ``boxes``; one block of all if there are no columns.
    """
    return _blocks(boxes / height, np.arange(len(boxes)))


def _blocks(boxes: Array, places: Places) -> list[Places]:
    left, top, right, bottom = boxes[places].T
    strip = _tallest_strip(boxes[places])
    if strip is None:
        return [places]
    x, above, below = strip
    middle = (top + bottom) / 2
    beside = (middle > above) & (middle < below)
    parts = (middle <= above, beside & (left + right < 2 * x), beside & (left + right >= 2 * x),
             middle >= below)  # fmt: skip
    return [block for part in parts if part.any() for block in _blocks(boxes, places[part])]


def _tallest_strip(boxes: Array) -> tuple[float, float, float] | None:
    """Return the middle, the top and the bottom of the tallest strip that parts columns."""
    left, top, right, bottom = boxes.T
    best: tuple[float, float, float] | None = None
    if not len(boxes):
        return best
    tallest = max(STRIP_HEIGHT, SHARE * float(bottom.max() - top.min()))
    first, last = left.min() + COLUMN_WIDTH, right.max() - COLUMN_WIDTH - STRIP_WIDTH
    for x in np.linspace(first, last, int(np.clip((last - first) / STEP, 0, MAX_STRIPS))):
        deadline.check()
        within = (right > x) & (left < x + STRIP_WIDTH)
        order = np.argsort(top[within])
        ends = np.maximum.accumulate(np.r_[top.min(), bottom[within][order]])
        starts = np.r_[top[within][order], bottom.max()]
        longest = int(np.argmax(starts - ends))
        above, below = float(ends[longest]), float(starts[longest])
        if below - above > tallest + 1e-9 and _parts_columns(boxes, x, above, below):
            best, tallest = (float(x) + STRIP_WIDTH / 2, above, below), below - above
    return best


def _parts_columns(boxes: Array, x: float, above: float, below: float) -> bool:
    """Return whether writing covers enough on both sides of a strip."""
    left, top, right, bottom = boxes.T
    level = (bottom > above) & (top < below)
    sides = level & (right <= x), level & (left >= x + STRIP_WIDTH)
    least = COVERED * (below - above)
    return all(
        side.any()
        and np.ptp(boxes[side][:, [0, 2]]) >= COLUMN_WIDTH
        and _covered(top[side].clip(above), bottom[side].clip(max=below)) >= least
        for side in sides
    )


def _covered(low: Array, high: Array) -> float:
    """Return the length that some intervals cover together."""
    order = np.argsort(low)
    reached = np.maximum.accumulate(high[order])
    start = np.maximum(low[order], np.r_[-np.inf, reached[:-1]])
    return float((reached - start).clip(0).sum())
