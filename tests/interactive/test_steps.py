"""Convolution and pooling step by step: what is shown, what is said, and every control."""

import re
from html import unescape

import numpy as np
import pytest
from helpers.hands import mime_bundle, note

from hwr.convolution import convolve, pool
from hwr.interactive import ConvolutionSteps, PoolingSteps
from hwr.pads import html

IMAGE = np.array([[0, 2, 1, 0], [0, 1, 0, 3], [1, 1, 0, 2]])
KERNEL = np.array([[1, 2], [0, -1]])
MAP = np.arange(36).reshape(6, 6) % 7


def said(toy) -> str:
    return html.strip_tags(toy.message.value)


def numbers(toy) -> list[float]:
    """Go through all places and return the result that is said at each."""
    results = []
    for step in range(1, toy.step.high + 1):
        toy.step.value = step
        assert f"{step} of {toy.step.high}: " in said(toy)
        assert said(toy) in unescape(toy.picture.value)  # as the picture's text alternative
        results.append(float(re.search(r"(-?[\d.]+)\.$", said(toy))[1]))
    return results


def test_a_kernel_steps_through_its_feature_map():
    toy = ConvolutionSteps(IMAGE, KERNEL)
    assert numbers(toy) == convolve(IMAGE, KERNEL).ravel().tolist()
    assert note(toy) == ""


@pytest.mark.parametrize("setting", [(2, 2, "max"), (3, 1, "max"), (2, 3, "average")])
def test_a_window_steps_through_the_pooled_map(setting):
    toy = PoolingSteps(MAP)
    toy.window.value, toy.stride.value, toy.how.value = setting
    assert np.allclose(numbers(toy), pool(MAP, *setting).ravel(), atol=0.005)
    assert note(toy) == ""


def test_another_window_begins_anew_with_its_own_number_of_places():
    toy = PoolingSteps(MAP)
    toy.step.value = 9
    before = toy.picture.value
    toy.stride.value = 1
    assert (toy.step.value, toy.step.high) == (1, 25)
    assert "Window 1 of 25" in said(toy)
    assert toy.picture.value != before
    toy.step.value = 25
    toy.window.value = toy.stride.value = 3
    assert (toy.step.value, toy.step.high, note(toy)) == (1, 4, "")
    toy.how.value = "average"
    assert "the average of its numbers" in said(toy)


def test_where_widgets_are_not_drawn_the_last_step_is_shown():
    data, metadata = mime_bundle(ConvolutionSteps(IMAGE, KERNEL))
    assert {"application/vnd.jupyter.widget-view+json", "image/png"} <= set(data)
    assert metadata["image/png"]["alt"].startswith("Place 6 of 6: ")
    toy = PoolingSteps(MAP)
    toy.how.value = "average"
    assert toy.figure().alt.startswith("Window 9 of 9: the average")


def test_a_name_bound_anew_later_changes_nothing():
    image = IMAGE.copy()
    toy = ConvolutionSteps(image, KERNEL)
    image[:] = 0
    assert numbers(toy) == convolve(IMAGE, KERNEL).ravel().tolist()


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda: ConvolutionSteps(np.ones((28, 28)), KERNEL), r"image\[:6, :6\]"),
        (lambda: ConvolutionSteps(IMAGE, [1, 2]), "a small kernel of rows and columns"),
        (lambda: ConvolutionSteps(KERNEL, IMAGE), "does not fit"),
        (lambda: PoolingSteps(np.ones((3, 9))), "4 to 12 rows and columns"),
        (lambda: PoolingSteps(np.ones((0, 9))), "4 to 12 rows and columns"),
    ],
)
def test_what_cannot_be_stepped_through_is_refused_in_a_sentence(make, says):
    with pytest.raises(ValueError, match=says):
        make()
