"""The Explorer without a browser: its terms give every value of every network."""

import asyncio
import re
import subprocess
import sys
from html import unescape

import numpy as np
import pytest
from helpers.hands import mime_bundle, note, send
from helpers.networks import NAMES, built

from hwr import transfer
from hwr._support.keras import keras
from hwr.datasets import synthetic
from hwr.ink import Ink, convert
from hwr.interactive import Explorer
from hwr.interactive.explorer.origin import explain
from hwr.interactive.explorer.steps import Network
from hwr.interactive.explorer.strip import ON_THE_EDGE
from hwr.interactive.explorer.windows import Box, receptive_field
from hwr.pads import html

layers = keras.layers
G = synthetic.draw("g", np.random.default_rng(4))
IMAGE = convert(G)
TOLERANCE = 1e-5
"""As a share of a layer's largest absolute value, where that is above 1."""


def sequential(*parts):
    return keras.Sequential([keras.Input((28, 28, 1)), *parts])


def single():
    """A network of one convolution, as in lesson 01."""
    keras.utils.set_random_seed(2)
    return sequential(layers.Conv2D(2, 3, activation="relu", name="first"))


def nested():
    """A network with two others inside, one of them functional, and layers called by operators."""
    keras.utils.set_random_seed(5)
    inner = keras.Sequential([keras.Input((26, 26, 4)), layers.MaxPooling2D(2), layers.ReLU()])
    images = keras.Input((28, 28, 1))
    x = inner(layers.Conv2D(4, 3)(layers.Rescaling(2.0, offset=-1.0)(images)))
    maps = keras.Input((13, 13, 4))
    halves = keras.Model(maps, layers.Average()([maps, layers.ReLU()(maps)]), name="halves")
    return keras.Model(images, layers.GlobalMaxPooling2D()(halves(x)))


def unusual():
    """A network of layers and settings that no network of the course has."""
    keras.utils.set_random_seed(6)
    images = keras.Input((28, 28, 1))
    x = layers.Conv2D(8, 3, dilation_rate=2, padding="same", activation="tanh")(images)
    x = layers.Conv2D(8, 3, strides=2, padding="same", groups=2, activation="elu")(x)
    x = layers.SeparableConv2D(6, 3, depth_multiplier=2, activation="softmax")(x)
    x = layers.Cropping2D(1)(layers.UpSampling2D(2)(x))
    x = layers.Permute((2, 1, 3))(layers.LeakyReLU()(x))
    x = layers.Maximum()([x, layers.Minimum()([layers.PReLU()(x), layers.ELU()(x)])])
    x = layers.Multiply()([x, layers.GlobalAveragePooling2D(keepdims=True)(x)])
    x = layers.Dense(5, activation="gelu")(layers.SpatialDropout2D(0.5)(x))
    x = layers.AveragePooling2D(3, 2, "same")(layers.Reshape((22, 22, 5))(x))
    x = layers.Dense(10, activation="softmax")(layers.Flatten()(x))
    return keras.Model(images, x)


def operators():
    """A network that is written with operators and functions of keras.ops."""
    keras.utils.set_random_seed(7)
    images = keras.Input((28, 28, 1))
    x = layers.Conv2D(4, 3, padding="same")(1 - images / 0.5)
    x = keras.ops.relu(x) + layers.RandomRotation(0.1)(x) * 3
    x = layers.MaxPooling2D(4)(x - keras.ops.tanh(x) * x)
    return keras.Model(images, layers.Dense(3)(layers.Flatten()(x)))


NETWORKS = {
    **{name: lambda name=name: built(name) for name in NAMES},
    "pretrained": transfer.load_pretrained,
    "single": single,
    "nested": nested,
    "unusual": unusual,
    "operators": operators,
}


def indices(shape, rng, count=6):
    """Return places of a layer: its corners, and some others."""
    corners = [tuple(0 for _ in shape), tuple(side - 1 for side in shape)]
    return corners + [tuple(int(rng.integers(side)) for side in shape) for _ in range(count)]


# --- the terms ---------------------------------------------------------------------------------


@pytest.mark.parametrize("name", NETWORKS)
def test_the_terms_give_the_networks_own_values(name):
    model = NETWORKS[name]()
    network, rng = Network(model), np.random.default_rng(3)
    values = network.run(IMAGE)
    own = model(IMAGE[None, ..., None] / np.float32(255), training=False)[0]
    np.testing.assert_allclose(values[-1], own, rtol=0, atol=1e-6 * np.abs(own).max())
    for number, shape in enumerate(network.shapes):
        scale = max(1.0, float(np.abs(values[number]).max()))
        for index in indices(shape, rng):
            origin = explain(network, values, number, index)
            assert origin.value == values[number][index]
            assert origin.kind != "unknown"
            assert abs(origin.result - origin.value) < TOLERANCE * scale, (number, index)


