"""Training stops early, resumes, and returns the best epoch's weights; its batches are right."""

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from hwr import checkpoint, dataset
from hwr._support.keras import keras, tensorflow
from hwr._support.optimizers import one_cycle
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
    trained = training.fit(recipe, *parts, folder=os.path.join(folder, name))
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
    assert (tmp_path / "killed" / "epoch-2.npz").exists()

    subprocess.run([*command, "second"], check=True)
    weights, history = result(tmp_path, "killed")
    whole_weights, whole_history = result(tmp_path, "whole")
    assert history == whole_history
    assert [row["epoch"] for row in history] == [1, 2, 3]
    assert all(map(np.array_equal, weights, whole_weights))
    left = sorted(path.name for path in (tmp_path / "killed").iterdir())
    assert left == ["best.npz", "epoch-3.npz", "state.json"]


def test_a_stopped_training_keeps_what_was_reached_and_goes_on(parts, tmp_path, capsys) -> None:
    recipe = replace(FAST, epochs=3)

    def stop(history: checkpoint.History) -> None:
        if len(history) == 2:
            raise KeyboardInterrupt

    stopped = fit(recipe, *parts, folder=tmp_path, on_epoch=stop)
    assert stopped.interrupted
    assert len(stopped.history) == 2
    printed = capsys.readouterr().out
    assert printed.startswith("Stopped: 2 epochs; the best, epoch ")
    assert printed.count("\n") == 1

    lengths: list[int] = []

    def note(history: checkpoint.History) -> None:
        lengths.append(len(history))

    trained = fit(recipe, *parts, folder=tmp_path, on_epoch=note)
    assert lengths == [3]
    assert not trained.interrupted
    again = fit(recipe, *parts, folder=tmp_path, on_epoch=note)
    assert lengths == [3]
    assert again.history == trained.history
    assert all(map(np.array_equal, trained.model.get_weights(), again.model.get_weights()))


STOPPED = """
import os, signal, threading
import hwr._support.keras
import numpy as np
from hwr import keras, models
from hwr.alphabets import get_alphabet
from hwr.dataset import Dataset
from hwr.training import fit

# What a shell starts in the background is deaf to it, and so are the tests in there.
signal.signal(signal.SIGINT, signal.default_int_handler)
rng = np.random.default_rng(5)
images = rng.integers(0, 256, (3000, 28, 28), dtype=np.uint8)
letters = Dataset("noise", images, rng.integers(0, 3, 3000), get_alphabet("ABC"), "made-up")
network = models.build("lenet", 3)
before = network.get_weights()[0].copy()

class PressStop(keras.callbacks.Callback):
    def on_train_batch_end(self, batch, logs=None):
        if batch == 20:
            os.kill(os.getpid(), signal.SIGINT)

fit_by_keras = keras.Model.fit
def fit_and_stop(self, *arguments, callbacks, **options):
    return fit_by_keras(self, *arguments, callbacks=[*callbacks, PressStop()], **options)
keras.Model.fit = fit_and_stop
trained = fit(network, letters, letters.take(np.arange(100)), batch_size=8)
print(trained.interrupted, trained.history, np.array_equal(network.get_weights()[0], before))
"""


def test_stop_within_the_first_epoch_keeps_the_weights_and_shows_no_traceback() -> None:
    done = subprocess.run(
        [sys.executable, "-c", STOPPED], capture_output=True, text=True, check=True, timeout=120
    )
    lines = ["Stopped: no epoch was finished.", "True [] False"]
    assert done.stdout.splitlines() == lines
    assert "Traceback" not in done.stderr


@pytest.fixture(scope="module")
def kept(parts, tmp_path_factory) -> Path:
    """A folder with the checkpoint of a training."""
    folder = tmp_path_factory.mktemp("kept")
    fit(replace(FAST, epochs=1), *parts, folder=folder)
    return folder


def relabelled(drawn: Dataset) -> Dataset:
    return replace(drawn, labels=drawn.labels[::-1].copy())


