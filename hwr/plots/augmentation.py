"""Figures of the lesson on augmentation: images before and after, measures, and accuracy."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hwr._support.display import PALETTE
from hwr.plots.base import (
    FRAME,
    GRID,
    Figure,
    by_name,
    draw_image,
    draw_shares,
    listed,
    new_figure,
    trends,
)


def before_after(
    images: Mapping[str, NDArray[Any]],
    distorted: Mapping[str, NDArray[Any]],
    headings: bool = True,
    inches: float = 0.9,
) -> Figure:
    """Draw a row for each kind of change: an image before it and several after it.

    Parameters
    ----------
    images : mapping of str to ndarray, shape (height, width)
        Image before the change, by the name of the change.
    distorted : mapping of str to ndarray, shape (n, height, width)
        Images after the change, by the same names; the same number in each row.
    headings : bool
        Whether the first image of each row is marked as "before".
    inches : float
        Width of one image.
    """
    columns = 1 + max(len(row) for row in distorted.values())
    size = (inches * columns + 1.0, inches * len(distorted) + 0.3)
    made, axes = new_figure(len(distorted), columns, size=size, squeeze=False)
    for row, (name, after) in zip(axes, distorted.items(), strict=True):
        draw_image(row[0], images[name])
        if headings:
            row[0].spines[:].set(color=PALETTE["main"], linewidth=2)
        row[0].set_ylabel(name, rotation=0, ha="right", va="center", fontsize=10)
        for ax, image in zip(row[1:], after, strict=True):
            draw_image(ax, image)
    if headings:
        axes[0, 0].set_title("before", fontsize=9)
        axes[0, 1].set_title("after", fontsize=9)
    which = "Images before and after" if headings else "Images"
    made.alt = f"{which}, {columns} in a row: {listed(distorted)}."
    return made


def elastic_displacement(image: NDArray[Any], field: NDArray[Any], bent: NDArray[Any]) -> Figure:
    """Draw an image, its displacement field as arrows, and the distorted image.

    Parameters
    ----------
    image, bent : ndarray, shape (height, width)
        Before and after.
    field : ndarray, shape (2, height, width)
        For each pixel of the new image, how far below and to the right its ink is looked up.
    """
    made, axes = new_figure(1, 3, size=(7.2, 2.7))
    draw_image(axes[0], image, "before")
    draw_image(axes[1], image, "displacement, arrows twice as long", alpha=0.25)
    y, x = np.mgrid[1 : image.shape[0] : 3, 1 : image.shape[1] : 3]
    down, right = -field[:, 1::3, 1::3]  # ink moves the opposite way
    arrows = {"angles": "xy", "scale_units": "xy", "scale": 0.5, "width": 0.008}
    axes[1].quiver(x, y, right, down, color=PALETTE["main"], **arrows)
    draw_image(axes[2], bent, "after")
    lengths = np.hypot(*field)
    moved = f"{lengths.mean():.1f} pixels on average, {lengths.max():.1f} at most"
    made.alt = f"An image before and after elastic distortion by {moved}."
    return made


def spreads(groups: Mapping[str, Mapping[str, NDArray[Any]]]) -> Figure:
    """Draw measures of groups: medians as dots, the middle 80 % of the values as bars.

    Parameters
    ----------
    groups : mapping of str to mapping of str to ndarray, shape (n,)
        Values by group and measure; NaN is left out.
    """
    measures = list(next(iter(groups.values())))
    size = (8.4, 0.9 + 0.4 * len(groups))
    made, [axes] = new_figure(1, len(measures), size, sharey=True, squeeze=False)
    for ax, measure in zip(axes, measures, strict=True):
        for place, (values, name) in enumerate(zip(groups.values(), PALETTE, strict=False)):
            low, middle, high = np.nanpercentile(values[measure], [10, 50, 90])
            ax.plot([low, high], [place, place], linewidth=6, alpha=0.45, color=PALETTE[name])
            ax.plot(middle, place, "o", markersize=7, color=PALETTE[name])
        ax.set_title(measure, fontsize=10)
        ax.margins(x=0.15)
    axes[0].set_yticks(range(len(groups)), list(groups))
    axes[0].set_ylim(len(groups) - 0.5, -0.5)
    medians = {key: [np.nanmedian(group[key]) for group in groups.values()] for key in measures}
    made.alt = f"Medians of {listed(groups)}: {by_name(medians, '.3g')}."
    return made


def shares(
    positions: Sequence[float], series: Mapping[str, Sequence[float]], xlabel: str, ylabel: str
) -> Figure:
    """Draw shares in 0..1 as lines, one for each name.

    Parameters
    ----------
    positions : sequence of float
        Values on the horizontal axis.
    series : mapping of str to sequence of float
        A share for each position, by name.
    xlabel, ylabel : str
        Labels of the axes.
    """
    made, ax = new_figure(size=(6.4, 3.0))
    draw_shares(ax, positions, series, "main bad neutral good")
    ax.set(xlabel=xlabel, ylabel=ylabel, ylim=(0, 1))
    made.alt = f"Line chart of {ylabel} against {xlabel}: {trends(series, '.0%')}."
    return made


def accuracy_comparison(
    conditions: Sequence[str],
    first: Sequence[float],
    second: Sequence[float],
    names: tuple[str, str] = ("without augmentation", "with augmentation"),
) -> Figure:
    """Draw two accuracies under each of several conditions, joined by a line.

    Parameters
    ----------
    conditions : sequence of str
        Such as the kinds of images, first on top.
    first, second : sequence of float
        The accuracies in 0..1 under each condition.
    names : (str, str)
        What the two accuracies are of.
    """
    made, ax = new_figure(size=(6.8, 0.9 + 0.42 * len(conditions)))
    places = np.arange(len(conditions))
    ax.hlines(places, first, second, color=FRAME, linewidth=4)
    for values, name, colour, mark in zip(
        (first, second), names, ("bad", "main"), ("s", "o"), strict=True
    ):
        ax.plot(values, places, mark, markersize=9, color=PALETTE[colour], label=name)
    ax.set_yticks(places, list(conditions))
    ax.invert_yaxis()
    ax.set_xlim(np.floor(10 * min(*first, *second)) / 10, 1)
    ax.xaxis.set_major_formatter("{x:.0%}")
    ax.grid(axis="x", color=GRID)
    ax.set_axisbelow(True)
    ax.legend(frameon=False, loc="lower center", bbox_to_anchor=(0.4, 1.0), ncols=2)
    pairs = dict(zip(conditions, zip(first, second, strict=True), strict=True))
    made.alt = f"Accuracy {names[0]} and {names[1]}: {by_name(pairs)}."
    return made
