"""The characters of EMNIST, how its splits merge them into classes, and alphabets of one's own.

EMNIST has 62 characters. A coarser alphabet only groups them: ByMerge puts ``c`` and ``C`` into one
class because handwritten ones often cannot be told apart. A model that knows the 62 characters can
therefore answer in each of EMNIST's alphabets: the probability of a class is the sum of its
members' probabilities. A model of other characters (``+−×÷``) answers in its own alphabet.

Source: Cohen, Afshar, Tapson, van Schaik (2017), "EMNIST: an extension of MNIST to handwritten
letters", arXiv:1702.05373.
"""

import string
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

CHARACTERS = string.digits + string.ascii_uppercase + string.ascii_lowercase
"""The 62 characters of ByClass; a character's index is its ByClass label."""
MARKS = string.punctuation
"""The 32 marks of a keyboard, which are not in EMNIST."""
NONE = "∅"
"""Stands for what is no character; the name of a network's last class, if it can say so."""

MERGED_LETTERS = "CIJKLMOPSUVWXYZ"
"""Letters whose two cases look alike; each is one class in ByMerge and Balanced."""


@dataclass(frozen=True)
class Alphabet:
    """The classes of a recognition task, each holding one or more characters.

    Attributes
    ----------
    name : str
        ``'62'``, ``'47'``, ``'26'``, ``'10'``, ``'marks'``, ``'all'``, or its characters.
    classes : tuple of str
        The name of each class, for example ``'C'``.
    members : tuple of str
        The characters in each class, for example ``'Cc'``.
    """

    name: str
    classes: tuple[str, ...]
    members: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.classes)

    def index(self, character: str) -> int:
        """Return the index of the class that holds ``character``, or -1 if none does."""
        for index, members in enumerate(self.members):
            if character in members:
                return index
        return -1

    def class_of(self) -> NDArray[np.int64]:
        """Give, for each of the 62 ByClass labels, its class here.

        Returns
        -------
        ndarray of int64, shape (62,)
            Class indices; -1 for a character that is not in this alphabet.
        """
        return np.array([self.index(character) for character in CHARACTERS], dtype=np.int64)

    def obstacle(self, other: "Alphabet") -> str:
        """Return why a model of these classes cannot answer in another alphabet; "" if it can."""
        unknown = set("".join(other.members)) - set("".join(self.members))
        if unknown:
            return f"it does not know {''.join(sorted(unknown))}"
        for members in self.members:
            if len({other.index(character) for character in members} - {-1}) > 1:
                return f"it does not tell {' from '.join(members)}"
        return ""

    def fold(self, probabilities: NDArray[Any], of: "Alphabet | None" = None) -> NDArray[Any]:
        """Convert probabilities of another alphabet's classes to probabilities of these classes.

        Parameters
        ----------
        probabilities : ndarray, shape (..., classes of the other alphabet)
            Non-negative; each row sums to 1.
        of : Alphabet, optional
            The alphabet of the given probabilities, such as ``recognizer.alphabet``; by default
            the 62 characters.

        Returns
        -------
        ndarray, shape (..., len(self)), same dtype
            Sums over each class's members, scaled to sum to 1: the probabilities given that the
            character is in this alphabet.

        Raises
        ------
        ValueError
            If the other alphabet lacks a character of this one, or merges two that this one
            separates.
        """
        of = of or BYCLASS
        if probabilities.shape[-1] != len(of):
            raise ValueError(
                f"There are probabilities of {probabilities.shape[-1]} classes, but {len(of)} are "
                "to be folded: give the alphabet that they are of."
            )
        folded = probabilities @ folding_matrix(of, self).astype(probabilities.dtype)
        total = folded.sum(axis=-1, keepdims=True)
        known = total > 1e-30
        scaled = np.where(known, folded / np.where(known, total, 1), 1 / len(self))
        return scaled.astype(probabilities.dtype)


def _each(characters: str, name: str = "") -> Alphabet:
    return Alphabet(name or characters, tuple(characters), tuple(characters))


