"""Pictures from disk or from a browser: opened safely, or refused in one sentence."""

import warnings
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps
from scipy import ndimage

from hwr.images import formats, kinds, pages

Decoded = TypeVar("Decoded")
Pixels = NDArray[np.float32]

MAX_SIDE = pages.MAX_SIDE
"""Length in pixels to which the longer side of a photograph is reduced."""
OVERVIEW_SIDE = 480
"""Length in pixels of the longer side at which light and polarity are estimated."""


def decode(source: str | Path | bytes, read: Callable[[Image.Image], Decoded]) -> Decoded:
    """Open a picture safely and return what ``read`` returns for it.

    Parameters
    ----------
    source : str, Path or bytes
        A file's name, or its content. Of several pages or frames, the first with ink is opened.
    read : callable
        Converts the opened picture, which has 8 bits a channel and square pixels; called only if it
        is not too large.

    Raises
    ------
    ValueError
        If the file is missing, is not a picture, is damaged, or is too large: a sentence that names
        what the file is, and what to do.
    """
    try:
        with warnings.catch_warnings():
            # Pillow warns of large and unusual files, which are handled here.
            warnings.simplefilter("ignore")
            with formats.opened(source) as picture:
                return read(picture)
    except kinds.UnreadableError:
        raise
    except (Image.DecompressionBombError, MemoryError):
        raise formats.too_large(source, "too many pixels") from None
    except Exception:  # Pillow's decoders raise a dozen types of errors for damaged files
        raise kinds.refusal(source) from None


def open_picture(source: str | Path | bytes) -> NDArray[np.uint8]:
    """Return a picture of one character, ready to be converted (:func:`hwr.ink.convert`).

    Transparency becomes paper, the camera's rotation is undone, and ink may be darker or brighter
    than the paper.

    Parameters
    ----------
    source : str, Path or bytes
        A file's name, or its content.

    Returns
    -------
    ndarray of uint8, shape (height, width)
        Ink is bright, up to 255; paper is 0.

    Raises
    ------
    ValueError
        If the file is missing, is not a picture, or is too large.
    """
    grey, alpha = decode(source, lambda p: _grey_and_alpha(ImageOps.exif_transpose(p)))
    if not (alpha > 0.5).all():
        grey = _on_paper(grey, alpha)
    edge = np.concatenate([grey[0], grey[-1], grey[:, 0], grey[:, -1]])
    contrast = np.abs(grey - float(np.median(edge)))
    strongest = float(contrast.max())
    if strongest < 30:  # nothing but paper and its grain
        return np.zeros(grey.shape, np.uint8)
    ink = np.clip((contrast / strongest - 0.2) / 0.6, 0, 1)
    return np.asarray(np.rint(ink * 255), np.uint8)


def open_photo(source: str | Path | bytes) -> NDArray[np.uint8]:
    """Return a photograph or a scan of writing.

    The camera's rotation is undone, transparency becomes paper, an animation's first frame is used,
    and white writing on black is inverted.

    Parameters
    ----------
    source : str, Path or bytes
        A file's name, or its content.

    Returns
    -------
    ndarray of uint8, shape (height, width)
        Dark ink on bright paper; the longer side has at most ``MAX_SIDE`` pixels.

    Raises
    ------
    ValueError
        If the file is missing, is not a picture, is damaged, or is too large.
    """
    grey = decode(source, _reduce_to_grey)
    return 255 - grey if _is_white_on_black(grey) else grey


def _reduce_to_grey(picture: Image.Image) -> NDArray[np.uint8]:
    """Return a picture in grey, upright, with at most ``MAX_SIDE`` pixels on a side."""
    picture.draft("L", picture.size)  # decodes only the brightness of a JPEG
    if picture.has_transparency_data:
        picture = picture.convert("RGBA")
    elif picture.mode in ("1", "P", "CMYK", "YCbCr", "LAB", "HSV"):
        picture = picture.convert("RGB")
    elif picture.mode.startswith("I"):
        picture = picture.convert("F")
    picture.thumbnail((MAX_SIDE, MAX_SIDE))
    upright = ImageOps.exif_transpose(picture)
    if upright.mode == "F":
        return _eight_bit(np.asarray(upright, np.float32))
    if upright.mode == "RGBA":
        return np.asarray(np.rint(_on_paper(*_grey_and_alpha(upright))), np.uint8)
    return np.asarray(upright.convert("L"), np.uint8)


def _eight_bit(values: Pixels) -> NDArray[np.uint8]:
    """Return values of any range scaled to 0..255 by the brightest one: faint grain stays faint."""
    values = np.nan_to_num(values, posinf=0, neginf=0)
    values = values - min(float(values.min()), 0.0)
    return np.asarray(values * (255 / max(float(values.max()), 1e-30)), np.uint8)


def _is_white_on_black(grey: NDArray[np.uint8]) -> bool:
    """Return whether the strongest contrasts, which are the ink's, are bright."""
    overview = Image.fromarray(grey)
    overview.thumbnail((OVERVIEW_SIDE, OVERVIEW_SIDE))
    values = np.asarray(overview, np.float32)
    contrast = values - ndimage.gaussian_filter(values, max(values.shape) / 12)
    return bool((contrast**3).sum() > 0 and np.median(values) < 128)


def _grey_and_alpha(picture: Image.Image) -> tuple[Pixels, Pixels]:
    """Return the grey, in 0..255, and the opacity, in 0..1, of a picture."""
    picture = picture.convert("RGBA")
    alpha = np.asarray(picture.getchannel("A"), np.float32) / 255
    return np.asarray(picture.convert("L"), np.float32), alpha.astype(np.float32)


def _on_paper(grey: Pixels, alpha: Pixels) -> Pixels:
    """Return a transparent picture's grey on paper, white or black, on which its ink is visible."""
    visible = alpha > 0.5
    bright = not visible.any() or visible.all() or float(grey[visible].mean()) < 128
    return grey * alpha + (255.0 if bright else 0.0) * (1 - alpha)
