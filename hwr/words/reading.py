"""From writing to text: words, lines and pages.

Nobody can say where one letter ends and the next begins without knowing what they are: two strokes
may be ``d`` or ``cl``. So nothing is decided early. All groups of neighbouring units that may be
one letter are read (:mod:`hwr.words.hypotheses`), and a search over all ways to cut the word
(:mod:`hwr.words.lattice`) decides, with a model of the language, for the word as a whole.
"""

import math
from dataclasses import dataclass, field
from functools import cache
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from hwr.images.binarization import binarize, deskew
from hwr.ink import Ink
from hwr.recognizer import Recognizer
from hwr.words import layout
from hwr.words.decoding import confidence_features, decode, probability_correct
from hwr.words.hypotheses import CharacterHypotheses, RecognitionCache
from hwr.words.language_model import LanguageModel, ProseModel
from hwr.words.lattice import posteriors
from hwr.words.segments import Segments, from_picture

SURE = 0.8
"""A word is sure from this probability on."""
NO_WORD = -2.0
"""Mean log-odds of a word's letters below which the writing is no word at all."""
NO_IDEA = 0.003
"""A reading less probable than this is none."""
CLEAR = 3.0
"""Log-odds from which on a gap does, or does not, end a word for certain."""
DOUBTS = 4
"""So many gaps of one word are looked into, the most doubtful ones."""
MOST = 4000
"""So many units are read at most."""
LONGEST = 150
"""What has more units is no word: reading it would take minutes."""

Array = NDArray[np.float64]
Writing = Ink | NDArray[np.uint8] | Segments
Letters = tuple[tuple[tuple[str, float], ...], ...]


@dataclass(frozen=True, eq=False)
class Word:
    """What was read.

    Attributes
    ----------
    text : str
        Empty where nothing is written that looks like letters.
    probability : float
        That the text is right.
    alternatives : tuple of (str, float)
        Other texts, and their probabilities.
    boxes : ndarray of float64, shape (letters, 4)
        Left, top, right and bottom of each letter, in the writing's own unit.
    letters : tuple, one entry a letter
        Each the most probable characters with their probabilities, read without regard to the
        word.
    sure : bool
        Whether the text is to be trusted; an empty or scribbled sheet is not.
    """

    text: str = ""
    probability: float = 0.0
    alternatives: tuple[tuple[str, float], ...] = ()
    boxes: Array = field(default_factory=lambda: np.zeros((0, 4)))
    letters: Letters = ()
    sure: bool = False


@dataclass(frozen=True, eq=False)
class Text:
    """Lines of words.

    Attributes
    ----------
    lines : tuple of tuple of Word
    """

    lines: tuple[tuple[Word, ...], ...] = ()

    def __str__(self) -> str:
        return "\n".join(" ".join(word.text for word in line if word.text) for line in self.lines)

    @property
    def words(self) -> list[Word]:
        """All words, line by line."""
        return [word for line in self.lines for word in line]

    @property
    def sure(self) -> bool:
        """Whether something was read, and every word of it is to be trusted."""
        return bool(self.words) and all(word.sure for word in self.words)


def read_word(
    writing: Writing, language: LanguageModel | None = None, recognizer: Recognizer | None = None
) -> Word:
    """Read one word.

    Parameters
    ----------
    writing : Ink, ndarray of uint8 of shape (height, width), or Units
        Strokes in any order; a picture, dark on bright, as :func:`hwr.images.io.open_photo` gives it;
        or the pieces of either.
    language : Language, optional
        English prose by default. It also says which letters there are.
    recognizer : Recognizer, optional
        The shipped one by default.

    Raises
    ------
    ValueError
        If there are too many strokes, or patches of ink, to be handwriting.
    """
    units = _units(writing)
    chosen = language or _english()
    seen = RecognitionCache(recognizer or _shipped())
    return _word(units, seen, chosen)


def read_text(
    writing: Writing, language: LanguageModel | None = None, recognizer: Recognizer | None = None
) -> Text:
    """Read lines of words: parameters and errors as for :func:`read_word`."""
    units = _units(writing)
    chosen = language or _english()
    seen = RecognitionCache(recognizer or _shipped())
    height = layout.letter_height(units.boxes)
    lines = [units.pick(places) for places in layout.find_lines(units)]
    found = []
    for line in lines:
        words = [_word(word, seen, chosen) for word in _split(line, height, seen, chosen)]
        found.append(tuple(words))
    return Text(tuple(found))


