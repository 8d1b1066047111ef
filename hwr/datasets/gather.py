"""A test set of a whole class: everybody's drawings merged, and one result for all.

Everybody draws and saves on the own machine; what is passed on, on a stick or by mail, is a small
file of strokes. Here they come together: who is read how well, and which character is misread as
which.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from hwr.alphabets import Alphabet, get_alphabet
from hwr.datasets.drawings import Drawing, load_drawings
from hwr.ink import convert
from hwr.metrics import ClassResult, confusion_matrix, per_class
from hwr.recognizer import Recognizer

NOBODY = ("", "me")
"""Writers that name no person: the pad's default."""


@dataclass(frozen=True)
class PersonResult:
    """How one person's drawings are read.

    Attributes
    ----------
    name : str
    drawings, right, among_three : int
        How many were drawn, read right, and right among the first three candidates.
    """

    name: str
    drawings: int
    right: int
    among_three: int


@dataclass(frozen=True)
class GroupResult:
    """How a class's drawings are read.

    Attributes
    ----------
    people : tuple of Person
        By name.
    characters : tuple of ClassResult
        One for each class of the alphabet that was drawn.
    """

    people: tuple[PersonResult, ...]
    characters: tuple[ClassResult, ...]


def merge_drawings(files: Sequence[str | Path]) -> list[Drawing]:
    """Read many people's files of drawings as one.

    A drawing that is in two files counts once. Where a file names no writer, or only 'me', its own
    name stands for the person: ``anna.jsonl`` is Anna's.

    Raises
    ------
    ValueError
        If a file is missing or damaged, or there is nothing in any.
    """
    merged: dict[bytes, Drawing] = {}
    for file in map(Path, files):
        for drawing in load_drawings(file):
            named = drawing.writer.strip() not in NOBODY
            person = drawing.writer.strip() if named else file.stem
            pixels = b"".join(stroke.tobytes() for stroke in drawing.ink.strokes)
            merged.setdefault(drawing.label.encode() + pixels, replace(drawing, writer=person))
    if not merged:
        raise ValueError("These files hold no drawings: save some from the pad first.")
    return list(merged.values())


def read_drawings(
    drawings: Sequence[Drawing],
    recognizer: Recognizer | None = None,
    alphabet: str | int | Alphabet = "47",
) -> GroupResult:
    """Let a recogniser read a class's drawings.

    Parameters
    ----------
    drawings : sequence of Drawing
        As :func:`merge` gives them. Those whose label lies outside the alphabet are left out.
    recognizer : Recognizer, optional
        The shipped one by default.
    alphabet : str, int or Alphabet
        What may be answered; by default cases that look alike are one class.
    """
    reader, classes = recognizer or Recognizer.load(), get_alphabet(alphabet)
    seen = [drawing for drawing in drawings if drawing.label in "".join(classes.members)]
    if not seen:
        raise ValueError(
            f"None of these drawings shows a character of the alphabet {classes.name}: choose "
            "another one."
        )
    images = np.stack([convert(drawing.ink) for drawing in seen])
    order = np.argsort(-classes.fold(reader.probabilities(images, "uniform")), axis=1)
    labels = np.array([classes.index(drawing.label) for drawing in seen])
    hits = order[:, :3] == labels[:, None]
    right, among = hits[:, 0], hits.any(axis=1)
    writers = np.array([drawing.writer for drawing in seen])
    people = [
        PersonResult(str(name), int(own.sum()), int(right[own].sum()), int(among[own].sum()))
        for name in np.unique(writers)
        for own in [writers == name]
    ]
    matrix = confusion_matrix(labels, order[:, 0], len(classes))
    drawn = [found for found in per_class(matrix, classes.classes) if found.attempts]
    return GroupResult(tuple(people), tuple(drawn))


def format_report(result: GroupResult) -> str:
    """Return a result as text: a line for each person, and one for each character."""
    width = max(len(person.name) for person in result.people)
    lines = [f"{'person':{width}}  drawings  right  among three"]
    lines += [
        f"{person.name:{width}} {person.drawings:9} {person.right / person.drawings:6.0%} "
        f"{person.among_three / person.drawings:12.0%}"
        for person in result.people
    ]
    lines += ["", "character  drawings  right  read as"]
    for found in result.characters:
        others = ", ".join(f"{name} {count}x" for name, count in found.mistaken_for)
        line = f"{found.character:9} {found.attempts:9} {found.accuracy:6.0%}  {others}"
        lines.append(line.rstrip())
    return "\n".join(lines)
