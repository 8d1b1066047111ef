"""Rules of lined and squared paper, and underlines, are removed, and letters stay as they are."""

import numpy as np
import pytest
from PIL import Image, ImageDraw
from scipy import ndimage

from benchmarks.words import sheets
from hwr.images import line_tracing
from hwr.images.binarization import binarize
from hwr.images.rules import remove_rules

PAPER, PEN, PITCH = 240, 40, 110
LINES = ("several wonderful", "letters of a friend", "begin with zeal")


def written(lines=LINES, seed=4, height=55):
    """Ink of made-up writing, bright on 0: lines of words, with paper around them."""
    rng, draw = np.random.default_rng(seed), sheets.made_up(seed)
    rows = []
    for line in lines:
        words = [sheets.glyph_row(word, draw, rng, height, (0.1, 0.2), 0) for word in line.split()]
        rows.append(np.hstack([np.pad(word, ((0, 0), (0, 45))) for word in words])[:PITCH])
    wide = max(row.shape[1] for row in rows)
    page = [np.pad(row, ((0, PITCH - len(row)), (0, wide - row.shape[1]))) for row in rows]
    return np.pad(np.vstack(page), 60)


def with_lines(ink, lines, rule=PEN, width=3):
    """A picture of the ink on paper with lines, each a list of points."""
    wide, tall = ink.shape[1], ink.shape[0]
    image = Image.new("L", (3 * wide, 3 * tall))
    for points in lines:
        ImageDraw.Draw(image).line([(3 * x, 3 * y) for x, y in points], 255, 3 * width)
    seen = np.asarray(image.resize((wide, tall), Image.Resampling.BOX), np.float32) / 255
    grey = PAPER + (rule - PAPER) * seen
    grey += (PEN - grey) * np.clip(ink, 0, 1)
    grey = ndimage.gaussian_filter(grey, 0.6)
    return np.uint8(np.clip(grey + np.random.default_rng(0).normal(0, 2, grey.shape), 0, 255))


def ruled(ink, fall=0.0, sag=0.0):
    tall, wide = ink.shape
    x = np.linspace(0, wide, 60)
    down = fall * (x - wide / 2) + sag * np.sin(np.pi * x / wide)
    return [list(zip(x, y + down, strict=True)) for y in range(20, tall, PITCH)]


def squared(ink):
    tall, wide = ink.shape
    across = [[(0, y), (wide, y)] for y in range(15, tall, 45)]
    return across + [[(x, 0), (x, tall)] for x in range(20, wide, 45)]


def underlined(ink):
    return [[(65, 133 + PITCH * line), (ink.shape[1] - 90, 131 + PITCH * line)] for line in (0, 2)]


def boxed(ink):
    """A box around each line, and a wall within it where nothing is written."""
    blank = np.flatnonzero(~ndimage.binary_dilation(ink.any(axis=0), iterations=6)[200:])[0] + 200
    found = []
    for top in (52, 52 + PITCH, 52 + 2 * PITCH):
        left, right, bottom = 40, ink.shape[1] - 40, top + PITCH - 4
        found += [[(left, top), (right, top), (right, bottom), (left, bottom), (left, top)]]
        found += [[(blank, top), (blank, bottom)]]
    return found


KINDS = {
    "boxes of a form": (boxed, {}),
    "ruled": (ruled, {}),
    "ruled, falling": (lambda ink: ruled(ink, fall=0.04), {}),
    "ruled, bent": (lambda ink: ruled(ink, sag=10), {}),
    "ruled, paler": (ruled, {"rule": 130}),
    "ruled, as thick as the pen": (ruled, {"width": 5}),
    "squared": (squared, {}),
    "underlined": (underlined, {"width": 5}),
}


@pytest.mark.parametrize("kind", KINDS)
def test_rules_vanish_and_the_writing_stays(kind):
    ink = written()
    lines, options = KINDS[kind]
    plain = binarize(with_lines(ink, [])) >= 0.5
    before = binarize(with_lines(ink, lines(ink), **options)) >= 0.5
    after = remove_rules(binarize(with_lines(ink, lines(ink), **options))) >= 0.5
    around = ndimage.binary_dilation(plain, iterations=4)
    lines_before, lines_after = ((mask & ~around).sum() for mask in (before, after))
    assert lines_before > 3000
    assert lines_after < 0.05 * lines_before
    assert (after & plain).sum() > 0.96 * plain.sum()


def test_only_rules_vanish_from_paper_on_which_nothing_is_written():
    empty = np.zeros((500, 700), np.float32)
    assert not (remove_rules(binarize(with_lines(empty, ruled(empty)))) >= 0.5).any()


