"""Names of classes: a character, or its code point; and files that map labels to characters.

A class is named by its character or, where a file system cannot hold that, by its code point: the
folders ``÷`` and ``U+00F7`` are the same class, and ``U+0061`` can lie beside ``A`` where capitals
and small letters are not told apart.
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any

from numpy.typing import NDArray

from hwr.alphabets import BYCLASS, BYMERGE, Alphabet, from_classes, is_character
from hwr.datasets.archive import DataError

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


def mapping_of_rows(rows: NDArray[Any], name: str) -> dict[int, str]:
    """Return the mapping of an array of whole numbers: in each row a label and code points."""
    if rows.ndim != 2 or rows.shape[1] < 2 or rows.dtype.kind not in "biuf":
        raise DataError(f"{name} is no mapping: give a label and code points in each row.")
    lines = (" ".join(str(int(number)) for number in row) for row in rows)
    return parse_mapping("\n".join(lines).encode(), name)


def _mapped(field: str) -> str:
    if len(field) > 1 and field.isdecimal() and int(field) < 0x110000:
        return parse_character(chr(int(field)))
    return parse_character(field)


def alphabet_of_mapping(mapping: Mapped) -> Alphabet:
    """Return the alphabet whose classes are those of a mapping, in the order of their labels."""
    members = [mapping[label] for label in sorted(mapping)]
    names = tuple(characters[0] for characters in members)
    # EMNIST's own mapping of the 47 classes leaves out the small letters that were merged.
    return BYMERGE if names == BYMERGE.classes else from_classes(names, members)
