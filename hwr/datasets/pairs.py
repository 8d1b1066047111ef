"""The parts of data in files: images with their labels, and what says which characters they are."""

from pathlib import PurePosixPath
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from hwr.datasets import contents, labels, matrices, pieces
from hwr.datasets.archive import DataError
from hwr.datasets.containers import Container
from hwr.datasets.pieces import Piece, Words

Key = tuple[Words, str]
"""The words that name some data, such as ``('emnist', 'byclass')``, and their part."""
MOST_FILES = 1000
"""Files of a folder that are opened to find data; more would be pictures."""


class Pair(NamedTuple):
    """Images and their labels, not yet read."""

    images: Piece
    labels: Piece


def find_pairs(container: Container) -> tuple[dict[Key, Pair], list[Piece]]:
    """Return the images and labels of each part of the data in a container, and mappings.

    Raises
    ------
    DataError
        If there are none.
    """
    files = [name for name in container.names[:MOST_FILES] if not is_mapping(name)]
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
    return pairs, [piece for piece in found if piece.role == "mapping"]


def is_mapping(name: str) -> bool:
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
        return (
            f"{piece.name} holds {there}, but there are no {other} with it: put the file of "
            f"{other} beside it, under the same name with {other!r} for {there!r}."
        )
    if found:
        names = ", ".join(piece.name for piece in found[:3])
        return (
            f"{container.path.name} holds arrays ({names}), but none is named as images or "
            "labels: name them images and labels, or x_train, y_train, x_test and y_test."
        )
    if not container.names:
        return f"{container.path.name} holds no files: give {contents.EXPECTED}."
    name = container.names[0]
    more = f" and {len(container.names) - 1} more files" if len(container.names) > 1 else ""
    return f"{container.describe(name)}{more} is {contents.describe(container.head(name))}."


def choose(pairs: dict[Key, Pair], part: str | None, name: str) -> dict[Key, Pair]:
    """Return the parts that are asked for, all of one group; a DataError lists the others."""
    wanted = set(pieces.words_of(part or ""))
    chosen = {key: pair for key, pair in pairs.items() if wanted <= {*key[0], key[1]}}
    if len({group for group, _ in chosen}) == 1:
        order = ["train", "validation", "test", ""]
        return dict(sorted(chosen.items(), key=lambda item: order.index(item[0][1])))
    held = ", ".join(repr(" ".join((*group, own)).strip()) for group, own in pairs)
    problem = f"has no part {part!r}, but" if not chosen else "holds"
    raise DataError(f"{name} {problem} {held}: name one of them as part=.")


def find_mapping(container: Container, group: Words, inside: list[Piece]) -> dict[int, str] | None:
    """Return the characters of the labels of a group as a mapping says; None without one."""
    for piece in inside:
        if set(piece.group) <= set(group):
            return labels.mapping_of_rows(piece.load(), piece.name)
    fitting: dict[Words, str] = {}
    for name in filter(is_mapping, container.names):
        _, own, _ = pieces.classify(pieces.words_of(PurePosixPath(name).name))
        if set(own) <= set(group):
            fitting[own] = name
    if not fitting:
        return None
    name = fitting[max(fitting, key=len)]
    return labels.parse_mapping(container.read(name), container.describe(name))


def load(pair: Pair) -> tuple[NDArray[np.uint8], NDArray[Any]]:
    """Return images and labels; a DataError says that they are not equally many."""
    own = pair.labels.load()
    if own.dtype.kind in "OS":
        own = own.astype(str)
    if own.size != max(own.shape, default=0):
        raise DataError(
            f"{pair.labels.name} has the shape {own.shape}, but one label for each image was "
            "expected: give the number of the class, not a row for each image."
        )
    images = matrices.to_images(pair.images.load(), pair.images.name, own.size)
    if len(images) != own.size:
        raise DataError(
            f"{pair.images.name} holds {len(images):,} images, but {pair.labels.name} "
            f"{own.size:,} labels: give files that belong together."
        )
    return images, own.reshape(-1)
