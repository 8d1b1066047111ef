"""Reads a sheet again and again while it is written on: what has not changed is not made anew."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from hwr.alphabets import CHARACTERS
from hwr.ink import Ink
from hwr.recognizer import Recognizer
from hwr.words.language_model import LanguageModel
from hwr.words.reading import Text, read_text, read_word
from hwr.words.segments import Segments

Key = tuple[float | bytes, ...]


class CachedRecognizer(Recognizer):
    """A recogniser that is asked about an image only once while it is in use.

    Parameters
    ----------
    recognizer : Recognizer
        Who reads.
    """

    def __init__(self, recognizer: Recognizer) -> None:
        vars(self).update(vars(recognizer))
        self._asked = recognizer
        self._kept: dict[bytes, NDArray[np.float32]] = {}
        self._used: dict[bytes, NDArray[np.float32]] = {}

    def forget(self) -> None:
        """Keep only what was asked for since the last time."""
        self._kept, self._used = self._used, {}

    def logits(self, images: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Run the network on what is new: from shape (n, 28, 28) to (n, 62)."""
        names = [image.tobytes() for image in images]
        known = self._kept | self._used
        new = [place for place, name in enumerate(names) if name not in known]
        found = self._asked.logits(images[new])
        known |= {names[place]: row for place, row in zip(new, found, strict=True)}
        self._used |= {name: known[name] for name in names}
        return np.array([known[name] for name in names], np.float32).reshape(-1, len(CHARACTERS))


class IncrementalReader:
    """Reads a word, or lines of them, and keeps the images of its groups of strokes.

    Parameters
    ----------
    recognizer : Recognizer
    one_word : bool
        Whether all ink is one word, whatever the gaps in it.
    """

    def __init__(self, recognizer: Recognizer, one_word: bool) -> None:
        self._recognizer = CachedRecognizer(recognizer)
        self.one_word = one_word
        self._kept: dict[Key, NDArray[np.uint8]] = {}

    def read(self, ink: Ink, language: LanguageModel) -> Text:
        """Read the ink as it stands, as :mod:`hwr.words.reading` does.

        Raises
        ------
        ValueError
            If there are too many strokes to be handwriting.
        """
        if ink.empty:
            return Text()
        self._recognizer.forget()
        return self.read_units(self._units(ink), language)

    def read_units(self, units: Segments, language: LanguageModel) -> Text:
        """Read the pieces of ink, or of a picture."""
        if self.one_word:
            word = read_word(units, language, self._recognizer)
            return Text(((word,),) if word.text else ())
        read = read_text(units, language, self._recognizer)
        lines = (tuple(word for word in line if word.text) for line in read.lines)
        return Text(tuple(line for line in lines if line))

    def _units(self, ink: Ink) -> Segments:
        """Take each stroke for a unit, and keep the images that are asked for until next time."""
        drawn = Segments.of_ink(ink)
        strokes = [stroke.tobytes() for stroke in ink.strokes]
        before, self._kept = self._kept, {}
        kept = self._kept

        def image(which: Sequence[int]) -> NDArray[np.uint8]:
            key: Key = (ink.pen, *(strokes[i] for i in which))
            if key not in kept:
                known = before.get(key)
                kept[key] = drawn.image(tuple(which)) if known is None else known
            return kept[key]

        return Segments(drawn.boxes, image, drawn.names)
