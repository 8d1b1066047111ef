"""How many characters the marks in a picture of one character are.

Gaps are relative to the height of the tallest mark.
"""

import numpy as np

from hwr.images.marks import LARGE, Boxes, Marks

APART = 0.06
"""Gap from which marks beside each other are two characters."""
LONG_WORD, LETTER = 2.2, 0.9
"""Ratio of width to height from which joined writing is a word, and of one of its letters."""


def count_characters(marks: Marks) -> int:
    """Return how many characters some marks seem to be.

    Marks beside each other are several, marks above each other are one, as in =, and small ones
    belong to their neighbours.
    """
    boxes = marks.boxes
    sizes = (boxes[:, 2:] - boxes[:, :2]).max(axis=1)
    written = boxes[sizes >= LARGE * sizes[0]]
    tall = float((written[:, 3] - written[:, 1]).max())
    unit = max(tall, LARGE * float(sizes[0]))
    written = written[np.argsort(written[:, 0], kind="stable")]
    reached = np.maximum.accumulate(written[:, 2])  # by a mark and all to its left
    gaps = written[1:, 0] - reached[:-1]
    groups = np.split(written, np.flatnonzero(gaps > APART * unit) + 1)
    return sum(_letters(group, marks.pen) for group in groups)


def _letters(boxes: Boxes, pen: float) -> int:
    """Return how many letters of joined writing a group of marks is."""
    width = float(boxes[:, 2].max() - boxes[:, 0].min())
    height = float(boxes[:, 3].max() - boxes[:, 1].min())
    if height < 4 * pen or width <= LONG_WORD * height:
        return 1
    return max(2, round(width / (LETTER * height)))
