"""Writing made level: lines that fall, rise or converge become horizontal.

Seen along its lines, writing lies in few rows, with empty ones between them. So the angle is sought
at which the profile of the ink, its amount in each row, is most uneven (Postl 1986, Detection of
linear oblique structures and skew scan in digitized documents). Lines of a sheet that is seen from
the side meet in a point: how far away it is, is sought in the same way.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from hwr._support import deadline
from hwr._support.bounds import MAX_PAGE_PIXELS
from hwr.images.components import INK_THRESHOLD, Components, stroke_width

MAX_SKEW = 20.0
"""Largest skew that is detected, in degrees."""
MAX_CONVERGENCE = 0.35
"""By which share of its distance a line may come closer to another, over the picture's width."""
MAX_POINTS = 20_000
"""Number of pixels of ink from which the profile is made."""
SHORT = 1.0
"""How much more uneven the profile must be if a skew counts: this share, divided by the length of
the writing in letter heights."""
CONVERGENT = 0.05
"""The same for a convergence, whatever the length."""

Picture = NDArray[np.float32]
Values = NDArray[np.float64]


class Profile:
    """The amount of ink in rows of a picture that is turned, and seen from the side.

    Parameters
    ----------
    ink : ndarray of float32, shape (height, width), in 0..1
    """

    def __init__(self, ink: Picture) -> None:
        mask = ink >= INK_THRESHOLD
        rows, columns = np.nonzero(mask)
        step = max(1, len(rows) // MAX_POINTS)
        self.width, self.pen = mask.shape[1], stroke_width(mask)
        self.x = columns[::step] - mask.shape[1] / 2
        self.y = rows[::step] - mask.shape[0] / 2

    def unevenness(self, angle: float, convergence: float) -> float:
        """Return the sum of squares of the shares of ink in each row, as high as the pen is wide.

        Parameters
        ----------
        angle : float
            At which lines fall to the right, in degrees.
        convergence : float
            By which share of their distance lines come apart over the picture's width.
        """
        deadline.check()
        turn = np.radians(angle)
        along = self.x * np.cos(turn) + self.y * np.sin(turn)
        across = self.y * np.cos(turn) - self.x * np.sin(turn)
        row = across / (1 + convergence * along / self.width) / self.pen
        counts = np.bincount(np.asarray(row - row.min(), np.int64))
        return float((counts / len(row)) @ (counts / len(row)))


def find_level(ink: Picture) -> tuple[float, float]:
    """Return the angle in degrees at which lines fall to the right, and their convergence.

    Both are as :meth:`Profile.unevenness` takes them, and 0 if there is little evidence of them:
    a short word's profile is most uneven at many an angle.
    """
    profile = Profile(ink)
    if not len(profile.x):
        return 0.0, 0.0

    def most_uneven(angles: NDArray[Any], convergences: NDArray[Any]) -> tuple[float, float]:
        pairs = [(angle, share) for angle in angles.tolist() for share in convergences.tolist()]
        return max(pairs, key=lambda pair: profile.unevenness(*pair))

    parallel = np.zeros(1)
    level = most_uneven(np.arange(-MAX_SKEW, MAX_SKEW + 0.1, 0.5), parallel)
    level = most_uneven(level[0] + np.arange(-0.5, 0.51, 0.1), parallel)
    letters = float(np.ptp(profile.x)) / Components(ink).height
    least = (1 + SHORT / max(letters, 1)) * profile.unevenness(0, 0)
    if profile.unevenness(*level) < least:
        level = 0.0, 0.0
    shares = np.linspace(-MAX_CONVERGENCE, MAX_CONVERGENCE, 29)
    meeting = most_uneven(level[0] + np.arange(-3, 3.1, 0.5), shares)
    least = max((1 + CONVERGENT) * profile.unevenness(*level), least)
    return meeting if profile.unevenness(*meeting) > least else level


def make_level(ink: Picture) -> Picture:
    """Return a picture of ink with its lines of writing horizontal.

    Parameters
    ----------
    ink : ndarray of float32, shape (height, width), in 0..1
        As :func:`hwr.images.binarization.binarize` returns it.

    Returns
    -------
    ndarray of float32, shape (h, w), in 0..1
        Larger, if it was turned; the same picture if it is level.
    """
    level = find_level(ink)
    return turn_level(ink, *level) if any(level) else ink


def turn_level(ink: Picture, angle: float, convergence: float) -> Picture:
    """Return a picture of ink in which lines of this angle and convergence are horizontal.

    It has the same scale, unless its corners would make it larger than a page may be.
    """
    tall, wide = ink.shape
    turn = np.radians(angle)
    sine, cosine, near = np.sin(turn), np.cos(turn), convergence / wide
    seen = np.array([[cosine, -sine, wide / 2], [sine, cosine, tall / 2], [0, 0, 1]])
    seen = seen @ np.array([[1, 0, 0], [0, 1, 0], [-near, 0, 1]])
    corners = np.array([(0, 0, 1), (wide, 0, 1), (0, tall, 1), (wide, tall, 1)], np.float64)
    level = corners @ np.linalg.inv(seen).T
    level = level[:, :2] / level[:, 2:]
    left, top = level.min(axis=0)
    seen = seen @ np.array([[1, 0, left], [0, 1, top], [0, 0, 1]])
    sides = level.max(axis=0) - level.min(axis=0)
    factor = min(float(np.sqrt(MAX_PAGE_PIXELS / sides.prod())), 1.0)
    seen = seen @ np.diag([1 / factor, 1 / factor, 1])
    size = np.ceil(sides * factor).astype(int).tolist()
    levelled = Image.fromarray(ink).transform(
        tuple(size),
        Image.Transform.PERSPECTIVE,
        (seen / seen[2, 2]).ravel()[:8].tolist(),
        Image.Resampling.BICUBIC,
    )
    return np.clip(np.asarray(levelled, np.float32), 0, 1)
