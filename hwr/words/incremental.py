"""Reading a sheet again and again while it is written on: only what has changed is read anew."""

from collections.abc import Hashable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from hwr.ink import Ink
from hwr.words.language_model import LanguageModel
from hwr.words.pictures import read_upright
from hwr.words.reading import Progress, Reader, find_segments
from hwr.words.segments import Segments
from hwr.words.text import Text
from hwr.words.word_reader import Answer


class IncrementalReader:
    """Reads a word, or lines of words, and keeps what was read of each word's ink.

    Parameters
    ----------
    one_word : bool
        Whether all ink is one word, whatever its gaps.
    """

    def __init__(self, one_word: bool) -> None:
        self.one_word = one_word
        self._language: LanguageModel | None = None
        self._known: dict[Hashable, Answer] = {}

    def read(self, ink: Ink, language: LanguageModel) -> Text:
        """Return the same as :func:`hwr.words.read_text`, without empty words and lines.

        Raises
        ------
        ValueError
            If there are too many strokes to be handwriting.
        """
        if ink.empty:
            return Text()
        reader = Reader(language, self._known if language is self._language else None)
        text = self._read(reader, find_segments(ink))
        self._language, self._known = language, reader.answers
        return _without_empty(text)

    def read_picture(
        self, grey: NDArray[np.uint8], language: LanguageModel, progress: Progress | None = None
    ) -> tuple[Text, NDArray[np.float32]]:
        """Read a picture; as :func:`hwr.words.pictures.read_upright`, without empty words.

        ``progress`` is as for :func:`hwr.words.read_text`.
        """
        reader = Reader(language, progress=progress)
        text, picture = read_upright(grey, lambda found: self._read(reader, find_segments(found)))
        return _without_empty(text), picture

    def _read(self, reader: Reader, segments: Segments) -> Text:
        return Text(((reader.word(segments),),)) if self.one_word else reader.text(segments)


def _without_empty(text: Text) -> Text:
    lines = (tuple(word for word in line if word.text) for line in text.lines)
    return replace(text, lines=tuple(line for line in lines if line))
