"""From writing to text: words, lines and pages.

Lines, and the gaps between words, are found from where the ink lies (:mod:`hwr.words.layout`). Each
word is then read as a whole by a network that never cuts it (:mod:`hwr.words.word_reader`), with a
language model. Where a gap leaves doubt whether it ends a word, the words themselves decide.
"""

import math
from collections.abc import Callable, Hashable, Iterator
from contextlib import suppress
from dataclasses import replace
from functools import cache
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from hwr._support.bounds import MAX_READING_SECONDS
from hwr._support.deadline import OutOfTimeError, time_limit
from hwr.ink import Ink
from hwr.words import layout
from hwr.words.language_model import ENGLISH, LanguageModel, language_model
from hwr.words.pictures import clean_picture, read_upright
from hwr.words.segments import Array, Picture, Segments, require_few
from hwr.words.text import Text, Word
from hwr.words.word_reader import Answer, WordReader

CERTAIN_GAP = 3.0
"""Absolute log-odds from which on a gap does, or does not, end a word for certain."""
MAX_DOUBTFUL_GAPS = 4
"""How many gaps between two certain ones the words may decide, the most doubtful ones."""

Writing = Ink | NDArray[np.uint8] | Segments
Progress = Callable[[int, int], None]
"""Is told how many lines were read, and of how many."""


def read_word(writing: Writing, language: LanguageModel | None = None) -> Word:
    """Read one word.

    Parameters
    ----------
    writing : Ink, ndarray of uint8 of shape (height, width), or Segments
        Strokes in any order; a picture, dark ink on bright paper, as
        :func:`hwr.images.io.open_photo` returns it; or the segments of either.
    language : LanguageModel, optional
        A ``ProseModel`` advises, and marks, capitals, numbers and names stay possible; a
        ``UniformModel`` also says which characters occur. English prose by default.

    Raises
    ------
    ValueError
        If there are too many strokes, or patches of ink, to be handwriting, or they take too long
        to read.
    """
    return Reader(language).word(find_segments(writing))


def read_text(
    writing: Writing, language: LanguageModel | None = None, progress: Progress | None = None
) -> Text:
    """Read lines of words; writing, language and errors are those of :func:`read_word`.

    A picture is turned by 90, 180 or 270 degrees if it reads better by far so. What takes too long
    is read in part; the text's ``finished`` is then False. ``progress`` is called before the first
    line and after each: how many were read, and of how many. It begins anew where a picture is
    tried in another direction, and where its lines were only a sample.
    """
    reader = Reader(language, progress=progress)
    if isinstance(writing, np.ndarray):
        return read_upright(writing, lambda found: reader.text(find_segments(found)))[0]
    return reader.text(find_segments(writing))


def segment_picture(grey: NDArray[np.uint8]) -> Segments:
    """Return the segments of writing in a picture.

    Parameters
    ----------
    grey : ndarray of uint8, shape (height, width)
        Dark ink on bright paper, as :func:`hwr.images.io.open_photo` returns it.

    Returns
    -------
    Segments
        Patches of connected ink, wide ones cut into slices; boxes in pixels of the picture turned
        level.
    """
    return Segments.from_picture(clean_picture(grey))


def find_segments(writing: Writing) -> Segments:
    """Return the segments of any writing; raise a ValueError if they are too many."""
    if isinstance(writing, Ink):
        segments = Segments.from_ink(writing)
    else:
        segments = writing if isinstance(writing, Segments) else segment_picture(writing)
    require_few(len(segments))
    return segments


