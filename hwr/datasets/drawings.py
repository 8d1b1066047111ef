"""Files of labelled drawings, with one JSON object per line.

A line reads ``{"label": "g", "writer": "me", "strokes": [[[x, y], ...], ...]}``. Strokes, unlike
pictures, are small and exact, and can be drawn again with any pen.
"""

import codecs
import json
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO, Any

import numpy as np

from hwr._support import bounds
from hwr._support.atomic_write import write_bytes
from hwr._support.texts import one_line
from hwr.alphabets import (
    BYCLASS,
    CHARACTERS,
    Alphabet,
    from_classes,
    get_alphabet,
    is_character,
)
from hwr.dataset import Dataset
from hwr.ink import Ink, convert

_SPLIT = "give the drawings in several files"


@dataclass(frozen=True, eq=False)
class Drawing:
    """A drawing with its label and its writer.

    Attributes
    ----------
    label : str
        One character: one of the 62, or an own one such as ``'÷'`` (``'ä'`` is one, too).
    writer : str
        All drawings by one writer belong in the same part of a split.
    ink : Ink

    Raises
    ------
    ValueError
        If the label is not one character, the writer's name is too long, or nothing was drawn.
    """

    label: str
    writer: str
    ink: Ink

    def __post_init__(self) -> None:
        composed = unicodedata.normalize("NFC", self.label[: bounds.MAX_NAME])
        if len(self.label) > bounds.MAX_NAME or not is_character(composed):
            raise ValueError(
                f"The label {one_line(self.label)!r} is not one character: give one such as 7, g "
                "or ÷."
            )
        object.__setattr__(self, "label", composed)
        if len(self.writer) > bounds.MAX_NAME:
            raise ValueError(
                f"The writer's name has {len(self.writer):,} characters: give at most "
                f"{bounds.MAX_NAME}."
            )
        if self.ink.empty:
            raise ValueError("There is nothing to save: draw a character first.")


def save_drawing(path: str | Path, drawing: Drawing) -> int:
    """Append a drawing to a file and return the number of drawings that it then holds.

    The file is created if need be. If writing fails, it stays as it was.
    """
    path = Path(path)
    before = path.read_bytes() if path.exists() else b""
    if before and not before.endswith(b"\n"):
        before += b"\n"
    ink = Ink([stroke.round(1) for stroke in drawing.ink.strokes], drawing.ink.pen)
    after = before + _line(replace(drawing, ink=ink))
    write_bytes(path, after)
    return sum(1 for content in after.split(b"\n") if content.strip())


def save_drawings(path: str | Path, drawings: Sequence[Drawing]) -> None:
    """Write a file of drawings with all their decimals; it replaces one of the same name."""
    write_bytes(Path(path), b"".join(map(_line, drawings)))


def _line(drawing: Drawing) -> bytes:
    strokes = [stroke.tolist() for stroke in drawing.ink.strokes]
    line = {"label": drawing.label, "writer": drawing.writer, "strokes": strokes}
    return json.dumps(line).encode() + b"\n"


def load_drawings(path: str | Path) -> list[Drawing]:
    """Return the drawings of a file, in the order in which they were saved.

    Raises
    ------
    ValueError
        If the file is missing or too large, or one of its lines is not a labelled drawing.
    """
    path = Path(path)
    found: list[Drawing] = []
    strokes = 0
    try:
        bounds.require_size(path, bounds.MAX_DRAWINGS_BYTES, _SPLIT)
        with path.open("rb") as file:
            for line, where in _lines(file, path.name):
                found.append(_parse(line, where))
                strokes += len(found[-1].ink.strokes)
                if strokes > bounds.MAX_STROKES:
                    raise ValueError(
                        f"{path.name} has more than {bounds.MAX_STROKES:,} strokes: {_SPLIT}."
                    )
    except FileNotFoundError:
        raise ValueError(
            f"There is no file {path.name}: save a drawing on the pad first, or check the name."
        ) from None
    except UnicodeDecodeError:
        raise ValueError(f"{path.name} is not text: give a file that the pad saved.") from None
    except OSError as error:
        raise ValueError(
            f"{path.name} cannot be opened ({error.strerror or error}): check its name and rights."
        ) from None
    return found


def _lines(file: IO[bytes], name: str) -> Iterator[tuple[str, str]]:
    """Yield the lines that are not empty, each with what to call it; none of them is too long."""
    file.seek(len(codecs.BOM_UTF8) if file.read(3) == codecs.BOM_UTF8 else 0)  # Windows adds it
    for number in range(1, bounds.MAX_DRAWINGS + 1):
        where, line = f"Line {number} of {name}", file.readline(bounds.MAX_LINE_BYTES + 1)
        if len(line) > bounds.MAX_LINE_BYTES:
            raise ValueError(
                f"{where} is longer than {bounds.MAX_LINE_BYTES:,} bytes, more than a drawing "
                "needs: correct or delete that line."
            )
        if not line:
            return
        if text := line.decode("utf-8").strip():
            yield text, where
    if file.read(1):
        raise ValueError(f"{name} has more than {bounds.MAX_DRAWINGS:,} lines: {_SPLIT}.")


def from_drawings(*paths: str | Path, alphabet: str | int | Alphabet | None = None) -> Dataset:
    """Return the converted drawings of one or more files as a dataset.

    Parameters
    ----------
    *paths : str or Path
    alphabet : str, int or Alphabet, optional
        Whose classes the labels are; drawings of other characters are left out. By default the 62
        characters, or, if others were drawn too, all that were drawn.

    Raises
    ------
    ValueError
        As for :func:`load_drawings`, or if the files hold no drawings of the alphabet.
    """
    drawings = [drawing for path in paths for drawing in load_drawings(path)]
    drawn = "".join(sorted({drawing.label for drawing in drawings}))
    own = BYCLASS if set(drawn) <= set(CHARACTERS) else from_classes(drawn)
    chosen = own if alphabet is None else get_alphabet(alphabet)
    inside = [drawing for drawing in drawings if chosen.index(drawing.label) >= 0]
    if not inside:
        raise ValueError(
            f"These files hold no drawings of the alphabet {chosen.name!r}: save some from the pad "
            "first."
        )
    images = np.stack([convert(drawing.ink) for drawing in inside])
    labels = np.array([chosen.index(drawing.label) for drawing in inside], np.int64)
    return Dataset("drawings", images, labels, chosen, "pen strokes")


def _parse(line: str, where: str) -> Drawing:
    try:
        fields: Any = json.loads(line)
        label, strokes = fields["label"], fields["strokes"]
        writer = fields.get("writer", "")
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise ValueError(
            f'{where} is not a labelled drawing: it needs "label" and "strokes", as the pad '
            "writes them; correct or delete that line."
        ) from None
    try:
        return Drawing(str(label), str(writer), Ink(strokes))
    except TypeError:
        raise ValueError(
            f"{where} cannot be used: its strokes are no list of lists of points; correct or "
            "delete that line."
        ) from None
    except ValueError as error:
        raise ValueError(f"{where} cannot be used: {error}") from None
