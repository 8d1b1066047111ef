"""Pictures from disk or from a browser: opened safely, or refused in one sentence."""

import warnings
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps
from scipy import ndimage

from hwr._support.bounds import MAX_OPENING_SECONDS
from hwr._support.deadline import OutOfTimeError, time_limit
from hwr.images import formats, kinds, pages
from hwr.images.binarization import MIN_CONTRAST, OVERVIEW_SIDE, estimate_paper
from hwr.images.character import CharacterPicture, find_character
from hwr.images.sheet import cut_out_sheet

Decoded = TypeVar("Decoded")
Pixels = NDArray[np.float32]

MAX_SIDE = pages.MAX_SIDE
"""Length in pixels to which the longer side of a photograph is reduced."""
MAIN_PEN = 0.6, 0.98
"""Least and greatest share of the ink that is visible in red light if some corrections are red."""
_ORIENTATION = 274  # of EXIF
MIN_INK_SHARE = 0.002
"""Share of opaque pixels that differ from most, from which these are paper and not ink."""


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
        If the file is missing, is not a picture, is damaged, is too large, or takes too long: a
        sentence that names what the file is, and what to do.
    """
    try:
        with warnings.catch_warnings():
            # Pillow warns of large and unusual files, which are handled here.
            warnings.simplefilter("ignore")
            with time_limit(MAX_OPENING_SECONDS), formats.opened(source) as picture:
                return read(picture)
    except kinds.UnreadableError:
        raise
    except OutOfTimeError:
        raise formats.too_slow(source) from None
    except (Image.DecompressionBombError, MemoryError):
        raise formats.too_large(source, "too many pixels") from None
    except Exception:  # Pillow's decoders raise a dozen types of errors for damaged files
        raise kinds.refusal(source) from None


def open_character(source: str | Path | bytes) -> CharacterPicture:
    """Return the ink of the character in a picture, and how many characters it seems to show.

    The picture may be a photograph in any light, with a desk, a frame or ruled lines around the
    character; whatever :func:`open_photo` handles is handled here.

    Parameters
    ----------
    source : str, Path or bytes
        A file's name, or its content.

    Raises
    ------
    ValueError
        If the file is missing, is not a picture, is damaged, or is too large.
    """
    return find_character(decode(source, _reduce_to_grey))


def open_picture(source: str | Path | bytes) -> NDArray[np.uint8]:
    """Return a picture of one character, ready to be converted (:func:`hwr.ink.convert`).

    Parameters
    ----------
    source : str, Path or bytes
        A file's name, or its content.

    Returns
    -------
    ndarray of uint8, shape (height, width)
        The part of the picture around the character: ink is bright, up to 255, paper is 0. All 0
        if nothing is written.

    Raises
    ------
    ValueError
        If the file is missing, is not a picture, is damaged, or is too large.
    """
    return open_character(source).picture


def open_photo(source: str | Path | bytes) -> NDArray[np.uint8]:
    """Return a photograph or a scan of writing.

    The camera's rotation is undone, a desk around the sheet is cut off, transparency becomes paper,
    white writing on black is inverted, and corrections in red are left out.

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
    grey = decode(source, _reduce_to_main_pen)
    return 255 - grey if _is_white_on_black(grey) else grey


def _reduce_to_grey(picture: Image.Image) -> NDArray[np.uint8]:
    """Return a picture in grey, upright, with at most ``MAX_SIDE`` pixels on a side."""
    return _to_grey(_reduce(picture, "L"))  # of a JPEG, only the brightness is decoded


def _reduce_to_main_pen(picture: Image.Image) -> NDArray[np.uint8]:
    """Return the same, but as it looks in red light if that hides only a second, red pen."""
    reduced = _reduce(picture, "RGB")
    if reduced.mode in ("L", "RGB"):
        reduced = cut_out_sheet(reduced)
    grey = _to_grey(reduced)
    if reduced.mode != "RGB":
        return grey
    red = np.asarray(reduced.getchannel("R"), np.uint8)
    least, most = MAIN_PEN
    return red if least <= _share_in_red(grey, red) < most else grey


def _reduce(picture: Image.Image, mode: str) -> Image.Image:
    picture.draft(mode, (MAX_SIDE, MAX_SIDE))  # decodes a JPEG smaller
    if picture.has_transparency_data:
        picture = _converted(picture, "RGBA")
    elif picture.mode in ("1", "P", "CMYK", "YCbCr", "LAB", "HSV"):
        picture = _converted(picture, "RGB")
    picture.thumbnail((MAX_SIDE, MAX_SIDE))
    return ImageOps.exif_transpose(picture)


def _converted(picture: Image.Image, mode: str) -> Image.Image:
    """Return a picture in another mode; a large one smaller, because a copy takes much memory."""
    factor = max(picture.size) // MAX_SIDE
    if factor < 2:
        return picture.convert(mode)
    reduced = pages.shrink(picture, factor, mode)
    reduced.getexif()[_ORIENTATION] = picture.getexif().get(_ORIENTATION, 1)
    return reduced


def _to_grey(picture: Image.Image) -> NDArray[np.uint8]:
    if picture.mode == "RGBA":
        return np.asarray(np.rint(_on_paper(*_grey_and_alpha(picture))), np.uint8)
    return np.asarray(picture.convert("L"), np.uint8)


def _share_in_red(grey: NDArray[np.uint8], red: NDArray[np.uint8]) -> float:
    """Return the share of a picture's ink that is dark in its red channel, too."""
    step = max(1, max(grey.shape) // OVERVIEW_SIDE)
    depths = [
        1 - part / np.maximum(estimate_paper(part), 1)
        for part in (np.ascontiguousarray(channel[::step, ::step]) for channel in (grey, red))
    ]
    ink = np.where(depths[0] > MIN_CONTRAST, depths[0], 0)
    return float(ink[depths[1] > ink / 2].sum() / max(float(ink.sum()), 1e-9))


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
    """Return a transparent picture's grey on paper on which its ink is visible.

    What is opaque is either ink alone, or paper with ink, whose brightness is its median.
    """
    visible = grey[alpha > 0.5]
    if not visible.size or visible.size == grey.size:
        ground = 255.0
    elif (np.abs(visible - np.median(visible)) > 30).mean() > MIN_INK_SHARE:
        ground = float(np.median(visible))
    else:
        ground = 255.0 if float(visible.mean()) < 128 else 0.0
    return grey * alpha + ground * (1 - alpha)
