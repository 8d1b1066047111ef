"""Training stops early, resumes, and returns the best epoch's weights; its batches are right."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from hwr import checkpoint, dataset, training
from hwr._support.keras import keras, tensorflow
from hwr.alphabets import BYCLASS, Alphabet
from hwr.augmentation import Distortion
from hwr.dataset import Dataset
from hwr.datasets import synthetic
from hwr.recognizer import softmax
from hwr.training import Batches, Recipe, SummedCrossEntropy, accuracy, fit

FAST = Recipe("lenet", epochs=2, batch_size=64, learning_rate=1e-2)


@pytest.fixture(scope="module")
def drawn() -> Dataset:
    """500 made-up capitals and digits: enough to learn something in a few epochs."""
    images, labels = synthetic.draw_images(500, 3, "ABCDE01234")
    return Dataset("drawn", images, labels, BYCLASS, "made-up").in_alphabet("ABCDE01234")


@pytest.fixture(scope="module")
def parts(drawn: Dataset) -> tuple[Dataset, Dataset]:
    return drawn.take(np.arange(400)), drawn.take(np.arange(400, 500))


# A training with everything random in it: order, distortion, dropout, first weights. The first
# process is killed at the worst moment of the second epoch: its network is written, but not yet the
# state, which makes it valid. The second one resumes, then trains once more without interruption.
TRAINING = """
import os, signal, sys
import hwr._support.keras, tensorflow
import numpy as np
from keras import layers
from hwr import checkpoint, models, training
from hwr.alphabets import get_alphabet
from hwr.augmentation import Distortion
from hwr.dataset import Dataset

folder, process = sys.argv[1:]
tensorflow.config.experimental.enable_op_determinism()
rng = np.random.default_rng(5)
images = rng.integers(0, 256, (330, 28, 28), dtype=np.uint8)
letters = Dataset("noise", images, rng.integers(0, 3, 330), get_alphabet("ABC"), "made-up")
recipe = training.Recipe("little", epochs=3, batch_size=64, one_cycle=True, seed=4,
                         weight_decay=0.01, averaging=0.9,
                         distortion=Distortion(rotation=8, shift=1))

def little(x, classes):
    x = layers.BatchNormalization()(layers.Conv2D(4, 3, strides=3, activation="relu")(x))
    return layers.Dropout(0.3)(layers.Flatten()(x))

models.ARCHITECTURES["little"] = models.Architecture("Has all kinds of layers.", little)

def train(name):
    parts = letters.take(np.arange(300)), letters.take(np.arange(300, 330))
    trained = training.fit(recipe, *parts, os.path.join(folder, name))
    np.savez(os.path.join(folder, name + ".npz"), *trained.model.get_weights())

write = checkpoint.write_text
def write_or_die(path, content):
    if path.name == "state.json" and os.path.exists(path):
        os.kill(os.getpid(), getattr(signal, "SIGKILL", signal.SIGTERM))
    write(path, content)

if process == "first":
    checkpoint.write_text = write_or_die
    train("killed")
else:
    train("killed")
    train("whole")
