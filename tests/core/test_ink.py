"""The conversion of a drawing: invariances, each step, and unusual input."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw

from hwr._support import bounds
from hwr.alphabets import CHARACTERS
from hwr.datasets import synthetic
from hwr.ink import Ink, blur, centre, conversion_steps, convert, crop, rasterize, shrink

drawings = st.builds(
    lambda character, seed: synthetic.draw(character, np.random.default_rng(seed)),
    st.sampled_from(CHARACTERS),
    st.integers(0, 10**6),
)
points = st.tuples(st.floats(-1e4, 1e4), st.floats(-1e4, 1e4))


def changed(ink: Ink, scale: float = 1.0, by: tuple[float, float] = (0.0, 0.0)) -> Ink:
    return Ink([stroke * scale + by for stroke in ink.strokes], ink.pen)


def difference(first: Ink, second: Ink) -> int:
    return int(np.abs(convert(first).astype(int) - convert(second)).max())


@given(drawings, st.tuples(st.floats(-2000, 2000), st.floats(-2000, 2000)))
def test_moving_a_drawing_does_not_change_its_image(ink, by):
    assert difference(ink, changed(ink, by=by)) <= 1


@given(drawings, st.floats(0.3, 3), st.sampled_from([1, 20, 400]))
def test_scaling_a_drawing_does_not_change_its_image(ink, scale, unit):
    assert difference(changed(ink, unit), changed(ink, unit * scale)) <= 1


@given(drawings)
def test_an_image_looks_like_emnists(ink):
    image = convert(ink)
    assert (image.shape, image.dtype, image.max()) == ((28, 28), np.uint8, 255)
    assert not image[[0, -1]].any()
    assert not image[:, [0, -1]].any()
    rows, columns = np.flatnonzero((image > 60).any(1)), np.flatnonzero((image > 60).any(0))
    assert max(np.ptp(rows), np.ptp(columns)) + 1 in range(21, 26)
    middle = [(rows[0] + rows[-1]) / 2, (columns[0] + columns[-1]) / 2]
    assert middle == pytest.approx([13.5, 13.5], abs=1.5)


@settings(max_examples=60)
@given(st.lists(st.lists(points, max_size=8), max_size=6))
def test_any_strokes_give_an_image(strokes):
    image = convert(Ink(strokes))
    assert image.shape == (28, 28)
    assert bool(image.any()) == any(strokes)


def test_nothing_drawn_is_an_empty_image():
    for empty in (Ink(), Ink([]), Ink([[]]), Ink([[], []])):
        assert empty.empty
        assert not convert(empty).any()


def test_a_dot_is_round_at_any_position():
    image = convert(Ink([[(5, 5)]]))
    assert image[14, 14] == 255
    assert (image == image.T).all()
    assert (convert(Ink([[(-300, 7), (-300, 7)]])) == image).all()


def test_ten_thousand_points_are_no_trouble():
    scribble = np.random.default_rng(0).uniform(0, 400, (10_000, 2))
    assert convert(Ink([scribble])).mean() > 100


def test_many_points_are_drawn_as_few_are():
    outline = synthetic.draw("S", np.random.default_rng(4)).strokes[0]
    every = np.repeat(outline, 6000 // len(outline) + 1, axis=0)
    difference = convert(Ink([every])).astype(int) - convert(Ink([outline]))
    assert np.abs(difference).max() < 20  # their places are rounded to a quarter of a pixel


def test_more_points_than_a_page_has_are_refused_at_once():
    scribble = np.random.default_rng(0).uniform(0, 400, (bounds.MAX_POINTS, 2))
    assert convert(Ink([scribble])).mean() > 100
    for more in ([scribble, [(0, 0)]], [scribble, []], [[] for _ in range(bounds.MAX_POINTS + 1)]):
        with pytest.raises(
            ValueError, match=r"^This drawing has more than 100,000 points.*: .*\.$"
        ):
            Ink(more)


def test_a_thicker_pen_gives_more_ink():
    strokes = [[(0, 0), (10, 30)]]
    thin, thick = (convert(Ink(strokes, pen)).mean() for pen in (0.08, 0.25))
    assert thick > 1.5 * thin


@pytest.mark.parametrize(
    ("stroke", "sentence"),
    [
        ([(0, float("nan"))], "not a finite number"),
        ([(0, float("inf"))], "not a finite number"),
        ([(0, 1e300)], "not a finite number"),
        ([(1, 2, 3)], "not a list of points"),
        ([1, 2], "not a list of points"),
        (["ab"], "not a list of points"),
        ([(1, 2), (3,)], "not a list of points"),
        ([(1, 10**400)], "not a list of points"),
    ],
)
def test_a_bad_point_is_refused_with_its_stroke(stroke, sentence):
    with pytest.raises(ValueError, match=rf"^Stroke 2 .*{sentence}.*: .*\.$"):
        Ink([[(0, 0)], stroke])


@pytest.mark.parametrize("pen", [0, -1, 1.5, float("nan")])
def test_an_impossible_pen_is_refused(pen):
    with pytest.raises(ValueError, match="pen's width"):
        Ink([], pen)


def test_the_steps_are_the_conversion():
    ink = synthetic.draw("R", np.random.default_rng(3))
    by_step = conversion_steps(ink)
    assert list(by_step) == ["drawn", "blurred", "cropped", "centred", "28 x 28"]
    assert (by_step["28 x 28"] == convert(ink)).all()
    assert max(by_step["drawn"].shape) == pytest.approx(72, abs=4)
    assert max(by_step["cropped"].shape) < max(by_step["blurred"].shape)
    height, width = by_step["centred"].shape
    assert height == width


def test_each_step_does_one_thing():
    line = rasterize(Ink([[(0, 0), (0, 10)]]))
    assert line.shape[0] > 3 * line.shape[1]
    assert blur(line).sum() == pytest.approx(line.sum(), rel=1e-3)
    spot = np.zeros((9, 9), np.float32)
    spot[2:4, 5:8] = 1
    assert crop(spot).shape == (2, 3)
    square = centre(np.ones((24, 12), np.float32))
    assert square.shape == (28, 28)
    assert (square[2:26, 8:20] == 1).all()
    assert square.sum() == 24 * 12
    assert shrink(np.zeros((40, 40), np.float32)).max() == 0


def picture_of_seven(size: int) -> np.ndarray:
    picture = Image.new("L", (size, size))
    line = [(0.3 * size, 0.25 * size), (0.7 * size, 0.25 * size), (0.45 * size, 0.8 * size)]
    ImageDraw.Draw(picture).line(line, fill=255, width=size // 15, joint="curve")
    return np.asarray(picture)


def test_a_picture_and_its_strokes_give_nearly_the_same_image():
    strokes = Ink([[(0.3, 0.25), (0.7, 0.25), (0.45, 0.8)]], pen=1 / 15 / 0.55)
    assert np.abs(convert(strokes).astype(int) - convert(picture_of_seven(300))).mean() < 6


def test_a_picture_keeps_its_answer_at_any_place_and_size():
    small = np.zeros((500, 700), np.uint8)
    small[20:120, 500:600] = picture_of_seven(100)
    assert np.abs(convert(small).astype(int) - convert(picture_of_seven(900))).mean() < 6


def test_a_colour_array_is_refused():
    with pytest.raises(ValueError, match="must be grey"):
        convert(np.zeros((28, 28, 3), np.uint8))
