"""What all figures share: grids, bars, and a text alternative with which they are shown."""

import html

import numpy as np
import pytest

from hwr import plots
from hwr.plots import base

IMAGE = np.zeros((28, 28), np.uint8)


@pytest.mark.parametrize(
    ("made", "alt"),
    [
        (plots.image_grid([IMAGE] * 3, ["x", "y\n2", "z"]), "3 images: x, y 2, z."),
        (plots.image_grid([IMAGE] * 3, columns=2), "3 images in rows of 2."),
        (plots.bar_chart(["a", "b"], [1.234, 20], " %"), "Bars: a 1.23 %, b 20 %."),
        (
            plots.two_goals({"now": (0.86, 0.58)}, [(0.8, 0.9)], 0.85),
            "Other people's images and this hand's drawings read right: now 86.0% and 58.0%.",
        ),
    ],
)
def test_a_figure_is_shown_with_its_text_alternative(made, alt):
    data, metadata = base.bundle(made)
    assert data["text/plain"] == metadata["image/png"]["alt"] == made.alt == alt
    assert f'alt="{html.escape(alt)}"' in data["text/html"]


def test_a_figure_without_text_alternative_is_not_shown():
    with pytest.raises(ValueError, match="no text alternative"):
        plots.show(plots.new_figure()[0])


def test_long_lists_are_cut():
    alt = plots.image_grid([IMAGE] * 300, ["title"] * 300, columns=30).alt
    assert alt.startswith("300 images: title, title")
    assert alt.endswith("title, ….")
    assert len(alt) < 300
