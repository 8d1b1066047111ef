"""The marks of ink in a picture of one character, and which of them belong to it.

All sizes are relative to the largest mark, which is a stroke of the character; a frame around it
has been cut off before.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from hwr.images.components import bounding_boxes, stroke_width
from hwr.images.depth import Depth

MIN_DEPTH, GRAIN_DEVIATIONS = 0.12, 7.0
"""Depth below which nothing is ink: as a share of the paper's brightness, and in standard
deviations of its grain."""
EDGE_DEPTH = 0.45
"""Depth, as a share of the ink's, from which a pixel belongs to a mark."""
MIN_SIZE = 0.03
"""Size of the smallest character, as a share of the picture's longer side."""
MIN_AREA = 0.3
"""Area of the smallest mark, in squares of the pen's width."""
LARGE, FAR = 0.35, 2.0
"""Size of a mark from which it is written and no speck, and how far from the character it is."""
NEAR = 0.1
"""Gap up to which a mark is the continuation of a stroke."""
SMALLEST_DOT, LARGEST_DOT = 0.6, 3.0
"""Size of a dot, in widths of the pen."""
DOT_ABOVE, DOT_BELOW = 0.6, 0.4
"""Largest gap between a dot and what it belongs to."""
NARROW, FLAT = 0.5, 0.4
"""Ratios of a mark's sides: a narrow one may have a dot above it, a flat one also below it."""
RIM, EDGE_SHARE = 3, 0.7
"""Within this number of pixels around a mark, this share must be brighter than the mark."""
SAME_PAPER = 0.6
"""Brightness, as a share of that of the character's paper, below which it is not the same paper."""
FRAME_SHARE, FRAME_BAND, FRAME_PEN = 0.85, 0.1, 0.2
"""A frame has ink along this share of all four sides, within this distance from them, and is drawn
with a pen at most this thick: all as shares of its sides, the last of the shorter."""

Picture = NDArray[np.float32]
Mask = NDArray[np.bool_]
Labels = NDArray[np.int32]
Box = NDArray[np.float64]
Boxes = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Marks:
    """The marks of a character, or of several.

    Attributes
    ----------
    mask : ndarray of bool, shape (height, width)
        Where they are.
    boxes : ndarray of float64, shape (marks, 4)
        Left, top, right and bottom of each; the largest is the first.
    full : float
        Depth of the ink, as a share of the paper's brightness.
    pen : float
        Mean width of a stroke, in pixels.
    """

    mask: NDArray[np.bool_]
    boxes: Boxes
    full: float
    pen: float

    @property
    def bounds(self) -> Box:
        """Left, top, right and bottom of all marks together."""
        return np.concatenate([self.boxes[:, :2].min(axis=0), self.boxes[:, 2:].max(axis=0)])

    @property
    def size(self) -> float:
        """The longer side of all marks together, in pixels."""
        return max(sides(self.bounds))

    @property
    def length(self) -> float:
        """The longer side of all marks together, in widths of the widest stroke."""
        inside = np.pad(self.mask, 1)
        return self.size / (2 * float(ndimage.distance_transform_cdt(inside).max()))


def find_marks(depth: Depth) -> Marks | None:
    """Return the marks of the character in a picture, or None if nothing is written."""
    least = max(MIN_DEPTH, GRAIN_DEVIATIONS * depth.grain)
    main, labels, _ = _largest(depth, least)
    if not main:
        return None
    full = float(np.quantile(depth.values[labels == main], 0.8))
    main, labels, boxes = _largest(depth, max(least, EDGE_DEPTH * full))
    if not main or max(sides(boxes[main - 1])) < MIN_SIZE * max(labels.shape):
        return None
    pen = stroke_width(labels == main)
    areas = np.bincount(labels.ravel())[1:]
    others = [n for n in np.flatnonzero(areas >= max(MIN_AREA * pen**2, 2)) if n != main - 1]
    paper = ndimage.mean(depth.paper, labels, np.arange(1, len(boxes) + 1))
    others = [n for n in others if paper[n] >= SAME_PAPER * paper[main - 1]]
    others = [n for n in others if not _encloses(labels, boxes, n, main - 1)]
    kept = _belonging(boxes, main - 1, others, pen)
    numbers = np.zeros(len(boxes) + 1, np.bool_)
    numbers[np.array(kept) + 1] = True
    return Marks(numbers[labels], boxes[kept], full, pen)


def _largest(depth: Depth, least: float) -> tuple[int, Labels, Boxes]:
    """Return the number of the most visible mark, from 1 or 0, and the labels and boxes of all."""
    labels, count = ndimage.label(depth.values >= least, np.ones((3, 3)))
    labels, count = _with_edges(labels, count, depth.grey, least)
    boxes = bounding_boxes(labels)
    if not count:
        return 0, labels, boxes
    mean = ndimage.mean(depth.values * depth.paper, labels, np.arange(1, count + 1))
    longer = np.maximum(boxes[:, 2] - boxes[:, 0], boxes[:, 3] - boxes[:, 1])
    return int(np.argmax(longer * mean)) + 1, labels, boxes