def _units(writing: Writing) -> Segments:
    if isinstance(writing, Ink):
        units = Segments.of_ink(writing)
    elif isinstance(writing, Segments):
        units = writing
    else:
        units = segment_picture(writing)
    if len(units) > MOST:
        raise ValueError(
            f"There are {len(units):,} strokes or patches of ink, too many for handwriting "
            f"(at most {MOST:,}): give one page at a time, or a clearer picture."
        )
    return units


def segment_picture(grey: NDArray[np.uint8]) -> Segments:
    """Return the pieces of writing in a picture.

    Parameters
    ----------
    grey : ndarray of uint8, shape (height, width)
        Dark ink on bright paper, as :func:`hwr.images.open_photo` returns it.

    Returns
    -------
    Units
        Patches of connected ink, wide ones cut in slices; boxes in pixels of the levelled picture.
    """
    return from_picture(deskew(binarize(grey)))


def _split(
    line: Segments, height: float, seen: RecognitionCache, language: LanguageModel
) -> list[Segments]:
    """Cut a line into words: where a gap leaves doubt, the language decides with it.

    As with letters: all ways to cut are compared, by what is read and by the gaps.
    """
    odds = layout.word_break_log_odds(line, height)
    ends = [0, *(np.flatnonzero(odds > CLEAR) + 1).tolist(), len(line)]
    words = []
    for start, end in pairwise(ends):
        unsure = [place for place in range(start + 1, end) if abs(odds[place - 1]) <= CLEAR]
        doubtful = sorted(unsure, key=lambda place: abs(odds[place - 1]))[:DOUBTS]
        others = [place for place in unsure if place not in doubtful and odds[place - 1] > 0]
        for left, right in pairwise([start, *others, end]):
            inside = sorted(place for place in doubtful if left < place < right)
            words += _cut(line, left, right, inside, odds, seen, language)
    return words


def _cut(
    line: Segments,
    start: int,
    end: int,
    doubtful: list[int],
    odds: Array,
    seen: RecognitionCache,
    language: LanguageModel,
) -> list[Segments]:
    if not doubtful or end - start > LONGEST:
        return [line.pick(range(start, end))]
    places = [start, *doubtful, end]
    best: list[tuple[float, list[Segments]]] = [(0.0, [])]
    for until in range(1, len(places)):
        ways = []
        for since in range(until):
            part = line.pick(range(places[since], places[until]))
            found = decode(part, CharacterHypotheses(part, language.letters, seen), language)
            score, before = best[since]
            inside = sum(_log_share(-odds[p - 1]) for p in places[since + 1 : until])
            here = _log_share(odds[places[until] - 1]) if until < len(places) - 1 else 0.0
            own = found[0].score if found else -math.inf
            ways.append((score + own + inside + here, [*before, part]))
        best.append(max(ways, key=lambda way: way[0]))
    return best[-1][1]


def _log_share(odds: float) -> float:
    """Turn log-odds into the logarithm of a probability."""
    return -math.log1p(math.exp(-odds))


def _word(units: Segments, seen: RecognitionCache, language: LanguageModel) -> Word:
    if not 0 < len(units) <= LONGEST:
        return Word()
    scored = CharacterHypotheses(units, language.letters, seen)
    found = decode(units, scored, language)
    if not found or not found[0].path.groups:
        return Word()
    best = found[0]
    spans = [(group.start, group.end) for group in best.path.groups]
    terms = confidence_features(found, scored)
    shares = posteriors([reading.score for reading in found])
    probability = probability_correct(terms)
    if terms[1] < NO_WORD or probability < NO_IDEA:
        return Word()
    rest = (1 - probability) / max(1 - shares[0], 1e-9)
    others = tuple(
        (reading.text, float(share * rest))
        for reading, share in zip(found[1:4], shares[1:4], strict=True)
    )
    boxes = np.array([units.box(*span) for span in spans])
    letters = tuple(scored.characters_of(span) for span in spans)
    return Word(best.text, probability, others, boxes, letters, probability >= SURE)


@cache
def _english() -> LanguageModel:
    return ProseModel("en")


@cache
def _shipped() -> Recognizer:
    return Recognizer.load()