"""


def result(folder: Path, name: str) -> tuple[list[np.ndarray], list[dict]]:
    with np.load(folder / f"{name}.npz") as stored:
        weights = list(stored.values())
    history = json.loads((folder / name / "state.json").read_text())["history"]
    return weights, [{k: v for k, v in row.items() if "seconds" not in k} for row in history]


def test_killed_training_resumes_to_the_same_weights(tmp_path: Path) -> None:
    command = [sys.executable, "-c", TRAINING, str(tmp_path)]
    killed = subprocess.run([*command, "first"], check=False)
    assert killed.returncode == -signal.SIGKILL if os.name == "posix" else killed.returncode
    state = json.loads((tmp_path / "killed" / "state.json").read_text())
    assert [row["epoch"] for row in state["history"]] == [1]
    assert (tmp_path / "killed" / "epoch-2.keras").exists()

    subprocess.run([*command, "second"], check=True)
    weights, history = result(tmp_path, "killed")
    whole_weights, whole_history = result(tmp_path, "whole")
    assert history == whole_history
    assert [row["epoch"] for row in history] == [1, 2, 3]
    assert all(map(np.array_equal, weights, whole_weights))
    left = sorted(path.name for path in (tmp_path / "killed").iterdir())
    assert left == ["best.npz", "epoch-3.keras", "epoch-3.npz", "state.json"]


def test_an_interrupted_training_resumes_and_a_finished_one_does_not(parts, tmp_path) -> None:
    recipe = replace(FAST, epochs=3)

    def stop(history: checkpoint.History) -> None:
        if len(history) == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fit(recipe, *parts, tmp_path, stop)
    lengths: list[int] = []
    trained = fit(recipe, *parts, tmp_path, lambda history: lengths.append(len(history)))
    assert lengths == [3]
    again = fit(recipe, *parts, tmp_path, lambda history: lengths.append(0))
    assert lengths == [3]
    assert again.history == trained.history
    assert all(map(np.array_equal, trained.model.get_weights(), again.model.get_weights()))


@pytest.fixture(scope="module")
def kept(parts, tmp_path_factory) -> Path:
    """A folder with the checkpoint of a training."""
    folder = tmp_path_factory.mktemp("kept")
    fit(replace(FAST, epochs=1), *parts, folder)
    return folder


@pytest.mark.parametrize(
    ("change", "images"),
    [({"epochs": 9}, 400), ({"distortion": Distortion(shift=1)}, 400), ({}, 300)],
)
def test_checkpoint_of_another_training_is_refused(change, images, parts, kept) -> None:
    before = (kept / "state.json").read_bytes()
    train, validation = parts[0].take(np.arange(images)), parts[1]
    with pytest.raises(ValueError, match=r"another training .* choose another folder, or delete"):
        fit(replace(FAST, **{"epochs": 1} | change), train, validation, kept)
    assert (kept / "state.json").read_bytes() == before


def test_images_outside_the_networks_alphabet_are_refused_in_a_sentence(drawn) -> None:
    other = drawn.in_alphabet("ABC")
    with pytest.raises(ValueError, match=r"alphabet 'ABCDE01234', .* lacks 01234DE: leave such"):
        fit(FAST, drawn, other)


@pytest.fixture
def prescribe(monkeypatch) -> Callable[..., list]:
    """Prescribes every epoch's validation accuracy; returns a list, which gets its weights."""

    def prescribe(*accuracies: float) -> list:
        weights = []

        def evaluate(model, *args, **options) -> tuple[float, float]:
            weights.append(model.get_weights())
            return 1.0, accuracies[len(weights) - 1]

        monkeypatch.setattr(keras.Model, "evaluate", evaluate)
        return weights

    return prescribe


def test_stops_early_and_returns_the_best_epochs_weights(parts, tmp_path, prescribe) -> None:
    weights = prescribe(0.5, 0.7, 0.7, 0.6, 0.9)
    trained = fit(replace(FAST, epochs=5, patience=2), *parts, tmp_path)
    assert [row["val_accuracy"] for row in trained.history] == [0.5, 0.7, 0.7, 0.6]
    assert trained.best["epoch"] == 2
    returned, _, best, *_, last = trained.model.get_weights(), *weights
    assert all(map(np.array_equal, returned, best))
    assert not any(map(np.array_equal, returned, last))


def test_never_stops_early_without_patience(parts, prescribe) -> None:
    prescribe(0.9, 0.1, 0.1, 0.1)
    assert len(fit(replace(FAST, epochs=4), *parts).history) == 4


def test_learns(parts) -> None:
    trained = fit(replace(FAST, epochs=12), *parts)
    assert trained.best["val_accuracy"] > 0.8  # one in ten by chance
    assert trained.history[-1]["loss"] < trained.history[0]["loss"] / 2


def test_one_epochs_batches_are_every_image_once_and_repeatable(drawn) -> None:
    each = tuple(map(chr, range(500)))
    alphabet = Alphabet("numbers", each, each)
    numbered = replace(drawn, labels=np.arange(500), alphabet=alphabet)
    recipe = Recipe(batch_size=64, seed=1)

    def order(recipe: Recipe, epoch: int) -> list[int]:
        batches = Batches(numbered, recipe, epoch, alphabet)
        return [int(row.argmax()) for i in range(len(batches)) for row in batches[i][1]]

    assert sorted(order(recipe, 0)) == list(range(500))
    assert order(recipe, 0) == order(recipe, 0)
    assert order(recipe, 0) != order(recipe, 1)
    assert order(recipe, 0) != order(replace(recipe, seed=2), 0)


def test_batches_are_distorted_anew_in_every_epoch(drawn) -> None:
    recipe = Recipe(batch_size=500, distortion=Distortion(rotation=20))
    first = drawn.take(np.arange(10))
    by_label = [
        {tuple(y): x for x, y in zip(*Batches(first, recipe, e)[0], strict=True)} for e in (0, 0, 1)
    ]
    a, b, c = ([epoch[key] for key in sorted(epoch)] for epoch in by_label)
    np.testing.assert_array_equal(a, b)
    assert (np.array(a) != np.array(c)).any()
    assert np.array(a).dtype == np.float32
    assert 0 <= np.min(a) <= np.max(a) <= 1


