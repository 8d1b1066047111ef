"""A slider beside a number field, which together work by mouse, by keyboard and for screen readers.

The handle of ipywidgets' sliders has no name, so that a screen reader says "slider, 3" of each. The
number field has one; the handle is left to mouse and finger.
"""

import ipywidgets as widgets
import traitlets
from ipywidgets import Layout

from hwr.pads.html import STYLE


class Slider(widgets.HBox, widgets.ValueWidget):
    """A number field and a slider that always agree; works in ``interact``, too.

    Parameters
    ----------
    name : str
        Written before the field.
    value, low, high, step : int or float
        Only whole numbers are possible if all four are.
    name_width : str
        A CSS length, the same for sliders below one another.

    Attributes
    ----------
    value : int or float
        Between ``low`` and ``high``.
    low, step : int or float
    field, slider : ipywidgets.Widget
        Its parts.
    """

    value = traitlets.Union([traitlets.Int(), traitlets.Float()])

    def __init__(
        self,
        name: str,
        value: float,
        low: float,
        high: float,
        step: float = 1,
        name_width: str = "6.2em",
    ) -> None:
        self.low, self.step, self._high = low, step, high
        whole = all(isinstance(number, int) for number in (value, low, high, step))
        limits = {"value": value, "min": low, "max": high, "step": step}
        self.field = (widgets.BoundedIntText if whole else widgets.BoundedFloatText)(
            **limits,
            description=name,
            style={"description_width": name_width},
            layout=Layout(width=f"calc({name_width} + 6.5em)", flex="0 1 auto"),
        )
        self.slider = (widgets.IntSlider if whole else widgets.FloatSlider)(
            **limits, readout=False, layout=Layout(width="auto", flex="1 1 120px")
        )
        style = widgets.HTML(STYLE, layout=Layout(display="none"))
        super().__init__([style, self.field, self.slider], value=value)
        self.layout.flex_flow = "row wrap"
        self.add_class("hwr-slider")
        traitlets.link((self, "value"), (self.field, "value"))
        traitlets.link((self.field, "value"), (self.slider, "value"))

    @property
    def high(self) -> float:
        """The largest value; setting it brings a larger value back to it."""
        return self._high

    @high.setter
    def high(self, high: float) -> None:
        self._high = high
        for part in (self.field, self.slider):
            part.max = high
