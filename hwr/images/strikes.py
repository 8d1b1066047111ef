"""Words that were struck out: a line leads through their letters, and they are no writing.

A path leads from left to right through ink alone and hardly rises or falls (Heijmans, Buckley,
Talbot 2005, Path openings and closings). If it is longer than any letter, it is a line that
somebody drew; if much ink touches it from above and from below, it leads through letters. That
tells it from an underline and from the bar of a t.
"""

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from hwr._support import deadline
from hwr.images.components import INK_THRESHOLD, Components, reach_beyond

# Lengths are in letter heights.
MIN_LENGTH = 1.2
"""Length of the shortest line through a word."""
BESIDE = (0.12, 0.25, 0.4)
"""How far from a line's edge the strokes are looked for that it crosses; a second line may lie in
between."""
MIN_ABOVE, MIN_BELOW = 0.6, 1.0
"""Strokes that a line crosses for each letter height of its length, above and below it, at least:
above may be tall letters only, but below an underline are few, such as the tails of g and y."""
LONG = 2.5
"""Length of a line that may lead through a part of a word; the bar of a t is shorter."""
BEYOND, APART = 0.25, 0.4
"""Others lead through a whole word: how far what they cross reaches beyond their ends, at most, and
how far the next ink in their line is from them, at least."""
MIN_BOTH, FEWEST = 2.0, 5
"""Strokes above and below such a line together, for each letter height of its length, and in all;
on one side there may be as few as one."""
LEAST_ABOVE, LEAST_BELOW = 0.1, 0.15
"""Shares of a word's ink above and below a line through it, at least: no bar of a T, and no
underline."""
TAILS = 0.35
"""Strokes below a line through a word for each stroke above it, at least."""
WAVERING, WAVERING_BOUNDS = 0.12, (0.2, 0.6)
"""How far a line may stray from a straight one, in widths of the pen: for each letter height of its
length, and the least and the greatest distance that results."""
HURRIED, HURRIED_BOUNDS = 0.2, (0.3, 0.6)
"""The same for a line through a whole word."""
REACH = 0.3
"""How far a struck word reaches beyond the ends of its line."""
THIN = 1.8
"""Thickness of a line where nothing crosses it, at most, in widths of the pen."""
MIN_THIN = 0.25
"""Share of a line's columns in which nothing crosses it, at least."""
MAX_PATHS = 200
"""How many paths are looked at, the longest ones."""
STEP = 4
"""Pixels to the right in which a path rises or falls by at most one."""

Picture = NDArray[np.float32]
Mask = NDArray[np.bool_]
Places = NDArray[np.int64]
Values = NDArray[np.float64]


def remove_struck_out(ink: Picture) -> Picture:
    """Return a picture of ink without the words that are struck out.

    Parameters
    ----------
    ink : ndarray of float32, shape (height, width), in 0..1
        Without rules, as :func:`hwr.images.rules.remove_rules` returns it.

    Returns
    -------
    ndarray of float32, shape (height, width), in 0..1
        The same picture if no word is struck out.
    """
    found = Components(ink)
    mask = ink >= INK_THRESHOLD
    struck = [
        path for path in long_paths(mask, MIN_LENGTH * found.height, found.pen)
        if is_strike(mask, *path, found)
    ]  # fmt: skip
    rest = ink.copy() if struck else ink
    for x, y in struck:
        _erase_word(rest, found, x, y)
    return rest


def long_paths(mask: Mask, length: float, pen: float) -> list[tuple[Places, Places]]:
    """Return the columns and rows of paths of this length or longer, the longest ones first.

    Of paths that lie within a pen's width of each other, the longest one is returned.
    """
    tall, wide = mask.shape
    blocks = mask[:, : wide - wide % STEP].reshape(tall, -1, STEP).all(axis=2)
    lengths = _path_lengths(np.asarray(blocks))
    ends = lengths * STEP >= length
    near = np.arange(-round(2 * pen), round(2 * pen) + 1)[:, None]
    found: list[tuple[Places, Places]] = []
    while ends.any() and len(found) < MAX_PATHS:
        deadline.check()
        row, column = np.unravel_index(int(np.argmax(lengths * ends)), ends.shape)
        rows = [int(row)]
        for before in range(int(column) - 1, int(column - lengths[row, column]), -1):
            low = max(rows[-1] - 1, 0)
            rows.append(low + int(np.argmax(lengths[low : rows[-1] + 2, before])))
        path = np.array(rows[::-1])
        first = int(column) - len(path) + 1
        ends[(path + near).clip(0, tall - 1), np.arange(first, first + len(path))] = False
        found.append((np.arange(first * STEP, (first + len(path)) * STEP), np.repeat(path, STEP)))
    return found


