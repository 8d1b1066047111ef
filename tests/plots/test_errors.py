"""Figures of the lesson on errors: what they show is what they were given."""

import numpy as np
import pytest
import sklearn.metrics

from hwr import metrics
from hwr.plots import errors as figures

LABELS = np.array([0, 1, 1, 1])
SURE = np.array([[0.95, 0.05], [0.85, 0.15], [0.35, 0.65], [0.75, 0.25]])


def test_confusion_map_has_true_characters_as_rows_and_shares_in_per_cent():
    matrix = np.array([[5, 1, 0], [0, 7, 2], [0, 0, 3]])
    made = figures.confusion_matrix(matrix, ["9", "A", "a"], "test images")
    ax, bar = made.axes
    made.canvas.draw()
    assert ax.images[0].get_array().tolist() == matrix.tolist()
    assert ax.get_ylabel() == "true character"
    assert [label.get_text() for label in ax.get_yticklabels()] == ["9", "A", "a"]
    assert bar.get_ylabel() == "test images"
    assert "3 classes, 83% on the diagonal" in made.alt
    assert "test images elsewhere: A read as a 2; 9 read as A 1." in made.alt
    # Lines part digits from capitals and capitals from small letters.
    assert sorted(line.get_ydata()[0] for line in ax.lines[::2]) == [0.5, 1.5]
    made = figures.confusion_matrix(np.eye(2), ["0", "1"], "share", share=True)
    made.canvas.draw()
    assert made.axes[1].get_yticklabels()[-1].get_text().endswith("%")


def test_rows_draw_at_most_a_line_of_images_and_say_where_there_are_none():
    images = np.full((4, 28, 28), 200, np.uint8)
    rows = [("N / M", images, list("abcd")), ("1 / l", images[:0], [])]
    made = figures.image_rows(rows, columns=3)
    drawn = [len(ax.images) for ax in made.axes]
    assert drawn == [1, 1, 1, 0, 0, 0]
    assert [ax.get_title() for ax in made.axes[:3]] == ["a", "b", "c"]
    assert [made.axes[0].get_ylabel(), made.axes[3].get_ylabel()] == ["N / M", "1 / l"]
    assert made.axes[3].texts[0].get_text() == "none here"
    assert made.alt == "Rows of images. N / M: a, b, c; 1 / l: none."


def test_guesses_stack_the_parts_of_each_kind_as_shares_of_all_mistakes():
    made = figures.later_guesses(["0 O", "the rest"], np.array([[3, 0, 1], [2, 1, 3]]))
    ax = made.axes[0]
    widths = [[bar.get_width() for bar in part] for part in ax.containers]
    assert np.allclose(widths, [[0.3, 0.2], [0.0, 0.1], [0.1, 0.3]])
    starts = [[bar.get_x() for bar in part] for part in ax.containers]
    assert np.allclose(starts, [[0, 0], [0.3, 0.2], [0.3, 0.3]])
    assert [label.get_text() for label in ax.get_yticklabels()] == ["0 O", "the rest"]
    assert [text.get_text().strip() for text in ax.texts] == ["40%", "60%"]
    assert "10 mistakes: second guess right 50%; third guess right 10%; neither 40%." in made.alt


def test_reliability_draws_a_point_for_each_bin_that_is_not_empty():
    found = metrics.reliability(LABELS, SURE, bins=10)
    made = figures.reliability_diagram([("before", found), ("after", found)])
    for ax, title in zip(made.axes, ("before", "after"), strict=True):
        points = ax.collections[-1].get_offsets()
        assert np.asarray(points) == pytest.approx(
            np.array([[0.65, 1], [0.75, 0], [0.85, 0], [0.95, 1]])
        )
        assert ax.get_title() == f"{title}: ECE 50.0%"
    assert made.alt.endswith("calibration error: before 50.0%; after 50.0%.")


def test_risk_coverage_marks_the_threshold_and_the_aim():
    coverage, risk, _ = metrics.risk_coverage(LABELS, SURE)
    made = figures.risk_coverage_curve([("62 classes", coverage, risk)], (0.5, 0.5), aim=0.25)
    ax = made.axes[0]
    curve, aim, chosen = ax.lines
    assert curve.get_xdata().tolist() == coverage.tolist()
    assert curve.get_ydata().tolist() == risk.tolist()
    assert aim.get_ydata()[0] == 0.25
    assert (chosen.get_xdata()[0], chosen.get_ydata()[0]) == (0.5, 0.5)
    assert ax.texts[0].get_text() == "aim: 25% wrong"
    assert made.alt == "Risk 50.0% at coverage 50%, aim 25%; of all answers: 62 classes 50.0%."


def test_risk_coverage_leaves_out_the_first_hundredth():
    n = 500
    coverage = np.arange(1, n + 1) / n
    made = figures.risk_coverage_curve([("all", coverage, coverage)], (0.5, 0.5), aim=0.1)
    assert made.axes[0].lines[0].get_xdata()[0] == 0.01


INSIDE, OUTSIDE = np.array([0.4, 0.9, 0.8]), np.array([0.6, 0.1])


def test_a_roc_curve_has_a_point_for_each_score_and_equal_ones_share_theirs():
    passed, kept = figures.roc(INSIDE, OUTSIDE)
    assert passed == pytest.approx([0, 0, 0, 0.5, 0.5, 1])
    assert kept == pytest.approx([0, 1 / 3, 2 / 3, 2 / 3, 1, 1])
    passed, kept = figures.roc(np.array([0.5, 0.9]), np.array([0.5]))
    assert (passed.tolist(), kept.tolist()) == ([0, 0, 1], [0, 0.5, 1])


def test_the_area_under_a_roc_curve_is_that_of_scikit_learn():
    rng = np.random.default_rng(1)
    inside, outside = rng.integers(3, 9, 40) / 10, rng.integers(0, 7, 60) / 10
    passed, kept = figures.roc(inside, outside)
    belongs = np.repeat([1, 0], [40, 60])
    expected = sklearn.metrics.roc_auc_score(belongs, np.concatenate([inside, outside]))
    assert np.trapezoid(kept, passed) == pytest.approx(expected)


def test_roc_curves_tell_their_areas_and_mark_the_threshold_on_each():
    made = figures.roc_curves([("doodles", INSIDE, OUTSIDE), ("letters", INSIDE, INSIDE)], 0.6)
    ax = made.axes[0]
    doodles, at_threshold, letters, same, chance = ax.lines
    assert doodles.get_ydata().tolist() == figures.roc(INSIDE, OUTSIDE)[1].tolist()
    assert (*at_threshold.get_xdata(), *at_threshold.get_ydata()) == pytest.approx((0.5, 2 / 3))
    assert (*same.get_xdata(), *same.get_ydata()) == pytest.approx((2 / 3, 2 / 3))
    assert letters.get_linestyle() != doodles.get_linestyle()
    assert chance.get_xydata().tolist() == [[0, 0], [1, 1]]
    texts = [text.get_text() for text in ax.get_legend().get_texts()]
    coin = "tossing a coin: area 0.500"
    assert texts == ["doodles: area 0.833", "letters: area 0.500", coin]
    assert "0.60: doodles: area 0.833, 66.7% kept and 50.0% let through; letters" in made.alt
