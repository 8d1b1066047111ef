"""Words are read from ink: letters apart, letters that touch, and what is no word at all."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hwr import words
from hwr.compose import X_HEIGHT, compose
from hwr.ink import Ink
from hwr.language import Uniform
from hwr.writer import Writer

HEIGHT = 1.75
TEXTS = ("hello", "read", "quick", "figure", "jump", "letter", "window", "abc", "yellow", "math")


def in_ink(text, seed, gap=(0.15, 0.3)):
    writer, rng = Writer(seed), np.random.default_rng(seed)
    return compose(text, lambda c: writer.write(c, rng), HEIGHT, rng, gap)


def share_read(gap):
    read = [words.read_word(in_ink(text, seed, gap)).text == text
            for seed in (21, 22, 23) for text in TEXTS]  # fmt: skip
    return np.mean(read)


def test_words_with_letters_apart_are_read():
    assert share_read((0.15, 0.3)) >= 0.85


def test_most_words_are_read_where_letters_touch():
    assert share_read((-0.1, 0.1)) >= 0.7


def test_the_language_can_be_none():
    code = Uniform("0123456789")
    read = [words.read_word(in_ink("2026", seed), code).text == "2026" for seed in range(30, 36)]
    assert np.mean(read) >= 0.8


def test_a_box_stands_around_each_letter():
    ink = in_ink("hello", 21)
    word = words.read_word(ink)
    assert word.boxes.shape == (5, 4)
    low, high = ink.bounds()
    np.testing.assert_allclose(word.boxes[:, 0].min(), low[0])
    np.testing.assert_allclose(word.boxes[:, 2].max(), high[0])
    assert (np.diff(word.boxes[:, 0]) > 0).all()


def test_place_and_size_do_not_matter():
    ink = in_ink("window", 22)
    moved = Ink([70 * stroke + 300 for stroke in ink.strokes], ink.pen)
    one, other = words.read_word(ink), words.read_word(moved)
    assert one.text == other.text
    assert one.probability == pytest.approx(other.probability, abs=0.05)


def test_the_order_of_the_strokes_does_not_matter():
    ink = in_ink("figure", 23)
    late = Ink(ink.strokes[::-1], ink.pen)
    assert words.read_word(late).text == words.read_word(ink).text


def test_nothing_is_read_from_an_empty_sheet():
    for ink in (Ink([]), Ink([np.zeros((0, 2))])):
        word = words.read_word(ink)
        assert (word.text, word.sure) == ("", False)
        assert word.boxes.shape == (0, 4)


def test_scribbles_are_not_sure():
    rng = np.random.default_rng(3)
    scribbles = [Ink([rng.uniform(size=(40, 2)) * [4, 1] for _ in range(3)]) for _ in range(10)]
    assert sum(words.read_word(scribble).sure for scribble in scribbles) <= 1
    assert words.read_word(in_ink("hello", 21)).sure


strokes = st.lists(
    st.lists(st.tuples(st.floats(-1e6, 1e6), st.floats(-1e6, 1e6)), min_size=1, max_size=6),
    max_size=8,
)


@settings(max_examples=40, deadline=None)
@given(strokes)
def test_any_strokes_give_an_answer(drawn):
    word = words.read_word(Ink(drawn))
    assert 0 <= word.probability <= 1
    assert len(word.text) == len(word.boxes)


def test_a_composed_word_stands_on_a_line():
    square = Ink([np.array([[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]])])
    ink = compose("axg", lambda _: square, 1.0, np.random.default_rng(1), (0.5, 0.5))
    a, x, g = ink.strokes
    assert (a[:, 1].max(), x[:, 1].max()) == (0, 0)
    assert g[:, 1].min() == -X_HEIGHT
    assert [stroke[:, 0].min() for stroke in (a, x, g)] == [0, 1.5, 3.0]
