"""Segments and their groups, measured on boxes made by hand."""

import numpy as np
import pytest

from hwr.ink import Ink, convert
from hwr.words.segments import (
    MAX_GROUP_SIZE,
    MAX_GROUP_WIDTH,
    OUTER_GAP,
    SHAPE_FEATURES,
    Excerpt,
    Segments,
)

BOXES = [[6, 0, 7, 1], [0, 0, 2, 2], [3, 1, 5, 2], [2.5, 0, 4, 1]]  # not from left to right


def segments(boxes=BOXES):
    return Segments(
        np.array(boxes, float),
        lambda key: np.full((28, 28), sum(key), np.uint8),
        lambda _: Excerpt(Ink()),
    )


def test_segments_are_ordered_from_left_to_right_and_keep_their_indices():
    assert segments().indices.tolist() == [1, 3, 2, 0]
    assert segments().left.tolist() == [0, 2.5, 3, 6]
    assert segments().height == 2


def test_gaps_are_measured_from_all_segments_before():
    assert segments().gaps().tolist() == [0.5, -1.0, 1.0]
    assert segments([[0, 0, 10, 1], [5.5, 0, 6, 1], [11, 0, 12, 1]]).gaps().tolist() == [-4.5, 1]


def test_take_keeps_the_indices():
    taken = segments().take([1, 3])
    assert taken.indices.tolist() == [3, 0]
    assert taken.key(0, 2) == (0, 3)
    assert taken.take([1]).key(0, 1) == (0,)
    assert (taken.image((0, 3)) == 3).all()
    assert taken.height == 1


def test_a_box_holds_its_group():
    assert segments().box(1, 3) == [2.5, 0.0, 5.0, 2.0]


def test_shapes_are_measured_in_heights():
    shape = segments().shape_features(1, 3)
    assert len(shape) == SHAPE_FEATURES
    typical = np.quantile([0.5, -1.0, 1.0], 0.75) / 2
    assert shape == pytest.approx([1.25, 1.0, 0.25, 0.5, 0.0, typical, 2])
    assert segments().shape_features(0, 4)[2:4] == pytest.approx([OUTER_GAP, OUTER_GAP])
    assert segments().shape_features(2, 4)[4] == pytest.approx(0.5)  # the largest gap inside
    assert segments([[0, 0, 90, 1]]).shape_features(0, 1)[0] == MAX_GROUP_WIDTH


def test_groups_are_narrow_and_of_few_segments():
    assert segments([[0, 0, 1, 1], [1, 0, 2, 1], [9, 0, 10, 1]]).spans() == [
        (0, 1), (0, 2), (1, 2), (2, 3),
    ]  # fmt: skip
    near = segments([[0.1 * i, 0, 0.1 * i + 0.1, 1] for i in range(8)])
    assert max(end - start for start, end in near.spans()) == MAX_GROUP_SIZE
    assert segments([[0, 0, 90, 1]]).spans() == [(0, 1)]


def test_a_stroke_is_a_segment():
    ink = Ink([[[3, 0], [3, 2]], [[0, 0], [1, 1]]], pen=0.1)
    found = Segments.from_ink(ink)
    assert found.boxes.tolist() == [[0, 0, 1, 1], [3, 0, 3, 2]]
    assert (found.image((1,)) == convert(Ink([ink.strokes[1]], 0.1))).all()


def test_empty_ink_has_no_segments():
    none = Segments.from_ink(Ink())
    assert len(none) == 0
    assert none.spans() == []
    assert none.height == segments([[1, 1, 1, 1]]).height == 1
