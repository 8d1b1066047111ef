"""One layer in the Explorer: its name, its maps on a canvas, and the value that is chosen there."""

from collections.abc import Callable, Sequence

import ipywidgets as widgets
import numpy as np
from ipycanvas import hold_canvas
from ipywidgets import Layout
from numpy.typing import NDArray

from hwr._support.display import PALETTE
from hwr.interactive.explorer.maps import COLOURS, MapGrid, encode
from hwr.interactive.explorer.windows import Box, Shape
from hwr.interactive.widget import ARROWS, connect
from hwr.pads.canvas import INK, LabelledCanvas
from hwr.pads.status_line import Guard

SHARP = 2
"""Canvas pixels per CSS pixel."""
LABELS = 15
"""CSS pixels below the units for their names."""
SOURCE = PALETTE["other"]
"""Colour of the outline around what a value comes from; as for patches in all figures."""

PAGES = {"PageUp": -1, "PageDown": 1}
ON_THE_EDGE = 5
"""CSS pixels around the maps, for outlines."""


class Strip:
    """A layer's maps on a canvas of its own, which mouse, finger and keys choose values on.

    Parameters
    ----------
    title : str
        Written above the maps; the canvas's name for screen readers.
    grid : MapGrid
    on_choice : callable
        Called with the index of a value that was chosen.
    on_page : callable
        Called with -1 or 1 when the previous or the next layer is wanted.
    guard : callable
        Wraps each callback from the browser.
    names : sequence of str
        Written below the units, if there are any.
    colours : ndarray of uint8, shape (256, 4)
        RGBA of the values' shades.

    Attributes
    ----------
    canvas : ipycanvas.MultiCanvas
        The maps, and the outlines on top.
    widget : ipywidgets.VBox
    chosen : tuple of int or None
        The index of the value that is outlined.
    """

    def __init__(
        self,
        title: str,
        grid: MapGrid,
        on_choice: Callable[[Shape], None],
        on_page: Callable[[int], None],
        guard: Guard,
        names: Sequence[str] = (),
        colours: NDArray[np.uint8] = COLOURS,
    ) -> None:
        self.grid, self.chosen = grid, None
        self._on_choice, self._on_page = on_choice, on_page
        self._names = names if grid.size[0] == 1 else ()
        self._outlined: list[Box] = []
        self._colours = colours
        self._picture = widgets.Image()  # not shown itself, but drawn on the canvas
        self.canvas = self._make_canvas()
        self.canvas.tooltip = f"{title}. Arrow keys choose a value, page keys another layer"
        self._connect(guard)
        heading = widgets.HTML(f'<div class="hwr-layer">{title}</div>')
        self.widget = widgets.VBox([heading, self.canvas], layout=Layout(flex="0 0 auto"))

    chosen: Shape | None

    def _make_canvas(self) -> LabelledCanvas:
        rows, columns = self.grid.size
        width = columns * self.grid.scale + 2 * ON_THE_EDGE
        height = rows * self.grid.scale + 2 * ON_THE_EDGE + LABELS * bool(self._names)
        layout = Layout(width="100%", max_width=f"{width}px", height="auto", flex="0 0 auto")
        canvas = LabelledCanvas(2, width=SHARP * width, height=SHARP * height, layout=layout)
        canvas.add_class("hwr-maps")
        canvas[0].image_smoothing_enabled = False
        return canvas

    def _connect(self, guard: Guard) -> None:
        self.canvas.on_client_ready(guard(self.redraw))
        connect(self.canvas, guard, self._on_point, self._on_key)

    # --- what is shown -------------------------------------------------------------------------

    def show(self, shades: NDArray[np.uint8]) -> None:
        """Show a picture of the maps, one pixel for a value, as places in the colours."""
        self._picture.value = encode(shades, self._colours)
        self._draw_picture()

    def _draw_picture(self) -> None:
        rows, columns = self.grid.size
        scale, corner = SHARP * self.grid.scale, SHARP * ON_THE_EDGE
        # Nothing is cleared: the new picture covers the old one, without a flicker.
        self.canvas[0].draw_image(self._picture, corner, corner, columns * scale, rows * scale)

    def outline(self, chosen: Shape | None, sources: Sequence[Box] = ()) -> None:
        """Outline the chosen value, and the squares that another layer's value comes from."""
        if (chosen, list(sources)) != (self.chosen, self._outlined):
            self.chosen, self._outlined = chosen, list(sources)
            self._draw_outlines()

    def redraw(self) -> None:
        """Draw everything again, for a page that connects."""
        with hold_canvas():
            self.canvas[0].image_smoothing_enabled = False
            if self._picture.value:
                self._draw_picture()
            self._draw_outlines()

    def _draw_outlines(self) -> None:
        marks = self.canvas[1]
        marks.clear()
        self._draw_names()
        for box in self._outlined:
            self._draw_box(box, SOURCE)
        if self.chosen is not None:
            row, column = self.grid.square(self.chosen)
            self._draw_box(Box(row, column, row + 1, column + 1), INK)

    def _draw_box(self, box: Box, colour: str) -> None:
        """Draw a frame around squares, with a white one around it that shows on every colour."""
        marks, scale = self.canvas[1], self.grid.scale
        for width, around in (("#ffffff", 3.0), (colour, 1.5)):
            marks.stroke_style, marks.line_width = width, SHARP * 2
            left, top = (ON_THE_EDGE + at * scale - around for at in (box.left, box.top))
            wide, high = (
                count * scale + 2 * around for count in (box.right - box.left, box.bottom - box.top)
            )
            marks.stroke_rect(*(SHARP * length for length in (left, top, wide, high)))

    def _draw_names(self) -> None:
        marks, scale = self.canvas[1], self.grid.scale
        marks.fill_style, marks.text_align = "#767676", "center"
        marks.font = f"{SHARP * min(13, scale + 2)}px monospace"
        below = ON_THE_EDGE + scale + LABELS - 2
        for unit, name in enumerate(self._names):
            marks.fill_text(name, SHARP * (ON_THE_EDGE + (unit + 0.5) * scale), SHARP * below)

    # --- what is chosen ------------------------------------------------------------------------

    def _on_point(self, x: float, y: float) -> None:
        row, column = ((at / SHARP - ON_THE_EDGE) / self.grid.scale for at in (y, x))
        index = self.grid.index_at(row, column)
        if index is not None:
            self._on_choice(index)

    def _on_key(self, key: str) -> None:
        if key in PAGES:
            self._on_page(PAGES[key])
        elif key in ARROWS:
            first = self.grid.index_at(0, 0) or ()
            moved = first if self.chosen is None else self.grid.moved(self.chosen, *ARROWS[key])
            self._on_choice(moved)
