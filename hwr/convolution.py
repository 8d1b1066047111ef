"""Convolution and pooling in NumPy, as notebook 01 builds them: short code, meant to be read.

What deep learning calls convolution is cross-correlation: the kernel slides over the image as it
is. In mathematics it is first rotated by 180 degrees. Because kernels are learned, the rotation
makes no difference, so networks and this module leave it out (Dumoulin and Visin 2016,
arXiv:1603.07285, draw the arithmetic of sizes).
"""

from typing import Any, Literal

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import ArrayLike, NDArray


def output_size(size: int, window: int, stride: int = 1, padding: int = 0) -> int:
    """Return the number of positions of a window along one side of an image.

    Parameters
    ----------
    size : int
        Pixels along the side of the image.
    window : int
        Pixels along the side of the kernel or of the pooling window.
    stride : int
        Pixels from one position to the next.
    padding : int
        Zeros added at both ends.

    Returns
    -------
    int
        Pixels along the side of the result, at least 1.

    Raises
    ------
    ValueError
        If the window is larger than the padded image, or a number is out of range.
    """
    if size < 1 or window < 1 or stride < 1 or padding < 0:
        raise ValueError(
            f"An image of {size}, a window of {window}, a stride of {stride} and a padding of "
            f"{padding} pixels do not go together: the first three must be 1 or more, the "
            "padding 0 or more."
        )
    if window > size + 2 * padding:
        raise ValueError(
            f"A window of {window} pixels does not fit into {size} + 2 x {padding} pixels: "
            "take a smaller window, or more padding."
        )
    return (size + 2 * padding - window) // stride + 1


def convolve(
    image: ArrayLike, kernel: ArrayLike, stride: int = 1, padding: int = 0
) -> NDArray[np.float64]:
    """Slide a kernel over an image and return how well the two match at every position.

    Parameters
    ----------
    image : array_like, shape (..., height, width)
        One or more images; the axes before the last two are kept.
    kernel : array_like, shape (rows, columns)
        Used as it is, not rotated.
    stride : int
        Pixels from one position to the next, down and to the right.
    padding : int
        Zeros added on all four sides first.

    Returns
    -------
    ndarray of float64, shape (..., new height, new width)
        The feature map: the sum of patch times kernel at each position. :func:`output_size` gives
        its height and width.

    Raises
    ------
    ValueError
        If the kernel does not have two axes or does not fit into the image, or if stride or
        padding are out of range.
    """
    image, kernel = np.asarray(image), np.asarray(kernel, np.float64)
    if kernel.ndim != 2:
        raise ValueError(f"A kernel has rows and columns: give 2 axes, not {kernel.ndim}.")
    around = [(0, 0)] * (image.ndim - 2) + [(padding, padding)] * 2
    _check(image, kernel.shape, stride, padding)
    patches = _windows(np.pad(image, around), kernel.shape, stride)
    return np.asarray(np.tensordot(patches, kernel, axes=2))  # sums over the last two axes


def pool(
    image: ArrayLike,
    size: int = 2,
    stride: int | None = None,
    how: Literal["max", "average"] = "max",
) -> NDArray[Any]:
    """Return the largest or the average value of each square of an image.

    Parameters
    ----------
    image : array_like, shape (..., height, width)
        One or more images or feature maps; the axes before the last two are kept.
    size : int
        Pixels along the side of a square.
    stride : int, optional
        Pixels from one square to the next; by default ``size``, so that the squares do not
        overlap. Rows and columns that do not fill a whole square are left out.
    how : {'max', 'average'}
        Which value to return.

    Returns
    -------
    ndarray, shape (..., new height, new width)
        With the image's dtype for the maximum, float for the average.

    Raises
    ------
    ValueError
        If there is no such pooling, a square does not fit into the image, or the stride is below 1.
    """
    if how not in ("max", "average"):
        raise ValueError(f"There is no pooling {how!r}: choose 'max' or 'average'.")
    image, step = np.asarray(image), size if stride is None else stride
    _check(image, (size, size), step)
    patches = _windows(image, (size, size), step)
    return np.asarray(patches.max((-2, -1)) if how == "max" else patches.mean((-2, -1)))


def _windows(image: NDArray[Any], shape: tuple[int, ...], stride: int) -> NDArray[Any]:
    """Return a view of all patches, shape (..., down, across, rows, columns)."""
    every = sliding_window_view(image, shape, axis=(-2, -1))  # type: ignore[call-overload]
    return np.asarray(every[..., ::stride, ::stride, :, :])


def _check(image: NDArray[Any], window: tuple[int, ...], stride: int, padding: int = 0) -> None:
    if image.ndim < 2:
        raise ValueError(f"An image has rows and columns: give at least 2 axes, not {image.ndim}.")
    for side, length in zip(image.shape[-2:], window, strict=True):
        output_size(side, length, stride, padding)  # raises if the window does not fit
