"""The shipped recogniser is the network that was trained, and reads as well as its card says."""

import json
import shutil
from dataclasses import replace

import numpy as np
import pytest

from hwr import metrics, training, transfer
from hwr.alphabets import CHARACTERS, NONE
from hwr.cli import material, train
from hwr.cli.pool import POOL, Pool
from hwr.dataset import as_input
from hwr.datasets import emnist, fallback, synthetic
from hwr.recognizer import SHIPPED, Recognizer, softmax


def test_made_up_images_for_training_and_testing_have_different_seeds():
    seeds = {material.MADE_UP_SEED, fallback.SEED, emnist.MADE_UP_TEST_SEED}
    assert len(seeds) == 3


def test_litert_and_keras_agree_in_every_probability_on_1000_images():
    images, _ = synthetic.draw_images(1000, 17)
    keras_logits = transfer.load_pretrained().predict(as_input(images), verbose=0)
    litert = softmax(Recognizer.load().logits(images))
    # Each rounds to float16 in its own way: LiteRT only after it has folded in the BatchNorms.
    assert np.abs(litert - softmax(keras_logits)).max() < 2e-3
    assert litert.max(axis=1).min() < 0.9  # doubtful images, where a difference would show
    assert len(set(litert.argmax(axis=1))) >= len(CHARACTERS)  # many different answers


def test_it_reads_made_up_handwriting_no_worse_than_its_card_says():
    card = json.loads(SHIPPED.read_text())["measured"]["made-up, 62 classes"]
    figures = metrics.measure(Recognizer.load(), emnist.load_test_set("made-up"))
    assert figures["n"] == card["n"]
    assert figures["top1"] >= card["top1"] - 0.001  # as processors round
    assert card["top1"] > 0.8


def test_the_cards_figures_reach_the_courses_targets():
    measured = json.loads(SHIPPED.read_text())["measured"]
    assert measured["course test, 62 classes"]["top1"] >= 0.86
    assert measured["course test, 47 classes"]["top1"] >= 0.90
    assert measured["drawings to validate, 47 classes"]["top1"] >= 0.87
    assert measured["drawings to validate, 10 classes"]["top1"] >= 0.985


def test_missing_or_foreign_weights_are_refused_in_a_sentence(tmp_path):
    for file in (SHIPPED, SHIPPED.with_suffix(".tflite")):
        shutil.copy(file, tmp_path)
    with pytest.raises(ValueError, match=r"recognizer\.npz is missing or does not hold"):
        transfer.load_pretrained(tmp_path / SHIPPED.name)
    np.savez(tmp_path / "recognizer.npz", np.zeros((2, 2)))
    with pytest.raises(ValueError, match=r"the network of recognizer\.json: get both files"):
        transfer.load_pretrained(tmp_path / SHIPPED.name)


def test_a_small_recogniser_is_made_and_goes_on_after_a_kill(tmp_path, monkeypatch):
    monkeypatch.setattr(material, "MADE_UP_IMAGES", 124)
    monkeypatch.setattr(material, "SPOILT_SCANS", 20)
    monkeypatch.setattr(emnist, "MADE_UP_TEST_IMAGES", 124)
    monkeypatch.setattr(train.pool, "load", few_images)
    monkeypatch.delenv("HWR_PENS", raising=False)
    recipe = replace(train.RECIPE, architecture="tiny", epochs=2)
    card = tmp_path / "mine.json"
    train.train_recognizer(card, tmp_path / "kept", recipe)
    made = Recognizer.load(card)
    assert "".join(made.outputs.classes) == CHARACTERS + NONE
    assert [epoch["epoch"] for epoch in made.card["history"]] == [1, 2]
    monkeypatch.setattr(training, "_train_one_epoch", None)
    train.train_recognizer(card, tmp_path / "kept", recipe)  # nothing is left to do
    images, _ = synthetic.draw_images(9, 1)
    assert (Recognizer.load(card).logits(images) == made.logits(images)).all()
    assert transfer.load_pretrained(card).output_shape == (None, 63)


def few_images():
    splits = emnist.course()
    train_part, validation, test = (part.take(np.arange(400)) for part in splits)
    return Pool(replace(train_part, alphabet=POOL), validation, (test,), 0)
