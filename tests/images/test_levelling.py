"""Lines that fall, rise or converge become horizontal, and short words stay as they are."""

import numpy as np
import pytest
from PIL import Image

from benchmarks.words import sheets
from hwr.images import levelling
from hwr.images.levelling import find_level, make_level, turn_level

LINES = ("several wonderful", "letters of a friend", "begin with zeal")


def written(lines, seed=4, height=40):
    """Ink of made-up writing: lines of words, with paper around them."""
    rng, draw = np.random.default_rng(seed), sheets.made_up(seed)
    rows = [np.hstack([np.pad(sheets.glyph_row(word, draw, rng, height), ((0, 0), (0, 30)))
                       for word in line.split()]) for line in lines]  # fmt: skip
    wide = max(row.shape[1] for row in rows)
    return np.pad(np.vstack([np.pad(r, ((0, 0), (0, wide - r.shape[1]))) for r in rows]), 80)


@pytest.mark.parametrize("angle", [-15, -8, -3, -1.5, 2, 5, 9, 15])
def test_skew_is_undone(angle):
    turned = Image.fromarray(written(LINES)).rotate(-angle, Image.Resampling.BICUBIC, expand=True)
    ink = np.clip(np.asarray(turned), 0, 1)
    assert find_level(ink)[0] == pytest.approx(angle, abs=0.7)
    level = make_level(ink)
    assert find_level(level) == (0, 0)
    assert (level > 0.5).sum() == pytest.approx((ink > 0.5).sum(), rel=0.05)


def test_converging_lines_become_parallel():
    ink = written(LINES)
    tall, wide = ink.shape
    near = 0.3 / wide  # the left end is nearer than the right one
    seen = Image.fromarray(ink).transform(
        (wide, tall), Image.Transform.PERSPECTIVE,
        (1, 0, 0, -near * tall / 2, 1, 0, -near, 0), Image.Resampling.BICUBIC,
    )  # fmt: skip
    assert find_level(np.asarray(seen))[1] != 0
    assert find_level(make_level(np.asarray(seen))) == (0, 0)


@pytest.mark.parametrize("word", ["hi", "of", "why", "jet", "pad"])
def test_a_short_word_is_not_turned_by_its_ascenders(word):
    ink = written([word])
    assert make_level(ink) is ink


def test_an_empty_picture_is_level():
    ink = np.zeros((60, 80), np.float32)
    assert make_level(ink) is ink


def test_a_page_does_not_grow_beyond_what_a_page_may_be(monkeypatch):
    ink = written(LINES)
    whole = turn_level(ink, 12, 0.2)
    assert whole.size > 1.2 * ink.size
    monkeypatch.setattr(levelling, "MAX_PAGE_PIXELS", ink.size)
    level = turn_level(ink, 12, 0.2)
    assert level.size == pytest.approx(ink.size, rel=0.01)
    size = whole.shape[1], whole.shape[0]
    assert np.abs(np.asarray(Image.fromarray(level).resize(size)) - whole).mean() < 0.02
