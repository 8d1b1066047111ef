"""A line of writing as the image that a network of words reads: 40 pixels high, as wide as it is.

A pen's strokes and the ink of a photograph take the same form. The heights of small letters, of
ascenders and of descenders cannot be measured before the letters are known. But ink lies mostly
between the baseline and the tops of small letters, so its standard deviation in y says how large
the writing is: it becomes ``DEVIATION`` pixels, and the mean height the middle of the image. Only
flat lines and dots (``-``, ``...``), which have no such height, are scaled by their length.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from scipy import ndimage

from hwr.images.components import stroke_width
from hwr.ink import Ink, resample, stamp

HEIGHT = 40
"""Rows of the image."""
DEVIATION = 5.2
"""Standard deviation of the ink's y in the image, in pixels."""
MARGIN = 8
"""Empty columns at the left and at the right."""
RIM = 1.5
"""Rows that stay empty at the top and at the bottom, whatever the writing reaches to."""
FLAT, LINE_LENGTH = 0.3, 18.0
"""Ink whose way up and down is less than so many times as long as the ink itself is a flat line or
a few dots; its length in the image, in pixels."""
MAX_WIDTH = 2000
"""Columns of the widest image; what is wider becomes smaller."""
COLUMNS_PER_FRAME = 2
"""Columns of the image for which a network gives one answer."""
PEN = 2.2
"""Width of a pen's stroke in the image, in pixels."""
STEP = 0.5
"""Distance of the points at which strokes are drawn, in pixels."""

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Frame:
    """Where a line of writing lies in its image: pixel = (point - origin) * scale.

    Attributes
    ----------
    scale : float
        Pixels per unit of the writing.
    left, top : float
        The point of the writing that becomes the image's corner, pixel (0, 0).
    width : int
        Columns of the image.
    """

    scale: float
    left: float
    top: float
    width: int

    def pixels(self, points: Array) -> Array:
        """Return points (x, y), shape (n, 2), in pixels of the image."""
        return (points - [self.left, self.top]) * self.scale

    def x(self, columns: Array) -> Array:
        """Return the x in the writing of columns of the image."""
        return self.left + columns / self.scale


def frame_of_ink(ink: Ink) -> Frame:
    """Return the frame of strokes, which must not be empty."""
    ends = [np.concatenate([stroke[:1], stroke]) for stroke in ink.strokes]  # a dot: from, to
    steps = np.concatenate([np.diff(stroke, axis=0) for stroke in ends])
    middles = np.concatenate([(stroke[1:, 1] + stroke[:-1, 1]) / 2 for stroke in ends])
    lengths = np.hypot(*steps.T)
    low, high = ink.bounds()
    weights = lengths + max(float((high - low).max()), 1e-9) / 1000  # dots count, too
    mean = float(np.average(middles, weights=weights))
    squares = (middles - mean) ** 2 + steps[:, 1] ** 2 / 12  # of all points of a straight step
    deviation = float(np.sqrt(np.average(squares, weights=weights)))
    return _frame(np.r_[low, high], mean, deviation, float(np.abs(steps[:, 1]).sum()))


def frame_of_mask(ink: NDArray[np.float32]) -> Frame:
    """Return the frame of a picture's ink, which must not be empty.

    Parameters
    ----------
    ink : ndarray of float32, shape (height, width), in 0..1
        1 is ink and 0 paper, as :func:`hwr.words.pictures.clean_picture` returns it.
    """
    mask = ink > 0.5
    rows, columns = np.nonzero(mask)
    mean, pen = float(rows.mean()), stroke_width(np.pad(mask, 1))
    box = np.array([columns.min(), rows.min(), columns.max(), rows.max()], np.float64)
    # The pen's own width adds to the deviation of its path.
    deviation = float(np.sqrt(max(rows.var() - pen**2 / 12, 0)))
    return _frame(box, mean, deviation, _rise_of_mask(mask, pen))