def _path_lengths(blocks: Mask) -> NDArray[np.int32]:
    """Return how many blocks the longest path to each has, itself included; 0 where there is none.

    A path leads from a block to one of the three that touch its right side.
    """
    lengths = np.zeros(blocks.T.shape, np.int32)
    reached = np.zeros(len(blocks) + 2, np.int32)
    for column, inked in enumerate(blocks.T):
        deadline.check()
        longest = np.maximum(np.maximum(reached[:-2], reached[2:]), reached[1:-1])
        lengths[column] = reached[1:-1] = np.where(inked, longest + 1, 0)
    return lengths.T


def is_strike(mask: Mask, x: Places, y: Places, found: Components) -> bool:
    """Return whether a path, its columns and rows, is a thin line that leads through letters."""
    deadline.check()
    up, down = _reach(mask, x, y, round(2 * THIN * found.pen))
    thickness = up + down - 1
    thin = thickness <= THIN * found.pen
    if thin.mean() < MIN_THIN:
        return False
    length = len(x) / found.height
    whole = _is_whole_word(found, x, y)
    if not whole and length < LONG:
        return False
    centre = (y + (down - up) / 2)[thin]
    away = np.abs(centre - np.polyval(np.polyfit(x[thin], centre, 1), x[thin]))
    slack, bounds = (HURRIED, HURRIED_BOUNDS) if whole else (WAVERING, WAVERING_BOUNDS)
    if np.quantile(away, 0.9) > found.pen * np.clip(slack * length, *bounds):
        return False
    middle = np.interp(x, x[thin], centre)
    edge = float(np.median(thickness[thin])) / 2 + 1
    above, below = (
        max(_runs(_inked(mask, x, middle + side * (edge + far * found.height))) for far in BESIDE)
        for side in (-1, 1)
    )
    if below < TAILS * above or not _is_within(mask, x, middle, edge, found.height):
        return False
    if whole:
        return min(above, below) >= 1 and above + below >= max(MIN_BOTH * length, FEWEST)
    few = max(min(MIN_BELOW * length, above / 2), 2)  # letters may stand far apart
    return above >= max(MIN_ABOVE * length, 2) and below >= few


def _is_within(mask: Mask, x: Places, y: Values, edge: float, height: float) -> bool:
    """Return whether a line has enough ink above and below it."""
    far = edge + np.arange(round(height))[:, None]
    above, below = (int(_inked(mask, x, y + side * far).sum()) for side in (-1, 1))
    both = above + below
    return above >= LEAST_ABOVE * both and below >= LEAST_BELOW * both > 0


def _is_whole_word(found: Components, x: Places, y: Places) -> bool:
    """Return whether nothing of the word to which a line belongs lies beyond its ends."""
    crossed = np.zeros(len(found.boxes) + 1, np.bool_)
    crossed[found.labels[y, x]] = True
    left, top, right, bottom = found.boxes.T
    own = crossed[1:]
    if not own.any():
        return False
    first, last = float(left[own].min()), float(right[own].max())
    reach, near = BEYOND * found.height, APART * found.height
    if max(x[0] - first, last - x[-1]) > reach:
        return False
    middle = float(np.median(y))
    level = (top < middle + found.height / 2) & (bottom > middle - found.height / 2)
    return not (level & reach_beyond(found.boxes, (first, last), reach, near)).any()


def _reach(mask: Mask, x: Places, y: Places, most: int) -> tuple[Places, Places]:
    """Return how far ink reaches above and below each point, the point included, at most so far."""
    around = mask[(y + np.arange(-most, most + 1)[:, None]).clip(0, len(mask) - 1), x]
    ways = around[most::-1], around[most:]
    above, below = (np.where(way.all(axis=0), most, np.argmin(way, axis=0)) for way in ways)
    return above, below


def _inked(mask: Mask, x: Places, y: Values) -> Mask:
    return np.asarray(mask[np.rint(y).astype(np.int64).clip(0, len(mask) - 1), x])


def _runs(inked: Mask) -> int:
    return int(np.count_nonzero(np.diff(np.r_[False, inked].astype(np.int8)) == 1))


def _erase_word(ink: Picture, found: Components, x: Places, y: Places) -> None:
    """Erase the components through which a line leads, and those that lie between its ends."""
    deadline.check()
    reach = REACH * found.height
    left, right = max(int(x[0] - reach), 0), int(x[-1] + reach) + 1
    top, bottom = (int(np.median(y) + side * found.height) for side in (-1, 1))
    struck = np.zeros(len(found.boxes) + 1, np.bool_)
    struck[found.labels[y, x]] = True
    across, down = found.boxes[:, [0, 2]].mean(axis=1), found.boxes[:, [1, 3]].mean(axis=1)
    struck[1:] |= (across > left) & (across < right) & (down > top) & (down < bottom)
    struck[0] = False
    window = (slice(None), slice(left, right))
    ink[window][ndimage.binary_dilation(struck[found.labels[window]], iterations=2)] = 0
