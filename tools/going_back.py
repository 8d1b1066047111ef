"""Check that a learner may go back in a lesson: ``python -m tools.going_back 04`` runs one.

People solve an exercise late, run all cells again, and move a slider when they have seen the rest.
So a name means one thing in a notebook: :func:`rebound` finds those that do not, without running
anything. :func:`there_and_back` makes the notebook that the checks run, in one kernel and without
EMNIST: all cells of a lesson, with less training; its exercises, solved; all cells again, whose
outputs are compared; last, every widget
moves through its values. Without a number, the notebooks of all lessons are written but not run.
"""

import ast
import dis
import sys
from collections.abc import Iterator, Sequence
from copy import deepcopy
from pathlib import Path
from types import CodeType
from typing import NamedTuple

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_notebook

from hwr.check._exercise import Exercise
from tools import checks, solutions
from tools.processes import exit_with

# The kernel takes tools, and hwr, from this checkout.
START = f"""import sys

sys.path.insert(0, {str(checks.ROOT)!r})
from tools import moving as _moving

_moving.begin()"""
COMPREHENSIONS = ("<listcomp>", "<setcomp>", "<dictcomp>", "<genexpr>")


class Names(NamedTuple):
    """The names of a cell's code.

    Attributes
    ----------
    bound : dict of str to str
        Those that it binds, each with the import that does it, or "a value".
    read : set of str
        Those that it, or a function of it, reads and may not have bound before.
    """

    bound: dict[str, str]
    read: set[str]


def names(source: str) -> Names:
    """Return the names of a cell's code."""
    code = compile(source, "cell", "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
    found = Names({}, set())
    imported = ""
    for step in dis.get_instructions(code):
        if step.opname == "STORE_NAME":
            found.bound[step.argval] = imported or "a value"
        elif step.opname == "LOAD_NAME":
            found.read.update({step.argval} - found.bound.keys())
        elif step.opname == "LOAD_CONST" and isinstance(step.argval, CodeType):
            read = set(_globals(step.argval))
            at_once = step.argval.co_name in COMPREHENSIONS  # and not when somebody calls it
            found.read.update(read - found.bound.keys() if at_once else read)
        imported = f"import {step.argval}" if step.opname.startswith("IMPORT_") else ""
    return found


def _globals(code: CodeType) -> Iterator[str]:
    for step in dis.get_instructions(code):
        if step.opname == "LOAD_GLOBAL":
            yield step.argval
        elif step.opname == "LOAD_CONST" and isinstance(step.argval, CodeType):
            yield from _globals(step.argval)


def rebound(lesson: NotebookNode) -> list[str]:
    """Return a sentence for each name that is more than one thing in a notebook.

    A name that one cell binds for others, or for its own functions, must be bound in one cell only;
    so must the name of an exercise. What a cell only uses itself, after binding it, is free.
    """
    code = [cell for cell in lesson.cells if cell.cell_type == "code"]
    cells = [names(cell.source) for cell in code]
    exercises = [isinstance(solutions.task(cell), Exercise) for cell in code]
    sentences = []
    for name in sorted({name for cell in cells for name in cell.bound}):
        where = [number for number, cell in enumerate(cells, 1) if name in cell.bound]
        what = {cells[number - 1].bound[name] for number in where}
        readers = [number for number, cell in enumerate(cells, 1) if name in cell.read]
        exercise = any(exercises[number - 1] for number in where)
        same = len(what) == 1 and "a value" not in what
        if len(where) > 1 and not same and (readers or exercise):
            reason = f"cells {readers} read it" if readers else "one is an exercise"
            sentences.append(f"{name} is bound in cells {where}, and {reason}: rename one.")
    return sentences


def there_and_back(lesson: NotebookNode) -> NotebookNode:
    """Return the notebook that goes through a lesson, solves it, and goes through it again."""
    solved = solutions.solved(lesson)
    tasks = [cell for cell in solved.cells if isinstance(solutions.task(cell), Exercise)]
    cells = [
        new_code_cell(START),
        *map(_uncompared, _code(lesson.cells)),
        *_code(tasks),
        new_code_cell("_moving.again()"),
        *_code(solved.cells),
        new_code_cell("await _moving.move_all()"),
    ]
    for number, cell in enumerate(cells):
        cell["id"] = f"step-{number}"
    made: NotebookNode = new_notebook(cells=cells, metadata=lesson.metadata)
    return made


def _code(cells: Sequence[NotebookNode]) -> list[NotebookNode]:
    return [deepcopy(cell) for cell in cells if cell.cell_type == "code"]


def _uncompared(cell: NotebookNode) -> NotebookNode:
    """Return a cell whose output is not compared: what the first time shows is soon shown again."""
    cell.metadata.pop("tags", None)
    return cell


def write(names: Sequence[str] = ()) -> list[Path]:
    """Write the notebooks of the lessons that begin with one of `names`, each to its own folder.

    None but the notebook's own files lie there: a lesson must not need what another has saved.
    """
    written = []
    for lesson in solutions.lessons():
        if lesson.name.startswith(tuple(names) or ""):
            path = checks.GOING_BACK / lesson.stem / lesson.name
            path.parent.mkdir(parents=True, exist_ok=True)
            nbformat.write(there_and_back(solutions.read(lesson)), path)
            written.append(path)
    return written


def main(names: Sequence[str]) -> int:
    """Write the notebooks; if lessons are named, say what is rebound in them and run them."""
    status = 0
    for path in write(names):
        found = rebound(solutions.read(solutions.LESSONS / path.name)) if names else []
        print(*(f"{path.stem}: {sentence}" for sentence in found), sep="\n")
        if names:
            count = checks.run_check(_check(path))
            status |= bool(found) or count.failed
    return status


def _check(path: Path) -> checks.Check:
    command = (sys.executable, "-m", "pytest", *checks.NBVAL, str(path))
    return checks.Check("notebooks", "going back", command, environment=checks.NO_DATA)


if __name__ == "__main__":
    exit_with(main)
