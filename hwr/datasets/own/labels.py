"""Which characters labels mean: as they are written, by a mapping, or by the number of classes."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from hwr.alphabets import BYCLASS, BYMERGE, DIGITS, LETTERS, Alphabet, get_alphabet
from hwr.dataset import Dataset
from hwr.datasets.archive import DataError
from hwr.datasets.own.class_names import Mapped, alphabet_of, alphabet_of_mapping, parse_character
from hwr.datasets.splits import Split

Labels = NDArray[Any]


def to_dataset(
    images: NDArray[np.uint8],
    labels: Labels,
    name: str,
    mapping: Mapped | None = None,
    split: Split | None = None,
    alphabet: str | int | Alphabet | None = None,
    every: Labels | None = None,
) -> Dataset:
    """Return a dataset, once it is clear which characters the labels mean.

    Parameters
    ----------
    images : ndarray of uint8, shape (n, 28, 28)
    labels : ndarray of whole numbers or text, shape (n,)
    name : str
        Of the file.
    mapping, split : optional
        What a file beside says, or EMNIST's split that the file is named after.
    alphabet : str, int or Alphabet, optional
        Whose classes the numbers are; where these are known, whose images to keep.
    every : ndarray, optional
        The labels of all parts of this data, by which classes are counted; by default ``labels``.

    Raises
    ------
    DataError
        If nothing says which characters the labels mean.
    """
    chosen = None if alphabet is None else get_alphabet(alphabet)
    numbers = _numbers(labels)
    every = labels if every is None else every
    if numbers is None:
        indices, classes = _from_text(labels, every, name)
    elif mapping:
        indices, classes = _from_mapping(numbers, mapping, name)
    else:
        first, classes = _first_and_classes(numbers, every, name, split, chosen)
        indices = numbers - first
        if indices.min(initial=0) < 0 or indices.max(initial=0) >= len(classes):
            raise DataError(
                f"{name} has labels from {numbers.min()} to {numbers.max()}, but the "
                f"{len(classes)} classes of {classes.name!r} are {first} to "
                f"{first + len(classes) - 1}: name another alphabet."
            )
    dataset = Dataset(name, images, indices, classes, name)
    return dataset.in_alphabet(chosen) if chosen else dataset


def _from_text(labels: Labels, every: Labels, name: str) -> tuple[NDArray[np.int64], Alphabet]:
    characters = _characters(labels, name)
    classes = alphabet_of(characters if every is labels else _characters(every, name))
    index = {character: classes.index(character) for character in set(characters)}
    return np.array([index[character] for character in characters], np.int64), classes


def _from_mapping(
    numbers: NDArray[np.int64], mapping: Mapped, name: str
) -> tuple[NDArray[np.int64], Alphabet]:
    ordered = np.array(sorted(mapping), np.int64)
    if missing := sorted(set(numbers.tolist()) - set(mapping)):
        raise DataError(
            f"{name} has the label {missing[0]}, which its mapping lacks: add it there."
        )
    return np.searchsorted(ordered, numbers).astype(np.int64), alphabet_of_mapping(mapping)


def _first_and_classes(
    numbers: NDArray[np.int64],
    every: Labels,
    name: str,
    split: Split | None,
    chosen: Alphabet | None,
) -> tuple[int, Alphabet]:
    """Return the label of the first class, and the classes."""
    if split:
        return split.first_label, split.alphabet
    counted = _numbers(every)
    return _by_count(numbers if counted is None else counted, name, chosen)


def _numbers(labels: Labels) -> NDArray[np.int64] | None:
    """Return labels as whole numbers; None if one of them is text."""
    if labels.dtype.kind in "biu":
        return labels.astype(np.int64)
    if labels.dtype.kind == "U" and not "".join(labels.tolist()).isascii():
        return None
    try:
        values = labels.astype(np.float64)
    except (ValueError, TypeError):
        return None
    with np.errstate(invalid="ignore"):
        whole = values.astype(np.int64)
    return whole if (whole == values).all() else None


def _characters(labels: Labels, name: str) -> list[str]:
    texts = [str(label) for label in labels]
    meant = {text: parse_character(text) for text in set(texts)}
    if wrong := sorted(text for text, character in meant.items() if not character):
        raise DataError(
            f"{name} has the label {wrong[0][:30]!r}, which is neither a number nor one character: "
            "write a character such as 7, g or ÷, or its code point such as U+00F7."
        )
    return [meant[text] for text in texts]


def _by_count(
    labels: NDArray[np.int64], name: str, chosen: Alphabet | None
) -> tuple[int, Alphabet]:
    """Return the first label and the alphabet of numbers of which nothing else is known."""
    present = np.unique(labels)
    low, high = (int(present[0]), int(present[-1])) if len(present) else (0, 0)
    if chosen and low >= 0 and high <= len(chosen) - (low == 0):
        return int(high == len(chosen)), chosen
    if len(present) == high - low + 1 and low in (0, 1):
        for known in (DIGITS, LETTERS, BYMERGE, BYCLASS):
            if len(present) == len(known) and (low == 0 or known is LETTERS):
                return low, known
    raise DataError(
        f"{name} has {len(present)} classes with the labels {low} to {high}, and nothing says "
        "which characters they are: name them in order, as alphabet='+−×÷', or put a file "
        "mapping.txt with lines such as '0 +' beside it."
    )
