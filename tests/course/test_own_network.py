"""Lessons 08 and 09 run with a network of one's own in the line at their top."""

import nbformat
import numpy as np
import pytest
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

from hwr import datasets, fit, keras
from tools import solutions

LINE = "card = None"
LESSONS = [path for path in solutions.lessons() if path.name[:2] in ("08", "09")]


@pytest.fixture(scope="module", params=["10", "62"])
def card(request, tmp_path_factory):
    """The card of a small network of a learner's, trained for seconds on made-up handwriting."""
    monkeypatch = pytest.MonkeyPatch()
    monkeypatch.delenv("HWR_EMNIST", raising=False)
    course = datasets.course(request.param)
    rng = np.random.default_rng(0)
    train, validation = (
        part.take(rng.permutation(len(part))[:2000]) for part in (course.train, course.validation)
    )
    keras.utils.set_random_seed(0)
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
    trained = fit(network, train, validation, epochs=2, learning_rate=0.01, seed=0)
    yield trained.save(tmp_path_factory.mktemp("own") / "my_network.json")
    monkeypatch.undo()


@pytest.mark.parametrize("path", LESSONS, ids=[path.stem[:2] for path in LESSONS])
def test_a_lesson_runs_with_a_network_of_ones_own(card, path, tmp_path):
    notebook = solutions.read(path)
    [top] = [cell for cell in notebook.cells if LINE in cell.source]
    top.source = top.source.replace(LINE, f"card = {str(card)!r}")
    resources = {"metadata": {"path": str(tmp_path)}}
    try:
        NotebookClient(notebook, timeout=120, resources=resources).execute()
    except CellExecutionError as error:
        pytest.fail(str(error))
    printed = "".join(output.get("text", "") for output in top.outputs)
    assert printed.startswith("my_network.json: ")
    nbformat.validate(notebook)
