"""A learner's network is written as a recogniser, whatever it expects, or refused in a sentence."""

import functools
import json
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest
from helpers import bombs

from hwr import export, transfer
from hwr._support import trial
from hwr._support.keras import keras
from hwr.alphabets import BYCLASS, Alphabet, get_alphabet
from hwr.dataset import Dataset, as_input
from hwr.datasets import synthetic
from hwr.recognizer import Recognizer, softmax
from hwr.training import Recipe, fit
from hwr.web.build import load_recognizer

layers = keras.layers


# The same drawings for many tests; none of which changes them.
drawn_once = functools.cache(synthetic.draw_images)


def made_up(alphabet: Alphabet, size: int = 400, seed: int = 3) -> Dataset:
    images, labels = drawn_once(size, seed, "".join(alphabet.members))
    return Dataset("drawn", images, labels, BYCLASS, "made-up").in_alphabet(alphabet)


def own_characters() -> Dataset:
    """Drawings of plus, minus, times and divided by, as strokes of a few pixels' width."""
    rng = np.random.default_rng(4)
    images, labels = np.zeros((200, 28, 28), np.uint8), rng.integers(0, 4, 200)
    for image, label, middle in zip(images, labels, rng.integers(11, 17, 200), strict=True):
        if label in (0, 1, 3):
            image[middle : middle + 2, 4:24] = 255
        if label == 0:
            image[4:24, middle : middle + 2] = 255
        if label == 2:
            image[np.arange(4, 24), np.arange(4, 24)] = 255
            image[np.arange(4, 24), np.arange(23, 3, -1)] = 255
        if label == 3:
            image[[6, 21], middle] = 255
    return Dataset("signs", images, labels, get_alphabet("+−×÷"), "made-up")


def data(name: str) -> Dataset:
    return own_characters() if name == "own" else made_up(get_alphabet(name))


def network(classes: int, begin: tuple = (), **end: str) -> keras.Sequential:
    keras.utils.set_random_seed(2)
    body = [layers.AveragePooling2D(2), layers.Flatten(), layers.Dense(classes, **end)]
    return keras.Sequential([keras.Input((28, 28, 1)), *begin, *body], name="mine")


READ = """
import sys
import numpy as np
from hwr import Recognizer
recognizer = Recognizer.load("my_network.json")
assert not any(name.startswith(("tensorflow", "keras")) for name in sys.modules)
print(recognizer)
np.save("answers.npy", recognizer.probabilities(np.load("images.npy")))
reading = recognizer.read(np.load("images.npy")[0], converted=True)
print(reading.best, reading.alphabet.classes == recognizer.alphabet.classes)
"""


