"""The page with networks of 10, 26, 47, 62 and own characters, against Python, in Node."""

import numpy as np
import pytest
from helpers import networks, own_alphabets
from helpers.pages import needs_runtime

from hwr._support.keras import keras
from hwr.alphabets import CHARACTERS, MARKS, NONE, get_alphabet
from hwr.datasets import synthetic
from hwr.export import to_litert
from hwr.ink import convert
from hwr.recognizer import Recognizer
from hwr.web import page_data, read_in_node, run_js
from hwr.words.written_language import WRITTEN

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
    assert data["outputs"] == data["alphabets"][0]
    assert data["words"]["characters"] == WRITTEN  # words are read by a network of their own


READ = """
const { Recognizer } = await import("hwr/recognizer.js");
const recognizer = new Recognizer(data, { logits: () => logits });
const read = (name) => images.map((image) => recognizer.read(Uint8Array.from(image), name));
const plain = ({ candidates, probabilities }) => [candidates, probabilities];
return {
  own: read().map(plain),
  offered: data.alphabets.map(({ name }) => read(name).map(plain)),
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


# --- what is outside an alphabet ---------------------------------------------------------------


class Scripted:
    """A network that gives the logits of a row to an image whose first pixel is its number."""

    weights = own_alphabets.litert("62")

    def __init__(self, rows):
        self.rows = rows

    def logits(self, images):
        return self.rows[images[:, 0, 0]]


def knowing_more():
    """Return a recogniser of 62 characters, the marks and what is no character: 95 answers."""
    rows = np.random.default_rng(4).normal(0, 3, (95, 95)).astype(np.float32)
    rows += 9 * np.eye(95, dtype=np.float32)  # one for each class, mostly in little doubt
    card = {
        "class_frequencies": [*range(1, 63)],
        "more_classes": [*MARKS, NONE],
        "temperature": 1.3,
        "threshold": 0.6,
    }
    return Recognizer(Scripted(rows), card)


def test_marks_and_all_are_offered_where_they_are_known():
    data = page_data(knowing_more())
    names = [alphabet["name"] for alphabet in data["alphabets"]]
    assert names == ["62", "47", "26", "10", "marks", "all"]
    assert data["outputs"]["classes"] == (*CHARACTERS, *MARKS, NONE)


OUTSIDE = """
const { Recognizer } = await import("hwr/recognizer.js");
const recognizer = new Recognizer(data, { logits: (images) => images.map(([i]) => rows[i]) });
const read = (i, name) => recognizer.read(Uint8Array.of(i, 1), name);
const plain = ({ candidates, probabilities, outside, instead, sure }) =>
  [candidates.map(([name]) => name), probabilities, outside, instead, sure];
