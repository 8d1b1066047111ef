"""Words as they were read and as they were corrected; a correction lasts until the ink changes."""

from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from hwr.ink import Ink

if TYPE_CHECKING:  # drawing boxes around letters does not need what reads words
    from hwr.words.text import Text, Word

Lines = tuple[tuple["CorrectedWord", ...], ...]


@dataclass(frozen=True)
class LetterBox:
    """A box around a letter.

    Attributes
    ----------
    bounds : (float, float, float, float)
        Left, top, right and bottom, y down.
    label : str
        Written above the box.
    sure : bool
        Whether the word is sure.
    chosen : bool
        Whether the word is chosen to be corrected.
    """

    bounds: tuple[float, float, float, float]
    label: str
    sure: bool
    chosen: bool = False


@dataclass(frozen=True)
class CorrectedWord:
    """A word as it was read, and as it was corrected.

    Attributes
    ----------
    word : Word
    key : hashable
        Identifies the word's ink.
    text : str
        The correction, or what was read if there is none.
    by_hand : bool
        Whether the word was corrected.
    """

    word: "Word"
    key: Hashable
    text: str
    by_hand: bool = False

    @property
    def sure(self) -> bool:
        """Whether the word was read with confidence, or corrected."""
        return self.by_hand or self.word.sure

    @property
    def readings(self) -> list[tuple[str, float]]:
        """The texts that were read and their probabilities, best first."""
        return [(self.word.text, self.word.probability), *self.word.alternatives]

    @property
    def letters(self) -> list[list[str]]:
        """The candidates for each letter; empty if the correction changed the number of letters."""
        if len(self.text) != len(self.word.letters):
            return []
        return [
            list(dict.fromkeys([read, now, *(other for other, _ in others)]))
            for read, now, others in zip(self.word.text, self.text, self.word.letters, strict=True)
        ]

    def boxes(self, chosen: bool) -> Iterator[LetterBox]:
        """Yield the boxes of the letters, without labels if their number was changed."""
        same = len(self.text) == len(self.word.boxes)
        labels = self.text if same else " " * len(self.word.boxes)
        for (left, top, right, bottom), label in zip(self.word.boxes, labels, strict=True):
            bounds = (float(left), float(top), float(right), float(bottom))
            yield LetterBox(bounds, label, self.sure, chosen)


class Corrections:
    """The corrections of words, by the key of their ink."""

    def __init__(self) -> None:
        self._texts: dict[Hashable, str] = {}

    def correct(self, key: Hashable, text: str) -> None:
        """Keep the text of a word.

        Raises
        ------
        ValueError
            If there is no text.
        """
        if not text:
            raise ValueError("A correction is empty: write what the word says.")
        self._texts[key] = text

    def apply(self, read: "Text", key: Callable[["Word"], Hashable]) -> Lines:
        """Return what was read, line by line, with the corrections made so far."""
        return tuple(
            tuple(self._corrected(word, key(word)) for word in line) for line in read.lines
        )

    def _corrected(self, word: "Word", key: Hashable) -> CorrectedWord:
        return CorrectedWord(word, key, self._texts.get(key, word.text), key in self._texts)


def text_of(lines: Lines) -> str:
    """Return words as text, line by line."""
    return "\n".join(" ".join(word.text for word in line) for line in lines)


def stroke_key(word: "Word", ink: Ink) -> frozenset[bytes]:
    """Return the strokes inside a word's boxes, as a key that changes with the word's ink."""
    low, high = word.boxes[:, :2].min(axis=0), word.boxes[:, 2:].max(axis=0)
    return frozenset(
        stroke.tobytes()
        for stroke in ink.strokes
        if (stroke >= low - 1e-6).all() and (stroke <= high + 1e-6).all()
    )