@pytest.mark.parametrize("name", ["10", "26", "47", "62", "own"])
def test_trained_saved_and_read_in_a_new_kernel_in_every_alphabet(name, tmp_path):
    drawn = data(name)
    train, validation = drawn.take(np.arange(150)), drawn.take(np.arange(150, 200))
    trained = fit(Recipe("lenet", epochs=2, batch_size=25, learning_rate=3e-3), train, validation)
    trained.save(tmp_path / "my_network.json")
    files = sorted(path.name for path in tmp_path.iterdir())
    assert files == ["my_network.json", "my_network.keras", "my_network.tflite"]

    card = json.loads((tmp_path / "my_network.json").read_text())
    assert card["classes"] == list(drawn.alphabet.classes)
    assert card["members"] == list(drawn.alphabet.members)
    assert sum(card["class_frequencies"]) == pytest.approx(1, abs=1e-3)
    assert card["history"] == trained.history
    figures = card["measured"][f"validation, {len(drawn.alphabet)} classes"]
    assert figures["n"] == 50
    in_memory = trained.recognizer()
    assert in_memory.alphabet == drawn.alphabet
    right = in_memory.probabilities(validation.images).argmax(axis=1) == validation.labels
    assert figures["top1"] == pytest.approx(right.mean())

    np.save(tmp_path / "images.npy", validation.images)
    done = subprocess.run(
        [sys.executable, "-c", READ], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    first, second = done.stdout.splitlines()
    assert first.startswith(f"my_network.json: lenet, {len(drawn.alphabet)} classes")
    assert second.endswith("True")
    answers = np.load(tmp_path / "answers.npy")
    np.testing.assert_allclose(answers, in_memory.probabilities(validation.images), atol=1e-5)


def test_temperature_and_threshold_are_fitted_on_the_validation_images():
    drawn = made_up(get_alphabet("10"), 600)
    train, validation = drawn.take(np.arange(300)), drawn.take(np.arange(300, 600))
    sharp = network(10)
    trained = fit(sharp, train, validation, epochs=12, batch_size=25, learning_rate=1e-2)
    card = trained.recognizer().card
    sharp.set_weights([5 * weight for weight in sharp.get_weights()])  # far too sure
    sharper = trained.recognizer().card
    assert sharper["temperature"] == pytest.approx(5 * card["temperature"], rel=0.01)
    assert sharper["threshold"] == pytest.approx(card["threshold"], abs=0.02)
    answers = trained.recognizer().probabilities(validation.images)
    sure = answers.max(axis=1) >= sharper["threshold"]
    wrong = answers.argmax(axis=1) != validation.labels
    assert wrong[sure].mean() <= export.RISK
    assert sure.mean() > 0.3


OTHER_RANGES = {
    "0 to 1": (lambda x: x, (), {}),
    "0 to 255": (lambda x: 255 * x, (), {}),
    "-1 to 1": (lambda x: 2 * x - 1, (), {}),
    "paper 1, ink 0": (lambda x: 1 - x, (), {}),
    "standardised": (lambda x: (x - 0.17) / 0.33, (), {}),
    "scales inside": (lambda x: 255 * x, (layers.Rescaling(1 / 255),), {}),
    "softmax": (lambda x: x, (), {"activation": "softmax"}),
}  # fmt: skip


@pytest.mark.parametrize("kind", OTHER_RANGES)
def test_a_network_of_keras_alone_is_adapted_to_what_it_was_trained_on(kind, tmp_path):
    drawn = made_up(get_alphabet("10"), 600)
    train, validation = drawn.take(np.arange(400)), drawn.take(np.arange(400, 600))
    scale, begin, end = OTHER_RANGES[kind]
    mine = network(10, begin, **end)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=not end)
    mine.compile(keras.optimizers.Adam(1e-2), loss)
    mine.fit(scale(as_input(train.images)), train.labels, epochs=12, verbose=0)
    outputs = mine.predict(scale(as_input(validation.images)), verbose=0)
    wanted = outputs.argmax(axis=1)

    recognizer = Recognizer.load(export.save(tmp_path / "mine.json", mine, train, validation))
    logits = recognizer.logits(validation.images)
    if kind != "standardised":  # whose mean and spread are estimated
        agreed = softmax(outputs) if not end else outputs
        np.testing.assert_allclose(softmax(logits), agreed, atol=1e-4)
    assert (logits.argmax(axis=1) == wanted).mean() > 0.97
    assert (wanted == validation.labels).mean() > 0.6
    again = transfer.load_pretrained(tmp_path / "mine.json")
    np.testing.assert_allclose(
        again.predict(as_input(validation.images), verbose=0), logits, atol=1e-3, rtol=1e-4
    )


def test_a_network_that_reads_no_better_than_guessing_is_refused(tmp_path):
    drawn = made_up(get_alphabet("10"), 600)
    train, validation = drawn.take(np.arange(400)), drawn.take(np.arange(400, 600))
    turned = replace(train, labels=(train.labels + 3) % 10)  # counts the classes otherwise
    trained = fit(network(10), turned, turned, epochs=4, batch_size=25, learning_rate=1e-2)
    with pytest.raises(
        ValueError, match=r"'mine' reads .*% of the validation images right, hardly"
    ):
        export.save(tmp_path / "mine.json", trained.model, train, validation)
    assert not list(tmp_path.iterdir())
    with pytest.raises(ValueError, match="has 9 outputs, but the images are in 10 classes"):
        export.save(tmp_path / "mine.json", network(9), train, validation)
    with pytest.raises(ValueError, match=r"name that ends in \.json, not 'mine'"):
        trained.save(tmp_path / "mine")


def test_a_failed_save_leaves_the_old_files_whole(tmp_path, monkeypatch):
    drawn = own_characters()
    trained = fit(network(4), drawn, drawn, epochs=1)
    card = trained.save(tmp_path / "mine.json")
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}

    def fail(*_: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(keras.Model, "save", fail)
    with pytest.raises(OSError, match="disk full"):
        trained.save(card)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_a_network_made_here_is_not_tried_and_one_that_is_a_bomb_is_not_unpacked(
    tmp_path, monkeypatch
):
    drawn = own_characters()
    card = fit(network(4), drawn, drawn, epochs=1).save(tmp_path / "mine.json")
    monkeypatch.setattr(trial, "run_apart", None)
    Recognizer.load(card)
    assert transfer.load_pretrained(card).output_shape == (None, 4)
    file = card.with_suffix(".keras")
    file.write_bytes(bombs.altered(file.read_bytes(), bombs.SIZE, 4_000_000_000))
    for refused in (lambda: transfer.load_pretrained(card), lambda: load_recognizer(file)):
        with pytest.raises(ValueError, match=r"mine\.keras (is missing or does not|has more than)"):
            refused()


def test_many_networks_in_one_kernel_leave_nothing_on_stderr():
    code = """
import numpy as np
from hwr import keras
for _ in range(7):
    network = keras.Sequential([keras.Input((4,)), keras.layers.Dense(2)])
    network.predict(np.zeros((3, 4)), verbose=0)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stderr == ""
