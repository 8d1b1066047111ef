"""Networks of the web page: read from a LiteRT file, and their weights as bytes."""

import base64
import functools

import numpy as np
import pytest
from helpers import networks, own_alphabets

from hwr import models
from hwr._support import card as card_file
from hwr._support.keras import keras
from hwr._support.keras import tensorflow as tf
from hwr.export import to_litert
from hwr.ink import SIDE
from hwr.recognizer import Recognizer
from hwr.web import litert, quantization
from hwr.words.word_reader import SHIPPED


def test_the_courses_network_is_its_layers(recognizer):
    read = litert.read_network(recognizer.weights)
    kinds = [operation.kind for operation in read.operations]
    model = models.build(recognizer.card["architecture"], len(recognizer.outputs))
    convolutions = [x for x in model.layers if isinstance(x, keras.layers.Conv2D)]
    assert kinds.count("CONV_2D") == len(convolutions)
    assert kinds[-3:] == ["RESHAPE", "FULLY_CONNECTED", "FULLY_CONNECTED"]
    # Only batches of any size need the first three; the last only turns weights into float32.
    assert not {"SHAPE", "STRIDED_SLICE", "PACK", "DEQUANTIZE"} & set(kinds)
    first = read.operations[0]
    assert first.settings == {
        "strides": [2, 2], "padding": "same", "dilations": [1, 1], "activation": "relu",
    }  # fmt: skip
    filters = convolutions[0].filters
    assert read.weights[first.inputs[1]].shape == (filters, 4, 4, 1)
    assert read.operations[-3].settings == {"shape": [-1, 3 * 3 * convolutions[-1].filters]}
    assert read.operations[-1].output == read.output


def test_its_first_layer_by_hand():
    """The weights of the first convolution are Keras's, transposed."""
    read = litert.read_network(networks.litert("cnn"))
    kernel, bias = networks.built("cnn").layers[1].get_weights()
    first = read.operations[0]
    np.testing.assert_array_equal(read.weights[first.inputs[1]], kernel.transpose(3, 0, 1, 2))
    np.testing.assert_array_equal(read.weights[first.inputs[2]], bias)
    assert read.weights[first.inputs[1]].dtype == np.float32


@pytest.mark.parametrize("name", models.ARCHITECTURES)
def test_every_architecture_is_read_whole(name):
    """Every parameter is there, except those of BatchNorm, which are folded into the others."""
    model, read = networks.built(name), litert.read_network(networks.litert(name))
    held = sum(weights.size for weights in read.weights.values())
    batch_norm = [x for x in model.layers if isinstance(x, keras.layers.BatchNormalization)]
    theirs = sum(layer.count_params() for layer in batch_norm)
    assert model.count_params() - theirs <= held <= model.count_params()
    outputs = [operation.output for operation in read.operations]
    for place, operation in enumerate(read.operations):  # each after its inputs
        known = {read.input, *read.weights, *outputs[:place]}
        assert set(operation.inputs) <= known


def stacked(*hidden, end=()):
    """Build a network of these hidden layers."""
    images = keras.Input((SIDE, SIDE, 1))
    dense = [keras.layers.Flatten(), keras.layers.Dense(62)]
    return keras.Sequential([images, *hidden, *dense, *end])


@pytest.mark.parametrize(
    ("build", "sentence"),
    [
        (lambda: stacked(keras.layers.UpSampling2D()), r"cannot run LiteRT.s TILE.*build it of"),
        (lambda: stacked(keras.layers.PReLU()), "cannot run LiteRT.s PRELU, which is in"),
        (lambda: stacked(end=[keras.layers.Softmax()]), "ends in a softmax: take it away"),
        (lambda: stacked(end=[keras.layers.Reshape((2, 31))]), "x 1 into 2 x 31: the page needs"),
    ],
)
def test_what_the_page_cannot_do_is_refused(build, sentence):
    with pytest.raises(ValueError, match=sentence):
        litert.read_network(to_litert(build()))


def test_a_network_of_another_shape_is_refused():
    with pytest.raises(ValueError, match=r"turns 32 x 32 x 3 into 62: the page needs"):
        litert.check_shapes((None, 32, 32, 3), (None, 62))
    for classes in (2, 10, 62):
        litert.check_shapes((None, 28, 28, 1), (None, classes))
    with pytest.raises(ValueError, match="turns 28 x 28 x 1 into 1: the page needs"):
        litert.check_shapes((None, 28, 28, 1), (None, 1))


def test_the_network_of_words_is_read_for_any_width():
    _, file = card_file.read(SHIPPED)
    read = litert.read_network(file, of_words=True)
    kinds = {operation.kind for operation in read.operations}
    assert kinds == {"CONV_2D", "MAX_POOL_2D", "MUL", "ADD", "PAD"}  # none that fixes a width
    assert quantization.encode(read)["precision"] == "float16"
    with pytest.raises(ValueError, match=r"turns 40 x any x 1 into 1 x any x 77: the page needs"):
        litert.read_network(file)


def test_what_is_no_network_of_words_is_refused(recognizer):
    for lines, logits in (
        ((1, 40, 160, 1), (1, 1, 80, 77)),  # one width
        ((None, 1, None, 8), (None, 1, None, 77)),  # a pen's path
        ((None, 40, None, 1), (None, 1, None, 63)),
    ):
        with pytest.raises(ValueError, match="the page reads words with one that turns images of"):
            litert.check_line_shapes(lines, logits)
    with pytest.raises(ValueError, match=r"turns 28 x 28 x 1 into 95: the page reads words with"):
        litert.read_network(recognizer.weights, of_words=True)


