"""Words that are struck out vanish; their neighbours, underlined words and plain ones stay."""

import numpy as np
import pytest
from PIL import Image, ImageDraw

from benchmarks.words import sheets
from hwr.images.rules import remove_rules
from hwr.images.strikes import long_paths, remove_struck_out

WORDS = ("wonder", "letters", "friends")
HEIGHT = 60
BASE = 80 + round(1.2 * HEIGHT)


def written(gap):
    """Ink of three made-up words in a line, and the left and right end of each."""
    rng, draw = np.random.default_rng(3), sheets.made_up(5)
    rows = [sheets.glyph_row(word, draw, rng, HEIGHT, (gap, gap + 0.1), 0) for word in WORDS]
    ends, left = [], 80
    for row in rows:
        ends.append((left, left + row.shape[1]))
        left += row.shape[1] + 60
    return np.pad(np.hstack([np.pad(row, ((0, 0), (0, 60))) for row in rows]), 80), ends


def with_line(ink, left, right, y, fall=4):
    image = Image.fromarray(np.uint8(ink * 255))
    ImageDraw.Draw(image).line((left, y, right, y + fall), 255, 6)
    return np.asarray(image, np.float32) / 255


def clean(ink):
    return remove_struck_out(remove_rules(ink))


def amounts(ink, ends):
    return [(ink[:, left:right] > 0.5).sum() for left, right in ends]


@pytest.mark.parametrize("gap", [0.05, 0.3])
@pytest.mark.parametrize("place", range(3))
def test_a_struck_word_vanishes_and_its_neighbours_stay(gap, place):
    ink, ends = written(gap)
    left, right = ends[place]
    before = amounts(ink, ends)
    after = amounts(clean(with_line(ink, left - 8, right + 8, BASE - 18)), ends)
    assert after[place] < 0.05 * before[place]
    others = [i for i in range(3) if i != place]
    assert np.array(after)[others] == pytest.approx(np.array(before)[others], rel=0.01)


def test_plain_and_underlined_words_stay():
    ink, ends = written(0.1)
    assert clean(ink) is ink
    left, right = ends[1]
    after = amounts(clean(with_line(ink, left, right, BASE + 12)), ends)
    assert np.array(after) == pytest.approx(np.array(amounts(ink, ends)), rel=0.03)


def test_paths_rise_and_fall_a_little():
    mask = np.zeros((60, 120), bool)
    columns = np.arange(10, 110)
    rows = 20 + columns // 6
    for thick in range(3):
        mask[rows + thick, columns] = True
    mask[:, 115:118] = True  # an upright stroke is no path
    (x, y), *others = long_paths(mask, 60, 3)
    assert not others
    assert np.ptp(x) >= 60
    assert mask[y, x].all()


def word(text, gap=0.05):
    """Ink of one made-up word by itself, with paper around it."""
    rng, draw = np.random.default_rng(3), sheets.made_up(5)
    row = sheets.glyph_row(text, draw, rng, HEIGHT, (gap, gap + 0.05), 0)
    return np.pad(row, 80), 80, 80 + row.shape[1]


def with_path(ink, points, width=6):
    image = Image.fromarray(np.uint8(ink * 255))
    ImageDraw.Draw(image).line(points, 255, width, "curve")
    return np.asarray(image, np.float32) / 255


@pytest.mark.parametrize("text", ["and", "zoom", "mean"])
def test_a_short_word_struck_out_in_a_hurry_vanishes(text):
    ink, left, right = word(text)
    x = np.linspace(left - 8, right + 8, 30)
    y = BASE - 20 + np.sin(x / 14)
    struck = with_path(ink, list(zip(x, y, strict=True)))
    assert (clean(struck) > 0.5).sum() < 0.05 * (ink > 0.5).sum()


@pytest.mark.parametrize("text", ["settles", "altitude", "littleness"])
@pytest.mark.parametrize("up", [18, 24])
def test_a_long_bar_within_a_word_stays(text, up):
    """As that of the t in "observation", which ends at the next letter."""
    ink, left, right = word(text, 0.1)
    middle, bar = (left + right) / 2, 1.7 * HEIGHT
    barred = with_line(ink, middle - bar / 2, middle + bar / 2, BASE - up, 0)
    assert remove_struck_out(barred) is barred


def test_an_underline_through_tails_takes_no_word_away():
    ink, left, right = word("polygyny", 0.1)
    underlined = with_line(ink, left - 4, right + 4, BASE + 7, 0)
    assert ((clean(underlined) > 0.5) & (ink > 0.5)).sum() > 0.99 * (ink > 0.5).sum()
