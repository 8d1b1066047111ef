"""Straight thin lines that cross a picture of one character, as on ruled paper: erased.

A line is followed from one edge to the opposite one. It is erased where it is as thin as elsewhere;
where it is thicker, a stroke of writing crosses it, and stays.
"""

from bisect import bisect_left

import numpy as np
from numpy.typing import NDArray

DARK = 0.93
"""Share of the paper's brightness below which a pixel may belong to a line."""
MAX_THICKNESS = 0.03
"""Thickness above which a line is none, as a share of the picture's longer side."""
MAX_SLOPE = 0.15
"""Largest slope of a line."""
MIN_SHARE = 0.7
"""Share of columns in which a line must be seen."""
CROSSED = 1.6
"""Thickness, in usual ones of the line, from which a stroke crosses it."""

MEMORY = 40
"""Number of columns from which direction and thickness are known."""
STRAY = 1.5
"""Pixels by which a line may stray from its direction."""

Picture = NDArray[np.float32]
Mask = NDArray[np.bool_]
Run = tuple[int, int]


def erase_lines(relative: Picture) -> Picture:
    """Return a picture without the lines that cross it from edge to edge.

    Parameters
    ----------
    relative : ndarray of float32, shape (height, width), in 0..1
        Brightness as a share of the paper's.
    """
    lying = _lines(relative < DARK)
    standing = _lines((relative < DARK).T).T
    return np.where(lying | standing, np.float32(1), relative)


def _lines(dark: Mask) -> Mask:
    """Return the pixels of all lines that run from the left edge to the right one."""
    found = np.zeros_like(dark)
    columns = [_runs(column) for column in dark.T]
    limit = max(3.0, MAX_THICKNESS * max(dark.shape))
    begin = len(columns) // 16  # beside what stands at the edge
    for start in columns[begin]:
        if start[1] - start[0] > limit:
            continue
        most_missed = (1 - MIN_SHARE) * len(columns) + 1  # both ways begin in the same one
        right = _follow(columns[begin:], start, most_missed)
        left = _follow(columns[begin::-1], start, most_missed)
        runs = [*left.values(), *right.values()]
        if any(first == 0 or end == len(dark) for first, end in runs):
            continue  # it has a way out at the picture's edge, which must stay open
        gaps = begin - max(left), len(columns) - 1 - begin - max(right)
        if max(gaps) <= begin and len(runs) >= MIN_SHARE * len(columns):
            for side, sign in ((right, 1), (left, -1)):
                for steps, (first, end) in side.items():
                    found[first:end, begin + sign * steps] = True
    return found


def _runs(column: Mask) -> list[Run]:
    """Return first and last + 1 of all runs of dark pixels in a column."""
    padded = np.concatenate([[False], column, [False]])
    changes = np.flatnonzero(padded[1:] != padded[:-1])
    return [(int(first), int(end)) for first, end in changes.reshape(-1, 2)]


def _middle(run: Run) -> float:
    return (run[0] + run[1]) / 2


def _follow(columns: list[list[Run]], start: Run, most_missed: float) -> dict[int, Run]:
    """Return the runs of a line to the right of its first one, by their columns.

    A line that is missed in more columns than ``most_missed`` is followed no further.
    """
    seen = {0: start}
    places = [(0, _middle(start))]
    thickness = float(start[1] - start[0])
    for column in range(1, len(columns)):
        if column - len(seen) > most_missed:
            break
        (first, there), (last, here) = places[-min(len(places), MEMORY)], places[-1]
        slope = (here - there) / (last - first) if last - first >= MEMORY / 4 else 0.0
        expected = here + min(max(slope, -MAX_SLOPE), MAX_SLOPE) * (column - last)
        runs = columns[column]  # from top to bottom
        for run in runs[bisect_left(runs, expected - STRAY, key=_middle) :]:
            middle, thick = _middle(run), run[1] - run[0]
            if middle > expected + STRAY:
                break
            if thick <= CROSSED * thickness + 1:
                seen[column] = run
                places.append((column, middle))
                thickness += (thick - thickness) / MEMORY
    return seen
