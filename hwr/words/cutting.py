"""A word that is read by cutting it into letters: the way that one can see, and lesson 06 tells.

Where one letter ends and the next begins cannot be known before the letters are: two strokes may
be ``d`` or ``cl``. So nothing is decided early. All groups of neighbouring segments that may be one
letter are read (:mod:`hwr.words.hypotheses`); a search over all ways to cut the word
(:mod:`hwr.words.lattice`) then chooses, with a language model, the word as a whole. Letters that
are joined in one stroke cannot be cut; :mod:`hwr.words.reading` reads without.
"""

from functools import cache

import numpy as np
from numpy.typing import NDArray

from hwr.ink import Ink
from hwr.recognizer import Recognizer
from hwr.words.characters import require_letters
from hwr.words.decoding import confidence_features, decode, probability_correct, share_out
from hwr.words.hypotheses import CharacterHypotheses, RecognitionCache
from hwr.words.language_model import ENGLISH, LanguageModel, language_model
from hwr.words.pictures import clean_picture
from hwr.words.segments import Segments
from hwr.words.text import Word

SURE_PROBABILITY = 0.8
"""Least probability of a word that counts as sure."""
MIN_MEAN_LOG_ODDS = -2.0
"""Mean log-odds that groups are whole characters, below which the ink is no word."""
MIN_PROBABILITY = 0.003
"""Probability below which a reading is discarded."""
MAX_WORD_SEGMENTS = 150
"""Most segments in a word; more would take minutes to read."""


def read_by_cutting(
    writing: Ink | NDArray[np.uint8] | Segments,
    language: LanguageModel | None = None,
    recognizer: Recognizer | None = None,
) -> Word:
    """Read one word by cutting it into letters.

    Parameters
    ----------
    writing : Ink, ndarray of uint8 of shape (height, width), or Segments
        Strokes in any order; a picture, dark ink on bright paper; or the segments of either.
    language : LanguageModel, optional
        Also says which letters occur. English prose by default.
    recognizer : Recognizer, optional
        Reads single characters. By default the one that comes with the course.

    Returns
    -------
    Word
        Without text if no reading is plausible, or there are more than ``MAX_WORD_SEGMENTS``.

    Raises
    ------
    ValueError
        If the recogniser does not know the language's letters.
    """
    language, recognizer = language or language_model(ENGLISH), recognizer or _shipped()
    require_letters(language, recognizer.alphabet)
    if isinstance(writing, Ink):
        segments = Segments.from_ink(writing)
    elif isinstance(writing, Segments):
        segments = writing
    else:
        segments = Segments.from_picture(clean_picture(writing))
    if not 0 < len(segments) <= MAX_WORD_SEGMENTS:
        return Word()
    hypotheses = CharacterHypotheses(segments, language.letters, RecognitionCache(recognizer))
    readings = decode(hypotheses, language)
    if not readings or not readings[0].path.groups:
        return Word()
    best = readings[0]
    features = confidence_features(readings, hypotheses)
    probability = probability_correct(features)
    if features[1] < MIN_MEAN_LOG_ODDS or probability < MIN_PROBABILITY:
        return Word()
    shares = share_out(probability, [reading.score for reading in readings])
    others = [reading.text for reading in readings[1:4]]
    spans = [(group.start, group.end) for group in best.path.groups]
    return Word(
        best.text,
        probability,
        tuple(zip(others, shares[1:4], strict=True)),
        np.array([segments.box(*span) for span in spans]),
        tuple(hypotheses.top_characters(span) for span in spans),
        probability >= SURE_PROBABILITY,
    )


@cache
def _shipped() -> Recognizer:
    return Recognizer.load()
