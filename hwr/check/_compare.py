"""Results of a learner's function, and how they differ from the expected ones."""

import copy
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

OWN_FOLDER = str(Path(__file__).parent)
NOTHING = "The function returns nothing: end it with 'return' and the result."
NOT_EXPECTED = "that is not the expected value."


@dataclass(frozen=True)
class Raised:
    """The outcome of a call that raised an exception."""

    words: str
    kind: str


def same(first: Any, second: Any) -> bool:
    """Return whether two results are the same: in shape, and in value up to rounding."""
    if isinstance(first, Raised) or isinstance(second, Raised):
        return type(first) is type(second) and first.kind == second.kind
    if _is_parts(second):
        alike = isinstance(first, tuple | list) and len(first) == len(second)
        return alike and all(map(same, first, second))
    one, other = _array(first), _array(second)
    return one.shape == other.shape and not _differing(one, other).any()


def _differing(one: NDArray[Any], other: NDArray[Any]) -> NDArray[np.bool_]:
    """Return which cells of two arrays of one shape differ; numbers may differ by rounding."""
    texts = [array.dtype.kind in "USO" for array in (one, other)]
    if texts[0] != texts[1]:
        return np.ones(one.shape, bool)
    if texts[0]:
        return np.asarray(one != other, bool)
    return ~np.isclose(one, other, rtol=1e-4, atol=1e-6, equal_nan=True)


def _is_parts(result: Any) -> bool:
    """Return whether a result is a tuple of arrays, which may differ in shape."""
    return isinstance(result, tuple) and any(isinstance(part, np.ndarray) for part in result)


def outcome(answer: Callable[..., Any], case: tuple[Any, ...]) -> Any:
    """Return a function's result for a case, or the exception that it raised."""
    try:
        # Copies: a function that changes its arguments must not spoil the next call. An overflow is
        # told by the verdict, not by a warning of NumPy's.
        with np.errstate(all="ignore"):
            return answer(*copy.deepcopy(case))
    except Exception as error:
        return Raised(explain(error), type(error).__name__)


def difference(got: Any, wanted: Any, tell: bool = True) -> str:
    """Return a sentence about what differs; with ``tell``, it gives the expected value away."""
    if got is None or isinstance(got, Raised):
        return got.words if got else NOTHING
    if _is_parts(wanted):
        if not isinstance(got, tuple | list) or len(got) != len(wanted):
            return f"The function should return {len(wanted)} results."
        part = next(i for i, one in enumerate(got) if not same(one, wanted[i]))
        which = f"Result {part + 1} of {len(wanted)}: "
        return which + difference(got[part], wanted[part], tell)
    one, other = _array(got), _array(wanted)
    if one.shape != other.shape:
        return f"The result has shape {one.shape}; the expected shape is {other.shape}."
    if one.size > 1 and object not in (one.dtype, other.dtype):
        return _cell(one, other, tell)
    return f"You got {_short(got)}; " + (f"expected {_short(wanted)}." if tell else NOT_EXPECTED)


def _cell(got: NDArray[Any], wanted: NDArray[Any], tell: bool) -> str:
    """Return a sentence about the first cell that differs."""
    differing = np.argwhere(_differing(got, wanted))
    place = tuple(differing[0].tolist())
    names = {1: "element {}", 2: "row {}, column {}"}
    where = names.get(got.ndim, f"index {list(place)}").format(*place)
    told = f"expected {_short(wanted[place])}." if tell else NOT_EXPECTED
    return (
        f"At {where} (counted from 0) you got {_short(got[place])}; {told} "
        f"{len(differing)} of {got.size} values differ."
    )


def beginning(case: tuple[Any, ...]) -> str:
    """Return a case's arguments as the beginning of a sentence, if they are short enough."""
    arguments = [_short(argument) for argument in case]
    small = all(len(argument) <= 60 for argument in arguments)
    return f"For {', '.join(arguments)}: " if small else ""


def _array(result: Any) -> NDArray[Any]:
    try:
        return np.asarray(result)
    except ValueError:
        return np.empty(len(result), object)  # parts of different shapes


def _short(thing: Any) -> str:
    if isinstance(thing, np.generic):
        thing = thing.item()
    if isinstance(thing, np.ndarray):
        thing = thing.round(3).tolist() if thing.dtype.kind == "f" else thing.tolist()
    text = f"{thing:.4g}" if isinstance(thing, float) else str(thing)
    return text if len(text) <= 160 else text[:150] + " …"


def explain(error: Exception) -> str:
    """Return a sentence: which line of the learner's cell raised what."""
    lines = [
        frame.lineno
        for frame in traceback.extract_tb(error.__traceback__)
        if not frame.filename.startswith(OWN_FOLDER) and "site-packages" not in frame.filename
    ]
    where = f"Line {lines[0]} of your cell raises" if lines else "It raises"
    return f"{where} {type(error).__name__}: {error}"
