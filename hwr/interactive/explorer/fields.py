"""Fields that name a value: its layer, row, column and map. They work by keys everywhere.

Notebook 7 keeps the arrow keys to itself while a canvas has the focus, JupyterLab does not; in a
field, arrow keys count up and down in both.
"""

from collections.abc import Callable, Sequence
from typing import Any

import ipywidgets as widgets
from ipywidgets import Layout

from hwr.interactive.explorer.windows import Shape
from hwr.pads.status_line import Guard


class PlaceFields(widgets.HBox):
    """A list of layers, and number fields for a place in the chosen layer's output.

    Parameters
    ----------
    names : sequence of str
        The steps' names.
    shapes : sequence of tuple of int
        The shapes of their outputs.
    on_choice : callable
        Called with a step's number and an index when a value was chosen.
    guard : callable
        Wraps each callback from the browser.

    Attributes
    ----------
    layer : ipywidgets.Dropdown
    row, column, map : ipywidgets.BoundedIntText
        A unit has no row and column; ``map`` is then its number.
    """

    def __init__(
        self,
        names: Sequence[str],
        shapes: Sequence[Shape],
        on_choice: Callable[[int, Shape], None],
        guard: Guard,
    ) -> None:
        self._shapes, self._on_choice = shapes, on_choice
        self.layer = widgets.Dropdown(
            options=[(name, number) for number, name in enumerate(names)],
            description="Layer",
            style={"description_width": "3.4em"},
            layout=Layout(width="22em"),
        )
        self.row, self.column, self.map = (
            widgets.BoundedIntText(
                description=name,
                style={"description_width": "4em"},
                layout=Layout(width="9em"),
            )
            for name in ("row", "column", "map")
        )
        parts = [self.layer, self.row, self.column, self.map]
        super().__init__(parts, layout=Layout(flex_flow="row wrap"))
        self._showing = False
        self.layer.observe(guard(self._on_layer), "value")
        for field in parts[1:]:
            field.observe(guard(self._on_place), "value")

    def show(self, number: int, index: Shape) -> None:
        """Show the place of a value."""
        shape = self._shapes[number]
        self._showing = True  # what is set here is no choice
        try:
            self.layer.value = number
            for field, at, side in zip(self._used(number), index, shape, strict=True):
                field.max = max(side - 1, at)
                field.value = at
            maps = len(shape) == 3
            for field in (self.row, self.column):
                field.layout.display = None if maps else "none"
            self.map.description = "map" if maps else "unit"
        finally:
            self._showing = False

    def _used(self, number: int) -> list[Any]:
        fields = [self.row, self.column, self.map]
        return fields if len(self._shapes[number]) == 3 else fields[-1:]

    def _on_layer(self, _: Any) -> None:
        if not self._showing:
            number = self.layer.value
            self._on_choice(number, middle(self._shapes[number]))

    def _on_place(self, _: Any) -> None:
        if not self._showing:
            number = self.layer.value
            self._on_choice(number, tuple(field.value for field in self._used(number)))


def middle(shape: Shape) -> Shape:
    """Return the index of the value in the middle of the first map, or of the first unit."""
    return (shape[0] // 2, shape[1] // 2, 0) if len(shape) == 3 else (0,)
