"""The page with networks of 10, 26, 47, 62 and own characters, against Python, in Node."""

import numpy as np
import pytest
from helpers import networks, own_alphabets
from helpers.pages import needs_runtime

from hwr._support.keras import keras
from hwr.alphabets import get_alphabet
from hwr.datasets import synthetic
from hwr.export import to_litert
from hwr.ink import convert
from hwr.recognizer import Recognizer
from hwr.web import page_data, read_in_node, run_js
from hwr.words.characters import spreading_matrix

layers = keras.layers
OFFERED = {
    "10": ["10"], "26": ["26"], "47": ["47", "26", "10"], "62": ["62", "47", "26", "10"],
    "+−×÷": ["+−×÷"], "äöüß": ["äöüß"],
}  # fmt: skip


def recognizer_of(name):
    return Recognizer(own_alphabets.litert(name), own_alphabets.card_of(name))


@pytest.mark.parametrize("name", own_alphabets.ALPHABETS)
def test_the_page_offers_what_its_network_can_answer(name):
    data = page_data(recognizer_of(name))
    assert [alphabet["name"] for alphabet in data["alphabets"]] == OFFERED[name]
    assert data["card"]["classes"] == list(data["alphabets"][0]["classes"])
    assert (data["words"] is None) == (name in ("10", "+−×÷", "äöüß"))


READ = """
const { Recognizer } = await import("hwr/recognizer.js");
const recognizer = new Recognizer(data, { logits: () => logits });
const read = (name) => images.map((image) => recognizer.read(Uint8Array.from(image), name));
const plain = ({ candidates, probabilities }) => [candidates, probabilities];
return {
  own: read().map(plain),
  offered: data.alphabets.map(({ name }) => read(name).map(plain)),
  characters: recognizer.characterProbabilities(images),
};
"""


@pytest.mark.parametrize("name", own_alphabets.ALPHABETS)
def test_it_folds_as_python_does(name):
    """One image, so that the network in Node's place gives the right logits."""
    recognizer = recognizer_of(name)
    image = convert(own_alphabets.draw(recognizer.alphabet.classes[3]))
    data = page_data(recognizer)
    logits = recognizer.logits(image[None])
    found = run_js(READ, data=data | {"network": None}, images=image.reshape(1, -1), logits=logits)
    [(candidates, _)] = found["own"]
    assert candidates[0][0] == recognizer.alphabet.classes[3]
    for alphabet, [(_, probabilities)] in zip(OFFERED[name], found["offered"], strict=True):
        expected = recognizer.read(image, alphabet, converted=True).probabilities
        np.testing.assert_allclose(probabilities, expected, atol=1e-5)
    uniform = recognizer.probabilities(image[None], "uniform")
    characters = uniform @ spreading_matrix(recognizer.alphabet)
    np.testing.assert_allclose(found["characters"], characters, atol=1e-6)


@needs_runtime
@pytest.mark.parametrize("name", own_alphabets.ALPHABETS)
def test_the_network_answers_as_in_python(name):
    recognizer = recognizer_of(name)
    classes = recognizer.alphabet.classes
    images = np.stack([convert(own_alphabets.draw(character)) for character in classes])
    answers = read_in_node(recognizer, images)
    assert answers.probabilities.argmax(axis=1).tolist() == list(range(len(classes)))
    expected = recognizer.probabilities(images, "uniform")
    np.testing.assert_allclose(answers.probabilities, expected, atol=1e-5)


def activated(**activation):
    return [layers.Conv2D(4, 3, **activation), layers.Flatten()]


HIDDEN = {
    "batch normalisation after a convolution": lambda: [
        layers.Conv2D(4, 3, use_bias=False), layers.BatchNormalization(), layers.ReLU(),
        layers.Flatten(),
    ],
    "batch normalisation first": lambda: [layers.BatchNormalization(), layers.Flatten()],
    "batch normalisation after the activation": lambda: [
        layers.Conv2D(4, 3, activation="relu"), layers.BatchNormalization(), layers.Flatten(),
        layers.Dense(8), layers.BatchNormalization(),
    ],
    "average pooling": lambda: [layers.AveragePooling2D(2), *activated()],
    "average pooling with a border": lambda: [layers.AveragePooling2D(3, 2, "same"), *activated()],
    "global average pooling": lambda: [layers.Conv2D(8, 5), layers.GlobalAveragePooling2D()],
    "global maximum pooling": lambda: [layers.Conv2D(8, 5), layers.GlobalMaxPooling2D()],
    "leaky ReLU": lambda: activated(activation="leaky_relu"),
    "leaky ReLU as a layer": lambda: [
        layers.Conv2D(4, 3), layers.LeakyReLU(0.1), layers.Flatten(),
    ],
    "ELU": lambda: activated(activation="elu"),
    "tanh": lambda: activated(activation="tanh"),
    "sigmoid": lambda: activated(activation="sigmoid"),
    "SiLU": lambda: activated(activation="silu"),
    "dropout": lambda: [layers.Dropout(0.3), *activated(activation="relu"), layers.Dropout(0.5)],
    "separable convolution": lambda: [layers.SeparableConv2D(4, 3), layers.Flatten()],
}  # fmt: skip


@needs_runtime
@pytest.mark.parametrize("name", HIDDEN)
def test_layers_of_learners_networks_run_in_the_page(name):
    keras.utils.set_random_seed(5)
    model = keras.Sequential([keras.Input((28, 28, 1)), *HIDDEN[name](), layers.Dense(10)])
    networks.unsettle(model)
    recognizer = Recognizer(to_litert(model), own_alphabets.card_of("10"))
    images, _ = synthetic.draw_images(62, seed=7)
    expected = recognizer.probabilities(images, "uniform")
    assert expected.std(axis=0).min() > 1e-4  # images matter
    np.testing.assert_allclose(read_in_node(recognizer, images).probabilities, expected, atol=1e-5)


SENTENCES = """
const { className, hint, label, spokenName, whatToDraw, withoutWords } =
  await import("hwr/sentences.js");
return alphabets.map((alphabet) => [
  label(alphabet), hint(alphabet), whatToDraw(alphabet), withoutWords(alphabet),
  alphabet.classes.map((name) => [className(name, alphabet), spokenName(name, alphabet)]),
]);
"""


def test_own_characters_are_named():
    data = [page_data(recognizer_of(name))["alphabets"][0] for name in ("+−×÷", "äöüß", "10", "47")]
    signs, umlauts, digits, merged = run_js(SENTENCES, alphabets=data)
    assert signs[:3] == [["Its own characters", 4], "The characters + − × ÷.", "Draw + − × or ÷"]
    assert "knows only +−×÷, so the page reads single characters and no words" in signs[3]
    assert signs[4][3] == ["÷", "division sign"]
    assert umlauts[4][0] == ["ä", "small ä"]
    assert digits[:3] == [["Digits", 10], "The digits 0 to 9.", "Draw a digit"]
    assert digits[4][7] == ["7", "digit 7"]
    assert merged[2] == "Draw a digit or a letter"
    assert merged[4][12] == ["C/c", "letter C"]


def test_a_class_may_have_a_name_of_several_letters():
    card = own_alphabets.card_of("+−×÷") | {"classes": ["plus", "minus", "times", "over"]}
    recognizer = Recognizer(own_alphabets.litert("+−×÷"), card)
    (_, _, _, _, names) = run_js(SENTENCES, alphabets=page_data(recognizer)["alphabets"])[0]
    assert names[0] == ["plus", "plus"]
    assert get_alphabet(recognizer.alphabet).members == tuple("+−×÷")
