"""What all interactive figures share."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from html import escape
from typing import Any

import ipywidgets as widgets
import numpy as np
from IPython.display import display
from ipywidgets import Layout
from numpy.typing import NDArray

from hwr._support.arrays import image_of
from hwr.ink import Ink, convert
from hwr.pads import html
from hwr.pads.canvas import LabelledCanvas
from hwr.pads.last_picture import LastPicture
from hwr.pads.status_line import Callback, Guard, StatusLine
from hwr.plots.base import Figure, bundle, png

Picture = NDArray[np.uint8]
"""An image as EMNIST's: uint8, shape (28, 28), upright, ink is 255."""


ARROWS = {"ArrowUp": (-1, 0), "ArrowDown": (1, 0), "ArrowLeft": (0, -1), "ArrowRight": (0, 1)}
"""Rows and columns that each arrow key moves by."""


def connect(
    canvas: LabelledCanvas,
    guard: Guard,
    on_point: Callable[[float, float], None],
    on_key: Callable[[str], None],
) -> None:
    """Let mouse and finger point at a place of a canvas, and keys move on from there.

    Tab and Escape are not passed on: ipycanvas keeps Tab to itself, so they let go of the canvas.
    """

    def touched(touches: Sequence[tuple[float, float]]) -> None:
        if touches:
            on_point(*touches[-1])

    def pressed(key: str, *_: Any) -> None:
        if key in ("Tab", "Escape"):
            canvas.blur()
        else:
            on_key(key)

    canvas.on_mouse_down(guard(on_point))
    canvas.on_touch_start(guard(touched))
    canvas.on_key_down(guard(pressed))


def as_image(drawing: Ink | NDArray[Any]) -> Picture:
    """Return what a network sees of a drawing.

    Parameters
    ----------
    drawing : Ink or ndarray
        Strokes, which are converted; or an image of shape (28, 28), which is returned as it is.

    Raises
    ------
    ValueError
        If there is no ink, or an array is not such an image.
    """
    if not isinstance(drawing, Ink):
        drawing = image_of("image", drawing)
    image = convert(drawing) if isinstance(drawing, Ink) else drawing
    if not image.any():
        raise ValueError("There is no ink to look at: draw a character first.")
    return image


class InteractiveFigure(ABC):
    """A widget that shows its own errors, and a still figure where widgets are not drawn.

    Once its kernel is gone, the figure of what it showed last takes its place.

    Display it as the last line of a cell.

    Attributes
    ----------
    widget : ipywidgets.VBox
        The whole widget.
    message : ipywidgets.HTML
        What it shows, in words.
    status : StatusLine
        Says what went wrong.
    """

    def __init__(self) -> None:
        self.message = widgets.HTML()
        self.status = StatusLine("try another value, or run the cell again")
        self.widget = widgets.VBox(layout=Layout(width="100%"))
        self.widget.add_class("hwr-pad")  # looks like the pad
        self._last = LastPicture(self._picture, self.status.guard)
        self.message.observe(lambda _: self._last.later(), "value")

    @abstractmethod
    def figure(self) -> Figure:
        """Draw a still figure of what is shown, with its text alternative."""

    def lay_out(self, *parts: widgets.Widget) -> None:
        """Put the parts below one another."""
        self.widget.children = (widgets.HTML(html.STYLE + html.ASLEEP), *parts, self.status)

    def guard(self, callback: Callback) -> Callback:
        """Return the callback with its errors shown in the status line, until the next call."""
        guarded = self.status.guard(callback)

        def fresh(*arguments: Any) -> None:
            self.status.clear()
            guarded(*arguments)

        return fresh

    def _picture(self) -> tuple[bytes, str]:
        made = self.figure()
        return png(made), made.alt

    def _ipython_display_(self) -> None:
        """Display the widget, and after it what is shown instead once it sleeps."""
        data, metadata = self._repr_mimebundle_()
        display(data, metadata=metadata, raw=True)
        self.status.guard(self._last.show)()

    def _repr_mimebundle_(self, **kwargs: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        """Return the widget, and the figure for where widgets are not drawn."""
        data: dict[str, Any] = dict(self.widget._repr_mimebundle_(**kwargs))
        metadata: dict[str, Any] = {}

        def add_figure() -> None:
            for known, more in zip((data, metadata), bundle(self.figure()), strict=True):
                known.update(more)
            data["text/html"] += html.UNTRUSTED

        self.guard(add_figure)()
        return data | {"text/plain": repr(self)}, metadata

    def __repr__(self) -> str:
        return f"<{type(self).__name__}>"


def row(*parts: widgets.Widget) -> widgets.HBox:
    """Return parts side by side, or below one another where the page is narrow."""
    return widgets.HBox(list(parts), layout=Layout(flex_flow="row wrap", grid_gap="12px 20px"))


def captioned(picture: str, caption: str) -> str:
    """Return a picture in HTML with a line of text below it."""
    return (
        f'<div class="hwr-steps"><figure>{picture}<figcaption>{escape(caption)}</figcaption>'
        "</figure></div>"
    )
