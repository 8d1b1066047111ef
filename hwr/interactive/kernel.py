"""Kernel workshop: nine numbers, and the feature map that they make of a drawing.

>>> from hwr import interactive
>>> interactive.KernelWorkshop(pad.ink)                                    # doctest: +SKIP
"""

from typing import Any

import ipywidgets as widgets
import numpy as np
from ipywidgets import Layout
from numpy.typing import ArrayLike, NDArray

from hwr import plots
from hwr._support.display import pixel_image
from hwr.convolution import convolve
from hwr.ink import Ink
from hwr.interactive import widget
from hwr.interactive.widget import InteractiveFigure
from hwr.pads import html
from hwr.plots.base import Figure, draw_image
from hwr.plots.convolution import SIGNED, draw_numbers, draw_signed

KERNELS = {
    "identity": ((0, 0, 0), (0, 1, 0), (0, 0, 0)),
    "blur": ((0.1, 0.1, 0.1), (0.1, 0.2, 0.1), (0.1, 0.1, 0.1)),
    "sharpen": ((0, -1, 0), (-1, 5, -1), (0, -1, 0)),
    "edges": ((-1, -1, -1), (-1, 8, -1), (-1, -1, -1)),
    "left edges": ((-1, 0, 1), (-1, 0, 1), (-1, 0, 1)),
    "upper edges": ((-1, -1, -1), (0, 0, 0), (1, 1, 1)),
}
"""Kernels by name."""


def feature_map(image: NDArray[np.uint8], kernel: ArrayLike) -> NDArray[np.float64]:
    """Return the feature map of an image for a 3x3 kernel.

    Parameters
    ----------
    image : ndarray of uint8, shape (28, 28)
        Full ink counts as 1, paper as 0.
    kernel : array_like, shape (3, 3)

    Returns
    -------
    ndarray of float64, shape (26, 26)
    """
    numbers = np.asarray(kernel, np.float64)
    if numbers.shape != (3, 3) or not np.isfinite(numbers).all():
        raise ValueError("A kernel for this workshop is 3 rows of 3 numbers: give nine numbers.")
    return convolve(image / 255, numbers)


class KernelWorkshop(InteractiveFigure):
    """Nine number fields, and the feature map that their kernel makes of a drawing.

    Parameters
    ----------
    drawing : Ink or ndarray of uint8, shape (28, 28)
        Such as ``pad.ink``.
    name : str
        The kernel to begin with, one of :data:`KERNELS`.

    Attributes
    ----------
    fields : list of ipywidgets.FloatText
        The kernel's numbers, row by row.
    buttons : dict of str to ipywidgets.Button
        The kernels of :data:`KERNELS`, by name.
    map : ipywidgets.HTML
        The feature map.
    """

    def __init__(self, drawing: Ink | NDArray[Any], name: str = "left edges") -> None:
        super().__init__()
        if name not in KERNELS:
            raise ValueError(f"There is no kernel {name!r}: choose one of {', '.join(KERNELS)}.")
        self.image = widget.as_image(drawing)
        self.fields = [_field(row, column) for row in (1, 2, 3) for column in (1, 2, 3)]
        self.buttons = {named: widgets.Button(description=named) for named in KERNELS}
        self.map = widgets.HTML()
        for named, button in self.buttons.items():
            button.layout = Layout(width="auto")
            button.on_click(self.guard(lambda _, named=named: self.set_kernel(named)))
        for field in self.fields:
            field.observe(self.guard(self._update), "value")
        image = widgets.HTML(widget.captioned(html.ink_image(self.image, "The image", 6), "image"))
        grid = widgets.GridBox(
            self.fields,
            layout=Layout(grid_template_columns="repeat(3, minmax(0, 5.5em))", grid_gap="4px"),
        )
        grid.add_class("hwr-kernel")  # whose labels are only for screen readers
        buttons = widget.row(*self.buttons.values())
        self.lay_out(buttons, widget.row(image, widgets.VBox([grid]), self.map), self.message)
        self.set_kernel(name)

    @property
    def kernel(self) -> NDArray[np.float64]:
        """The kernel in the fields: float64, shape (3, 3)."""
        return np.array([field.value for field in self.fields], np.float64).reshape(3, 3)

    def set_kernel(self, name: str) -> None:
        """Put one of :data:`KERNELS` into the fields."""
        with self.map.hold_sync():  # nine fields change, one picture is sent
            for field, number in zip(self.fields, np.ravel(KERNELS[name]), strict=True):
                field.value = float(number)
        self._update()

    def figure(self) -> Figure:
        """Draw image, kernel and feature map: blue is positive, orange negative, white 0."""
        found = feature_map(self.image, self.kernel)
        made, axes = plots.new_figure(1, 3, size=(7.4, 3.0))
        draw_image(axes[0], self.image, "image")
        draw_numbers(axes[1], self.kernel, "kernel")
        draw_signed(axes[2], found, "feature map")
        axes[2].set_xlabel(f"{_range(found)}\norange below 0, blue above", fontsize=9)
        rows = "; ".join(" ".join(f"{number:g}" for number in row) for row in self.kernel)
        made.alt = f"A character, the kernel {rows}, and its feature map. {_finding(found)}"
        return made

    def _update(self, _: Any = None) -> None:
        found = feature_map(self.image, self.kernel)
        top = max(float(np.abs(found).max()), 1e-9)
        coloured = SIGNED((found / top + 1) / 2, bytes=True)[..., :3]
        picture = pixel_image(np.ascontiguousarray(coloured), "The feature map", 6 * 28 / 26)
        self.map.value = widget.captioned(picture, "feature map: blue positive, orange negative")
        self.message.value = html.live_paragraph(_finding(found), visible=True)


def _finding(values: NDArray[np.float64]) -> str:
    return f"The feature map's numbers go from {_range(values)}."


def _range(values: NDArray[np.float64]) -> str:
    low, high = np.round([values.min(), values.max()], 1) + 0.0  # no -0.0
    return f"{low:g} to {high:g}"


def _field(row: int, column: int) -> widgets.FloatText:
    name = f"row {row}, column {column}"
    return widgets.FloatText(
        description=name, tooltip=name, step=0.5, layout=Layout(width="auto", margin="0")
    )
