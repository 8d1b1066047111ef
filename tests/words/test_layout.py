"""Lines and words are found in boxes made by hand."""

import warnings

import numpy as np
import pytest

from hwr.ink import Ink
from hwr.words import layout
from hwr.words.segments import Excerpt, Segments


def segments(*boxes):
    def image(_):
        return np.zeros((28, 28), np.uint8)

    return Segments(np.array(boxes, float), image, lambda _: Excerpt(Ink()))


def row(top, n=4, left=0.0, slope=0.0):
    return [[left + 1.2 * i, top + slope * i, left + 1.2 * i + 1, top + slope * i + 1]
            for i in range(n)]  # fmt: skip


def tops_of_lines(*boxes):
    every = segments(*boxes)
    return [every.top[line].tolist() for line in layout.find_lines(every)]


def test_the_letter_height_is_that_of_tall_letters():
    boxes = np.array([[0, 0, 1, tall] for tall in (1, 1, 1, 1, 2, 2)], float)
    assert layout.letter_height(boxes) == 2
    assert layout.letter_height(np.zeros((3, 4))) == 1
    assert layout.letter_height(np.zeros((0, 4))) == 1


def test_lines_are_returned_from_top_to_bottom():
    expected = [[0.0] * 4, [3.0] * 4, [6.0] * 4]
    assert tops_of_lines(*row(6.0), *row(0.0), *row(3.0)) == expected
    assert layout.find_lines(segments()) == []


def paragraph(left, lines=4, n=7, top=0.0):
    return [box for number in range(lines) for box in row(top + 2.2 * number, n, left)]


def test_columns_are_read_one_after_another():
    title, footer = row(-2.5, 15), row(10.0, 15)
    lines = layout.find_lines(every := segments(*paragraph(10.3), *footer, *paragraph(0.0), *title))
    lefts = [every.left[line].min() for line in lines]
    tops = [every.top[line].min() for line in lines]
    assert lefts == pytest.approx([0, *[0] * 4, *[10.3] * 4, 0])
    assert tops == pytest.approx([-2.5, 0, 2.2, 4.4, 6.6, 0, 2.2, 4.4, 6.6, 10])


def test_a_wide_gap_in_a_few_lines_and_a_row_of_bullets_part_no_columns():
    apart = [*paragraph(0.0), *paragraph(10.3, 2)]
    assert len(layout.find_lines(segments(*apart))) == 4
    bullets = [[0, top, 0.6, top + 0.6] for top in np.arange(4) * 2.2]
    assert len(layout.find_lines(segments(*bullets, *paragraph(3.0)))) == 4


def test_a_sloped_line_stays_one():
    first, second = (row(top, n=30, slope=0.15) for top in (0.0, 3.0))
    assert len(tops_of_lines(*first)) == 1
    assert len(tops_of_lines(*first, *second)) == 2


def test_dots_belong_to_the_letters_below_them():
    dot = [1.5, 2.6, 1.6, 2.7]
    assert tops_of_lines(*row(0.0), *row(3.0), dot) == [[0.0] * 4, [3.0, 2.6, 3.0, 3.0, 3.0]]
    assert tops_of_lines(dot) == [[2.6]]


def test_a_tail_starts_no_line():
    assert len(tops_of_lines(*row(0.0), [1.3, 0.7, 1.8, 1.5])) == 1


def test_wide_gaps_separate_words():
    odds = layout.word_break_log_odds(segments(*row(0.0), *row(0.0, left=5.6)), 1.0)
    assert (np.flatnonzero(odds > 0) + 1).tolist() == [4]
    narrow = layout.word_break_log_odds(segments(*row(0.0)), 1.0)
    np.testing.assert_allclose(narrow, (0.2 - 0.575) * layout.LOG_ODDS_PER_HEIGHT)


def test_points_without_height_raise_no_warning():
    points = segments(*([place, 0.0, place, 0.0] for place in range(5)))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        odds = layout.word_break_log_odds(points, layout.letter_height(points.boxes))
    assert np.isfinite(odds).all()
