"""Strokes cut where one letter may end and the next begin, for the search over all ways to cut.

Joined letters are linked low: the pen comes down, and leaves to the right on its way up to the next
letter. So a stroke is cut at every *valley*, where it turns from down to up while it moves right,
at its *crossings*, where a loop closes, and at its *corners*, where it turns sharply. Most of these
places are inside letters; the search decides, as it does for strokes. UNIPEN's words have no
pressure and hardly any speed, which is sampled evenly in some and not in others.
"""

import numpy as np
from numpy.typing import NDArray

from hwr.ink import Ink, resample

STEP = 0.04
"""Distance of the points at which a stroke is looked at, in heights of the word."""
REACH = 3
"""Points before and after one, by which the direction there is measured."""
SHARP = np.deg2rad(110)
"""A turn from which on it is a corner."""
SHORTEST = 0.2
"""Pieces shorter than this, in heights of the word, are not cut off."""

Points = NDArray[np.float64]


def cut(ink: Ink) -> Ink:
    """Return ink whose strokes end at every place where a letter may."""
    low, high = ink.bounds()
    height = float((high - low)[1]) or 1.0
    pieces: list[Points] = []
    for stroke in ink.strokes:
        path = resample(stroke, STEP * height)
        start = 0
        for place in [*_candidates(path), len(path) - 1]:
            if (place - start) * STEP >= SHORTEST or place == len(path) - 1:
                pieces.append(path[start : place + 1])
                start = place
    return Ink(pieces, ink.pen)


def _candidates(path: Points) -> list[int]:
    """Return the indices of a path's valleys, crossings and corners, in order."""
    if len(path) <= 2 * REACH:
        return []
    before, after = path[REACH:-REACH] - path[: -2 * REACH], path[2 * REACH :] - path[REACH:-REACH]
    lengths = np.hypot(*before.T) * np.hypot(*after.T) + 1e-9
    cosines = (before * after).sum(axis=1) / lengths
    lowest = (before[:, 1] > 0) & (after[:, 1] <= 0)  # y points down
    valley = lowest & (path[2 * REACH :, 0] > path[: -2 * REACH, 0])
    corner = np.arccos(cosines.clip(-1, 1)) > SHARP
    places = _middles(valley) + _middles(corner)
    return sorted({place + REACH for place in places} | _crossings(path))


def _middles(marked: NDArray[np.bool_]) -> list[int]:
    """Return the middle of each run of marked points."""
    edges = np.flatnonzero(np.diff(np.pad(marked.astype(int), 1)))
    return [(start + end - 1) // 2 for start, end in edges.reshape(-1, 2).tolist()]


def _crossings(path: Points) -> set[int]:
    """Return where a path meets itself for the second time."""
    ahead = np.diff(path, axis=0)
    found: set[int] = set()
    for place in range(2, len(ahead)):
        start, step = path[place], ahead[place]
        others, steps = path[: place - 1], ahead[: place - 1]
        area = step[0] * steps[:, 1] - step[1] * steps[:, 0]
        away = others - start
        along = np.divide(
            away[:, 0] * steps[:, 1] - away[:, 1] * steps[:, 0],
            area,
            where=area != 0,
            out=np.full(len(area), -1.0),
        )
        across = np.divide(
            away[:, 0] * step[1] - away[:, 1] * step[0],
            area,
            where=area != 0,
            out=np.full(len(area), -1.0),
        )
        if ((along >= 0) & (along < 1) & (across >= 0) & (across < 1)).any():
            found.add(place)
    return found
