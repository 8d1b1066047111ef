"""Segments of writing, and the groups of them that may be characters.

A segment is a pen stroke or, in a picture, a patch of connected ink. Where characters end is not
known yet: a segment is at most one character, often part of one; a group of neighbouring segments
may be a whole one.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from hwr._support import deadline
from hwr.images.components import MAX_WIDTH, Components, bounding_boxes, cut_columns
from hwr.ink import LONGER_SIDE, Ink, convert

MAX_SEGMENTS = 4000
"""Most segments in one sheet or picture."""
MAX_GROUP_SIZE = 5
"""Most segments in one character."""
MAX_GROUP_WIDTH = 2.4
"""Greatest width of a character in heights of its word, which may be that of a lone m."""
SHAPE_FEATURES = 7
"""How many numbers :meth:`Segments.shape_features` returns."""
TYPICAL_GAP_QUANTILE = 0.75
"""Which quantile of all gaps between segments counts as the typical gap."""
OUTER_GAP = 0.3
"""The gap assumed before the first and after the last segment, in heights of the writing."""

Array = NDArray[np.float64]
Picture = NDArray[np.float32]
GroupImage = Callable[[Sequence[int]], NDArray[np.uint8]]


@dataclass(frozen=True)
class Excerpt:
    """Some segments by themselves.

    Attributes
    ----------
    writing : Ink or ndarray of float32, shape (height, width), in 0..1
        Strokes, or the part of a picture in which the segments lie; 1 is ink.
    left, top : float
        Where that part's corner lies in the whole picture; 0 for strokes.
    """

    writing: Ink | Picture
    left: float = 0.0
    top: float = 0.0


CutOut = Callable[[Sequence[int]], Excerpt]


class Segments:
    """Segments of writing from left to right.

    Parameters
    ----------
    boxes : ndarray of float64, shape (n, 4)
        Left, top, right and bottom of each segment, y down, in any unit of length.
    group_image : callable
        Takes indices into ``boxes`` and returns what the network reads of these segments: uint8,
        shape (28, 28), as :func:`hwr.ink.convert` makes it.
    cut_out : callable
        Takes indices into ``boxes`` and returns the ink of these segments, a :class:`Excerpt`.
    indices : ndarray of int64, shape (n,), optional
        What the two call the segments, if they are some of a larger set.

    Attributes
    ----------
    boxes : ndarray of float64, shape (n, 4)
        Ordered from left to right by their centres.
    indices : ndarray of int64, shape (n,)
        The segments' indices before they were ordered.
    left, top, right, bottom : ndarray of float64, shape (n,)
        The columns of ``boxes``.
    height : float
        From the highest to the lowest point; 1 if that is 0.
    """

    def __init__(
        self,
        boxes: Array,
        group_image: GroupImage,
        cut_out: CutOut,
        indices: NDArray[np.int64] | None = None,
    ) -> None:
        boxes = np.asarray(boxes, np.float64).reshape(-1, 4)
        indices = np.arange(len(boxes)) if indices is None else indices
        order = np.argsort(boxes[:, 0] + boxes[:, 2], kind="stable")
        self.boxes, self.indices = boxes[order], indices[order]
        self._group_image, self._cut_out = group_image, cut_out
        self.left, self.top, self.right, self.bottom = self.boxes.T
        self.height = (float(np.ptp(self.boxes[:, [1, 3]])) if len(boxes) else 0.0) or 1.0
        gaps = self.gaps() if len(boxes) > 1 else np.zeros(1)
        self._typical_gap = float(np.quantile(gaps, TYPICAL_GAP_QUANTILE))

    @classmethod
    def from_ink(cls, ink: Ink) -> "Segments":
        """Return the strokes of a drawing."""
        boxes = [[*stroke.min(axis=0), *stroke.max(axis=0)] for stroke in ink.strokes]

        def strokes(chosen: Sequence[int]) -> Ink:
            return Ink([ink.strokes[i] for i in chosen], ink.pen)

        return cls(
            np.array(boxes),
            lambda chosen: convert(strokes(chosen)),
            lambda chosen: Excerpt(strokes(chosen)),
        )

    @classmethod
    def from_picture(cls, ink: Picture) -> "Segments":
        """Return the connected components of a binarized picture, wide ones cut into slices.

        Parameters
        ----------
        ink : ndarray of float32, shape (height, width), in 0..1
            As :func:`hwr.images.binarization.binarize` returns it.

        Raises
        ------
        ValueError
            If there are too many components to be handwriting.
        """
        labels = _label_slices(ink)
        boxes = bounding_boxes(labels)
        for _ in range(2):  # a component's soft edge belongs to it
            edge = (labels == 0) & (ink > 0.05)
            labels[edge] = ndimage.maximum_filter(labels, 3)[edge]
        grey = np.asarray(np.rint(ink * 255), np.uint8)

        def around(chosen: Sequence[int]) -> tuple[int, int, int, int]:
            left, top = np.maximum(boxes[list(chosen), :2].min(axis=0).astype(int) - 2, 0)
            right, bottom = boxes[list(chosen), 2:].max(axis=0).astype(int) + 2
            return int(left), int(top), int(right), int(bottom)

        def group_image(chosen: Sequence[int]) -> NDArray[np.uint8]:
            left, top, right, bottom = around(chosen)
            step = max(1, int(max(right - left, bottom - top) / (3 * LONGER_SIDE)))
            window = slice(top, bottom, step), slice(left, right, step)
            inside = np.isin(labels[window], np.asarray(chosen) + 1)
            return convert(np.where(inside, grey[window], 0))

        def cut_out(chosen: Sequence[int]) -> Excerpt:
            left, top, right, bottom = around(chosen)
            window = slice(top, bottom), slice(left, right)
            inside = np.isin(labels[window], np.asarray(chosen) + 1)
            return Excerpt(np.where(inside, ink[window], np.float32(0)), left, top)

        return cls(boxes, group_image, cut_out)

    def __len__(self) -> int:
        return len(self.boxes)

    def take(self, places: Sequence[int] | NDArray[np.int64]) -> "Segments":
        """Return some of the segments, chosen by their places from left to right."""
        chosen = np.asarray(places, np.int64)
        return Segments(self.boxes[chosen], self._group_image, self._cut_out, self.indices[chosen])

    def excerpt(self) -> Excerpt:
        """Return the ink of all the segments."""
        return self._cut_out(self.key(0, len(self)))

    def key(self, start: int, end: int) -> tuple[int, ...]:
        """Return the indices of a group's segments; :meth:`take` does not change them."""
        return tuple(sorted(self.indices[start:end].tolist()))

    def image(self, key: tuple[int, ...]) -> NDArray[np.uint8]:
        """Return what the network reads of a group: uint8, shape (28, 28)."""
        return self._group_image(key)

    def spans(self) -> list[tuple[int, int]]:
        """Return all groups narrow enough to be one character, as (start, end), end excluded."""
        found = []
        for start in range(len(self)):
            for end in range(start + 1, min(start + MAX_GROUP_SIZE, len(self)) + 1):
                width = self.right[start:end].max() - self.left[start:end].min()
                if end == start + 1 or width <= MAX_GROUP_WIDTH * self.height:
                    found.append((start, end))
        return found

    def box(self, start: int, end: int) -> list[float]:
        """Return left, top, right and bottom of a group."""
        boxes = self.boxes[start:end]
        return [*boxes[:, :2].min(axis=0).tolist(), *boxes[:, 2:].max(axis=0).tolist()]

    def gaps(self) -> Array:
        """Return the gap between each segment and all before it, shape (n - 1,).

        It is negative where segments overlap.
        """
        reached = np.maximum.accumulate(self.right)[:-1]
        return np.asarray(self.left[1:] - reached, np.float64)

    def shape_features(self, start: int, end: int) -> list[float]:
        """Return a group's size and gaps: ``SHAPE_FEATURES`` numbers.

        Width, height, the gap before, the gap after, the largest gap inside and the typical gap of
        this writing, all in heights of the writing; and the number of segments.
        """
        left, top, right, bottom = self.box(start, end)
        before = left - self.right[:start].max() if start else OUTER_GAP * self.height
        after = self.left[end:].min() - right if end < len(self) else OUTER_GAP * self.height
        inside, reached = 0.0, self.right[start]
        for place in range(start + 1, end):
            inside = max(inside, self.left[place] - reached)
            reached = max(reached, self.right[place])
        sizes = np.array([right - left, bottom - top, before, after, inside, self._typical_gap])
        return [*np.clip(sizes / self.height, -1, MAX_GROUP_WIDTH).tolist(), float(end - start)]


def require_few(count: int) -> None:
    """Raise a ValueError if there are more segments than handwriting has."""
    if count > MAX_SEGMENTS:
        raise ValueError(
            f"There are {count:,} strokes or patches of ink, too many for handwriting "
            f"(at most {MAX_SEGMENTS:,}): give one page at a time, or a clearer picture."
        )


def _label_slices(ink: Picture) -> NDArray[np.int32]:
    """Return each pixel's component or slice, numbered from 1; 0 is paper."""
    components = Components(ink)
    labels: NDArray[np.int32] = components.labels
    count = len(components.boxes)
    require_few(count)  # before they are cut
    for number, (left, top, right, bottom) in enumerate(components.boxes.astype(int), 1):
        if right - left > MAX_WIDTH * components.height:
            deadline.check()
            window = labels[top:bottom, left:right]
            rest = window == number
            for column in cut_columns(rest, components.height, components.pen):
                count += 1
                rest[:, :column] = False
                window[rest] = count
    return labels
