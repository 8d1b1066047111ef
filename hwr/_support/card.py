"""A recogniser's card, a JSON file, read with the weights that it describes, and checked."""

import hashlib
import json
from collections.abc import Mapping
from math import inf
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray


def read(path: Path) -> tuple[dict[str, Any], bytes]:
    """Return a card, and the content of the LiteRT file that it names.

    Raises
    ------
    ValueError
        If one of the two files is missing or damaged, or they do not belong together.
    """
    try:
        card = json.loads(path.read_text(encoding="utf-8"))
        file = path.with_name(card["file"])
        weights = file.read_bytes()
    except FileNotFoundError as error:
        raise ValueError(
            f"The recogniser's file {Path(error.filename).name} is missing: save a network you "
            "trained, make one with 'python -m hwr train', or get the course's files again."
        ) from None
    except (json.JSONDecodeError, UnicodeDecodeError, KeyError, TypeError, IsADirectoryError):
        raise ValueError(
            f"{path.name} is not a recogniser's card: give the .json file that was written when "
            "the network was saved."
        ) from None
    if hashlib.sha256(weights).hexdigest() != card.get("sha256"):
        raise ValueError(
            f"{file.name} is not the file that its card describes: "
            "get both files again, or save the network anew."
        )
    return card, weights


def number(card: Mapping[str, Any], name: str, limits: tuple[float, float]) -> float:
    """Return one of a card's numbers; raise a ValueError if it is missing or out of its limits."""
    value, (low, high) = card.get(name), limits
    if not isinstance(value, int | float) or not low <= value <= high:
        raise ValueError(
            f"The card's {name} is {value!r}, not a number from {low:g} to {high:g}: "
            "save the network anew."
        )
    return float(value)


def frequencies(card: Mapping[str, Any], name: str, classes: int) -> NDArray[np.float32]:
    """Return a card's frequencies; raise a ValueError unless each class has a positive one."""
    values = card.get(name)
    if (
        not isinstance(values, list)
        or len(values) != classes
        or not all(isinstance(value, int | float) and 0 < value < inf for value in values)
    ):
        found = f"{len(values)} values" if isinstance(values, list) else repr(values)
        raise ValueError(
            f"The card's {name} must be {classes} numbers above 0, one for each class, and are "
            f"{found}: save the network anew."
        )
    return np.array(values, np.float32)


def log_priors(
    card: Mapping[str, Any], classes: int, outputs: int
) -> dict[str, NDArray[np.float32]]:
    """Return what is added to logits for the natural and for uniform frequencies, shape (outputs,).

    Outputs beyond the card's classes are as frequent as these are on average.
    """
    extra = np.full(outputs - classes, 1 / classes, np.float32)
    natural = "natural_frequencies" if "natural_frequencies" in card else "class_frequencies"
    learned, expected = (
        np.log(np.append(frequencies(card, name, classes), extra))
        for name in ("class_frequencies", natural)
    )
    return {"natural": expected - learned, "uniform": -learned}


def texts(card: Mapping[str, Any], name: str) -> list[str] | None:
    """Return one of a card's lists of texts, or None if it has none of this name."""
    values = card.get(name)
    if values is not None and not (
        isinstance(values, list) and all(isinstance(value, str) for value in values)
    ):
        raise ValueError(f"The card's {name} are no list of texts: save the network anew.")
    return values
