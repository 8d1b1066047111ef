"""The pad's panel that shows what the network looks at; closed, it costs nothing."""

from html import escape

import ipywidgets as widgets
import numpy as np
from ipywidgets import Layout
from numpy.typing import NDArray

from hwr import saliency
from hwr.pads import html
from hwr.recognizer import Reading, Recognizer

TITLE = "What the network looks at"
COLUMNS = 16


class FeaturePanel:
    """An expandable panel: the ink that an answer rests on, and the first layers' feature maps.

    Attributes
    ----------
    widget : ipywidgets.VBox
        All of it.
    button : ipywidgets.ToggleButton
        Its value is True while the panel is open; not an accordion, whose heading no key reaches.
        Whoever owns the panel calls :meth:`show` when it is opened, and whenever there is a new
        answer.
    """

    def __init__(self, recognizer: Recognizer) -> None:
        self._recognizer = recognizer
        self._layers: saliency.FirstLayers | None = None
        self._content = widgets.HTML()
        self.button = widgets.ToggleButton(description=TITLE, layout=Layout(width="auto"))
        self.button.observe(lambda _: self._fold(), "value")
        self.widget = widgets.VBox([self.button, self._content])
        self._fold()

    @property
    def open(self) -> bool:
        """Whether there is anyone to look."""
        return bool(self.button.value)

    def _fold(self) -> None:
        self._content.layout.display = None if self.open else "none"
        self.button.icon = "caret-down" if self.open else "caret-right"
        self.button.tooltip = "The panel is open" if self.open else "Opens a panel"

    def show(self, reading: Reading) -> None:
        """Show what led to an answer; nothing is computed while the panel is closed."""
        if not self.open:
            return
        if not reading.candidates:
            self._content.value = "<p>Draw a character, and see what its answer rests on.</p>"
            return
        self._content.value = (
            f'<div class="hwr-inside">{self._map(reading)}{self._maps(reading)}</div>'
        )

    def _map(self, reading: Reading) -> str:
        drops = saliency.occlusion(self._recognizer, reading.image, reading.alphabet)
        answer = html.class_name(reading.best, reading.alphabet)
        alt = f"The drawing, coloured by what speaks for {answer} and what against it"
        return (
            f"<figure>{html.rgb_image(saliency.overlay(reading.image, drops), alt, 6)}"
            f"<figcaption>Hiding what is <b class='for'>blue</b> makes <b>{answer}</b> less "
            "probable, hiding what is <b class='against'>red</b> more probable."
            "</figcaption></figure>"
        )

    def _maps(self, reading: Reading) -> str:
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


def mosaic(maps: NDArray[np.float32], columns: int = COLUMNS) -> NDArray[np.uint8]:
    """Lay feature maps side by side, each scaled to its own greatest value.

    Parameters
    ----------
    maps : ndarray of float32, shape (filters, height, width)
        What is below 0 is shown as 0.

    Returns
    -------
    ndarray of uint8
        Rows of ``columns`` maps with a pixel of space between them.
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
