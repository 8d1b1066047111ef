"""A reader that never cuts: what its network says becomes a word, with a box for every letter."""

import itertools

import numpy as np
import pytest
from helpers.words import written

from hwr._support import trial
from hwr._support.paths import ARTEFACTS
from hwr.ink import Ink
from hwr.words import word_reader
from hwr.words.letter_boxes import letter_boxes
from hwr.words.line_image import line_image
from hwr.words.prefix_beam import Decoded
from hwr.words.word_reader import WordReader, posteriors
from hwr.words.written_language import CLASSES, WRITTEN, classes_of

CARD = {"characters": WRITTEN, "weight": 0.5, "bonus": 0.5, "temperature": 1.0, "threshold": 0.5}


class Scripted:
    """Stands for a network that answers a text, a few frames a letter, or nothing."""

    def __init__(self, text):
        self.text = text

    def __call__(self, *_):
        return self

    def logits(self, line):
        frames = line.shape[1] // 2
        logits = np.zeros((frames, CLASSES), np.float32)
        logits[:, 0] = 9
        for place, label in enumerate(classes_of(self.text)):
            middle = int((place + 0.5) * frames / len(self.text))
            logits[middle, [0, label]] = 0, 9
        return logits


@pytest.fixture
def reads(monkeypatch):
    def make(text, **card):
        monkeypatch.setattr(word_reader, "LineNetwork", Scripted(text))
        return WordReader(b"", CARD | card)

    return make


def picture(ink, scale=40):
    low, high = ink.bounds()
    width, height = np.ceil((high - low) * scale + 60).astype(int)
    mask = np.zeros((height, width), np.float32)
    for stroke in ink.strokes:
        points = np.concatenate([np.linspace(*ends, 60) for ends in itertools.pairwise(stroke)])
        x, y = ((points - low) * scale + 30).astype(int).T
        for dx in range(-2, 3):
            for dy in range(-2, 3):
                mask[y + dy, x + dx] = 1
    return mask


@pytest.mark.parametrize("of", [lambda ink: ink, picture], ids=["pen", "picture"])
def test_every_letter_has_its_box_in_the_writing(reads, of):
    ink = written("moon")
    writing = of(ink)
    word = reads("moon").read(writing)
    assert (word.text, word.sure) == ("moon", True)
    assert [letter[0][0] for letter in word.letters] == list("moon")
    if isinstance(writing, Ink):
        low, high = writing.bounds()
    else:
        low, high = np.argwhere(writing).min(axis=0)[::-1], np.argwhere(writing).max(axis=0)[::-1]
    unit = np.ptp([low, high]) / 20
    np.testing.assert_allclose(word.boxes[:, :2].min(axis=0), low, atol=unit)
    np.testing.assert_allclose(word.boxes[:, 2:].max(axis=0), high, atol=unit)
    assert np.all(np.diff(word.boxes[:, 0]) > 0)
    assert np.all(word.boxes[1:, 0] >= word.boxes[:-1, 2] - unit)


def test_a_word_without_letters_has_no_boxes():
    ink = Ink([[(0, 0), (0, 10)]])
    assert letter_boxes(ink, *line_image(ink), np.zeros((0, 2), np.int64)).shape == (0, 4)


def test_blanks_are_nothing_and_nothing_is_nothing(reads):
    assert reads("").read(written("moon")).text == ""
    assert reads("moon").read(Ink()).text == ""
    assert not reads("").read(written("moon")).sure


def test_what_is_less_probable_is_not_sure(reads):
    found = [Decoded("on", -1, -2.0), Decoded("no", -2, -3.0)]
    assert posteriors(found, 1.0) == pytest.approx([0.731, 0.269], abs=1e-3)
    assert posteriors(found, 4.0)[0] < 0.6
    assert not reads("moon", threshold=1.0, temperature=50.0).read(written("moon")).sure


def test_a_card_or_file_of_something_else_is_refused():
    with pytest.raises(ValueError, match="not that of a network of words"):
        WordReader(b"", {})
    with pytest.raises(ValueError, match="no LiteRT file"):
        WordReader(b"nothing", CARD)
    characters = (ARTEFACTS / "recognizer.tflite").read_bytes()
    with pytest.raises(ValueError, match="network of words turns lines of 40 rows"):
        trial.require_runs(characters + b" ", "other", (40, 1, CLASSES))
