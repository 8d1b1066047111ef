"""Words made of single characters: in their places on the line, linked or not, and varied."""

import numpy as np
import pytest

from hwr.datasets import synthetic
from hwr.datasets.joined_words import Piece, Spacing, draw_spacing, extent, join
from hwr.datasets.word_variation import vary_word
from hwr.ink import Ink

APART, LINKED = Spacing(0.1, 0.0, 0.0), Spacing(0.1, 0.0, 1.0)
HOOK = Ink([[(0, 0), (0, 10), (2, 10)]])
STEM_AND_DOT = Ink([[(0, 4), (0, 10), (2, 10)], [(0, 0), (0.5, 0)]])
DASH = Ink([[(0, 0), (30, 1)]])


def rng():
    return np.random.default_rng(3)


def test_pieces_stand_on_the_line_in_their_order():
    word = join(
        [Piece("l", HOOK), Piece("p", HOOK), Piece("-", DASH), Piece("A", HOOK)], APART, rng()
    )
    assert word.text == "lp-A"
    boxes = [(stroke.min(axis=0), stroke.max(axis=0)) for stroke in word.ink.strokes]
    lefts, rights = ([box[side][0] for box in boxes] for side in (0, 1))
    np.testing.assert_allclose(np.array(lefts[1:]) - rights[:-1], 0.1)
    tops, bottoms = ([-box[side][1] for box in boxes] for side in (0, 1))
    for character, top, bottom in zip(word.text, tops, bottoms, strict=True):
        assert (bottom, top) == pytest.approx(extent(character), abs=0.25)
    assert rights[2] - lefts[2] == pytest.approx(0.4, rel=0.3)
    assert extent("gap") == (-0.4, 0.55)
    assert extent("H,") == (-0.2, 1.0)


def test_letters_are_linked_and_dots_come_late():
    pieces = [Piece("l", HOOK), Piece("i", STEM_AND_DOT), Piece("l", HOOK), Piece(",", DASH)]
    apart, linked = (join(pieces, how, rng()).ink for how in (APART, LINKED))
    assert [len(stroke) for stroke in apart.strokes] == [3, 3, 2, 3, 2]
    assert [len(stroke) for stroke in linked.strokes] == [3 + 2 * (8 + 3), 2, 2]
    steps = np.hypot(*np.diff(linked.strokes[0], axis=0).T)
    assert steps.max() < 1.3  # the stem of an l
    assert np.all(np.isfinite(linked.strokes[0]))


def test_whole_words_are_pieces_too():
    word = synthetic.compose_word("gala", lambda c: synthetic.draw(c, 1), 1.75, rng())
    joined = join([Piece("(", HOOK), Piece("gala", word), Piece(")", HOOK)], APART, rng())
    low, high = joined.ink.bounds()
    assert joined.text == "(gala)"
    assert len(joined.ink.strokes) == len(word.strokes) + 2
    assert high[1] - low[1] < 2


def test_a_varied_word_is_another_one_of_the_same_strokes():
    word = synthetic.compose_word("gala", lambda c: synthetic.draw(c, 1), 1.75, rng())
    first, again, other = (vary_word(word, np.random.default_rng(seed)) for seed in (1, 1, 2))
    for one, same in zip(first.strokes, again.strokes, strict=True):
        np.testing.assert_array_equal(one, same)
    assert len(other.strokes) == len(word.strokes)
    low, high = other.bounds()
    assert 0.6 < high[1] - low[1] < 2
    sizes = [
        np.ptp(np.concatenate(vary_word(word, np.random.default_rng(i)).strokes), axis=0)
        for i in range(40)
    ]
    assert np.std([width / height for width, height in sizes]) > 0.15
    for odd in (Ink([[(5, 5)]]), DASH):
        assert all(np.isfinite(stroke).all() for stroke in vary_word(odd, rng()).strokes)


def test_everybody_sets_letters_in_their_own_way():
    ways = [draw_spacing(np.random.default_rng(i)) for i in range(60)]
    assert {way.linked for way in ways} == {0.0, 0.4, 0.9}
    gaps = [way.gap for way in ways]
    assert min(gaps) < 0.05
    assert max(gaps) > 0.25
