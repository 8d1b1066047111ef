"""From a recogniser's classes to the 62 characters in which words are read."""

from functools import cache

import numpy as np
from numpy.typing import NDArray

from hwr.alphabets import BYCLASS, Alphabet, membership_matrix
from hwr.words.language_model import LOWERCASE, LanguageModel


@cache
def spreading_matrix(alphabet: Alphabet) -> NDArray[np.float32]:
    """Return how a class's probability is shared, in equal parts, among its characters.

    Returns
    -------
    ndarray of float32, shape (len(alphabet), 62)
        Each row sums to 1, or to 0 for a class without any of the 62 characters.
    """
    shared = membership_matrix(alphabet, BYCLASS)
    return np.asarray(shared / shared.sum(axis=1, keepdims=True).clip(1), np.float32)


def require_letters(language: LanguageModel, alphabet: Alphabet) -> None:
    """Raise a ValueError if a recogniser of these classes lacks letters of a language's words."""
    letters = LOWERCASE if language.ignores_case else language.letters
    known = "".join(alphabet.members).lower()
    unknown = "".join(letter for letter in letters if letter.lower() not in known)
    if unknown:
        raise ValueError(
            f"These words need {unknown}, and the recogniser knows only "
            f"{''.join(alphabet.members)}: read single characters, or choose another recogniser."
        )
