"""The teacher's page and the course agree about exercises and minutes."""

import re
from pathlib import Path

import pytest

from hwr import check
from tools import minutes, solutions

DOCS = Path(__file__).parents[2] / "docs"
PAGE = (DOCS / "teaching.md").read_text(encoding="utf-8")
LESSONS = solutions.lessons()


def test_the_page_lists_every_exercise():
    assert set(re.findall(r"^\| `check\.(\w+)` \|", PAGE, re.M)) == set(check.__all__)


@pytest.mark.parametrize("path", LESSONS, ids=[path.stem[:2] for path in LESSONS])
def test_the_minutes_follow_the_estimate(path):
    found = minutes.minutes(path)
    [row] = re.findall(rf"^\| {path.stem[:2]} .*? \| (\d+) \| (\d+) \| (\d+) \|", PAGE, re.M)
    exercises, read, do = map(int, row)
    assert exercises == found.exercises
    assert abs(read - found.read) <= 2
    assert do >= found.do - 2
    header = solutions.read(path).cells[0].source
    assert f"| Time | {read} min to read, {do} min to do" in header


def test_every_link_of_the_page_has_a_target():
    for target in re.findall(r"\]\((?!https)([^)#]+)\)", PAGE):
        assert (DOCS / target).exists(), target


def test_the_page_has_every_lesson_under_its_title():
    for path in LESSONS[1:]:
        title = solutions.read(path).cells[0].source.split("\n")[0].removeprefix("# ")
        heading = f"### {path.stem[:2]} "
        assert heading in PAGE
        assert title.split()[0].lower() in PAGE.split(heading)[1].split("\n")[0].lower()
