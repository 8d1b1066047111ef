"""The parts of data in files: images with their labels, and what says which characters they are."""

from pathlib import PurePosixPath
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from hwr.datasets import contents
from hwr.datasets.archive import DataError
from hwr.datasets.own import class_names, matrices, pieces
from hwr.datasets.own.containers import Container
from hwr.datasets.own.pieces import Piece, Words
from hwr.datasets.splits import SPLITS

Key = tuple[Words, str]
"""The words that name some data, such as ``('emnist', 'byclass')``, and their part."""
MOST_FILES = 1000
"""Files of a folder that are opened to find data; more would be pictures."""


class Pair(NamedTuple):
    """Images and their labels, not yet read."""

    images: Piece
    labels: Piece


class Holdings(NamedTuple):
    """The data that a file, a folder or a zip archive holds.

    Attributes
    ----------
    name : str
        Of the file or folder, for messages.
    pairs : dict
        Images and labels by group and part.
    mappings : list of Piece
        Arrays that say which characters the labels mean.
    """

    name: str
    pairs: dict[Key, Pair]
    mappings: list[Piece]

    def names(self) -> list[str]:
        """Return the name of each part, such as ``'emnist byclass test'``; may be ''."""
        return [" ".join(filter(None, (*group, part))) for group, part in self.pairs]

    def choose(self, part: str | None) -> dict[Key, Pair]:
        """Return the parts that these words name, all of one group; a DataError lists all."""
        wanted = set(pieces.words_of(part or ""))
        chosen = {key: pair for key, pair in self.pairs.items() if wanted <= {*key[0], key[1]}}
        if len({group for group, _ in chosen}) == 1:
            order = ["train", "validation", "test", ""]
            return dict(sorted(chosen.items(), key=lambda item: order.index(item[0][1])))
        problem = "holds" if chosen else f"has no part {part!r}, but"
        example = " ".join(pieces.classify(pieces.words_of(self.names()[0]))[1])
        raise DataError(
            f"{self.name} {problem} {self._listed()}: choose one with part={example!r} (on the "
            f"command line --part {example!r})."
        )

    def key_of(self, split: str, part: str) -> Key:
        """Return the key of a part of one of EMNIST's splits, or of data that names no split."""
        named = [key for key in self.pairs if split in key[0] and key[1] == part]
        unnamed = [key for key in self.pairs if not set(key[0]) & set(SPLITS)]
        fitting = named or [key for key in unnamed if key[1] in (part, "")]
        if len(fitting) == 1:
            return fitting[0]
        raise DataError(
            f"HWR_EMNIST names {self.name}, which holds {self._listed()}, but not {split} {part}: "
            f"name data that has it, or unset HWR_EMNIST and run 'python -m hwr fetch "
            f"{split}:{part}'."
        )

    def labels_of(self, group: Words) -> NDArray[Any]:
        """Return the labels of all parts of a group, one after another."""
        parts = [_labels(pair) for key, pair in self.pairs.items() if key[0] == group]
        return np.concatenate(parts)

    def _listed(self) -> str:
        names = [name or "images without a name" for name in self.names()]
        return ", ".join(names[:12]) + (f" and {len(names) - 12} more" if len(names) > 12 else "")


def find_pairs(container: Container, part: str | None = None) -> Holdings:
    """Return the images with their labels, and the mappings, in a container.

    Of several MATLAB files, which have to be read whole, only the one is opened that is named after
    the split of EMNIST in ``part``.

    Raises
    ------
    DataError
        If there are no images with labels, or several MATLAB files to choose from.
    """
    files = [name for name in container.names[:MOST_FILES] if not is_mapping(name)]
    matlab = [name for name in files if contents.kind(container.head(name)) == "mat"]
    if len(matlab) > 1:
        one = _only_one(matlab, part or "", container.title)
        files = [name for name in files if name == one or name not in matlab]
    found = [piece for name in files for piece in pieces.find_pieces(container, name)]
    roles: dict[str, dict[Key, Piece]] = {"images": {}, "labels": {}}
    for piece in found:
        if piece.role in roles:
            roles[piece.role].setdefault((piece.group, piece.part), piece)
    images, own = roles["images"], roles["labels"]
    if not images and not own:
        images, own = _by_shape(found)
    pairs = {key: Pair(images[key], own[key]) for key in images if key in own}
    if not pairs:
        raise DataError(_explain_missing(container, found, images, own))
    mappings = [piece for piece in found if piece.role == "mapping"]
    return Holdings(container.title, pairs, mappings)


