"""UNIPEN: characters and words as people wrote them on tablets, as pen strokes with their labels.

``HWR_PENS`` names a folder: UNIPEN's own, or one that holds ``unipen-characters.npz`` and
``unipen-words.npz``. UNIPEN is not part of the project: ``data/README.md`` says where to get it.

Source: Guyon, Schomaker, Plamondon, Liberman, Janet (1994), "UNIPEN project of on-line data
exchange and recognizer benchmarks", ICPR; train_r01_v07, International Unipen Foundation, Zenodo
record 1195803, CC BY 4.0.
"""

import os
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from hwr.alphabets import is_character
from hwr.datasets import unipen_arrays, unipen_files
from hwr.datasets.archive import DataError
from hwr.ink import Ink

ATTRIBUTION = (
    "UNIPEN train_r01_v07 (Guyon, Schomaker, Plamondon, Liberman, Janet 1994; International Unipen "
    "Foundation, Zenodo record 1195803, CC BY 4.0)"
)
VALIDATION_PROVIDERS = frozenset(("ced", "uqb", "pap", "apd", "pcl"))
"""Who collected what is never trained on: the first two characters, the others words."""
_CATEGORIES = {"characters": ("1a", "1b", "1c", "1d"), "words": ("6",)}
"""Folders of digits, capitals, small letters and marks; of words. Others hold the same again."""
_LEVELS = {"characters": "CHARACTER", "words": "WORD"}


@dataclass(frozen=True, eq=False)
class PenSample:
    """A character or a word of UNIPEN.

    Attributes
    ----------
    label : str
    provider : str
        Who collected it: three letters. A split by provider is also one by writer and by tablet.
    writer : str
    ink : Ink
    """

    label: str
    provider: str
    writer: str
    ink: Ink

    @property
    def validates(self) -> bool:
        """Whether it belongs to the validation part."""
        return self.provider in VALIDATION_PROVIDERS


def named_pens() -> Path | None:
    """Return the folder that ``HWR_PENS`` names, or None."""
    named = os.environ.get("HWR_PENS", "").strip().strip("\"'").strip()
    return Path(named).expanduser() if named else None


class Loaded(NamedTuple):
    """Samples in the order in which they are stored, and sentences on what was left out."""

    samples: list[PenSample]
    remarks: tuple[str, ...] = ()


def load(folder: Path, what: str = "characters") -> list[PenSample]:
    """Return UNIPEN's characters or words, in the order in which they are stored.

    Parameters
    ----------
    folder : Path
        UNIPEN's own, or one that holds ``unipen-characters.npz`` and ``unipen-words.npz``; or one
        of these files, whatever ``what`` says.
    what : {'characters', 'words'}

    Warns
    -----
    UserWarning
        If some of what UNIPEN's own files hold cannot be used.

    Raises
    ------
    DataError
        If UNIPEN is not there, or a file is damaged or something else.
    """
    loaded = read(folder, what)
    for remark in loaded.remarks:
        warnings.warn(remark, stacklevel=2)
    return loaded.samples


def read(place: Path, what: str = "characters") -> Loaded:
    """Return what :func:`load` does, with its warnings as remarks."""
    stored = place if place.is_file() else place / f"unipen-{what}.npz"
    if stored.is_file():
        drawings = unipen_arrays.read(stored)
        return Loaded([PenSample(*who, Ink(strokes)) for who, strokes in drawings])
    if root := _find_root(place, what):
        return _read_files(root, what)
    raise DataError(
        f"{place} holds no {what} of UNIPEN: give the folder with unipen-{what}.npz, or UNIPEN's "
        "own with its folders data and include; data/README.md says where to get it."
    )


def holds_characters(place: Path) -> bool:
    """Return whether a folder holds UNIPEN's characters; of a file, whether it has their form."""
    if place.is_file():
        return unipen_arrays.has_names(place)
    return (place / "unipen-characters.npz").is_file() or bool(_find_root(place, "characters"))


def _find_root(place: Path, what: str) -> Path | None:
    """Return the folder with UNIPEN's folder ``data``: the place or up to two levels below it."""
    for pattern in ("data", "*/data", "*/*/data"):
        for data in sorted(place.glob(pattern)):
            if any(next(_files(data / category), None) for category in _CATEGORIES[what]):
                return data.parent
    return None


def _files(category: Path) -> Iterator[Path]:
    return category.glob("*/**/*.dat")  # the first folder is named after the provider


def _read_files(root: Path, what: str) -> Loaded:
    samples, left_out = [], 0
    for category in (root / "data" / name for name in _CATEGORIES[what]):
        for file in sorted(_files(category)):
            provider = file.relative_to(category).parts[0]
            places = (root / "include", root, file.parent)
            segments, unreadable = unipen_files.read_segments(file, places, _LEVELS[what])
            usable = [each for each in segments if _is_usable(each.label, what)]
            left_out += unreadable + len(segments) - len(usable)
            for label, writer, ink in usable:
                person = f"{provider}-{writer or file.stem}"
                samples.append(PenSample(label, provider, person, ink))
    remark = (
        f"{left_out:,} of {len(samples) + left_out:,} {what} in {root.resolve().name} were left "
        "out: their points are not in the files, or their labels are none."
    )
    return Loaded(samples, (remark,) if left_out else ())


def _is_usable(label: str, what: str) -> bool:
    """Return whether a label is one character of a keyboard, as UNIPEN's are, or a word of them."""
    fits = is_character(label) if what == "characters" else label.isprintable() and label.strip()
    return bool(fits and label.isascii())
