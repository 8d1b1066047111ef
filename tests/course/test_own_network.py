"""Lessons 08 and 09 run with a network of one's own in the line at their top."""

import pytest
from helpers import own_alphabets
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

from hwr import Dataset, fit, keras, synthetic
from hwr.alphabets import BYCLASS
from tools import solutions

LINE = "card = None"
FEWER = {
    "np.arange(1200)": "np.arange(100)",
    "images[:600]": "images[:30]",
    "times=300": "times=9",
    "seconds=3": "seconds=0.3",  # a drawing that replays itself
}
LESSONS = [path for path in solutions.lessons() if path.name[:2] in ("08", "09")]


@pytest.fixture(scope="module")
def card(tmp_path_factory):
    """The card of a small network of digits, trained for a second on made-up handwriting."""
    train, validation = (
        Dataset(name, *synthetic.draw_images(1240, seed), BYCLASS, "made up").in_alphabet("10")
        for seed, name in enumerate(("train", "validation"))
    )
    layers = keras.layers
    network = keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            layers.Conv2D(6, 5, activation="tanh"),
            layers.MaxPooling2D(4),
            layers.Flatten(),
            layers.Dense(len(train.alphabet)),
        ]
    )
    trained = fit(network, train, validation, epochs=1, seed=0)
    return trained.save(tmp_path_factory.mktemp("own") / "my_network.json")


@pytest.mark.parametrize("path", LESSONS, ids=[path.stem[:2] for path in LESSONS])
def test_a_lesson_runs_with_a_network_of_ones_own(card, path, tmp_path):
    notebook = solutions.read(path)
    for cell in notebook.cells:
        for many, few in FEWER.items():
            cell.source = cell.source.replace(many, few)
    [top] = [cell for cell in notebook.cells if LINE in cell.source]
    top.source = top.source.replace(LINE, f"card = {str(card)!r}")
    resources = {"metadata": {"path": str(tmp_path)}}
    try:
        NotebookClient(notebook, timeout=120, resources=resources).execute()
    except CellExecutionError as error:
        pytest.fail(str(error))
    printed = "".join(output.get("text", "") for output in top.outputs)
    assert printed.startswith("my_network.json: ")


def test_lesson_08_says_at_once_that_it_needs_characters_of_emnist(tmp_path):
    [path] = [path for path in LESSONS if path.name.startswith("08")]
    [top] = [cell.source for cell in solutions.read(path).cells if LINE in cell.source]
    card = own_alphabets.save(tmp_path, "+−×÷")
    with pytest.raises(ValueError, match="measures on EMNIST: name a card of its characters"):
        exec(top.replace(LINE, f"card = {str(card)!r}"), {})