@pytest.mark.parametrize(
    ("what", "recipe", "change"),
    [
        ("recipe", {"distortion": Distortion(shift=1)}, None),
        ("recipe", {"batch_size": 32}, None),
        ("network", {"architecture": "cnn"}, None),
        ("optimiser, recipe", {"learning_rate": 1e-3}, None),
        ("training images", {}, lambda one, other: (one.take(np.arange(300)), other)),
        ("training images", {}, lambda one, other: (relabelled(one), other)),
        ("validation images", {}, lambda one, other: (one, relabelled(other))),
    ],
)
def test_checkpoint_of_another_training_is_refused(what, recipe, change, parts, kept) -> None:
    before = (kept / "state.json").read_bytes()
    train, validation = change(*parts) if change else parts
    sentence = rf"another training \(other {what}\): choose another folder, or delete"
    with pytest.raises(ValueError, match=sentence):
        fit(replace(FAST, epochs=1, **recipe), train, validation, folder=kept)
    assert (kept / "state.json").read_bytes() == before


def test_checkpoint_of_another_alphabet_is_refused(parts, kept) -> None:
    alphabet = Alphabet("other", tuple("VWXYZ56789"), tuple("VWXYZ56789"))
    other = [replace(part, alphabet=alphabet) for part in parts]
    with pytest.raises(ValueError, match=r"\(other alphabet\): choose another folder"):
        fit(replace(FAST, epochs=1), *other, folder=kept)


def test_one_cycle_cannot_go_on_with_more_epochs(parts, tmp_path) -> None:
    recipe = replace(FAST, epochs=1, one_cycle=True)
    fit(recipe, *parts, folder=tmp_path)
    with pytest.raises(ValueError, match=r"\(other optimiser, recipe\): choose"):
        fit(recipe, *parts, epochs=2, folder=tmp_path)


@pytest.mark.parametrize("name", ["state.json", "best.npz", "epoch-1.npz"])
@pytest.mark.parametrize("content", [None, b"", b"{}", b"PK\x03\x04 half a file"])
def test_a_damaged_checkpoint_ends_in_a_sentence(name, content, parts, kept, tmp_path) -> None:
    folder = tmp_path / "damaged"
    shutil.copytree(kept, folder)
    if content is None and name == "state.json":
        content = b"[1, 2"
    if content is None:
        (folder / name).unlink()
    else:
        (folder / name).write_bytes(content)
    with pytest.raises(ValueError, match=r"is damaged: delete this folder .* or choose another"):
        fit(replace(FAST, epochs=1), *parts, folder=folder)


# --- networks of one's own ------------------------------------------------------------------------

layers = keras.layers


def own_network(*end: keras.layers.Layer, begin: tuple = ()) -> keras.Sequential:
    body = [layers.Conv2D(8, 3, activation="relu"), layers.MaxPooling2D(2), layers.Flatten()]
    return keras.Sequential([keras.Input((28, 28, 1)), *begin, *body, *end], name="mine")


def functional_network(classes: int) -> keras.Model:
    image = keras.Input((28, 28, 1))
    x = layers.Conv2D(8, 3, padding="same", activation="relu")(image)
    x = layers.Add()([x, layers.Conv2D(8, 3, padding="same")(x)])
    x = layers.Dense(classes)(layers.Flatten()(layers.MaxPooling2D(4)(x)))
    return keras.Model(image, layers.Softmax()(x), name="mine")


OWN = {
    "logits": lambda n: own_network(layers.Dense(n)),
    "softmax": lambda n: own_network(layers.Dense(n, activation="softmax")),
    "softmax in a layer": functional_network,
    "scales inside": lambda n: own_network(layers.Dense(n), begin=(layers.Rescaling(1 / 255),)),
    "no Input": lambda n: keras.Sequential(
        [layers.Conv2D(4, 3), layers.Flatten(), layers.Dense(n)]
    ),
    "network in a network": lambda n: keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            keras.Sequential([layers.Conv2D(8, 3), layers.Flatten()]),
            layers.Dropout(0.2),
            layers.Dense(n),
        ]
    ),
}


