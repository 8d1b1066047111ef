"""Words set in rows of images: every character in its place and size, with every pen."""

import numpy as np
import pytest

from hwr.alphabets import CHARACTERS
from hwr.datasets import letter_rows
from hwr.datasets.letter_rows import letter_row
from hwr.datasets.synthetic import Writer
from hwr.images.components import stroke_width
from hwr.ink import convert

IMAGES = {each: convert(Writer(1).draw(each, 1))[None] for each in CHARACTERS}


@pytest.fixture
def steady(monkeypatch):
    """Nobody varies anything but the size and the pen."""
    for name in ("SLANT", "ASPECT", "SIZE_DEVIATION", "BASELINE_DEVIATION"):
        monkeypatch.setattr(letter_rows, name, 0.0)


def parts_of(row):
    """Return top and bottom of each part of a row that empty columns set apart."""
    inked = row.any(axis=0)
    starts = np.flatnonzero(np.diff(np.r_[0, inked]) == 1)
    ends = np.flatnonzero(np.diff(np.r_[inked, 0]) == -1) + 1
    found = [
        np.flatnonzero(row[:, a:b].any(axis=1))[[0, -1]] for a, b in zip(starts, ends, strict=True)
    ]
    return np.array(found).T


def test_characters_stand_on_a_line_in_their_sizes(steady, monkeypatch):
    monkeypatch.setattr(letter_rows, "draw_gap", lambda rng: (0.3, 0.0))
    row = letter_row("Hxgh", IMAGES, np.random.default_rng(2))
    assert set(np.unique(row)) == {0.0, 1.0}
    tops, bottoms = parts_of(row)
    assert len(tops) == 4
    capital = bottoms[0] - tops[0]
    heights = (bottoms - tops) / capital
    np.testing.assert_allclose(heights, [1, 0.55, 0.95, 1], atol=0.1)
    np.testing.assert_allclose((bottoms - bottoms[0]) / capital, [0, 0, 0.4, 0], atol=0.08)


def test_rows_differ_in_size_pen_and_gaps_and_follow_from_the_seed():
    rows = [letter_row("moon", IMAGES, np.random.default_rng(seed)) for seed in range(40)]
    np.testing.assert_array_equal(rows[0], letter_row("moon", IMAGES, np.random.default_rng(0)))
    heights = [np.ptp(np.flatnonzero(row.any(axis=1))) for row in rows]
    assert max(heights) > 1.8 * min(heights)
    pens = [stroke_width(row > 0) / height for row, height in zip(rows, heights, strict=True)]
    assert max(pens) > 1.5 * min(pens)
    counts = {len(parts_of(row)[0]) for row in rows}
    assert {1, 4} <= counts
    assert all(row[:, 0].any() and row[:, -1].any() for row in rows)
