"""A line's image is the same wherever and however large the writing is, of pens and in pictures."""

import numpy as np
import pytest
from PIL import Image, ImageDraw
from scipy import ndimage

from hwr.datasets.synthetic import Writer, compose_word
from hwr.ink import Ink
from hwr.words import line_image as images
from hwr.words.line_image import line_image


def written(text, seed=3):
    writer, rng = Writer(seed), np.random.default_rng(seed)
    return compose_word(text, lambda c: writer.draw(c, rng), 1.75, rng)


def photographed(ink, height=60, pen=7):
    """Return strokes as a picture with a wide margin, 1 is ink."""
    low, high = ink.bounds()
    scale = height / 1.75
    width, depth = np.ceil((high - low) * scale + 80).astype(int)
    picture = Image.new("F", (int(width), int(depth)))
    draw = ImageDraw.Draw(picture)
    for stroke in ink.strokes:
        points = [tuple(point) for point in (stroke - low) * scale + 40]
        draw.line(points, 1, pen, "curve")
        for x, y in points:
            draw.ellipse((x - pen / 2, y - pen / 2, x + pen / 2, y + pen / 2), 1)
    return ndimage.gaussian_filter(np.asarray(picture), 0.7)


def alike(one, other):
    """Return how well the blurred ink of two images agrees, made equally wide."""
    resized = Image.fromarray(other).resize(one.shape[::-1])
    soft = [ndimage.gaussian_filter(np.asarray(each, float), 1) for each in (one, resized)]
    return np.corrcoef(soft[0].ravel(), soft[1].ravel())[0, 1]


@pytest.mark.parametrize("text", ["window", "on", "gypsy", "Hill"])
def test_place_and_size_do_not_matter(text):
    ink = written(text)
    image, frame = line_image(ink)
    moved = Ink([stroke * 37 + [500, -90] for stroke in ink.strokes])
    again, other = line_image(moved)
    assert image.shape == (images.HEIGHT, frame.width)
    assert frame.width % 2 == 0
    assert image.max() == 255
    np.testing.assert_allclose(image.astype(int), again, atol=1)
    point = ink.strokes[0][:1]
    np.testing.assert_allclose(frame.pixels(point), other.pixels(point * 37 + [500, -90]))
    np.testing.assert_allclose(frame.x(frame.pixels(point)[:, 0]), point[:, 0])


@pytest.mark.parametrize("text", ["window", "on", "gypsy", "minimum"])
def test_a_picture_gives_the_image_that_strokes_give(text):
    ink = written(text)
    pen = line_image(ink)[0]
    thick, _ = line_image(photographed(ink, 60, 7))
    small, _ = line_image(photographed(ink, 25, 3))
    assert abs(thick.shape[1] - pen.shape[1]) <= 0.12 * pen.shape[1]
    assert alike(pen, thick) > 0.8
    assert alike(pen, small) > 0.8


def test_the_ink_has_the_deviation_that_is_promised():
    rows = np.nonzero(line_image(written("moments"))[0] > 128)[0]
    assert rows.std() == pytest.approx(images.DEVIATION, abs=0.5)
    assert rows.mean() == pytest.approx(images.HEIGHT / 2, abs=1)


def test_tall_writing_fits_and_lone_lines_are_not_blown_up():
    tall = Ink([[(0, 0), (1, 0), (2, 0), (3, 0), (3, 9)], [(0, 0.1), (3, 0.1)], [(0, 0), (3, 0)]])
    image, _ = line_image(tall)
    rows = np.flatnonzero(image.any(axis=1))
    assert rows[0] > 0
    assert rows[-1] < images.HEIGHT - 1
    dash, dots, dot = [[(0, 0), (5, 0.01)]], [[(0, 0)], [(2, 0)], [(4, 0)]], [[(1, 1)]]
    for strokes in (dash, dots, dot, [[(0, 0), (5, 1)]]):
        image, _ = line_image(Ink(strokes))
        assert image.max() == 255
        assert image.shape[1] <= 2 * images.MARGIN + images.LINE_LENGTH + 2


@pytest.mark.parametrize("pen", [5, 9])
def test_small_letters_far_apart_in_a_thick_pen_are_no_line(pen):
    """Their path is hardly longer than the word, as that of a line is."""
    writer, rng = Writer(3), np.random.default_rng(3)
    ink = compose_word("current", lambda c: writer.draw(c, rng), 1.75, rng, (0.8, 1.0))
    wide, _ = line_image(photographed(ink, 40, pen))
    rows = np.nonzero(wide > 128)[0]
    assert rows.std() == pytest.approx(images.DEVIATION, abs=1)


def test_nothing_written_is_an_empty_image():
    for nothing in (Ink(), np.zeros((9, 9), np.float32)):
        image, _ = line_image(nothing)
        assert not image.any()
