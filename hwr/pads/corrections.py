"""What was read, and what a person made of it: a correction stays until the word's ink changes."""

from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass

from hwr.ink import Ink
from hwr.pads.boxes import LetterBox
from hwr.words.reading import Text, Word

Lines = tuple[tuple["CorrectedWord", ...], ...]


@dataclass(frozen=True)
class CorrectedWord:
    """A word as it was read, and as it was corrected.

    Attributes
    ----------
    word : Word
    key : hashable
        Says which ink it is: another key is another word.
    text : str
        What it says, after all.
    by_hand : bool
        Whether a person said so.
    """

    word: Word
    key: Hashable
    text: str
    by_hand: bool = False

    @property
    def sure(self) -> bool:
        """Whether the text is to be trusted."""
        return self.by_hand or self.word.sure

    @property
    def readings(self) -> list[tuple[str, float]]:
        """The texts that were read, with their probabilities, the best first."""
        return [(self.word.text, self.word.probability), *self.word.alternatives]

    @property
    def letters(self) -> list[list[str]]:
        """For each letter what it may be; empty where the text has not as many as were read."""
        if len(self.text) != len(self.word.letters):
            return []
        return [
            list(dict.fromkeys([read, now, *(other for other, _ in others)]))
            for read, now, others in zip(self.word.text, self.text, self.word.letters, strict=True)
        ]

    def marks(self, chosen: bool) -> Iterator[LetterBox]:
        """Return the boxes of its letters."""
        same = len(self.text) == len(self.word.boxes)
        labels = self.text if same else " " * len(self.word.boxes)
        for (left, top, right, bottom), label in zip(self.word.boxes, labels, strict=True):
            box = (float(left), float(top), float(right), float(bottom))
            yield LetterBox(box, label, self.sure, chosen)


class Corrections:
    """What a person said of which ink."""

    def __init__(self) -> None:
        self._texts: dict[Hashable, str] = {}

    def correct(self, key: Hashable, text: str) -> None:
        """Keep what a word says.

        Raises
        ------
        ValueError
            If there is no text.
        """
        if not text:
            raise ValueError("A correction is empty: write what the word says.")
        self._texts[key] = text

    def apply(self, read: Text, key: Callable[[Word], Hashable]) -> Lines:
        """Put the corrections in place of what was read."""
        return tuple(tuple(self._of(word, key(word)) for word in line) for line in read.lines)

    def _of(self, word: Word, key: Hashable) -> CorrectedWord:
        return CorrectedWord(word, key, self._texts.get(key, word.text), key in self._texts)


def stroke_key(word: Word, ink: Ink) -> frozenset[bytes]:
    """Return the strokes of a word, as a key: any other ink in its boxes makes it another word."""
    low, high = word.boxes[:, :2].min(axis=0), word.boxes[:, 2:].max(axis=0)
    return frozenset(
        stroke.tobytes()
        for stroke in ink.strokes
        if (stroke >= low - 1e-6).all() and (stroke <= high + 1e-6).all()
    )
