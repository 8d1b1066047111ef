"""Words out of single characters: set on a line, one after another, as in handwriting."""

from collections.abc import Callable

import numpy as np

from hwr.ink import Ink

BELOW = "gpqy"
"""Letters that hang below the line."""
X_HEIGHT = 0.6
"""How high small letters are, as a share of a capital's height."""


def compose(
    word: str,
    draw: Callable[[str], Ink],
    height: float,
    rng: np.random.Generator,
    gap: tuple[float, float] = (0.15, 0.3),
) -> Ink:
    """Set the characters of a word on a line.

    Parameters
    ----------
    word : str
        What to write, without spaces.
    draw : callable
        Gives the drawing of a character, in its natural size and anywhere.
    height : float
        How high this hand's capitals are.
    rng : numpy.random.Generator
        Decides the gaps.
    gap : (float, float)
        The least and the largest gap between two characters, as a share of the height; below 0
        they run into one another.

    Returns
    -------
    Ink
        Strokes in the order of the characters; the line lies at y = 0.
    """
    strokes, right = [], 0.0
    for character in word:
        drawn = draw(character)
        low, high = drawn.bounds()
        if character in BELOW:
            down = -X_HEIGHT * height - low[1]
        elif character == "j":
            down = -0.9 * height - low[1]
        else:
            down = -high[1]
        along = right - low[0]
        strokes += [stroke + np.array([along, down]) for stroke in drawn.strokes]
        right += high[0] - low[0] + rng.uniform(*gap) * height
    return Ink(strokes)
