"""Figures of the lesson on convolution and pooling: numbers in squares, kernels, feature maps."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.patches import Rectangle
from numpy.typing import NDArray

from hwr._support.display import PALETTE
from hwr.convolution import convolve, output_size, pool
from hwr.plots.base import (
    FRAME,
    INK,
    Figure,
    by_name,
    draw_image,
    draw_shares,
    listed,
    new_figure,
    new_grid,
    trends,
)

SIGNED = LinearSegmentedColormap.from_list("signed", [PALETTE["bad"], "white", PALETTE["main"]])
"""Colour map: blue is positive, orange negative, white 0."""


def draw_signed(ax: Axes, values: NDArray[Any], title: str = "", top: float | None = None) -> None:
    """Draw numbers as colours: blue where positive, orange where negative.

    Parameters
    ----------
    values : ndarray, shape (height, width)
    top : float, optional
        Absolute value with the full colour; by default, the largest one.
    """
    top = top or max(float(np.abs(values).max(initial=0)), 1e-9)
    draw_image(ax, values, title, cmap=SIGNED, vmin=-top, vmax=top)


def draw_numbers(ax: Axes, values: NDArray[Any], title: str = "", top: float = 0) -> None:
    """Draw a small array with its numbers written in the squares; NaN leaves a square empty."""
    shown = np.nan_to_num(np.asarray(values, float))
    top = top or max(float(np.abs(shown).max(initial=0)), 1e-9)
    draw_signed(ax, shown, title, top=1.6 * top)  # pale, so that black numbers stay readable
    for (row, column), value in np.ndenumerate(values):
        if not np.isnan(value):
            ax.text(
                column, row, f"{value + 0.0:.3g}", ha="center", va="center", fontsize=10, color=INK
            )
    _draw_squares(ax, values.shape)


def _draw_squares(ax: Axes, shape: tuple[int, ...]) -> None:
    """Draw lines between the pixels of an image."""
    ax.set_xticks(np.arange(0.5, shape[1] - 1), minor=True)
    ax.set_yticks(np.arange(0.5, shape[0] - 1), minor=True)
    ax.grid(which="minor", color=FRAME, linewidth=0.8)
    ax.tick_params(which="minor", length=0)


def _outline(ax: Axes, row: float, column: float, shape: tuple[int, int], colour: str) -> None:
    corner, (height, width) = (column - 0.5, row - 0.5), shape
    ax.add_patch(Rectangle(corner, width, height, fill=False, edgecolor=colour, linewidth=3))


def convolution_step(image: NDArray[Any], kernel: NDArray[Any], step: int) -> Figure:
    """Draw one step of a convolution: patch, kernel, their product, and the feature map so far.

    Parameters
    ----------
    image, kernel : ndarray, two axes
        Small enough for their numbers to be legible.
    step : int
        Place of the kernel, counted from 0, row by row.
    """
    full = convolve(image, kernel)
    row, column = divmod(step, full.shape[1])
    height, width = kernel.shape
    product = image[row : row + height, column : column + width] * kernel
    so_far = np.where(np.arange(full.size).reshape(full.shape) <= step, full, np.nan)
    ratios = [image.shape[1], width, width, full.shape[1]]
    made, axes = new_figure(1, 4, size=(8.4, 2.9), width_ratios=ratios)
    draw_numbers(axes[0], image, "image, with one patch")
    _outline(axes[0], row, column, kernel.shape, PALETTE["other"])
    draw_numbers(axes[1], kernel, "kernel")
    draw_numbers(axes[2], product, f"patch × kernel\nsum: {product.sum():g}")
    draw_numbers(axes[3], so_far, "feature map so far", top=float(np.abs(full).max()))
    _outline(axes[3], row, column, (1, 1), PALETTE["other"])
    made.alt = f"Place {step + 1} of {full.size}: patch times kernel sums up to {product.sum():g}."
    return made


def pooling_step(
    image: NDArray[Any],
    step: int,
    size: int = 2,
    stride: int | None = None,
    how: Literal["max", "average"] = "max",
) -> Figure:
    """Draw one step of a pooling: the window, what it holds, and the result so far.

    Parameters
    ----------
    image : ndarray, two axes
        Small enough for its numbers to be legible.
    step : int
        Place of the window, counted from 0, row by row.
    size, stride, how
        As for :func:`hwr.convolution.pool`. The first largest value in a window is outlined.
    """
    full = pool(image, size, stride, how)
    place = divmod(step, int(full.shape[1]))
    row, column = (number * (stride or size) for number in place)
    window = image[row : row + size, column : column + size]
    so_far = np.where(np.arange(full.size).reshape(full.shape) <= step, full, np.nan)
    kept = "largest" if how == "max" else "average"
    ratios = [image.shape[1], max(size, 3), max(full.shape[1], 3)]  # room for the titles
    made, axes = new_figure(1, 3, size=(6.6, 2.9), width_ratios=ratios)
    top = float(np.abs(image).max())
    draw_numbers(axes[0], image, "map, with one window", top=top)
    _outline(axes[0], row, column, (size, size), PALETTE["other"])
    draw_numbers(axes[1], window, f"window\n{kept}: {full[place]:.3g}", top=top)
    if how == "max":
        best = np.unravel_index(window.argmax(), window.shape)
        _outline(axes[1], int(best[0]), int(best[1]), (1, 1), PALETTE["bad"])
    draw_numbers(axes[2], so_far, "result so far", top=top)
    _outline(axes[2], place[0], place[1], (1, 1), PALETTE["other"])
    made.alt = f"Window {step + 1} of {full.size}: the {kept} of its numbers is {full[place]:.3g}."
    return made


def number_arrays(arrays: Mapping[str, NDArray[Any]], inches: float = 2.0) -> Figure:
    """Draw small arrays side by side with their numbers, each with its title."""
    top = max(float(np.abs(values).max()) for values in arrays.values())
    size = (inches * len(arrays), inches + 0.3)
    made, axes = new_figure(1, len(arrays), size=size, squeeze=False)
    for ax, (title, values) in zip(axes.flat, arrays.items(), strict=True):
        draw_numbers(ax, np.asarray(values), title, top=top)
    parts = (f"{title} {np.round(values, 2).tolist()}" for title, values in arrays.items())
    made.alt = f"{listed(parts, '; ')}."
    return made


def feature_maps(
    image: NDArray[Any],
    maps: Mapping[str, NDArray[Any]],
    kernels: Sequence[NDArray[Any]] = (),
    columns: int = 5,
) -> Figure:
    """Draw an image and its feature maps on one colour scale.

    Parameters
    ----------
    image : ndarray, shape (height, width)
    maps : mapping of str to ndarray, two axes each
        Feature maps by title.
    kernels : sequence of ndarray, optional
        One per map, drawn small above it.
    columns : int
        Pictures in a row, including the image, if there are no kernels.
    """
    top = max(float(np.abs(values).max()) for values in maps.values())
    count = len(maps) + 1
    if kernels:
        made, axes = new_figure(2, count, size=(1.6 * count, 2.8), height_ratios=[1.0, 2.2])
        axes[0, 0].set_axis_off()
        for ax, kernel in zip(axes[0, 1:], kernels, strict=True):
            draw_signed(ax, kernel)
        places = list(axes[1])
    else:
        made, places = new_grid(count, columns, 1.45, 1.75)
    draw_image(places[0], image, "image")
    for ax, (title, values) in zip(places[1:], maps.items(), strict=True):
        draw_signed(ax, values, title, top=top)
    ranges = {title: (values.min(), values.max()) for title, values in maps.items()}
    made.alt = f"An image and its feature maps, lowest and highest value: {by_name(ranges, '.2g')}."
    return made


def kernel_learning(losses: Sequence[float], kernels: Mapping[str, NDArray[Any]]) -> Figure:
    """Draw the error while a kernel is learned, and the kernel at several steps.

    Parameters
    ----------
    losses : sequence of float
        Error after each step; positive.
    kernels : mapping of str to ndarray, two axes each
        By title, drawn on one colour scale.
    """
    top = max(float(np.abs(kernel).max()) for kernel in kernels.values())
    ratios = [1.7] + [1.0] * len(kernels)
    size = (2.6 + 1.2 * len(kernels), 2.0)
    made, axes = new_figure(1, len(kernels) + 1, size=size, width_ratios=ratios)
    axes[0].semilogy(range(1, len(losses) + 1), losses, color=PALETTE["main"])
    axes[0].set_xlabel("step")
    axes[0].set_title("error", fontsize=9)
    for ax, (title, kernel) in zip(axes[1:], kernels.items(), strict=True):
        draw_signed(ax, kernel, title, top=top)
    made.alt = f"The error falls from {losses[0]:.2g} to {losses[-1]:.2g} in {len(losses)} steps."
    return made


def window_positions(size: int, window: int, stride: int = 1, padding: int = 0) -> Figure:
    """Draw the places of a window on an image: a dot for each, an outline for three of them.

    Parameters
    ----------
    size, window, stride, padding : int
        As for :func:`hwr.convolution.output_size`.
    """
    places = output_size(size, window, stride, padding)
    whole = size + 2 * padding
    paper = np.zeros((whole, whole))
    paper[padding : padding + size, padding : padding + size] = 1
    made, ax = new_figure(size=(3.6, 3.6))
    draw_image(ax, paper, f"{places} × {places} places", vmax=6)
    _draw_squares(ax, paper.shape)
    corners = np.arange(places) * stride
    middle = np.array(np.meshgrid(corners, corners)).reshape(2, -1) + (window - 1) / 2
    ax.plot(*middle, "o", color=PALETTE["main"], markersize=5)
    last = corners[-1]
    outlined = {"main": (0, 0), "other": (0, min(stride, last)), "bad": (last, last)}
    for colour, (row, column) in outlined.items():
        _outline(ax, row, column, (window, window), PALETTE[colour])
    numbers = f"size {size}, padding {padding}, window {window}, stride {stride}"
    made.alt = f"{places} by {places} places of a window on an image: {numbers}."
    return made


def shift_curves(
    shifts: Sequence[int], series: Mapping[str, Sequence[float]], label: str
) -> Figure:
    """Draw shares in 0..1 against the shift of a letter, as lines.

    Parameters
    ----------
    shifts : sequence of int
        Pixels.
    series : mapping of str to sequence of float
        A share for each shift, by name.
    label : str
        Label of the vertical axis.
    """
    made, ax = new_figure(size=(6.4, 3.2))
    draw_shares(ax, shifts, series, "bad main good other third neutral")
    highest = max(max(values) for values in series.values())
    ax.set(xticks=shifts, xlabel="shift in pixels", ylabel=label)
    ax.set_ylim(0, 1.03 if highest <= 1 else None)
    made.alt = f"Line chart of {label} against shift in pixels: {trends(series, '.0%')}."
    return made


def kernel_matches(kernel: NDArray[Any], images: Sequence[NDArray[Any]]) -> Figure:
    """Draw a kernel, and for each image its best match and its feature map.

    Parameters
    ----------
    kernel : ndarray, two axes
    images : sequence of ndarray, shape (height, width)
    """
    maps = [convolve(image, kernel) for image in images]
    top = max(float(np.abs(values).max()) for values in maps)
    found = []
    made, axes = new_figure(1, 1 + 2 * len(images), size=(1.6 + 3.2 * len(images), 1.9))
    draw_signed(axes[0], kernel, "learned kernel")
    for ax, right, image, values in zip(axes[1::2], axes[2::2], images, maps, strict=True):
        row, column = np.unravel_index(values.argmax(), values.shape)
        draw_image(ax, image, "best match")
        _outline(ax, int(row), int(column), kernel.shape, PALETTE["other"])
        draw_signed(right, values, f"feature map\nup to {values.max():.1f}", top=top)
        found.append(f"{values.max():.1f} at row {row}, column {column}")
    made.alt = f"A learned kernel and its best match in each image: {listed(found, '; ')}."
    return made


def layer_costs(layers: Sequence[str], pooled: Sequence[int], whole: Sequence[int]) -> Figure:
    """Draw millions of multiply-adds for each layer, with and without pooling.

    Parameters
    ----------
    layers : sequence of str
        Names, first to last.
    pooled, whole : sequence of int
        Multiply-adds of each layer, with and without pooling.
    """
    made, ax = new_figure(size=(6.4, 0.8 + 0.5 * len(layers)))
    places = np.arange(len(layers))
    for offset, counts, name, colour in (
        (-0.19, pooled, "with pooling", "main"),
        (0.19, whole, "without", "bad"),
    ):
        millions = np.array(counts) / 1e6
        drawn = ax.barh(places + offset, millions, 0.36, color=PALETTE[colour], label=name)
        ax.bar_label(drawn, labels=[f" {value:.2f}" for value in millions], fontsize=9)
    ax.set_yticks(places, list(layers))
    ax.invert_yaxis()
    ax.set(xticks=[], xlabel="million multiply-adds for one image")
    ax.spines["bottom"].set_visible(False)
    ax.legend(frameon=False, loc="lower right")
    pairs = dict(zip(layers, np.transpose([pooled, whole]) / 1e6, strict=True))
    made.alt = f"Million multiply-adds with pooling and without: {by_name(pairs, '.2f')}."
    return made
