"""The newcomer's path: build a network, train it, save it, and let it read on the pad.

In JupyterLab, with cells as lesson 04 has them: a CNN of ten classes, three epochs, a new kernel,
then the pad, and a look into the network.
"""

import re

from helpers.lab import (
    IN_A_BROWSER,
    draw_with_mouse,
    finished,
    made_up,
    opened,
    playwright,
    restart,
    run_all,
    shot,
    the_pad,
    wait_for_answer,
    write_notebook,
)  # fmt: skip

pytestmark = IN_A_BROWSER

BUILD = """import numpy as np
from hwr import datasets, fit, keras, plots
layers = keras.layers
course = datasets.course("10")
train, validation = course.train.take(np.arange(1600)), course.validation
network = keras.Sequential(
    [
        keras.Input((28, 28, 1)),
        layers.Conv2D(12, 3, activation="relu"),
        layers.MaxPooling2D(2),
        layers.Conv2D(24, 3, activation="relu"),
        layers.MaxPooling2D(2),
        layers.Flatten(),
        layers.Dense(10),
    ],
    name="my_cnn",
)"""
TRAIN = """live = plots.LiveCurves("my_cnn", 3)
trained = fit(network, train, validation, epochs=3, batch_size=32, on_epoch=live)
print("saved:", trained.save("my_network.json"))"""
LOAD = """from hwr import Pad, Recognizer
recognizer = Recognizer.load("my_network.json")
print(recognizer)
Pad(recognizer)"""
EXPLORE = """from hwr import interactive, synthetic, transfer
explorer = interactive.Explorer(
    transfer.load_pretrained("my_network.json"), synthetic.draw("7", seed=4)
)
explorer"""
SAVED = ".jp-OutputArea-output:has-text('saved: my_network.json')"
SUMS_UP = """origin = explorer.origin
value = explorer.values[origin.number][origin.index]
print(origin.kind, "chosen:", origin.index, f"difference: {abs(origin.result - value):.1e}")"""


def run_cell(page, number):
    """Run one cell, as a click into it and Shift+Enter do."""
    cell = page.locator(".jp-CodeCell").nth(number)
    cell.scroll_into_view_if_needed()
    cell.locator(".jp-InputArea-editor").click()
    page.keyboard.press("Shift+Enter")
    finished(page)


def test_from_the_first_layer_to_the_pad(jupyter, browser):
    name = write_notebook(jupyter, "own.ipynb", BUILD, TRAIN)
    later = write_notebook(jupyter, "later.ipynb", LOAD, EXPLORE, SUMS_UP)
    with opened(browser, jupyter.url(f"lab/workspaces/own/tree/{name}")) as page:
        run_all(page, page.get_by_text("Python 3 (ipykernel) | Idle"), shows=SAVED)
        shot(page, "own-trained.png")
        restart(page)
        page.get_by_text("Python 3 (ipykernel) | Idle").wait_for()
    assert (jupyter.folder / "work" / "my_network.json").is_file()

    with opened(browser, jupyter.url(f"lab/workspaces/later/tree/{later}")) as page:
        run_all(page, page.get_by_text("Python 3 (ipykernel) | Idle"))
        finished(page)
        page.get_by_text("my_network.json: my_cnn, 10 classes").wait_for()
        sheet = the_pad(page)
        draw_with_mouse(page, sheet, made_up("7"))
        wait_for_answer(page, "7")
        shot(page, "own-pad.png")

        maps = page.locator(".hwr-maps").nth(2)
        maps.scroll_into_view_if_needed()
        terms = page.locator(".hwr-terms").first
        before = terms.inner_text()
        box = maps.bounding_box()
        page.mouse.click(box["x"] + box["width"] / 8, box["y"] + box["height"] / 2)
        playwright.expect(terms).not_to_have_text(before)
        shot(page, "own-explorer.png")
        run_cell(page, 2)
        said = page.get_by_text(re.compile("chosen: .*difference: ")).last.inner_text()
        assert float(said.split()[-1]) < 1e-5
