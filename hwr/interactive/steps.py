"""Convolution and pooling, one window after another, by a slider or by themselves.

>>> from hwr import interactive
>>> interactive.ConvolutionSteps(image, kernel)                            # doctest: +SKIP
>>> interactive.PoolingSteps(feature_map)                                  # doctest: +SKIP
"""

from abc import abstractmethod
from typing import Any, Literal

import ipywidgets as widgets
import numpy as np
from numpy.typing import ArrayLike, NDArray

from hwr import plots
from hwr._support.display import img_tag
from hwr.convolution import convolve, pool
from hwr.interactive import widget
from hwr.interactive.player import Player
from hwr.interactive.slider import Slider
from hwr.interactive.widget import InteractiveFigure
from hwr.pads import html
from hwr.plots.base import Figure, png

PAUSE = 0.8
"""Seconds between two steps, besides the time to draw one."""
WIDE = "1 1 240px"
"""How a slider fills its row."""
LARGEST = 12
"""Rows and columns up to which the numbers are legible."""


class Steps(InteractiveFigure):
    """A slider and a play button over the places of a window.

    Attributes
    ----------
    step : Slider
        From 1 to the number of places, row by row.
    play : Player
    picture : ipywidgets.HTML
    """

    def __init__(self, *more: widgets.Widget) -> None:
        super().__init__()
        self.step = Slider("Step", 1, 1, self.count())
        self.step.layout.flex = WIDE
        self.play = Player(self.step, PAUSE)
        self.picture = widgets.HTML()
        self.step.observe(self.guard(self._update), "value")
        self.lay_out(*more, widget.row(self.play, self.step), self.message, self.picture)
        self._update()

    @abstractmethod
    def count(self) -> int:
        """Return the number of places of the window."""

    @abstractmethod
    def draw(self, step: int) -> Figure:
        """Draw one step, counted from 0."""

    def figure(self) -> Figure:
        """Draw the last step, at which the result is complete."""
        return self.draw(self.count() - 1)

    def _update(self, _: Any = None) -> None:
        made = self.draw(self.step.value - 1)
        self.picture.value = img_tag(png(made), made.alt)
        self.message.value = html.live_paragraph(made.alt, visible=True)


class ConvolutionSteps(Steps):
    """A kernel on its way over an image: patch, products, sum and feature map at each place.

    Parameters
    ----------
    image, kernel : array_like, two axes
        At most 12 rows and columns. Copied: changing them later changes nothing here.
    """

    def __init__(self, image: ArrayLike, kernel: ArrayLike) -> None:
        self.image, self.kernel = _table(image, "image"), _table(kernel, "kernel")
        convolve(self.image, self.kernel)  # says so if the kernel does not fit
        super().__init__()

    def count(self) -> int:
        """Return the number of places of the kernel."""
        return convolve(self.image, self.kernel).size

    def draw(self, step: int) -> Figure:
        """Draw patch, kernel, their product and the feature map so far."""
        return plots.convolution_step(self.image, self.kernel, step)


class PoolingSteps(Steps):
    """A window on its way over a map: what it holds, and what pooling keeps of it.

    Parameters
    ----------
    feature_map : array_like, two axes
        4 to 12 rows and columns. Copied: changing it later changes nothing here.

    Attributes
    ----------
    how : ipywidgets.ToggleButtons
        "max" or "average".
    window, stride : Slider
    """

    def __init__(self, feature_map: ArrayLike) -> None:
        self.map = _table(feature_map, "map")
        half = min(self.map.shape) // 2  # so that there are always places to step through
        if half < 2:
            raise ValueError("A map to pool step by step has 4 to 12 rows and columns, not fewer.")
        self.how = widgets.ToggleButtons(
            options=[("largest", "max"), ("average", "average")],
            description="Keep",
            style={"description_width": "6.2em"},  # as the sliders'
        )
        self.window, self.stride = Slider("Window", 2, 1, half), Slider("Stride", 2, 1, half)
        self.window.layout.flex = self.stride.layout.flex = WIDE
        super().__init__(self.how, widget.row(self.window, self.stride))
        for control in (self.how, self.window, self.stride):
            control.observe(self.guard(self._begin_anew), "value")

    @property
    def setting(self) -> tuple[int, int, Literal["max", "average"]]:
        """Window, stride and which value is kept, as for :func:`hwr.convolution.pool`."""
        return self.window.value, self.stride.value, self.how.value

    def count(self) -> int:
        """Return the number of places of the window."""
        return pool(self.map, *self.setting).size

    def draw(self, step: int) -> Figure:
        """Draw the map, the window and the result so far."""
        return plots.pooling_step(self.map, step, *self.setting)

    def _begin_anew(self, _: Any) -> None:
        if self.step.value == 1:
            self._update()
        self.step.value = 1  # which draws, too, if it was another
        self.step.high = self.count()


def _table(numbers: ArrayLike, name: str) -> NDArray[Any]:
    """Return a copy of a small array, or say why it cannot be shown."""
    table = np.array(numbers)
    if table.ndim != 2 or not 0 < max(table.shape) <= LARGEST:
        raise ValueError(
            f"Steps are shown for a small {name} of rows and columns, at most {LARGEST} each, not "
            f"for shape {table.shape}: give a small one, such as part of it, {name}[:6, :6]."
        )
    return table
