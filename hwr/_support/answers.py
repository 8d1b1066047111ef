"""Labels and a classifier's answers as people bring them: as arrays, or refused in a sentence.

NumPy would accept many that do not match, and turn them into wrong figures.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from hwr._support.arrays import array_of, kind_of, numbers_of


def labels_of(what: str, values: Any, images: int | None, classes: int) -> NDArray[np.int64]:
    """Return labels as int64, shape (n,); raise a ValueError unless all are 0..classes - 1.

    Parameters
    ----------
    what : str
        What they are, for the message, such as ``'labels'``.
    values : array_like of int, or of float without fractions, shape (n,)
    images : int or None
        How many there must be; None for any number but 0.
    classes : int
    """
    array = array_of(what, values)
    with np.errstate(invalid="ignore"):  # of infinite values
        whole = array.dtype.kind in "iu" or (array.dtype.kind == "f" and not (array % 1).any())
    if not whole:
        raise ValueError(
            f"The {what} must be whole numbers, not {kind_of(array, values)}: give each image its "
            "class's place in the alphabet, counted from 0."
        )
    if array.shape != (max(array.size, 1) if images is None else images,):
        wanted = "(n,), with n at least 1," if images is None else f"({images},),"
        raise ValueError(
            f"The {what} must have shape {wanted} not {array.shape}: give one whole number for "
            "each image."
        )
    wrong = array[(array < 0) | (array >= classes)]
    if len(wrong):
        counted = array.min() >= 1 and array.max() == classes
        remedy = (
            "these count from 1, as EMNIST Letters' 1 to 26 do, so subtract 1"
            if counted
            else "give each image its class's place in the alphabet"
        )
        raise ValueError(
            f"The {what} hold label {int(wrong[0])} of {classes} classes: labels are "
            f"0 to {classes - 1}; {remedy}."
        )
    return array.astype(np.int64, copy=False)


def outputs_of(what: str, values: Any) -> NDArray[Any]:
    """Return a classifier's outputs as floats, shape (n, classes), of at least one image.

    Parameters
    ----------
    what : str
        What they are, for the message: ``'probabilities'`` or ``'logits'``.
    """
    array = numbers_of(what, values, "give an array of floats")
    if array.ndim != 2 or not array.size:
        raise ValueError(
            f"The {what} must have shape (n, classes), not {array.shape}: give a row for each "
            "image, not its best class alone, and at least one image."
        )
    if not np.isfinite(array).all():
        raise ValueError(
            f"The {what} hold NaN or infinite values: look for what went wrong in the network."
        )
    return array if array.dtype.kind == "f" else array.astype(np.float32)


def counts_of(what: str, values: Any, classes: int) -> NDArray[Any]:
    """Return a confusion matrix, shape (classes, classes); raise a ValueError for others."""
    array = numbers_of(what, values, "give the counts of metrics.confusion_matrix")
    if array.shape != (classes, classes):
        raise ValueError(
            f"The {what} must have shape ({classes}, {classes}), not {array.shape}: give the "
            "counts of metrics.confusion_matrix and the names of its classes."
        )
    return array
