"""The pieces that writing falls into, and the groups of them that may be characters.

A piece, or *unit*, is a stroke of the pen or, in a picture, a patch of connected ink. Where
characters end is not known yet: a unit is one at most a part of a character, a group of neighbours
is perhaps a whole one.
"""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from hwr.images.components import MAX_WIDTH, Components, bounding_boxes, cut_columns
from hwr.ink import LONGER_SIDE, Ink, convert

MAX_GROUP = 5
"""A character has at most so many units."""
MAX_GROUP_WIDTH = 2.4
"""No character is wider than so many times the height of its word, which may be that of an m."""
SHAPE_FEATURES = 7
USUAL = 0.75
"""Gaps in writing are as large as this quantile of all gaps between its units."""
OPEN = 0.3
"""The gap before the first and after the last unit, in heights of the writing."""

Array = NDArray[np.float64]
ImageOf = Callable[[Sequence[int]], NDArray[np.uint8]]


class Segments:
    """Pieces of writing from left to right.

    Parameters
    ----------
    boxes : ndarray of float64, shape (units, 4)
        Left, top, right and bottom of each, y down, in any unit of length.
    image : callable
        Gives what the network reads of some of the units, by their numbers in ``boxes``: uint8,
        shape (28, 28), as :func:`hwr.ink.convert` makes it.

    Attributes
    ----------
    boxes : ndarray of float64, shape (units, 4)
        From left to right, by their middles.
    names : ndarray of int64, shape (units,)
        Their numbers in the parameter ``boxes``.
    height : float
        From the highest to the lowest point.
    """

    def __init__(
        self, boxes: Array, image: ImageOf, names: NDArray[np.int64] | None = None
    ) -> None:
        boxes = np.asarray(boxes, np.float64).reshape(-1, 4)
        names = np.arange(len(boxes)) if names is None else names
        order = np.argsort(boxes[:, 0] + boxes[:, 2], kind="stable")
        self.boxes, self.names = boxes[order], names[order]
        self._image = image
        self.left, self.top, self.right, self.bottom = self.boxes.T
        self.height = float(np.ptp(self.boxes[:, [1, 3]])) if len(boxes) else 0.0
        self.height = self.height or 1.0
        self._usual = float(np.quantile(self.gaps(), USUAL)) if len(boxes) > 1 else 0.0

    @classmethod
    def of_ink(cls, ink: Ink) -> "Segments":
        """Take each stroke for a unit."""
        boxes = [[*stroke.min(axis=0), *stroke.max(axis=0)] for stroke in ink.strokes]

        def image(which: Sequence[int]) -> NDArray[np.uint8]:
            return convert(Ink([ink.strokes[i] for i in which], ink.pen))

        return cls(np.array(boxes), image)

    def __len__(self) -> int:
        return len(self.boxes)

    def pick(self, which: Sequence[int] | NDArray[np.int64]) -> "Segments":
        """Return some of the units, by their places from left to right."""
        chosen = np.asarray(which, np.int64)
        return Segments(self.boxes[chosen], self._image, self.names[chosen])

    def name(self, start: int, end: int) -> tuple[int, ...]:
        """Name a group by the numbers of its units, which stay the same in every pick."""
        return tuple(sorted(self.names[start:end].tolist()))

    def image(self, name: tuple[int, ...]) -> NDArray[np.uint8]:
        """Return what the network reads of a group: uint8, shape (28, 28)."""
        return self._image(name)

    def groups(self) -> list[tuple[int, int]]:
        """Return the runs of units that are narrow enough to be one character, as (start, end)."""
        found = []
        for start in range(len(self)):
            for end in range(start + 1, min(start + MAX_GROUP, len(self)) + 1):
                width = self.right[start:end].max() - self.left[start:end].min()
                if end == start + 1 or width <= MAX_GROUP_WIDTH * self.height:
                    found.append((start, end))
        return found

    def box(self, start: int, end: int) -> list[float]:
        """Return left, top, right and bottom of a group."""
        run = slice(start, end)
        return [
            float(self.left[run].min()),
            float(self.top[run].min()),
            float(self.right[run].max()),
            float(self.bottom[run].max()),
        ]

    def gaps(self) -> Array:
        """Return the gap between each unit and all before it: shape (units - 1,), or below 0."""
        reached = np.maximum.accumulate(self.right)[:-1]
        return np.asarray(self.left[1:] - reached, np.float64)

    def shape(self, start: int, end: int) -> list[float]:
        """Measure a group against the writing, in heights of it: ``MEASURES`` numbers.

        Width, height, the gaps before and after, the largest gap inside, how large gaps are in
        this writing; and the number of units.
        """
        left, top, right, bottom = self.box(start, end)
        before = left - self.right[:start].max() if start else OPEN * self.height
        after = self.left[end:].min() - right if end < len(self) else OPEN * self.height
        inner, reached = 0.0, self.right[start]
        for unit in range(start + 1, end):
            inner = max(inner, self.left[unit] - reached)
            reached = max(reached, self.right[unit])
        sizes = np.array([right - left, bottom - top, before, after, inner, self._usual])
        return [*np.clip(sizes / self.height, -1, MAX_GROUP_WIDTH).tolist(), float(end - start)]


def from_picture(ink: NDArray[np.float32]) -> Segments:
    """Return the connected components of a binarized picture, wide ones cut into slices.

    Parameters
    ----------
    ink : ndarray of float32, shape (height, width), in 0..1
    """
    patches = Components(ink)
    labels = patches.labels
    count = len(patches.boxes)
    for number, (left, top, right, bottom) in enumerate(patches.boxes.astype(int), 1):
        if right - left > MAX_WIDTH * patches.height:
            part = labels[top:bottom, left:right]
            own = part == number
            for place in cut_columns(own, patches.height, patches.pen):
                count += 1
                own[:, :place] = False
                part[own] = count
    boxes = bounding_boxes(labels)
    for _ in range(2):  # the soft edge belongs to the patch that it surrounds
        edge = (labels == 0) & (ink > 0.05)
        labels[edge] = ndimage.maximum_filter(labels, 3)[edge]
    grey = np.asarray(np.rint(ink * 255), np.uint8)

    def image(which: Sequence[int]) -> NDArray[np.uint8]:
        chosen = boxes[list(which)]
        left, top = np.maximum(chosen[:, :2].min(axis=0).astype(int) - 2, 0)
        right, bottom = chosen[:, 2:].max(axis=0).astype(int) + 2
        step = max(1, int(max(right - left, bottom - top) / (3 * LONGER_SIDE)))
        place = slice(top, bottom, step), slice(left, right, step)
        own = np.isin(labels[place], np.asarray(which) + 1)
        return convert(np.where(own, grey[place], 0))

    return Segments(boxes, image)