@pytest.mark.parametrize(("kind", "compiled"), [*((kind, False) for kind in OWN), ("logits", True)])
def test_any_network_of_ones_own_learns(kind, compiled, parts) -> None:
    keras.utils.set_random_seed(1)
    network = OWN[kind](10)
    if compiled:
        network.compile(keras.optimizers.Adam(3e-3), "mse")
    trained = fit(network, *parts, epochs=6, batch_size=32, learning_rate=3e-3)
    assert trained.model is network
    unnamed = kind in ("no Input", "network in a network")
    assert repr(trained).startswith("<own network: " if unnamed else "<mine: ")
    assert trained.best["val_accuracy"] > 0.6  # one in ten by chance
    assert type(network.optimizer).__name__ == ("Adam" if compiled else "AdamW")


def test_the_same_call_with_more_epochs_goes_on_in_the_same_kernel_and_a_new_one(
    parts, tmp_path
) -> None:
    network = OWN["logits"](10)
    first = fit(network, *parts, epochs=2, folder=tmp_path)
    assert [row["epoch"] for row in first.history] == [1, 2]
    more = fit(network, *parts, epochs=3, folder=tmp_path)
    assert [row["epoch"] for row in more.history] == [1, 2, 3]
    assert more.history[:2] == first.history
    again = fit(OWN["logits"](10), *parts, epochs=4, folder=tmp_path)  # as after a restart
    assert [row["epoch"] for row in again.history] == [1, 2, 3, 4]
    assert again.history[:3] == more.history
    with pytest.raises(ValueError, match=r"\(other network\)"):
        fit(OWN["softmax"](10), *parts, epochs=4, folder=tmp_path)


def test_a_trained_network_is_saved_by_keras_and_loaded_without_this_package(
    parts, tmp_path
) -> None:
    trained = fit(OWN["logits"](10), *parts, epochs=1)
    trained.model.save(tmp_path / "own.keras")
    card = trained.save(tmp_path / "my_network.json")
    assert card == tmp_path / "my_network.json"
    np.save(tmp_path / "images.npy", dataset.as_input(parts[1].images[:20]))
    code = f"""
import sys, keras, numpy as np
images = np.load({str(tmp_path / "images.npy")!r})
for name in ("own", "my_network"):
    network = keras.models.load_model({str(tmp_path)!r} + f"/{{name}}.keras")
    np.save({str(tmp_path)!r} + f"/{{name}}.npy", network.predict(images, verbose=0))
assert not any(name.startswith("hwr") for name in sys.modules)
"""
    done = subprocess.run([sys.executable, "-c", code], check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    wanted = trained.model.predict(dataset.as_input(parts[1].images[:20]), verbose=0)
    for name in ("own", "my_network"):
        np.testing.assert_allclose(np.load(tmp_path / f"{name}.npy"), wanted, atol=1e-5)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ({"epochs": 0}, "epochs must be a whole number of at least 1, not 0"),
        ({"epochs": "3"}, "epochs must be a whole number of at least 1, not '3'"),
        ({"epochs": 2.5}, "epochs must be a whole number"),
        ({"epochs": True}, "epochs must be a whole number"),
        ({"batch_size": 0}, "batch_size must be a whole number of at least 1, not 0"),
        ({"learning_rate": -1}, "learning_rate must be a number above 0, not -1"),
        ({"learning_rate": float("nan")}, "learning_rate must be a number above 0"),
        ({"patience": 0}, "patience must be a whole number"),
        ({"distortion": 8}, r"distortion must be a Distortion, such as Distortion\(rotation=8\)"),
    ],
)
def test_settings_that_cannot_be_used_are_refused_in_a_sentence(arguments, sentence, parts):
    with pytest.raises(ValueError, match=sentence):
        fit(FAST, *parts, **arguments)


def test_a_misspelt_name_is_refused_with_the_right_one(parts):
    with pytest.raises(TypeError, match=r"fit has no argument epoch: did you mean epochs\?"):
        fit(FAST, *parts, epoch=3)
    with pytest.raises(ValueError, match=r"no network 'lennet': choose from mlp, .*lenet"):
        fit(Recipe("lennet"), *parts)
    with pytest.raises(ValueError, match=r"Keras model or a Recipe.*, not 'lenet'"):
        fit("lenet", *parts)


