"""A learner may go back in every lesson: a name means one thing, and the tool sees what breaks."""

import nbformat
import pytest
from nbclient import NotebookClient
from nbformat.v4 import new_code_cell, new_notebook

from tools import going_back, solutions

LESSONS = solutions.lessons()
UPRIGHT = (
    "from hwr import check\n\n\ndef upright(rows):\n    return ...\n\n\ncheck.upright(upright)"
)


def lesson(*sources):
    return new_notebook(cells=[new_code_cell(source) for source in sources])


@pytest.mark.parametrize("path", LESSONS, ids=[path.stem[:2] for path in LESSONS])
def test_a_name_means_one_thing_in_a_lesson(path):
    assert going_back.rebound(solutions.read(path)) == []


@pytest.mark.parametrize(
    ("cells", "name"),
    [
        (["k = 1", "def show(step): return k + step", "k = 'text'"], "k"),  # a slider's callback
        (["k = 1\ntimes = lambda x: k * x", "for k in 'ab': pass"], "k"),
        (["k = 1", "print([k * n for n in range(3)])", "k = 'text'"], "k"),
        (["k = 1", "k = k + 1", "print(k)"], "k"),
        (["def f():\n    def g():\n        return k\n    return g", "k = 1", "k = 2"], "k"),
        (["import numpy as k", "import math as k", "k.sqrt(2)"], "k"),
        ([UPRIGHT, "upright, over = 0.9, 0.8"], "upright"),  # nobody reads it, but the check
    ],
)
def test_a_name_with_two_meanings_is_found(cells, name):
    [sentence] = going_back.rebound(lesson(*cells))
    assert sentence.startswith(f"{name} is bound in cells [")


@pytest.mark.parametrize(
    "cells",
    [
        ["for k in 'ab': print(k)", "k = 3\nprint(k)"],  # each cell uses its own
        ["from hwr import plots", "from hwr import plots\nplots.show", "plots.show"],
        ["k = 1", "[k for k in range(3)]", "def f(k): return k", "print(k)"],
        [UPRIGHT, "upright([])"],
    ],
)
def test_names_that_one_cell_keeps_to_itself_are_free(cells):
    assert going_back.rebound(lesson(*cells)) == []


def run(*cells):
    """Return the errors of the cells of a lesson's notebook there and back."""
    notebook = going_back.there_and_back(lesson(*cells))
    nbformat.validate(notebook)
    NotebookClient(notebook, timeout=60, allow_errors=True).execute()
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    return [output.evalue for output in outputs if output.output_type == "error"]


IMPORT = "from ipywidgets import Button, interact\nfrom hwr import interactive"
SLIDER = (
    "def show(step): return k / step\n\ninteract(show, step=interactive.Slider('step', 1, 1, 8));"
)


def test_a_sound_lesson_goes_there_and_back():
    assert run("k = 1", IMPORT, SLIDER, UPRIGHT, "assert len('claim')") == []


def test_what_no_page_shows_is_not_moved():
    hidden = "box = VBox([button], layout={'display': 'none'})"
    cell = f"button = Button()\nbutton.on_click(lambda _: 1 / 0)\n{hidden}\nbox"
    assert run(IMPORT, "from ipywidgets import VBox", cell) == []


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        (["k = 1", IMPORT, SLIDER, "del k"], "name 'k' is not defined"),
        (["k = 1", IMPORT, SLIDER.replace("1, 1", "1, 0")], "division"),
        ([IMPORT, "button = Button()\nbutton.on_click(lambda _: 1 / 0)\nbutton"], "division"),
        (["length = len('abc')", "len = 3"], "not callable"),
    ],
)
def test_what_breaks_on_the_way_is_an_error(cells, said):
    assert any(said in error for error in run(*cells))


def test_exercises_are_solved_between_the_two_times_and_claims_hold_the_second_time():
    steps = going_back.there_and_back(lesson(UPRIGHT, "assert 1 > 2")).cells
    assert [("return ..." in step.source) for step in steps if "def upright" in step.source] == [
        *(True, False, False)
    ]
    assert run("assert 1 > 2, 'once'") == ["once"]


def test_each_lesson_is_written_to_a_folder_of_its_own(tmp_path, monkeypatch):
    monkeypatch.setattr(going_back.checks, "GOING_BACK", tmp_path)
    assert [path.parent.name for path in going_back.write()] == [path.stem for path in LESSONS]
    for path in going_back.write(["02", "03"]):
        nbformat.validate(solutions.read(path))
