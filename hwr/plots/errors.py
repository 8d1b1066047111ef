"""Figures of the lesson on errors: confusion, misread images, calibration, risk, ROC curves."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import PowerNorm
from matplotlib.ticker import PercentFormatter
from numpy.typing import NDArray

from hwr._support.display import PALETTE
from hwr.metrics import Reliability
from hwr.plots.base import TELLING, Figure, by_name, draw_image, legend_beside, listed, new_figure
from hwr.plots.dataset import kind


def confusion_matrix(
    matrix: NDArray[Any], classes: Sequence[str], unit: str, share: bool = False
) -> Figure:
    """Draw a confusion matrix as a heat map; rows are true classes, columns answers.

    Parameters
    ----------
    matrix : ndarray, shape (classes, classes)
        Counts, or shares in 0..1.
    classes : sequence of str
    unit : str
        Label of the colour bar.
    share : bool
        Whether the values are shares: shown in per cent, small ones emphasised.
    """
    made, ax = new_figure(size=(7.4, 6.6))
    made.alt = draw_matrix(ax, matrix, classes, unit, share)
    return made


def draw_matrix(
    ax: Axes, matrix: NDArray[Any], classes: Sequence[str], unit: str, share: bool = False
) -> str:
    """Draw a matrix as :func:`confusion_matrix` does, and return what it shows, in words."""
    norm = share_scale() if share else None
    drawn = ax.imshow(matrix, cmap="Blues", norm=norm, interpolation="nearest")
    ticks = range(len(classes))
    ax.set_xticks(ticks, classes, fontsize=7, fontfamily=TELLING)
    ax.set_yticks(ticks, classes, fontsize=7, fontfamily=TELLING)
    ax.tick_params(length=0, pad=1, top=True, labeltop=True)
    for edge in range(1, len(classes)):
        if kind(classes[edge]) != kind(classes[edge - 1]):
            ax.axhline(edge - 0.5, color=PALETTE["neutral"], linewidth=0.6)
            ax.axvline(edge - 0.5, color=PALETTE["neutral"], linewidth=0.6)
    ax.set(xlabel="answer", ylabel="true character")
    ax.spines[:].set_visible(False)
    bar = ax.figure.colorbar(drawn, ax=ax, shrink=0.7, format="{x:.0%}" if share else None)
    bar.set_label(unit)
    known = np.nan_to_num(matrix)
    off = np.where(np.eye(len(classes), dtype=bool), 0, known)
    places = (divmod(int(i), len(classes)) for i in np.argsort(-off, axis=None, kind="stable")[:5])
    most = {f"{classes[r]} read as {classes[c]}": off[r, c] for r, c in places if off[r, c]}
    return (
        f"{len(classes)} classes, {known.trace() / max(known.sum(), 1e-9):.0%} on the diagonal; "
        f"{unit} elsewhere: {by_name(most, '.0%' if share else ',.0f') or 'none'}."
    )


def share_scale() -> PowerNorm:
    """Return the colours' scale of shares, on which a few per cent can be seen."""
    return PowerNorm(0.5, vmin=0)


def image_rows(
    rows: Sequence[tuple[str, NDArray[np.uint8], Sequence[str]]], columns: int = 8
) -> Figure:
    """Draw rows of images, each row with a heading on its left and each image with a title.

    Parameters
    ----------
    rows : sequence of (heading, images, titles)
        Images: uint8, shape (n, 28, 28); only the first ``columns`` are drawn.
    columns : int
        Images in a row.
    """
    size = (0.9 * columns, 0.98 * len(rows))
    made, axes = new_figure(len(rows), columns, size, squeeze=False)
    for line, (heading, images, titles) in zip(axes, rows, strict=True):
        for place, ax in enumerate(line):
            if place < len(images):
                draw_image(ax, images[place], titles[place])
            else:
                ax.set(xticks=[], yticks=[])
                ax.spines[:].set_visible(False)
        name = line[0].set_ylabel(heading, rotation=0, ha="right", va="center", labelpad=8)
        name.set_fontfamily(TELLING)
        if not len(images):
            line[0].text(0, 0.5, "none here", va="center", fontsize=9, color=PALETTE["neutral"])
    parts = (f"{heading}: {listed(titles[:columns]) or 'none'}" for heading, _, titles in rows)
    made.alt = f"Rows of images. {listed(parts, '; ')}."
    return made


