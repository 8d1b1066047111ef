"""The drawings of a whole group of learners, merged and read.

Each learner draws and saves on their own machine and hands on a small file of strokes, on a stick
or by mail. The result says how well each person is read and which characters are mistaken for
which.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from hwr._support.texts import one_line
from hwr.alphabets import BYMERGE, Alphabet, get_alphabet
from hwr.datasets.drawings import Drawing, load_drawings
from hwr.ink import convert
from hwr.metrics import ClassResult, confusion_matrix, per_class
from hwr.recognizer import Recognizer

ANONYMOUS = ("", "me")
"""Writers' names that do not name a person; the pad's default is one."""


@dataclass(frozen=True)
class PersonResult:
    """How one person's drawings are read.

    Attributes
    ----------
    name : str
    drawings, right, among_three : int
        Number of drawings, of those read right, and of those with the right character among the
        first three candidates.
    """

    name: str
    drawings: int
    right: int
    among_three: int


@dataclass(frozen=True)
class GroupResult:
    """How a group's drawings are read.

    Attributes
    ----------
    people : tuple of PersonResult
        Sorted by name.
    characters : tuple of ClassResult
        One for each class of the alphabet that was drawn.
    """

    people: tuple[PersonResult, ...]
    characters: tuple[ClassResult, ...]


def merge_drawings(files: Sequence[str | Path]) -> list[Drawing]:
    """Return the drawings of many people's files, each drawing once.

    If a drawing names no writer, or ``'me'``, its file names the person: ``anna.jsonl`` is Anna's.

    Raises
    ------
    ValueError
        If a file is missing or damaged, or if the files hold no drawings.
    """
    merged: dict[bytes, Drawing] = {}
    for file in map(Path, files):
        for drawing in load_drawings(file):
            named = drawing.writer.strip() not in ANONYMOUS
            person = drawing.writer.strip() if named else file.stem
            pixels = b"".join(stroke.tobytes() for stroke in drawing.ink.strokes)
            merged.setdefault(drawing.label.encode() + pixels, replace(drawing, writer=person))
    if not merged:
        raise ValueError("These files hold no drawings: save some from the pad first.")
    return list(merged.values())


def read_drawings(
    drawings: Sequence[Drawing],
    recognizer: Recognizer | None = None,
    alphabet: str | int | Alphabet | None = None,
) -> GroupResult:
    """Read a group's drawings and return the result.

    Parameters
    ----------
    drawings : sequence of Drawing
        As :func:`merge_drawings` returns them; those with a label outside the alphabet are ignored.
    recognizer : Recognizer, optional
        By default the course's own.
    alphabet : str, int or Alphabet, optional
        Possible answers; by default, capitals and small letters that look alike are one class. A
        recogniser that does not know them all answers in its own alphabet.

    Raises
    ------
    ValueError
        If no drawing shows a character of the alphabet, or the recogniser cannot answer in it.
    """
    recognizer = recognizer or Recognizer.load()
    own = recognizer.alphabet if recognizer.alphabet.obstacle(BYMERGE) else BYMERGE
    target = own if alphabet is None else get_alphabet(alphabet)
    inside = [drawing for drawing in drawings if drawing.label in "".join(target.members)]
    if not inside:
        raise ValueError(
            f"None of these drawings shows a character of the alphabet {target.name}: choose "
            "another one."
        )
    images = np.stack([convert(drawing.ink) for drawing in inside])
    answers = target.fold(recognizer.probabilities(images, "uniform"), recognizer.alphabet)
    order = np.argsort(-answers, axis=1)
    labels = np.array([target.index(drawing.label) for drawing in inside])
    hits = order[:, :3] == labels[:, None]
    right, among_three = hits[:, 0], hits.any(axis=1)
    writers = np.array([drawing.writer for drawing in inside])
    people = [
        PersonResult(str(name), int(own.sum()), int(right[own].sum()), int(among_three[own].sum()))
        for name in np.unique(writers)
        for own in [writers == name]
    ]
    matrix = confusion_matrix(labels, order[:, 0], len(target))
    drawn = [result for result in per_class(matrix, target.classes) if result.attempts]
    return GroupResult(tuple(people), tuple(drawn))


def format_report(result: GroupResult) -> str:
    """Return a result as text, with one line for each person and one for each character."""
    names = [one_line(person.name) for person in result.people]
    width = max(map(len, names))
    lines = [f"{'person':{width}}  drawings  right  among three"]
    lines += [
        f"{name:{width}} {person.drawings:9} {person.right / person.drawings:6.0%} "
        f"{person.among_three / person.drawings:12.0%}"
        for name, person in zip(names, result.people, strict=True)
    ]
    lines += ["", "character  drawings  right  read as"]
    for row in result.characters:
        others = ", ".join(f"{name} {count}x" for name, count in row.mistaken_for)
        line = f"{row.character:9} {row.attempts:9} {row.accuracy:6.0%}  {others}"
        lines.append(line.rstrip())
    return "\n".join(lines)
