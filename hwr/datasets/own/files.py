"""One entry for all data: whatever holds labelled images becomes a dataset, or is refused.

What a file is, is told by its content, and whether its images are transposed, as EMNIST's are, by
the images themselves.
"""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import numpy as np

from hwr.alphabets import Alphabet, get_alphabet
from hwr.dataset import Dataset
from hwr.datasets import contents, unipen
from hwr.datasets.archive import DataError
from hwr.datasets.drawings import from_drawings, load_drawings
from hwr.datasets.own import class_names, folder, joining, orientation, pairs, pieces
from hwr.datasets.own.containers import Container, open_container
from hwr.datasets.own.pens import read_pens
from hwr.datasets.splits import SPLITS


class Found(NamedTuple):
    """What :func:`examine` found.

    Attributes
    ----------
    dataset : Dataset
        Upright.
    form : str
        For example ``'a CSV table'``.
    stored : str
        How the images were stored, see :func:`hwr.datasets.own.orientation.orientation`.
    names : tuple of str
        The file of each image; empty unless each has its own.
    remarks : tuple of str
        Sentences that a user should know.
    """

    dataset: Dataset
    form: str
    stored: str = orientation.UPRIGHT
    names: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()


def read(
    path: str | Path, part: str | None = None, alphabet: str | int | Alphabet | None = None
) -> Dataset:
    """Return the labelled images of a file, a folder or a zip archive as a dataset.

    It reads CSV as Kaggle has EMNIST (a label and 784 grey levels in each row), MATLAB's EMNIST
    (``.mat``), NumPy's ``.npz`` as Keras has MNIST, idx files as MNIST, EMNIST and torchvision have
    them, with or without ``.gz``, drawings that a pad saved, UNIPEN's characters, and a folder of
    pictures for each character (:func:`hwr.datasets.from_folder`). Images that are stored
    transposed, as EMNIST's are, are turned upright; they are told by the course's recogniser, which
    reads a sample both ways.

    Parameters
    ----------
    path : str or Path
    part : str, optional
        Words that name a part, such as ``'train'``, ``'test'`` or ``'byclass test'``; by default
        all parts, one after another.
    alphabet : str, int or Alphabet, optional
        Which characters numbers stand for, as for :func:`hwr.alphabets.get_alphabet`. By default a
        file ``mapping.txt`` beside the data says so, or EMNIST's split that its name has, or the
        number of classes: 10, 26, 47 or 62. Where the characters are known, only images of this
        alphabet are kept.

    Returns
    -------
    Dataset
        ``source`` says which form the data had, and whether they were turned.

    Warns
    -----
    UserWarning
        If some pictures cannot be used.

    Raises
    ------
    ValueError
        If this is no data, is damaged, or does not say which characters its labels mean. A Python
        pickle is never opened.
    """
    found = examine(path, part, alphabet)
    for remark in found.remarks:
        warnings.warn(remark, stacklevel=2)
    return found.dataset


def examine(
    path: str | Path, part: str | None = None, alphabet: str | int | Alphabet | None = None
) -> Found:
    """Return a dataset, as :func:`read` does, and what is worth knowing about it."""
    path = Path(path).expanduser()
    if unipen.holds_characters(path):
        dataset, remarks = read_pens(path, part, alphabet)
        return Found(dataset, "UNIPEN as pen strokes", remarks=remarks)
    with _open(path) as container:
        if not (found := _drawn(container, part, alphabet)):
            held = pairs.find_pairs(container, part)
            found = Found(*joining.join(container, path.stem, held, held.choose(part), alphabet))
    return found


def _drawn(
    container: Container, part: str | None, alphabet: str | int | Alphabet | None
) -> Found | None:
    """Return what folders of pictures or files of drawings hold; None if it is neither."""
    names = container.names[: pairs.MOST_FILES]
    kinds = {name: contents.kind(container.head(name)) for name in names}
    folders = set(folder.class_folders(container)) - {""}
    named = any(map(class_names.parse_character, folders)) or bool(folders & set(folder.PARTS))
    pictures = sum(kind == "picture" for kind in kinds.values())
    data = sum(kind not in ("picture", "") for kind in kinds.values())
    if pictures >= data if named else pictures > 1 and not data:
        return _pictures(container, part, alphabet)
    drawn = [name for name, kind in kinds.items() if kind == "drawings"]
    return _drawings(container, drawn, alphabet) if drawn else None


def load_split(path: Path, split: str, part: str) -> Dataset:
    """Return a part of one of EMNIST's splits from data that is not EMNIST's own archive.

    Data that no split is named in serves if it has the split's classes.

    Raises
    ------
    DataError
        If this data has no such part, or other classes.
    """
    with _open(path) as container:
        if not (found := _drawn(container, None, None)):
            held = pairs.find_pairs(container, split)
            key = held.key_of(split, part)
            chosen = {key: held.pairs[key]}
            found = Found(*joining.join(container, path.stem, held, chosen, None))
    dataset, needed = found.dataset, SPLITS[split].alphabet
    if dataset.alphabet != needed:
        raise DataError(
            f"HWR_EMNIST names {path.name}, {found.form} of {len(dataset.alphabet)} classes, but "
            f"{split} has {len(needed)}: read it with hwr.datasets.read, and unset HWR_EMNIST."
        )
    return replace(dataset, name=f"{split} {part}")


def names_of_parts(path: Path, split: str) -> list[str]:
    """Return the names of the parts, of a split of EMNIST or of none, that some data holds."""
    with _open(path) as container:
        return pairs.find_pairs(container, split).names()


@contextmanager
def _open(path: Path) -> Iterator[Container]:
    with open_container(path) as container:
        beside = _beside(path) if container.names == (path.name,) else []
        yield replace(container, names=(*container.names, *beside))


def _pictures(
    container: Container, part: str | None, alphabet: str | int | Alphabet | None
) -> Found:
    found = folder.read_pictures(container, part)
    dataset, files = found.dataset, np.array(found.files)
    if alphabet is not None:
        chosen = get_alphabet(alphabet)
        inside = [chosen.index(character) >= 0 for character in dataset.characters]
        dataset, files = dataset.in_alphabet(chosen), files[inside]
    return Found(
        dataset,
        "a folder of pictures",
        names=tuple(files.tolist()),
        remarks=found.remarks,
    )


def _drawings(
    container: Container, names: list[str], alphabet: str | int | Alphabet | None
) -> Found:
    if not container.path.is_dir():
        raise DataError(f"{container.title} holds files of drawings: unpack it first.")
    files = [container.path / name for name in names]
    drawn = [drawing.label for file in files for drawing in load_drawings(file)]
    classes = class_names.alphabet_of(drawn) if alphabet is None else alphabet
    dataset = from_drawings(*files, alphabet=classes)
    return Found(replace(dataset, name=files[0].stem), "drawings as pen strokes")


def _beside(path: Path) -> list[str]:
    """Return the names of files that complete a single file: its other half, and mappings."""
    own = pieces.classify(pieces.words_of(path.name))
    beside = []
    for name in sorted(file.name for file in path.parent.iterdir() if file.name != path.name):
        role, group, part = pieces.classify(pieces.words_of(name))
        is_half = {own[0], role} == {"images", "labels"} and own[1:] == (group, part)
        if role == "mapping" or is_half:
            beside.append(name)
    return beside
