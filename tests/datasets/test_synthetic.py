"""Made-up handwriting is complete, varied and deterministic."""

import numpy as np
import pytest

from hwr.alphabets import CHARACTERS
from hwr.datasets import synthetic


def test_the_same_seed_draws_the_same_images():
    images, labels = synthetic.draw_images(70, seed=4)
    again, _ = synthetic.draw_images(31, seed=4)
    other, _ = synthetic.draw_images(31, seed=5)
    assert (images[:31] == again).all()
    assert (images[:31] != other).any()
    assert images.shape == (70, 28, 28)
    assert images.dtype == np.uint8
    assert "".join(CHARACTERS[label] for label in labels[:62]) == CHARACTERS
    assert labels[62:].tolist() == list(range(8))


def test_every_character_varies_but_stays_itself():
    images, labels = synthetic.draw_images(62 * 12, seed=0)
    by_character = images.reshape(12, 62, 784).astype(float)
    spread = by_character.std(axis=0).mean(axis=1)
    assert (spread > 10).all()
    means = by_character.mean(axis=0)
    train, held_out = by_character[:9].mean(axis=0), by_character[9:].reshape(-1, 784)
    nearest = ((held_out[:, None] - train) ** 2).sum(axis=2).argmin(axis=1)
    same_letter = [
        CHARACTERS[a].lower() == CHARACTERS[b].lower()
        for a, b in zip(nearest, np.tile(np.arange(62), 3), strict=True)
    ]
    assert np.mean(same_letter) > 0.45  # chance is below 0.04
    assert len(means) == 62
    assert labels.max() == 61


def test_a_subset_of_characters_can_be_drawn():
    _, labels = synthetic.draw_images(6, seed=0, characters="xY7")
    assert "".join(CHARACTERS[label] for label in labels) == "xY7xY7"


@pytest.mark.parametrize("wrong", ["", "ab", "-", "é"])
def test_other_characters_are_refused(wrong):
    with pytest.raises(ValueError, match="There is no made-up handwriting for"):
        synthetic.draw(wrong, 0)


def test_a_seed_is_as_good_as_a_generator():
    for draw in (synthetic.draw, synthetic.Writer(1).draw):
        ink, again = draw("g", 4), draw("g", np.random.default_rng(4))
        assert all(map(np.array_equal, ink.strokes, again.strokes))
