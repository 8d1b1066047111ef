"""Check the glossary against the lessons: ``python -m tools.glossary``.

A term must stand in the lesson that the glossary says explains it, and in none before it in the
order of the course, be it in prose or in code, unless the glossary says why.
"""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from tools import solutions

GLOSSARY = Path(__file__).resolve().parent.parent / "docs" / "glossary.md"
OPTIONAL = {"10": "04"}  # a lesson that may be skipped, by the one that it follows
SPACE = r"[\\s-]+"
ROW = re.compile(r"^\| ([^|]+?) \| ([^|]+?) \| \[(\d\d)\]\(([^)]+)\) \| ?([^|]*?) ?\|$", re.M)


class Term(NamedTuple):
    """A row of the glossary.

    `allowed` maps an earlier lesson that names the term to the reason why it may.
    """

    name: str
    meaning: str
    lesson: str
    link: str
    allowed: dict[str, str]


def read(text: str) -> list[Term]:
    """Return the terms of a glossary in Markdown."""
    return [
        Term(name, meaning, lesson, link, _allowed(why))
        for name, meaning, lesson, link, why in ROW.findall(text)
    ]


def _allowed(cell: str) -> dict[str, str]:
    reasons = (part.partition(": ") for part in cell.split("; ") if part)
    return {number: why for numbers, _, why in reasons for number in numbers.split(", ")}


def texts(folder: Path = solutions.LESSONS) -> dict[str, str]:
    """Return the prose and code of each lesson by its number, in the order of the course."""
    found = {
        path.stem[:2]: plain("\n\n".join(cell.source for cell in solutions.read(path).cells))
        for path in solutions.lessons(folder)
    }
    return {number: found[number] for number in in_order(list(found))}


def in_order(numbers: Sequence[str]) -> list[str]:
    """Return the lessons' numbers in the order of the course."""
    return sorted(numbers, key=lambda number: (OPTIONAL.get(number, number), number))


def plain(text: str) -> str:
    """Return Markdown or code as words: no emphasis, no targets of links, names as words."""
    return re.sub(r"[*`]", "", re.sub(r"\]\([^)]*\)", "]", text)).replace("_", " ")


def faults(terms: Sequence[Term], lessons: Mapping[str, str]) -> list[str]:
    """Return a sentence for each term that is not where the glossary says, or before it."""
    found = []
    for term in terms:
        word = re.compile(rf"\b{re.sub('[ -]', SPACE, term.name)}(s|es)?\b", re.I)
        before = list(lessons)[: list(lessons).index(term.lesson)]
        named = {number for number in before if word.search(lessons[number])}
        if not word.search(lessons[term.lesson]):
            found.append(f"{term.name} is not in {term.lesson}, which is said to explain it.")
        for number in sorted(named - term.allowed.keys()):
            found.append(f"{term.name} is in {number}, but {term.lesson} explains it.")
        for number in sorted(term.allowed.keys() - named):
            found.append(f"{term.name} is excused in {number}, but is not there.")
    return found


def main() -> None:
    """Print what is wrong."""
    print(*faults(read(GLOSSARY.read_text("utf-8")), texts()), sep="\n")


if __name__ == "__main__":
    main()