@pytest.mark.parametrize("file", [b"", b"PK\x03\x04 and so on", b"\x00" * 100])
def test_what_is_no_litert_file_is_refused(file):
    with pytest.raises(ValueError, match=r"no LiteRT file: give a recogniser's card"):
        litert.read_network(file)


def test_weights_that_are_not_float32_are_refused():
    converter = tf.lite.TFLiteConverter.from_keras_model(stacked())
    converter.optimizations = [tf.lite.Optimize.DEFAULT]  # weights of 8 bits
    with pytest.raises(ValueError, match="weights that are neither float32 nor float16: convert"):
        litert.read_network(converter.convert())


# --- precision ---------------------------------------------------------------------------------


def test_eight_bits_are_near_and_use_each_channels_range():
    values = np.random.default_rng(0).normal(size=(5, 3, 3, 7)).astype(np.float32)
    values[3] *= 1000
    values[4] = 0
    for axis in (0, 3):
        whole, scales = quantization.quantize(values, axis)
        assert whole.dtype == np.int8
        assert scales.shape == tuple(n if i == axis else 1 for i, n in enumerate(values.shape))
        assert np.all(np.abs(whole * scales - values) <= scales / 2 * 1.0001)
    whole, _ = quantization.quantize(values, 0)
    assert np.abs(whole[:4]).max(axis=(1, 2, 3)).tolist() == [127] * 4
    assert not whole[4].any()


@pytest.mark.parametrize(("bits", "bytes_each"), [("float32", 4), ("float16", 2), ("int8", 1)])
def test_weights_come_back_as_the_page_has_them(recognizer, bits, bytes_each):
    read = litert.read_network(recognizer.weights)
    described = quantization.encode(read, bits)
    for operation in read.operations:
        if operation.kind in ("CONV_2D", "FULLY_CONNECTED"):
            tensor = operation.inputs[1]
            weight, values = described["weights"][str(tensor)], read.weights[tensor]
            assert weight["type"] == bits
            assert len(base64.b64decode(weight["data"])) == bytes_each * values.size
            error = np.abs(quantization.decode(weight) - values).max() / np.abs(values).max()
            assert error <= {"float32": 0, "float16": 2**-11, "int8": 1 / 250}[bits]
            assert described["weights"][str(operation.inputs[2])]["type"] == "float32"  # its bias
    least = bytes_each * sum(values.size for values in read.weights.values())
    assert least <= quantization.weights_size(recognizer.weights, bits) < least + 15_000


@functools.cache
def half(name):
    """Return a network as a LiteRT file of float16, which LiteRT turns into float32."""
    converter = tf.lite.TFLiteConverter.from_keras_model(networks.built(name))
    converter.optimizations = [tf.lite.Optimize.DEFAULT]
    converter.target_spec.supported_types = [tf.float16]
    return converter.convert()


def operators(file):
    """Return how many operations LiteRT runs."""
    return len(litert.parse_model(file).subgraphs[0].operators)


@pytest.mark.parametrize("name", ["tiny", "other_layers"])
def test_weights_of_16_bits_are_read_and_stay_what_they_are(name):
    whole, halved = (litert.read_network(file) for file in (networks.litert(name), half(name)))
    assert [op.kind for op in halved.operations] == [op.kind for op in whole.operations]
    for before, after in zip(whole.operations, halved.operations, strict=True):
        for tensor, same in zip(before.inputs, after.inputs, strict=True):
            if tensor in whole.weights:
                rounded = whole.weights[tensor].astype(np.float16).astype(np.float32)
                np.testing.assert_array_equal(halved.weights[same], rounded)
    assert quantization.encode(whole)["precision"] == "float32"
    described = quantization.encode(halved)
    assert described["precision"] == "float16"
    for tensor, weight in described["weights"].items():
        np.testing.assert_array_equal(quantization.decode(weight), halved.weights[int(tensor)])


def test_a_weight_too_large_for_16_bits_stays_whole():
    read = litert.read_network(half("tiny"))
    read.weights[read.operations[0].inputs[1]][0, 0, 0, 0] = 70_000
    assert quantization.encode(read)["precision"] == "float32"


@pytest.mark.parametrize("saved", [networks.litert, half])
def test_a_rounded_file_reads_with_the_rounded_weights(saved):
    file, card = saved("tiny"), own_alphabets.card_of("62")
    images = np.random.default_rng(0).integers(0, 256, (20, SIDE, SIDE), dtype=np.uint8)
    read = litert.read_network(file)
    exact, differences = Recognizer(file, card).logits(images), {}
    for bits in quantization.PRECISIONS:
        rounded = quantization.round_weights(file, bits)
        assert operators(rounded) == operators(networks.litert("tiny"))
        weights = quantization.encode(read, bits)["weights"]
        for tensor, values in litert.read_network(rounded).weights.items():
            np.testing.assert_array_equal(values, quantization.decode(weights[str(tensor)]))
        differences[bits] = np.abs(Recognizer(rounded, card).logits(images) - exact).max()
    assert differences["float32"] < 1e-5
    assert differences["float16"] < differences["int8"] / 10
    assert (differences["float16"] > 1e-5) == (saved is not half)


def test_depthwise_kernels_have_their_channels_last():
    read = litert.read_network(networks.litert("tiny"))
    kernel = next(op for op in read.operations if op.kind == "DEPTHWISE_CONV_2D").inputs[1]
    weight = quantization.encode(read, "int8")["weights"][str(kernel)]
    assert weight["scales"]["shape"] == [1, 1, 1, 24]


def test_an_unknown_precision_is_refused(recognizer):
    with pytest.raises(ValueError, match="no precision 'int4': choose from float32, float16, int8"):
        quantization.encode(litert.read_network(recognizer.weights), "int4")
