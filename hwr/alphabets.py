"""The characters of EMNIST, and how its splits merge them into classes.

Everything is built on one set of 62 characters. A coarser alphabet only groups them: ByMerge puts
``c`` and ``C`` into one class because handwritten ones often cannot be told apart. A model that
knows the 62 characters can therefore answer in every alphabet: the probability of a class is the
sum of its members' probabilities.

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
"""The 62 characters of ByClass; a character's index is its ByClass label."""

MERGED_LETTERS = "CIJKLMOPSUVWXYZ"
"""Letters whose two cases look alike; each is one class in ByMerge and Balanced."""


@dataclass(frozen=True)
class Alphabet:
    """The classes of a recognition task, each holding one or more of the 62 characters.

    Attributes
    ----------
    name : str
        ``'62'``, ``'47'``, ``'26'``, ``'10'``, or the characters of a custom alphabet.
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

    def fold(self, probabilities: NDArray[Any], of: "Alphabet | None" = None) -> NDArray[Any]:
        """Convert probabilities of the 62 characters to probabilities of these classes.

        Parameters
        ----------
        probabilities : ndarray, shape (..., 62)
            Non-negative; each row sums to 1.
        of : Alphabet, optional
            The alphabet of the given probabilities; by default the 62 characters.

        Returns
        -------
        ndarray, shape (..., len(self)), same dtype
            Sums over each class's members, scaled to sum to 1: the probabilities given that the
            character is in this alphabet.
        """
        folded = probabilities @ membership_matrix(of or BYCLASS, self).astype(probabilities.dtype)
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


_NAMED = {alphabet.name: alphabet for alphabet in (BYCLASS, BYMERGE, LETTERS, DIGITS)}


def get_alphabet(alphabet: "str | int | Alphabet") -> Alphabet:
    """Return an alphabet by its size, its name, or the characters it should hold.

    Parameters
    ----------
    alphabet : str, int or Alphabet
        ``62``, ``'47'``, ``26`` or ``'10'`` for one of EMNIST's four; or two or more different
        characters, such as ``'O0'`` or ``string.ascii_uppercase``, for an alphabet of just these.

    Raises
    ------
    ValueError
        If there is no such alphabet.
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
