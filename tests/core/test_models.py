"""Every network has its system's layers, returns logits, and gives the same answers everywhere."""

import json

import numpy as np
import pytest

from hwr import export, models
from hwr._support.keras import keras
from hwr._support.paths import ARTEFACTS
from hwr.alphabets import CHARACTERS
from hwr.dataset import as_input
from hwr.datasets import synthetic
from hwr.models import ARCHITECTURES
from hwr.recognizer import Recognizer


@pytest.fixture(scope="module")
def images() -> np.ndarray:
    return synthetic.draw_images(6, 1)[0]


@pytest.fixture(scope="module")
def networks() -> dict[str, keras.Model]:
    """One of each for 62 classes, with BatchNorm statistics other than the initial ones."""
    keras.utils.set_random_seed(1)
    built = {name: models.build(name, 62) for name in ARCHITECTURES}
    rng = np.random.default_rng(2)
    for network in built.values():
        for layer in network.layers:
            if isinstance(layer, keras.layers.BatchNormalization):
                layer.moving_mean.assign(rng.normal(0, 0.1, layer.moving_mean.shape))
                layer.moving_variance.assign(rng.uniform(0.5, 2, layer.moving_variance.shape))
    return built


@pytest.mark.parametrize(
    ("name", "classes", "parameters"),
    [
        ("lenet", 47, 98_559),  # as its paper counts them
        ("mlp", 26, (784 + 1) * 100 + 2 * 101 * 100 + 101 * 26),
        ("deep_mlp", 47, 785 * 512 + 513 * 256 + 257 * 188 + 189 * 94 + 95 * 47),
        ("cnn", 62, 10 * 32 + (288 + 1) * 64 + (1600 + 1) * 256 + 257 * 128 + 129 * 62),
        ("wide_cnn", 10, 26 * 32 + (800 + 1) * 64 + (3136 + 1) * 1024 + 1025 * 10),
    ],
)
def test_parameters_as_counted_by_hand(name, classes, parameters):
    assert models.build(name, classes).count_params() == parameters


@pytest.mark.parametrize("name", ARCHITECTURES)
def test_returns_one_finite_logit_per_class(name, networks, images):
    logits = networks[name].predict(as_input(images), verbose=0)
    assert (logits.shape, logits.dtype) == ((6, 62), np.float32)
    assert np.isfinite(logits).all()
    assert not np.allclose(logits.sum(axis=1), 1)  # logits, not probabilities
    assert networks[name].input_shape == (None, 28, 28, 1)


@pytest.mark.parametrize("name", ARCHITECTURES)
def test_contains_no_augmentation_and_gives_the_same_answers_every_time(name, networks, images):
    for layer in networks[name].layers:
        assert not type(layer).__name__.startswith("Random")
        assert "augmentation" not in type(layer).__module__
    first, second = (networks[name](as_input(images), training=False) for _ in range(2))
    np.testing.assert_array_equal(first, second)


@pytest.mark.parametrize("name", ARCHITECTURES)
def test_gives_the_same_answers_after_saving_and_loading(name, networks, images, tmp_path):
    networks[name].save(tmp_path / "network.keras")
    loaded = keras.models.load_model(tmp_path / "network.keras")
    before = networks[name].predict(as_input(images), verbose=0)
    np.testing.assert_allclose(loaded.predict(as_input(images), verbose=0), before, atol=1e-6)


@pytest.mark.parametrize("name", ["mlp", "wide_cnn", "resnet"])
def test_litert_agrees_with_keras_for_any_number_of_images(name, networks, images, tmp_path):
    card = {"temperature": 1.0, "threshold": 0.5, "class_frequencies": [1 / 62] * 62}
    weights = export.to_litert(networks[name])
    export.save_recognizer(tmp_path / "mine.json", weights, card)
    recognizer = Recognizer.load(tmp_path / "mine.json")
    wanted = networks[name].predict(as_input(images), verbose=0)
    np.testing.assert_allclose(recognizer.logits(images), wanted, atol=1e-4)
    np.testing.assert_allclose(recognizer.logits(images[:1]), wanted[:1], atol=1e-4)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["mine.json", "mine.tflite"]


def test_small_changes_of_the_input_change_every_network(networks, images):
    other = as_input(images)
    other[:, 10:18, 10:18] = 1 - other[:, 10:18, 10:18]
    for network in networks.values():
        before, after = (network.predict(x, verbose=0) for x in (as_input(images), other))
        assert (np.abs(before - after).max(axis=1) > 1e-4).all()


def test_tiny_keeps_to_its_size():
    assert models.build("tiny", 47).count_params() <= 4_000


def test_unknown_network_is_refused_with_the_names_there_are():
    with pytest.raises(ValueError, match=r"no network 'vgg': choose from mlp, .*resnet"):
        models.build("vgg", 62)


def test_the_long_runs_are_those_networks_measured_as_their_recipe_says():
    results = [json.loads(path.read_text()) for path in (ARTEFACTS / "curves").glob("*.json")]
    systems = {"mlp", "deep_mlp", "lenet", "cnn", "wide_cnn", "compact_cnn"}
    assert {run["name"] for run in results} == systems
    for run in results:
        assert run["parameters"] == models.build(run["name"], len(CHARACTERS)).count_params()
        assert run["data"]["source"] == "EMNIST"
        accuracies = [row["val_accuracy"] for row in run["history"]]
        assert run["best_epoch"] == 1 + int(np.argmax(accuracies))
        assert run["validation_accuracy"] == max(accuracies)
        assert len(accuracies) <= run["recipe"]["epochs"]
        assert 0.7 < run["test_accuracy"]["62"] < run["test_accuracy"]["47"] < 0.95
