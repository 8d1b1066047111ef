"""A line of writing as a pen's path, resampled: what a network reads that follows the movement.

The strokes are brought to the size of the line's image (:mod:`hwr.words.line_image`), and points
are taken from them at equal distances, so that neither the tablet's rate nor the writer's speed
matters. The way between two strokes is part of the path, with the pen lifted.
"""

import numpy as np
from numpy.typing import NDArray

from hwr.ink import Ink
from hwr.words.line_image import HEIGHT, Frame, frame_of_ink

SPACING = 2.0
"""Distance of the points, in pixels of the line's image."""
FEATURES = 6
"""Numbers per point: see :func:`pen_features`."""
MAX_POINTS = 4000
"""Most points of a path; of a longer one, the rest is left out."""


def pen_features(ink: Ink, frame: Frame | None = None) -> tuple[NDArray[np.float32], Frame]:
    """Return the features of strokes, and their frame.

    Parameters
    ----------
    ink : Ink
        Strokes in the order in which they were written.
    frame : Frame, optional
        By default the one that :func:`hwr.words.line_image.frame_of_ink` finds.

    Returns
    -------
    features : ndarray of float32, shape (points, 6)
        Cosine and sine of the direction in which the pen goes on, y down; cosine and sine of the
        turn since the point before; height above the middle of the line, -1..1; and whether the
        pen is down, 1 or 0.
    frame : Frame
    """
    if ink.empty:
        return np.zeros((0, FEATURES), np.float32), Frame(1.0, 0.0, 0.0, 2)
    frame = frame or frame_of_ink(ink)
    places, down = path(ink, frame)
    steps = np.diff(places, axis=0, append=places[-1:])
    if len(steps) > 1:
        steps[-1] = steps[-2]
    directions = (steps[:, 0] + 1j * steps[:, 1]) / np.maximum(np.hypot(*steps.T), 1e-9)
    turns = directions * np.conj(np.concatenate([directions[:1], directions[:-1]]))
    height = 1 - 2 * places[:, 1] / HEIGHT
    columns = [directions.real, directions.imag, turns.real, turns.imag, height, down]
    return np.stack(columns, axis=1).astype(np.float32), frame


def path(ink: Ink, frame: Frame) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Return points at equal distances along the pen's path, and where the pen is down.

    Returns
    -------
    places : ndarray of float64, shape (points, 2)
        In pixels of the line's image.
    down : ndarray of bool, shape (points,)
    """
    strokes = [frame.pixels(stroke) for stroke in ink.strokes]
    corners = np.concatenate(strokes)
    pen_down = np.ones(len(corners), bool)  # on the way to this corner
    pen_down[np.cumsum([0, *map(len, strokes[:-1])])] = False
    lengths = np.hypot(*np.diff(corners, axis=0).T)
    travelled = np.concatenate([[0.0], np.cumsum(lengths)])
    count = min(int(travelled[-1] / SPACING) + 1, MAX_POINTS)
    at = np.arange(count) * SPACING
    places = np.stack([np.interp(at, travelled, corners[:, axis]) for axis in (0, 1)], axis=1)
    following = np.searchsorted(travelled, at, side="right").clip(max=len(corners) - 1)
    return places, pen_down[following] if len(corners) > 1 else np.ones(count, bool)
