"""Arguments that are checked before hours of work begin; each refusal is one sentence."""

from difflib import get_close_matches
from math import isfinite
from numbers import Integral, Real
from typing import Any


def require_whole(name: str, value: Any) -> None:
    """Raise a ValueError unless a value is a whole number of at least 1."""
    if isinstance(value, bool) or not isinstance(value, Integral) or value < 1:
        raise ValueError(f"{name} must be a whole number of at least 1, not {value!r}.")


def require_positive(name: str, value: Any) -> None:
    """Raise a ValueError unless a value is a number above 0."""
    is_number = isinstance(value, Real) and not isinstance(value, bool)
    if not is_number or not isfinite(value) or value <= 0:
        raise ValueError(f"{name} must be a number above 0, not {value!r}.")


def refuse_unknown(function: str, given: dict[str, Any], known: list[str]) -> None:
    """Raise a TypeError for the first keyword that a function does not have."""
    for name in given:
        close = get_close_matches(name, known, 1)
        advice = f"did you mean {close[0]}?" if close else f"choose from {', '.join(known)}."
        raise TypeError(f"{function} has no argument {name}: {advice}")


def require_dataset(what: str, dataset: Any, kind: type[Any]) -> None:
    """Raise a ValueError unless this is a Dataset, which checks itself, with at least one image.

    Parameters
    ----------
    what : str
        Such as ``'training images'``.
    kind : type
        :class:`hwr.dataset.Dataset`.
    """
    if not isinstance(dataset, kind):
        raise ValueError(
            f"The {what} must be a Dataset (images with labels and an alphabet), not "
            f"{type(dataset).__name__}: take one of hwr.datasets, or make one with "
            "hwr.Dataset(name, images, labels, alphabet, source)."
        )
    if not len(dataset):
        raise ValueError(f"There are no {what}: at least one is needed.")


def require_known_characters(train: Any, validation: Any) -> None:
    """Raise a ValueError unless all characters of the training images can be validated."""
    shown = {train.alphabet.members[label] for label in set(train.labels.tolist())}
    alphabet = validation.alphabet
    unknown = set("".join(shown)) - set("".join(alphabet.members))
    if unknown:
        raise ValueError(
            f"The training images have the alphabet {train.alphabet.name!r}, the validation images "
            f"{alphabet.name!r}, which lacks {''.join(sorted(unknown))}: leave such images out."
        )
