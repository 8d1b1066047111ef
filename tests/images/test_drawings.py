"""Drawings beside writing vanish; letters, dots and words stay, and so do pages without words."""

import numpy as np
import pytest
from PIL import Image, ImageDraw

from benchmarks.words import sheets
from hwr.images.drawings import is_writing, remove_drawings

LINES = ("several fine words", "beside a drawing", "in a letter I read")
ROOM = 400


@pytest.fixture(scope="module")
def ink():
    """Ink of made-up writing: three lines of words, with room below them."""
    rng, draw = np.random.default_rng(4), sheets.made_up(4)
    rows = []
    for line in LINES:
        words = [sheets.glyph_row(word, draw, rng, 50, (0.1, 0.2), 0) for word in line.split()]
        rows.append(np.hstack([np.pad(word, ((0, 0), (0, 40))) for word in words]))
    wide = max(row.shape[1] for row in rows)
    page = np.vstack([np.pad(row, ((0, 0), (0, wide - row.shape[1]))) for row in rows])
    return np.pad(page, ((50, ROOM), (50, 50)))


SHAPES = {
    "a ring": [np.array([(60 * np.cos(a), 60 * np.sin(a)) for a in np.linspace(0, 6.3, 40)])],
    "an arrow": [np.array([(-90, 60), (80, -50)]), np.array([(40, -50), (80, -50), (75, -10)])],
    "a roof": [np.array([(-90, 40), (0, -50), (90, 40)])],
    "a tree": [np.array([(0, 90), (0, -10), (-50, -80), (50, -80), (0, -10)])],
}


def with_shape(ink, strokes, x, y):
    image = Image.fromarray(np.uint8(np.clip(ink, 0, 1) * 255))
    for stroke in strokes:
        ImageDraw.Draw(image).line([(x + a, y + b) for a, b in stroke.tolist()], 255, 5)
    return np.asarray(image, np.float32) / 255


@pytest.mark.parametrize("shape", SHAPES)
def test_a_drawing_vanishes_and_the_writing_stays(ink, shape):
    rest = remove_drawings(with_shape(ink, SHAPES[shape], 250, len(ink) - 180))
    below = len(ink) - ROOM + 30
    assert not (rest[below:] > 0.5).any()
    assert (rest[:below] > 0.5).sum() == pytest.approx((ink[:below] > 0.5).sum(), rel=0.01)


def test_writing_alone_is_left_as_it_is(ink):
    assert remove_drawings(ink) is ink


def test_single_characters_and_a_drawing_alone_stay():
    empty = np.zeros((400, 900), np.float32)
    alone = with_shape(empty, SHAPES["a ring"], 200, 200)
    assert remove_drawings(alone) is alone
    rng, draw = np.random.default_rng(4), sheets.made_up(4)
    digits = [np.pad(sheets.glyph_row(d, draw, rng, 50), ((20, 20), (60, 60))) for d in "12345678"]
    table = np.vstack([np.hstack([np.pad(d, ((0, 0), (0, 200 - d.shape[1]))) for d in digits])] * 3)
    assert remove_drawings(table) is table


LETTERS = [(left, 0.3, left + 0.7, 1.0) for left in range(8)]
"""A line of letters that stand apart: left, top, right and bottom in their height."""
BESIDE_THEM = {
    "a large dot of an i": ((3.1, -0.3, 3.6, 0.2), 0.6, True),
    "the bar of an F": ((3.0, -0.35, 4.7, 0.28), 1.8, True),
    "a dot of nothing": ((3.1, -2.0, 3.6, -1.5), 0.6, False),
    "a ring": ((3.0, 2.5, 4.0, 3.5), 3.0, False),
    "an arrow": ((2.0, 3.0, 5.0, 3.6), 3.9, False),
}


@pytest.mark.parametrize("what", BESIDE_THEM)
def test_parts_of_letters_are_told_from_drawings(what):
    box, length, belongs = BESIDE_THEM[what]
    found = is_writing(np.array([*LETTERS, box], float), np.array([2.0] * len(LETTERS) + [length]))
    assert found[:-1].all()
    assert found[-1] == belongs


def test_flat_joined_words_beside_each_other_are_writing():
    flat = [(0.0, 3.0, 3.0, 3.5), (3.8, 3.0, 6.8, 3.6)]
    lengths = [2.0] * len(LETTERS) + [4.0, 3.9]
    assert is_writing(np.array(LETTERS + flat, float), np.array(lengths)).all()
    alone = is_writing(np.array(LETTERS + flat[:1], float), np.array(lengths[:-1]))
    assert alone.tolist() == [True] * len(LETTERS) + [False]
