"""Figures of the lesson on words show what they are given."""

import numpy as np
import pytest
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from hwr.ink import Ink
from hwr.plots import base, words
from hwr.plots.base import PALETTE
from hwr.words.lattice import Group
from hwr.words.text import Word

TWO_BARS = Ink([[(10, 5), (10, 7)], [(13, 5), (13, 7)]])
GROUPS = [
    Group(0, 1, (("c", 1.0),)),
    Group(0, 2, (("d", 2.0), ("a", -1.0), ("q", -3.0))),
    Group(1, 2, (("", 3.0), ("l", 0.5))),
    Group(1, 3, (("b", -2.0),)),
    Group(2, 3, (("o", 4.0),)),
]


def boxes(made: Figure) -> list[Rectangle]:
    return [patch for ax in made.axes for patch in ax.patches if isinstance(patch, Rectangle)]


def texts(made: Figure) -> list[str]:
    return [text.get_text() for ax in made.axes for text in ax.texts]


def overlap(one: Rectangle, other: Rectangle) -> bool:
    (left, bottom), (right, top) = one.get_xy(), one.get_bbox().max
    (left_, bottom_), (right_, top_) = other.get_xy(), other.get_bbox().max
    return left < right_ and left_ < right and bottom < top_ and bottom_ < top


def test_a_picture_has_the_wanted_height_and_soft_ink_where_the_strokes_are():
    drawn = words.rasterize_word(TWO_BARS, height=2, pen=0.1, pixels=40)
    assert drawn.dtype == np.float32
    assert drawn.min() == 0
    assert drawn.max() == 1
    rows, columns = (np.flatnonzero((drawn > 0.5).any(axis=axis)) for axis in (1, 0))
    assert np.ptp(rows) + 1 == pytest.approx(40 + 4, abs=1)  # the pen's width comes on top
    assert np.ptp(columns) + 1 == pytest.approx(60 + 4, abs=1)
    assert not drawn[[0, -1]].any()
    assert not drawn[:, [0, -1]].any()
    inked = (drawn > 0.5).any(axis=0)
    assert np.count_nonzero(inked) == pytest.approx(2 * 4, abs=2)


def test_a_wider_pen_leaves_more_ink():
    thin, thick = (words.rasterize_word(TWO_BARS, 2, pen=pen).mean() for pen in (0.05, 0.2))
    assert thick > 2 * thin


def test_a_scan_shows_each_run_with_its_answer_above_the_ink_below():
    pictures = [np.zeros((30, 60), np.float32), np.zeros((20, 40), np.float32)]
    pictures[0][5:25, 10:20] = 1
    pictures[1][5:15, 30:36] = 1
    made = words.column_scan([(pictures[0], [(10, 20)], "I"), (pictures[1], [(30, 36)], ["l"])])
    assert texts(made) == ["I", "l"]
    assert made.alt.endswith("read as: I; l.")
    assert [(box.get_x(), box.get_width()) for box in boxes(made)] == [(9.5, 10), (29.5, 6)]
    above, below = made.axes[0], made.axes[2]
    made.draw_without_rendering()
    assert above.get_xlim() == below.get_xlim()
    assert above.get_position().x0 == pytest.approx(below.get_position().x0)
    profile = below.collections[0].get_paths()[0].vertices
    assert profile[:, 1].max() == 20
    assert above.get_ylim() == made.axes[1].get_ylim()


def test_strokes_are_numbered_from_left_to_right():
    made = words.numbered_strokes(Ink(TWO_BARS.strokes[::-1]))
    [ax] = made.axes
    at = {text.get_text(): text.get_position()[0] for text in ax.texts}
    assert at == {"1": 10, "2": 13}
    assert "2 strokes" in made.alt
    colours = [to_hex(line.get_color()).upper() for line in ax.lines]
    assert colours == [PALETTE["main"], PALETTE["other"]]
    assert [line.get_xdata()[0] for line in ax.lines] == [10, 13]


