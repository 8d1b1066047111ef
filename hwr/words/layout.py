"""Where lines and words are: told from the boxes of the units alone."""

import numpy as np
from numpy.typing import NDArray

from hwr.words.segments import Segments

FLAT = 0.35
"""Units lower than so many letter heights (dots, dashes) start no line of their own."""
APART = 0.6
"""Middles of units of one line differ by less than so many letter heights."""
RECENT = 6
"""A line may slope: its height is that of so many units before."""
OWN = 0.95
"""Lines are at least so many letter heights apart."""
NARROW, WIDE = 0.25, 0.9
"""Gaps between two words are looked for between these, in letter heights."""
PARTED = 0.25
"""Gaps between words are larger than those between letters by so much, or there are none."""
STEEP = 20.0
"""How fast doubt about a gap vanishes: log-odds for one letter height."""

Array = NDArray[np.float64]


def letter_height(boxes: Array) -> float:
    """Return the height of tall letters: that which four of five units stay below; 1 if it is 0."""
    heights = boxes[:, 3] - boxes[:, 1]
    return (float(np.quantile(heights, 0.8)) if len(boxes) else 0.0) or 1.0


def find_lines(units: Segments) -> list[NDArray[np.int64]]:
    """Find the lines.

    Units are taken from left to right and follow the line whose last ones are at their height, so
    that a line may slope a little.

    Returns
    -------
    list of ndarray of int64
        The places of each line's units, from left to right; lines from top to bottom.
    """
    if not len(units):
        return []
    height = letter_height(units.boxes)
    middles = (units.top + units.bottom) / 2
    bodies = units.bottom - units.top >= FLAT * height
    found: list[list[int]] = []
    for place in np.flatnonzero(bodies):
        away = [abs(middles[place] - np.median(middles[line[-RECENT:]])) for line in found]
        if away and min(away) < APART * height:
            found[int(np.argmin(away))].append(int(place))
        else:
            found.append([int(place)])
    if not found:
        found = [[int(np.argmax(units.bottom - units.top))]]
    found = _joined(found, middles, units, OWN * height)
    taken = {place for line in found for place in line}
    for place in (place for place in range(len(units)) if place not in taken):
        away = [_distance(units, place, line) for line in found]
        found[int(np.argmin(away))].append(place)
    found.sort(key=lambda line: float(np.median(middles[line])))
    return [np.array(sorted(line)) for line in found]


def _joined(
    found: list[list[int]], middles: Array, units: Segments, near: float
) -> list[list[int]]:
    """Join lines to longer ones that run too near them, such as tails of g and y."""
    kept: list[list[int]] = []
    for line in sorted(found, key=len, reverse=True):
        across = float(np.median((units.left[line] + units.right[line]) / 2))
        away = []
        for other in kept:
            beside = np.abs((units.left[other] + units.right[other]) / 2 - across)
            closest = np.asarray(other)[np.argsort(beside)[:RECENT]]
            away.append(abs(float(np.median(middles[closest]) - np.median(middles[line]))))
        if away and min(away) < near:
            kept[int(np.argmin(away))] += line
        else:
            kept.append(list(line))
    return kept


def _distance(units: Segments, place: int, line: list[int]) -> float:
    """Return how far a small unit is from the nearest ones of a line, up and down counting more."""
    middle = (units.left[place] + units.right[place]) / 2
    beside = np.maximum(units.left[line] - middle, middle - units.right[line]).clip(0)
    nearest = np.asarray(line)[np.argsort(beside)[:3]]
    top, bottom = units.top[nearest].min(), units.bottom[nearest].max()
    away = max(top - units.bottom[place], units.top[place] - bottom, 0.0)
    return float(away * 2 + beside.min())


def word_break_log_odds(units: Segments, height: float) -> Array:
    """Return the log-odds that a word ends before each unit of a line but the first.

    A writer's gaps between words differ from the gaps between letters, but nobody says where the
    border lies: it is where it parts the gaps of this line best (Otsu 1979).

    Parameters
    ----------
    units : Units
        One line.
    height : float
        That of tall letters.

    Returns
    -------
    ndarray of float64, shape (units - 1,)
    """
    sizes = units.gaps() / height
    candidates = np.linspace(NARROW, WIDE, 27)
    positive = np.clip(sizes[sizes > 0], 0, 1.5)
    best, border = 0.0, (NARROW + WIDE) / 2
    for candidate in candidates:
        low, high = positive[positive < candidate], positive[positive >= candidate]
        if len(low) and len(high) and high.mean() - low.mean() > PARTED:
            between = len(low) * len(high) * (high.mean() - low.mean()) ** 2
            if between > best * 1.0001:
                best, border = between, (low.max() + high.min()) / 2
    return np.asarray((sizes - np.clip(border, NARROW, WIDE)) * STEEP)
