"""Arrays that belong together: images and their labels, found by the words in their names.

``emnist-byclass-test-images-idx3-ubyte.gz`` belongs to ``emnist-byclass-test-labels-idx1-ubyte``,
``x_train`` to ``y_train``, and MATLAB's ``dataset.train.images`` to ``dataset.train.labels``.
"""

import re
from collections.abc import Callable, Iterator
from functools import cache, partial
from io import BytesIO
from pathlib import Path, PurePosixPath
from typing import NamedTuple

import numpy as np

from hwr.datasets import contents
from hwr.datasets.own import matrices, tables
from hwr.datasets.own.containers import Container, in_zip, open_zip
from hwr.datasets.own.matrices import Array

Words = tuple[str, ...]

FORMS = {
    "idx": "idx files",
    "npy": "NumPy arrays",
    "npz": "NumPy's .npz",
    "mat": "MATLAB's .mat",
    "table": "a CSV table",
}
_ROLES = {
    "images": {"images", "image", "imgs", "img", "x", "data", "pixels", "features"},
    "labels": {"labels", "label", "y", "target", "targets"},
    "mapping": {"mapping"},
}
_PARTS = {
    "train": {"train", "training"},
    "validation": {"validation", "valid", "val"},
    "test": {"test", "testing", "t10k"},
}
_IGNORED = {"idx1", "idx2", "idx3", "idx4", "ubyte", "gz", "csv", "mat", "npz", "npy", "txt"} | {
    "dataset"
}


class Piece(NamedTuple):
    """One array, or one table's column, that has not been read yet.

    Attributes
    ----------
    file, name : str
        The file in its container, and what to call the array in a message.
    role : {'images', 'labels', 'mapping', ''}
    group : tuple of str
        Words that it shares with what belongs to it, such as ``('emnist', 'byclass')``.
    part : {'train', 'validation', 'test', ''}
    form : str
        A key of ``FORMS``.
    load : callable
        Returns the array.
    """

    file: str
    name: str
    role: str
    group: Words
    part: str
    form: str
    load: Callable[[], Array]


def words_of(name: str) -> Words:
    """Return the words of a name in lower case, without those of its format."""
    divided = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name)
    words = re.split(r"[^\w÷×+−]+|_", divided)
    return tuple(word.lower() for word in words if word and word.lower() not in _IGNORED)


def classify(words: Words, is_file: bool = False) -> tuple[str, Words, str]:
    """Return the role, the group and the part that words say; '' where they say nothing.

    The name of a file that holds images and labels (``is_file``) says nothing of their roles.
    """
    role = part = ""
    group: list[str] = []
    for word in words:
        as_role = next((name for name, known in _ROLES.items() if word in known), "")
        as_part = next((name for name, known in _PARTS.items() if word in known), "")
        if as_role and not is_file:
            role = role or as_role
        elif as_part:
            part = part or as_part
        elif not as_role:
            group.append(word)
    return role, tuple(group), part


def find_pieces(container: Container, file: str) -> list[Piece]:
    """Return the arrays that a file holds; none if it is not data.

    Raises
    ------
    DataError
        If the file is damaged, or its arrays are too large.
    """
    kind, name = contents.kind(container.head(file)), container.describe(file)
    words = words_of(PurePosixPath(file).name)
    if kind in matrices.PARSERS:
        return [_single(container, file, kind)]
    if kind == "zip":
        arrays = dict(_npz(container, file))
        return [_inside(file, name, words, key, "npz", load) for key, load in arrays.items()]
    if kind == "mat":
        loaded = matrices.parse_mat(container.read(file), name)
        return [
            _inside(file, name, words, key, "mat", partial(np.asarray, array))
            for key, array in loaded.items()
        ]
    if kind == "table":
        _, group, part = classify(words, is_file=True)

        @cache
        def table() -> tables.Table:
            with container.open(file) as opened:
                return tables.read_table(opened, name)

        loads = {"images": lambda: table().images, "labels": lambda: table().labels}
        return [Piece(file, name, role, group, part, "table", load) for role, load in loads.items()]
    return []


def _single(container: Container, file: str, kind: str) -> Piece:
    name = container.describe(file)
    role, group, part = classify(words_of(PurePosixPath(file).name))
    if not role and kind == "idx":
        role = "labels" if container.head(file)[3] == 1 else "images"
    parse = matrices.PARSERS[kind]
    return Piece(file, name, role, group, part, kind, lambda: parse(container.read(file), name))


def _inside(
    file: str, name: str, words: Words, key: str, form: str, load: Callable[[], Array]
) -> Piece:
    """Return one of several arrays of a file; what its key does not say, the file's name may."""
    role, group, part = classify(words_of(key))
    _, outer, outer_part = classify(words, is_file=True)
    return Piece(file, f"{key} in {name}", role, outer + group, part or outer_part, form, load)


def _npz(container: Container, file: str) -> Iterator[tuple[str, Callable[[], Array]]]:
    """Yield the arrays of a .npz file, a zip archive of .npy files, by name."""
    title = container.describe(file)
    archive = open_zip(BytesIO(container.read(file)), title)
    inner = Container(title, Path(file), tuple(archive.namelist()), in_zip(archive))
    for name in inner.names:
        if name.endswith(".npy"):
            yield name.removesuffix(".npy"), partial(_npy, inner, name)


def _npy(container: Container, name: str) -> Array:
    return matrices.parse_npy(container.read(name), container.describe(name))