def later_guesses(kinds: Sequence[str], counts: NDArray[np.int64]) -> Figure:
    """Draw how many mistakes of each kind the second or third guess would repair.

    Parameters
    ----------
    kinds : sequence of str
    counts : ndarray of int, shape (kinds, 3)
        Mistakes whose second guess is right, whose third guess is right, and others.
    """
    made, ax = new_figure(size=(7.0, 0.9 + 0.34 * len(kinds)))
    shares = counts / counts.sum()
    start = np.zeros(len(kinds))
    names = ("second guess right", "third guess right", "neither")
    for name, share, colour in zip(names, shares.T, ("good", "sky", "bad"), strict=True):
        ax.barh(range(len(kinds)), share, left=start, color=PALETTE[colour], label=name)
        start += share
    ax.set_yticks(range(len(kinds)), kinds, fontfamily=TELLING)
    for line, share in enumerate(start):
        ax.text(share, line, f" {share:.0%}", va="center", fontsize=9)
    ax.invert_yaxis()
    ax.set(xlim=(0, 1.12 * start.max()), xlabel="share of all mistakes")
    ax.xaxis.set_major_formatter("{x:.0%}")
    legend_beside(ax, frameon=True)
    parts = dict(zip(names, shares.sum(axis=0), strict=True))
    made.alt = f"{counts.sum():,} mistakes: {by_name(parts, '.0%')}."
    return made


def reliability_diagram(panels: Sequence[tuple[str, Reliability]]) -> Figure:
    """Draw accuracy against confidence.

    Parameters
    ----------
    panels : sequence of (title, Reliability)
        Drawn side by side; the size of a bin's disc shows its share of the answers.
    """
    size = (3.9 * len(panels), 3.6)
    made, axes = new_figure(1, len(panels), size, sharey=True, squeeze=False)
    for ax, (title, found) in zip(axes.flat, panels, strict=True):
        filled = found.count > 0
        confidence, accuracy = found.confidence[filled], found.accuracy[filled]
        ax.plot([0, 1], [0, 1], color=PALETTE["neutral"], linestyle="--", linewidth=1)
        ax.vlines(confidence, confidence, accuracy, color=PALETTE["bad"], linewidth=2)
        ax.plot(confidence, accuracy, color=PALETTE["main"], linewidth=1)
        sizes = 12 + 250 * found.count[filled] / found.count.sum()
        ax.scatter(confidence, accuracy, s=sizes, color=PALETTE["main"], zorder=3)
        ax.set_title(f"{title}: ECE {found.expected_calibration_error:.1%}", fontsize=10)
        ax.set(xlabel="confidence: highest probability", xlim=(0, 1.04), ylim=(0, 1.04))
        ax.set_aspect("equal")
        _percent(ax)
    axes[0, 0].set_ylabel("answers that were right")
    errors = {title: found.expected_calibration_error for title, found in panels}
    made.alt = f"Accuracy against confidence; expected calibration error: {by_name(errors)}."
    return made


