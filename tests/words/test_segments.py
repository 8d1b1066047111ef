"""Units and their groups, measured on boxes made by hand."""

import numpy as np
import pytest

from hwr.ink import Ink, convert
from hwr.words.segments import MAX_GROUP, MAX_GROUP_WIDTH, OPEN, SHAPE_FEATURES, Segments

BOXES = [[6, 0, 7, 1], [0, 0, 2, 2], [3, 1, 5, 2], [2.5, 0, 4, 1]]  # third, first, ...


def units(boxes=BOXES):
    return Segments(np.array(boxes, float), lambda name: np.full((28, 28), sum(name), np.uint8))


def test_units_stand_from_left_to_right_and_know_their_numbers():
    assert units().names.tolist() == [1, 3, 2, 0]
    assert units().left.tolist() == [0, 2.5, 3, 6]
    assert units().height == 2


def test_gaps_are_measured_from_all_before():
    assert units().gaps().tolist() == [0.5, -1.0, 1.0]
    assert units([[0, 0, 10, 1], [5.5, 0, 6, 1], [11, 0, 12, 1]]).gaps().tolist() == [-4.5, 1]


def test_pick_keeps_the_names():
    picked = units().pick([1, 3])
    assert picked.names.tolist() == [3, 0]
    assert picked.name(0, 2) == (0, 3)
    assert picked.pick([1]).name(0, 1) == (0,)
    assert (picked.image((0, 3)) == 3).all()
    assert picked.height == 1


def test_a_box_holds_its_group():
    assert units().box(1, 3) == [2.5, 0.0, 5.0, 2.0]


def test_a_shape_is_measured_in_heights():
    shape = units().shape(1, 3)
    assert len(shape) == SHAPE_FEATURES
    usual = np.quantile([0.5, -1.0, 1.0], 0.75) / 2
    assert shape == pytest.approx([1.25, 1.0, 0.25, 0.5, 0.0, usual, 2])
    assert units().shape(0, 4)[2:4] == pytest.approx([OPEN, OPEN])
    assert units().shape(2, 4)[4] == pytest.approx(0.5)  # the largest gap inside
    assert units([[0, 0, 90, 1]]).shape(0, 1)[0] == MAX_GROUP_WIDTH


def test_groups_are_narrow_and_of_few_units():
    assert units([[0, 0, 1, 1], [1, 0, 2, 1], [9, 0, 10, 1]]).groups() == [
        (0, 1), (0, 2), (1, 2), (2, 3),
    ]  # fmt: skip
    near = units([[0.1 * i, 0, 0.1 * i + 0.1, 1] for i in range(8)])
    assert max(end - start for start, end in near.groups()) == MAX_GROUP
    assert units([[0, 0, 90, 1]]).groups() == [(0, 1)]


def test_a_stroke_is_a_unit():
    ink = Ink([[[3, 0], [3, 2]], [[0, 0], [1, 1]]], pen=0.1)
    found = Segments.of_ink(ink)
    assert found.boxes.tolist() == [[0, 0, 1, 1], [3, 0, 3, 2]]
    assert (found.image((1,)) == convert(Ink([ink.strokes[1]], 0.1))).all()


def test_nothing_has_no_units():
    none = Segments.of_ink(Ink())
    assert len(none) == 0
    assert none.groups() == []
    assert none.height == units([[1, 1, 1, 1]]).height == 1
