"""How long each lesson takes: ``python -m tools.minutes``.

Read: 200 words a minute, and 15 seconds for each cell of code. Do: four minutes for an exercise and
one for a question or a prediction. These two are a rule, not a measurement; teachers will know
their learners better. How long the cells run is measured, and printed by ``course.py notebooks``.
"""

import re
from pathlib import Path
from typing import NamedTuple

from hwr.check._exercise import Exercise
from hwr.check._question import Question
from tools import solutions

WORDS_A_MINUTE, SECONDS_A_CELL = 200, 15
MINUTES_AN_EXERCISE, MINUTES_A_QUESTION = 4, 1


class Minutes(NamedTuple):
    """What a lesson takes: its exercises and questions, and minutes to read and to do."""

    exercises: int
    questions: int
    read: int
    do: int


def minutes(path: Path) -> Minutes:
    """Estimate a lesson's minutes."""
    cells = solutions.read(path).cells
    prose = "\n".join(cell.source for cell in cells if cell.cell_type == "markdown")
    code = sum(cell.cell_type == "code" for cell in cells)
    asked = [solutions.called(cell) for cell in cells]
    exercises = sum(isinstance(one, Exercise) for one in asked)
    questions = sum(isinstance(one, Question) for one in asked) + prose.count("**Predict")
    words = len(re.findall(r"\w+", re.sub(r"\]\(.*?\)", "]", prose)))
    read = words / WORDS_A_MINUTE + code * SECONDS_A_CELL / 60
    do = exercises * MINUTES_AN_EXERCISE + questions * MINUTES_A_QUESTION
    return Minutes(exercises, questions, round(read), do)


def main() -> None:
    """Print a line for each lesson."""
    print(f"{'lesson':28} exercises  questions  read  do")
    for path in sorted(solutions.LESSONS.glob("[0-9]*.ipynb")):
        if ".mine-" not in path.name:
            found = minutes(path)
            print(
                f"{path.stem:28} {found.exercises:9} {found.questions:10} {found.read:5} "
                f"{found.do:3}"
            )


if __name__ == "__main__":
    main()
