"""Solve the lessons' exercises, in a notebook of solutions for each and in copies of the lessons.

``python course.py notebooks`` builds and runs ``notebooks/solutions``. :mod:`tools.going_back` runs
copies of the lessons in which every exercise is solved; the expected output of each check is its
praise.
"""

import re
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from hwr import check
from hwr.check._exercise import Exercise
from hwr.check._question import Question

ROOT = Path(__file__).resolve().parent.parent
LESSONS = ROOT / "notebooks"
SOLUTIONS = LESSONS / "solutions"
IMPORTS = "import numpy as np\n\nfrom hwr import check"
# A cell after one solution of each lesson, which shows the solution at work.
PICTURES = {
    "feature_map": """from hwr import plots

image = np.array([[0, 2, 1, 0], [0, 1, 0, 3], [1, 1, 0, 2]])
kernel = np.array([[1, 2], [0, -1]])
tables = {"image": image, "kernel": kernel, "feature map": feature_map}
plots.show(plots.number_arrays(tables))""",
    "upright": """from hwr import datasets, plots

rows = datasets.course().train.images[:10].swapaxes(1, 2).reshape(10, 784)  # as in such a table
both = np.concatenate([rows.reshape(10, 28, 28), upright(rows)])
plots.show(plots.image_grid(both, columns=10))""",
    "shift": """from hwr import datasets, plots

letter = datasets.course().train.images[0]
steps = (0, 3, 6, 9, 12)
plots.show(plots.image_grid([shift(letter, n) for n in steps], [f"{n} px" for n in steps]))""",
    "cross_entropy": """from hwr import plots

right = np.arange(1, 100) / 100  # the probability of the right class, of two
losses = [cross_entropy(np.log([[p, 1 - p]]), np.array([0])) for p in right]
plots.show(plots.line_chart({"cross-entropy": losses}, "probability in per cent", "loss"))""",
    "shuffled": """from hwr import datasets, plots

ten = datasets.course().train.take(np.arange(10))
images, labels = shuffled(ten.images, ten.characters, np.random.default_rng(0))
plots.show(plots.image_grid(images, labels))""",
    "with_temperature": """from hwr import plots

logits = np.array([[4.0, 2.0, 0.0]])
highest = {f"temperature {t}": 100 * with_temperature(logits, t).max() for t in (0.5, 1, 2, 4)}
plots.show(plots.bar_chart(list(highest), list(highest.values()), " %"))""",
    "first_of_each": """from hwr import plots, synthetic

drawings = synthetic.Writer(5).drawings(4, "agq")
teaches = first_of_each(drawings.labels, 2)
titles = ["teaches" if one else "measures" for one in teaches]
plots.show(plots.image_grid(drawings.images, titles, columns=6, inches=1))""",
    "column_scan": """from hwr import plots, synthetic

rng, writer = np.random.default_rng(1), synthetic.Writer(1)
ink = synthetic.compose_word("kind", lambda c: writer.draw(c, rng), 1.75, rng, (0.3, 0.4))
picture = plots.rasterize_word(ink, 1.75)
plots.show(plots.column_scan([(picture, column_scan(picture > 0.5), "kind")]))""",
    "quantised": """from hwr import Recognizer, plots, web

arrays = web.read_network(Recognizer.load().weights).weights.values()
largest = max(arrays, key=lambda array: array.size)
plots.show(plots.quantized_weights(quantised(largest)[0]))""",
    "normalised": """from hwr import Ink, ink, plots, synthetic

drawing = synthetic.draw("g", seed=4)
small = Ink([stroke * 0.1 + 500 for stroke in drawing.strokes])
pictures = [ink.convert(Ink(normalised(one.strokes))) for one in (drawing, small)]
plots.show(plots.image_grid(pictures, ["as drawn", "moved, 1/10"], inches=1.4))""",
}


