"""Bounds on what comes from others: looked at before anything is unpacked or computed.

Each is well above what the course, its data and its people need. What lies below it takes seconds
and some hundred megabytes at most; what lies above it is refused in one sentence, at once.
"""

from collections.abc import Iterable, Iterator
from math import prod
from pathlib import Path
from stat import S_ISREG
from typing import Any

from numpy.typing import NDArray

MAX_POINTS = 100_000
"""Points of one drawing, or of one sheet of writing: eight minutes of a pen that reports 200 a
second. A stroke without points counts as one."""
MAX_LINE_BYTES = 5_000_000
"""Length of one line in a file of drawings: so many points with all their decimals."""
MAX_DRAWINGS_BYTES = 80_000_000
"""Size of a file of drawings: UNIPEN's 47,000 characters would have 60 MB."""
MAX_DRAWINGS = 100_000
"""Drawings in one file: 50 people who each draw all 62 characters 30 times."""
MAX_STROKES = 1_000_000
"""Strokes in one file of drawings: ten for each."""
MAX_CARD_BYTES = 1_000_000
"""Size of a recogniser's card; the course's has 7,000 bytes, a long history 50,000."""
MAX_CLASSES = 10_000
"""Classes of a network: more than any script but Chinese has."""
MAX_NETWORK_BYTES = 400_000_000
"""Size of a network's file: 100 million weights; the largest of the course has 3.3 million."""
MAX_STRUCTURE_BYTES, MAX_LAYERS, MAX_PARTS = 1_000_000, 150, 10_000
"""Size of the description in a Keras file, layers in it, and arrays and groups of its weights. A
layer has about 1,000 bytes and 6 parts; Keras calls all layers again for each that it adds."""
MAX_FEATURES = 400_000
"""Numbers that a layer returns for an image: 64 images at once take 100 MB; in the course's
networks it is 50,000 at most."""
MAX_PIXELS = 50_000_000
"""Pixels of a picture: what a good telephone takes; decoded, 150 MB."""
MAX_PICTURE_BYTES = 200_000_000
"""Size of a picture's file: so many pixels in colour, not packed, have 150 MB."""
MAX_PAGE_PIXELS = 12_000_000
"""Pixels of an array in which text is read, which takes 40 bytes for each: a sheet of A4, scanned
with 300 dots per inch, has 8.7 million. Pictures from files are reduced to this size."""
MAX_OPENING_SECONDS = 8
"""Time of the processor that opening a picture's file may take."""
MAX_READING_SECONDS = 8.0
"""Time of the processor that reading a text may take, so that with all around it, nobody waits for
more than 10 seconds."""
MAX_PICTURE_SECONDS = 10.0
"""Time of the processor that opening a picture's file and reading its text may take together."""
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


def require_pixels(what: str, shape: tuple[int, ...], most: int, remedy: str) -> None:
    """Raise a ValueError if a picture of this shape has more than ``most`` pixels."""
    if prod(shape) > most:
        raise ValueError(
            f"The {what} has {' x '.join(f'{side:,}' for side in shape)} pixels, more than "
            f"{most // 10**6} million: {remedy}."
        )


def require_size(file: Path, most: int, remedy: str) -> None:
    """Raise a ValueError if a file has more bytes than ``most``, or is none, such as a folder.

    A pipe is none, either: whoever opens it waits until somebody writes to it. If it is missing,
    an OSError is raised.
    """
    status = file.stat()
    size = status.st_size
    if not S_ISREG(status.st_mode):
        raise ValueError(f"{file.name} is a folder or a device, not a file: {remedy}.")
    if size > most:
        raise ValueError(
            f"{file.name} has {size / 1e6:,.0f} MB, more than the {most / 1e6:,.0f} MB that are "
            f"expected at most: {remedy}."
        )
