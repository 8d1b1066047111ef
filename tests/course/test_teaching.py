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


@pytest.mark.parametrize("page", sorted(DOCS.glob("*.md")), ids=lambda page: page.stem)
def test_every_link_of_a_page_has_a_target(page):
    for target in re.findall(r"\]\((?!https)([^)#]+)\)", page.read_text(encoding="utf-8")):
        assert (DOCS / target).exists(), target


def test_the_page_has_every_lesson_under_its_title():
    for path in LESSONS[1:]:
        title = solutions.read(path).cells[0].source.split("\n")[0].removeprefix("# ")
        heading = f"### {path.stem[:2]} "
        assert heading in PAGE
        assert title.split()[0].lower() in PAGE.split(heading)[1].split("\n")[0].lower()


def length(path):
    """Return the minutes in a lesson's first cell: to read, to do and to run."""
    header = solutions.read(path).cells[0].source
    [line] = re.findall(r"^\| Time \| (.*) \|$", header, re.M)
    return sum(int(number) for number in re.findall(r"(\d+) min to (?:read|do|run)", line))


@pytest.mark.parametrize("path", LESSONS, ids=[path.stem[:2] for path in LESSONS])
def test_a_lesson_takes_an_hour_at_most_and_is_as_long_as_both_tables_say(path):
    assert length(path) <= 60
    readme = (DOCS.parent / "README.md").read_text(encoding="utf-8")
    map_of_the_course = "\n".join(cell.source for cell in solutions.read(LESSONS[0]).cells)
    for table in (readme, map_of_the_course):
        [minutes_said] = re.findall(rf"^\| (?:\[|\*\*){path.stem[:2]} .*\| (\d+) \|$", table, re.M)
        assert abs(int(minutes_said) - length(path)) <= 3
