"""Estimate how long each lesson takes: ``python -m tools.minutes``.

To read: 200 words a minute, and 15 seconds for each code cell. To do: four minutes for an exercise
and one for a question or a prediction. Both are rules of thumb; teachers know their learners
better. The time that the cells run is measured, and printed by ``course.py notebooks``.
"""

import re
from pathlib import Path
from typing import NamedTuple

from hwr.check._exercise import Exercise
from hwr.check._question import Question
from tools import solutions

WORDS_PER_MINUTE, SECONDS_PER_CELL = 200, 15
MINUTES_PER_EXERCISE, MINUTES_PER_QUESTION = 4, 1


class Minutes(NamedTuple):
    """A lesson's numbers of exercises and questions, and the minutes to read it and to do them."""

    exercises: int
    questions: int
    read: int
    do: int


def minutes(path: Path) -> Minutes:
    """Return the estimate for one lesson."""
    cells = solutions.read(path).cells
    prose = "\n".join(cell.source for cell in cells if cell.cell_type == "markdown")
    code = sum(cell.cell_type == "code" for cell in cells)
    tasks = [solutions.task(cell) for cell in cells]
    exercises = sum(isinstance(one, Exercise) for one in tasks)
    questions = sum(isinstance(one, Question) for one in tasks) + prose.count("**Predict")
    words = len(re.findall(r"\w+", re.sub(r"\]\(.*?\)", "]", prose)))
    read = words / WORDS_PER_MINUTE + code * SECONDS_PER_CELL / 60
    do = exercises * MINUTES_PER_EXERCISE + questions * MINUTES_PER_QUESTION
    return Minutes(exercises, questions, round(read), do)


def main() -> None:
    """Print a line for each lesson."""
    print(f"{'lesson':28} exercises  questions  read  do")
    for path in solutions.lessons():
        found = minutes(path)
        counts = f"{found.exercises:9} {found.questions:10}"
        print(f"{path.stem:28} {counts} {found.read:5} {found.do:3}")


if __name__ == "__main__":
    main()
