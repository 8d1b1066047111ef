"""Figures and tables of the lesson on EMNIST: what they show is what they were given."""

import numpy as np
import pytest
from matplotlib.colors import to_hex

from hwr import ink
from hwr.alphabets import CHARACTERS
from hwr.plots import dataset as figures
from hwr.plots.tables import Table


def texts(figure):
    figure.canvas.draw()
    return [text.get_text() for text in figure.axes[0].texts]


def ticks(figure):
    figure.canvas.draw()
    return [label.get_text() for label in figure.axes[0].get_xticklabels()]


def test_mosaic_keeps_every_image_and_its_name_in_order():
    images = np.zeros((5, 28, 28), np.uint8)
    images[:, 3, 4] = [51, 102, 153, 204, 255]
    made = figures.mosaic(images, list("ABCDE"), columns=3)
    assert texts(made) == list("ABCDE")
    whole = np.asarray(made.axes[0].images[0].get_array().filled(0))
    assert sorted(whole[whole > 0].round(2)) == [0.2, 0.4, 0.6, 0.8, 1.0]


def test_mosaic_of_nothing_but_paper_and_with_a_name_too_few():
    made = figures.mosaic(np.zeros((2, 28, 28)), ["a", "b"])
    assert texts(made) == ["a", "b"]
    assert made.alt == "2 images: a, b."
    with pytest.raises(ValueError, match="shorter"):
        figures.mosaic(np.zeros((2, 28, 28)), ["a"])


def test_counts_come_most_frequent_first_in_the_colour_of_their_kind():
    made = figures.class_counts(np.array([1, 9, 5]), ["0", "A", "a"])
    assert ticks(made) == ["A", "a", "0"]
    bars = made.axes[0].patches
    assert [bar.get_height() for bar in bars] == [9, 5, 1]
    assert made.alt == "Images per character, from 9 of A to 1 of 0."
    assert [to_hex(bar.get_facecolor()).upper() for bar in bars] == [
        figures.KIND_COLOURS[kind] for kind in ("capitals", "small letters", "digits")
    ]


def test_every_character_has_a_kind():
    kinds = [figures.kind(character) for character in CHARACTERS]
    assert [kinds.count(kind) for kind in figures.KIND_COLOURS] == [10, 26, 26]


def test_case_distances_come_nearest_first_and_tell_merged_from_not():
    made = figures.case_distances({"A": 3.0, "C": 1.0, "L": 2.0}, merged="CL")
    assert ticks(made) == ["Cc", "Ll", "Aa"]
    bars = made.axes[0].patches
    assert [bar.get_hatch() for bar in bars] == [None, None, "///"]
    assert [bar.get_height() for bar in bars] == [1, 2, 3]
    assert made.alt.endswith(": C 1; L 2; A 3; one class in ByMerge: CL.")


def test_conversion_names_every_step_with_its_size():
    steps = ink.conversion_steps(ink.Ink([[(0, 0), (3, 9), (0, 9)]]))
    made = figures.conversion_steps(steps)
    titles = [ax.get_title() for ax in made.axes]
    assert [title.split("\n")[0] for title in titles] == list(steps)
    for title, picture in zip(titles, steps.values(), strict=True):
        assert title.endswith("{} high, {} wide".format(*picture.shape))
    *others, last = made.axes
    assert len({ax.get_xlim()[1] - ax.get_xlim()[0] for ax in others}) == 1  # one scale
    assert last.get_xlim() == (-0.5, 27.5)
    assert made.alt.endswith("(28 by 28).")


def test_table_says_the_same_as_page_and_as_text():
    table = Table(["Pair", "Images"], [("0 & O", 12345), ("<b>", True)], "What it shows")
    page = table.to_html()
    assert page.count("<tr>") == 3
    assert "<caption>What it shows</caption>" in page
    assert "<td>0 &amp; O</td><td>12,345</td>" in page
    assert "<td>&lt;b&gt;</td><td>True</td>" in page
    assert repr(table).splitlines() == [
        "What it shows", "Pair   Images", "0 & O  12,345", "<b>    True"
    ]  # fmt: skip


def test_only_a_table_of_limited_height_scrolls():
    assert "overflow" not in Table(["a"], [("b",)], "c").to_html()
    page = Table(["a"], [("b",)], "c", height="9em").to_html()
    assert 'style="max-height: 9em; overflow: auto" tabindex="0"' in page


def test_table_refuses_rows_of_another_length():
    with pytest.raises(ValueError, match="needs 2 values"):
        Table(["a", "b"], [("c",)], "d")


def test_identical_pictures_are_counted_and_stand_out():
    made = figures.neighbour_distances([0.0, 0.0, 30.0, 78.0])
    assert texts(made) == ["2 at distance 0"]
    assert made.alt == "Of 4 test images, 2 at distance 0; the largest distance is 78."
    first, *others = made.axes[0].patches
    assert first.get_height() == 2
    assert sum(bar.get_height() for bar in others) == 2
    assert first.get_facecolor() not in {bar.get_facecolor() for bar in others}
