"""Arguments that are checked before hours of work begin; each refusal is one sentence."""

from difflib import get_close_matches
from math import isfinite
from numbers import Integral, Real
from typing import Any

import numpy as np


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
    """Raise a ValueError unless this is a Dataset with at least one image and fitting labels.

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
    images, labels = np.asarray(dataset.images), np.asarray(dataset.labels)
    classes = len(dataset.alphabet)
    if not len(images):
        raise ValueError(f"There are no {what}: at least one is needed.")
    if images.dtype.kind == "f" and np.isnan(images).any():
        raise ValueError(
            f"The {what} hold NaN (not a number): give grey levels as uint8 from 0 to 255."
        )
    if images.dtype != np.uint8 or images.shape[1:] != (28, 28):
        raise ValueError(
            f"The {what} must be uint8 of shape (n, 28, 28), paper 0 and ink 255, not "
            f"{images.dtype} of shape {images.shape}."
        )
    if labels.shape != (len(images),) or labels.dtype.kind not in "iu":
        raise ValueError(
            f"The {what} need one whole number each as a label: there are {len(images)} images, "
            f"and labels of type {labels.dtype} and shape {labels.shape}."
        )
    wrong = labels[(labels < 0) | (labels >= classes)]
    if len(wrong):
        raise ValueError(
            f"The {what} have a label {wrong[0]}, but {classes} classes: labels are "
            f"0 to {classes - 1}."
        )
