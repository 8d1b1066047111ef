"""Random distortion of images: what a hand, a scanner or a mouse might have done differently.

It happens in NumPy, on batches of uint8 images, before they reach the network, and is never part of
a saved model: a model that distorts its input would answer differently at every call.

For each pixel of the new image we compute where in the old image it comes from, and interpolate
there. Rotation, shift, scale and shear move the grid of these positions as a whole; elastic
distortion bends it (Simard, Steinkraus, Platt 2003, "Best practices for convolutional neural
networks applied to visual document analysis").
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

Images = NDArray[np.uint8]
Grid = NDArray[np.float32]


@dataclass(frozen=True)
class Distortion:
    """How strongly images are distorted: standard deviations; 0 turns a distortion off.

    Attributes
    ----------
    rotation : float
        Degrees.
    shift : float
        Pixels, in both directions.
    scale : float
        Relative change of width and height: with 0.1, most change by up to 10 %.
    shear : float
        The slant of a hand: pixels sideways for each pixel of height.
    elastic : float
        Pixels by which neighbouring parts of the image are displaced.
    thickness : float
        Change of the strokes' thickness: at 1, most images are replaced by their 3x3 dilation or
        erosion.
    """

    rotation: float = 0.0
    shift: float = 0.0
    scale: float = 0.0
    shear: float = 0.0
    elastic: float = 0.0
    thickness: float = 0.0

    def apply(self, images: Images, rng: np.random.Generator) -> Images:
        """Return the images, each distorted differently.

        Parameters
        ----------
        images : ndarray of uint8, shape (n, height, width)
        rng : numpy.random.Generator
            Decides the distortion: the same state gives the same result.

        Returns
        -------
        ndarray of uint8, shape (n, height, width)
            Ink that leaves the image is lost; what enters it is empty paper.
        """
        if self.thickness:
            images = change_thickness(images, rng.normal(0, self.thickness, len(images)))
        if not (self.rotation or self.shift or self.scale or self.shear or self.elastic):
            return images
        grid = self._affine_grid(images.shape, rng)
        if self.elastic:
            grid = grid + elastic_field(images.shape, self.elastic, rng)
        return sample(images, grid)

    def _affine_grid(self, shape: tuple[int, ...], rng: np.random.Generator) -> Grid:
        n, height, width = shape
        angle = np.deg2rad(rng.normal(0, self.rotation, n))
        size = np.exp(rng.normal(0, self.scale, (2, n)))  # width and height change apart
        slant = rng.normal(0, self.shear, n)
        move = rng.normal(0, self.shift, (2, n))
        y, x = np.mgrid[:height, :width].reshape(2, 1, -1) - _middle(height, width)
        x, y = (x - move[0, :, None]) / size[0, :, None], (y - move[1, :, None]) / size[1, :, None]
        x = x + slant[:, None] * y
        cos, sin = np.cos(angle)[:, None], np.sin(angle)[:, None]
        grid = np.stack([cos * y - sin * x, sin * y + cos * x]) + _middle(height, width)
        return grid.astype(np.float32).reshape(2, n, height, width)


def _middle(height: int, width: int) -> NDArray[np.float64]:
    return np.array([(height - 1) / 2, (width - 1) / 2]).reshape(2, 1, 1)


def elastic_field(shape: tuple[int, ...], strength: float, rng: np.random.Generator) -> Grid:
    """Return a smooth random displacement of every pixel.

    Returns
    -------
    ndarray of float32, shape (2, n, height, width)
        Pixels down and to the right, with a standard deviation of about ``strength``.
    """
    n, height, width = shape
    coarse = rng.normal(0, strength, (2 * n, 5, 5))
    rows, columns = _smooth_weights(height), _smooth_weights(width)
    return (rows @ coarse @ columns.T).astype(np.float32).reshape(2, n, height, width)


def _smooth_weights(length: int, knots: int = 5) -> NDArray[np.float64]:
    """Return weights, shape (length, knots), that interpolate a few numbers smoothly."""
    distance = np.linspace(0, knots - 1, length)[:, None] - np.arange(knots)
    weights = np.exp(-(distance**2))
    return np.asarray(weights / np.sqrt((weights**2).sum(axis=1, keepdims=True)))


def sample(images: Images, grid: Grid) -> Images:
    """Return the values of each image at the given positions, by bilinear interpolation.

    Parameters
    ----------
    images : ndarray of uint8, shape (n, height, width)
    grid : ndarray of float32, shape (2, n, height, width)
        The row and the column in the old image for every pixel of the new one.

    Returns
    -------
    ndarray of uint8, shape (n, height, width)
        Positions outside the image are paper, 0.
    """
    n, height, width = images.shape
    padded = np.pad(images, ((0, 0), (1, 2), (1, 2))).astype(np.float32)
    y, x = np.clip(grid[0] + 1, 0, height + 1), np.clip(grid[1] + 1, 0, width + 1)
    top, left = y.astype(np.int32), x.astype(np.int32)  # floor: y and x are not negative
    down, right = y - top, x - left
    row_length = width + 3
    start = np.arange(n, dtype=np.int32)[:, None, None] * ((height + 3) * row_length)
    corner = start + top * row_length + left
    pixels = padded.reshape(-1)
    upper = pixels[corner] * (1 - right) + pixels[corner + 1] * right
    lower = pixels[corner + row_length] * (1 - right) + pixels[corner + row_length + 1] * right
    return np.asarray(np.rint(upper * (1 - down) + lower * down), np.uint8)


def change_thickness(images: Images, amounts: NDArray[np.float64]) -> Images:
    """Return the images with thicker (positive amount) or thinner (negative) strokes.

    Parameters
    ----------
    images : ndarray of uint8, shape (n, height, width)
    amounts : ndarray of float, shape (n,)
        1 replaces each pixel by the brightest of its 3x3 neighbourhood (dilation), -1 by the
        darkest (erosion); values between are blends, values beyond are clipped. Each image keeps
        its brightest grey.

    Returns
    -------
    ndarray of uint8, shape (n, height, width)
    """
    share = np.clip(np.abs(amounts), 0, 1).astype(np.float32)[:, None, None]
    thick = ndimage.maximum_filter(images, (1, 3, 3), mode="constant")
    thin = ndimage.minimum_filter(images, (1, 3, 3), mode="constant")
    target = np.where((amounts > 0)[:, None, None], thick, thin)
    blend = images + share * (target.astype(np.float32) - images)
    peak = blend.max(axis=(1, 2), keepdims=True)  # a thin line stays as dark as a thick one
    before = images.max(axis=(1, 2), keepdims=True).astype(np.float32)
    kept = blend * np.divide(before, peak, out=before * 0, where=peak > 0)
    return np.asarray(np.rint(kept), np.uint8)
