"""A drawing, and its conversion to the 28x28 image that a network reads.

EMNIST was made from scanned forms in five steps: blur, crop to the ink, centre in a square, add a
border, shrink to 28x28 (Cohen et al. 2017, arXiv:1702.05373, section II). Everything that is read
here, whether drawn on the pad, made up or photographed, takes the same steps. Because a drawing is
first scaled to a fixed size, its position and size on the canvas cannot change the answer.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from scipy import ndimage

from hwr._support.arrays import character_of
from hwr._support.bounds import limited

SIDE = 28
"""Pixels along each side of an EMNIST image."""
BORDER = 2
"""Width in pixels of the empty border of an EMNIST image."""
LONGER_SIDE = 72
"""Length in pixels to which a drawing's longer side is scaled before blurring: 3 x (28 - 2 x 2)."""
BLUR = 1.2
"""Standard deviation of the blur, in pixels at that scale."""
PEN = 0.14
"""Default pen width as a share of the drawing's longer side, as EMNIST's writers had it."""
FAINT = 0.06
"""Share of the darkest ink below which grey counts as paper when a drawing is cropped."""

Strokes = Iterable[Sequence[Sequence[float]] | NDArray[np.floating[Any]]]


@dataclass(frozen=True, eq=False)
class Ink:
    """A drawing as its pen strokes.

    Attributes
    ----------
    strokes : tuple of ndarray of float64, each of shape (k, 2)
        The points of each stroke as (x, y), x to the right, y **down**, in any unit.
    pen : float
        Width of the pen as a share of the drawing's longer side, so that it does not change when
        the drawing is enlarged.

    Raises
    ------
    ValueError
        If a stroke is not a list of finite (x, y) points, they are too many
        (:data:`hwr._support.bounds.MAX_POINTS`), or the pen is not between 0 and 1.
    """

    strokes: tuple[NDArray[np.float64], ...] = ()
    pen: float = PEN

    def __init__(self, strokes: Strokes = (), pen: float = PEN) -> None:
        arrays = tuple(limited(_checked(stroke, n) for n, stroke in enumerate(strokes, 1)))
        if not 0 < pen <= 1:
            raise ValueError(f"The pen's width is {pen}: give a share of the drawing, 0.02 to 0.3.")
        object.__setattr__(self, "strokes", tuple(stroke for stroke in arrays if len(stroke)))
        object.__setattr__(self, "pen", float(pen))

    @property
    def empty(self) -> bool:
        """Whether nothing was drawn."""
        return not self.strokes

    def bounds(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return the smallest and the largest (x, y); the drawing must not be empty."""
        points = np.concatenate(self.strokes)
        return points.min(axis=0), points.max(axis=0)


def _checked(stroke: Any, number: int) -> NDArray[np.float64]:
    try:
        points = np.asarray(stroke, dtype=np.float64)
    except (TypeError, ValueError, OverflowError):
        points = np.empty((1, 0))
    if points.size == 0 and points.shape[:1] == (0,):
        return np.empty((0, 2))
    if points.ndim != 2 or points.shape[1] != 2:
        raise ValueError(f"Stroke {number} is not a list of points: give each point as (x, y).")
    if not (np.abs(points) < 1e9).all():  # also false for NaN
        raise ValueError(
            f"Stroke {number} holds a point that is not a finite number: leave such points out."
        )
    return points


# --- step 1: from strokes to a picture ---------------------------------------------------------


def rasterize(ink: Ink) -> NDArray[np.float32]:
    """Draw the strokes with a round, soft-edged pen, scaled to the same size for every drawing.

    Returns
    -------
    ndarray of float32, shape (height, width), in 0..1
        The drawing's longer side spans ``LONGER_SIDE`` pixels including the pen; an empty drawing
        becomes one empty pixel.
    """
    if ink.empty:
        return np.zeros((1, 1), np.float32)
    low, high = ink.bounds()
    span = float((high - low).max())
    line = LONGER_SIDE / (1 + ink.pen)  # what the pen's width leaves for its path
    radius = (LONGER_SIDE - line) / 2
    scale = line / span if span > 1e-6 else 0.0  # a dot stays a dot, wherever it is
    margin = radius + 1
    paths = [resample((stroke - low) * scale + margin) for stroke in ink.strokes]
    width, height = np.ceil((high - low) * scale + 2 * margin).astype(int) + 1
    return stamp(np.concatenate(paths), radius, (height, width))


def resample(path: NDArray[np.float64], spacing: float = 1.0) -> NDArray[np.float64]:
    """Return points along a path, at most ``spacing`` pixels apart, including both ends."""
    steps = np.hypot(*np.diff(path, axis=0).T)
    travelled = np.concatenate([[0.0], np.cumsum(steps)])
    count = int(np.ceil(travelled[-1] / spacing - 1e-6)) + 1
    at = np.linspace(0, travelled[-1], max(count, 1))
    return np.stack([np.interp(at, travelled, path[:, axis]) for axis in (0, 1)], axis=1)


def stamp(
    points: NDArray[np.float64], radius: float, shape: tuple[int, int]
) -> NDArray[np.float32]:
    """Draw a soft disc at every point; where discs overlap, the darker one wins."""
    height, width = shape
    if len(points) > 5000:  # a scribble: points closer than a quarter of a pixel add nothing
        inked = np.zeros((4 * width, 4 * height), bool)
        inked[tuple(np.rint(points * 4).astype(np.int32).T)] = True
        points = np.argwhere(inked) / 4
    reach = int(np.ceil(radius + 0.5))
    around = np.arange(-reach, reach + 1)
    canvas = np.zeros((height + 2 * reach, width + 2 * reach), np.float32)
    for part in np.array_split(points, len(points) // 2000 + 1):
        pixel = np.floor(part).astype(np.int64)
        dx, dy = (
            (pixel[:, axis, None] + around - part[:, axis, None]).astype(np.float32)
            for axis in (0, 1)
        )
        distance = np.sqrt(dy[:, :, None] ** 2 + dx[:, None, :] ** 2)
        cover = np.clip(radius + 0.5 - distance, 0, 1, dtype=np.float32)
        rows, columns = (pixel[:, axis, None] + around + reach for axis in (1, 0))
        where = rows[:, :, None] * canvas.shape[1] + columns[:, None, :]
        np.maximum.at(canvas.reshape(-1), where.ravel(), cover.ravel())
    return canvas[reach:-reach, reach:-reach]


# --- steps 2 to 5: as EMNIST was made ----------------------------------------------------------


def blur(picture: NDArray[np.float32], sigma: float = BLUR) -> NDArray[np.float32]:
    """Return the picture blurred by a Gaussian, with a margin for the blurred ink."""
    padded = np.pad(picture, int(np.ceil(3 * sigma)))
    return np.asarray(ndimage.gaussian_filter(padded, sigma, truncate=3.0), np.float32)


def crop(picture: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the part of the picture that holds ink; an empty picture is returned unchanged."""
    ink = picture > FAINT * picture.max(initial=0)
    if not ink.any():
        return picture
    rows, columns = np.flatnonzero(ink.any(axis=1)), np.flatnonzero(ink.any(axis=0))
    return picture[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]


def centre(picture: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the ink in the middle of a square with a border, its aspect ratio unchanged."""
    height, width = picture.shape
    longer = max(height, width)
    side = longer + 2 * round(longer * BORDER / (SIDE - 2 * BORDER))
    square = np.zeros((side, side), np.float32)
    top, left = (side - height) // 2, (side - width) // 2
    square[top : top + height, left : left + width] = picture
    return square


def shrink(square: NDArray[np.float32]) -> NDArray[np.uint8]:
    """Return a square resized to 28x28 by bicubic interpolation, its grey scaled to 0..255."""
    small = np.asarray(Image.fromarray(square).resize((SIDE, SIDE), Image.Resampling.BICUBIC))
    small = np.clip(small, 0, None)
    brightest = float(small.max())
    if brightest == 0:
        return np.zeros((SIDE, SIDE), np.uint8)
    return np.rint(small * (255 / brightest)).astype(np.uint8)


def convert(drawing: Ink | NDArray[Any]) -> NDArray[np.uint8]:
    """Convert a drawing or a picture to the image that a network reads.

    Parameters
    ----------
    drawing : Ink or ndarray of shape (height, width)
        Strokes, or a grey picture of one character, in 0..255 or 0..1: paper is 0, ink is bright.

    Returns
    -------
    ndarray of uint8, shape (28, 28)
        Upright, ink is 255; all 0 if nothing was drawn.
    """
    return shrink(centre(crop(blur(_at_fixed_size(drawing)))))


def conversion_steps(drawing: Ink | NDArray[Any]) -> dict[str, NDArray[Any]]:
    """Return the picture after each step of :func:`convert`, in order, by the step's name."""
    drawn = _at_fixed_size(drawing)
    blurred = blur(drawn)
    cropped = crop(blurred)
    centred = centre(cropped)
    return {
        "drawn": drawn,
        "blurred": blurred,
        "cropped": cropped,
        "centred": centred,
        "28 x 28": shrink(centred),
    }


def _at_fixed_size(drawing: Ink | NDArray[Any]) -> NDArray[np.float32]:
    if isinstance(drawing, Ink):
        return rasterize(drawing)
    picture = crop(character_of("picture", drawing).astype(np.float32))
    brightest = float(picture.max(initial=0))
    if brightest <= 0:
        return np.zeros((1, 1), np.float32)
    factor = LONGER_SIDE / max(picture.shape)
    height, width = (max(1, round(side * factor)) for side in picture.shape)
    resized = Image.fromarray(picture / brightest).resize((width, height))
    return np.clip(np.asarray(resized, np.float32), 0, 1)
