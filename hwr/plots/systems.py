"""Figures of the benchmark: accuracy against cost, and what each part of a recipe adds."""

from collections.abc import Mapping
from typing import Protocol

from matplotlib.axes import Axes
from matplotlib.ticker import NullFormatter, PercentFormatter
from matplotlib.transforms import Bbox

from hwr._support.display import PALETTE
from hwr.plots.base import GRID, Figure, by_name, listed, new_figure
from hwr.plots.curves import PLAIN_NUMBERS


class Measured(Protocol):
    """One network's cost and accuracy on one test."""

    @property
    def system(self) -> str:
        """A letter, or ``'ours'``."""

    @property
    def cpu_seconds(self) -> float:
        """Processor time of the training."""

    @property
    def parameters(self) -> int:
        """The number of trained weights."""

    @property
    def accuracy(self) -> float:
        """In 0..1."""

    @property
    def half_width(self) -> float:
        """Half of the accuracy's 95 % interval."""


COSTS = "cpu_seconds", "parameters"


def accuracy_vs_cost(tests: Mapping[str, Mapping[str, Measured]]) -> Figure:
    """Draw accuracy against training time and against the number of parameters.

    Parameters
    ----------
    tests : mapping of str to mapping of str to Measured
        For each test the networks that can take it, by name; a row of two plots each.
    """
    made, axes = new_figure(len(tests), 2, size=(7.6, 2.8 * len(tests)), squeeze=False)
    for row, (test, points) in zip(axes, tests.items(), strict=True):
        for ax, cost in zip(row, COSTS, strict=True):
            _scatter(ax, points, cost)
            ax.set_title(test, fontsize=10)
    axes[-1][0].set_xlabel("processor seconds of training (log scale)")
    axes[-1][1].set_xlabel("parameters (log scale)")
    made.draw_without_rendering()  # from here on it is known where a label would lie
    for row, points in zip(axes, tests.values(), strict=True):
        for ax, cost in zip(row, COSTS, strict=True):
            _label(ax, points, cost)
    best = (f"{test}, {max(row, key=lambda n: row[n].accuracy)}" for test, row in tests.items())
    made.alt = f"Accuracy against training time and parameters; best: {listed(best, '; ')}."
    return made


def _scatter(ax: Axes, points: Mapping[str, Measured], cost: str) -> None:
    for point in points.values():
        ours = point.system == "ours"
        ax.errorbar(
            float(getattr(point, cost)), point.accuracy, point.half_width,
            fmt="o" if ours else "s", color=PALETTE["main" if ours else "other"],
            markersize=7, capsize=2, linewidth=1,
        )  # fmt: skip
    ax.set_xscale("log")
    ax.xaxis.set_major_formatter(PLAIN_NUMBERS)
    ax.xaxis.set_minor_formatter(NullFormatter())
    ax.yaxis.set_major_formatter(PercentFormatter(1.0))
    ax.tick_params(labelsize=8)
    ax.margins(0.32, 0.12)
    ax.grid(axis="y", color=GRID, linewidth=0.7)


def _label(ax: Axes, points: Mapping[str, Measured], cost: str) -> None:
    """Name each point at its side, or above or below it where that would hide another."""
    letters = [point.system for point in points.values()]
    spots = [(float(getattr(point, cost)), point.accuracy) for point in points.values()]
    taken = [Bbox.from_bounds(x - 6, y - 6, 12, 12) for x, y in ax.transData.transform(spots)]
    for (name, point), (x, _) in zip(points.items(), spots, strict=True):
        ours, alone = point.system == "ours", letters.count(point.system) == 1
        text = name if ours else point.system if alone else f"{point.system}: {name}"
        sides = [(x, 0, -8, 0, "right", "center"), (x, 0, 8, 0, "left", "center")]
        ends = [(x, 1, 0, 2, "center", "bottom"), (x, -1, 0, -2, "center", "top")]
        places = [*sides[:: 1 if ours else -1], *ends]
        for place in places:
            at, end, right, up, horizontal, vertical = place
            label = ax.annotate(
                text, (at, point.accuracy + end * point.half_width), (right, up),
                textcoords="offset points", ha=horizontal, va=vertical, fontsize=9,
            )  # fmt: skip
            box = label.get_window_extent()
            if place is places[-1] or not any(box.overlaps(other) for other in taken):
                break
            label.remove()
        taken.append(box)


def ablation(changes: Mapping[str, float]) -> Figure:
    """Draw how much each change of a recipe adds to the accuracy or takes away.

    Parameters
    ----------
    changes : mapping of str to float
        Percentage points, by change.
    """
    made, ax = new_figure(size=(7.0, 0.7 + 0.36 * len(changes)))
    values = list(changes.values())
    colours = [PALETTE["good" if value >= 0 else "bad"] for value in values]
    drawn = ax.barh(list(changes), values, color=colours)
    ax.bar_label(drawn, labels=[f" {value:+z.1f} " for value in values])
    ax.axvline(0, color=PALETTE["neutral"], linewidth=0.8)
    ax.invert_yaxis()
    ax.margins(0.15, None)
    ax.set_xlabel("percentage points")
    made.alt = f"Percentage points gained or lost: {by_name(changes, '+z.1f')}."
    return made