@pytest.mark.parametrize("fall", [-5, 0, 4])
@pytest.mark.parametrize(("word", "width"), [("our", 4), ("can", 6), ("mean", 5)])
def test_a_short_underline_below_one_word_vanishes(word, width, fall):
    ink = written(("several words", word, "of a letter"))
    row = np.flatnonzero(ink[60 + PITCH : 60 + 2 * PITCH].any(axis=0))
    low = 60 + PITCH + round(1.2 * 55) + 12
    line = [(row[0], low), (row[-1], low + fall)]
    plain = binarize(with_lines(ink, [])) >= 0.5
    lined = binarize(with_lines(ink, [line], width=width))
    after = remove_rules(lined) >= 0.5
    assert (after & ~ndimage.binary_dilation(plain, iterations=4)).sum() < 10
    assert (after & plain).sum() > 0.99 * ((lined >= 0.5) & plain).sum()


def test_the_foot_of_a_letter_stays():
    """A bar below a part of a word, which does not touch it."""
    ink = written(("summer",), seed=6)
    row = np.flatnonzero(ink.any(axis=0))
    left, low = row[0], 60 + round(1.2 * 55) + 9
    barred = binarize(with_lines(ink, [[(left, low), (left + 80, low)]], width=5))
    assert remove_rules(barred) is barred


def test_dashes_and_the_bars_of_fractions_stay():
    ink = written(("seven  12  words", "some  34  more"))
    columns = np.flatnonzero(ink[60 : 60 + PITCH].any(axis=0))
    gaps = np.flatnonzero(np.diff(columns) > 30)
    left, right = columns[gaps[0] + 1], columns[gaps[1]]  # of the number
    fraction = [(left - 5, 55 + PITCH), (right + 5, 55 + PITCH)]
    raised = np.roll(ink[60 + PITCH :], -30, axis=0)
    ink = np.vstack([ink[: 60 + PITCH], raised])
    dash = [(columns[-1] + 20, 110), (columns[-1] + 95, 110)]
    ink = np.pad(ink, ((0, 0), (0, 120)))
    barred = binarize(with_lines(ink, [fraction, dash], width=5))
    assert remove_rules(barred) is barred


def test_writing_without_rules_is_left_as_it_is():
    for seed in (3, 5, 8):
        ink = binarize(with_lines(written(("EFHIT zeal", "ill title", "letters LEEZ"), seed), []))
        assert remove_rules(ink) is ink


BARS = {
    "E": [[(20, 0), (0, 0), (0, 30), (20, 30)], [(0, 15), (16, 15)]],
    "H": [[(0, 0), (0, 30)], [(24, 0), (24, 30)], [(0, 15), (24, 15)]],
    "T": [[(0, 0), (28, 0)], [(14, 0), (14, 30)]],
    "Z": [[(0, 0), (24, 0), (0, 30), (24, 30)]],
    "tt": [[(8, 0), (8, 30)], [(20, 0), (20, 30)], [(0, 8), (32, 8)]],
    "ill": [[(0, 12), (0, 30)], [(0, 0), (1, 0)], [(10, 0), (10, 30)], [(20, 0), (20, 30)]],
    "a dash": [[(0, 0), (40, 0)]],
    "=": [[(0, 0), (30, 0)], [(0, 12), (30, 12)]],
}


@pytest.mark.parametrize("pen", [3, 7, 12])
@pytest.mark.parametrize("sign", BARS)
def test_the_bars_of_letters_stay(sign, pen):
    strokes = [[(60 + 3 * x, 60 + 3 * y) for x, y in stroke] for stroke in BARS[sign]]
    ink = binarize(with_lines(np.zeros((220, 260), np.float32), strokes, width=pen))
    assert (remove_rules(ink) == ink).all()


def long_page(number=21, wide=600, pitch=75):
    """Rules from edge to edge, each with strokes that stand on it, and the strokes alone."""
    rules, strokes = np.zeros((2, number * pitch + 40, wide), np.float32)
    for bottom in range(pitch, number * pitch + 1, pitch):
        rules[bottom - 3 : bottom] = 1
        for left in range(15, wide, 30):
            strokes[bottom - 60 : bottom, left : left + 3] = 1
    return np.maximum(rules, strokes), strokes


def test_all_rules_of_a_long_page_vanish():
    ink, strokes = long_page()
    rest = remove_rules(ink)
    assert (rest * strokes).sum() > 0.99 * strokes.sum()
    assert rest.sum() < 1.02 * strokes.sum()


def test_a_rule_that_was_missed_takes_no_writing_away(monkeypatch):
    ink, strokes = long_page(12)
    monkeypatch.setattr(line_tracing, "MAX_SEEDS", 100)  # pieces of the first five rules
    rest = remove_rules(ink)
    assert rest.sum() > 1.2 * strokes.sum()  # others were missed
    assert (rest * strokes).sum() > 0.99 * strokes.sum()
