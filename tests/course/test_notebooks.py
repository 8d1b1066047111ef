"""Every notebook has the course's anatomy: header, short cells, recap, alt text, no accidents."""

import itertools
import json
import re
import statistics
from pathlib import Path

import pytest

from hwr.datasets import fallback

FOLDER = Path(__file__).parents[2] / "notebooks"
LESSONS = (
    "00_start_here 01_convolution_and_pooling 02_exploring_emnist 03_augmentation 04_training "
    "05_error_analysis 06_reading_words 07_teach_it_your_hand 08_into_the_browser "
    "09_draw_and_predict"
)
OPTIONAL = {"10_how_far_can_it_go": "04_training"}
"""Lessons that the course can do without, and after which one each of them belongs."""
COURSE = LESSONS.split()
EVERY = [*COURSE, *OPTIONAL]


class Notebook:
    """A notebook file, its cells and their outputs."""

    def __init__(self, name: str) -> None:
        self.path = FOLDER / f"{name}.ipynb"
        self.cells = json.loads(self.path.read_text(encoding="utf-8"))["cells"]
        self.prose = ["".join(c["source"]) for c in self.cells if c["cell_type"] == "markdown"]
        self.code = [c for c in self.cells if c["cell_type"] == "code"]
        self.sources = ["".join(cell["source"]) for cell in self.code]
        self.outputs = [output for cell in self.code for output in cell["outputs"]]

    def headings(self) -> list[tuple[int, str]]:
        text = re.sub(r"```.*?```", "", "\n".join(self.prose), flags=re.S)
        return [(len(m[1]), m[2]) for m in re.finditer(r"^(#+) (.+)$", text, flags=re.M)]

    def section(self, heading: str) -> str:
        text = "\n\n".join(self.prose)
        assert f"## {heading}" in text, f"there is no section '{heading}'"
        return re.split(r"^## ", text.split(f"## {heading}", 1)[1], maxsplit=1, flags=re.M)[0]


@pytest.fixture(params=EVERY)
def notebook(request) -> Notebook:
    return Notebook(request.param)


def bullets(text: str) -> list[str]:
    return re.findall(r"^(?:[-*]|\d+\.) (.+)$", text, flags=re.M)


def test_the_course_is_complete():
    names = sorted(path.stem for path in FOLDER.glob("*.ipynb"))
    assert [name for name in names if ".mine-" not in name] == EVERY  # those are a learner's own


def test_it_is_stored_as_it_ran_from_top_to_bottom_with_real_emnist(notebook):
    counts = [cell["execution_count"] for cell in notebook.code]
    assert counts == list(range(1, len(counts) + 1))
    for output in notebook.outputs:
        assert output["output_type"] != "error"
        assert output.get("name") != "stderr"
        assert "WARNING:" not in "".join(output.get("text", ""))
    assert notebook.path.stat().st_size < 1_000_000
    assert fallback.FallbackNotice.title not in json.dumps(notebook.outputs)
    assert any("image/png" in output.get("data", {}) for output in notebook.outputs)


def test_it_opens_with_a_promise_which_its_recap_mirrors(notebook):
    opening = notebook.prose[0]
    assert notebook.cells[0]["cell_type"] == "markdown"
    title, promise = [line for line in opening.splitlines() if line.strip()][:2]
    assert title.startswith("# ")
    assert promise.endswith(".")
    assert re.search(r"\d+ min", opening)
    objectives = bullets(opening.split("be able to", 1)[1])
    assert 3 <= len(objectives) <= 5
    assert len(bullets(notebook.section("What you can do now"))) == len(objectives)


def test_its_headings_are_in_order_and_it_closes_with_recap_questions_and_next_step(notebook):
    levels, headings = zip(*notebook.headings(), strict=True)
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in itertools.pairwise(levels))
    assert headings[-3:] == ("What you can do now", "Check yourself", "Next")
    questions = notebook.section("Check yourself")
    assert questions.count("<details>") == questions.count("</details>") == 3
    assert questions.count("<summary>") == 3


@pytest.mark.parametrize("name", COURSE)
def test_it_is_linked_to_its_neighbours(name):
    notebook = Notebook(name)
    place = COURSE.index(name)
    neighbours = COURSE[max(place - 1, 0) : place] + COURSE[place + 1 : place + 2]
    for neighbour in neighbours:
        assert f"({neighbour}.ipynb)" in notebook.prose[0] + notebook.section("Next")


@pytest.mark.parametrize(("optional", "before"), OPTIONAL.items())
def test_an_optional_lesson_says_so_and_is_linked_to_the_one_before(optional, before):
    lesson = Notebook(optional)
    assert lesson.headings()[0][1].endswith("(optional)")
    assert f"({before}.ipynb)" in lesson.prose[0]
    assert f"({optional}.ipynb)" in Notebook(before).prose[0]
    assert f"({optional}.ipynb)" in Notebook(before).section("Next")


def test_every_relative_link_leads_somewhere(notebook):
    for target in re.findall(r"\]\(([^)#]+)", "\n".join(notebook.prose)):
        if not target.startswith("https://"):
            assert (FOLDER / target).exists(), target


def test_its_cells_are_short(notebook):
    lengths = [len(source.splitlines()) for source in notebook.sources]
    assert max(lengths) <= 15
    assert statistics.median(lengths) <= 5


def test_every_figure_says_what_it_shows(notebook):
    for output in notebook.outputs:
        data = output.get("data", {})
        if "image/png" in data:
            alt = output["metadata"].get("image/png", {}).get("alt", "")
            assert len(alt.split()) >= 5, "a figure without alt text"
        for tag in re.findall(r"<img [^>]*>", "".join(data.get("text/html", ""))):
            assert re.search(r'alt="[^"]{10,}"', tag)


def test_it_compares_what_must_hold(notebook):
    compared = [
        cell for cell in notebook.code if "nbval-check-output" in cell["metadata"].get("tags", [])
    ]
    assert len(compared) >= 3
    assert all(cell["outputs"] for cell in compared)


def test_it_prints_numbers_rather_than_true_and_false(notebook):
    printed = [
        line
        for output in notebook.outputs
        for text in (output.get("text", ""), output.get("data", {}).get("text/plain", ""))
        for line in "".join(text).splitlines()
        if re.search(r"\b(True|False)\b", line)
    ]
    assert printed == []


def test_it_names_no_address_and_no_machine(notebook):
    for source in notebook.sources:
        assert "://" not in source
        assert "raise NotImplementedError" not in source
    for text in (*notebook.sources, json.dumps(notebook.outputs)):
        assert not re.search(r"/(home|root|work|tmp|Users)/", text)
