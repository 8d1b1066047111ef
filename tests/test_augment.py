"""Distortion does what its numbers say, and nothing at zero."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hwr import scribe
from hwr.augment import Distortion, change_thickness, elastic_field, sample

IMAGES, _ = scribe.dataset(31, seed=21)
KINDS = ("rotation", "shift", "scale", "shear", "elastic", "thickness")
STRENGTHS = {"rotation": 10, "shift": 2, "scale": 0.2, "shear": 0.2, "elastic": 1, "thickness": 0.5}


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


def whole_grid(rows: float = 0, columns: float = 0) -> np.ndarray:
    """Give the grid that reads every pixel from so many pixels further down and right."""
    places = np.mgrid[:28, :28].astype(np.float32) + np.array([[[rows]], [[columns]]])
    return np.repeat(places[:, None], len(IMAGES), axis=1).astype(np.float32)


def test_without_strength_nothing_changes():
    assert (Distortion().apply(IMAGES, rng()) == IMAGES).all()
    assert (Distortion(rotation=1e-9, elastic=1e-9).apply(IMAGES, rng()) == IMAGES).all()


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_changes_images_and_keeps_their_form(kind):
    distortion = Distortion(**{kind: STRENGTHS[kind]})
    before = IMAGES.copy()
    after = distortion.apply(IMAGES, rng())
    assert after.shape == IMAGES.shape
    assert after.dtype == np.uint8
    assert (after != IMAGES).any(axis=(1, 2)).mean() > 0.9
    assert (before == IMAGES).all()  # what is given stays as it is
    assert (after == distortion.apply(IMAGES, rng())).all()
    assert (after != distortion.apply(IMAGES, rng(1))).any()


@settings(max_examples=25)
@given(st.sampled_from(KINDS), st.floats(0, 3), st.integers(0, 99))
def test_any_strength_gives_images(kind, times, seed):
    distortion = Distortion(**{kind: times * STRENGTHS[kind]})
    assert distortion.apply(IMAGES[:4], rng(seed)).shape == (4, 28, 28)


def test_sampling_at_whole_pixels_moves_them_exactly():
    moved = sample(IMAGES, whole_grid(rows=2, columns=-3))
    assert (moved[:, :-2, 3:] == IMAGES[:, 2:, :-3]).all()
    assert not moved[:, -2:].any()
    assert not moved[:, :, :3].any()


def test_sampling_between_two_pixels_is_their_mean():
    between = sample(IMAGES, whole_grid(columns=0.5)).astype(float)
    mean = (IMAGES[:, :, :-1].astype(float) + IMAGES[:, :, 1:]) / 2
    assert between[:, :, :-1] == pytest.approx(mean, abs=0.5)


def test_a_turned_grid_turns_the_image():
    places = np.mgrid[:28, :28].astype(np.float32)
    turned = np.stack([places[1], 27 - places[0]])[:, None].repeat(len(IMAGES), axis=1)
    assert (sample(IMAGES, turned) == np.rot90(IMAGES, axes=(1, 2))).all()


def test_shift_and_rotation_have_the_strength_that_was_asked_for():
    dot = np.zeros((2000, 28, 28), np.uint8)
    dot[:, 14, 14] = 255
    weights = Distortion(shift=2).apply(dot, rng()).astype(float)
    total = weights.sum(axis=(1, 2))
    column = (weights.sum(axis=1) @ np.arange(28))[total > 0] / total[total > 0]
    assert column.std() == pytest.approx(2, rel=0.1)
    line = np.zeros((2000, 28, 28), np.uint8)
    line[:, 4:24, 13:15] = 255
    turned = Distortion(rotation=10).apply(line, rng()).astype(float)
    at = np.arange(28)
    top, bottom = ((turned[:, r] @ at) / turned[:, r].sum(axis=1) for r in (7, 20))
    assert np.rad2deg(np.arctan((bottom - top) / 13)).std() == pytest.approx(10, rel=0.15)


def test_the_elastic_field_is_smooth_and_as_strong_as_asked():
    field = elastic_field((400, 28, 28), 1.5, rng())
    assert field.shape == (2, 400, 28, 28)
    assert field.std() == pytest.approx(1.5, rel=0.1)
    assert np.abs(np.diff(field, axis=-1)).mean() < 0.3


def test_thickness_adds_and_takes_ink_and_keeps_the_brightest_grey():
    ink = IMAGES.sum(axis=(1, 2)).astype(float)
    amounts = np.array([-1.0, -0.5, 0.0, 0.5, 1.0])
    totals = [
        change_thickness(IMAGES, np.full(len(IMAGES), a)).sum(axis=(1, 2)) / ink for a in amounts
    ]
    assert (np.diff(totals, axis=0) > 0).mean() > 0.95
    assert totals[2] == pytest.approx(1)
    thick = change_thickness(IMAGES, np.full(len(IMAGES), 0.7))
    assert (thick.max(axis=(1, 2)) == 255).all()
    empty = np.zeros((1, 28, 28), np.uint8)
    assert not change_thickness(empty, np.array([-0.5])).any()
