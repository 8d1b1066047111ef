"""Doodles differ from each other, and are drawn from real strokes where they can be."""

import numpy as np
import pytest

from hwr.datasets import doodles, synthetic
from hwr.ink import Ink, convert


@pytest.mark.parametrize("kind", doodles.KINDS)
def test_every_kind_is_drawn_anew_and_the_same_for_the_same_seed(kind):
    images = [convert(doodles.draw(kind, seed)) for seed in range(12)]
    assert all(image.any() for image in images)
    assert len({image.tobytes() for image in images}) == 12
    assert (convert(doodles.draw(kind, 3)) == images[3]).all()


def test_several_characters_stand_side_by_side():
    drawings = [(character, synthetic.draw(character, 5)) for character in "A7g"]
    rng = np.random.default_rng(1)
    together = doodles.several(drawings, rng)
    assert len(together.strokes) == sum(len(ink.strokes) for _, ink in drawings)
    firsts = np.cumsum([0] + [len(ink.strokes) for _, ink in drawings[:-1]])
    middles = [together.strokes[first][:, 0].mean() for first in firsts]
    assert middles == sorted(middles)


def test_a_cut_drawing_is_about_half_of_it_and_nothing_new():
    ink = Ink([[(0, 0), (100, 0), (100, 100), (0, 100), (0, 0)]])
    for seed in range(20):
        half = doodles.cut(ink, np.random.default_rng(seed))
        length = sum(np.hypot(*np.diff(stroke, axis=0).T).sum() for stroke in half.strokes)
        assert 0.25 < length / (4 * 40) < 0.75  # it is drawn 40 units wide
        points = np.concatenate(half.strokes)
        on_edge = np.isclose(points, 0, atol=1e-6) | np.isclose(points, 40, atol=1e-6)
        assert on_edge.any(axis=1).mean() > 0.9  # corners are rounded a little
