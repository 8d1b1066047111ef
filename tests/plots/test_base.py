"""What all figures share: grids, bars, how they are shown, and their text alternative."""

import html
import io

import numpy as np
import pytest
from matplotlib.colors import to_rgb
from matplotlib.text import Text
from PIL import Image

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


def luminance(colour):
    """Return WCAG's relative luminance."""
    parts = np.array(to_rgb(colour))
    linear = np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
    return float(linear @ [0.2126, 0.7152, 0.0722])


def contrast(one, other):
    """Return WCAG's contrast of two colours."""
    dark, light = sorted([luminance(one), luminance(other)])
    return (light + 0.05) / (dark + 0.05)


def texts(made):
    return [part for part in made.findobj(Text) if part.get_text() and part.get_visible()]


def test_a_figure_has_no_ground_and_its_text_carries_on_light_and_dark_pages():
    made = plots.shift_curves([0, 1, 2], {"one": [0.9, 0.7, 0.5], "two": [0.9, 0.8, 0.8]}, "right")
    drawn = np.asarray(Image.open(io.BytesIO(base.png(made))).convert("RGBA"))
    clear = drawn[..., 3] == 0
    assert clear.mean() > 0.8  # the ground of the axes, too
    assert clear[[0, 0, -1, -1], [0, -1, 0, -1]].all()
    assert {"right", "one", "2"} <= {part.get_text() for part in texts(made)}
    for part in texts(made):
        colour = np.array(to_rgb(part.get_color()))
        assert contrast(colour, "white") > 4.5
        assert contrast(colour, "#111111") > 4.1


def test_what_is_drawn_in_black_lies_on_paper():
    made = plots.number_arrays({"numbers": np.array([[0.0, 1.0], [2.0, -2.0]])})
    drawn = np.asarray(Image.open(io.BytesIO(base.png(made))).convert("RGBA")).astype(int)
    ink = (drawn[..., :3].max(axis=2) < 60) & (drawn[..., 3] > 128)
    rows, columns = np.nonzero(ink)
    assert len(rows) > 50  # the numbers
    around = drawn[rows[:, None] + [0, 0, -6, 6], columns[:, None] + [-6, 6, 0, 0], 3]
    assert around.min() > 240  # of 255: the file has 256 colours
    assert all(contrast(part.get_color(), "white") > 4.5 for part in texts(made))


def test_paper_lies_behind_images():
    ink = np.zeros((20, 60), np.float32)
    ink[5:15, 10:50] = 1
    made = plots.column_scan([(ink, [(10, 50)], ["a"])])
    drawn = np.asarray(Image.open(io.BytesIO(base.png(made))).convert("RGBA")).astype(int)
    assert ((drawn[..., :3].max(axis=2) < 40) & (drawn[..., 3] == 255)).mean() > 0.05


def test_pale_colours_are_kept_beside_clear_ground():
    made, ax = base.new_figure()
    shades = np.linspace(0, 1, 60)[None]
    base.draw_image(ax, shades, cmap="Blues", vmin=0, vmax=1, aspect="auto")
    drawn = np.asarray(Image.open(io.BytesIO(base.png(made))).convert("RGBA"))
    row = drawn[len(drawn) // 2]
    assert len(np.unique(row[row[:, 3] == 255], axis=0)) >= 55
