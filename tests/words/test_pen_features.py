"""What a network reads that follows the pen: neither speed, place nor size change it."""

import numpy as np
import pytest

from hwr.ink import Ink
from hwr.words.line_image import frame_of_ink
from hwr.words.pen_features import FEATURES, SPACING, path, pen_features

CORNER = np.array([(0.0, 0), (0, 4), (4, 4)])
CROSS = Ink([CORNER, [(0, 1), (2, 1), (4, 1)]])


def slower(stroke):
    """The same path with more points."""
    return np.stack([np.interp(np.arange(0, 2.01, 0.1), [0, 1, 2], axis) for axis in stroke.T], 1)


def test_speed_place_and_size_do_not_matter():
    features, frame = pen_features(CROSS)
    moved = Ink([slower(np.asarray(stroke)) * 9 - [30, 5] for stroke in CROSS.strokes])
    again, other = pen_features(moved)
    assert features.shape == again.shape == (len(features), FEATURES)
    assert np.abs(features - again).mean() < 0.02
    assert other.scale == pytest.approx(frame.scale / 9, rel=0.02)


def test_points_are_equally_spaced_and_know_where_the_pen_is():
    features, frame = pen_features(CROSS)
    places, down = path(CROSS, frame)
    steps = np.hypot(*np.diff(places, axis=0).T)
    assert np.quantile(steps, [0.1, 0.9]) == pytest.approx([SPACING] * 2, abs=0.2)
    lifted = frame.scale * np.hypot(4, 3)  # from the corner's end to the bar's start
    assert (~down).sum() == pytest.approx(lifted / SPACING, abs=1)
    np.testing.assert_array_equal(features[:, 5], down)
    first, last = features[0], features[-1]
    np.testing.assert_allclose(first[:2], [0, 1], atol=1e-6)  # down
    np.testing.assert_allclose(last[:2], [1, 0], atol=1e-6)  # to the right
    assert features[0, 4] > 0 > features[int(4 * frame.scale / SPACING), 4]
    turned = np.argmin(features[:, 2])
    assert features[turned, 3] != 0


def test_a_dot_and_nothing_have_features():
    dot, _ = pen_features(Ink([[(3, 3)]]))
    assert dot.shape == (1, FEATURES)
    assert np.isfinite(dot).all()
    assert dot[0, 5] == 1
    assert pen_features(Ink())[0].shape == (0, FEATURES)
    assert frame_of_ink(Ink([[(3, 3)]])).scale > 0