BYCLASS = _each(CHARACTERS, "62")
BYMERGE = Alphabet(
    "47",
    classes=tuple(c for c in CHARACTERS if c.upper() not in MERGED_LETTERS or c.isupper()),
    members=tuple(
        c + c.lower() if c in MERGED_LETTERS else c
        for c in CHARACTERS
        if c.upper() not in MERGED_LETTERS or c.isupper()
    ),
)
LETTERS = Alphabet(
    "26",
    classes=tuple(string.ascii_uppercase),
    members=tuple(c + c.lower() for c in string.ascii_uppercase),
)
DIGITS = _each(string.digits, "10")
PUNCTUATION = _each(MARKS, "marks")
ALL = _each(CHARACTERS + MARKS, "all")


@cache  # a pad needs it for every answer
def membership_matrix(alphabet: Alphabet, other: Alphabet) -> NDArray[np.float32]:
    """Return which classes of two alphabets share a character.

    Returns
    -------
    ndarray of float32, shape (len(alphabet), len(other)), read-only
        1 if the two classes share a character, else 0.
    """
    shared = [[bool(set(mine) & set(its)) for its in other.members] for mine in alphabet.members]
    found = np.array(shared, np.float32)
    found.flags.writeable = False
    return found


@cache
def folding_matrix(of: Alphabet, to: Alphabet) -> NDArray[np.float32]:
    """Return :func:`membership_matrix`; raise a ValueError where :meth:`Alphabet.fold` would."""
    if reason := of.obstacle(to):
        raise ValueError(
            f"A recogniser of {''.join(of.members)} cannot answer in the alphabet {to.name!r}, "
            f"because {reason}: choose another alphabet."
        )
    return membership_matrix(of, to)


_NAMED = {
    alphabet.name: alphabet for alphabet in (BYCLASS, BYMERGE, LETTERS, DIGITS, PUNCTUATION, ALL)
}


def get_alphabet(alphabet: "str | int | Alphabet") -> Alphabet:
    """Return an alphabet by its size, its name, or the characters it should hold.

    Parameters
    ----------
    alphabet : str, int or Alphabet
        ``62``, ``'47'``, ``26`` or ``'10'`` for one of EMNIST's four; ``'marks'`` for the 32 marks
        of a keyboard, ``'all'`` for these and the 62; or two or more different characters, such as
        ``'O0'``, ``'äöüß'`` or ``'+−×÷'``, for an alphabet of just these. An
        accent and its letter are one character (Unicode's composed form, NFC).

    Raises
    ------
    ValueError
        If there is no such alphabet.
    """
    if isinstance(alphabet, Alphabet):
        return alphabet
    text = unicodedata.normalize("NFC", str(alphabet))
    if text in _NAMED:
        return _NAMED[text]
    different = len(set(text)) == len(text) > 1 and not isinstance(alphabet, int)
    if not different or not all(map(is_character, text)):
        raise ValueError(
            f"There is no alphabet {text!r}: give one of {', '.join(_NAMED)}, or two or more "
            "different characters that can be seen, such as 'O0' or '+−×÷'."
        )
    return _each(text)


def is_character(text: str) -> bool:
    """Return whether a text is one character that can be drawn alone: no space, no lone accent."""
    return len(text) == 1 and text.isprintable() and unicodedata.category(text)[0] not in "ZM"


def from_classes(classes: Sequence[str], members: Sequence[str] | None = None) -> Alphabet:
    """Return the alphabet with these classes and their characters (by default, their names).

    Raises
    ------
    ValueError
        If there are fewer than two classes, or a name or a character is missing or in two of them.
    """
    names, own = tuple(classes), tuple(members or classes)
    characters = "".join(own)
    different = len(set(names)) == len(names) == len(own) > 1 and all(names + own)
    if (
        not different
        or len(set(characters)) < len(characters)
        or not all(map(is_character, characters))
    ):
        raise ValueError(
            f"Classes {names} of the characters {own} are no alphabet: give two or more, each with "
            "its own name and its own characters."
        )
    found = Alphabet(characters if own == names else " ".join(own), names, own)
    same = [known for known in _NAMED.values() if (known.classes, known.members) == (names, own)]
    return same[0] if same else found
