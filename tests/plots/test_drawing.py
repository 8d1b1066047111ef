"""The figures of the lesson on the pad."""

import numpy as np
import pytest

from hwr.alphabets import DIGITS
from hwr.plots.base import PALETTE
from hwr.plots.drawing import answers
from hwr.recognizer import Reading


def reading(best, share, sure):
    candidates = ((best, share),) if best else ()
    image = np.full((28, 28), 255 if best else 0, np.uint8)
    return Reading(candidates, np.zeros(10, np.float32), DIGITS, sure, image)


READINGS = {
    "0°": reading("7", 0.95, True),
    "90°": reading("1", 0.4, False),
    "nothing drawn": reading("", 0, False),
}


@pytest.mark.parametrize("columns", [2, 3, 6])
def test_each_image_stands_between_heading_and_answer(columns):
    axes = answers(READINGS, columns=columns).axes
    shown = [ax for ax in axes if ax.axison]
    assert [ax.get_title() for ax in shown] == list(READINGS)
    assert [ax.get_xlabel() for ax in shown] == ["7 95%", "1? 40%", "nothing"]
    assert len({round(ax.get_position().x0, 3) for ax in shown}) == min(columns, 3)


def test_only_a_sure_answer_is_coloured():
    colours = [ax.xaxis.label.get_color() for ax in answers(READINGS).axes]
    assert colours == [PALETTE["main"], PALETTE["neutral"], PALETTE["neutral"]]
