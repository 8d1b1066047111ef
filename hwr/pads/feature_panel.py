"""The pad's panel that shows what the network looks at; while closed, it computes nothing."""

from html import escape

import ipywidgets as widgets
import numpy as np
from ipywidgets import Layout
from numpy.typing import NDArray

from hwr import saliency
from hwr._support.display import pixel_image
from hwr.pads import html, names
from hwr.recognizer import Reading, Recognizer

TITLE = "What the network looks at"
MAPS_PER_ROW = 16


class FeaturePanel:
    """An expandable panel: the ink that an answer rests on, and the first layers' feature maps.

    The pad calls :meth:`show` when the panel is opened, and after each answer.

    Attributes
    ----------
    widget : ipywidgets.VBox
        The whole panel.
    button : ipywidgets.ToggleButton
        Its value is True while the panel is open. (No key reaches the heading of an accordion.)
    content : ipywidgets.HTML
        What the open panel shows.
    """

    def __init__(self, recognizer: Recognizer) -> None:
        self._recognizer = recognizer
        self._layers: saliency.FirstLayers | None = None
        self.content = widgets.HTML()
        self.button = widgets.ToggleButton(description=TITLE, layout=Layout(width="auto"))
        self.button.observe(lambda _: self._open_or_close(), "value")
        self.widget = widgets.VBox([self.button, self.content])
        self._open_or_close()

    @property
    def open(self) -> bool:
        """Whether the panel is open."""
        return bool(self.button.value)

    def _open_or_close(self) -> None:
        self.content.layout.display = None if self.open else "none"
        self.button.icon = "caret-down" if self.open else "caret-right"
        self.button.tooltip = "The panel is open" if self.open else "Opens a panel"

    def show(self, reading: Reading) -> None:
        """Show what an answer rests on, if the panel is open."""
        if not self.open:
            return
        if not reading.candidates:
            self.content.value = "<p>Draw a character, and see what its answer rests on.</p>"
            return
        shown = self._saliency_map(reading) + self._feature_maps(reading)
        self.content.value = f'<div class="hwr-inside">{shown}</div>'

    def _saliency_map(self, reading: Reading) -> str:
        drops = saliency.occlusion(self._recognizer, reading.image, reading.alphabet)
        answer = escape(names.class_name(reading.best, reading.alphabet))
        alt = f"The drawing, coloured by what speaks for {answer} and what against it"
        picture = pixel_image(saliency.overlay(reading.image, drops), alt, 6)
        return (
            f"<figure>{picture}<figcaption>Hiding what is <b class='for'>blue</b> makes "
            f"<b>{answer}</b> less probable, hiding what is <b class='against'>red</b> more "
            "probable.</figcaption></figure>"
        )

    def _feature_maps(self, reading: Reading) -> str:
        try:
            self._layers = self._layers or saliency.FirstLayers(self._recognizer)
        except ValueError as error:
            return f"<p>{escape(str(error))}</p>"
        figures = []
        for number, maps in enumerate(self._layers.feature_maps(reading.image), 1):
            alt = f"{len(maps)} feature maps of convolution {number}: dark where a filter responds"
            shown = html.ink_image(mosaic(maps), alt, 2)
            caption = f"Convolution {number}: {len(maps)} filters"
            figures.append(f"<figure>{shown}<figcaption>{caption}</figcaption></figure>")
        return "".join(figures)


def mosaic(maps: NDArray[np.float32], columns: int = MAPS_PER_ROW) -> NDArray[np.uint8]:
    """Return feature maps side by side, each scaled to its own maximum.

    Parameters
    ----------
    maps : ndarray of float32, shape (filters, height, width)
        Values below 0 count as 0.

    Returns
    -------
    ndarray of uint8
        Rows of ``columns`` maps, one pixel apart.
    """
    filters, height, width = maps.shape
    positive = np.clip(maps, 0, None)
    peaks = positive.max(axis=(1, 2), keepdims=True)
    scaled = np.divide(255 * positive, peaks, out=np.zeros_like(positive), where=peaks > 0)
    rows = -(-filters // columns)
    cells = np.zeros((rows * columns, height + 1, width + 1), np.uint8)
    cells[:filters, :height, :width] = np.rint(scaled)
    grid = cells.reshape(rows, columns, height + 1, width + 1)
    return np.asarray(grid.transpose(0, 2, 1, 3).reshape(rows * (height + 1), -1)[:-1, :-1])