@pytest.mark.parametrize("name", ["pretrained", "unusual", "operators"])
def test_the_numbers_on_the_page_add_up(name):
    explorer = Explorer(NETWORKS[name](), G)
    rng = np.random.default_rng(1)
    for number, shape in enumerate(explorer.network.shapes):
        for index in indices(shape, rng, 1):
            explorer.choose(number, index)
            assert note(explorer) == ""
            shown = explorer.terms.value
            terms = [float(value) for value in numbers(shown, "term")]
            totals = [float(value) for value in numbers(shown, "total")]
            value = float(explorer.values[number][index])
            scale = max(1.0, float(np.abs(explorer.values[number]).max()))
            if terms:
                assert abs(sum(terms) - totals[0]) < 1e-9 * max(1, np.abs(terms).sum())
            if totals:
                assert abs(totals[-1] - value) < TOLERANCE * scale


def numbers(markup, kind):
    return re.findall(rf'<td class="{kind}" data-value="([^"]+)"', markup)


@pytest.mark.parametrize(
    "name", ["lenet", "resnet", "tiny", "single", "nested", "unusual", "operators"]
)
def test_nothing_outside_the_receptive_field_changes_a_value(name):
    network, rng = Network(NETWORKS[name]()), np.random.default_rng(2)
    other = rng.integers(0, 255, (28, 28)).astype(np.uint8)
    for number, shape in enumerate(network.shapes):
        for index in indices(shape, rng, 2):
            top, left, bottom, right = receptive_field(network, number, index)
            changed = other.copy()
            changed[top:bottom, left:right] = IMAGE[top:bottom, left:right]
            before, after = (network.run(image)[number][index] for image in (IMAGE, changed))
            assert after == pytest.approx(before, abs=1e-5), (number, index)


def test_receptive_fields_as_counted_by_hand():
    network = Network(built("lenet"))
    assert receptive_field(network, 1, (5, 7, 0)) == (5, 7, 8, 10)  # 3 x 3
    assert receptive_field(network, 2, (5, 7, 0)) == (10, 14, 14, 18)  # 4 x 4, two apart
    assert receptive_field(network, 3, (0, 0, 0)) == (0, 0, 8, 8)
    flat = Network(built("lenet")).shapes[5][0]
    assert receptive_field(network, 5, (flat - 1,)) == receptive_field(network, 4, (4, 4, 15))
    assert receptive_field(network, 8, (0,)) == (0, 0, 26, 26)  # what valid padding leaves over


def test_a_maximum_names_its_winner_and_an_average_ignores_padding():
    keras.utils.set_random_seed(1)
    pooling = layers.MaxPooling2D(3, 2, "same")
    network = Network(sequential(pooling, layers.AveragePooling2D(3, 1, "same")))
    image = np.random.default_rng(0).integers(0, 255, (28, 28)).astype(np.uint8)
    values = network.run(image)
    origin = explain(network, values, 1, (13, 13, 0))
    assert not origin.inside.all()
    row, column, _ = origin.winner
    box = origin.regions[0].box
    assert image[box.top + row, box.left + column] == round(origin.value * 255)
    assert origin.inside[origin.winner]
    corner = explain(network, values, 2, (0, 0, 0))
    assert corner.inside.sum() == 4
    assert corner.weights.max() == 1 / 4


# --- networks that it cannot open --------------------------------------------------------------


class Own(keras.Model):
    def call(self, images):
        return images


def two_inputs():
    first, second = keras.Input((28, 28, 1)), keras.Input((28, 28, 1))
    return keras.Model([first, second], layers.Add()([first, second]))


def recurrent():
    return sequential(layers.Reshape((28, 28)), layers.LSTM(4, return_sequences=True))


@pytest.mark.parametrize(
    ("network", "sentence"),
    [
        ("lenet", "this is str: give a keras.Model, such as models.build"),
        (keras.Sequential([layers.Conv2D(2, 3)]), "begin it with keras.Input"),
        (Own(), "build the network with keras.Sequential, or with keras.Model"),
        (two_inputs(), "one image of shape (28, 28, 1)"),
        (keras.Sequential([keras.Input((32, 32, 3)), layers.Flatten()]), "(32, 32, 3)"),
        (sequential(layers.Conv2D(2, 3), Own()), "build the network with keras.Sequential"),
        (recurrent(), "has an output of shape (28, 28)"),
    ],
)
def test_a_network_that_it_cannot_open_is_refused_in_one_sentence(network, sentence):
    with pytest.raises(ValueError, match=re.escape(sentence)) as refused:
        Explorer(network)
    assert str(refused.value).count(". ") == 0


