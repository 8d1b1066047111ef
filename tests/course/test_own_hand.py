"""Lessons that use a learner's network and drawings run with weak, few or unfit ones."""

import json
import os

import nbformat
import numpy as np
import pytest
from helpers import own_alphabets
from nbclient import NotebookClient

from hwr import datasets, export
from hwr._support.keras import keras
from hwr.dataset import as_input
from hwr.datasets import Drawing, save_drawings, synthetic
from tools import solutions

LESSONS = {path.stem[:2]: path for path in solutions.lessons()}
CHOICE = {
    "05": ("Recognizer.load()  #", 'Recognizer.load("my_network.json")  #'),
    "07": ("card = None  #", 'card = "my_network.json"  #'),
}
"""The line that decides which network is in use begins so, and a learner makes it so."""
layers = keras.layers


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A folder with a learner's weak network of 62 classes and two drawings of a ``g``."""
    folder = tmp_path_factory.mktemp("notebooks")
    with pytest.MonkeyPatch.context() as patched:
        patched.delenv("HWR_EMNIST", raising=False)
        course = datasets.course()
    convolutions = [layers.Conv2D(n, 3, strides=2, activation="relu") for n in (8, 16)]
    outputs = [layers.Flatten(), layers.Dense(62)]
    network = keras.Sequential([keras.Input((28, 28, 1)), *convolutions, *outputs])
    network.compile("adam", keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    train = course.train.take(np.arange(6000))
    network.fit(as_input(train.images), train.labels, epochs=4, verbose=0)
    export.save(folder / "my_network.json", network, train, course.validation)
    drawings = [Drawing("g", "me", synthetic.draw("g", seed)) for seed in (1, 2)]
    save_drawings(folder / "drawings" / "my_hand.jsonl", drawings)
    return folder


def first_cell(name):
    """Return the code of the cell that decides which network is in use, with the own one chosen."""
    line, own = CHOICE[name]
    cells = [cell.source for cell in solutions.read(LESSONS[name]).cells if line in cell.source]
    assert len(cells) == 1
    return cells[0].replace(line, own)


def run(name, folder):
    """Run a lesson with the learner's network, on made-up handwriting; return what it printed."""
    lesson = solutions.read(LESSONS[name])
    for cell in lesson.cells:
        cell.source = cell.source.replace(*CHOICE[name])
    client = NotebookClient(lesson, timeout=300, resources={"metadata": {"path": str(folder)}})
    env = {k: v for k, v in os.environ.items() if k != "HWR_EMNIST"} | {"HWR_OFFLINE": "1"}
    client.execute(env=env | {"PYTHONPATH": str(solutions.ROOT)})
    nbformat.validate(lesson)
    outputs = [output for cell in lesson.cells for output in cell.get("outputs", [])]
    return "".join(output.get("text", "") for output in outputs)


def test_error_analysis_runs_with_a_network_of_ones_own(folder):
    said = run("05", folder)
    assert said.startswith("my_network.json: ")
    assert "nan" not in said


def test_a_hand_is_taught_to_a_network_of_ones_own_by_a_made_up_writer_if_drawings_are_few(folder):
    said = run("07", folder)
    assert said.startswith("my_network.json: ")
    assert "2 drawings of your own: too few to measure" in said
    assert "60 drawings teach, 120 measure" in said
    assert "nan" not in said
    card = json.loads((folder / "drawings" / "my_hand.json").read_text(encoding="utf-8"))
    assert card["taught"].startswith("one person's hand")


@pytest.mark.parametrize("name", CHOICE)
def test_a_network_of_other_classes_is_refused_where_it_is_chosen(name, tmp_path, monkeypatch):
    own_alphabets.save(tmp_path, "10")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ValueError, match="needs a network of all 62 characters"):
        exec(first_cell(name), {})
