"""A network of words is trained by CTC, goes on after a kill, and reads what it has learned."""

import json
from dataclasses import replace

import numpy as np
import pytest
from helpers.words import WORDS, small_material, written

from hwr import export
from hwr._support.keras import keras
from hwr.cli import main as command_line
from hwr.cli import train_words, word_calibration, word_material, word_texts, word_training
from hwr.cli.ctc_loss import ctc_losses, targets
from hwr.cli.word_batches import gather
from hwr.cli.word_training import WordRecipe, fit_words
from hwr.datasets.joined_words import Piece
from hwr.ink import Ink
from hwr.web import litert
from hwr.words import networks
from hwr.words.ctc import log_probability
from hwr.words.line_image import COLUMNS_PER_FRAME, HEIGHT
from hwr.words.word_reader import WordReader
from hwr.words.written_language import CLASSES, classes_of

_layers = keras.layers
SMALL = WordRecipe(epochs=2, batches=3, batch_size=4, averaging=0.5)


def small_network():
    """A network of the same form that computes in no time."""
    inputs = keras.Input((HEIGHT, None, 1))
    x = _layers.AveragePooling2D((4, COLUMNS_PER_FRAME))(inputs)
    x = _layers.Conv2D(48, (HEIGHT // 4, 5), use_bias=False)(_layers.ZeroPadding2D((0, 2))(x))
    x = _layers.ReLU()(_layers.BatchNormalization(momentum=0.8)(x))
    x = _layers.Conv2D(48, (1, 7), padding="same", activation="relu")(x)
    return keras.Model(inputs, _layers.Conv2D(CLASSES, 1)(x))


@pytest.fixture
def small(monkeypatch):
    monkeypatch.setattr(networks, "build", small_network)
    monkeypatch.setattr(word_material, "load", lambda _: small_material())
    monkeypatch.setattr(word_texts, "LANGUAGES", ("en",))
    monkeypatch.setattr(word_calibration, "WEIGHTS", (0.5,))
    monkeypatch.setattr(word_calibration, "BONUSES", (0.0, 0.6))


def test_the_loss_is_minus_the_forward_sum_and_empty_texts_have_one_path():
    rng = np.random.default_rng(1)
    lines = [np.zeros((HEIGHT, columns, 1), np.float32) for columns in (12, 20, 17)]
    batch = gather(lines, ["A-a", "", "mm"])
    logits = rng.normal(0, 2, (3, 16, CLASSES)).astype(np.float32)
    losses = np.asarray(ctc_losses(logits, *targets(batch)))
    for row, frames, text, loss in zip(logits, batch.frames, batch.texts, losses, strict=True):
        shares = row[:frames] - np.log(np.exp(row[:frames]).sum(axis=1, keepdims=True))
        assert loss == pytest.approx(-log_probability(shares, classes_of(text)), rel=1e-4)


def test_a_network_learns_to_read_a_few_words(tmp_path, monkeypatch):
    monkeypatch.setattr(networks, "build", small_network)
    pieces = [Piece(word, written(word)) for word in WORDS]
    recipe = WordRecipe(4, 40, 8, 1e-2, averaging=0.8)
    found = fit_words(recipe, lambda rng: pieces[rng.integers(6)], pieces, tmp_path, {})
    assert found.history[-1]["loss"] < found.history[0]["loss"] / 5
    assert found.history[-1]["val_accuracy"] >= 4 / 6


def test_a_killed_training_goes_on_as_if_nothing_had_happened(tmp_path, small, capsys):
    material = small_material()
    known = material.validation
    whole = fit_words(SMALL, material.draw, known, tmp_path / "whole", {"a": 1})

    def killed(row):
        if row["epoch"] == 1:
            raise KeyboardInterrupt

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(word_training, "print_row", killed)
        with pytest.raises(KeyboardInterrupt):
            fit_words(SMALL, material.draw, known, tmp_path / "killed", {"a": 1})
    resumed = fit_words(SMALL, material.draw, known, tmp_path / "killed", {"a": 1})
    for one, other in zip(whole.model.get_weights(), resumed.model.get_weights(), strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-4, atol=1e-6)
    assert [row["epoch"] for row in resumed.history] == [1, 2]
    assert "epoch 2: loss" in capsys.readouterr().out
    with pytest.raises(ValueError, match="holds another training"):
        fit_words(replace(SMALL, seed=2), material.draw, known, tmp_path / "killed", {"a": 1})


def test_the_command_writes_a_reader_and_its_card(tmp_path, small, monkeypatch, capsys):
    monkeypatch.setattr(train_words, "RECIPE", replace(SMALL, epochs=1))
    monkeypatch.setenv("HWR_PENS", str(tmp_path))
    card = tmp_path / "mine.json"
    given = ["train", "words", "--out", str(card)]
    assert command_line.main([*given, "--checkpoints", str(tmp_path / "kept")]) == 0
    assert f"The network of words is in {card}." in capsys.readouterr().out
    facts = json.loads(card.read_text())
    assert "CC BY 4.0" in facts["data"]
    assert facts["inks"] == 12
    assert set(facts["measured"]["people's words"]) >= {"exact", "wrong of sure", "nothing"}
    assert facts["measured"]["numbers, codes and marks, joined"]["n"] == 1
    reader = WordReader.load(card)
    word = reader.read(written("moon"))
    assert len(word.boxes) == len(word.letters) == len(word.text)
    assert reader.read(Ink()).text == ""


def test_without_unipen_the_command_says_what_is_missing(monkeypatch, capsys):
    monkeypatch.delenv("HWR_PENS", raising=False)
    assert command_line.main(["train", "words"]) == 1
    assert "HWR_PENS names no folder" in capsys.readouterr().err


def test_the_threshold_lets_few_wrong_words_count_as_sure():
    shares, right = np.array([0.9, 0.8, 0.7, 0.6]), np.array([True, True, False, True])
    assert word_calibration.threshold_for(shares, right, 0.0) == 0.8
    assert word_calibration.threshold_for(shares, right, 0.3) == 0.6
    assert word_calibration.threshold_for(shares, ~right, 0.1) == 1.0


def test_the_network_is_small_and_the_page_knows_its_operations():
    network = networks.build()
    assert network.count_params() * 2 <= 2_000_000
    model = litert.parse_model(export.to_litert(network))
    kinds = {litert.translate(model, op).kind for op in model.subgraphs[0].operators}
    assert "CONV_2D" in kinds
