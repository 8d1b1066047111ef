"""The shipped recogniser is the network that was trained, and reads as well as its card says."""

import json
import shutil
from dataclasses import replace

import numpy as np
import pytest

from hwr import metrics, transfer
from hwr._support.keras import keras
from hwr.alphabets import CHARACTERS, NONE
from hwr.cli import material, train
from hwr.cli.pool import POOL, Pool
from hwr.dataset import as_input
from hwr.datasets import emnist, fallback, synthetic
from hwr.recognizer import SHIPPED, Recognizer, softmax


def test_made_up_images_for_training_and_testing_have_different_seeds():
    seeds = {material.MADE_UP_SEED, train.MADE_UP_SEED, fallback.SEED, emnist.MADE_UP_TEST_SEED}
    assert len(seeds) == 4


def test_litert_and_keras_agree_in_every_probability_on_1000_images():
    images, _ = synthetic.draw_images(1000, 17)
    keras_logits = transfer.load_pretrained().predict(as_input(images), verbose=0)
    litert = softmax(Recognizer.load().logits(images))
    # Each rounds to float16 in its own way: LiteRT only after it has folded in the BatchNorms.
    assert np.abs(litert - softmax(keras_logits)).max() < 2e-3
    assert litert.max(axis=1).min() < 0.9  # doubtful images, where a difference would show
    assert len(set(litert.argmax(axis=1))) == len(CHARACTERS)


def test_it_reads_made_up_handwriting_no_worse_than_its_card_says():
    card = json.loads(SHIPPED.read_text())["measured"]["made-up, 62 classes"]
    figures = metrics.measure(Recognizer.load(), emnist.load_test_set("made-up"))
    assert figures["n"] == card["n"]
    assert figures["top1"] >= card["top1"] - 0.001  # as processors round
    assert card["top1"] > 0.8


def test_the_cards_figures_reach_the_courses_targets():
    measured = json.loads(SHIPPED.read_text())["measured"]
    assert measured["course test, 62 classes"]["top1"] >= 0.867
    assert measured["course test, 47 classes"]["top1"] >= 0.90


def test_missing_or_foreign_weights_are_refused_in_a_sentence(tmp_path):
    for file in (SHIPPED, SHIPPED.with_suffix(".tflite")):
        shutil.copy(file, tmp_path)
    with pytest.raises(ValueError, match=r"recognizer\.npz is missing or does not hold"):
        transfer.load_pretrained(tmp_path / SHIPPED.name)
    np.savez(tmp_path / "recognizer.npz", np.zeros((2, 2)))
    with pytest.raises(ValueError, match=r"the network of recognizer\.json: get both files"):
        transfer.load_pretrained(tmp_path / SHIPPED.name)


def answering(*logits):
    """A network that gives the same logits for every image."""
    dense = keras.layers.Dense(len(logits), kernel_initializer="zeros")
    model = keras.Sequential([keras.Input((28, 28, 1)), keras.layers.Flatten(), dense])
    dense.set_weights([np.zeros((784, len(logits))), np.array(logits)])
    return model


def test_teachers_say_together_which_character_and_one_alone_whether_any():
    scans, everything = np.zeros(62), np.zeros(63)
    scans[[1, 2]], everything[[1, 2, 62]] = (8, 12), (12, 8, 12)
    frequencies = np.full((63, 63), 1 / 62, np.float32)
    frequencies[0, 1] = 3 / 62
    log_learned = np.zeros(62)
    log_learned[2] = np.log(2)  # it expects this twice as often as it should
    some = replace(synthetic.dataset(63, 1), labels=np.arange(63) % 2)
    networks = answering(*scans), log_learned, answering(*everything)
    found = train.say_together(*networks, some, frequencies).astype(float)
    assert found.sum(axis=1) == pytest.approx(1, abs=2e-3)
    often, evenly = found[some.labels == 0], found[some.labels == 1]
    assert evenly[:, 1] / evenly[:, 2] == pytest.approx(2**0.5, rel=0.02)
    assert often[:, 1] / often[:, 2] == pytest.approx(3 * 2**0.5, rel=0.02)
    assert evenly[:, 62] == pytest.approx(0.5, abs=0.02)
    assert often[:, 62] == pytest.approx(0.25, abs=0.02)


def test_a_small_recogniser_is_made_by_teachers_and_goes_on_after_a_kill(tmp_path, monkeypatch):
    monkeypatch.setattr(material, "MADE_UP_IMAGES", 124)
    monkeypatch.setattr(material, "SPOILT_SCANS", 20)
    monkeypatch.setattr(train, "MADE_UP_IMAGES", 62)
    monkeypatch.setattr(train.pool, "load", few_images)
    monkeypatch.delenv("HWR_PENS", raising=False)
    once = replace(train.TEACHER, architecture="tiny", epochs=1)
    recipes = train.Recipes(once, once, replace(once, epochs=2))
    card = tmp_path / "mine.json"
    train.train_recognizer(card, tmp_path / "kept", recipes)
    made = Recognizer.load(card)
    assert "".join(made.outputs.classes) == CHARACTERS + NONE
    assert [epoch["epoch"] for epoch in made.card["history"]] == [1, 2]
    kept = {path.name for path in (tmp_path / "kept").iterdir()}
    assert kept == {"scans-teacher", "teacher", "student"}
    train.train_recognizer(card, tmp_path / "kept", recipes)  # nothing is left to do
    images, _ = synthetic.draw_images(9, 1)
    assert (Recognizer.load(card).logits(images) == made.logits(images)).all()
    assert transfer.load_pretrained(card).output_shape == (None, 63)


def few_images():
    splits = emnist.course()
    train_part, validation, test = (part.take(np.arange(400)) for part in splits)
    return Pool(replace(train_part, alphabet=POOL), validation, (test,), 0)
