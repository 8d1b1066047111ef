"""From writing to text: words, lines and pages.

Where one letter ends and the next begins cannot be known before the letters are: two strokes may
be ``d`` or ``cl``. So nothing is decided early. All groups of neighbouring segments that may be one
letter are read (:mod:`hwr.words.hypotheses`); a search over all ways to cut the word
(:mod:`hwr.words.lattice`) then chooses, with a language model, the word as a whole.
"""

import math
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from hwr._support.bounds import MAX_READING_SECONDS
from hwr._support.deadline import OutOfTimeError, time_limit
from hwr.ink import Ink
from hwr.recognizer import Recognizer
from hwr.words import layout
from hwr.words.characters import require_letters
from hwr.words.decoding import (
    WordReading,
    confidence_features,
    decode,
    probability_correct,
    share_out,
)
from hwr.words.hypotheses import CharacterHypotheses, RecognitionCache
from hwr.words.language_model import ENGLISH, LanguageModel, language_model
from hwr.words.pictures import clean_picture, read_upright
from hwr.words.segments import Array, Segments

SURE_PROBABILITY = 0.8
"""Least probability of a word that counts as sure."""
MIN_MEAN_LOG_ODDS = -2.0
"""Mean log-odds that groups are whole characters, below which the ink is no word."""
MIN_PROBABILITY = 0.003
"""Probability below which a reading is discarded."""
CERTAIN_GAP = 3.0
"""Absolute log-odds from which on a gap does, or does not, end a word for certain."""
MAX_DOUBTFUL_GAPS = 4
"""How many gaps of one word the language model may decide, the most doubtful ones."""
MAX_SEGMENTS = 4000
"""Most segments in one sheet or picture."""
MAX_WORD_SEGMENTS = 150
"""Most segments in a word; more would take minutes to read."""

Writing = Ink | NDArray[np.uint8] | Segments


@dataclass(frozen=True, eq=False)
class Word:
    """A word that was read.

    Attributes
    ----------
    text : str
        Empty if nothing looks like letters.
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
    boxes: Array = field(default_factory=lambda: np.zeros((0, 4)))
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


def read_word(
    writing: Writing,
    language: LanguageModel | None = None,
    recognizer: Recognizer | None = None,
) -> Word:
    """Read one word.

    Parameters
    ----------
    writing : Ink, ndarray of uint8 of shape (height, width), or Segments
        Strokes in any order; a picture, dark ink on bright paper, as
        :func:`hwr.images.io.open_photo` returns it; or the segments of either.
    language : LanguageModel, optional
        Also says which letters occur. English prose by default.
    recognizer : Recognizer, optional
        Reads single characters. By default the one that comes with the course.

    Raises
    ------
    ValueError
        If there are too many strokes, or patches of ink, to be handwriting, or they take too long
        to read, or the recogniser does not know the language's letters.
    """
    reader = _Reader(language, recognizer)
    try:
        with time_limit(MAX_READING_SECONDS):
            return reader.word(_segments(writing))
    except OutOfTimeError:
        raise ValueError(
            f"This cannot be read as a word within {MAX_READING_SECONDS:g} seconds: give fewer "
            "strokes, or a clearer picture, of one word alone."
        ) from None


def read_text(
    writing: Writing,
    language: LanguageModel | None = None,
    recognizer: Recognizer | None = None,
) -> Text:
    """Read lines of words; parameters and errors are those of :func:`read_word`.

    A picture is turned by 90, 180 or 270 degrees if it reads better by far so. What takes too long
    is read in part; the text's ``finished`` is then False.
    """
    if isinstance(writing, np.ndarray):
        return read_upright(writing, lambda turned: read_text(turned, language, recognizer))[0]
    segments = _segments(writing)
    reader = _Reader(language, recognizer)
    height = layout.letter_height(segments.boxes)
    lines: list[list[Word]] = []
    finished = False
    with suppress(OutOfTimeError), time_limit(MAX_READING_SECONDS):
        for places in layout.find_lines(segments):
            lines.append([])
            for word in reader.split(segments.take(places), height):
                lines[-1].append(reader.word(word))
        finished = True
    return Text(tuple(tuple(line) for line in lines if line), finished=finished)


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


def _segments(writing: Writing) -> Segments:
    """Return the segments of any writing, if they are not too many."""
    if isinstance(writing, Ink):
        segments = Segments.from_ink(writing)
    else:
        segments = writing if isinstance(writing, Segments) else segment_picture(writing)
    if len(segments) > MAX_SEGMENTS:
        raise ValueError(
            f"There are {len(segments):,} strokes or patches of ink, too many for handwriting "
            f"(at most {MAX_SEGMENTS:,}): give one page at a time, or a clearer picture."
        )
    return segments


class _Reader:
    """Reads the words of one text with a language model; remembers the groups that it has read."""

    def __init__(self, language: LanguageModel | None, recognizer: Recognizer | None) -> None:
        self.language = language or language_model(ENGLISH)
        recognizer = recognizer or _default_recognizer()
        require_letters(self.language, recognizer.alphabet)
        self.cache = RecognitionCache(recognizer)

    def decode(self, word: Segments) -> tuple[CharacterHypotheses, list[WordReading]]:
        hypotheses = CharacterHypotheses(word, self.language.letters, self.cache)
        return hypotheses, decode(hypotheses, self.language)

    def word(self, segments: Segments) -> Word:
        """Return the best reading of a word; without text if no reading is plausible."""
        if not 0 < len(segments) <= MAX_WORD_SEGMENTS:
            return Word()
        hypotheses, readings = self.decode(segments)
        if not readings or not readings[0].path.groups:
            return Word()
        best = readings[0]
        features = confidence_features(readings, hypotheses)
        probability = probability_correct(features)
        if features[1] < MIN_MEAN_LOG_ODDS or probability < MIN_PROBABILITY:
            return Word()
        shares = share_out(probability, [reading.score for reading in readings])
        others = [reading.text for reading in readings[1:4]]
        alternatives = tuple(zip(others, shares[1:4], strict=True))
        spans = [(group.start, group.end) for group in best.path.groups]
        boxes = np.array([segments.box(*span) for span in spans])
        letters = tuple(hypotheses.top_characters(span) for span in spans)
        sure = probability >= SURE_PROBABILITY
        return Word(best.text, probability, alternatives, boxes, letters, sure)

    def split(self, line: Segments, height: float) -> Iterator[Segments]:
        """Split a line into words; where a gap leaves doubt, the language model decides with it."""
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
        if len(places) == 2 or places[-1] - places[0] > MAX_WORD_SEGMENTS:
            return [line.take(range(places[0], places[-1]))]
        best: list[tuple[float, list[Segments]]] = [(0.0, [])]
        for end in range(1, len(places)):
            splits = []
            for start in range(end):
                word = line.take(range(places[start], places[end]))
                _, readings = self.decode(word)
                score, words = best[start]
                inside = sum(_log_sigmoid(-odds[i - 1]) for i in places[start + 1 : end])
                after = _log_sigmoid(odds[places[end] - 1]) if end < len(places) - 1 else 0.0
                own = readings[0].score if readings else -math.inf
                splits.append((score + own + inside + after, [*words, word]))
            best.append(max(splits, key=lambda split: split[0]))
        return best[-1][1]


def _log_sigmoid(odds: float) -> float:
    """Convert log-odds to the logarithm of a probability."""
    return -math.log1p(math.exp(-odds))


@cache
def _default_recognizer() -> Recognizer:
    return Recognizer.load()
