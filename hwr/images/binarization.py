"""Ink and paper told apart in a photograph or a scan.

A photograph's light is uneven. Therefore the brightness of the paper is estimated at every pixel,
and what is sufficiently darker is ink (as in Lu, Su, Tan 2010, Document image binarization using
background estimation). Edges keep their grey, because the network was trained on soft images.
"""

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from scipy import ndimage

from hwr._support.arrays import picture_of
from hwr._support.bounds import MAX_PAGE_PIXELS, require_pixels

OVERVIEW_SIDE = 480
"""Length in pixels of the longer side at which light and polarity are estimated."""
WINDOW_SHARE, MIN_WINDOW = 0.125, 50
"""Side of a window that contains paper wherever it lies: as a share of the picture's shorter side,
and at least this number of pixels."""
MIN_CONTRAST = 0.15
"""Contrast with the paper, as a share of its brightness, below which nothing is ink."""
GRAIN_DEVIATIONS = 7.0
"""Contrast, in standard deviations of the paper's grain, below which nothing is ink."""

Grey = NDArray[np.uint8]
Picture = NDArray[np.float32]


def binarize(grey: Grey) -> Picture:
    """Return where a picture has ink, in any light.

    Parameters
    ----------
    grey : ndarray of uint8, shape (height, width)
        Dark ink on bright paper.

    Returns
    -------
    ndarray of float32, shape (height, width), in 0..1
        1 is ink and 0 paper; pixels at edges lie between and count as ink from 0.5 on. All 0 if
        nothing stands out from the paper.
    """
    remedy = "open it with hwr.images.open_photo, which makes it smaller"
    require_pixels("picture", np.shape(grey), MAX_PAGE_PIXELS, remedy)
    grey = picture_of("picture", grey)
    soft = ndimage.gaussian_filter(grey.astype(np.float32), 0.7)
    contrast = 1 - soft / np.maximum(estimate_paper(grey), 1)
    sample = contrast[:: max(1, len(grey) // 500), :: max(1, grey.shape[1] // 500)]
    median = float(np.median(sample))
    deviation = float(np.median(np.abs(sample - median))) * 1.48  # standard deviation of the grain
    contrast -= median
    strong = contrast[contrast > max(MIN_CONTRAST, GRAIN_DEVIATIONS * deviation)]
    if not strong.size:
        return np.zeros(grey.shape, np.float32)
    full = float(np.median(strong[strong >= otsu(strong)]))
    return np.asarray(np.clip(contrast / full, 0, 1), np.float32)


def estimate_paper(grey: Grey) -> Picture:
    """Return the brightness of the paper at every pixel, from a closing, which removes the ink.

    Parameters
    ----------
    grey : ndarray of uint8, shape (height, width)
        Dark ink on bright paper.

    Returns
    -------
    ndarray of float32, shape (height, width), in 0..255
    """
    height, width = grey.shape
    factor = min(1.0, OVERVIEW_SIDE / max(height, width))
    small = Image.fromarray(grey).resize(
        (max(1, round(width * factor)), max(1, round(height * factor))), Image.Resampling.BOX
    )
    window = int(max(WINDOW_SHARE * min(height, width), MIN_WINDOW) * factor) + 1
    values = ndimage.gaussian_filter(np.asarray(small, np.float32), 1.5)
    closed = ndimage.grey_closing(values, (window, window), mode="nearest")
    smooth = ndimage.gaussian_filter(closed, window / 8)
    return np.asarray(
        Image.fromarray(smooth).resize((width, height), Image.Resampling.BILINEAR), np.float32
    )


def otsu(values: Picture) -> float:
    """Return the threshold that divides values into the two most distinct groups (Otsu 1979)."""
    counts, edges = np.histogram(values, 128)
    centres = (edges[1:] + edges[:-1]) / 2
    below = np.cumsum(counts)
    above = below[-1] - below
    sums = np.cumsum(counts * centres)
    means = sums / np.maximum(below, 1), (sums[-1] - sums) / np.maximum(above, 1)
    return float(edges[1:][np.argmax(below * above * (means[0] - means[1]) ** 2)])