BAD_NETWORKS = {
    r"has 9 outputs, but the images are in 10 classes": lambda: own_network(layers.Dense(9)),
    r"ends in relu: its last layer": lambda: own_network(layers.Dense(10, activation="relu")),
    r"ends in sigmoid": lambda: own_network(layers.Dense(10, activation="sigmoid")),
    r"takes inputs of shape \(28, 28\): begin with": lambda: keras.Sequential(
        [keras.Input((28, 28)), layers.Flatten(), layers.Dense(10)]
    ),
    r"returns an array of shape \(26, 26, 10\)": lambda: keras.Sequential(
        [keras.Input((28, 28, 1)), layers.Conv2D(10, 3)]
    ),
    r"a subclass of keras.Model": type("Own", (keras.Model,), {}),
}


@pytest.mark.parametrize("sentence", BAD_NETWORKS)
def test_networks_that_cannot_be_trained_are_refused_in_a_sentence(sentence, parts):
    with pytest.raises(ValueError, match=sentence):
        fit(BAD_NETWORKS[sentence](), *parts)


BAD_DATA = [
    (lambda d: d.images, "training images must be a Dataset .*, not ndarray"),
    (lambda d: d.take(np.arange(0)), "There are no training images: at least one"),
]


@pytest.mark.parametrize(("change", "sentence"), BAD_DATA)
def test_data_that_cannot_be_trained_on_are_refused_in_a_sentence(change, sentence, parts):
    with pytest.raises(ValueError, match=sentence):
        fit(FAST, change(parts[0]), parts[1])
    with pytest.raises(ValueError, match=sentence.replace("training", "validation")):
        fit(FAST, parts[0], change(parts[0]))


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
    trained = fit(replace(FAST, epochs=5, patience=2), *parts, folder=tmp_path)
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
    rate = one_cycle(0.01, steps=100)
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


def test_frequencies_are_learned_apart_from_the_logits():
    frequencies = np.array([0.4, 0.3, 0.2, 0.1], np.float32)
    signed = np.where(ONE > 0, frequencies, -frequencies)
    loss = np.array(SummedCrossEntropy().call(signed, LOGITS))
    usual = np.array(SummedCrossEntropy().call(ONE, LOGITS + np.log(frequencies)))
    np.testing.assert_allclose(loss, usual, rtol=1e-5)
    np.testing.assert_array_equal(np.array(accuracy(signed, LOGITS)), [1, 0, 1])


def test_a_batch_holds_the_frequencies_of_each_kind_of_image(drawn):
    some = drawn.take(np.arange(4))
    of_kind = np.random.default_rng(1).uniform(0.1, 1, (len(some.alphabet),) * 2)
    of_kind = of_kind.astype(np.float32)
    [(_, targets)] = list(Batches(some, Recipe("lenet", batch_size=4), 0, frequencies=of_kind))
    np.testing.assert_array_equal(np.sort(np.abs(targets), 0), np.sort(of_kind[some.labels], 0))
    assert ((targets > 0).sum(axis=1) == 1).all()


def test_other_frequencies_are_another_training(drawn, tmp_path):
    some = drawn.take(np.arange(32))
    of_kind = np.full((len(some.alphabet),) * 2, 0.1, np.float32)
    fit(Recipe("tiny", epochs=1), some, some, frequencies=of_kind, folder=tmp_path)
    with pytest.raises(ValueError, match=r"another training .*other frequencies"):
        fit(Recipe("tiny", epochs=1), some, some, frequencies=2 * of_kind, folder=tmp_path)


def test_probabilities_and_logits_of_the_same_network_have_the_same_loss():
    of_logits = SummedCrossEntropy(0.1)(SEVERAL[:2], LOGITS[:2])
    of_probabilities = SummedCrossEntropy(0.1, from_logits=False)(SEVERAL[:2], softmax(LOGITS[:2]))
    assert float(of_probabilities) == pytest.approx(float(of_logits), rel=1e-5)
