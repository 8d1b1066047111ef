"""The characters of EMNIST, and how its splits merge them into classes.

One set of 62 characters underlies everything. A coarser alphabet only groups them: ByMerge puts
``c`` and ``C`` into one class because a handwritten one often cannot be told from the other. A
model that knows the 62 characters therefore answers in every alphabet: the probability of a class
is the sum of its members' probabilities.

Source: Cohen, Afshar, Tapson, van Schaik (2017), "EMNIST: an extension of MNIST to handwritten
letters", arXiv:1702.05373.
"""

import string
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

CHARACTERS = string.digits + string.ascii_uppercase + string.ascii_lowercase
"""The 62 characters of ByClass; a character's place is its ByClass label."""

MERGED_LETTERS = "CIJKLMOPSUVWXYZ"
"""The letters whose lower case looks like the upper case: one class in ByMerge and Balanced."""


@dataclass(frozen=True)
class Alphabet:
    """The classes of a recognition task, each holding one or more of the 62 characters.

    Attributes
    ----------
    name : str
        ``'62'``, ``'47'``, ``'26'``, ``'10'``, or the characters of a custom alphabet.
    classes : tuple of str
        What each class is called, for example ``'C'``.
    members : tuple of str
        The characters each class holds, for example ``'Cc'``.
    """

    name: str
    classes: tuple[str, ...]
    members: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.classes)

    def index(self, character: str) -> int:
        """Give the class that holds ``character``, or -1 if none does."""
        for index, members in enumerate(self.members):
            if character in members:
                return index
        return -1

    def class_of(self) -> NDArray[np.int64]:
        """Give, for each of the 62 ByClass labels, its class here.

        Returns
        -------
        ndarray of int64, shape (62,)
            Class indices; -1 where the character lies outside this alphabet.
        """
        return np.array([self.index(character) for character in CHARACTERS], dtype=np.int64)

    def fold(self, probabilities: NDArray[Any], of: "Alphabet | None" = None) -> NDArray[Any]:
        """Turn probabilities of the 62 characters into probabilities of these classes.

        Parameters
        ----------
        probabilities : ndarray, shape (..., 62)
            Non-negative; each row sums to 1.
        of : Alphabet, optional
            Whose classes the probabilities belong to, if it is not the 62 characters.

        Returns
        -------
        ndarray, shape (..., len(self)), same dtype
            Sums over each class's members, scaled to sum to 1: what is known once we are told
            that the character is one of this alphabet.
        """
        folded = probabilities @ membership(of or BYCLASS, self).astype(probabilities.dtype)
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


@cache  # a pad asks for it with each answer
def membership(alphabet: Alphabet, other: Alphabet) -> NDArray[np.float32]:
    """Say which classes of another alphabet a class of this one may be.

    Returns
    -------
    ndarray of float32, shape (len(alphabet), len(other)), read-only
        1 where the two classes share a character, else 0.
    """
    shared = [[bool(set(mine) & set(its)) for its in other.members] for mine in alphabet.members]
    found = np.array(shared, np.float32)
    found.flags.writeable = False
    return found


_NAMED = {alphabet.name: alphabet for alphabet in (BYCLASS, BYMERGE, LETTERS, DIGITS)}


def find(alphabet: "str | int | Alphabet") -> Alphabet:
    """Give an alphabet by its size, by its name, or by the characters it should hold.

    Parameters
    ----------
    alphabet : str, int or Alphabet
        ``62``, ``'47'``, … one of the four of EMNIST; or two or more different characters, such
        as ``'O0'`` or ``string.ascii_uppercase``, for an alphabet of just these.

    Raises
    ------
    ValueError
        If it is none of these.
    """
    if isinstance(alphabet, Alphabet):
        return alphabet
    text = str(alphabet)
    if text in _NAMED:
        return _NAMED[text]
    unknown = sorted(set(text) - set(CHARACTERS))
    if unknown or len(set(text)) != len(text) or len(text) < 2 or isinstance(alphabet, int):
        raise ValueError(
            f"There is no alphabet {text!r}: give one of {', '.join(_NAMED)}, or two or more "
            "different characters from 0-9, A-Z and a-z."
        )
    return _each(text)


@dataclass(frozen=True)
class Split:
    """One of EMNIST's six official splits.

    Attributes
    ----------
    name : str
        As in the archive's file names.
    alphabet : Alphabet
        Its classes.
    first_label : int
        The label that the archive gives to class 0: 1 in Letters, else 0.
    """

    name: str
    alphabet: Alphabet
    first_label: int = 0


SPLITS = {
    split.name: split
    for split in (
        Split("byclass", BYCLASS),
        Split("bymerge", BYMERGE),
        Split("balanced", BYMERGE),
        Split("letters", LETTERS, first_label=1),
        Split("digits", DIGITS),
        Split("mnist", DIGITS),
    )
}