def test_a_lattice_has_a_box_over_the_strokes_of_each_group_and_the_shorter_lie_lower():
    made = words.lattice(GROUPS, 3)
    drawn = boxes(made)
    for box, group in zip(drawn, GROUPS, strict=True):
        left, right = box.get_x(), box.get_x() + box.get_width()
        assert group.start < left < right < group.end
        assert right - left > 0.8 * (group.end - group.start)
    assert not any(overlap(a, b) for i, a in enumerate(drawn) for b in drawn[:i])
    assert texts(made) == ["c 1.0", "d 2.0\na -1.0", "l 0.5", "b -2.0", "o 4.0"]
    [ax] = made.axes
    assert [tick.get_text() for tick in ax.get_xticklabels()] == ["1", "2", "3"]
    assert "5 groups over 3 strokes, each with its best letters: 1 to 1: c 1.0; 1 to" in made.alt
    heights = [box.get_y() for box in drawn]
    assert heights[0] == heights[2] == heights[4] < heights[1] < heights[3]


def test_only_the_path_of_a_lattice_is_coloured():
    made = words.lattice(GROUPS, 3, path=[GROUPS[1], GROUPS[4]])
    on_path = [False, True, False, False, True]
    edges = [to_hex(box.get_edgecolor()).upper() for box in boxes(made)]
    assert [edge == PALETTE["main"].upper() for edge in edges] == on_path
    assert [text.get_fontweight() == "bold" for text in made.axes[0].texts] == on_path
    assert made.alt.endswith("the best path: 1 to 2: d 2.0 a -1.0; 3 to 3: o 4.0.")


def test_a_lattice_with_images_shows_what_the_network_sees_and_the_best_letter():
    asked = []

    def image(start, end):
        asked.append((start, end))
        return np.full((28, 28), 10 * start + end, np.uint8)

    made = words.lattice(GROUPS, 3, image=image)
    [ax] = made.axes
    assert asked == [(group.start, group.end) for group in GROUPS]
    assert texts(made) == ["c\n1.0", "d\n2.0", "l\n0.5", "b\n-2.0", "o\n4.0"]
    for shown, box in zip(ax.images, boxes(made), strict=True):
        left, right, low, high = shown.get_extent()
        assert box.get_x() < left < right < box.get_x() + box.get_width()
        assert box.get_y() < low < high < box.get_y() + box.get_height()
        assert shown.zorder > box.zorder


def word(text, sure):
    shape = np.array([[9.9, 5, 10.1, 7], [12.9, 5, 13.1, 7]])
    return Word(text, 0.9, (), shape, (), sure)


def test_writing_has_a_box_around_each_letter_and_its_text_above():
    made = words.word_boxes([TWO_BARS] * 3, [[word("ll", True)], [word("11", False)], [Word()]], 2)
    assert texts(made) == ["ll", "11?"]
    assert made.alt.endswith("read as: ll; 11?; nothing.")
    colours = [to_hex(box.get_edgecolor()).upper() for box in boxes(made)]
    assert colours == [PALETTE["main"].upper()] * 2 + [PALETTE["neutral"].upper()] * 2
    first = boxes(made)[0]
    assert (first.get_x(), first.get_y(), first.get_height()) == (9.9, 5, 2)
    assert made.axes[0].texts[0].get_position()[1] < 5  # y grows downwards
    assert [len(ax.lines) for ax in made.axes] == [2, 2, 2, 0]


def test_a_photograph_is_drawn_as_it_is():
    grey = np.full((40, 90), 200, np.uint8)
    made = words.photograph(grey, [word("ll", True)])
    [ax] = made.axes
    assert np.array_equal(ax.images[0].get_array(), grey)
    assert ax.images[0].get_cmap().name == "gray"
    assert texts(made) == ["ll"]
    assert made.alt == "A grey picture of 90 by 40 pixels, read as: ll."
    assert len(boxes(made)) == 2


def test_bars_stand_side_by_side_with_their_shares():
    made = words.words_read_right(
        {"scan": [0.75, 0.0], "search": [1.0, 0.5]}, ["apart", "touching"]
    )
    [ax] = made.axes
    assert [bar.get_height() for bar in boxes(made)] == [0.75, 0.0, 1.0, 0.5]
    assert not any(overlap(a, b) for i, a in enumerate(boxes(made)) for b in boxes(made)[:i])
    assert texts(made) == ["75%", "0%", "100%", "50%"]
    assert [tick.get_text() for tick in ax.get_xticklabels()] == ["apart", "touching"]
    assert made.alt.endswith("apart and touching: scan 75% and 0%; search 100% and 50%.")
    assert base.png(made)
