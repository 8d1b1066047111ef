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
    if one.shape != other.shape or (one.dtype.kind in "USO") != (other.dtype.kind in "USO"):
        return False
    if one.dtype.kind in "USO":
        return bool(np.array_equal(one, other))
    return bool(np.allclose(one, other, rtol=1e-4, atol=1e-6, equal_nan=True))


def _is_parts(result: Any) -> bool:
    """Return whether a result is a tuple of arrays, which may differ in shape."""
    return isinstance(result, tuple) and any(isinstance(part, np.ndarray) for part in result)


def outcome(answer: Callable[..., Any], case: tuple[Any, ...]) -> Any:
    """Return a function's result for a case, or the exception that it raised."""
    try:
        # Copies: a function that changes its arguments must not spoil the next call.
        return answer(*copy.deepcopy(case))
    except Exception as error:
        return Raised(explain(error), type(error).__name__)


def difference(got: Any, wanted: Any, tell: bool = True) -> str:
    """Return a sentence about what differs; with ``tell``, it gives the expected value away."""
    if got is None:
        return "The function returns nothing: end it with 'return' and the result."
    if isinstance(got, Raised):
        return got.words
    if _is_parts(wanted):
        if not isinstance(got, tuple | list) or len(got) != len(wanted):
            return f"The function should return {len(wanted)} results."
        part = next(i for i, one in enumerate(got) if not same(one, wanted[i]))
        which = f"Result {part + 1} of {len(wanted)}: "
        return which + difference(got[part], wanted[part], tell)
    if _array(got).shape != (expected := _array(wanted).shape):
        return f"The result has shape {_array(got).shape}; the expected shape is {expected}."
    both = f"You got {_short(got)}; expected {_short(wanted)}."
    return both if tell else "That is not the expected value: go through it step by step."


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
