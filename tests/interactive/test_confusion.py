"""The matrix of mistakes: whatever chooses a cell shows that cell's images, and says how many."""

import numpy as np
import pytest
from helpers.hands import mime_bundle, note, send, watch

from hwr.interactive.confusion import MARGIN, SHOWN, SIDE, ConfusionViewer
from hwr.pads import html

CLASSES = "0Oo"
LABELS = np.array([0] * 40 + [1] * 30 + [2] * 5)
ANSWERS = np.array([0] * 38 + [1] * 2 + [0] * 26 + [1] * 4 + [2] * 4 + [0])
IMAGES = np.random.default_rng(0).integers(1, 255, (75, 28, 28), dtype=np.uint8)


@pytest.fixture
def viewer():
    return ConfusionViewer(IMAGES, LABELS, ANSWERS, CLASSES)


def at(row, column):
    """Return the place of a cell on the canvas."""
    cell = (SIDE - MARGIN) / len(CLASSES)
    return {"x": MARGIN + (column + 0.5) * cell, "y": MARGIN + (row + 0.5) * cell}


def press(viewer, key):
    flags = dict.fromkeys(("shift_key", "ctrl_key", "meta_key"), False)
    send(viewer.canvas[-1], event="key_down", key=key, **flags)


def said(viewer):
    return html.strip_tags(viewer.message.value)


def test_it_opens_with_the_most_frequent_mistake(viewer):
    assert viewer.chosen == (1, 0)
    assert viewer.matrix.tolist() == [[38, 2, 0], [26, 4, 0], [1, 0, 4]]
    assert viewer.indices.tolist() == list(range(40, 66))
    assert "O read as 0: 26 of 30 images; the other way round, 2 of 40." in said(viewer)
    assert f"The first {SHOWN} are shown." in said(viewer)
    assert viewer.shown.value.count("<img") == SHOWN


def test_a_click_chooses_the_cell_under_it(viewer):
    send(viewer.canvas[-1], event="mouse_down", **at(0, 1))
    assert viewer.chosen == (0, 1)
    assert "0 read as O: 2 of 40 images" in said(viewer)
    assert html.ink_image(IMAGES[38], "Image 38", 1.7) in viewer.shown.value
    assert viewer.shown.value.count("<img") == 2
    send(viewer.canvas[-1], event="touch_start", touches=[at(2, 0)])
    assert viewer.chosen == (2, 0)
    send(viewer.canvas[-1], event="mouse_down", x=MARGIN / 2, y=SIDE / 2)  # a row's name
    assert viewer.chosen == (2, 0)


def test_an_empty_cell_and_the_diagonal_are_described(viewer):
    send(viewer.canvas[-1], event="mouse_down", **at(0, 2))
    assert "0 read as o: 0 of 40 images" in said(viewer)
    assert "<img" not in viewer.shown.value
    send(viewer.canvas[-1], event="mouse_down", **at(2, 2))
    assert "o read as o: 4 of 5 images, correctly." in said(viewer)


def test_arrow_keys_move_from_cell_to_cell_and_stop_at_the_edge(viewer):
    press(viewer, "ArrowDown")
    assert viewer.chosen == (2, 0)
    for key in ("ArrowDown", "ArrowLeft"):
        press(viewer, key)
        assert viewer.chosen == (2, 0)
    press(viewer, "ArrowRight")
    press(viewer, "ArrowUp")
    press(viewer, "x")
    assert viewer.chosen == (1, 1)


def test_the_menus_choose_as_well_and_list_the_frequent_mistakes_first(viewer):
    assert [name for name, _ in viewer.true.options] == [
        "0: 2 of 40 misread", "O: 26 of 30 misread", "o: 1 of 5 misread",
    ]  # fmt: skip
    viewer.true.value = 0
    assert [name for name, _ in viewer.answer.options] == ["O: 2", "0: 38", "o: 0"]
    assert viewer.chosen == (0, 1)
    viewer.answer.value = 0
    assert "0 read as 0: 38 of 40 images, correctly." in said(viewer)


def test_the_page_gets_the_matrix_when_it_connects_and_the_mark_follows(viewer, monkeypatch):
    commands = watch(monkeypatch)
    send(viewer.canvas[-1], event="client_ready")
    drawn = [what for _, what in commands]
    assert drawn.count("fill_text") == 2 * len(CLASSES)
    assert commands[-1] == (viewer.canvas[1], "stroke_rect")
    commands.clear()
    viewer.choose(0, 0)
    assert commands[-1] == (viewer.canvas[1], "stroke_rect")
    assert all(canvas is viewer.canvas[1] for canvas, _ in commands)


def test_print_has_the_matrix_with_the_chosen_cell_and_its_images(viewer):
    viewer.choose(0, 1)
    above, below = viewer.figure().subfigs
    [mark] = [patch for patch in above.axes[0].patches if not patch.get_fill()]
    assert mark.get_xy() == (0.5, -0.5)
    drawn = [image.get_array() for ax in below.axes for image in ax.images]
    np.testing.assert_array_equal(drawn, IMAGES[38:40])
    data, metadata = mime_bundle(viewer)
    assert "application/vnd.jupyter.widget-view+json" in data
    assert metadata["image/png"]["alt"].endswith("the other way round, 26 of 30.")


def test_a_network_without_mistakes_can_be_looked_at_too():
    viewer = ConfusionViewer(IMAGES, LABELS, LABELS, CLASSES)
    send(viewer.canvas[-1], event="client_ready")
    assert note(viewer) == ""
    assert viewer.chosen == (0, 0)
    viewer.figure()


def test_answers_that_do_not_fit_are_reported(viewer):
    with pytest.raises(ValueError, match="give one whole number for each image"):
        ConfusionViewer(IMAGES, LABELS, ANSWERS[:-1], CLASSES)
    with pytest.raises(ValueError, match="75 labels, but images of shape"):
        ConfusionViewer(IMAGES[:3], LABELS, ANSWERS, CLASSES)
