"""EMNIST's six official splits, how the archive counts their classes, and a split of other data."""

from dataclasses import dataclass, replace

from hwr.alphabets import BYCLASS, BYMERGE, DIGITS, LETTERS, Alphabet
from hwr.dataset import Dataset, Splits, split_indices


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


def split(dataset: Dataset) -> Splits:
    """Return a dataset in three parts, 80 : 10 : 10 within each class, always the same.

    Of pixel-identical images only the first is used, so that no two parts share one.
    """
    parts = split_indices(dataset.images, dataset.labels)
    names = [f"{dataset.name} {part}" for part in Splits._fields]
    return Splits(
        *(replace(dataset.take(i), name=name) for i, name in zip(parts, names, strict=True))
    )
