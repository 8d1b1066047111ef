"""UNIPEN as arrays in a ``.npz`` file: smaller and quicker to read than its own files.

``label``, ``provider``, ``writer`` and ``strokes`` (their number) have one entry for each drawing,
``points`` (their number) one for each stroke, of all drawings one after another. ``deltas`` holds
all points, each as the difference to the point before it in the same drawing: x right, y down.
"""

import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hwr._support import zips
from hwr.datasets.archive import DAMAGED, DataError

_TEXTS, _COUNTS = ("label", "provider", "writer"), ("strokes", "points")
_NAMES = (*_TEXTS, *_COUNTS, "deltas")
MAX_BYTES = 300_000_000
"""Size of all arrays above which they are refused; those of UNIPEN's words have 47 MB."""
Arrays = Mapping[str, NDArray[Any]]


def has_names(file: Path) -> bool:
    """Return whether a file is a .npz with these arrays; they are not opened."""
    try:
        with zipfile.ZipFile(file) as archive:
            return {f"{name}.npy" for name in _NAMES} <= set(archive.namelist())
    except (*DAMAGED, OSError):
        return False


def read(file: Path) -> Iterator[tuple[tuple[str, str, str], list[NDArray[np.float64]]]]:
    """Yield each drawing's label, provider and writer, and its strokes, each of shape (k, 2).

    Raises
    ------
    DataError
        If this is another file, or it is damaged.
    """
    arrays = _load(file)
    stroke, point = (_ends(arrays[name]) for name in _COUNTS)
    for i, (label, provider, writer) in enumerate(zip(*map(arrays.get, _TEXTS), strict=True)):
        first, end = stroke[i], stroke[i + 1]
        places = np.cumsum(arrays["deltas"][point[first] : point[end]], axis=0, dtype=np.float64)
        strokes = np.split(places, point[first + 1 : end] - point[first])
        yield (str(label), str(provider), str(writer)), strokes


def _load(file: Path) -> Arrays:
    if not has_names(file):
        raise DataError(
            f"{file.name} is not UNIPEN as a .npz file with the arrays {', '.join(_NAMES)}, or it "
            "was cut off: copy it again."
        )
    try:
        zips.require_sizes(file, MAX_BYTES)
        with np.load(file) as stored:
            arrays = {name: stored[name] for name in _NAMES}
    except zips.UnfitError as error:
        raise DataError(f"An array in {file.name} {error}.") from None
    except Exception:  # a damaged array can raise nearly anything
        raise DataError(f"{file.name} is damaged: copy it again.") from None
    if not _fit(arrays):
        raise DataError(
            f"The arrays in {file.name} do not fit together as UNIPEN's do: copy it again."
        )
    return arrays


def _fit(arrays: Arrays) -> bool:
    """Return whether all have the types and lengths that the others say."""
    kinds = [arrays[name].dtype.kind for name in _NAMES]
    sides = [arrays[name].ndim for name in _NAMES]
    if kinds[:3] != ["U"] * 3 or not set(kinds[3:]) <= set("iu") or sides != [1, 1, 1, 1, 1, 2]:
        return False
    strokes, points, deltas = (arrays[name] for name in (*_COUNTS, "deltas"))
    if deltas.shape[1] != 2 or min(strokes.min(initial=1), points.min(initial=1)) < 1:
        return False
    lengths = {len(arrays[name]) for name in (*_TEXTS, "strokes")}
    ends = _ends(strokes)[-1], _ends(points)[-1]
    return len(lengths) == 1 and ends == (len(points), len(deltas))


def _ends(counts: NDArray[Any]) -> NDArray[np.int64]:
    return np.concatenate([[0], np.cumsum(counts, dtype=np.int64)])
