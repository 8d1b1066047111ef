"""How deep every pixel lies below the paper around it: what tells ink from shadows and desks.

Take the brightness of a picture as a landscape. Ink is a basin: whoever walks from it to the
picture's edge must climb onto the paper. A desk, the dark side of a shadow and a ruled line reach
the edge themselves, so that nothing needs to be climbed, and their depth is 0. Filling the basins
is morphological reconstruction (Vincent 1993, Morphological grayscale reconstruction).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from hwr.images.lines import erase_lines

WINDOW_SHARE = 0.3
"""Side of the window that contains paper wherever it lies, as a share of the shorter side."""
BLACK = 8.0
"""Brightness that is added to all, so that the grain of what is almost black does not count."""
LEVELS = 50
"""Number of heights at which the filling of basins is tried."""
PARTS, SMOOTHER = 8, 0.2
"""The grain is that of the smoothest fifth of 8 x 8 parts of the picture."""

Picture = NDArray[np.float32]
EIGHT = np.ones((3, 3), np.bool_)


@dataclass(frozen=True, eq=False)
class Depth:
    """How deep the pixels of a picture lie below the paper around them.

    Attributes
    ----------
    values : ndarray of float32, shape (height, width), in 0..1
        As a share of the paper's brightness; 0 for what is as bright as a way to the edge.
    paper : ndarray of float32, shape (height, width)
        Brightness of the paper at every pixel, as a closing estimates it. A closing keeps slopes,
        and steps to what is wider than its window, such as a desk.
    grey : ndarray of float32, shape (height, width)
        The picture, slightly blurred.
    grain : float
        Standard deviation of the paper, as a share of its brightness.
    """

    values: Picture
    paper: Picture
    grey: Picture
    grain: float


def measure_depth(grey: Picture, walled: bool = False) -> Depth:
    """Return how deep the pixels of a picture lie below the paper around them.

    Parameters
    ----------
    grey : ndarray of float32, shape (height, width), in 0..255
        Dark ink on bright paper.
    walled : bool
        Whether there is paper around the picture, so that nothing reaches its edge.
    """
    window = max(3, round(WINDOW_SHARE * min(grey.shape)))
    soft = ndimage.gaussian_filter(grey, 0.7) + BLACK
    paper = ndimage.grey_closing(soft, (window, window), mode="nearest")
    relative = soft / paper
    grain = _grain(relative)
    relative = erase_lines(relative)
    filled = fill_basins(np.pad(relative, int(walled), constant_values=1))
    if walled:
        filled = filled[1:-1, 1:-1]
    return Depth(np.maximum(filled - relative, 0), paper, soft, grain)


def _grain(relative: Picture) -> float:
    """Return the standard deviation of the smoother parts of a picture; a desk may be rougher."""
    parts = [p for band in np.array_split(relative, PARTS) for p in np.array_split(band, PARTS, 1)]
    spread = [float(np.median(np.abs(p - np.median(p)))) for p in parts if p.size]
    return 1.48 * float(np.quantile(spread, SMOOTHER))


def fill_basins(values: Picture) -> Picture:
    """Return the lowest height, of ``LEVELS``, over which each pixel has a way to the edge.

    Parameters
    ----------
    values : ndarray of float32, shape (height, width), in 0..1
        Ways lead from a pixel to any of its eight neighbours.
    """
    heights = np.floor(values * LEVELS).astype(np.int32)
    filled = np.full(values.shape, LEVELS, np.int32)
    closed = np.ones(values.shape, np.bool_)
    for level in range(int(heights.min()), LEVELS):
        labels, count = ndimage.label(heights <= level, EIGHT)
        edge = np.concatenate([labels[0], labels[-1], labels[:, 0], labels[:, -1]])
        open_labels = np.zeros(count + 1, np.bool_)
        open_labels[edge] = True
        open_labels[0] = False
        opened = closed & open_labels[labels]
        filled[opened] = level
        closed &= ~opened
    return np.asarray(filled / LEVELS, np.float32)
