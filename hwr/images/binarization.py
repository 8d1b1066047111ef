"""From a photograph or a scan to the ink on it: open, tell ink from paper, turn it level.

A camera sees paper in uneven light. The paper's own brightness is estimated at every place, and
what is darker than it by enough is ink (as in Lu, Su, Tan 2010, Document image binarization using
background estimation). Edges keep their grey, because the network has learned from soft images.
"""

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from scipy import ndimage

from hwr.images import components
from hwr.images.io import SMALL_SIDE

WINDOW = 0.125, 50
"""Within so much of the shorter side, and so many pixels, there is some paper everywhere."""
LEAST = 0.15
"""Contrast with the paper, as a share of its brightness, below which nothing is ink."""
GRAIN = 7.0
"""Ink stands out from the paper's grain by so many standard deviations of it."""

Grey = NDArray[np.uint8]
Picture = NDArray[np.float32]


def binarize(grey: Grey) -> Picture:
    """Tell ink from paper, in any light.

    Parameters
    ----------
    grey : ndarray of uint8, shape (height, width)
        Dark ink on bright paper.

    Returns
    -------
    ndarray of float32, shape (height, width), in 0..1
        1 is full ink, 0 paper; edges are between. From 0.5 on a pixel belongs to the ink. All 0
        where nothing stands out from the paper.
    """
    soft = ndimage.gaussian_filter(grey.astype(np.float32), 0.7)
    contrast = 1 - soft / np.maximum(_paper(grey), 1)
    sample = contrast[:: max(1, len(grey) // 500), :: max(1, grey.shape[1] // 500)]
    middle = float(np.median(sample))
    spread = float(np.median(np.abs(sample - middle))) * 1.48  # the standard deviation, of grain
    contrast -= middle
    strong = contrast[contrast > max(LEAST, GRAIN * spread)]
    if not strong.size:
        return np.zeros(grey.shape, np.float32)
    full = float(np.median(strong[strong >= _otsu(strong)]))
    return np.asarray(np.clip(contrast / full, 0, 1), np.float32)


def _paper(grey: Grey) -> Picture:
    """Estimate how bright the paper is at every pixel: a closing takes away all that is dark."""
    height, width = grey.shape
    factor = min(1.0, SMALL_SIDE / max(height, width))
    small = Image.fromarray(grey).resize(
        (max(1, round(width * factor)), max(1, round(height * factor))), Image.Resampling.BOX
    )
    share, least = WINDOW
    window = int(max(share * min(height, width), least) * factor) + 1
    values = ndimage.gaussian_filter(np.asarray(small, np.float32), 1.5)
    closed = ndimage.grey_closing(values, (window, window), mode="nearest")
    smooth = ndimage.gaussian_filter(closed, window / 8)
    return np.asarray(
        Image.fromarray(smooth).resize((width, height), Image.Resampling.BILINEAR), np.float32
    )


def _otsu(values: Picture) -> float:
    """Return the threshold that parts values into two groups best (Otsu 1979)."""
    counts, edges = np.histogram(values, 128)
    middles = (edges[1:] + edges[:-1]) / 2
    below = np.cumsum(counts)
    above = below[-1] - below
    sums = np.cumsum(counts * middles)
    means = sums / np.maximum(below, 1), (sums[-1] - sums) / np.maximum(above, 1)
    return float(edges[1:][np.argmax(below * above * (means[0] - means[1]) ** 2)])


def deskew(ink: Picture) -> Picture:
    """Turn a picture of ink, as :func:`binarize` gives it, so that its lines lie level."""
    angle = components.estimate_skew(ink)
    if not angle:
        return ink
    turned = Image.fromarray(ink).rotate(angle, Image.Resampling.BICUBIC, expand=True)
    return np.clip(np.asarray(turned, np.float32), 0, 1)
