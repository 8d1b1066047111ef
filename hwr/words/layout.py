"""Lines of writing and the gaps between words, found from the boxes of the segments alone."""

import numpy as np
from numpy.typing import NDArray

from hwr._support import deadline
from hwr.words.columns import find_blocks
from hwr.words.segments import Array, Segments

# Lengths are in letter heights, as `letter_height` returns them.
MIN_BODY_HEIGHT = 0.35
"""Segments lower than this (dots, dashes) start no line of their own."""
MAX_LINE_OFFSET = 0.6
"""Greatest distance between a segment's centre and its line, up or down."""
NEARBY_SEGMENTS = 6
"""How many nearby segments tell the height of a line, which may slope."""
MIN_LINE_DISTANCE = 0.95
"""Lines closer together than this are one."""
MIN_WORD_GAP, MAX_WORD_GAP = 0.25, 0.9
"""Range of the threshold between gaps inside words and gaps between them."""
MIN_GAP_DIFFERENCE = 0.25
"""Least difference between the mean gap between words and the mean gap between letters."""
LOG_ODDS_PER_HEIGHT = 20.0
"""How fast the log-odds of a word break grow with the gap."""


def letter_height(boxes: Array) -> float:
    """Return the height of tall letters, the 0.8 quantile of all heights; 1 if that is 0."""
    heights = boxes[:, 3] - boxes[:, 1]
    return (float(np.quantile(heights, 0.8)) if len(boxes) else 0.0) or 1.0


def find_lines(segments: Segments) -> list[NDArray[np.int64]]:
    """Assign each segment to a line.

    Returns
    -------
    list of ndarray of int64
        For each line, in the order of reading, the places of its segments, from left to right:
        from top to bottom, one column after another.
    """
    if not len(segments):
        return []
    height = letter_height(segments.boxes)
    blocks = find_blocks(segments.boxes, height)
    return [block[line] for block in blocks for line in _find_lines(segments.take(block), height)]


def _find_lines(segments: Segments, height: float) -> list[NDArray[np.int64]]:
    """Return the lines of one column.

    From left to right, each segment joins the line whose last segments are at its height, so that
    a line may slope a little.
    """
    centres = (segments.top + segments.bottom) / 2
    bodies = segments.bottom - segments.top >= MIN_BODY_HEIGHT * height
    lines: list[list[int]] = []
    heights: list[float] = []  # of the last segments of each line
    for place in np.flatnonzero(bodies):
        deadline.check()
        offsets = np.abs(np.array(heights) - centres[place])
        joined = int(np.argmin(offsets)) if heights else 0
        if heights and offsets[joined] < MAX_LINE_OFFSET * height:
            lines[joined].append(int(place))
            heights[joined] = float(np.median(centres[lines[joined][-NEARBY_SEGMENTS:]]))
        else:
            lines.append([int(place)])
            heights.append(float(centres[place]))
    if not lines:
        lines = [[int(np.argmax(segments.bottom - segments.top))]]
    lines = _merge_close(lines, centres, segments, MIN_LINE_DISTANCE * height)
    assigned = {place for line in lines for place in line}
    for place in (place for place in range(len(segments)) if place not in assigned):
        deadline.check()
        distances = [_distance(segments, place, line) for line in lines]
        lines[int(np.argmin(distances))].append(place)
    lines.sort(key=lambda line: float(np.median(centres[line])))
    return [np.array(sorted(line)) for line in lines]


def _merge_close(
    lines: list[list[int]], centres: Array, segments: Segments, near: float
) -> list[list[int]]:
    """Merge lines into longer ones closer than ``near``; tails of g and y may look like lines."""
    kept: list[list[int]] = []
    for line in sorted(lines, key=len, reverse=True):
        deadline.check()
        across = float(np.median((segments.left[line] + segments.right[line]) / 2))
        distances = []
        for other in kept:
            beside = np.abs((segments.left[other] + segments.right[other]) / 2 - across)
            closest = np.asarray(other)[np.argsort(beside)[:NEARBY_SEGMENTS]]
            distances.append(abs(float(np.median(centres[closest]) - np.median(centres[line]))))
        if distances and min(distances) < near:
            kept[int(np.argmin(distances))] += line
        else:
            kept.append(list(line))
    return kept


def _distance(segments: Segments, place: int, line: list[int]) -> float:
    """Return the distance of a small segment from a line; vertical distance counts double."""
    across = (segments.left[place] + segments.right[place]) / 2
    beside = np.maximum(segments.left[line] - across, across - segments.right[line]).clip(0)
    nearest = np.asarray(line)[np.argsort(beside)[:3]]
    top, bottom = segments.top[nearest].min(), segments.bottom[nearest].max()
    vertical = max(top - segments.bottom[place], segments.top[place] - bottom, 0.0)
    return float(vertical * 2 + beside.min())


def word_break_log_odds(segments: Segments, height: float) -> Array:
    """Return the log-odds that a new word begins at each segment of a line but the first.

    Gaps between words are wider than gaps between letters, but how much wider depends on the
    writer. The threshold is the one that separates this line's gaps best (Otsu 1979). It is sought
    on a grid rather than on a histogram, as in :mod:`hwr.images.binarization`, because a line has
    only a few gaps, which may well form a single group.

    Parameters
    ----------
    segments : Segments
        One line.
    height : float
        That of tall letters.

    Returns
    -------
    ndarray of float64, shape (n - 1,)
    """
    sizes = segments.gaps() / height
    positive = np.clip(sizes[sizes > 0], 0, 1.5)
    best, threshold = 0.0, (MIN_WORD_GAP + MAX_WORD_GAP) / 2
    for candidate in np.linspace(MIN_WORD_GAP, MAX_WORD_GAP, 27):
        low, high = positive[positive < candidate], positive[positive >= candidate]
        if len(low) and len(high) and high.mean() - low.mean() > MIN_GAP_DIFFERENCE:
            between = len(low) * len(high) * (high.mean() - low.mean()) ** 2
            if between > best * 1.0001:
                best, threshold = between, (low.max() + high.min()) / 2
    threshold = np.clip(threshold, MIN_WORD_GAP, MAX_WORD_GAP)
    return np.asarray((sizes - threshold) * LOG_ODDS_PER_HEIGHT)
