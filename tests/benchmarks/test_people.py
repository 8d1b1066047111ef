"""Words of people are told apart by how they are joined, and counted as they occur."""

import numpy as np
import pytest

from benchmarks.words import kinds, people
from hwr.datasets.unipen import PenSample
from hwr.ink import Ink
from hwr.words.text import Word


def sample(label, *ranges, writer="a"):
    strokes = [[(low, 0), (high, 1)] for low, high in ranges]
    return PenSample(label, "pap", writer, Ink(strokes))


@pytest.mark.parametrize(
    ("label", "ranges", "kind"),
    [
        ("in", [(0, 9), (2, 2.5)], "one piece"),  # a dot over it
        ("it", [(0, 1), (0.4, 0.6), (2, 3), (1.8, 3.2)], "apart"),
        ("its", [(0, 4), (1, 1), (3, 4.5), (5, 6)], "partly joined"),
        ("EH", [(0, 0.1), (0, 1), (0, 1), (2, 2.1), (3, 3.1), (2, 3)], "apart"),
        ("a", [(0, 1)], "apart"),
    ],
)
def test_kinds_are_told_from_strokes(label, ranges, kind):
    assert kinds.kind_of(sample(label, *ranges)) == kind


def test_all_weighs_the_kinds_as_they_occur_writer_by_writer():
    apart, joined = [(0, 1), (2, 3)], [(0, 3)]
    samples = [sample("on", *apart) for _ in range(9)] + [sample("on", *joined) for _ in range(1)]
    samples += [sample("on", *joined, writer="b")]
    shares = kinds.shares_of_kinds(samples)
    assert shares == pytest.approx({"apart": 0.45, "partly joined": 0, "one piece": 0.55})
    of_kind = {
        kind: [each for each in samples if kinds.kind_of(each) == kind][:4] for kind in shares
    }
    del of_kind["partly joined"]

    def read(ink):
        return Word("On" if len(ink.strokes) == 2 else "no", 0.9, sure=True)

    rows = people.table(of_kind, shares, read)
    assert rows["apart"]["right"] == 1
    assert rows["apart"]["exact"] == 0
    assert rows["one piece"]["wrong of sure"] == 1
    assert rows["one piece"]["wrong letters"] == 1
    assert rows["all"]["right"] == pytest.approx(0.45)
    assert rows["all"]["wrong of sure"] == pytest.approx(0.55)
    assert rows["all"]["n"] == 6
    assert rows["all"]["writers"] == 2


def test_writers_take_turns_and_pictures_show_the_ink():
    samples = [sample("on", (0, 1), writer=name) for name in "aaaaab"]
    assert sorted(each.writer for each in kinds.chosen(samples, 3)) == ["a", "a", "b"]
    picture = people.drawn(Ink([[(0, 0), (4, 2)], [(9, 1)]]))
    assert picture.dtype == np.uint8
    assert picture.min() < 60
    assert picture.max() > 240


def test_what_is_no_writing_should_be_answered_by_nothing():
    words = [people.Answer(sample("on", (0, 1)), Word("on", p), 0.0) for p in (0.9, 0.4)]
    inks = people.no_writing([sample("on", (0, 1), (2, 3))] * 2, 4)
    assert len(inks) == 4
    assert len(inks[-1].strokes) == 3
    found = people.rejection(words, inks, lambda _: Word("x", 0.6, sure=True))
    assert found == {"n": 4, "nothing": 0, "sure": 1, "area under ROC": 0.5}
    assert people.rejection(words, inks, lambda _: Word())["area under ROC"] == 1
