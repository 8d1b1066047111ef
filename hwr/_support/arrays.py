"""Images as people bring them: converted by one rule, or refused in a sentence.

A network reads an image that is almost black without complaint, and is sure of its answer. An image
scaled to 0..1 and cut to whole numbers is such an image, so the scale is looked at here, for all.
"""

from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from hwr._support.bounds import MAX_PIXELS, require_pixels
from hwr._support.litert import IMAGE_SHAPE

SIDE = IMAGE_SHAPE[0]
LARGE_SIDE = 1000
"""Pixels on a side that are plenty for one character, whose image has 28."""
FROM_ELSEWHERE = (
    "open files with hwr.images.open_picture, and convert drawings with hwr.ink.convert"
)


def images_of(what: str, values: Any) -> NDArray[np.uint8]:
    """Return images as every network of the course reads them.

    The rule for grey levels: if no value of the whole array is above 1, the values are shares of
    ink, from 0 (paper) to 1 (ink), and are multiplied by 255; otherwise they are grey levels from
    0 to 255. Either way they are rounded. It is the same for bool, whole numbers and floats. Where
    all is paper, both scales give 0; an array whose highest value is between 1 and 2 is on neither.

    Parameters
    ----------
    what : str
        What they are, for the message, such as ``'training images'``.
    values : array_like of bool, int or float, shape (n, 28, 28) or (n, 28, 28, 1)
        Also a tensor of TensorFlow or PyTorch, or a list of images.

    Returns
    -------
    ndarray of uint8, shape (n, 28, 28)
        C-contiguous. Such an array of grey levels is returned itself, not a copy.

    Raises
    ------
    ValueError
        If these are no such images.
    """
    array = numbers_of(what, values)
    if array.shape[1:] == IMAGE_SHAPE:
        array = array[..., 0]
    if array.shape[1:] != (SIDE, SIDE):
        raise ValueError(
            f"The {what} must have shape (n, {SIDE}, {SIDE}), not {array.shape}: "
            f"{_remedy(array.shape)}."
        )
    return np.ascontiguousarray(_grey_levels(what, array))


def image_of(what: str, value: Any) -> NDArray[np.uint8]:
    """Return one image, shape (28, 28) or (28, 28, 1), by the rule of :func:`images_of`."""
    array = numbers_of(what, value)
    if array.shape not in ((SIDE, SIDE), IMAGE_SHAPE):
        raise ValueError(
            f"The {what} must have shape ({SIDE}, {SIDE}), not {array.shape}: give one image, such "
            "as dataset.images[0], or convert a picture with hwr.ink.convert."
        )
    image: NDArray[np.uint8] = images_of(what, array[None])[0]
    return image


def picture_of(what: str, value: Any) -> NDArray[np.uint8]:
    """Return a grey picture, shape (height, width), by the rule of :func:`images_of`."""
    array = numbers_of(what, value)
    if array.ndim == 3 and array.shape[2] == 1:
        array = array[..., 0]
    if array.ndim != 2 or not array.size:
        raise ValueError(
            f"The {what} must be grey, of shape (height, width), not {array.shape}: open files "
            "with hwr.images.open_picture, or pages with open_photo."
        )
    require_pixels(what, array.shape, MAX_PIXELS, "give a part of it, or make it smaller")
    return _grey_levels(what, array)


def character_of(what: str, value: Any) -> NDArray[np.uint8]:
    """Return a grey picture of one character: as :func:`picture_of`, but large ones are reduced."""
    picture = picture_of(what, value)
    factor = max(picture.shape) // LARGE_SIDE
    return picture if factor < 2 else np.asarray(Image.fromarray(picture).reduce(factor))


def array_of(what: str, values: Any) -> NDArray[Any]:
    """Return anything as an array; raise a ValueError for what NumPy cannot convert."""
    try:
        return np.asarray(values)
    except (TypeError, ValueError, RuntimeError):  # a ragged list, a tensor on another device
        raise ValueError(
            f"The {what} cannot be converted to one array: give a NumPy array, or parts of equal "
            "shape."
        ) from None


def numbers_of(what: str, values: Any, remedy: str = FROM_ELSEWHERE) -> NDArray[Any]:
    """Return anything as an array of bools or real numbers; raise a ValueError for others."""
    array = array_of(what, values)
    if array.dtype.kind not in "buif":
        raise ValueError(
            f"The {what} must be an array of numbers, not {kind_of(array, values)}: {remedy}."
        )
    return array


def kind_of(array: NDArray[Any], values: Any) -> str:
    """Return what was given, by its name: a type of Python or of NumPy."""
    given = type(values) if array.dtype.kind == "O" else array.dtype.type
    return given.__name__.strip("_")


def _remedy(shape: tuple[int, ...]) -> str:
    if shape in ((SIDE, SIDE), IMAGE_SHAPE):
        return "give a single one as image[None]"
    if prod(shape[1:]) == SIDE**2:
        return f"use .reshape(-1, {SIDE}, {SIDE})"
    return "convert each picture with hwr.ink.convert"


def _grey_levels(what: str, array: NDArray[Any]) -> NDArray[np.uint8]:
    """Return values of any shape by the rule of :func:`images_of`."""
    low, high = (float(array.min()), float(array.max())) if array.size else (0.0, 0.0)
    if not np.isfinite([low, high]).all():
        raise ValueError(
            f"The {what} hold NaN (not a number) or infinite values: give grey levels from 0 to "
            "255, or from 0 to 1."
        )
    # Rounding errors, as of an image that was resized, are no reason to take 1.0000001 for black.
    scale = 255 if round(255 * high) <= 255 else 1
    if round(scale * low) < 0 or round(high) > 255 or (scale == 1 and high < 2):
        raise ValueError(
            f"The {what} go from {low:.6g} to {high:.6g}: scale them to grey levels from 0 to 255, "
            "or from 0 to 1, with paper 0 and ink the highest."
        )
    if array.dtype == np.uint8 and scale == 1:
        return array
    scaled = np.multiply(array, scale, dtype=np.float32)
    return np.asarray(np.rint(scaled, out=scaled), np.uint8)