def test_an_alphabet_of_another_size_is_refused():
    with pytest.raises(ValueError, match="10 classes and the network ends in 62 units"):
        Explorer(built("tiny"), alphabet="10")


def test_an_unknown_layer_is_shown_and_says_so():
    explorer = Explorer(sequential(layers.Conv2D(4, 3), layers.LayerNormalization()), G)
    explorer.choose(2, (3, 4, 1))
    assert "a LayerNormalization layer, which the Explorer shows but cannot" in said(explorer)


def test_the_network_stays_as_it_was():
    model = built("lenet")
    before = [layer.output.shape for layer in model.layers]
    Explorer(model, G)
    assert [layer.output.shape for layer in model.layers] == before  # fails for a second call


def test_it_follows_the_weights_of_a_network_that_is_trained_further():
    model = single()
    explorer = Explorer(model, G)
    before = explorer.values[1].copy()
    model.layers[0].kernel.assign(-model.layers[0].kernel)
    explorer.sheet.undo()
    explorer.sheet.begin((100, 100))
    explorer.sheet.extend((200, 300))
    explorer.sheet.end()
    assert not np.allclose(explorer.values[1], before)
    assert abs(explorer.origin.result - explorer.origin.value) < TOLERANCE


# --- the widget --------------------------------------------------------------------------------


def said(explorer):
    return unescape(html.strip_tags(explorer.message.value))


def click(explorer, number, index):
    """Click on the middle of a value's square, as a browser does."""
    strip = explorer.strips[number]
    row, column = strip.grid.square(index)
    x, y = (2 * (ON_THE_EDGE + (at + 0.5) * strip.grid.scale) for at in (column, row))
    send(strip.canvas[-1], event="mouse_down", x=x, y=y)


def press(explorer, number, *keys):
    for key in keys:
        content = {"event": "key_down", "key": key}
        for extra in ("shift_key", "ctrl_key", "meta_key"):
            content[extra] = False
        send(explorer.strips[number].canvas[-1], **content)


@pytest.fixture
def lenet():
    return Explorer(built("lenet"), G)


def test_a_click_on_any_map_chooses_its_value(lenet):
    rng = np.random.default_rng(0)
    for number, shape in enumerate(lenet.network.shapes):
        for index in indices(shape, rng, 3):
            click(lenet, number, index)
            assert lenet.chosen == (number, index)
            assert lenet.origin.value == lenet.values[number][index]
    assert note(lenet) == ""


def test_keys_move_within_a_map_and_to_the_next_one(lenet):
    lenet.choose(names(lenet)[1], (3, 24, 1))
    press(lenet, 1, "ArrowDown", "ArrowRight")
    assert lenet.chosen == (1, (4, 25, 1))
    press(lenet, 1, "ArrowRight")
    assert lenet.chosen == (1, (4, 0, 2))
    press(lenet, 1, "ArrowLeft", "ArrowUp", "ArrowUp", "ArrowUp", "ArrowUp", "ArrowUp")
    assert lenet.chosen == (1, (0, 25, 1))
    press(lenet, 1, "PageDown")
    assert lenet.chosen == (2, (6, 6, 0))
    press(lenet, 2, "PageUp", "PageUp", "PageUp")
    assert lenet.chosen[0] == 1
    press(lenet, 8, "ArrowLeft")  # a layer in which nothing is chosen: its first value
    assert lenet.chosen == (8, (0,))
    press(lenet, 8, "ArrowLeft", "ArrowRight", "ArrowRight")
    assert lenet.chosen == (8, (2,))


def names(explorer):
    return [step.name for step in explorer.network.steps]


def test_the_sentence_says_what_was_computed(lenet):
    lenet.choose(3, (5, 5, 8))
    first, second = names(lenet)[2:4]
    assert said(lenet).startswith(f"Row 5, column 5 of map 8 of {second} is ")
    assert f"the 3 × 3 patch of {first} in each of 6 maps times kernel 8" in said(lenet)
    lenet.choose(8, (10,))
    assert said(lenet).startswith("The logit of A is ")
    with pytest.raises(ValueError, match=re.escape("has no value at (9, 9, 99)")):
        lenet.choose(3, (9, 9, 99))
    with pytest.raises(ValueError, match="There is no layer 'convolution': choose one of image"):
        lenet.choose("convolution", (0, 0, 0))


