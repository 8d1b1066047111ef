"""Toys and the Explorer in JupyterLab's dark theme, and in windows down to 768 pixels."""

import pytest
from helpers.accessibility import axe
from helpers.lab import (
    IN_A_BROWSER,
    cut,
    dark,
    finished,
    narrowing,
    opened,
    run_all,
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
        opened(browser, jupyter.url(f"lab/workspaces/toys/tree/{name}")) as page,
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


@pytest.mark.parametrize("width", [1280, 768])
def test_no_width_cuts_a_control(toys, width):
    with narrowing(toys):
        assert cut(toys, width) == []
        shot(toys, f"toys-{width}.png")
