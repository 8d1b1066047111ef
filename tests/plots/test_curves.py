"""Figures of trainings show what they are given."""

import numpy as np
import pytest
from matplotlib.figure import Figure

from hwr import models
from hwr.plots import base, curves


def history(*accuracies: float) -> list[dict[str, float]]:
    return [
        {"epoch": n, "loss": 3 / n, "accuracy": accuracy + 0.1, "val_loss": 3.5 / n,
         "val_accuracy": accuracy, "seconds": 2.0}
        for n, accuracy in enumerate(accuracies, 1)
    ]  # fmt: skip


def lines(made: Figure, axes: int = 0) -> dict[str, tuple[list[float], list[float]]]:
    return {
        str(line.get_label()): (list(line.get_xdata()), list(line.get_ydata()))
        for line in made.axes[axes].get_lines()
    }


def test_learning_curves_show_both_lines_and_the_best_epoch():
    made = curves.learning_curves(history(0.3, 0.7, 0.6), "a title")
    loss, accuracy = lines(made), lines(made, 1)
    assert loss["training images"] == ([1, 2, 3], [3, 1.5, 1])
    assert accuracy["validation images"] == ([1, 2, 3], [0.3, 0.7, 0.6])
    assert made.axes[1].get_title() == "accuracy (best: 70.0%, epoch 2)"
    assert made.get_suptitle() == "a title"
    assert "a title, training and validation images after 3 epochs: loss 1 and 1.17" in made.alt
    low, high = made.axes[1].get_ylim()
    assert low <= 0.3
    assert high == 1


def test_learning_curves_of_a_single_epoch_can_be_drawn():
    made = curves.learning_curves(history(0.3), epochs=8)
    assert made.axes[0].get_xlim()[1] > 8
    assert base.png(made)


def test_live_curves_are_one_figure_that_is_replaced(monkeypatch):
    shown = []

    def show_live(made, handle=None):
        shown.append((lines(made)["training images"][0], made.alt, handle))
        return handle or "the handle"

    monkeypatch.setattr(curves, "show_live", show_live)
    on_epoch = curves.LiveCurves("lenet", epochs=3)
    whole = history(0.2, 0.4)
    on_epoch(whole[:1])
    on_epoch(whole)
    assert [epochs for epochs, _, _ in shown] == [[1], [1, 2]]
    assert [handle for _, _, handle in shown] == [None, "the handle"]
    assert "after 2 epochs" in shown[1][1]
    assert "validation" in shown[1][1]


def test_lines_are_named_and_begin_at_one():
    made = curves.line_chart({"slow": [3, 2], "fast": [3, 1]}, "step", "loss", top=8)
    assert lines(made) == {"slow": ([1, 2], [3, 2]), "fast": ([1, 2], [3, 1])}
    assert made.axes[0].get_ylim() == (0, 8)
    assert "loss against step, 1 to 2: slow from 3 to 2, within 2 to 3; fast" in made.alt


@pytest.mark.parametrize("log", [False, True])
def test_time_adds_up(log):
    histories = {"mlp": history(0.3, 0.5, 0.6), "lenet": history(0.6)}
    made = curves.accuracy_against_time(histories, log=log)
    assert lines(made)["mlp"] == ([2, 4, 6], [0.3, 0.5, 0.6])
    assert lines(made)["lenet"] == ([2], [0.6])
    assert (made.axes[0].get_xscale() == "log") is log
    assert made.alt.endswith("seconds of training: mlp 60.0% in 6; lenet 60.0% in 2.")
    assert base.png(made)


def test_parameters_against_time_and_accuracy():
    made = curves.cost_and_accuracy({"mlp": (100_000, 0.5, 0.6), "cnn": (400_000, 2.0, 0.8)})
    assert [list(line.get_ydata()) for line in made.axes[0].get_lines()] == [[0.5], [2.0]]
    assert [list(line.get_ydata()) for line in made.axes[1].get_lines()] == [[0.6], [0.8]]
    assert [text.get_text() for text in made.axes[1].texts] == ["mlp", "cnn"]
    assert made.alt.endswith(": mlp 100,000, 0.5 and 60.0%; cnn 400,000, 2 and 80.0%.")
    assert curves.PLAIN_NUMBERS(1_000_000.0) == "1,000,000"
    assert base.png(made)


def test_every_network_has_a_colour_of_its_own():
    assert set(curves.NETWORKS) < set(models.ARCHITECTURES)  # the rest of ours share a colour
    assert len({curves.colour(name) for name in curves.NETWORKS}) == len(curves.NETWORKS)


def test_weight_images_are_upright_and_zero_is_the_middle_colour():
    weights = np.zeros((784, 3))
    weights[28 * 5 + 2, 0] = -2.0  # row 5, column 2
    made = curves.weight_images(weights, "ABC", columns=2)
    drawn = made.axes[0].get_images()[0]
    assert drawn.get_array()[5, 2] == -2
    assert drawn.get_clim() == (-2, 2)
    assert [ax.get_title() for ax in made.axes] == ["A", "B", "C", ""]
    assert not made.axes[3].axison
    assert made.alt.endswith(": A, B, C.")
