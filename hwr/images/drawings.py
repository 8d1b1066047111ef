"""Drawings, arrows and stray marks on a page: told from writing, and removed.

Letters stand in words: beside others of their size, or joined to them. What stands alone is a
letter only if it is in line with words. On a page with words, all else is no writing: the parts of
a house, the head of an arrow, a ring.
"""

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from hwr.images.components import Components

# Lengths are in letter heights.
LETTER = 0.2, 1.7
"""Least and greatest height of a letter, or of joined letters."""
TALL = 0.4
"""Height of the tallest of a word's letters, at least."""
BESIDE = 0.6
"""Greatest gap between letters of a word."""
SIMILAR = 0.4
"""Least ratio of their heights."""
JOINED, STROKES = 1.2, 1.5
"""Width from which a component may be joined letters, in heights of letters and its own, and the
length of their strokes for each of it. A ring is no wider than high; an arrow has one stroke."""
FLAT = 1.2
"""The same length if another such component is in its line: some people write flat."""
IN_LINE, MARK = 4.0, 1.0
"""How far a letter, or letters of lines that touch each other, stand from words in their line, and
a dot or a dash from a letter, at most."""
DOT, ABOVE = 0.75, 0.6
"""Greatest side of a dot, which some people draw as large as a small letter, and its greatest
distance from the letter above or below which it stands."""
PART, CLOSE = 2.0, 0.15
"""The same for a part of a letter, such as the bar of an F."""
MAX_COMPONENTS = 1500
"""A page with more is left as it is: each is compared with each other."""
MIN_WORDS, MIN_SHARE = 6, 0.5
"""Number of components of words, and their share, from which a picture is a page of words."""

Picture = NDArray[np.float32]
Boxes = NDArray[np.float64]
Mask = NDArray[np.bool_]


def remove_drawings(ink: Picture) -> Picture:
    """Return a picture of ink without what is no writing.

    Parameters
    ----------
    ink : ndarray of float32, shape (height, width), in 0..1
        Level, and without rules.

    Returns
    -------
    ndarray of float32, shape (height, width), in 0..1
        The same picture if all of it may be writing, or if few components are words: single
        letters, digits in a table, and formulas stay.
    """
    found = Components(ink)
    areas = np.bincount(found.labels.ravel(), minlength=len(found.boxes) + 1)[1:]
    if len(found.boxes) > MAX_COMPONENTS:
        return ink
    written = is_writing(found.boxes / found.height, areas / (found.pen * found.height))
    if written.all():
        return ink
    drawn = np.r_[False, ~written][found.labels]
    return np.where(ndimage.binary_dilation(drawn, iterations=2), np.float32(0), ink)


def is_writing(boxes: Boxes, strokes: NDArray[np.float64]) -> Mask:
    """Return which components are writing.

    Parameters
    ----------
    boxes : ndarray of float64, shape (n, 4)
        Left, top, right and bottom, in letter heights.
    strokes : ndarray of float64, shape (n,)
        Lengths of their strokes, in letter heights.

    Returns
    -------
    ndarray of bool, shape (n,)
    """
    left, top, right, bottom = boxes.astype(np.float32).T
    heights, widths = bottom - top, right - left
    letters = (heights >= LETTER[0]) & (heights <= LETTER[1])
    across, down = _distances(left, right), _distances(top, bottom)
    ratio = np.minimum.outer(heights, heights) / np.maximum.outer(heights, heights)
    near = (across <= BESIDE) & (down < -np.minimum.outer(heights, heights) / 2)
    near &= (ratio >= SIMILAR) & letters & letters[:, None]
    near &= np.maximum.outer(heights, heights) >= TALL
    np.fill_diagonal(near, False)
    wide = letters & (widths >= JOINED * np.maximum(heights, 1))
    middle = (top + bottom) / 2
    level = (middle[:, None] > top) & (middle[:, None] < bottom)
    level = (level | level.T) & (across <= IN_LINE)
    flat = wide & (strokes >= FLAT * widths)
    pairs = level & flat & ~np.eye(len(boxes), dtype=bool)
    joined = wide & (strokes >= STROKES * widths) | flat & pairs.any(axis=1)
    words = letters & (near.any(axis=1) | joined)
    if words.sum() < max(MIN_WORDS, MIN_SHARE * letters.sum()):
        return np.ones(len(boxes), np.bool_)
    written = words | (heights >= LETTER[0]) & (level & words).any(axis=1)
    marks = (heights < TALL)[:, None] & (across <= MARK) & (down <= MARK)
    size = np.maximum(heights, widths)[:, None]
    dots = (size <= DOT) & (down <= ABOVE) | (size <= PART) & (down <= CLOSE)
    belongs = (marks | dots & (across <= 0)) & written
    return np.asarray(written | belongs.any(axis=1))


def _distances(low: Picture, high: Picture) -> Picture:
    """Return how far intervals are apart, shape (n, n); below 0 how much they overlap."""
    return np.asarray(np.maximum(low[:, None] - high, low - high[:, None]))
