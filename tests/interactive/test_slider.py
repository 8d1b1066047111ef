"""A dial's field and slider agree, whoever changes what; and it is a control for ``interact``."""

import pytest
from ipywidgets import interactive

from hwr.interactive.slider import Slider


@pytest.mark.parametrize("limits", [(3, -10, 10, 1), (1, 0.4, 1.6, 0.1)])
def test_its_parts_agree(limits):
    dial = Slider("Down", *limits)
    assert dial.value == dial.field.value == dial.slider.value == limits[0]
    for part in (dial.field, dial.slider, dial):
        part.value = limits[2] - limits[3]
        assert dial.value == dial.field.value == dial.slider.value == part.value
        dial.value = limits[1]


def test_what_is_out_of_bounds_is_brought_back():
    dial = Slider("Down", 0, -10, 10)
    dial.field.value = 99
    assert dial.value == dial.slider.value == 10


def test_interact_takes_it():
    seen = []

    def note(step):
        seen.append(step)

    dial = Slider("step", 2, 0, 8)
    interactive(note, step=dial).update()
    dial.field.value = 5
    assert seen[0] == 2
    assert seen[-1] == 5