class Reader:
    """Reads words, and the lines of a text, with a language model.

    Parameters
    ----------
    language : LanguageModel, optional
        As for :func:`read_word`.
    known : dict, optional
        Answers of another reader of the same language, which are not sought anew.
    progress : callable, optional
        As for :func:`read_text`.

    Attributes
    ----------
    answers : dict of hashable to Answer
        Those that this reader has given, by the ink of each word.
    """

    def __init__(
        self,
        language: LanguageModel | None = None,
        known: dict[Hashable, Answer] | None = None,
        progress: Progress | None = None,
    ) -> None:
        self._language, self._known = language or language_model(ENGLISH), known or {}
        self._progress = progress or (lambda done, lines: None)
        self.answers: dict[Hashable, Answer] = {}

    def word(self, segments: Segments) -> Word:
        """Return what :func:`read_word` returns."""
        try:
            with time_limit(MAX_READING_SECONDS):
                return self._word(segments)
        except OutOfTimeError:
            raise ValueError(
                f"This cannot be read as a word within {MAX_READING_SECONDS:g} seconds: give fewer "
                "strokes, or a clearer picture, of one word alone."
            ) from None

    def text(self, segments: Segments) -> Text:
        """Return what :func:`read_text` returns."""
        height = layout.letter_height(segments.boxes)
        lines: list[list[Word]] = []
        finished = False
        with suppress(OutOfTimeError), time_limit(MAX_READING_SECONDS):
            found = layout.find_lines(segments)
            self._progress(0, len(found))
            for number, places in enumerate(found, 1):
                lines.append([])
                for word in self._split(segments.take(places), height):
                    lines[-1].append(self._word(word))
                self._progress(number, len(found))
            finished = True
        return Text(tuple(tuple(line) for line in lines if line), finished=finished)

    def _word(self, segments: Segments) -> Word:
        if not len(segments):
            return Word()
        excerpt = segments.excerpt()
        word = self._answer(excerpt.writing).word
        return replace(word, boxes=word.boxes + [excerpt.left, excerpt.top] * 2)

    def _answer(self, writing: Ink | Picture) -> Answer:
        if isinstance(writing, Ink):
            ink: Hashable = (writing.pen, *(stroke.tobytes() for stroke in writing.strokes))
        else:
            ink = (writing.shape, writing.tobytes())
        if ink not in self.answers:
            known = self._known.get(ink)
            self.answers[ink] = known or _shipped().answer(writing, self._language)
        return self.answers[ink]

    def _split(self, line: Segments, height: float) -> Iterator[Segments]:
        """Split a line into words; where a gap leaves doubt, the words decide with it."""
        odds = layout.word_break_log_odds(line, height)
        ends = [0, *(np.flatnonzero(odds > CERTAIN_GAP) + 1).tolist(), len(line)]
        for start, end in pairwise(ends):
            unsure = [i for i in range(start + 1, end) if abs(odds[i - 1]) <= CERTAIN_GAP]
            doubtful = sorted(unsure, key=lambda i: abs(odds[i - 1]))[:MAX_DOUBTFUL_GAPS]
            others = [i for i in unsure if i not in doubtful and odds[i - 1] > 0]
            for left, right in pairwise([start, *others, end]):
                inside = sorted(i for i in doubtful if left < i < right)
                yield from self._best_split(line, [left, *inside, right], odds)

    def _best_split(self, line: Segments, places: list[int], odds: Array) -> list[Segments]:
        """Return the words of the best split of a line's part at any of the inner ``places``.

        All splits are compared by the scores of their words and the log-odds of the gaps.
        """
        if len(places) == 2:
            return [line.take(range(places[0], places[-1]))]
        best: list[tuple[float, list[Segments]]] = [(0.0, [])]
        for end in range(1, len(places)):
            splits = []
            for start in range(end):
                word = line.take(range(places[start], places[end]))
                score, words = best[start]
                inside = sum(_log_sigmoid(-odds[i - 1]) for i in places[start + 1 : end])
                after = _log_sigmoid(odds[places[end] - 1]) if end < len(places) - 1 else 0.0
                own = self._answer(word.excerpt().writing).score
                splits.append((score + own + inside + after, [*words, word]))
            best.append(max(splits, key=lambda split: split[0]))
        return best[-1][1]


def _log_sigmoid(odds: float) -> float:
    """Convert log-odds to the logarithm of a probability."""
    return -math.log1p(math.exp(-odds))


@cache
def _shipped() -> WordReader:
    return WordReader.load()