def _rise_of_mask(mask: NDArray[np.bool_], pen: float) -> float:
    """Return how long the way of a pen was up and down, from the outline's two sides."""
    sides = np.count_nonzero(np.diff(np.pad(mask, 1), axis=1))
    parts = ndimage.label(mask, np.ones((3, 3)))[1]
    return max(
        float(sides) / 2 - float(parts) * pen, 0.0
    )  # a dot, and a dash, is as high as the pen


def _frame(box: Array, mean: float, deviation: float, rise: float) -> Frame:
    """Return the frame of ink in a box (left, top, right, bottom), of a path's way up and down."""
    left, top, right, bottom = box.tolist()
    extent = max(right - left, bottom - top, 1e-9)
    if rise < FLAT * extent:
        scale = LINE_LENGTH / extent
        mean = (top + bottom) / 2
    else:
        scale = DEVIATION / max(deviation, 1e-9)
    reach = max(mean - top, bottom - mean, 1e-9)
    widest = (MAX_WIDTH - 2 * MARGIN) / max(right - left, 1e-9)
    scale = min(scale, (HEIGHT / 2 - RIM) / reach, widest)
    width = int(np.ceil((right - left) * scale)) + 2 * MARGIN
    return Frame(scale, left - MARGIN / scale, mean - HEIGHT / 2 / scale, width + width % 2)


def draw_ink(ink: Ink, frame: Frame, pen: float = PEN) -> NDArray[np.uint8]:
    """Return the image of strokes: uint8, shape (40, frame.width), ink is 255.

    Parameters
    ----------
    ink : Ink
    frame : Frame
    pen : float
        Width of the strokes in pixels.
    """
    paths = [resample(frame.pixels(stroke), STEP) for stroke in ink.strokes]
    points = np.concatenate(paths).clip([0, 0], [frame.width - 1, HEIGHT - 1])
    return _grey(stamp(points, pen / 2, (HEIGHT, frame.width)))


def draw_mask(ink: NDArray[np.float32], frame: Frame) -> NDArray[np.uint8]:
    """Return the image of a picture's ink: uint8, shape (40, frame.width), ink is 255."""
    size = np.array([frame.width, HEIGHT])
    corner = np.array([frame.left, frame.top]) + 0.5 - 0.5 / frame.scale  # of pixels, not middles
    box = np.r_[corner, corner + size / frame.scale]
    spare = int(np.ceil(max(-box.min(), *(box[2:] - ink.shape[::-1]), 0))) + 1
    resized = Image.fromarray(np.pad(ink, spare)).resize(
        tuple(size.tolist()), Image.Resampling.BILINEAR, tuple((box + spare).tolist())
    )
    return _grey(np.asarray(resized))


def is_empty(writing: Ink | NDArray[np.float32]) -> bool:
    """Return whether nothing is written."""
    return writing.empty if isinstance(writing, Ink) else not (writing > 0.5).any()


def _grey(ink: NDArray[np.float32]) -> NDArray[np.uint8]:
    return np.asarray(np.rint(ink.clip(0, 1) * 255), np.uint8)


def line_image(writing: Ink | NDArray[np.float32]) -> tuple[NDArray[np.uint8], Frame]:
    """Return the image that a network reads of strokes or of a picture's ink, and its frame.

    Nothing written gives an empty image.
    """
    if is_empty(writing):
        return np.zeros((HEIGHT, 2 * MARGIN), np.uint8), Frame(1.0, 0.0, 0.0, 2 * MARGIN)
    if isinstance(writing, Ink):
        frame = frame_of_ink(writing)
        return draw_ink(writing, frame), frame
    frame = frame_of_mask(writing)
    return draw_mask(writing, frame), frame


def as_input(image: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Return an image as a network takes it: float32, shape (40, columns, 1), in 0..1."""
    return np.asarray(image[:, :, None] / np.float32(255), np.float32)
