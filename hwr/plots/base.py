"""What all figures of the course share: their style, grids of images, and how they are shown."""

import io
import textwrap
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import matplotlib.figure
import numpy as np
from IPython.display import DisplayHandle
from matplotlib.axes import Axes
from matplotlib.colors import to_hex
from matplotlib.patches import Polygon
from matplotlib.spines import Spine
from matplotlib.text import Text
from numpy.typing import ArrayLike, NDArray
from PIL import Image

from hwr._support.display import PALETTE, TEXT, encode_png, img_tag

TELLING = "monospace"
"""Font for characters: in matplotlib's default, 1, I and l look alike, and so do 0 and O."""

DOTS_PER_INCH = 110
FRAME, GRID = "#AAAAAA", "#80808040"
"""Greys of frames around images and of grid lines."""
INK, PAPER = "#1A1A1A", "#FFFFFF"
"""Colours of what is drawn on paper, which is white on every page."""


class Figure(matplotlib.figure.Figure):
    """A matplotlib figure that carries its text alternative.

    Attributes
    ----------
    alt : str
        What the figure shows, in a sentence with its main numbers, for those who do not see it. The
        function that draws the figure sets it.
    """

    alt: str = ""


def new_figure(
    rows: int = 1, columns: int = 1, size: tuple[float, float] = (6.4, 3.6), **kwargs: Any
) -> tuple[Figure, Any]:
    """Return an empty figure with axes in the course's style.

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


def new_grid(count: int, columns: int, width: float, height: float) -> tuple[Figure, list[Axes]]:
    """Return a figure with axes for images, row by row, at most ``columns`` in a row.

    Parameters
    ----------
    width, height : float
        Of each axes, in inches.
    """
    columns = min(columns, count)
    rows = -(-count // columns)
    made, axes = new_figure(rows, columns, (columns * width, rows * height), squeeze=False)
    for ax in axes.flat[count:]:
        ax.set_axis_off()
    return made, list(axes.flat[:count])


def legend_beside(ax: Axes, **look: Any) -> None:
    """Put a legend to the right of the axes; ``look`` is as for matplotlib."""
    ax.legend(loc="center left", bbox_to_anchor=(1.0, 0.5), **{"frameon": False} | look)


def counted(number: int, noun: str) -> str:
    """Return a number with its noun, such as "1 row" or "2 rows"."""
    return f"{number:,} {noun}" + "s" * (number != 1)


def listed(parts: Iterable[str], separator: str = ", ") -> str:
    """Return parts as one text of at most 280 characters; an ellipsis stands for the rest."""
    return textwrap.shorten(separator.join(parts), 280, placeholder=" …")


def by_name(numbers: Mapping[str, ArrayLike], spec: str = ".1%") -> str:
    """Return one or a few numbers by name as a text, such as "apart 78% and 0%; touching 9%"."""
    parts = []
    for name, values in numbers.items():
        texts = [format(value, spec) for value in np.ravel(values).tolist()]
        parts.append(f"{name} {' and '.join(texts)}")
    return listed(parts, "; ")


def trends(lines: Mapping[str, Sequence[float]], spec: str = ".3g") -> str:
    """Return as a text where lines begin and end, and between which values they lie."""
    parts = []
    for name, values in lines.items():
        ends = (format(value, spec) for value in (values[0], values[-1], min(values), max(values)))
        parts.append("{} from {} to {}, within {} to {}".format(name, *ends))
    return listed(parts, "; ")


def draw_shares(
    ax: Axes, places: Sequence[float], series: Mapping[str, Sequence[float]], colours: str
) -> None:
    """Draw shares in 0..1 as lines with a legend; ``colours`` are names in the palette."""
    for (name, values), colour, mark in zip(
        series.items(), colours.split(), "osD^vX", strict=False
    ):
        ax.plot(places, values, f"{mark}-", color=PALETTE[colour], label=name)
    ax.yaxis.set_major_formatter("{x:.0%}")
    legend_beside(ax)


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
    ax.set(xticks=[], yticks=[])
    ax.spines[:].set(visible=True, color=FRAME)


def draw_paper(ax: Axes) -> None:
    """Put white paper behind all that axes hold, for black ink."""
    corners = [(0, 0), (1, 0), (1, 1), (0, 1)]
    ax.add_artist(Polygon(corners, transform=ax.transAxes, facecolor=PAPER, zorder=-1))


def image_grid(
    images: Sequence[NDArray[Any]] | NDArray[Any],
    titles: Sequence[str] | None = None,
    columns: int = 10,
    inches: float = 0.8,
) -> Figure:
    """Draw images in a grid, row by row.

    Parameters
    ----------
    images : sequence of ndarray, each of shape (height, width)
    titles : sequence of str, optional
        One per image, written above it.
    columns : int
        Images in a row.
    inches : float
        Width of one image.
    """
    height = inches * (1.25 if titles is not None else 1.0)
    made, axes = new_grid(len(images), columns, inches, height)
    for place, ax in enumerate(axes):
        draw_image(ax, images[place], "" if titles is None else titles[place])
    named = f" in rows of {columns}" if titles is None else f": {listed(titles)}"
    made.alt = f"{counted(len(images), 'image')}{named}."
    return made


def bar_chart(names: Sequence[str], values: Sequence[float], unit: str = "") -> Figure:
    """Draw horizontal bars with their values written beside them, the first on top."""
    made, ax = new_figure(size=(6.4, 0.5 + 0.32 * len(names)))
    drawn = ax.barh(list(names), list(values), color=PALETTE["main"])
    ax.bar_label(drawn, labels=[f" {value:.3g}{unit}" for value in values])
    ax.invert_yaxis()
    ax.set_xticks([])
    ax.spines["bottom"].set_visible(False)
    texts = (f"{name} {value:.3g}{unit}" for name, value in zip(names, values, strict=True))
    made.alt = f"Bars: {listed(texts)}."
    return made


def png(made: Figure) -> bytes:
    """Return a figure as a small PNG file, which carries on light and on dark pages."""
    _take_ground_away(made)
    drawn = io.BytesIO()
    made.savefig(drawn, format="png", dpi=DOTS_PER_INCH)
    # With 256 colours a figure looks the same and takes half the space in a notebook.
    return encode_png(Image.open(drawn), 256)


def _take_ground_away(made: Figure) -> None:
    """Make the ground transparent, and grey what is black on it or nearly so."""
    made.patch.set_alpha(0)
    for ax in made.axes:
        ax.patch.set_alpha(0)
        ax.tick_params(which="both", color=TEXT, labelcolor=TEXT)
    for legend in [*made.legends, *filter(None, (ax.get_legend() for ax in made.axes))]:
        legend.get_frame().set_alpha(0)
    dark = {to_hex("black"), to_hex(PALETTE["neutral"])}
    for part in made.findobj():
        if isinstance(part, (Text, Spine)):
            colour = part.get_color() if isinstance(part, Text) else part.get_edgecolor()
            if to_hex(colour) in dark:
                part.set_color(TEXT)


def bundle(made: Figure) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return a figure as what IPython displays: data by MIME type, and their metadata.

    Raises
    ------
    ValueError
        If the figure has no text alternative.
    """
    if not made.alt:
        raise ValueError("The figure has no text alternative: set figure.alt to what it shows.")
    picture = png(made)
    page = img_tag(picture, made.alt)
    data = {"image/png": picture, "text/html": page, "text/plain": made.alt}
    return data, {"image/png": {"alt": made.alt}}


def show(made: Figure) -> None:
    """Show a figure in a notebook, with its text alternative."""
    show_live(made)


def show_live(made: Figure, handle: DisplayHandle | None = None) -> DisplayHandle:
    """Show a figure, or replace one that was shown before.

    Parameters
    ----------
    made : Figure
    handle : DisplayHandle, optional
        Returned by the first call, whose figure is then replaced.
    """
    data, metadata = bundle(made)
    display = handle.update if handle else (handle := DisplayHandle()).display
    display(data, metadata=metadata, raw=True)
    return handle
