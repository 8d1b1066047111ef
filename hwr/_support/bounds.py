"""Bounds on what comes from others: looked at before anything is unpacked or computed.

Each is well above what the course, its data and its people need. What lies below it takes seconds
and some hundred megabytes at most; what lies above it is refused in one sentence, at once.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

MAX_POINTS = 100_000
"""Points of one drawing, or of one sheet of writing: eight minutes of a pen that reports 200 a
second. A stroke without points counts as one."""
MAX_LINE_BYTES = 5_000_000
"""Length of one line in a file of drawings: so many points with all their decimals."""
MAX_DRAWINGS_BYTES = 100_000_000
"""Size of a file of drawings: UNIPEN's 47,000 characters would have 60 MB."""
MAX_DRAWINGS = 100_000
"""Drawings in one file: 50 people who each draw all 62 characters 30 times."""
MAX_NAME = 100
"""Characters in the name of a person or of a class."""


def limited(strokes: Iterable[NDArray[Any]]) -> Iterator[NDArray[Any]]:
    """Yield the strokes of a drawing; raise a ValueError once they have too many points."""
    points = 0
    for stroke in strokes:
        points += max(len(stroke), 1)
        if points > MAX_POINTS:
            raise ValueError(
                f"This drawing has more than {MAX_POINTS:,} points, more than a page of "
                "handwriting needs: give fewer strokes, or fewer points for each."
            )
        yield stroke


def require_size(file: Path, most: int, remedy: str) -> None:
    """Raise a ValueError if a file has more bytes than ``most``; an OSError if it is missing."""
    size = file.stat().st_size
    if size > most:
        raise ValueError(
            f"{file.name} has {size / 1e6:,.0f} MB, more than the {most / 1e6:,.0f} MB that are "
            f"expected at most: {remedy}."
        )
