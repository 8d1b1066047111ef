"""The figures of the lesson on augmentation show the numbers they are given."""

import numpy as np
import pytest

from hwr.plots import augmentation as figures

IMAGE = np.zeros((28, 28), np.uint8)


@pytest.mark.parametrize("headings", [True, False])
def test_before_and_after_stand_in_a_row(headings):
    before = {"rotation": IMAGE, "shift": IMAGE}
    after = {name: np.stack([IMAGE] * 3) for name in before}
    made = figures.before_after(before, after, headings)
    assert len(made.axes) == 2 * 4
    assert [made.axes[0].get_ylabel(), made.axes[4].get_ylabel()] == ["rotation", "shift"]
    assert (made.axes[0].get_title() == "before") == headings
    assert made.alt.endswith("4 in a row: rotation, shift.")


def test_arrows_point_where_ink_moves():
    field = np.zeros((2, 28, 28))
    field[1] = -2  # looked for 2 to the left: ink moves to the right
    made = figures.elastic_displacement(IMAGE, field, IMAGE)
    assert made.alt.endswith("2.0 pixels on average, 2.0 at most.")
    arrows = made.axes[1].collections[0]
    assert (arrows.U == 2).all()
    assert (arrows.V == 0).all()


def test_spreads_draw_the_median_and_leave_out_what_is_missing():
    values = np.array([1.0, 2.0, 3.0, np.nan])
    made = figures.spreads({"one": {"width": values}, "two": {"width": values + 1}})
    dots = [line.get_xdata() for line in made.axes[0].lines if line.get_marker() == "o"]
    assert np.ravel(dots).tolist() == [2, 3]
    assert [label.get_text() for label in made.axes[0].get_yticklabels()] == ["one", "two"]
    assert made.alt == "Medians of one, two: width 2 and 3."


def test_shares_are_lines_by_name():
    made = figures.shares([0, 9], {"six": [1, 0.2], "nine": [0, 1]}, "degrees", "share")
    assert [line.get_label() for line in made.axes[0].lines] == ["six", "nine"]
    assert made.axes[0].get_xlabel() == "degrees"
    assert "share against degrees: six from 100% to 20%, within 20% to 100%; nine" in made.alt


def test_scores_are_two_marks_for_each_condition():
    made = figures.accuracy_comparison(["plain", "shifted"], [0.8, 0.5], [0.81, 0.7])
    without, with_it = made.axes[0].lines
    assert (list(without.get_xdata()), list(with_it.get_xdata())) == ([0.8, 0.5], [0.81, 0.7])
    assert made.alt.endswith(": plain 80.0% and 81.0%; shifted 50.0% and 70.0%.")
