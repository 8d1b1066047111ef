"""A recogniser's card, a JSON file, read with the weights that it describes, and checked.

It may come from anybody. So every field that is used has one place here, :data:`FIELDS`, that says
what it may hold, and a card with anything else is refused before a network runs.
"""

import hashlib
import json
from collections.abc import Callable, Mapping
from numbers import Real
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from hwr._support import trial
from hwr._support.bounds import (
    MAX_CARD_BYTES,
    MAX_CLASSES,
    MAX_NAME,
    MAX_NETWORK_BYTES,
    require_size,
)
from hwr._support.paths import ARTEFACTS
from hwr._support.texts import one_line

LARGEST = 1e9
"""A number above which nothing on a card can be."""


class Field(NamedTuple):
    """What a field of a card may hold: in words, and as a check."""

    expected: str
    holds: Callable[[Any], bool]


def _number(low: float, high: float) -> Field:
    return Field(f"a number from {low:g} to {high:g}", lambda value: _is_number(value, low, high))


def _is_number(value: Any, low: float, high: float) -> bool:
    number = isinstance(value, Real) and not isinstance(value, bool)  # NumPy's numbers, too
    return bool(number and low <= value <= high)  # also false for NaN


def _is_text(value: Any, most: int) -> bool:
    return isinstance(value, str) and len(value) <= most and value.isprintable()


def _is_file_name(value: Any) -> bool:
    return _is_text(value, MAX_NAME) and bool(value) and not set(value) & set('/\\:*?"<>|')


def _are_texts(value: Any) -> bool:
    few = isinstance(value, list) and len(value) <= MAX_CLASSES
    return few and all(_is_text(each, MAX_NAME) for each in value)


def _are_numbers(value: Any) -> bool:
    return isinstance(value, list) and all(_is_number(each, 1e-12, LARGEST) for each in value)


def _are_figures(value: Any) -> bool:
    return isinstance(value, dict) and all(
        isinstance(row, dict) and all(_is_number(each, 0, LARGEST) for each in row.values())
        for row in value.values()
    )


def _is_scaling(value: Any) -> bool:
    if not isinstance(value, dict) or set(value) != {"scale", "offset"}:
        return False
    return all(_is_number(each, -LARGEST, LARGEST) for each in value.values())


_COUNT, _NAME = _number(0, LARGEST), Field("a short text", lambda value: _is_text(value, MAX_NAME))
_TEXT = Field("a text of at most 2,000 characters", lambda value: _is_text(value, 2000))
_TEXTS = Field(f"a list of at most {MAX_CLASSES:,} short texts", _are_texts)
_FILE = Field("the name of a file beside the card", _is_file_name)
_FREQUENCIES = Field("a list of numbers above 0", _are_numbers)
FIELDS = {
    "file": _FILE,
    "keras": _FILE,
    "sha256": Field("a SHA-256, 64 characters", lambda value: _is_text(value, 64)),
    "temperature": _number(0.01, 100),
    "threshold": _number(0, 1),
    "classes": _TEXTS,
    "members": _TEXTS,
    "more_classes": _TEXTS,
    "class_frequencies": _FREQUENCIES,
    "natural_frequencies": _FREQUENCIES,
    "input": Field('an object of the numbers "scale" and "offset"', _is_scaling),
    "architecture": _NAME,
    "taught": _NAME,
    "data": _TEXT,
    "parameters": _COUNT,
    "training_images": _COUNT,
    "validation_images": _COUNT,
    "measured": Field("an object of objects of numbers", _are_figures),
}
"""What the fields of a card may hold that are used anywhere; others are facts for people."""
REQUIRED = ("temperature", "threshold", "class_frequencies")
REQUIRED_OF_FILES = ("file", "sha256")


def check(card: Mapping[str, Any], required: tuple[str, ...] = REQUIRED) -> None:
    """Raise a ValueError for the first field of a card that is missing or holds something else."""
    for name, field in FIELDS.items():
        value = card.get(name)
        if value is None and name not in required:
            continue
        if not field.holds(value):
            raise ValueError(
                f"The card's {name} is {one_line(repr(value))}, not {field.expected}: save the "
                "network anew."
            )


def read(path: Path, line: tuple[int, ...] = ()) -> tuple[dict[str, Any], bytes]:
    """Return a card, and the content of the LiteRT file that it names.

    A network that was made neither here nor by the course is tried in another process first;
    ``line`` is for :func:`hwr._support.trial.require_runs`.

    Raises
    ------
    ValueError
        If one of the two files is missing or damaged, or they do not belong together.
    """
    remedy = "get the recogniser's files again, or save the network anew"
    try:
        card = parsed(path)
        check(card, REQUIRED_OF_FILES)
        file = path.with_name(card["file"])
        require_size(file, MAX_NETWORK_BYTES, remedy)
        weights = file.read_bytes()
    except FileNotFoundError as error:
        raise ValueError(
            f"The recogniser's file {Path(error.filename).name} is missing: save a network you "
            "trained, make one with 'python -m hwr train', or get the course's files again."
        ) from None
    except OSError as error:
        raise ValueError(
            f"The recogniser's file {path.name} cannot be opened ({error.strerror or error}): "
            "check its rights."
        ) from None
    if hashlib.sha256(weights).hexdigest() != card["sha256"]:
        raise ValueError(
            f"{file.name} is not the file that its card describes: "
            "get both files again, or save the network anew."
        )
    if file.resolve().parent != ARTEFACTS.resolve():
        trial.require_runs(weights, file.name, line)
    return card, weights


def parsed(path: Path) -> dict[str, Any]:
    """Return the content of a card, not yet checked; raise a ValueError if it is none."""
    try:
        require_size(path, MAX_CARD_BYTES, "give a card")
        card = json.loads(path.read_text(encoding="utf-8-sig"))
    except (ValueError, RecursionError):
        card = None
    if not isinstance(card, dict) or "file" not in card:
        raise ValueError(
            f"{path.name} is not a recogniser's card: give the .json file that was written when "
            "the network was saved."
        )
    return card


def frequencies(card: Mapping[str, Any], name: str, classes: int) -> NDArray[np.float32]:
    """Return a checked card's frequencies; raise a ValueError unless there is one a class."""
    values = card[name]
    if len(values) != classes:
        raise ValueError(
            f"The card's {name} must be {classes} numbers above 0, one for each class, and are "
            f"{len(values)} values: save the network anew."
        )
    return np.array(values, np.float32)


def log_priors(
    card: Mapping[str, Any], classes: int, outputs: int
) -> dict[str, NDArray[np.float32]]:
    """Return what is added to logits for the natural and for uniform frequencies, shape (outputs,).

    Outputs beyond the card's classes are as frequent as these are on average.
    """
    extra = np.full(outputs - classes, 1 / classes, np.float32)
    natural = "natural_frequencies" if card.get("natural_frequencies") else "class_frequencies"
    learned, expected = (
        np.log(np.append(frequencies(card, name, classes), extra))
        for name in ("class_frequencies", natural)
    )
    return {"natural": expected - learned, "uniform": -learned}
