"""Texts for words that are set from single characters: words in all cases, numbers, codes, marks.

Words come from ``wordfreq``, as those of the language model do, but rare ones nearly as often as
frequent ones: the network shall learn letters, and leave words to the language model.
"""

import string
from functools import cache

import numpy as np

from hwr.words.language_model import word_frequencies
from hwr.words.written_language import WRITTEN

LANGUAGES = ("en", "de", "fr", "nl", "it", "es")
RARE_WORDS = 0.3
"""Power to which frequencies are raised."""
KINDS = {"word": 0.54, "number": 0.12, "date": 0.05, "code": 0.2, "two words": 0.05, "one": 0.04}
"""Shares of the kinds of texts."""
CASES = {"lower": 0.55, "title": 0.25, "upper": 0.2}
"""Shares of words in small letters, with an initial capital, and in capitals."""
BEHIND, AROUND = 0.35, 0.1
"""Shares of texts with a mark behind them, and within quotation marks or brackets."""
LONGEST = 12
"""Characters of the longest word or code."""

Random = np.random.Generator


def draw_text(rng: Random) -> str:
    """Return a random text of :data:`hwr.words.written_language.WRITTEN`, without spaces."""
    kind = str(rng.choice(list(KINDS), p=list(KINDS.values())))
    if kind == "one":
        return str(rng.choice(list(WRITTEN)))
    text = _MAKERS[kind](rng)
    if rng.random() < BEHIND:
        text += str(rng.choice(list(".,;:?!'-"), p=[0.3, 0.3, 0.08, 0.08, 0.09, 0.09, 0.03, 0.03]))
    if rng.random() < AROUND:
        around = str(rng.choice(["()", '""', "''", '" ', "( ", ' "', " )"]))
        text = (around[0] + text + around[1]).replace(" ", "")
    return text


def _word(rng: Random) -> str:
    words, ends = _vocabulary(LANGUAGES[rng.integers(len(LANGUAGES))])
    word = words[int(np.searchsorted(ends, rng.random() * ends[-1]))]
    case = rng.choice(list(CASES), p=list(CASES.values()))
    return {"lower": word, "title": word.capitalize(), "upper": word.upper()}[str(case)]


@cache
def _vocabulary(language: str) -> tuple[list[str], np.ndarray]:
    listed = [(word, share) for word, share in word_frequencies(language) if len(word) <= LONGEST]
    return [word for word, _ in listed], np.cumsum([share**RARE_WORDS for _, share in listed])


def _two_words(rng: Random) -> str:
    return _word(rng) + str(rng.choice(list("-'/&+"), p=[0.4, 0.3, 0.15, 0.1, 0.05])) + _word(rng)


def _digits(rng: Random, most: int) -> str:
    return "".join(rng.choice(list(string.digits), rng.integers(1, most + 1)))


def _number(rng: Random) -> str:
    number = _digits(rng, 5)
    if rng.random() < 0.4:
        number += str(rng.choice(list(".,:/-+"))) + _digits(rng, 3)
    return ("+" if rng.random() < 0.05 else "") + number


def _date(rng: Random) -> str:
    day, month, year = rng.integers([1, 1, 1900], [32, 13, 2040]).tolist()
    shown = str(year) if rng.random() < 0.5 else f"{year % 100:02}"
    mark = str(rng.choice(list("/.-")))
    return mark.join([f"{day:02}" if rng.random() < 0.3 else str(day), str(month), shown])


def _code(rng: Random) -> str:
    sets = (string.ascii_uppercase + string.digits, string.ascii_letters + string.digits, WRITTEN)
    allowed = sets[rng.choice(3, p=[0.5, 0.35, 0.15])]
    return "".join(rng.choice(list(allowed), rng.integers(2, 9)))


_MAKERS = {
    "word": _word,
    "number": _number,
    "date": _date,
    "code": _code,
    "two words": _two_words,
}
