"""Networks of any alphabet that read: a dense layer that finds the nearest of some drawings."""

import functools

import numpy as np
from HersheyFonts import HersheyFonts
from PIL import Image

from hwr._support.keras import keras
from hwr.alphabets import CHARACTERS, MARKS, NONE, from_classes, get_alphabet
from hwr.dataset import as_input
from hwr.datasets import doodles, synthetic
from hwr.export import save_recognizer, to_litert
from hwr.ink import Ink, conversion_steps, convert

ALPHABETS = ("10", "26", "47", "62", "+−×÷", "äöüß")
STROKES = {
    "+": [[(0, -1), (0, 1)], [(-1, 0), (1, 0)]],
    "−": [[(-1, 0), (1, 0)]],
    "×": [[(-1, -1), (1, 1)], [(1, -1), (-1, 1)]],
    "÷": [[(-1, 0), (1, 0)], [(0, -0.7), (0, -0.6)], [(0, 0.6), (0, 0.7)]],
    "ß": [[(-1, 2), (-1, -1), (0, -1.6), (0.6, -1), (0, -0.2), (0.9, 0.8), (0, 1.5)]],
}
DOTS = [[(-0.5, -2.2), (-0.5, -2.1)], [(0.5, -2.2), (0.5, -2.1)]]


def draw(character, seed=3):
    """Return a drawing of one of EMNIST's characters, of a mark, of an own one, or a doodle."""
    if character in CHARACTERS:
        return synthetic.draw(character, seed)
    if character == NONE:
        return doodles.draw("scribble", seed)
    if character in STROKES:
        return Ink(STROKES[character])
    if character in MARKS:
        font = HersheyFonts()
        font.load_default_font("futural")
        return Ink(list(font.strokes_for_text(character)))
    letter = synthetic.draw({"ä": "a", "ö": "o", "ü": "u"}[character], seed)
    return Ink([*letter.strokes, *DOTS], letter.pen)


def picture(character):
    """Return such a drawing as a picture: dark ink on bright paper."""
    drawn = conversion_steps(draw(character))["drawn"]
    return Image.fromarray(np.uint8(255 - 255 * np.pad(drawn, 40)))


def network(alphabet):
    """Return a Keras network whose logits say how near an image is to a drawing of each class."""
    drawings = as_input(np.stack([convert(draw(name)) for name in alphabet.classes]))
    known = drawings.reshape(len(alphabet), -1)
    images = keras.Input((28, 28, 1))
    nearness = keras.layers.Dense(len(alphabet))
    model = keras.Model(images, nearness(keras.layers.Flatten()(images)), name="nearest")
    nearness.set_weights([known.T / 2, -(known**2).sum(axis=1) / 4])
    return model


@functools.cache
def litert(name):
    """Return such a network of an alphabet, by its name, as a LiteRT file."""
    return to_litert(network(get_alphabet(name)))


def card_of(name):
    """Return what a card says about such a network."""
    alphabet = get_alphabet(name)
    classes = len(alphabet)
    return {
        "architecture": "nearest",
        "classes": list(alphabet.classes),
        "members": list(alphabet.members),
        "class_frequencies": [1 / classes] * classes,
        "temperature": 1.0,
        "threshold": 0.5,
        "measured": {f"validation, {classes} classes": {"top1": 0.9791}},
    }


def knowing_more():
    """Return such a network of the 62 characters, the marks, and what is no character; its card."""
    more = [*MARKS, NONE]
    return more_litert(), card_of("62") | {"more_classes": more}


@functools.cache
def more_litert():
    return to_litert(network(from_classes([*CHARACTERS, *MARKS, NONE])))


def save(folder, name, **changes):
    """Write such a network and its card, and return the card's path."""
    card = folder / "my_network.json"
    facts = {key: fact for key, fact in (card_of(name) | changes).items() if fact is not None}
    save_recognizer(card, litert(name), facts)
    return card
