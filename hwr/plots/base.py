"""What all figures of the course share: palette, images in a grid, and how they are shown."""

import io
from collections.abc import Sequence
from typing import Any

import numpy as np
from IPython.display import DisplayHandle, display
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray
from PIL import Image

from hwr._support.display import as_html

PALETTE = {
    "main": "#0072B2",
    "other": "#E69F00",
    "good": "#009E73",
    "bad": "#D55E00",
    "third": "#CC79A7",
    "sky": "#56B4E9",
    "neutral": "#6B6B6B",
}
"""Okabe and Ito's colours, which colour-blind people tell apart: one meaning, one colour."""

TELLING = "monospace"
"""The face for characters: it tells 1 from I and l, and 0 from O, as matplotlib's usual one cannot.
"""

DOTS_PER_INCH = 110


def figure(
    rows: int = 1, columns: int = 1, size: tuple[float, float] = (6.4, 3.6), **kwargs: Any
) -> tuple[Figure, Any]:
    """Make a figure with axes in the course's style.

    Parameters
    ----------
    rows, columns : int
        Number of axes.
    size : (float, float)
        Width and height in inches.
    **kwargs
        As for :meth:`matplotlib.figure.Figure.subplots`, such as ``sharey=True``.

    Returns
    -------
    figure : Figure
        Not known to pyplot: nothing shows it by accident, and it needs no closing.
    axes : Axes, or ndarray of Axes
    """
    made = Figure(figsize=size, layout="constrained")
    axes = made.subplots(rows, columns, **kwargs)
    for ax in np.atleast_1d(axes).flat:
        ax.spines[["top", "right"]].set_visible(False)
    return made, axes


def draw_image(ax: Axes, image: NDArray[Any], title: str = "", **kwargs: Any) -> None:
    """Draw one image as dark ink on white paper, its pixels as squares.

    Parameters
    ----------
    image : ndarray, shape (height, width)
        uint8 in 0..255 or float in 0..1; bright is ink.
    """
    top = 255 if image.dtype == np.uint8 else max(1.0, float(image.max(initial=0)))
    grey: dict[str, Any] = {"cmap": "gray_r", "vmin": 0, "vmax": top}
    ax.imshow(image, interpolation="nearest", **grey | kwargs)
    ax.set_title(title, fontsize=9, fontfamily=TELLING)
    ax.set_xticks([])
    ax.set_yticks([])
    ax.spines[:].set_visible(True)
    ax.spines[:].set_color("#CCCCCC")


def image_grid(
    images: Sequence[NDArray[Any]] | NDArray[Any],
    titles: Sequence[str] | None = None,
    columns: int = 10,
    inches: float = 0.8,
) -> Figure:
    """Draw images side by side, row by row.

    Parameters
    ----------
    images : sequence of ndarray, each of shape (height, width)
    titles : sequence of str, optional
        One for each image, written above it.
    columns : int
        Images in a row.
    inches : float
        Width of one image.
    """
    columns = min(columns, len(images))
    rows = -(-len(images) // columns)
    height = inches * (1.25 if titles is not None else 1.0)
    made, axes = figure(rows, columns, size=(columns * inches, rows * height), squeeze=False)
    for place, ax in enumerate(axes.flat):
        if place < len(images):
            draw_image(ax, images[place], "" if titles is None else titles[place])
        else:
            ax.set_axis_off()
    return made


def bars(names: Sequence[str], values: Sequence[float], unit: str = "") -> Figure:
    """Draw horizontal bars with their values written beside them, the first on top."""
    made, ax = figure(size=(6.4, 0.5 + 0.32 * len(names)))
    drawn = ax.barh(list(names), list(values), color=PALETTE["main"])
    ax.bar_label(drawn, labels=[f" {value:.3g}{unit}" for value in values])
    ax.invert_yaxis()
    ax.set_xticks([])
    ax.spines["bottom"].set_visible(False)
    return made


def png(made: Figure) -> bytes:
    """Give a figure as a small PNG file."""
    drawn, small = io.BytesIO(), io.BytesIO()
    made.savefig(drawn, format="png", dpi=DOTS_PER_INCH)
    # With 256 colours a figure looks the same and takes half the room in a notebook.
    Image.open(drawn).convert("RGB").quantize(256).save(small, "PNG", optimize=True)
    return small.getvalue()


def _bundle(made: Figure, alt: str) -> dict[str, Any]:
    picture = png(made)
    return {"image/png": picture, "text/html": as_html(picture, alt), "text/plain": alt}


def show(made: Figure, alt: str) -> None:
    """Show a figure in a notebook.

    Parameters
    ----------
    made : Figure
    alt : str
        States in a sentence what the figure shows, for those who do not see it; it is stored
        with the picture.
    """
    display(_bundle(made, alt), metadata={"image/png": {"alt": alt}}, raw=True)


def live(made: Figure, alt: str, handle: DisplayHandle | None = None) -> DisplayHandle:
    """Show a figure, or put it in the place of the one shown before.

    Parameters
    ----------
    handle : DisplayHandle, optional
        What the first call gave.
    """
    if handle is None:
        handle = DisplayHandle()
        show_with = handle.display
    else:
        show_with = handle.update
    show_with(_bundle(made, alt), metadata={"image/png": {"alt": alt}}, raw=True)
    return handle
