"""Figures of a network's answers in every frame show what they are given."""

from itertools import pairwise

import numpy as np
import pytest
from matplotlib.colors import to_hex

from hwr.ink import Ink
from hwr.plots import base, frames
from hwr.plots.base import PALETTE
from hwr.words import ctc

IMAGE = np.zeros((40, 12), np.float32)
IMAGE[10:30, 4:8] = 1
ANSWERS = np.array(
    [[0.9, 0.1, 0, 0], [0.1, 0, 0.1, 0.8], [0.3, 0.1, 0, 0.6], [0.8, 0.1, 0.1, 0],
     [0.2, 0.6, 0.15, 0.05], [0.7, 0.3, 0, 0]]
)  # fmt: skip


def texts(ax) -> list[str]:
    return [text.get_text() for text in ax.texts]


def test_answers_stand_below_the_columns_that_they_belong_to():
    made = frames.frame_probabilities(IMAGE, ANSWERS, "xyz")
    above, below = made.axes[:2]
    assert np.array_equal(above.images[0].get_array(), IMAGE)
    assert above.images[0].get_extent() == [-0.5, 5.5, 40, 0]
    made.draw_without_rendering()
    assert above.get_xlim() == below.get_xlim() == (-0.5, 5.5)
    assert above.get_position().x1 == pytest.approx(below.get_position().x1)
    named = [label.get_text() for label in below.get_yticklabels()]
    assert named == ["z", "x", "_"]  # by where they are most probable; nowhere is it y
    assert np.array_equal(below.images[0].get_array(), ANSWERS[:, [3, 1, 0]].T)
    assert "".join(texts(below)) == "_zz_x_"
    assert "6 frames; from left to right, the most probable are _ in 1, z in 2, _ in 1" in made.alt


def test_a_trellis_has_the_steps_of_every_path_and_no_others():
    states, labels = "_a_l_l_", (1, 2, 2)
    made = frames.trellis(states, np.full((5, 7), 0.25))
    [ax] = made.axes
    drawn = {(note.xyann, note.xy) for note in ax.texts if hasattr(note, "xyann")}
    steps = {
        ((frame + 0.2, before), (frame + 0.8, after))
        for path in ctc.paths(labels, 5)
        for frame, (before, after) in enumerate(steps_of(path))
    }
    assert drawn == steps
    assert texts(ax).count("0.25") == 5 * 7
    assert [label.get_text() for label in ax.get_yticklabels()] == list(states)


def steps_of(path):
    """Return the pairs of states of _a_l_l_ that a path goes through."""
    places, place = [], 0
    for label in path:
        while "0102020"[place] != str(label):
            place += 1
        places.append(place)
    return pairwise(places)


def test_only_the_path_of_a_trellis_is_coloured():
    made = frames.trellis("_a_", np.array([[0.5, 0.4, 0.5], [0.2, 0.3, 0.2]]), path=[1, 2])
    [ax] = made.axes
    coloured = [text.get_text() for text in ax.texts if text.get_fontweight() == "bold"]
    assert coloured == ["0.4", "0.2"]
    arrows = [note.arrow_patch for note in ax.texts if hasattr(note, "xyann")]
    blue = [to_hex(arrow.get_edgecolor()).upper() == PALETTE["main"] for arrow in arrows]
    assert sum(blue) == 1
    assert len(blue) == 3  # of aa, a_ and _a
    assert made.alt == "All paths of a through 2 frames, the path a_ highlighted."


def test_texts_come_and_go_while_a_word_is_written():
    stroke = np.array([[0, 0], [1, 1], [2, 0], [3, 1], [4, 0]], float)
    inks = [Ink([stroke[:2]]), Ink([stroke[:4]]), Ink([stroke])]
    likely = [{}, {"l": 0.6, "i": 0.3}, {"le": 0.9, "l": 0.1}]
    made = frames.texts_while_written(inks, likely)
    ax = made.axes[-1]
    lines = {line.get_label(): line.get_ydata().tolist() for line in ax.lines}
    assert lines == {"l": [0, 0.6, 0.1], "i": [0, 0.3, 0], "le": [0, 0, 0.9]}
    assert list(lines)[-1] == "le"  # the last to lead
    assert ax.lines[0].get_xdata().tolist() == pytest.approx([0.4, 0.8, 1])
    begun = made.axes[0].lines
    assert [len(line.get_xdata()) for line in begun] == [5, 2]  # the whole word pale, and so far
    assert made.alt.endswith("is written: nothing, then l, then le.")
    assert base.png(made)
