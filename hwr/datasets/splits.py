"""EMNIST's six official splits: which classes they have, and how the archive counts them."""

from dataclasses import dataclass

from hwr.alphabets import BYCLASS, BYMERGE, DIGITS, LETTERS, Alphabet


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
