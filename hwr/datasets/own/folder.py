"""Pictures in a folder for each character: photographs, scans or drawings of any size."""

import warnings
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from hwr.dataset import Dataset
from hwr.datasets.archive import DataError
from hwr.datasets.own.class_names import alphabet_of, parse_character
from hwr.datasets.own.containers import Container, open_container
from hwr.images import open_picture
from hwr.ink import convert

PARTS = ("train", "validation", "test")
MAX_PICTURE = 100_000_000
"""Size in bytes of the largest picture that is opened."""
_NAMED = 3
"""Number of pictures that are named in a sentence about many."""
_ADVICE = (
    "put the pictures of each character into a folder of its name, such as 7, g or ÷, or of its "
    "code point, such as U+00F7"
)


class Pictures(NamedTuple):
    """A dataset made from pictures.

    ``files`` are their names, one for each image; ``remarks`` are sentences about pictures that
    could not be used, and about folders without any.
    """

    dataset: Dataset
    files: tuple[str, ...]
    remarks: tuple[str, ...]


def from_folder(folder: str | Path) -> Dataset:
    """Return the pictures of a folder, which has a folder for each character, as a dataset.

    Every picture is converted like a drawing (:func:`hwr.images.open_picture`,
    :func:`hwr.ink.convert`); its size, its format and the colours of ink and paper do not matter. A
    folder's name is the character (``7``, ``g``, ``÷``) or, where a file system cannot hold that or
    takes ``a`` for ``A``, its code point (``U+00F7``, ``U+0061``). Hidden files are ignored.

    Parameters
    ----------
    folder : str or Path
        Its classes are the characters of its folders, in the order of their code points.

    Returns
    -------
    Dataset
        By character, then by file name.

    Warns
    -----
    UserWarning
        If pictures cannot be read or show nothing, which are left out, or a folder has none.

    Raises
    ------
    DataError
        If a folder's name is not a character, or no picture of two characters is left.
    """
    path = Path(folder).expanduser()
    if path.exists() and not path.is_dir():
        raise DataError(f"{path.name} is a file: read it with hwr.datasets.read.")
    with open_container(path) as container:
        found = read_pictures(container)
    for remark in found.remarks:
        warnings.warn(remark, stacklevel=2)
    return found.dataset


def _describe_left_out(reasons: list[str]) -> str:
    """Return one sentence that counts and names the pictures that were left out."""
    rest = len(reasons) - _NAMED
    named = "; ".join(reason.rstrip(".") for reason in reasons[:_NAMED])
    more = f"; and {rest} more" if rest > 0 else ""
    pictures = f"{len(reasons)} picture{'s were' if len(reasons) > 1 else ' was'}"
    return f"{pictures} left out: {named}{more}."


def class_folders(container: Container) -> dict[str, list[str]]:
    """Return the files in folders by the name of the folder; files outside folders are under ''.

    Folders around all others are ignored.
    """
    paths = [PurePosixPath(name).parts for name in container.names]
    depth = 0
    while len(outer := {parts[depth] for parts in paths if len(parts) > depth + 1}) == 1:
        if parse_character(outer.pop()):
            break
        depth += 1
    found: dict[str, list[str]] = {}
    for name, parts in zip(container.names, paths, strict=True):
        own = parts[depth] if len(parts) > depth + 1 else ""
        found.setdefault(own, []).append(name)
    return found


def read_pictures(container: Container, part: str | None = None) -> Pictures:
    """Return the pictures of a folder or a zip archive; see :func:`from_folder`.

    Where the outer folders are parts (``train``, ``validation``, ``test``), all are read, one after
    another, or only the one that is named.
    """
    name, parts = container.title, _parts(container)
    if part is not None and part not in parts:
        held = ", ".join(filter(None, parts)) or "no parts"
        raise DataError(f"{name} has no part {part!r}, it has {held}: leave out the part.")
    every = [own for folders in parts.values() for own in folders if own]
    if wrong := sorted({own for own in every if not parse_character(own)}):
        raise DataError(_explain_names(name, wrong))
    if not every:
        raise DataError(_explain_empty(name, len(container.names)))
    images: list[NDArray[np.uint8]] = []
    characters, files, left_out = [], [], []
    for folders in [parts[part]] if part else parts.values():
        for own, file in _in_order(folders):
            try:
                images.append(_image(container, file))
            except ValueError as error:
                left_out.append(f"{file} ({str(error).rstrip('.')})")
            else:
                characters.append(parse_character(own))
                files.append(file)
    if not images:
        raise DataError(f"No picture of {name} can be used; {_describe_left_out(left_out)}")
    alphabet = alphabet_of(list(map(parse_character, every)))
    labels = np.array([alphabet.index(character) for character in characters], np.int64)
    remarks = [_describe_left_out(left_out)] if left_out else []
    without = set(map(parse_character, every)) - set(characters) if part is None else set()
    if empty := sorted({*_empty_folders(container, every), *without}):
        remarks.append(f"There is no picture that can be used of {', '.join(empty)}.")
    dataset = Dataset(name, np.stack(images), labels, alphabet, "pictures")
    return Pictures(dataset, tuple(files), tuple(remarks))


def _in_order(folders: dict[str, list[str]]) -> Iterator[tuple[str, str]]:
    """Yield the folder and the name of each file, by character and then by name."""
    for own in sorted(filter(None, folders), key=parse_character):
        for file in folders[own]:
            yield own, file


def _empty_folders(container: Container, filled: list[str]) -> list[str]:
    """Return the characters whose folders hold no files at all."""
    folders = container.path.iterdir() if container.path.is_dir() else ()
    names = sorted(path.name for path in folders if path.is_dir() and path.name not in filled)
    return [character for name in names if (character := parse_character(name))]


def _parts(container: Container) -> dict[str, dict[str, list[str]]]:
    """Return the files by part and folder; without parts, they are under ''."""
    folders = class_folders(container)
    if not set(folders) - {""} or set(folders) - {"", *PARTS}:
        return {"": folders}
    return {
        part: class_folders(replace(container, names=tuple(folders[part])))
        for part in PARTS
        if part in folders
    }


def _image(container: Container, file: str) -> NDArray[np.uint8]:
    in_folder = container.path.is_dir()
    source = container.path / file if in_folder else container.read(file, MAX_PICTURE)
    image = convert(open_picture(source))
    if not image.any():
        raise DataError("nothing is written on it")
    return image


def _explain_names(name: str, wrong: list[str]) -> str:
    others = f" and {len(wrong) - 1} others" if len(wrong) > 1 else ""
    are = "are" if others else "is"
    return f"The folder {wrong[0]!r}{others} in {name} {are} not named by a character: {_ADVICE}."


def _explain_empty(name: str, files: int) -> str:
    held = f"{files:,} file{'s' * (files != 1)}, but no folders" if files else "no files"
    return f"{name} holds {held}: {_ADVICE}."
