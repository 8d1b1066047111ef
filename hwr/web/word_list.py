"""The words of a language for the page: short enough to go into it, and not one left out.

In alphabetical order a word shares its beginning with the one before, so that only its other
letters are written; and the 57,000 words of English have 424 different frequencies, so that each
names its own by a number. What Python learns from them (:mod:`hwr.words.language_model`), ``language.js``
learns in the page.
"""

from itertools import takewhile
from typing import Any

import numpy as np

from hwr.words.hypotheses import coefficients
from hwr.words.language_model import word_frequencies

MOST_SHARED = 25
"""So many shared letters have a sign: A for none to Z for 25."""


def word_data(language: str = "en") -> dict[str, Any]:
    """Return what the page needs to read words.

    Parameters
    ----------
    language : str
        As ``wordfreq`` names it: ``'en'``, ``'de'``, ``'fr'``, ...

    Returns
    -------
    dict
        For JSON: the language's name as ``language``; ``frequencies``, each once; ``words``, as
        :func:`packed` gives them; and as ``fitted`` the coefficients of :mod:`hwr.words.hypotheses`.

    Raises
    ------
    ValueError
        If ``wordfreq`` has no such language, or it is not written in a to z.
    """
    words = sorted(word_frequencies(language))
    frequencies = sorted({frequency for _, frequency in words}, reverse=True)
    number = {frequency: place for place, frequency in enumerate(frequencies)}
    fitted = {
        name: {
            "coefficients": coefficients()[name]["coefficients"],
            "intercept": coefficients()[name]["intercept"],
        }
        for name in ("shape", "whole", "confidence")
    }
    return {
        "language": language,
        "frequencies": frequencies,
        "words": pack([(word, number[frequency]) for word, frequency in words]),
        "fitted": fitted,
    }


def pack(words: list[tuple[str, int]]) -> str:
    """Write words in alphabetical order, and a number below 1,296 for each, as one text.

    For each word: how many letters it shares with the one before, as a capital, A for none; its
    other letters; and its number, two digits to the base of 36.

    Examples
    --------
    >>> packed([("car", 7), ("care", 36), ("cat", 0)])
    'Acar07De10Ct00'
    """
    written, before = [], ""
    for word, number in words:
        same = takewhile(lambda pair: pair[0] == pair[1], zip(before, word, strict=False))
        shared = min(len(list(same)), MOST_SHARED)
        sign = chr(ord("A") + shared)
        written.append(sign + word[shared:] + np.base_repr(number, 36).zfill(2))
        before = word
    return "".join(written)