return {
  read: data.alphabets.map(({ name }) => rows.map((_, i) => plain(read(i, name)))),
  empty: plain(recognizer.read([])),
};
"""


def test_what_is_outside_is_told_as_in_python():
    recognizer = knowing_more()
    rows = recognizer.network.rows
    images = np.zeros((len(rows), 28, 28), np.uint8)
    images[:, 0, 0], images[:, 0, 1] = np.arange(len(rows)), 255
    data = page_data(recognizer)
    found = run_js(OUTSIDE, data=data | {"network": None, "words": None}, rows=rows)
    insteads, sures = set(), set()
    for alphabet, readings in zip(data["alphabets"], found["read"], strict=True):
        for image, (names, probabilities, outside, instead, sure) in zip(
            images, readings, strict=True
        ):
            expected = recognizer.read(image, alphabet["name"], converted=True)
            assert names == [name for name, _ in expected.candidates]
            np.testing.assert_allclose(probabilities, expected.probabilities, atol=1e-6)
            assert outside == pytest.approx(expected.outside, abs=1e-6)
            assert (instead, sure) == (expected.instead, expected.sure)
            if outside >= 0.5:
                insteads.add(instead)
            sures.add((sure, outside >= 0.5))
    assert len(insteads) > 30
    assert NONE in insteads
    assert sures == {(True, False), (False, False), (False, True)}
    assert found["empty"][2:] == [0, "", False]


SAID = """
const { among, outsideSentence, screenReaderText } = await import("hwr/sentences.js");
const { outputs, alphabets } = data;
return asked.map(([instead, name]) => {
  const alphabet = alphabets.find((each) => each.name === name);
  const candidates = [[alphabet.classes[4], 0.62], [alphabet.classes[1], 0.2]];
  const reading = { candidates, alphabet, outside: 0.7, instead, sure: false };
  return [
    outsideSentence(instead, alphabet, outputs), among(alphabet),
    screenReaderText(reading, outputs), screenReaderText({ ...reading, outside: 0.4 }, outputs),
  ];
});
"""


def test_what_is_outside_is_said():
    asked = [("A", "10"), ("7", "26"), ("?", "62"), ("!", "47"), ("g", "marks"), (NONE, "all")]
    data = page_data(knowing_more()) | {"network": None, "words": None}
    sentences = run_js(SAID, data=data, asked=asked)
    assert [(first, among) for first, among, *_ in sentences] == [
        ("That is no digit: it looks like a capital A.", "Of the digits"),
        ("That is no letter: it looks like the digit 7.", "Of the letters"),
        ("That is none of these characters: it looks like a question mark.", "Of these characters"),
        (
            "That is none of these characters: it looks like an exclamation mark.",
            "Of these characters",
        ),
        ("That is no mark: it looks like a small g.", "Of the marks"),
        ("This looks like no character.", "Of these characters"),
    ]
    [_, _, outside, inside] = sentences[0]
    answers = "digit 4, 62 percent; else digit 1, 20 percent."
    assert (
        outside
        == f"That is no digit: it looks like a capital A. Of the digits, most like {answers}"
    )
    assert inside == f"Not sure: perhaps {answers}"


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
const { className, hint, label, spokenName, whatToDraw } =
  await import("hwr/sentences.js");
return alphabets.map((alphabet) => [
  label(alphabet), hint(alphabet), whatToDraw(alphabet),
  alphabet.classes.map((name) => [className(name, alphabet), spokenName(name, alphabet)]),
]);
"""


def test_own_characters_are_named():
    data = [page_data(recognizer_of(name))["alphabets"][0] for name in ("+−×÷", "äöüß", "10", "47")]
    signs, umlauts, digits, merged = run_js(SENTENCES, alphabets=data)
    assert signs[:3] == [["Its own characters", 4], "The characters + − × ÷.", "Draw + − × or ÷"]
    assert signs[3][3] == ["÷", "division sign"]
    assert umlauts[3][0] == ["ä", "small ä"]
    assert digits[:3] == [["Digits", 10], "The digits 0 to 9.", "Draw a digit"]
    assert digits[3][7] == ["7", "digit 7"]
    assert merged[2] == "Draw a digit or a letter"
    assert merged[3][12] == ["C/c", "letter C"]


def test_the_choice_of_alphabets_is_named_in_order():
    code = """
        const { hint, inOrder, label, whatToDraw } = await import("hwr/sentences.js");
        return inOrder(alphabets).map((each) => [...label(each), whatToDraw(each), hint(each)]);
    """
    data = page_data(knowing_more())["alphabets"]
    *_, marks, everything = offered = run_js(code, alphabets=data)
    names = [["Digits", 10], ["Letters", 26], ["Both", 47], ["Aa apart", 62]]
    assert [each[:2] for each in offered] == [*names, ["Marks", 32], ["All", 94]]
    assert marks[2:] == ["Draw a mark", "The 32 marks of a keyboard, such as , . ? ! and &."]
    assert everything[2] == "Draw a digit, a letter or a mark"


def test_a_class_may_have_a_name_of_several_letters():
    card = own_alphabets.card_of("+−×÷") | {"classes": ["plus", "minus", "times", "over"]}
    recognizer = Recognizer(own_alphabets.litert("+−×÷"), card)
    (_, _, _, names) = run_js(SENTENCES, alphabets=page_data(recognizer)["alphabets"])[0]
    assert names[0] == ["plus", "plus"]
    assert get_alphabet(recognizer.alphabet).members == tuple("+−×÷")
