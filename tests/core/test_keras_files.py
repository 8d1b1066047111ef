"""Keras files of other people are looked at before anything that they describe is built."""

import json
import threading
import zipfile

import pytest

from hwr._support import keras_files
from hwr._support.bounds import MAX_FEATURES, MAX_LAYERS, MAX_STRUCTURE_BYTES
from hwr._support.keras import keras

layers = keras.layers


@pytest.fixture(scope="module")
def good(tmp_path_factory):
    """A small network in a file, of layers with all kinds of state."""
    hidden = [layers.Normalization(axis=None), layers.RandomRotation(0.1), layers.Conv2D(4, 3)]
    hidden += [layers.BatchNormalization(), layers.GlobalAveragePooling2D(), layers.Dropout(0.1)]
    network = keras.Sequential([keras.Input((28, 28, 1)), *hidden, layers.Dense(10, name="last")])
    network.compile("adam", "mse")  # whose variables are stored, too
    file = tmp_path_factory.mktemp("keras") / "good.keras"
    network.save(file)
    return file


@pytest.fixture
def changed(good, tmp_path):
    """Return the same file with something else in its description."""

    def write(change):
        with zipfile.ZipFile(good) as archive:
            parts = {name: archive.read(name) for name in archive.namelist()}
        structure = json.loads(parts["config.json"])
        parts["config.json"] = change(structure) or json.dumps(structure)
        with zipfile.ZipFile(tmp_path / "theirs.keras", "w") as archive:
            for name, content in parts.items():
                archive.writestr(name, content)
        return tmp_path / "theirs.keras"

    return write


def added(name, count=1, **settings):
    """Return a change that puts layers behind the first one."""

    def change(structure):
        own = structure["config"]["layers"]
        own[1:1] = [
            {"module": "keras.layers", "class_name": name, "config": {"name": f"n{n}", **settings}}
            for n in range(count)
        ]

    return change


def altered(place, **settings):
    return lambda structure: structure["config"]["layers"][place]["config"].update(settings)


def built(structure):
    structure["config"]["layers"][1]["build_config"] = {"input_shape": [None, 3 * 10**8]}


def nested(structure):
    inner = json.dumps(structure["config"]["layers"][3])
    outer = '{"class_name": "TimeDistributed", "config": {"name": "t", "layer": '
    return json.dumps(structure).replace(inner, outer * 900 + inner + "}}" * 900)


BAD = {
    "units": (
        altered(-1, units=10**5),
        "describes 500,0[0-9]+ weights, but only [0-9,]+ are stored",
    ),
    "many units": (altered(-1, units=10**9), "describes a layer of 1,000,000,000 numbers"),
    "kernels": (altered(3, kernel_size=[28, 28]), "describes [0-9,]+ weights, but"),
    "input": (altered(0, batch_shape=[None, 10**6, 10**6, 1]), "a layer of 1,000,000,000,000 num"),
    "embedding": (added("Embedding", input_dim=10**8, output_dim=9), "a layer of 100,000,000 num"),
    "layers": (added("ReLU", MAX_LAYERS), f"describes more than {MAX_LAYERS} layers"),
    "features": (added("UpSampling2D", size=[600, 600]), "that returns [0-9,]+ numbers for each"),
    "shape": (built, "describes a layer of 300,000,000 numbers"),
    "text": (lambda _: " " * (MAX_STRUCTURE_BYTES + 1), "has more than 1 MB when it is unpacked"),
    "list": (lambda _: "[" * 10**5, "theirs.keras is no network that Keras [0-9.]+ can load"),
    "nested": (nested, "theirs.keras is no network that Keras [0-9.]+ can load"),
}


def test_a_network_is_loaded_with_its_weights_and_nothing_is_left(good):
    expected = keras.models.load_model(good).get_weights()
    threads = threading.active_count()
    network = keras_files.load_network(good)
    assert all((a == b).all() for a, b in zip(expected, network.get_weights(), strict=True))
    assert threading.active_count() == threads
    assert max(keras_files._features(layer) for layer in network.layers) < MAX_FEATURES / 100


@pytest.mark.parametrize("name", BAD)
def test_what_describes_too_much_is_refused_before_keras_loads_it(changed, monkeypatch, name):
    change, sentence = BAD[name]
    file = changed(change)
    monkeypatch.setattr(keras.models, "load_model", None)
    with pytest.raises(ValueError, match=rf"^(A part of )?.*{sentence}[^\n]*: [^\n]*\.$"):
        keras_files.load_network(file)
