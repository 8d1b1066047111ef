"""Images and labels of several parts, joined to one dataset: characters known, images upright."""

from dataclasses import replace
from functools import reduce
from pathlib import PurePosixPath
from typing import NamedTuple

from hwr.alphabets import Alphabet
from hwr.dataset import Dataset, concatenate
from hwr.datasets.archive import MEMBERS
from hwr.datasets.own import labels, orientation, pairs, pieces
from hwr.datasets.own.containers import Container
from hwr.datasets.own.pairs import Holdings, Key, Pair
from hwr.datasets.own.pieces import Words
from hwr.datasets.splits import SPLITS, Split

_SAID = {
    orientation.UPRIGHT: "",
    orientation.TRANSPOSED: ", turned upright",
    orientation.UNKNOWN: ", as stored",
}


class Joined(NamedTuple):
    """A dataset, upright, the form that it had, and how its images were stored."""

    dataset: Dataset
    form: str
    stored: str


def split_of(group: Words) -> Split | None:
    """Return EMNIST's split that a file is named after, if any."""
    named = [SPLITS[word] for word in group if word in SPLITS]
    return named[0] if named and "emnist" in group else None


def join(
    container: Container,
    stem: str,
    held: Holdings,
    chosen: dict[Key, Pair],
    alphabet: str | int | Alphabet | None,
) -> Joined:
    """Return the chosen parts of what a container holds as one dataset, in their order.

    ``stem`` names data whose own names say nothing.
    """
    group, part = next(iter(chosen))
    mapping, split = pairs.find_mapping(container, group, held.mappings), split_of(group)
    every = None if mapping or split else held.labels_of(group)
    parts = [
        labels.to_dataset(*pairs.load(pair), held.name, mapping, split, alphabet, every)
        for pair in chosen.values()
    ]
    dataset = reduce(concatenate, parts)
    form = pieces.FORMS[chosen[group, part].images.form]
    official = all(
        _is_official(container, piece.file) for pair in chosen.values() for piece in pair
    )
    stored = orientation.TRANSPOSED if official else orientation.orientation(dataset)
    if stored == orientation.TRANSPOSED:
        dataset = orientation.turn_upright(dataset)
    unverified = f"EMNIST as {form}, not verified" if split else form
    source = "EMNIST" if official else unverified + _SAID[stored]
    own = split.name if split else " ".join(group)
    name = f"{own} {part if len(chosen) == 1 else ''}".strip() or stem
    return Joined(replace(dataset, name=name, source=source), form, stored)


def _is_official(container: Container, file: str) -> bool:
    """Return whether a file is one of EMNIST's official members, to the bit."""
    member = MEMBERS.get(f"gzip/{PurePosixPath(file).name}")
    return member is not None and container.sha256(file) == member.sha256
