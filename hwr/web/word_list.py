"""A language's word list for the page, compressed: every word, in few bytes.

The words are sorted, and each is stored without the beginning that it shares with the one before.
The 57,000 English words have only 424 different frequencies, so each word names its frequency by a
number. ``language_model.js`` learns from the list what :mod:`hwr.words.language_model` learns.
"""

from itertools import takewhile
from typing import Any

import numpy as np

from hwr.words.language_model import word_frequencies

MAX_SHARED = 25
"""Largest number of shared letters that has a sign: A stands for 0, Z for 25."""


def word_data(language: str = "en") -> dict[str, Any]:
    """Return the words of a language for JSON.

    Parameters
    ----------
    language : str
        Code of a language in ``wordfreq``: ``'en'``, ``'de'``, ``'fr'``, ...

    Returns
    -------
    dict
        ``language``; ``frequencies``, each once; and ``words``, from :func:`pack`.

    Raises
    ------
    ValueError
        If ``wordfreq`` has no such language, or it is not written in a to z.
    """
    words = sorted(word_frequencies(language))
    frequencies = sorted({frequency for _, frequency in words}, reverse=True)
    number = {frequency: place for place, frequency in enumerate(frequencies)}
    return {
        "language": language,
        "frequencies": frequencies,
        "words": pack([(word, number[frequency]) for word, frequency in words]),
    }


def pack(words: list[tuple[str, int]]) -> str:
    """Return sorted words, each with a number below 1,296, as one text.

    A word is written as the number of letters that it shares with the one before (a capital, A for
    none), its other letters, and its number (two digits in base 36).

    Examples
    --------
    >>> pack([("car", 7), ("care", 36), ("cat", 0)])
    'Acar07De10Ct00'
    """
    packed, before = [], ""
    for word, number in words:
        same = takewhile(lambda pair: pair[0] == pair[1], zip(before, word, strict=False))
        shared = min(len(list(same)), MAX_SHARED)
        sign = chr(ord("A") + shared)
        packed.append(sign + word[shared:] + np.base_repr(number, 36).zfill(2))
        before = word
    return "".join(packed)
