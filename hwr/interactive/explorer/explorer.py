"""A network opened up: a drawing, every layer's feature maps, and where each value comes from.

>>> from hwr import interactive, transfer
>>> interactive.Explorer(transfer.load_pretrained())                         # doctest: +SKIP
"""

from html import escape
from typing import Any

import ipywidgets as widgets
import numpy as np
from ipycanvas import hold_canvas
from ipywidgets import Layout
from numpy.typing import NDArray

from hwr._support.keras import keras
from hwr.alphabets import Alphabet, get_alphabet
from hwr.ink import LONGER_SIDE, SIDE, Ink, conversion_steps
from hwr.interactive import widget
from hwr.interactive.explorer import figure as still
from hwr.interactive.explorer.fields import PlaceFields, middle
from hwr.interactive.explorer.maps import COLOURS, GREYS, MapGrid, arrange
from hwr.interactive.explorer.origin import Origin, explain, regions
from hwr.interactive.explorer.steps import Network
from hwr.interactive.explorer.strip import SOURCE, Strip
from hwr.interactive.explorer.terms import terms
from hwr.interactive.explorer.windows import FUNCTIONS, Box, Shape
from hwr.interactive.explorer.words import Words, title
from hwr.interactive.widget import InteractiveFigure, Picture
from hwr.pads import html
from hwr.pads.base import join_choice, keys_line, undo_and_clear
from hwr.pads.canvas import Sheet, SheetFormat
from hwr.pads.throttle import Throttle
from hwr.plots.base import Figure
from hwr.recognizer import softmax

SHEET = SheetFormat(480, 480, 240, 0.6)
IMAGE_SCALE = 6
"""CSS pixels of a pixel of the image."""
PAPER: Picture = np.zeros((SIDE, SIDE), np.uint8)
SIZES = (10, 26, 47, 62)
"""Numbers of classes of EMNIST's alphabets."""
BARS = 3
ALL_MAPS, FEW, MANY = 720, 64, 240
"""CSS pixels that all maps may take together, and those of a layer at least and at most."""
HINT = (
    "Draw, and click on a value to see where it comes from. Arrow keys go on from there, page keys "
    "to another layer; the fields below the maps do both. Blue is positive, orange negative, white "
    "0. All is counted from 0."
)


