"""Run notebooks from top to bottom and store them with their outputs.

``python course.py notebooks 03 04`` runs those two; without a name it runs all. A notebook is
stored only if no cell failed or printed a warning. Whatever would differ in the next run or on
another machine is removed or refused: times, the state of widgets, local paths. The notebook of
solutions that belongs to a lesson is rebuilt with it.
"""

import json
import re
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError
from nbformat import NotebookNode

from hwr._support.paths import named_emnist
from tools import solutions
from tools.files import replacing
from tools.processes import exit_with

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "notebooks"
CELL_TIMEOUT = 600  # seconds
WIDGET = "application/vnd.jupyter.widget-view+json"  # shows nothing without a kernel
KERNELSPEC = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}


class RefusedError(Exception):
    """A notebook is not stored; the message says why in one sentence."""


def find(names: Sequence[str]) -> list[Path]:
    """Return the notebooks whose file names begin with one of `names`, or all if it is empty.

    Raises a RefusedError if no notebook has one of the names.
    """
    every = solutions.lessons(FOLDER)
    for name in names:
        if not any(path.name.startswith(Path(name).name) for path in every):
            raise RefusedError(
                f"There is no notebook {name}: choose from {', '.join(p.stem for p in every)}."
            )
    starts = tuple(Path(name).name for name in names) or ("",)
    return [path for path in every if path.name.startswith(starts)]


def execute(notebook: NotebookNode) -> None:
    """Run all cells in a fresh kernel; raise a RefusedError if one fails or takes too long."""
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    place = {"metadata": {"path": str(FOLDER)}}
    client = NotebookClient(
        notebook, timeout=CELL_TIMEOUT, kernel_name="python3", resources=place, record_timing=False
    )
    try:
        client.execute()
    except CellExecutionError as error:
        raise RefusedError(f"a cell failed:\n{error}") from None
    except TimeoutError:
        raise RefusedError(f"a cell took more than {CELL_TIMEOUT} s.") from None


def tidy(notebook: NotebookNode) -> None:
    """Remove what would differ in the next run although nothing was changed."""
    notebook.metadata = {"kernelspec": KERNELSPEC, "language_info": {"name": "python"}}
    for cell in notebook.cells:
        for name in ("execution", "collapsed", "scrolled"):
            cell.metadata.pop(name, None)
        if "outputs" in cell:
            cell.outputs = [output for output in cell.outputs if not _is_empty(output)]
        for output in cell.get("outputs", []):
            data = output.get("data", {})
            if WIDGET in data and len(data) > 1:
                del data[WIDGET]


def _is_empty(output: NotebookNode) -> bool:
    """Return whether nothing is left of an output, as of a bar that showed progress."""
    data = output.get("data", {})
    if "text/html" not in data or set(data) > {"text/html", "text/plain"}:
        return False
    if 'class="hwr-last"' in data["text/html"]:  # of a pad that sleeps
        return True
    return re.fullmatch(r"(<pre[^>]*></pre>)?\s*", data["text/html"]) is not None


def faults(notebook: NotebookNode, private: Sequence[str]) -> Iterator[str]:
    """Yield the reasons not to store a notebook; `private` are folders that it must not show."""
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            cell_name = f"cell [{cell.execution_count}]"
            if output.output_type == "error":
                yield f"{cell_name} raised {output.ename}."
            if output.get("name") == "stderr":
                yield f"{cell_name} wrote to stderr: {output.text.strip()[:200]}"
            texts = {k: v for k, v in output.get("data", {}).items() if not k.startswith("image/")}
            shown = output.get("text", "") + json.dumps(texts, ensure_ascii=False)
            for folder in private:
                if folder in shown:
                    yield f"{cell_name} shows {folder}, a folder of this machine."


def refresh(path: Path) -> None:
    """Run and store one lesson and the notebook of its solutions.

    Raises a RefusedError if it cannot be stored; the file then stays as it was.
    """
    notebook = solutions.read(path)
    run(notebook, path)
    solved = solutions.solutions(notebook, path.stem)
    if solved.cells:
        run(solved, solutions.SOLUTIONS / path.name)


def run(notebook: NotebookNode, path: Path) -> None:
    """Run a notebook and store it in `path`; see :func:`refresh`."""
    execute(notebook)
    tidy(notebook)
    named = named_emnist()
    private = [str(ROOT), str(Path.home()), *([str(named.parent)] if named else [])]
    found = list(faults(notebook, private))
    if found:
        raise RefusedError("\n  ".join(found))
    with replacing(path) as temporary:
        text = nbformat.writes(notebook).rstrip() + "\n"
        temporary.write_text(text, "utf-8", newline="\n")


def main(names: Sequence[str]) -> int:
    """Run and store the notebooks; return 1 if one was refused, else 0."""
    from hwr.datasets import archive  # not needed for --help and tests

    if archive.first_archive() is None:
        print(
            "Notebooks are stored with real EMNIST, which was not found on this machine: set "
            "HWR_EMNIST to its archive, or run 'python -m hwr fetch' to download it.",
            file=sys.stderr,
        )
        return 1
    try:
        paths = find(names)
    except RefusedError as error:
        print(error, file=sys.stderr)
        return 1
    status = 0
    for path in paths:
        started = time.perf_counter()
        try:
            refresh(path)
            print(f"{path.name}: stored after {time.perf_counter() - started:.0f} s", flush=True)
        except RefusedError as error:
            status = 1
            print(f"{path.name}: NOT stored, {error}", file=sys.stderr, flush=True)
    return status


if __name__ == "__main__":
    exit_with(main)