def risk_coverage_curve(
    curves: Sequence[tuple[str, NDArray[np.float64], NDArray[np.float64]]],
    chosen: tuple[float, float],
    aim: float,
) -> Figure:
    """Draw the share of wrong answers against the share of images answered.

    Parameters
    ----------
    curves : sequence of (name, coverage, risk)
        At most three.
    chosen : (float, float)
        Coverage and risk at the threshold in use.
    aim : float
        Risk aimed at.
    """
    made, ax = new_figure(size=(6.4, 3.4))
    looks = zip(("main", "other", "good"), ("-", "--", ":"), strict=True)
    for (name, coverage, risk), (colour, line) in zip(curves, looks, strict=False):
        settled = coverage >= 0.01  # below, a single image moves the curve a lot
        ax.plot(coverage[settled], risk[settled], color=PALETTE[colour], linestyle=line, label=name)
    ax.axhline(aim, color=PALETTE["neutral"], linewidth=1, linestyle=":")
    ax.text(0.01, aim, f"aim: {aim:.0%} wrong", fontsize=9, va="bottom", color=PALETTE["neutral"])
    ax.plot(*chosen, "o", color=PALETTE["bad"], markersize=8, label="the threshold")
    ax.set(xlabel="coverage: share of images answered", ylabel="risk: share of answers wrong")
    _percent(ax)
    ax.set(xlim=(0, 1.01), ylim=(0, None))
    ax.legend(loc="upper left", bbox_to_anchor=(0.0, 0.98))
    every = by_name({name: risk[-1] for name, _, risk in curves})
    made.alt = (
        f"Risk {chosen[1]:.1%} at coverage {chosen[0]:.0%}, aim {aim:.0%}; of all answers: {every}."
    )
    return made


def roc_curves(
    curves: Sequence[tuple[str, NDArray[np.floating[Any]], NDArray[np.floating[Any]]]],
    threshold: float,
) -> Figure:
    """Draw the share of characters kept against the share of others let through.

    Parameters
    ----------
    curves : sequence of (name, inside, outside)
        Scores of what belongs to the alphabet, and of what does not; at most six curves.
    threshold : float
        Marked on each curve: what scores at least this is kept, or let through.
    """
    made, ax = new_figure(size=(7.4, 3.6))
    looks = [(colour, line) for colour in ("other", "main", "good") for line in ("--", "-")]
    parts = []
    for (name, inside, outside), (colour, line) in zip(curves, looks, strict=False):
        passed, kept = roc(inside, outside)
        area = np.trapezoid(kept, passed)
        label = f"{name}: area {area:.3f}"
        ax.plot(passed, kept, color=PALETTE[colour], linestyle=line, label=label)
        here = float((outside >= threshold).mean()), float((inside >= threshold).mean())
        ax.plot(*here, "o", color=PALETTE[colour], markersize=7, clip_on=False)
        parts.append(f"{label}, {here[1]:.1%} kept and {here[0]:.1%} let through")
    chance = {"color": PALETTE["neutral"], "linestyle": ":", "label": "tossing a coin: area 0.500"}
    ax.plot([0, 1], [0, 1], **chance)
    ax.set(xlabel="others let through", ylabel="characters kept", xlim=(0, 1), ylim=(0, 1.01))
    ax.set_aspect("equal", anchor="W")
    _percent(ax)
    legend_beside(ax)
    made.alt = f"ROC curves, and their points at the threshold {threshold:.2f}: "
    made.alt += f"{'; '.join(parts)}."
    return made


def roc(
    inside: NDArray[np.floating[Any]], outside: NDArray[np.floating[Any]]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return a curve's points (Fawcett 2006, "An introduction to ROC analysis").

    Parameters
    ----------
    inside, outside : ndarray of float, shapes (n,) and (m,)
        Scores; one or more each.

    Returns
    -------
    passed, kept : ndarray of float, shape (different scores + 1,)
        Shares of the outside and of the inside that reach a threshold, from 0 to 1: the threshold
        falls from above all scores to each of them in turn.
    """
    thresholds = np.unique(np.concatenate([inside, outside]))[::-1]
    passed, kept = (
        np.append(0.0, 1 - np.searchsorted(np.sort(scores), thresholds) / len(scores))
        for scores in (outside, inside)
    )
    return passed, kept


def _percent(ax: Axes) -> None:
    for axis in (ax.xaxis, ax.yaxis):
        axis.set_major_formatter(PercentFormatter(1))
