"""Distortions do exactly what they promise, and nothing at strength 0."""

from dataclasses import fields

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hwr.augmentation import Distortion, change_thickness, elastic_field, sample

STRONG = Distortion(rotation=15, shift=2, scale=0.2, shear=0.3, elastic=1.5, thickness=0.8)
KINDS = [field.name for field in fields(Distortion)]

strengths = st.floats(0, 3)
distortions = st.builds(
    Distortion,
    rotation=st.floats(0, 90),
    shift=st.floats(0, 40),
    scale=st.floats(0, 1),
    shear=strengths,
    elastic=strengths,
    thickness=strengths,
)


@pytest.fixture(scope="module")
def images() -> np.ndarray:
    """Thirty images of noise inside a wide margin, so that small moves lose nothing."""
    images = np.zeros((30, 28, 28), np.uint8)
    images[:, 8:20, 8:20] = np.random.default_rng(0).integers(0, 256, (30, 12, 12))
    return images


def strokes(n: int = 1) -> np.ndarray:
    """A vertical stroke, 3 pixels wide."""
    images = np.zeros((n, 28, 28), np.uint8)
    images[:, 4:24, 12:15] = 255
    return images


def places(shape=(28, 28)) -> np.ndarray:
    return np.mgrid[: shape[0], : shape[1]].astype(np.float32)[:, None]


def test_nothing_changes_at_zero(images):
    np.testing.assert_array_equal(Distortion().apply(images, np.random.default_rng(1)), images)


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_changes_every_image_differently(images, kind):
    same = np.repeat(images[:1], 12, axis=0)
    only = Distortion(**{kind: getattr(STRONG, kind)})
    after = only.apply(same, np.random.default_rng(2))
    assert not np.array_equal(after, same)
    assert len({image.tobytes() for image in after}) > 6


@pytest.mark.parametrize("kind", KINDS)
def test_a_tiny_strength_hardly_changes_images(kind):
    barely = Distortion(**{kind: 1e-4}).apply(strokes(8), np.random.default_rng(3))
    assert np.abs(barely.astype(int) - strokes(8)).max() <= 1


@settings(max_examples=40)
@given(distortions, st.integers(0, 5), st.integers(1, 31), st.integers(1, 31), st.integers(0, 99))
def test_shape_type_and_seed_hold_for_every_strength(distortion, n, height, width, seed):
    images = np.random.default_rng(seed).integers(0, 256, (n, height, width), dtype=np.uint8)
    untouched = images.copy()
    first = distortion.apply(images, np.random.default_rng(seed))
    again = distortion.apply(images, np.random.default_rng(seed))
    assert (first.shape, first.dtype) == (images.shape, np.uint8)
    np.testing.assert_array_equal(first, again)
    np.testing.assert_array_equal(images, untouched)
    paper = distortion.apply(np.zeros_like(images), np.random.default_rng(seed))
    assert not paper.any()  # empty paper stays empty


def test_another_seed_is_another_distortion(images):
    one, other = (STRONG.apply(images, np.random.default_rng(seed)) for seed in (1, 2))
    assert not np.array_equal(one, other)


@given(st.integers(-8, 8), st.integers(-8, 8))
def test_whole_pixels_move_exactly(images, down, right):
    grid = np.repeat(places(), len(images), axis=1)
    grid -= np.array([down, right], np.float32).reshape(2, 1, 1, 1)
    np.testing.assert_array_equal(sample(images, grid), np.roll(images, (down, right), (1, 2)))


@pytest.mark.parametrize("quarters", [1, 2, 3])
def test_quarter_turns_are_exact(images, quarters):
    y, x = places() - 13.5
    for _ in range(quarters):
        y, x = -x, y
    grid = np.repeat(np.stack([y, x]) + np.float32(13.5), len(images), axis=1)
    np.testing.assert_array_equal(sample(images, grid), np.rot90(images, -quarters, (1, 2)))


