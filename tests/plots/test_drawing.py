"""The figures of the lesson on the pad."""

import numpy as np
import pytest

from hwr.alphabets import DIGITS, NONE
from hwr.plots.base import PALETTE
from hwr.plots.drawing import answers, occlusion_map
from hwr.recognizer import Reading


def reading(best, share, sure):
    candidates = ((best, share),) if best else ()
    image = np.full((28, 28), 255 if best else 0, np.uint8)
    return Reading(candidates, np.zeros(10, np.float32), DIGITS, 0.0, "", sure, image)


READINGS = {
    "0°": reading("7", 0.95, True),
    "90°": reading("1", 0.4, False),
    "nothing drawn": reading("", 0, False),
}


@pytest.mark.parametrize("columns", [2, 3, 6])
def test_each_image_stands_between_heading_and_answer_and_only_a_sure_one_is_coloured(columns):
    made = answers(READINGS, columns=columns)
    shown = [ax for ax in made.axes if ax.axison]
    assert made.alt == "0°: 7 95%; 90°: 1? 40%; nothing drawn: nothing."
    assert [ax.get_title() for ax in shown] == list(READINGS)
    assert [ax.get_xlabel() for ax in shown] == ["7 95%", "1? 40%", "nothing"]
    colours = [ax.xaxis.label.get_color() for ax in shown]
    assert colours == [PALETTE["main"], PALETTE["neutral"], PALETTE["neutral"]]
    assert len({round(ax.get_position().x0, 3) for ax in shown}) == min(columns, 3)


def test_what_looks_like_no_character_is_answered_so():
    image = np.full((28, 28), 255, np.uint8)
    given = (("7", 0.9),), np.zeros(10, np.float32), DIGITS
    made = answers({"doodle": Reading(*given, 0.97, NONE, False, image)})
    assert made.alt == "doodle: ∅ 97%."
    made = answers({"letter": Reading(*given, 0.97, "A", False, image)})
    assert made.alt == "letter: 7? 90%."


def test_the_ink_that_speaks_for_an_answer_is_said_in_per_cent():
    image = np.zeros((28, 28), np.uint8)
    image[3:6, 4] = 255
    drops = np.where(np.arange(28)[:, None] < 5, 1, -1) * np.ones((28, 28))
    made = occlusion_map(image, drops, "l")
    assert made.alt == "Read as l: 67% of the ink is for it, 33% against."
