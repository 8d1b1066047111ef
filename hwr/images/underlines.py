"""Short underlines: a line below a single word, which is no longer than some strokes of letters.

It stands by itself, and nothing but a word stands on it: the bar of a t has a letter below it, a
fraction has a number there, a dash has nothing above it, and the line above that of a "=" is none.
"""

import numpy as np

from hwr._support import deadline
from hwr.images.components import Components, reach_beyond
from hwr.images.line_tracing import MAX_SLOPE, Rule

# Lengths are in letter heights.
MIN_LENGTH = 1.2
"""Length of the shortest underline; bars of letters are shorter."""
BODY = 0.4
"""Height of a letter, at least: of what may stand on an underline, and must not hang below it."""
ABOVE, BELOW = 0.9, 0.35
"""Greatest distance of a letter above the line, and least distance of one below it."""
COVERED = 0.5
"""Share of the line, at least, above which there are letters."""
BEYOND, APART = 0.35, 0.4
"""How far the word reaches beyond the line's ends, at most, and how far the next ink is from them,
at least: the foot of an I is below a part of a word."""
MAX_WAVERING = 0.7
"""How far it may stray from a parabola, in thicknesses."""


def is_underline(rule: Rule, found: Components, height: float) -> bool:
    """Return whether a line stands alone below a word.

    Parameters
    ----------
    rule : Rule
    found : Components
        Of the picture in which the line is.
    height : float
        That of letters, in pixels.
    """
    deadline.check()
    length = len(rule)
    if length < MIN_LENGTH * height or rule.wavering() > MAX_WAVERING:
        return False
    x = np.arange(rule.left, rule.left + length)
    y = np.rint(rule.y).astype(np.int64).clip(0, len(found.labels) - 1)
    own = int(np.bincount(found.labels[y, x]).argmax()) - 1
    if own < 0 or not _is_bare(found.boxes[own].tolist(), rule, found.pen):
        return False
    others = np.delete(found.boxes, own, axis=0)
    left, top, right, bottom = others.T
    body = bottom - top >= BODY * height
    middle = float(np.median(rule.y))
    over = np.minimum(right, x[-1]) - np.maximum(left, x[0])
    hanging = (top > middle - rule.thickness) & (top < middle + BELOW * height)
    if (body & hanging & (over > 0)).any():
        return False
    word = body & (top < middle) & (bottom > middle - ABOVE * height)
    if (word & reach_beyond(others, (x[0], x[-1]), BEYOND * height, APART * height)).any():
        return False
    standing = body & (bottom < middle + rule.thickness) & (bottom > middle - ABOVE * height)
    return float(over[standing].clip(0).sum()) >= COVERED * length


def _is_bare(box: list[float], rule: Rule, pen: float) -> bool:
    """Return whether a component is no more than the line."""
    left, top, right, bottom = box
    flat = bottom - top <= rule.thickness + pen + MAX_SLOPE * len(rule)
    return flat and right - left <= len(rule) + 2 * pen
