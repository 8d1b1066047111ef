"""One person's drawings to teach and to measure with: a learner's own, or a made-up writer's."""

from pathlib import Path
from typing import NamedTuple

import numpy as np

from hwr.alphabets import BYCLASS
from hwr.dataset import Dataset
from hwr.datasets import synthetic
from hwr.datasets.own.files import read

TEACHING = 5
"""Drawings of each character that teach; those beyond measure."""
MEASURING = 20
"""Fewer drawings to measure with would say nothing."""
MADE_UP_WRITER, MADE_UP_DRAWINGS = 5, 15
"""Seed of the made-up writer, and the number of drawings of each character."""


class Hand(NamedTuple):
    """One person's drawings.

    Attributes
    ----------
    drawings : Dataset
        In 62 classes, in the order in which they were drawn.
    own : bool
        Whether they are the learner's own, and not a made-up writer's.
    note : str
        How many there are and whose, and why a made-up writer stands in.
    """

    drawings: Dataset
    own: bool
    note: str


def load_hand(path: str | Path, characters: str) -> Hand:
    """Return the drawings of a file if there are enough of them, else a made-up writer's.

    Parameters
    ----------
    path : path
        The file that a pad saves to, which may be missing or empty; or anything else of the 62
        characters that :func:`hwr.datasets.read` reads, such as a folder of photographs.
    characters : str
        What the made-up writer draws.

    Raises
    ------
    ValueError
        If the file cannot be read, or shows other characters.
    """
    path = Path(path)
    written = path.is_dir() or (path.exists() and path.read_bytes().strip())
    found = read(path).in_alphabet(BYCLASS) if written else None
    number = 0 if found is None else len(found)
    counted = f"{number} drawing{'s' * (number != 1)} of your own"
    left = 0 if found is None else int((np.bincount(found.labels) - TEACHING).clip(0).sum())
    if found is not None and left >= MEASURING:
        return Hand(found, True, counted)
    made_up = synthetic.Writer(MADE_UP_WRITER).drawings(MADE_UP_DRAWINGS, characters)
    if found is None:
        return Hand(made_up, False, f"{len(made_up)} drawings by a made-up writer")
    reason = f"{left} beyond the first {TEACHING} of a character, {MEASURING} are needed"
    note = f"{counted}: too few to measure ({reason}), so the made-up writer goes on"
    return Hand(made_up, False, note)
