"""What is read: words, and lines of them."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class Word:
    """A word that was read.

    Attributes
    ----------
    text : str
        Empty if nothing is written, or what is written is no writing.
    probability : float
        That the text is right.
    alternatives : tuple of (str, float)
        Other texts, and their probabilities.
    boxes : ndarray of float64, shape (letters, 4)
        Left, top, right and bottom of each letter, in the writing's own unit.
    letters : tuple of tuple of (str, float)
        For each letter, the most probable characters with their probabilities, read regardless of
        the word.
    sure : bool
        Whether the text can be trusted; it is False for an empty or scribbled sheet.
    """

    text: str = ""
    probability: float = 0.0
    alternatives: tuple[tuple[str, float], ...] = ()
    boxes: NDArray[np.float64] = field(default_factory=lambda: np.zeros((0, 4)))
    letters: tuple[tuple[tuple[str, float], ...], ...] = ()
    sure: bool = False


@dataclass(frozen=True, eq=False)
class Text:
    """Lines of words.

    Attributes
    ----------
    lines : tuple of tuple of Word
    turned : int
        By how many degrees a picture was turned counter-clockwise before it was read: 0, 90, 180
        or 270.
    finished : bool
        Whether all was read; False if that took too long
        (:data:`hwr._support.bounds.MAX_READING_SECONDS`), and only the first words were.
    """

    lines: tuple[tuple[Word, ...], ...] = ()
    turned: int = 0
    finished: bool = True

    def __str__(self) -> str:
        return "\n".join(" ".join(word.text for word in line if word.text) for line in self.lines)

    @property
    def words(self) -> list[Word]:
        """All words, line by line."""
        return [word for line in self.lines for word in line]

    @property
    def sure(self) -> bool:
        """Whether all was read, and every word of it can be trusted."""
        return self.finished and bool(self.words) and all(word.sure for word in self.words)


def progress_sentence(done: int, lines: int) -> str:
    """Return how far the reading of a page is, as part of a sentence."""
    return f"read {done} of {lines} {'line' if lines == 1 else 'lines'}"
