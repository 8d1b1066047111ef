"""Toys and the Explorer in JupyterLab: the dark theme, narrow windows, and large text."""

import pytest
from helpers.accessibility import axe
from helpers.lab import (
    IN_A_BROWSER,
    NOT_FOUND,
    cut,
    dark,
    finished,
    large_text,
    narrowing,
    opened,
    playwright,
    restart,
    run_all,
    save,
    shot,
    write_notebook,
)

pytestmark = IN_A_BROWSER

TOYS = {
    "convolution": "interactive.ConvolutionSteps(np.eye(5), np.eye(3))",
    "pooling": "interactive.PoolingSteps(np.arange(36).reshape(6, 6) % 7)",
    "kernel": 'interactive.KernelWorkshop(drawing, "left edges")',
    "replay": "interactive.Replay(drawing, recognizer, alphabet=47)",
    "fool": "networks = {'ours': recognizer.probabilities}\n"
    "interactive.Fool(drawing, networks, recognizer.alphabet.classes, 'B')",
    "confusion": "interactive.ConfusionViewer(\n"
    "    images.images, images.labels, recognizer.probabilities(images.images).argmax(axis=1),\n"
    "    images.alphabet.classes)",
    "duel": "interactive.Duel(images.images, merged.labels,\n"
    "    recognizer.probabilities(images.images, alphabet=merged.alphabet), n=4)",
    "explorer": 'interactive.Explorer(models.build("lenet", 10), drawing)',
}
BEGIN = (
    "import numpy as np\nfrom hwr import Recognizer, interactive, models, synthetic\n"
    "recognizer, drawing = Recognizer.load(), synthetic.draw('B', seed=1)\n"
    "images = synthetic.dataset(124, 1)\nmerged = images.in_alphabet(47)"
)


@pytest.fixture(scope="module")
def toys(jupyter, browser):
    """A notebook of all toys in the dark theme, after it has run."""
    name = write_notebook(jupyter, "toys.ipynb", BEGIN, *TOYS.values())
    with (
        dark(jupyter),
        opened(
            browser, jupyter.url(f"lab/workspaces/toys/tree/{name}"), expected=NOT_FOUND
        ) as page,
    ):
        run_all(page, page.get_by_text("Python 3 (ipykernel) | Idle"), ".hwr-pad")
        finished(page)
        yield page


def test_none_of_them_failed(toys):
    assert toys.locator(".hwr-problem").count() == 0
    assert toys.locator("[data-mime-type='application/vnd.jupyter.error']").count() == 0


def test_axe_finds_nothing_in_the_dark(toys):
    assert axe(toys) == []
    shot(toys, "toys-dark.png")


@pytest.mark.parametrize("width", [1280, 768, 320])
def test_no_width_cuts_a_control(toys, width):
    with narrowing(toys):
        assert cut(toys, width) == []
        shot(toys, f"toys-{width}.png")


@pytest.mark.parametrize("width", [1280, 640])
def test_large_text_cuts_no_control(toys, width):
    with narrowing(toys), large_text(toys):
        assert cut(toys, width) == []
        shot(toys, f"toys-large-{width}.png")


def all_sleep(page):
    """Wait until nothing is left of the toys but a sentence and a picture of each."""
    notes = page.locator(".hwr-last .hwr-asleep").locator("visible=true")
    playwright.expect(notes).to_have_count(len(TOYS))
    assert "Shift+Enter" in notes.first.text_content()
    assert page.locator(".hwr-last img").locator("visible=true").count() == len(TOYS)
    assert page.locator(".hwr-pad").locator("visible=true").count() == 0
    assert page.get_by_text("Error displaying widget").locator("visible=true").count() == 0


def test_without_a_kernel_they_show_their_last_picture_and_how_to_wake_them(toys, jupyter):
    restart(toys)
    all_sleep(toys)
    file = save(toys, jupyter.folder / "work" / "toys.ipynb", "hwr-last")
    toys.reload()
    toys.get_by_text("Python 3 (ipykernel) | Idle").wait_for()
    all_sleep(toys)
    shot(toys, "toys-asleep.png")
    file.write_text(file.read_text("utf-8").replace("np.eye(5)", "np.eye(4)"), "utf-8")
    toys.reload()  # as if somebody else had sent it
    words = toys.locator(".hwr-untrusted").locator("visible=true")
    playwright.expect(words).to_have_count(len(TOYS))
    assert "this notebook is not trusted" in words.first.text_content()
    assert toys.locator("img").locator("visible=true").count() == len(TOYS)