class Explorer(InteractiveFigure):
    """A sheet to draw on, the maps of every layer, and the terms of a value that is chosen.

    Parameters
    ----------
    network : keras.Model
        Sequential or functional, from images of shape (28, 28, 1) to one output: one of
        :mod:`hwr.models`, or your own; trained or not.
    drawing : Ink or ndarray of uint8, shape (28, 28), optional
        Shown at first, such as ``pad.ink``; by default, and without ink, empty paper.
    alphabet : str, int or Alphabet, optional
        The classes of the last layer, as for :func:`hwr.alphabets.get_alphabet`. By default one of
        EMNIST's four alphabets if it has as many units, else the classes are numbers.

    Attributes
    ----------
    sheet : Sheet
    undo_button, clear_button : ipywidgets.Button
    strips : list of Strip
        A strip of maps for each step of the network; the first one is the image.
    image : ndarray of uint8, shape (28, 28)
        What the network sees.
    values : list of ndarray of float32
        Every layer's output for it.
    chosen : (int, tuple of int)
        The step and the index of the value whose origin is shown: at first, the strongest one of
        the first layer.
    fields : PlaceFields
        The same as fields.
    bars : ipywidgets.HTML
        The answer, if the network ends in classes.
    terms : ipywidgets.HTML
        Where the chosen value comes from.

    Raises
    ------
    ValueError
        If the network is of another kind, or the alphabet has another number of classes.
    """

    def __init__(
        self,
        network: keras.Model,
        drawing: Ink | NDArray[Any] | None = None,
        alphabet: str | int | Alphabet | None = None,
    ) -> None:
        super().__init__()
        self.network = Network(network)
        self.words = Words(self.network, _classes(self.network, alphabet))
        self.sheet = Sheet(self._on_change, self.guard, SHEET, self._announce)
        self.undo_button, self.clear_button = undo_and_clear(self.sheet, self.status)
        self.bars, self.terms = widgets.HTML(), widgets.HTML()
        self.strips = [self._make_strip(number) for number in range(len(self.network.steps))]
        self._given: Picture = PAPER
        self._take(Ink() if drawing is None else drawing)
        self.fields = PlaceFields(
            [step.name for step in self.network.steps],
            self.network.shapes,
            self.choose,
            self.guard,
        )
        self._answer_soon = Throttle(self.guard(self._answer))
        self.sheet.canvas.on_client_ready(self.guard(self._show_origin))  # a page that reloads
        self._lay_out()
        self._read()
        self.chosen = self._strongest()
        self._answer()

    # --- what is drawn and computed ------------------------------------------------------------

    @property
    def ink(self) -> Ink:
        """The current drawing."""
        return self.sheet.ink

    @property
    def origin(self) -> Origin:
        """Where the chosen value comes from."""
        return explain(self.network, self.values, *self.chosen)

    def choose(self, layer: str | int, index: Shape) -> None:
        """Choose a value, as a click on it does.

        Parameters
        ----------
        layer : str or int
            Its name as in ``network.summary()``; or its number, where 0 is the image.
        index : tuple of int
            Row, column and map of the value; or its unit: ``("conv2d", (3, 4, 0))``.
        """
        names = [step.name for step in self.network.steps]
        number = names.index(layer) if layer in names else layer
        if not isinstance(number, int) or not 0 <= number < len(names):
            raise ValueError(f"There is no layer {layer!r}: choose one of {', '.join(names)}.")
        shape = self.network.shapes[number]
        if len(index) != len(shape) or any(
            not 0 <= at < side for at, side in zip(index, shape, strict=False)
        ):
            raise ValueError(
                f"{names[number]} has no value at {index}: its output has the shape {shape}, so "
                f"the last value is at {tuple(side - 1 for side in shape)}."
            )
        self.chosen = number, index
        with hold_canvas():
            self._show_origin()

    def figure(self) -> Figure:
        """Draw the image, the layers' maps and the terms of the chosen value."""
        return still.draw(self.network, self.image, self.values, self.origin, self.words)

    def _announce(self, sentence: str) -> None:
        self.message.value = html.live_paragraph(sentence)

    # --- its parts -----------------------------------------------------------------------------

    def _take(self, drawing: Ink | NDArray[Any]) -> None:
        """Put strokes on the sheet, or keep an image until something is drawn."""
        if not isinstance(drawing, Ink):
            self._given = widget.as_image(drawing)
        elif not drawing.empty:
            self.sheet.strokes = self.sheet.place(drawing)
            self.sheet.pen = drawing.pen

    def _make_strip(self, number: int) -> Strip:
        shape = self.network.shapes[number]
        room = min(max(ALL_MAPS / len(self.network.steps), FEW), MANY)
        grid = arrange(shape, room) if number else MapGrid(shape, 1, IMAGE_SCALE)
        last = number == len(self.network.steps) - 1
        return Strip(
            title(self.network, number) if number else "what the network sees",
            grid,
            lambda index: self.choose(number, index),
            lambda step: self._page(number + step),
            self.guard,
            self.words.classes if last else (),
            COLOURS if number else GREYS,
        )

    def _lay_out(self) -> None:
        for button in (self.undo_button, self.clear_button):
            button.layout = Layout(width="auto", flex="1 1 auto")
        join = join_choice(self.sheet, self.status)
        buttons = widgets.HBox(
            [self.undo_button, self.clear_button, join], layout=Layout(flex_flow="row wrap")
        )
        left = widgets.VBox(
            [self.sheet.canvas, buttons, self.strips[0].widget, self.bars],
            layout=Layout(flex="0 1 252px"),
        )
        maps = widgets.VBox([strip.widget for strip in self.strips[1:]])
        maps.layout = Layout(flex="1 1 300px", max_height="670px", overflow="auto", padding="0 4px")
        both = widgets.HBox([left, maps], layout=Layout(flex_flow="row wrap", grid_gap="20px"))
        hint = widgets.HTML(f'<p class="hwr-hint">{HINT}</p>')
        self.lay_out(hint, both, self.fields, self.terms, self.message, keys_line())

    # --- what happens --------------------------------------------------------------------------

    def _on_change(self, finished: bool) -> None:
        self._given = PAPER
        if finished:
            self._answer_soon.now()
        else:
            self._answer_soon.ask()

    def _page(self, number: int) -> None:
        """Go to another layer: to its value in the middle of the first map."""
        number = min(max(number, 0), len(self.strips) - 1)
        self.choose(number, middle(self.network.shapes[number]))
        self.strips[number].canvas.focus()  # which also scrolls it into view

    def _read(self) -> None:
        """Compute all layers' outputs for what is drawn, or else for the image that was given."""
        steps = conversion_steps(self.ink)
        self.image = self._given if self.ink.empty else steps["28 x 28"].astype(np.uint8)
        self._square = len(steps["centred"])
        self.values = self.network.run(self.image)

    def _answer(self) -> None:
        self._read()
        with hold_canvas():
            self.strips[0].show(self.image)
            for strip, values in zip(self.strips[1:], self.values[1:], strict=True):
                strip.show(strip.grid.shades(values))
            self._show_origin()
        self.bars.value = self._bars()

    def _strongest(self) -> tuple[int, Shape]:
        """Return the place of the first layer's strongest value; on empty paper, its middle."""
        if not self.image.any():
            return 1, middle(self.network.shapes[1])
        strength = np.abs(self.values[1])
        place = np.unravel_index(strength.argmax(), strength.shape)
        return 1, tuple(int(at) for at in place)

    def _show_origin(self) -> None:
        origin = self.origin
        self.fields.show(origin.number, origin.index)
        outlined: dict[int, list[Box]] = {number: [] for number in range(len(self.strips))}
        for region in regions(origin):
            grid = self.strips[region.number].grid
            outlined[region.number] += grid.boxes(region.box, region.channels)
        if origin.number:
            outlined[0] = [origin.field]
        for number, strip in enumerate(self.strips):
            strip.outline(origin.index if number == origin.number else None, outlined[number])
        self._outline_on_sheet(origin.field if origin.number else None)
        sentence = self.words.sentence(origin)
        self.terms.value = f"<p>{escape(sentence)}</p>{terms(origin, self.words)}"
        if not self.sheet.drawing:  # once a stroke, not ten times a second
            self.message.value = html.live_paragraph(sentence)

    def on_sheet(self, box: Box) -> tuple[float, float, float, float] | None:
        """Return where a part of the image lies on the sheet, if something was drawn there.

        Returns
        -------
        (float, float, float, float)
            Left, top, width and height in pixels of the sheet's canvas.
        """
        ink = self.ink
        if ink.empty:
            return None
        low, high = ink.bounds()
        # The conversion brings the longer side, pen included, to a fixed length, and then the
        # square around the ink to 28 pixels.
        pixel = (high - low).max() * (1 + ink.pen) / LONGER_SIDE * self._square / SIDE
        left, top = (low + high) / 2 + (np.array([box.left, box.top]) - SIDE / 2) * pixel
        width, height = (box.right - box.left) * pixel, (box.bottom - box.top) * pixel
        return float(left), float(top), float(width), float(height)

    def _outline_on_sheet(self, field: Box | None) -> None:
        layer = self.sheet.canvas[1]  # between the paper and the ink
        layer.clear()
        place = field and self.on_sheet(field)
        if place:
            layer.stroke_style, layer.line_width = SOURCE, 4
            layer.stroke_rect(*place)

    def _bars(self) -> str:
        """Return the most probable classes as bars."""
        names = self.words.classes
        if not names:
            return ""
        values = self.values[-1]
        shares = values if self.words.answer == "probability" else softmax(values)
        best = html.most_probable(shares, BARS)
        coloured = [index == best[0] for index in best]
        return html.bars([names[i] for i in best], [float(shares[i]) for i in best], coloured)


def _classes(network: Network, alphabet: str | int | Alphabet | None) -> tuple[str, ...]:
    """Return the names of the last layer's units; an empty tuple if they are no classes."""
    shape, layer = network.shapes[-1], network.steps[-1].layer
    units = shape[0] if len(shape) == 1 else 0
    if alphabet is not None:
        chosen = get_alphabet(alphabet)
        if len(chosen) != units:
            raise ValueError(
                f"The alphabet has {len(chosen)} classes and the network ends in {units} units: "
                "give the alphabet that it was trained for."
            )
        return chosen.classes
    if units in SIZES:
        return get_alphabet(units).classes
    answers = isinstance(layer, (keras.layers.Dense, *FUNCTIONS))
    return tuple(map(str, range(units))) if answers else ()
