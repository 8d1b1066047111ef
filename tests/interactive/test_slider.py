"""A slider and its field agree, whichever is changed; and it is a control for ``interact``."""

import pytest
from ipywidgets import interactive

from hwr.interactive.slider import Slider


@pytest.mark.parametrize("limits", [(3, -10, 10, 1), (1, 0.4, 1.6, 0.1)])
def test_its_parts_agree(limits):
    slider = Slider("Down", *limits)
    assert slider.value == slider.field.value == slider.slider.value == limits[0]
    for part in (slider.field, slider.slider, slider):
        part.value = limits[2] - limits[3]
        assert slider.value == slider.field.value == slider.slider.value == part.value
        slider.value = limits[1]


def test_what_is_out_of_bounds_is_brought_back():
    slider = Slider("Down", 0, -10, 10)
    slider.field.value = 99
    assert slider.value == slider.slider.value == 10


def test_interact_takes_it():
    seen = []

    def note(step):
        seen.append(step)

    slider = Slider("step", 2, 0, 8)
    interactive(note, step=slider).update()
    slider.field.value = 5
    assert seen[0] == 2
    assert seen[-1] == 5