def lessons(folder: Path = LESSONS) -> list[Path]:
    """Return the notebooks of a folder in order, without a learner's own that hwr.reset kept."""
    return [p for p in sorted(folder.glob("[0-9]*.ipynb")) if ".mine-" not in p.name]


def read(path: Path) -> NotebookNode:
    """Return the notebook in a file."""
    notebook: NotebookNode = nbformat.read(path, as_version=4)
    return notebook


def task(cell: NotebookNode) -> Exercise | Question | None:
    """Return the exercise or question whose check is the last line of a cell, or None."""
    last = cell.source.rstrip().rsplit("\n", 1)[-1] if cell.cell_type == "code" else ""
    name = re.match(r"check\.(\w+)(\(\w+\))?$", last)
    return getattr(check, name[1]) if name else None


def solve(cell: NotebookNode, exercise: Exercise) -> None:
    """Replace the stub by the solution, and the output by the check's praise."""
    lines = cell.source.rstrip().split("\n")
    imports = [line for line in lines if line.startswith(("import ", "from "))]
    cell.source = "\n\n\n".join([*(["\n".join(imports)] if imports else []), exercise.code])
    cell.source += "\n\n\n" + lines[-1]
    praise = exercise.praise
    shown = {"text/html": praise._repr_html_(), "text/plain": repr(praise)}
    cell.outputs = [new_output("execute_result", shown, execution_count=cell.execution_count)]


def solved(lesson: NotebookNode) -> NotebookNode:
    """Return a copy of a lesson in which every exercise is solved."""
    copy = deepcopy(lesson)
    for cell in copy.cells:
        exercise = task(cell)
        if isinstance(exercise, Exercise):
            solve(cell, exercise)
    return copy


def solutions(lesson: NotebookNode, name: str) -> NotebookNode:
    """Return the notebook of a lesson's solutions, not yet run; it may have no cells."""
    found = list(_cells(lesson))
    if not found:
        return NotebookNode(cells=[])
    title = lesson.cells[0].source.split("\n", 1)[0].removeprefix("# ")
    opening = (
        f"# Solutions: {title}\n\nOne way to solve each exercise of [{name}](../{name}.ipynb), the "
        "mistakes that its check knows by name, and the questions with their answers. Look here "
        "after you have tried."
    )
    cells = [new_markdown_cell(opening), new_code_cell(IMPORTS), *found]
    for number, cell in enumerate(cells):
        cell["id"] = f"solution-{number}"
    notebook: NotebookNode = new_notebook(cells=cells)
    return notebook


def _cells(lesson: NotebookNode) -> Iterator[NotebookNode]:
    statement = ""
    for cell in lesson.cells:
        if cell.cell_type == "markdown" and "### Exercise" in cell.source:
            statement = cell.source[cell.source.index("### Exercise") :].replace("###", "##", 1)
        found = task(cell)
        if isinstance(found, Exercise):
            yield from _solution(found, statement)
        elif isinstance(found, Question):
            yield from _answers(found)


def _solution(exercise: Exercise, statement: str) -> Iterator[NotebookNode]:
    yield new_markdown_cell(statement)
    code = f"{exercise.code}\n\n\ncheck.{exercise.name}({exercise.name})"
    code = code.removeprefix("import numpy as np\n\n")
    yield new_code_cell(code, metadata={"tags": ["nbval-check-output"]})
    reasons = "\n".join(f"- {reason}" for reason in exercise.mistakes)
    if exercise.name in PICTURES:
        yield new_code_cell(PICTURES[exercise.name])
    yield new_markdown_cell(f"What goes wrong, and what the check then says:\n\n{reasons}")


def _answers(question: Question) -> Iterator[NotebookNode]:
    options = "\n".join(
        f"- **{letter}) {text}**: {question.answer(letter).words}"
        for letter, text in question.options.items()
    )
    yield new_markdown_cell(f"## Question: {question.asked}\n\n{options}")
    code = f'check.{question.name}.answer("{question.right}")'
    yield new_code_cell(code, metadata={"tags": ["nbval-check-output"]})
