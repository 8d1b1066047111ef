"""Figures of training: loss and accuracy, live and afterwards, and what they cost."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from IPython.display import DisplayHandle
from matplotlib.ticker import FuncFormatter, MaxNLocator, NullFormatter
from numpy.typing import NDArray

from hwr._support.display import PALETTE
from hwr.plots.base import (
    GRID,
    Figure,
    by_name,
    counted,
    draw_image,
    legend_beside,
    listed,
    new_figure,
    new_grid,
    show_live,
    trends,
)

History = list[dict[str, float]]
"""One entry per epoch, as :data:`hwr.checkpoint.History`."""

PLAIN_NUMBERS = FuncFormatter(lambda value, _: f"{value:,.10g}")
"""Formats ticks as 1,000 and not as a power of ten."""

TRAINING, VALIDATION = PALETTE["other"], PALETTE["main"]

NETWORKS = {
    "mlp": "neutral",
    "deep_mlp": "third",
    "lenet": "other",
    "cnn": "sky",
    "wide_cnn": "bad",
    "compact_cnn": "good",
    "resnet": "main",
}
"""Each network's colour in every figure, by its name in the palette."""


def learning_curves(history: History, title: str = "", epochs: int | None = None) -> Figure:
    """Draw loss and accuracy over the epochs, on training and on validation images.

    Parameters
    ----------
    history : list of dict
        At least one entry, with ``epoch``, ``loss``, ``accuracy``, ``val_loss``, ``val_accuracy``.
    title : str
        Written above.
    epochs : int, optional
        Number of epochs that the horizontal axis has room for.
    """
    made, (left, right) = new_figure(1, 2, size=(7.4, 3.1))
    numbers = [row["epoch"] for row in history]
    for ax, name in ((left, "loss"), (right, "accuracy")):
        training = [row[name] for row in history]
        validation = [row[f"val_{name}"] for row in history]
        ax.plot(numbers, training, "o--", color=TRAINING, markersize=3, label="training images")
        ax.plot(
            numbers, validation, "o-", color=VALIDATION, markersize=3, label="validation images"
        )
        ax.set_title(name, fontsize=10)
        ax.set(xlabel="epoch", xlim=(0.7, max(epochs or 0, int(numbers[-1]), 2) + 0.3))
        ax.xaxis.set_major_locator(MaxNLocator(8, integer=True, min_n_ticks=1))
    left.set_ylim(bottom=0)
    lowest = min(min(row["accuracy"], row["val_accuracy"]) for row in history)
    right.set_ylim(max(0.0, np.floor(lowest * 10 - 0.5) / 10), 1.0)
    right.yaxis.set_major_formatter("{x:.0%}")
    best = max(history, key=lambda row: row["val_accuracy"])
    text = f"accuracy (best: {best['val_accuracy']:.1%}, epoch {best['epoch']:.0f})"
    right.set_title(text, fontsize=10)
    right.axhline(best["val_accuracy"], color=VALIDATION, linewidth=0.6, linestyle=":")
    made.legend(*left.get_legend_handles_labels(), fontsize=9, loc="outside lower center", ncols=2)
    if title:
        made.suptitle(title, fontsize=11)
    ends = {name: (history[-1][name], history[-1][f"val_{name}"]) for name in ("loss", "accuracy")}
    made.alt = (
        f"{title or 'Learning curves'}, training and validation images after "
        f"{counted(len(history), 'epoch')}: {by_name(ends, '.3g')}; validation {text}."
    )
    return made


class LiveCurves:
    """Learning curves that grow while a network learns.

    Pass one as ``on_epoch`` to :func:`hwr.training.fit`: it shows a figure after the first epoch
    and replaces it after each later one.

    Parameters
    ----------
    title : str
        Written above the curves.
    epochs : int, optional
        Number of epochs to come, for which the figure has room from the start.
    """

    def __init__(self, title: str = "", epochs: int | None = None) -> None:
        self.title, self.epochs = title, epochs
        self._handle: DisplayHandle | None = None

    def __call__(self, history: History) -> None:
        """Show the curves of a history with at least one epoch."""
        made = learning_curves(history, self.title, self.epochs)
        self._handle = show_live(made, self._handle)


