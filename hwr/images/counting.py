"""How many characters the marks in a picture of one character are.

Gaps are relative to the height of the tallest mark.
"""

import numpy as np

from hwr.images.marks import LARGE, Box, Marks, sides

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
    sizes = np.array([max(sides(box)) for box in boxes])
    written = boxes[sizes >= LARGE * sizes[0]]
    tall = float((written[:, 3] - written[:, 1]).max())
    unit = max(tall, LARGE * float(sizes[0]))
    groups: list[list[Box]] = []
    for box in written[np.argsort(written[:, 0], kind="stable")]:
        beside = [g for g in groups if box[0] - max(b[2] for b in g) > APART * unit]
        if len(beside) == len(groups):
            groups.append([box])
        else:
            groups[-1].append(box)
    return sum(_letters(group, marks.pen) for group in groups)


def _letters(group: list[Box], pen: float) -> int:
    """Return how many letters of joined writing a group of marks is."""
    boxes = np.array(group)
    width = float(boxes[:, 2].max() - boxes[:, 0].min())
    height = float(boxes[:, 3].max() - boxes[:, 1].min())
    if height < 4 * pen or width <= LONG_WORD * height:
        return 1
    return max(2, round(width / (LETTER * height)))