def test_maps_and_terms_follow_the_pen(lenet):
    async def draw():
        lenet.sheet.clear()
        assert not lenet.image.any()
        shown = [lenet.strips[1].canvas, lenet.terms.value, lenet.bars.value]
        before = [values.copy() for values in lenet.values]
        lenet.sheet.begin((100, 100))
        for step in range(40):
            lenet.sheet.extend((100 + 6 * step, 100 + 2 * step))
            await asyncio.sleep(0.01)
        assert lenet.sheet.drawing
        during = lenet.image.copy()
        assert during.any()
        assert not np.array_equal(lenet.values[1], before[1])
        assert lenet.terms.value != shown[1]
        heard = said(lenet)
        lenet.sheet.extend((300, 400))
        lenet.sheet.end()
        assert said(lenet) != heard  # once a stroke
        assert not np.array_equal(lenet.image, during)

    lenet.choose(8, (3,))
    asyncio.run(draw())
    assert note(lenet) == ""


def test_a_drawing_can_be_strokes_or_an_image():
    from_ink, from_image = (Explorer(single(), drawing) for drawing in (G, IMAGE))
    np.testing.assert_array_equal(from_image.image, IMAGE)
    np.testing.assert_array_equal(from_ink.image, IMAGE)
    assert from_ink.chosen[0] == 1  # the strongest value of the first layer
    assert from_ink.origin.value == np.abs(from_ink.values[1]).max()
    from_image.clear_button.click()
    assert not from_image.image.any()


def test_the_receptive_field_is_outlined_on_the_drawing_too():
    explorer = Explorer(single(), G)
    points = np.concatenate([np.asarray(stroke) for stroke in explorer.sheet.strokes])
    radius = explorer.ink.pen * np.ptp(points, axis=0).max() / 2
    for row, column in zip(*np.nonzero(explorer.image > 128), strict=True):
        left, top, width, height = explorer.on_sheet(Box(row, column, row + 1, column + 1))
        assert width == height
        away = np.hypot(*(points - (left + width / 2, top + height / 2)).T).min()
        assert away < radius + width
    explorer.clear_button.click()
    assert explorer.on_sheet(Box(0, 0, 3, 3)) is None


def test_without_a_drawing_it_shows_empty_paper():
    explorer = Explorer(single(), Ink())  # of a pad that was cleared
    assert explorer.chosen == Explorer(single()).chosen == (1, (13, 13, 0))
    assert explorer.origin.value == 0
    assert explorer.bars.value == ""  # a convolution gives no classes
    assert mime_bundle(explorer)[1]["image/png"]["alt"].startswith("An image and the maps of 1")


def test_fields_name_the_chosen_value_and_choose_another(lenet):
    fields = lenet.fields
    click(lenet, 3, (2, 4, 9))
    place = (fields.layer.value, fields.row.value, fields.column.value, fields.map.value)
    assert place == (3, 2, 4, 9)
    assert (fields.row.max, fields.map.max) == (10, 15)
    fields.row.value = 7
    assert lenet.chosen == (3, (7, 4, 9))
    fields.layer.value = 8
    assert lenet.chosen == (8, (0,))
    assert (fields.map.description, fields.row.layout.display) == ("unit", "none")
    fields.map.value = 61
    assert said(lenet).startswith("The logit of z is ")
    fields.layer.value = 0
    assert lenet.chosen == (0, (14, 14, 0))
    assert note(lenet) == ""


def test_the_figure_tells_where_the_value_comes_from():
    for name in ("lenet", "resnet", "single", "unusual"):
        explorer = Explorer(NETWORKS[name](), G)
        made = explorer.figure()
        assert made.alt.endswith(said(explorer))
        assert made.alt.startswith("An image and the maps of ")


def test_layers_have_names_for_screen_readers(lenet):
    for strip, step in zip(lenet.strips[1:], lenet.network.steps[1:], strict=True):
        assert strip.canvas.tooltip.startswith(f"{step.name}: {type(step.layer).__name__}")


def test_many_explorers_write_nothing_to_stderr():
    code = (
        "from hwr import interactive, models\n"
        "for _ in range(8): interactive.Explorer(models.build('tiny', 10))"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stderr == ""


def test_a_network_that_scales_by_itself_gets_what_it_was_trained_on():
    body = [layers.Rescaling(1 / 255), layers.Conv2D(4, 3), layers.Flatten(), layers.Dense(10)]
    model = keras.Sequential([keras.Input((28, 28, 1)), *body])
    drawing = synthetic.draw("g", seed=4)
    explorer = Explorer(model, drawing)
    wanted = np.asarray(model(explorer.image[None, ..., None].astype(np.float32)))[0]
    np.testing.assert_allclose(explorer.values[-1], wanted, atol=1e-5)
    assert explorer.values[0].max() == 255
    assert explorer.values[1].max() == pytest.approx(1)
