"""Strokes are cut where letters may end, and nothing of the ink is lost."""

import itertools

import numpy as np
import pytest

from benchmarks.words.cut_strokes import cut
from hwr.ink import Ink

ALONG = np.linspace(0, 1, 60)[:, None]


def curve(x, y):
    return np.hstack([np.broadcast_to(x, ALONG.shape), np.broadcast_to(y, ALONG.shape)])


def ends(ink):
    """Return where the pieces of a stroke meet, rounded."""
    return [tuple(np.round(stroke[-1], 1)) for stroke in cut(ink).strokes[:-1]]


def test_a_stroke_is_cut_where_it_turns_up_to_the_right():
    wave = curve(2 * ALONG, np.cos(4 * np.pi * (ALONG - 0.25)) / 2)  # y points down
    assert ends(Ink([wave])) == pytest.approx(np.array([(0.5, 0.5), (1.5, 0.5)]), abs=0.11)


def test_a_stroke_is_cut_where_it_crosses_itself_and_where_it_turns_sharply():
    loop = curve(np.sin(2 * np.pi * ALONG) + 0.3 * ALONG, 1 - np.cos(2 * np.pi * ALONG))
    assert len(cut(Ink([loop])).strokes) > 1
    hook = np.concatenate([curve(0.0, ALONG), curve(0.0, 1 - ALONG)[1:]])
    assert ends(Ink([hook])) == pytest.approx(np.array([(0.0, 1.0)]), abs=0.15)


@pytest.mark.parametrize("stroke", [[(0, 0)], [(0, 0), (3, 0)], [(0, 0), (0, 2)]])
def test_dots_and_straight_strokes_are_not_cut(stroke):
    assert len(cut(Ink([stroke])).strokes) == 1


def test_pieces_follow_each_other():
    rng = np.random.default_rng(1)
    pieces = cut(Ink([np.cumsum(rng.normal([0.05, 0], 0.1, (300, 2)), axis=0)])).strokes
    assert len(pieces) > 3
    for one, other in itertools.pairwise(pieces):
        np.testing.assert_array_equal(one[-1], other[0])