def test_between_pixels_greys_are_mixed():
    image = np.zeros((1, 3, 3), np.uint8)
    image[0, 1, 1] = 200
    half = sample(image, places((3, 3)) + np.array([0, 0.5], np.float32).reshape(2, 1, 1, 1))
    assert half[0].tolist() == [[0, 0, 0], [100, 100, 0], [0, 0, 0]]


def test_outside_the_image_is_paper(images):
    full = np.full((1, 28, 28), 255, np.uint8)
    for far in (-1e6, -29, 29, 1e6):
        assert not sample(full, places() + np.float32(far)).any()
    assert sample(full, places() + np.float32(-1))[0, 1:, 1:].min() == 255


def test_a_shift_moves_all_ink_alike(images):
    """Ink that stays in the picture keeps its amount, up to rounding."""
    moved = Distortion(shift=1.5).apply(images, np.random.default_rng(4))
    before, after = (batch.sum(axis=(1, 2), dtype=float) for batch in (images, moved))
    np.testing.assert_allclose(after, before, rtol=0.01)


def test_strengths_are_standard_deviations():
    dots = np.zeros((4000, 29, 29), np.uint8)
    dots[:, 14, 14] = 255
    moved = Distortion(shift=2).apply(dots, np.random.default_rng(5)).astype(float)
    y, x = np.mgrid[:29, :29]
    ink = moved.sum(axis=(1, 2))
    middles = np.array([(moved * axis).sum(axis=(1, 2)) / ink for axis in (y, x)])
    assert middles.std(axis=1) == pytest.approx(2, rel=0.05)
    assert middles.mean(axis=1) == pytest.approx(14, abs=0.15)
    assert abs(np.corrcoef(middles)[0, 1]) < 0.1  # down and to the right on their own


def slopes(images: np.ndarray) -> np.ndarray:
    """Pixels to the right for each pixel down, along the stroke of each image."""
    y, x = np.mgrid[:28, :28]
    weights = images / images.sum(axis=(1, 2), keepdims=True, dtype=float)
    my, mx = ((weights * axis).sum(axis=(1, 2), keepdims=True) for axis in (y, x))
    together = (weights * (y - my) * (x - mx)).sum(axis=(1, 2))
    return together / (weights * (y - my) ** 2).sum(axis=(1, 2))


def test_shear_slants_and_rotation_turns():
    rng = np.random.default_rng(6)
    assert slopes(strokes()) == pytest.approx(0, abs=1e-9)
    assert slopes(Distortion(shear=0.2).apply(strokes(800), rng)).std() == pytest.approx(0.2, 0.1)
    turned = np.degrees(np.arctan(slopes(Distortion(rotation=10).apply(strokes(800), rng))))
    assert turned.std() == pytest.approx(10, 0.1)


@settings(max_examples=25)
@given(st.lists(st.floats(-1, 1), min_size=2, max_size=6).map(sorted))
def test_more_thickness_is_more_ink(amounts):
    after = change_thickness(strokes(len(amounts)), np.array(amounts))
    assert (np.diff(after.sum(axis=(1, 2), dtype=int)) >= 0).all()
    assert (after.max(axis=(1, 2)) == 255).all()


def test_a_whole_step_of_thickness_is_one_pixel_on_each_side():
    thick, thin, more = change_thickness(strokes(3), np.array([1, -1, 7.0]))
    columns = np.flatnonzero(thick.max(axis=0)), np.flatnonzero(thin.max(axis=0))
    assert [list(found) for found in columns] == [[11, 12, 13, 14, 15], [13]]
    np.testing.assert_array_equal(more, thick)


def test_elastic_fields_are_smooth_and_have_the_given_strength():
    field = elastic_field((300, 28, 28), 2.0, np.random.default_rng(7))
    assert (field.shape, field.dtype) == ((2, 300, 28, 28), np.float32)
    assert field.std() == pytest.approx(2, rel=0.05)
    assert np.abs(np.diff(field, axis=3)).max() < 0.5 * np.abs(field).max()
    assert np.diff(field, axis=3).std() < 0.5