def line_chart(
    curves: Mapping[str, Sequence[float]], across: str, up: str, top: float | None = None
) -> Figure:
    """Draw sequences of numbers as lines.

    Parameters
    ----------
    curves : dict of str to sequence of float
        At most seven, by name; the first value is drawn at 1.
    across, up : str
        Labels of the axes.
    top : float, optional
        Upper end of the vertical axis.
    """
    made, ax = new_figure(size=(6.6, 3.4))
    for (name, values), colour in zip(curves.items(), PALETTE.values(), strict=False):
        ax.plot(range(1, len(values) + 1), values, color=colour, label=name, linewidth=1.8)
    ax.set(xlabel=across, ylabel=up, ylim=(0, top))
    ax.xaxis.set_major_locator(MaxNLocator(8, integer=True))
    legend_beside(ax, fontsize=9)
    steps = max(len(values) for values in curves.values())
    made.alt = f"Line chart of {up} against {across}, 1 to {steps}: {trends(curves)}."
    return made


def accuracy_against_time(
    histories: Mapping[str, History], seconds: str = "seconds of training", log: bool = False
) -> Figure:
    """Draw validation accuracy against training time, one line per network.

    Parameters
    ----------
    histories : dict of str to History
        Each entry with ``val_accuracy`` and ``seconds``, which are added up.
    seconds : str
        Label of the horizontal axis.
    log : bool
        Whether the time axis is logarithmic.
    """
    made, ax = new_figure(size=(7.2, 3.8))
    found = []
    for name, history in histories.items():
        time = np.cumsum([row["seconds"] for row in history])
        accuracies = [row["val_accuracy"] for row in history]
        ax.plot(time, accuracies, "o-", color=colour(name), markersize=3.5, label=name)
        found.append(f"{name} {max(accuracies):.1%} in {time[-1]:,.3g}")
    if log:
        ax.set_xscale("log")
        ax.xaxis.set_major_formatter(PLAIN_NUMBERS)
    else:
        ax.set_xlim(left=0)
    ax.set(xlabel=seconds, ylabel="validation accuracy")
    ax.yaxis.set_major_formatter("{x:.0%}")
    ax.grid(axis="y", color=GRID, linewidth=0.7)
    legend_beside(ax, fontsize=9)
    made.alt = f"Best validation accuracy, and {seconds}: {listed(found, '; ')}."
    return made


def colour(network: str) -> str:
    """Return a network's colour; an unknown one has the main colour."""
    return PALETTE[NETWORKS.get(network, "main")]


def cost_and_accuracy(rows: Mapping[str, tuple[int, float, float]]) -> Figure:
    """Draw time and accuracy of networks against their number of parameters.

    Parameters
    ----------
    rows : dict of str to (int, float, float)
        Parameters, seconds per epoch, and accuracy in 0..1, by network.
    """
    made, axes = new_figure(1, 2, size=(7.8, 3.4))
    for ax, value, name in zip(axes, (1, 2), ("seconds per epoch", "accuracy"), strict=True):
        for network, row in rows.items():
            ax.plot(row[0], row[value], "o", color=colour(network), markersize=8)
            ax.annotate(
                network, (row[0], row[value]), (0, 8), textcoords="offset points",
                ha="center", fontsize=8,
            )  # fmt: skip
        ax.set_xscale("log")
        ax.xaxis.set_major_formatter(PLAIN_NUMBERS)
        ax.margins(0.2)
        ax.set_xlabel("parameters")
        ax.set_title(name, fontsize=10)
    axes[0].set_yscale("log")
    axes[0].yaxis.set_major_formatter(PLAIN_NUMBERS)
    axes[0].yaxis.set_minor_formatter(NullFormatter())
    axes[1].yaxis.set_major_formatter("{x:.0%}")
    parts = (f"{name} {row[0]:,}, {row[1]:.3g} and {row[2]:.1%}" for name, row in rows.items())
    made.alt = f"Parameters, seconds per epoch and accuracy: {listed(parts, '; ')}."
    return made


def weight_images(weights: NDArray[Any], names: Sequence[str], columns: int = 10) -> Figure:
    """Draw each class's weights as an image: purple where ink speaks for it, orange against.

    Parameters
    ----------
    weights : ndarray of float, shape (784, classes)
        One column per class, of a layer whose input is the pixels.
    names : sequence of str
        The classes.
    """
    made, axes = new_grid(len(names), columns, 0.8, 1.0)
    for ax, name, column in zip(axes, names, weights.T, strict=True):
        reach = float(np.abs(column).max())
        draw_image(ax, column.reshape(28, 28), name, cmap="PuOr", vmin=-reach, vmax=reach)
    made.alt = f"Weights as images, purple where ink speaks for a class: {listed(names)}."
    return made
