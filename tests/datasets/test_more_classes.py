"""Data of characters that a recogniser knows besides its own alphabet is read, too."""

import numpy as np
import pytest
from helpers import own_alphabets

from hwr.alphabets import get_alphabet
from hwr.dataset import Dataset
from hwr.datasets import Drawing, read_drawings, synthetic
from hwr.datasets.own.doubts import find_doubts
from hwr.datasets.own.orientation import orientation
from hwr.ink import convert
from hwr.recognizer import Recognizer

OWN, MORE = "0123456789", "ABEFGR"


@pytest.fixture(scope="module")
def recognizer():
    card = own_alphabets.card_of(OWN) | {"more_classes": [*MORE]}
    return Recognizer(own_alphabets.litert(OWN + MORE), card)


@pytest.fixture
def letters(recognizer, monkeypatch):
    """Letters, one of them with the label of another, where the course's network knows digits."""
    monkeypatch.setattr(Recognizer, "load", lambda: recognizer)
    images = np.stack([convert(own_alphabets.draw(each)) for each in MORE])
    labels = np.array([0, 1, 2, 3, 4, 0])
    return Dataset("letters", images, labels, get_alphabet(MORE), "made up")


def test_they_tell_how_images_are_stored(letters):
    assert orientation(letters) == "upright"
    turned = np.ascontiguousarray(letters.images.swapaxes(1, 2))
    stored = Dataset("letters", turned, letters.labels, letters.alphabet, "made up")
    assert orientation(stored) == "transposed"


def test_a_wrong_label_is_doubted(letters):
    found = find_doubts(letters)
    assert (found.read, found.readings) == (6, {5: "R"})


def test_a_group_draws_them(recognizer):
    drawn = [Drawing(each, "anna", synthetic.draw(each, 3)) for each in MORE]
    result = read_drawings(drawn, recognizer, MORE)
    assert [row.right for row in result.characters] == [1] * 6
    with pytest.raises(ValueError, match="None of these drawings shows"):
        read_drawings(drawn, recognizer)