def _with_edges(labels: Labels, count: int, grey: Picture, least: float) -> tuple[Labels, int]:
    """Return the marks that are darker than what is around them, and their number.

    Others end where the window of the closing ends, as beside bright ink and in a desk's corners.
    """
    grown = ndimage.maximum_filter(labels, 2 * RIM + 1)
    around = np.where(ndimage.maximum_filter(labels, 3) > 0, 0, grown)
    darkest = ndimage.minimum_filter(grey, 2 * RIM + 3)
    brighter = darkest <= (1 - least / 2) * grey
    numbers = np.arange(count + 1)
    seen = np.bincount(around.ravel(), minlength=count + 1)
    shares = np.bincount(around.ravel(), brighter.ravel(), count + 1) / np.maximum(seen, 1)
    kept = (shares >= EDGE_SHARE) & (numbers > 0)
    numbers = np.where(kept, np.cumsum(kept), 0).astype(np.int32)
    return numbers[labels], int(kept.sum())


def sides(box: Box) -> tuple[float, float]:
    """Return width and height of a box."""
    return float(box[2] - box[0]), float(box[3] - box[1])


def _gaps(boxes: Boxes, other: Box) -> NDArray[np.float64]:
    """Return the gap between each of some boxes and another; 0 where they overlap."""
    across = np.maximum(boxes[:, 0] - other[2], other[0] - boxes[:, 2])
    down = np.maximum(boxes[:, 1] - other[3], other[1] - boxes[:, 3])
    gaps: NDArray[np.float64] = np.hypot(np.maximum(across, 0.0), np.maximum(down, 0.0))
    return gaps


def _encloses(labels: Labels, boxes: Boxes, one: int, main: int) -> bool:
    """Return whether a mark is a frame around the main one."""
    (left, top, right, bottom), inner = boxes[one].astype(int), boxes[main]
    if left >= inner[0] or top >= inner[1] or right <= inner[2] or bottom <= inner[3]:
        return False
    return is_frame(labels[top:bottom, left:right] == one + 1)


def _belonging(boxes: Boxes, main: int, others: list[int], pen: float) -> list[int]:
    """Return the marks that are written, the main one first; the others are specks.

    A mark belongs to kept ones if it continues one, or is large and not far from it.
    """
    size = max(sides(boxes[main]))
    large = (boxes[:, 2:] - boxes[:, :2]).max(axis=1) >= LARGE * size
    reach, nearest = np.where(large, FAR, NEAR) * size, _gaps(boxes, boxes[main])
    kept, before = {main: None}, 0  # in the order in which they are found
    while len(kept) > before:
        before = len(kept)
        for n in others:
            if n not in kept and nearest[n] <= reach[n]:
                kept[n] = None
                nearest = np.minimum(nearest, _gaps(boxes, boxes[n]))
    rest = [n for n in others if n not in kept]
    return [*kept, *_dots(boxes, boxes[list(kept)], rest, pen)]


def _dots(boxes: Boxes, kept: Boxes, rest: list[int], pen: float) -> list[int]:
    """Return the marks that are dots above or below one of the kept ones, as in i, ä, ÷ and ?."""
    size = max(sides(kept[0]))
    small = [n for n in rest if SMALLEST_DOT * pen <= max(sides(boxes[n])) <= LARGEST_DOT * pen]
    dots, places = np.array(small, int), boxes[small]
    middles, slack = (places[:, 0] + places[:, 2]) / 2, 0.15 * size
    found: list[int] = []
    for letter in kept:
        width, height = sides(letter)
        # Over or under the letter, and not beside it.
        over = (letter[0] - slack <= middles) & (middles <= letter[2] + slack)
        up, down = letter[1] - places[:, 3] + pen, places[:, 1] - letter[3] + pen
        above = dots[over & (up > 0) & (up <= DOT_ABOVE * size + pen)].tolist()
        below = dots[over & (down > 0) & (down <= DOT_BELOW * size + pen)].tolist()
        flat = height <= FLAT * width
        if len(above) > 2 or (len(above) == 1 and width > NARROW * height and not flat):
            above = []
        if len(below) > 1 or (flat and len(above) != len(below)):
            below = []
        found += above + below
    return list(dict.fromkeys(found))


def is_frame(mask: Mask, share: float = FRAME_SHARE) -> bool:
    """Return whether ink runs along all four sides of a box, as no letter does.

    Parameters
    ----------
    mask : ndarray of bool, shape (height, width)
        A mark, cropped to its box.
    share : float
        Part of each side that must be inked.
    """
    height, width = mask.shape
    down, across = (max(1, round(FRAME_BAND * side)) for side in (height, width))
    sides = (
        mask[:down].any(axis=0), mask[-down:].any(axis=0),
        mask[:, :across].any(axis=1), mask[:, -across:].any(axis=1),
    )  # fmt: skip
    thin = stroke_width(np.pad(mask, 1)) < FRAME_PEN * min(height, width)
    return thin and all(float(side.mean()) >= share for side in sides)


def has_corners(marks: Marks) -> bool:
    """Return whether the largest mark has ink in all its corners, unlike a 0."""
    left, top, right, bottom = marks.boxes[0].astype(int)
    mask = marks.mask[top:bottom, left:right]
    down, across = (max(1, round(0.8 * FRAME_BAND * side)) for side in mask.shape)
    halves = (mask[:down], mask[-down:])
    return all(half[:, :across].any() and half[:, -across:].any() for half in halves)
