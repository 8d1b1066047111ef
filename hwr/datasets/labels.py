"""Which character a label means: as it is written, by a mapping file, or by the number of classes.

A class is named by its character or, where a file system cannot hold that, by its code point: the
folders ``÷`` and ``U+00F7`` are the same class, and ``U+0061`` can lie beside ``A`` where capitals
and small letters are not told apart.
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hwr.alphabets import (
    BYCLASS,
    BYMERGE,
    DIGITS,
    LETTERS,
    Alphabet,
    from_classes,
    get_alphabet,
    is_character,
)
from hwr.dataset import Dataset
from hwr.datasets.archive import DataError
from hwr.datasets.splits import Split

Labels = NDArray[Any]
Mapped = Mapping[int, str]
"""The characters of each label; the first of them names the class."""
_CODE_POINT = re.compile(r"[Uu]\+([0-9A-Fa-f]{2,6})")


def parse_character(name: str) -> str:
    """Return the character that a name stands for, itself or its code point; '' if it is none."""
    if found := _CODE_POINT.fullmatch(name.strip()):
        code = int(found[1], 16)
        name = chr(code) if code < 0x110000 else ""
    composed = unicodedata.normalize("NFC", name.strip())
    return composed if is_character(composed) else ""


def alphabet_of(characters: Sequence[str]) -> Alphabet:
    """Return the alphabet of the characters that occur, in the order of their code points.

    Raises
    ------
    DataError
        If there is only one, and it is not one of the 62.
    """
    different = sorted(set(characters))
    if len(different) > 1:
        return from_classes(different)
    if different and BYCLASS.index(different[0]) >= 0:
        return BYCLASS
    raise DataError(
        f"There is only the class {''.join(different)!r}: add images of another character."
    )


def parse_mapping(content: bytes, name: str) -> dict[int, str]:
    """Return a mapping file's characters by label.

    Each line has a label and one or more characters, or their code points as decimal numbers or
    ``U+00F7``, as EMNIST's ``emnist-letters-mapping.txt`` has: ``1 65 97``.
    """
    try:
        lines = content.decode("utf-8-sig").splitlines()
    except UnicodeError:
        raise DataError(f"{name} is not text in UTF-8: save it again as UTF-8.") from None
    mapping = {}
    for number, line in enumerate(lines, 1):
        label, *fields = line.split() or [""]
        if not label:
            continue
        characters = "".join(map(_mapped, fields))
        if not label.isdecimal() or len(characters) != len(fields) or not fields:
            raise DataError(
                f"Line {number} of {name} does not map a label to a character: write it as "
                "'3 ÷' or '3 247'."
            )
        mapping[int(label)] = characters
    return mapping


def mapping_of_rows(rows: Labels, name: str) -> dict[int, str]:
    """Return the mapping of an array of whole numbers: in each row a label and code points."""
    if rows.ndim != 2 or rows.shape[1] < 2 or rows.dtype.kind not in "biuf":
        raise DataError(f"{name} is no mapping: give a label and code points in each row.")
    lines = (" ".join(str(int(number)) for number in row) for row in rows)
    return parse_mapping("\n".join(lines).encode(), name)


def _mapped(field: str) -> str:
    if len(field) > 1 and field.isdecimal() and int(field) < 0x110000:
        return parse_character(chr(int(field)))
    return parse_character(field)


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
    return np.searchsorted(ordered, numbers).astype(np.int64), _mapped_alphabet(mapping)


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


def _mapped_alphabet(mapping: Mapped) -> Alphabet:
    members = [mapping[label] for label in sorted(mapping)]
    names = tuple(characters[0] for characters in members)
    # EMNIST's own mapping of the 47 classes leaves out the small letters that were merged.
    return BYMERGE if names == BYMERGE.classes else from_classes(names, members)


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