def _only_one(files: list[str], part: str, title: str) -> str:
    """Return the file that is named after the split in ``part``; a DataError lists all."""
    asked = set(pieces.words_of(part)) & set(SPLITS)
    stems = {file: PurePosixPath(file).stem for file in files}
    fitting = [file for file in files if asked & set(pieces.words_of(stems[file]))]
    if len(fitting) == 1:
        return fitting[0]
    names = list(stems.values())
    raise DataError(
        f"{title} holds {len(files)} MATLAB files, {', '.join(names[:8])}: give one of them, or "
        f"choose one with part={names[0]!r} (on the command line --part {names[0]!r})."
    )


def is_mapping(name: str) -> bool:
    """Return whether a file is named as one that says which characters the labels mean."""
    return pieces.classify(pieces.words_of(PurePosixPath(name).name))[0] == "mapping"


def _by_shape(found: list[Piece]) -> tuple[dict[Key, Piece], dict[Key, Piece]]:
    """Return the images and the labels among two arrays whose names say nothing."""
    if len(found) != 2:
        return {}, {}
    first, second = sorted(found, key=lambda piece: -piece.load().size)
    key = ((), first.part)
    return {key: first}, {key: second}


def _explain_missing(
    container: Container,
    found: list[Piece],
    images: dict[Key, Piece],
    own: dict[Key, Piece],
) -> str:
    if images or own:
        piece = next(iter((images or own).values()))
        there, other = ("images", "labels") if images else ("labels", "images")
        remedy = f"put the file of {other} beside it, named as it is but {other!r} for {there!r}"
        if piece.form in ("npz", "mat"):
            remedy = "save both in one file, named images and labels"
        return f"{piece.name} holds {there}, but there are no {other} with it: {remedy}."
    if found:
        names = ", ".join(piece.name for piece in found[:3])
        return (
            f"{container.title} holds arrays ({names}), but none is named as images or labels: "
            "name them images and labels, or x_train, y_train, x_test and y_test."
        )
    if not container.names:
        return f"{container.title} holds no files: give {contents.EXPECTED}."
    name = container.names[0]
    what = contents.describe(container.head(name))
    if len(container.names) == 1:
        return f"{container.describe(name)} is {what}."
    return f"{container.title} holds {len(container.names)} files, but no data; {name} is {what}."


def find_mapping(container: Container, group: Words, inside: list[Piece]) -> dict[int, str] | None:
    """Return the characters of the labels of a group as a mapping says; None without one."""
    for piece in inside:
        if set(piece.group) <= set(group):
            return class_names.mapping_of_rows(piece.load(), piece.name)
    fitting: dict[Words, str] = {}
    for name in filter(is_mapping, container.names):
        _, own, _ = pieces.classify(pieces.words_of(PurePosixPath(name).name))
        if set(own) <= set(group):
            fitting[own] = name
    if not fitting:
        return None
    name = fitting[max(fitting, key=len)]
    return class_names.parse_mapping(container.read(name), container.describe(name))


def load(pair: Pair) -> tuple[NDArray[np.uint8], NDArray[Any]]:
    """Return images and labels; a DataError says that they are not equally many, or none."""
    own = _labels(pair)
    images = matrices.to_images(pair.images.load(), pair.images.name, len(own))
    if len(images) != len(own):
        raise DataError(
            f"{pair.images.name} holds {len(images):,} images, but {pair.labels.name} "
            f"{len(own):,} labels: give files that belong together."
        )
    if not len(own):
        raise DataError(f"{pair.images.name} holds no images: save them again.")
    return images, own


def _labels(pair: Pair) -> NDArray[Any]:
    own = pair.labels.load()
    if own.size != max(own.shape, default=0):
        raise DataError(
            f"{pair.labels.name} has the shape {own.shape}, but one label for each image was "
            "expected: give the number of the class, not a row for each image."
        )
    return (own.astype(str) if own.dtype.kind in "OS" else own).reshape(-1)
