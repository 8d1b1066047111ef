"""Every exercise of the lessons has its solution, in a notebook whose checks all say "Right"."""

import re
from itertools import pairwise

import pytest

from hwr import check
from hwr.check._exercise import Exercise
from hwr.check._question import Question
from tools import solutions

LESSONS = [path for path in solutions.lessons() if path.name[:2] != "00"]


@pytest.fixture(params=LESSONS, ids=[path.stem[:2] for path in LESSONS])
def path(request):
    return request.param


def tasks(notebook, kind):
    found = (solutions.task(cell) for cell in notebook.cells)
    return [one for one in found if isinstance(one, kind)]


def words(output):
    return output["data"]["text/plain"]


def test_every_lesson_has_two_to_five_exercises_and_its_solutions(path):
    lesson = solutions.read(path)
    exercises = tasks(lesson, Exercise)
    assert 2 <= len(exercises) <= 5
    stored = solutions.read(solutions.SOLUTIONS / path.name)
    made = solutions.solutions(lesson, path.stem)
    assert [c.source for c in stored.cells] == [c.source for c in made.cells]
    assert max(len(c.source.splitlines()) for c in made.cells if c.cell_type == "code") <= 15


def test_every_exercise_and_question_is_used_in_a_lesson():
    everything = [solutions.read(path) for path in LESSONS]
    for kind in (Exercise, Question):
        used = {one.name for notebook in everything for one in tasks(notebook, kind)}
        assert used == {n for n in check.__all__ if isinstance(getattr(check, n), kind)}


def test_a_stored_exercise_is_described_and_not_attempted(path):
    for before, cell in pairwise(solutions.read(path).cells):
        if isinstance(solutions.task(cell), Exercise):
            assert re.search(r"^### Exercise: ", before.source, re.M), cell.source
            assert "exercise" in cell.metadata.tags
            assert "nbval-check-output" in cell.metadata.tags
            assert words(cell.outputs[-1]).startswith("Not attempted: ")


def test_the_notebook_of_solutions_says_right_every_time(path):
    notebook = solutions.read(solutions.SOLUTIONS / path.name)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert [cell.execution_count for cell in code] == list(range(1, len(code) + 1))
    checked = [cell for cell in code[1:] if cell.source not in solutions.PICTURES.values()]
    assert len(checked) == len(code) - 2
    for cell in checked:
        assert words(cell.outputs[-1]).startswith("Right: ")
        assert "nbval-check-output" in cell.metadata.tags
    assert notebook.cells[0].source.startswith("# Solutions: ")


def test_a_solved_lesson_expects_praise_and_is_otherwise_unchanged(path):
    lesson = solutions.read(path)
    solved = solutions.solved(lesson)
    for open_, cell in zip(lesson.cells, solved.cells, strict=True):
        if isinstance(solutions.task(open_), Exercise):
            assert not re.search(r"(return|=|:) \.\.\.", cell.source)
            assert words(cell.outputs[-1]).startswith("Right: ")
        else:
            assert cell == open_


def test_one_solution_of_each_lesson_is_shown_at_work(path):
    notebook = solutions.read(solutions.SOLUTIONS / path.name)
    [shown] = [cell for cell in notebook.cells if cell.source in solutions.PICTURES.values()]
    [figure] = [o for o in shown.outputs if "image/png" in o.get("data", {})]
    assert len(figure["metadata"]["image/png"]["alt"].split()) >= 5
    assert notebook.cells.index(shown) > 1
