"""What the teacher's page says of the exercises and the minutes is what the course has."""

import re
from pathlib import Path

import pytest

from hwr import check
from tools import minutes, solutions

PAGE = (Path(__file__).parents[1] / "docs" / "teaching.md").read_text(encoding="utf-8")
LESSONS = [
    path for path in sorted(solutions.LESSONS.glob("[0-9]*.ipynb")) if ".mine-" not in path.name
]


def test_every_exercise_says_what_it_hunts():
    assert set(re.findall(r"^\| `check\.(\w+)` \|", PAGE, re.M)) == set(check.__all__)


@pytest.mark.parametrize("path", LESSONS, ids=[path.stem[:2] for path in LESSONS])
def test_its_minutes_are_those_of_the_rule(path):
    found = minutes.minutes(path)
    [row] = re.findall(rf"^\| {path.stem[:2]} .*? \| (\d+) \| (\d+) \| (\d+) \|", PAGE, re.M)
    exercises, read, do = map(int, row)
    assert exercises == found.exercises
    assert abs(read - found.read) <= 2
    assert do >= found.do - 2
    header = solutions.read(path).cells[0].source
    assert f"| Time | {read} min to read, {do} min to do" in header


def test_every_link_of_the_page_leads_somewhere():
    for target in re.findall(r"\]\((?!https)([^)#]+)\)", PAGE):
        assert (Path(__file__).parents[1] / "docs" / target).exists(), target


def test_the_lessons_stand_under_their_titles():
    for path in LESSONS[1:]:
        title = solutions.read(path).cells[0].source.split("\n")[0].removeprefix("# ")
        named = f"### {path.stem[:2]} "
        assert named in PAGE
        assert title.split()[0].lower() in PAGE.split(named)[1].split("\n")[0].lower()
