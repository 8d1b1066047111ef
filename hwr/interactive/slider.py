"""A number to drag, or to type: everything that a slider does, by keyboard and with a name.

``ipywidgets`` draws a slider's handle without a name, so that a screen reader says "slider, 3" of
each. Here a number field, which has one, stands beside it; the handle is left to mouse and finger.
"""

import ipywidgets as widgets
import traitlets
from ipywidgets import Layout

STYLE = """<style>
.hwr-dial .noUi-handle { visibility: hidden; }
.hwr-dial .noUi-touch-area { visibility: visible; border-radius: 50%; background: #0072b2; }
</style>"""
"""What is not visible takes no focus and has no voice; the knob inside it is drawn all the same."""


class Slider(widgets.HBox, widgets.ValueWidget):
    """A number field and a slider that always agree; works in ``interact``, too.

    Parameters
    ----------
    name : str
        What is set.
    value, low, high, step : int or float
        Whole numbers if all four are.
    name_width : str
        A CSS length, the same for dials below one another.

    Attributes
    ----------
    value : int or float
        Between ``low`` and ``high``.
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
        name_width: str = "80px",
    ) -> None:
        whole = all(isinstance(number, int) for number in (value, low, high, step))
        limits = {"value": value, "min": low, "max": high, "step": step}
        self.field = (widgets.BoundedIntText if whole else widgets.BoundedFloatText)(
            **limits,
            description=name,
            style={"description_width": name_width},
            layout=Layout(width=f"calc({name_width} + 84px)", flex="0 0 auto"),
        )
        self.slider = (widgets.IntSlider if whole else widgets.FloatSlider)(
            **limits, readout=False, layout=Layout(width="auto", flex="1 1 120px")
        )
        style = widgets.HTML(STYLE, layout=Layout(display="none"))
        super().__init__([style, self.field, self.slider], value=value)
        self.add_class("hwr-dial")
        traitlets.link((self, "value"), (self.field, "value"))
        traitlets.link((self.field, "value"), (self.slider, "value"))
