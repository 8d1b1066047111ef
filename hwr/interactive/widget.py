"""What all toys share: a sentence instead of a swallowed error, and a picture for print."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from html import escape
from typing import Any

import ipywidgets as widgets
import numpy as np
from ipywidgets import Layout
from numpy.typing import NDArray

from hwr._support.display import img_tag
from hwr.ink import SIDE, Ink, convert
from hwr.pads import html
from hwr.plots.base import Figure, png

Picture = NDArray[np.uint8]
"""An image as EMNIST's: uint8, shape (28, 28), upright, ink is 255."""


def as_image(drawing: Ink | NDArray[Any]) -> Picture:
    """Return what a network sees of a drawing.

    Parameters
    ----------
    drawing : Ink or ndarray
        Strokes, which are converted; or an image of shape (28, 28), which is taken as it is.

    Raises
    ------
    ValueError
        If there is no ink, or an array is not such an image.
    """
    if not isinstance(drawing, Ink):
        drawing = np.asarray(drawing)
        if drawing.shape != (SIDE, SIDE) or drawing.dtype != np.uint8:
            raise ValueError(
                f"An image must be uint8 of shape ({SIDE}, {SIDE}), not {drawing.dtype} of shape "
                f"{drawing.shape}: give one of a dataset's images, or a drawing such as pad.ink."
            )
    image = convert(drawing) if isinstance(drawing, Ink) else drawing
    if not image.any():
        raise ValueError("There is no ink to look at: draw a character first.")
    return image


class InteractiveFigure(ABC):
    """A widget that shows its own mistakes, and is a picture where widgets are not drawn.

    Display it as the last line of a cell. Who derives from it lays out its parts with
    :meth:`lay_out` and says in :meth:`figure` and :meth:`alt` what print shows.

    Attributes
    ----------
    widget : ipywidgets.VBox
        All of it.
    note : ipywidgets.HTML
        Where a sentence tells what went wrong; empty when all is well.
    """

    def __init__(self) -> None:
        self.note = widgets.HTML()
        self.widget = widgets.VBox(layout=Layout(width="100%"))
        self.widget.add_class("hwr-pad")  # looks like the pad

    @abstractmethod
    def figure(self) -> Figure:
        """Draw the toy as it stands."""

    @abstractmethod
    def alt(self) -> str:
        """Say in words what the figure shows."""

    def lay_out(self, *parts: widgets.Widget) -> None:
        """Put the parts below one another, the note for what goes wrong last."""
        self.widget.children = (widgets.HTML(html.STYLE), *parts, self.note)

    def guard(self, callback: Callable[..., None]) -> Callable[..., None]:
        """Show in the note what goes wrong in a callback, where it would be swallowed."""

        def guarded(*arguments: Any) -> None:
            self.note.value = ""
            try:
                callback(*arguments)
            except ValueError as error:  # ours: a sentence that says what to do
                self.say(str(error))
            except Exception as error:  # the toy must live on, and nothing may be hidden
                what = f"{type(error).__name__}: {error}"
                self.say(f"That failed ({what}): try another value, or run the cell again.")

        return guarded

    def say(self, sentence: str) -> None:
        """Show a sentence about what went wrong; screen readers read it at once."""
        self.note.value = f'<p class="hwr-problem" role="alert">{escape(sentence)}</p>'

    def _repr_mimebundle_(self, **kwargs: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        """Return the widget, and a picture of it for where widgets are not drawn."""
        data = {**self.widget._repr_mimebundle_(**kwargs), "text/plain": repr(self)}
        metadata: dict[str, Any] = {}

        def add_picture() -> None:
            data["image/png"] = png(self.figure())
            data["text/html"] = img_tag(data["image/png"], self.alt())
            metadata["image/png"] = {"alt": self.alt()}

        self.guard(add_picture)()
        return data, metadata

    def __repr__(self) -> str:
        return f"<{type(self).__name__}>"


def row(*parts: widgets.Widget) -> widgets.HBox:
    """Put parts side by side, or below one another where the page is narrow."""
    return widgets.HBox(list(parts), layout=Layout(flex_flow="row wrap", grid_gap="12px 20px"))


def status(sentence: str, seen: bool = True) -> str:
    """Return a sentence as HTML that is read aloud when it changes, and maybe not seen."""
    look = "" if seen else ' class="hwr-heard"'
    return f'<p{look} role="status" aria-live="polite">{escape(sentence)}</p>'


def captioned(picture: str, caption: str) -> str:
    """Return a picture in HTML with a line of text below it."""
    return (
        f'<div class="hwr-steps"><figure>{picture}<figcaption>{escape(caption)}</figcaption>'
        "</figure></div>"
    )


def best(probabilities: NDArray[Any], count: int = html.BARS) -> list[int]:
    """Return the most probable classes, best first."""
    return [int(index) for index in np.argsort(-probabilities, kind="stable")[:count]]


def bars(names: Sequence[str], shares: Sequence[float], coloured: Sequence[bool]) -> str:
    """Draw probabilities as bars in HTML; what they say must stand in words beside them."""
    rows = [
        f'<b>{escape(name)}</b><div><div class="{"best" if colour else "other"}" '
        f'style="width:{share:.1%}"></div></div><span>{escape(html.format_percent(share))}</span>'
        for name, share, colour in zip(names, shares, coloured, strict=True)
    ]
    return f'<div class="hwr-bars" aria-hidden="true">{"".join(rows)}</div>'
