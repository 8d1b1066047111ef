"""UNIPEN's own files: text that lists a pen's points, and says which are a character or a word.

A statement begins with a dot and a keyword at the beginning of a line and goes on until the next.
``.PEN_DOWN`` and ``.PEN_UP`` list points, in the order that ``.COORD`` gives. Those that list any
are the components, counted from 0 in a file and all that it includes. ``.SEGMENT CHARACTER 3-4,6
OK "k"`` says that the components 3, 4 and 6 are a k; ``8:34-10`` begins at point 34 of component 8.

Sources: Guyon (1994), "UNIPEN 1.0 format definition" (``unipen.def``); for how components are
counted, train_r01_v07 itself and its reader uplib (International Unipen Foundation, uptools3).
"""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from hwr.datasets.archive import DataError
from hwr.ink import Ink

Points = NDArray[np.float64]

_STATEMENT = re.compile(r"^(?=\.[A-Z])", re.MULTILINE)
_SEGMENT = re.compile(r'\S+\s+(\S+)\s+(?:\S+\s+)?"((?:[^"\\]|\\.)*)"', re.DOTALL)
_RANGE = re.compile(r"(\d+)(?::(\d+))?(?:-(\d+)(?::(\d+))?)?")
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_DENSITY = re.compile(r"\.([XY])_POINTS_PER_(INCH|MM)")
_MOST_FILES = 200
"""Files that one may include; UNIPEN's include a few. Files that include each other could be read
without end."""
_PER_INCH = {"INCH": 1.0, "MM": 25.4}


class Segment(NamedTuple):
    """A labelled part of a file.

    Attributes
    ----------
    label : str
    writer : str
        As the file names him or her; '' if it does not.
    ink : Ink
        In the tablet's units along x; not empty.
    """

    label: str
    writer: str
    ink: Ink


class _Component(NamedTuple):
    """What a pen did between two changes; its points are not yet parsed."""

    numbers: str
    is_down: bool
    writer: str
    order: tuple[str, ...]
    aspect: float

    def points(self) -> Points:
        """Return its points, shape (k, 2), y down; a ValueError says that it lists none."""
        table = np.array(self.numbers.split(), np.float64).reshape(-1, len(self.order))
        x, y = (table[:, self.order.index(axis)] for axis in "XY")
        return np.stack([x, -y * self.aspect], axis=1)


def read_segments(file: Path, folders: Sequence[Path], level: str) -> tuple[list[Segment], int]:
    """Return a file's segments of a level.

    Parameters
    ----------
    file : Path
    folders : sequence of Path
        Where the files lie that this one includes.
    level : str
        ``'CHARACTER'`` or ``'WORD'``.

    Returns
    -------
    segments : list of Segment
    unreadable : int
        The number of others: without a label, or whose points are not in the files.

    Raises
    ------
    DataError
        If a file cannot be opened, or includes too many others.
    """
    document = _Document(folders)
    document.read(file)
    segments, unreadable = [], 0
    for statement in document.segments:
        if statement.split(None, 1)[:1] != [level]:
            continue
        try:
            segments.append(document.segment(statement))
        except (ValueError, IndexError):
            unreadable += 1
    return segments, unreadable


def _text_of(file: Path) -> str:
    try:
        return file.read_text("latin-1")
    except OSError as error:
        raise DataError(
            f"{file} cannot be opened ({error.strerror or error}): check its rights."
        ) from None


class _Document:
    """A file with those that it includes: its components and its segments, in their order."""

    def __init__(self, folders: Sequence[Path]) -> None:
        self.components: list[_Component] = []
        self.segments: list[str] = []
        self._folders = folders
        self._reading: list[Path] = []
        self._files = 0
        self._writer = ""
        self._order: tuple[str, ...] = ("X", "Y")
        self._per_inch: dict[str, float] = {}

    def read(self, file: Path) -> None:
        self._reading.append(file)
        self._files += 1
        if self._files > _MOST_FILES:
            raise DataError(
                f"{self._reading[0]} includes more than {_MOST_FILES} files, as none of UNIPEN's "
                "does: copy it again."
            )
        for statement in _STATEMENT.split(_text_of(file)):
            keyword, rest = (*statement.split(None, 1), "", "")[:2]
            if keyword in (".PEN_DOWN", ".PEN_UP"):
                self._add(rest, keyword == ".PEN_DOWN")
            elif keyword == ".SEGMENT":
                self.segments.append(rest)
            elif keyword == ".INCLUDE":
                self._include(rest.partition("\n")[0].strip())
            elif keyword == ".WRITER_ID":
                self._writer = rest.partition("\n")[0].strip()
            elif keyword == ".COORD":
                self._order = tuple(rest.upper().split())
            elif found := _DENSITY.fullmatch(keyword):
                self._scale(found[1], rest, _PER_INCH[found[2]])
        self._reading.pop()

    def _add(self, numbers: str, is_down: bool) -> None:
        if numbers:
            x, y = (self._per_inch.get(axis) for axis in "XY")
            aspect = x / y if x and y else 1.0
            self.components.append(_Component(numbers, is_down, self._writer, self._order, aspect))

    def _include(self, name: str) -> None:
        """Read a file in the place of its name; the segments of one that is not there are lost."""
        places = (folder / name for folder in self._folders)
        place = next((place for place in places if place.is_file()), None)
        if place and place not in self._reading:
            self.read(place)

    def _scale(self, axis: str, number: str, unit: float) -> None:
        try:
            density = float(number) * unit
        except ValueError:
            return
        if 0 < density < np.inf:
            self._per_inch[axis] = density

    def segment(self, statement: str) -> Segment:
        """Return a segment; a ValueError or an IndexError says that it cannot be read."""
        found = _SEGMENT.match(statement)
        if not found:
            raise ValueError("no label")
        parts = [part for each in found[1].split(",") for part in self._parts(each)]
        ink = Ink([points for component, points in parts if component.is_down])
        if ink.empty:
            raise ValueError("no stroke")
        return Segment(_ESCAPED.sub(r"\1", found[2]), parts[0][0].writer, ink)

    def _parts(self, text: str) -> Iterator[tuple[_Component, Points]]:
        """Yield the components of a range such as ``4:3-5:12``, and those of their points."""
        found = _RANGE.fullmatch(text)
        if not found:
            raise ValueError("no range")
        first, last = int(found[1]), int(found[3] or found[1])
        start, stop = int(found[2] or 0), int(found[4]) + 1 if found[4] else None
        for number in range(first, last + 1):
            component = self.components[number]
            points = component.points()[: stop if number == last else None]
            yield component, points[start if number == first else 0 :]
