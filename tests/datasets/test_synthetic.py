"""Made-up handwriting is complete, varied and deterministic."""

import numpy as np
import pytest

from hwr.alphabets import CHARACTERS
from hwr.datasets import synthetic
from hwr.datasets.synthetic import Writer


def test_the_same_seed_draws_the_same_images():
    images, labels = synthetic.draw_images(70, seed=4)
    again, _ = synthetic.draw_images(31, seed=4)
    other, _ = synthetic.draw_images(31, seed=5)
    assert (images[:31] == again).all()
    assert (images[:31] != other).any()
    assert (images.shape, images.dtype) == ((70, 28, 28), np.uint8)
    assert "".join(CHARACTERS[label] for label in labels[:62]) == CHARACTERS
    assert labels[62:].tolist() == list(range(8))


def test_every_character_varies_but_stays_itself():
    images, _ = synthetic.draw_images(62 * 12, seed=0)
    by_character = images.reshape(12, 62, 784).astype(float)
    assert (by_character.std(axis=0).mean(axis=1) > 10).all()
    train, held_out = by_character[:9].mean(axis=0), by_character[9:].reshape(-1, 784)
    nearest = ((held_out[:, None] - train) ** 2).sum(axis=2).argmin(axis=1)
    letters = np.array(list(CHARACTERS.lower()))
    assert (letters[nearest] == np.tile(letters, 3)).mean() > 0.45  # chance is below 0.04


def test_a_subset_of_characters_can_be_drawn():
    _, labels = synthetic.draw_images(6, seed=0, characters="xY7")
    assert "".join(CHARACTERS[label] for label in labels) == "xY7xY7"


@pytest.mark.parametrize("wrong", ["", "ab", "-", "é"])
def test_other_characters_are_refused(wrong):
    for draw in (synthetic.draw, Writer(1).draw):
        with pytest.raises(ValueError, match="There is no made-up handwriting for"):
            draw(wrong, 0)


def test_a_seed_is_as_good_as_a_generator():
    for draw in (synthetic.draw, Writer(1).draw):
        ink, again = draw("g", 4), draw("g", np.random.default_rng(4))
        assert all(map(np.array_equal, ink.strokes, again.strokes))


def test_a_writer_keeps_to_shapes_of_its_own():
    hand = Writer(4)
    first, second = (hand.draw("g", seed) for seed in (1, 2))
    assert not np.array_equal(first.strokes[0], second.strokes[0])
    images, others = (Writer(seed).drawings(6, "gq").images.astype(float) for seed in (4, 5))
    own, foreign = (np.linalg.norm(images[0] - other[2::2], axis=(1, 2)).mean()
                    for other in (images, others))  # fmt: skip
    assert own < 0.7 * foreign


def test_a_writer_writes_the_same_again_from_its_seed():
    one, same, other = (Writer(seed).drawings(2, "abc") for seed in (7, 7, 8))
    assert np.array_equal(one.images, same.images)
    assert not np.array_equal(one.images, other.images)
    assert "".join(one.characters) == "abcabc"
