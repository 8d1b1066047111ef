"""From a photograph or a scan to the ink on it: open, tell ink from paper, turn it level.

A camera sees paper in uneven light. The paper's own brightness is estimated at every place, and
what is darker than it by enough is ink (as in Lu, Su, Tan 2010, Document image binarization using
background estimation). Edges keep their grey, because the network has learned from soft images.
"""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps
from scipy import ndimage

from hwr.images import components
from hwr.images.io import decoded
from hwr.words.segments import Units

LONGEST = 2400
"""Pixels to which a larger picture's longer side is brought."""
WINDOW = 0.125, 50
"""Within so much of the shorter side, and so many pixels, there is some paper everywhere."""
LIGHT = 480
"""The light is estimated in a picture whose longer side has so many pixels."""
LEAST = 0.15
"""Contrast with the paper, as a share of its brightness, below which nothing is ink."""
GRAIN = 7.0
"""Ink stands out from the paper's grain by so many standard deviations of it."""

Grey = NDArray[np.uint8]
Picture = NDArray[np.float32]


def open_photo(source: str | Path | bytes) -> Grey:
    """Open a photograph or a scan of writing.

    The camera's rotation is undone, transparency becomes paper, of an animation the first picture
    is taken, and white writing on black is turned into black on white.

    Parameters
    ----------
    source : str, Path or bytes
        A file's name, or its content.

    Returns
    -------
    ndarray of uint8, shape (height, width)
        Dark ink on bright paper; the longer side has at most ``LONGEST`` pixels.

    Raises
    ------
    ValueError
        If the file is missing, is no picture, is damaged, or is too large.
    """
    grey = decoded(source, _grey)
    return 255 - grey if _is_white_on_black(grey) else grey


def _grey(picture: Image.Image) -> Grey:
    """Decode a picture, at once made smaller, upright and grey."""
    picture.draft("L", picture.size)  # of a JPEG, only the brightness is decoded
    if picture.has_transparency_data:
        picture = picture.convert("RGBA")
    elif picture.mode in ("1", "P", "CMYK", "YCbCr", "LAB", "HSV"):
        picture = picture.convert("RGB")
    elif picture.mode.startswith("I"):
        picture = picture.convert("F")
    picture.thumbnail((LONGEST, LONGEST))
    upright = ImageOps.exif_transpose(picture)
    if upright.mode == "F":
        return _eight_bit(np.asarray(upright, np.float32))
    if upright.mode == "RGBA":
        return _on_paper(upright)
    return np.asarray(upright.convert("L"), np.uint8)


def _eight_bit(values: Picture) -> Grey:
    """Bring any range to 0..255: by the brightest, so that faint grain is not blown up."""
    values = np.nan_to_num(values, posinf=0, neginf=0)
    values = values - min(float(values.min()), 0.0)
    return np.asarray(values * (255 / max(float(values.max()), 1e-30)), np.uint8)


def _on_paper(picture: Image.Image) -> Grey:
    """Lay a transparent picture on paper that its ink can be seen on."""
    alpha = np.asarray(picture.getchannel("A"), np.float32) / 255
    grey = np.asarray(picture.convert("L"), np.float32)
    seen = alpha > 0.5
    bright = not seen.any() or seen.all() or float(grey[seen].mean()) < 128
    return np.asarray(np.rint(grey * alpha + (255 if bright else 0) * (1 - alpha)), np.uint8)


def _is_white_on_black(grey: Grey) -> bool:
    """Tell from the strongest contrasts, which are the ink's: whether they are bright."""
    small = Image.fromarray(grey)
    small.thumbnail((LIGHT, LIGHT))
    values = np.asarray(small, np.float32)
    contrast = values - ndimage.gaussian_filter(values, max(values.shape) / 12)
    return bool((contrast**3).sum() > 0 and np.median(values) < 128)


def binarise(grey: Grey) -> Picture:
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
    factor = min(1.0, LIGHT / max(height, width))
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
    """Give the threshold that parts values into two groups best (Otsu 1979)."""
    counts, edges = np.histogram(values, 128)
    middles = (edges[1:] + edges[:-1]) / 2
    below = np.cumsum(counts)
    above = below[-1] - below
    sums = np.cumsum(counts * middles)
    means = sums / np.maximum(below, 1), (sums[-1] - sums) / np.maximum(above, 1)
    return float(edges[1:][np.argmax(below * above * (means[0] - means[1]) ** 2)])


def level(ink: Picture) -> Picture:
    """Turn a picture of ink, as :func:`binarise` gives it, so that its lines lie level."""
    angle = components.skew(ink)
    if not angle:
        return ink
    turned = Image.fromarray(ink).rotate(angle, Image.Resampling.BICUBIC, expand=True)
    return np.clip(np.asarray(turned, np.float32), 0, 1)


def scan(grey: Grey) -> Units:
    """Find the pieces of writing in a picture.

    Parameters
    ----------
    grey : ndarray of uint8, shape (height, width)
        Dark ink on bright paper, as :func:`open_photo` gives it.

    Returns
    -------
    Units
        Patches of connected ink, wide ones cut in slices; boxes in pixels of the levelled picture.
    """
    return components.units(level(binarise(grey)))
