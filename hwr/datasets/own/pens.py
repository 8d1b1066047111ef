"""UNIPEN's characters as a dataset: pen strokes, which are converted as a pad's drawings are."""

from pathlib import Path

import numpy as np

from hwr.alphabets import BYCLASS, CHARACTERS, Alphabet, get_alphabet, is_character
from hwr.dataset import Dataset
from hwr.datasets import unipen
from hwr.datasets.archive import DataError
from hwr.datasets.own.class_names import alphabet_of
from hwr.ink import convert

PARTS = ("train", "validation")
"""By provider, see :data:`hwr.datasets.unipen.VALIDATION_PROVIDERS`."""


def read_pens(
    place: Path, part: str | None, alphabet: str | int | Alphabet | None
) -> tuple[Dataset, tuple[str, ...]]:
    """Return UNIPEN's characters in a folder or a file, and sentences on what was left out.

    Raises
    ------
    DataError
        If UNIPEN has no such part or no characters of the alphabet, or cannot be read.
    """
    if part not in (None, *PARTS):
        raise DataError(
            f"{place.name} has no part {part!r}, it has {', '.join(PARTS)}: leave out the part."
        )
    samples, remarks = unipen.read(place)
    if wrong := [sample.label for sample in samples if not is_character(sample.label)]:
        raise DataError(
            f"{place.name} holds words such as {wrong[0]!r}, and an image holds one character: "
            "give unipen-characters.npz."
        )
    if part:
        samples = [sample for sample in samples if sample.validates == (part == "validation")]
    chosen = get_alphabet(alphabet or _alphabet_of({sample.label for sample in samples}))
    inside = [sample for sample in samples if chosen.index(sample.label) >= 0]
    if not inside:
        raise DataError(
            f"{place.name} holds no characters of the alphabet {chosen.name!r}: choose another."
        )
    images = np.stack([convert(sample.ink) for sample in inside])
    labels = np.array([chosen.index(sample.label) for sample in inside], np.int64)
    name = f"UNIPEN {part}" if part else "UNIPEN"
    return Dataset(name, images, labels, chosen, "UNIPEN pens"), remarks


def _alphabet_of(characters: set[str]) -> Alphabet:
    """Return the 62, or what occurs if something else does."""
    return BYCLASS if characters <= set(CHARACTERS) else alphabet_of(sorted(characters))