def test_pixel_identical_images_are_removed(drawn) -> None:
    tests = [drawn.take(np.array([7])), drawn.take(np.array([40, 41]))]
    kept = dataset.remove_shared(drawn, tests)
    assert len(kept) == 497
    shown = {image.tobytes() for image in kept.images}
    assert not any(image.tobytes() in shown for test in tests for image in test.images)
    nearly = replace(tests[0], images=tests[0].images ^ np.uint8(1))
    assert len(dataset.remove_shared(drawn, [nearly])) == 500


def test_concatenation_holds_both_and_names_both_sources(drawn) -> None:
    other = replace(drawn, name="other", source="EMNIST")
    both = dataset.concatenate(drawn.take(np.arange(3)), other)
    assert len(both) == 503
    assert (both.name, both.source) == ("drawn and other", "made-up, EMNIST")
    np.testing.assert_array_equal(both.images[3:], other.images)
    np.testing.assert_array_equal(both.labels[:3], drawn.labels[:3])
    assert dataset.concatenate(drawn, drawn).source == "made-up"


def test_learning_rate_rises_then_falls_to_zero() -> None:
    recipe = Recipe("lenet", epochs=10, batch_size=10, learning_rate=0.01, one_cycle=True)
    rate = training.learning_rate(recipe, images=100)
    rates = [float(rate(step)) for step in range(101)]
    assert rates[0] == pytest.approx(0.01 / 25)
    assert max(rates) == pytest.approx(0.01)
    assert int(np.argmax(rates)) == 10
    assert rates[100] == pytest.approx(0, abs=1e-6)


# --- the loss for ambiguous labels ---------------------------------------------------------------

LOGITS = np.array([[2, 1, 0, -1], [0.5, 3, 2.5, 0], [-20, 40, 0, 1]], np.float32)
ONE = np.eye(4, dtype=np.float32)[[0, 2, 1]]
SEVERAL = np.array([[1, 0, 1, 0], [0, 1, 1, 0], [1, 0, 0, 1]], np.float32)


def test_the_loss_is_minus_the_logarithm_of_the_summed_probability():
    of_right = (softmax(LOGITS) * SEVERAL).sum(axis=1)
    loss = np.array(SummedCrossEntropy().call(SEVERAL, LOGITS))
    np.testing.assert_allclose(loss[:2], -np.log(of_right[:2]), rtol=1e-5)
    assert loss[2] == pytest.approx(39, abs=1e-3)  # the probability itself would underflow


@pytest.mark.parametrize("smoothing", [0.0, 0.1])
def test_with_one_right_class_the_loss_is_the_usual_cross_entropy(smoothing):
    usual = keras.losses.CategoricalCrossentropy(from_logits=True, label_smoothing=smoothing)
    loss = SummedCrossEntropy(smoothing)(ONE, LOGITS)
    assert float(loss) == pytest.approx(float(usual(ONE, LOGITS)), rel=1e-5)


def test_the_gradient_of_the_loss_keeps_the_ratios_within_the_right_classes():
    logits = tensorflow.Variable(LOGITS[1:2])
    with tensorflow.GradientTape() as tape:
        loss = SummedCrossEntropy()(SEVERAL[1:2], logits)
    gradient = tape.gradient(loss, logits).numpy()[0]
    probabilities = softmax(LOGITS[1])
    within = probabilities[1:3] / probabilities[1:3].sum()
    np.testing.assert_allclose(gradient[1:3], probabilities[1:3] - within, atol=1e-5)
    assert (np.sign(gradient) == [1, -1, -1, 1]).all()


def test_an_answer_counts_if_it_is_any_of_the_right_classes():
    np.testing.assert_array_equal(np.array(accuracy(SEVERAL, LOGITS)), [1, 1, 0])
    np.testing.assert_array_equal(np.array(accuracy(ONE, LOGITS)), [1, 0, 1])


def test_a_network_with_this_loss_is_saved_and_loaded(tmp_path):
    image = keras.Input((4,))
    model = keras.Model(image, keras.layers.Dense(4)(image))
    model.compile("sgd", SummedCrossEntropy(0.1), metrics=[accuracy])
    before = model.evaluate(LOGITS, SEVERAL, verbose=0)
    model.save(tmp_path / "network.keras")
    loaded = keras.models.load_model(tmp_path / "network.keras")
    assert loaded.evaluate(LOGITS, SEVERAL, verbose=0) == pytest.approx(before)
