"""One character found in a picture, whatever else the picture shows.

Its ink lies deeper than the paper around it (:mod:`hwr.images.depth`). Of what is left, frames are
recognised by their four straight sides, specks by their size and place; the rest is the character,
or several of them, which are counted.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from scipy import ndimage

from hwr.images.counting import count_characters
from hwr.images.depth import Depth, measure_depth
from hwr.images.marks import Box, Marks, find_marks, has_corners, is_frame

SIDE = 640
"""Length in pixels of the longer side at which a character is looked for."""
MIN_SIDE = 160
"""Length to which the longer side of a small picture is enlarged."""
MARGIN = 0.6
"""Paper around a character that is looked at again, as a share of its size."""
LOOKS = 4
"""Number of times at most that a part of the picture is looked at again."""
PALE, DARK = 0.25, 0.75
"""Depth, as a share of the ink's, up to which a pixel is paper, and from which it is all ink."""
MIN_LENGTH = 3.0
"""Size of bright ink, in widths of its widest stroke, below which it is a sheet on a dark desk."""

STRONG, LONG, CONTACT = 0.3, 0.25, 0.5
"""Marks that touch the picture's edge are a character only if their ink is at least this deep, they
are this long as a share of the picture, and they cover at most this share of any edge."""
BAND, INSIDE = 0.06, 0.5
"""At least this share of them lies farther than this from the edge, as a share of the picture."""
WORTH = 0.6
"""Share of the picture from which it is not worth to look at a part alone."""

Picture = NDArray[np.float32]
Grey = NDArray[np.uint8]


@dataclass(frozen=True, eq=False)
class CharacterPicture:
    """The ink of a character, and of how many it seems to be.

    Attributes
    ----------
    picture : ndarray of uint8, shape (height, width)
        The part of the picture around the character: ink is bright, up to 255, paper is 0.
    count : int
        Number of characters; 0 if nothing is written.
    """

    picture: Grey
    count: int


def find_character(grey: Grey) -> CharacterPicture:
    """Return the ink of the character that a picture shows.

    Parameters
    ----------
    grey : ndarray of uint8, shape (height, width)
        Dark ink on bright paper, or bright ink on dark paper.
    """
    dark, weight, _ = _look(grey)
    if np.median(grey) < 128:
        bright, other, length = _look(255 - grey)
        if other > weight and length >= MIN_LENGTH:  # unlike the paper in an O, or a sheet
            return bright
    return dark


def _look(grey: Grey) -> tuple[CharacterPicture, float, float]:
    """Return the dark ink of a picture, its weight, and its size in widths of its widest stroke.

    The weight is that size times the ink's contrast, the brightness of the paper less that of the
    ink. What is inside of a frame, and what is small, is looked at again, without what is around
    it.
    """
    found, part = CharacterPicture(np.zeros(grey.shape, np.uint8), 0), grey
    weight = length = 0.0
    for _ in range(LOOKS):
        work = _resized(part)
        depth = measure_depth(work)
        marks = find_marks(depth)
        if marks is None and not found.count:
            depth = measure_depth(work, walled=True)
            marks = find_marks(depth)
            marks = marks if marks and _is_cut_off(marks) else None
        if marks is None:
            break
        scale, framed = len(part) / len(work), _is_framed(marks)
        if not (framed and has_corners(marks)):  # what has no corners may be a 0
            found, length = _character(depth, marks), marks.length
            contrast = marks.full * float(depth.paper[marks.mask].mean())
            weight = length * contrast
        inset = np.array([1, 1, -1, -1]) * marks.pen
        box = marks.boxes[0] + inset if framed else _around(marks)
        left, top, right, bottom = (max(round(scale * side), 0) for side in box)
        closer = part[top:bottom, left:right]
        if not framed and closer.size > WORTH * part.size:
            break
        part = closer
    return found, weight, length


def _resized(part: Grey) -> Picture:
    """Return a part of a picture in the size at which a character is looked for."""
    longer = max(part.shape)
    factor = min(SIDE / longer, 1.0) if longer >= MIN_SIDE else MIN_SIDE / longer
    height, width = (max(1, round(side * factor)) for side in part.shape)
    picture = Image.fromarray(part.astype(np.float32))
    return np.clip(np.asarray(picture.resize((width, height)), np.float32), 0, 255)


def _is_framed(marks: Marks) -> bool:
    """Return whether the largest mark is a frame."""
    left, top, right, bottom = marks.boxes[0].astype(int)
    return is_frame(marks.mask[top:bottom, left:right])


def _around(marks: Marks) -> Box:
    """Return the box of all marks with some paper around it."""
    margin = MARGIN * marks.size
    return np.asarray(marks.bounds + np.array([-margin, -margin, margin, margin]))


def _is_cut_off(marks: Marks) -> bool:
    """Return whether marks at the picture's edge look like a character that the edge cuts off."""
    mask = marks.mask
    contact = max(float(side.mean()) for side in (mask[0], mask[-1], mask[:, 0], mask[:, -1]))
    band = max(1, round(BAND * min(mask.shape)))
    inside = mask[band:-band, band:-band].sum() >= INSIDE * mask.sum()
    strokes = marks.length >= MIN_LENGTH and marks.full >= STRONG
    return bool(strokes and inside) and contact <= CONTACT and marks.size >= LONG * max(mask.shape)


def _character(depth: Depth, marks: Marks) -> CharacterPicture:
    """Return the ink of marks, cropped to it, with soft edges."""
    near = ndimage.maximum_filter(marks.mask, 5)
    share = np.where(near, depth.values, 0) / marks.full
    ink = np.clip((share - PALE) / (DARK - PALE), 0, 1)
    left, top, right, bottom = marks.bounds.astype(int)
    cropped = ink[max(top - 2, 0) : bottom + 2, max(left - 2, 0) : right + 2]
    return CharacterPicture(np.asarray(np.rint(cropped * 255), np.uint8), count_characters(marks))
