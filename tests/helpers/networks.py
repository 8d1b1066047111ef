"""Untrained networks for the tests of the web page. Every layer changes its input."""

import functools

import numpy as np

from benchmarks.systems import systems
from hwr import models
from hwr._support.keras import keras
from hwr._support.keras import tensorflow as tf
from hwr.export import to_litert

layers = keras.layers


def other_layers():
    """Build a network of layers that the course's networks lack."""
    wide = {"kernel_initializer": keras.initializers.RandomNormal(stddev=0.5)}
    images = keras.Input((28, 28, 1))
    x = layers.ZeroPadding2D(((0, 1), (2, 1)))(images)
    x = layers.Conv2D(4, 3, strides=2, activation="relu6", **wide)(x)
    x = layers.Concatenate()([layers.MaxPooling2D(3, 1, "same")(x), layers.Rescaling(0.5)(x)])
    x = layers.DepthwiseConv2D(3, depth_multiplier=2, padding="same", activation="tanh")(x)
    x = layers.Subtract()([x, layers.AveragePooling2D(3, 1, "same")(x)])
    x = layers.Conv2D(12, 3, strides=(2, 1), activation="sigmoid", **wide)(x)
    x = layers.Multiply()([x, layers.Activation("tanh")(x)])
    x = layers.Concatenate()([layers.GlobalAveragePooling2D()(x), layers.Flatten()(x)])
    x = layers.Softmax()(layers.Dense(20, **wide)(x))
    return keras.Model(images, layers.Dense(62)(x), name="other_layers")


@functools.cache
def built(name):
    """Return a network by its name in hwr.models, or ``other_layers()``; always the same."""
    keras.utils.set_random_seed(3)
    model = other_layers() if name == "other_layers" else models.build(name, 62)
    unsettle(model)
    # Confident answers, like those of a trained network.
    model.layers[-1].kernel.assign(model.layers[-1].kernel * 8)
    return model


def unsettle(model):
    """Give a network's biases and statistics values that matter."""
    rng = np.random.default_rng(4)
    for layer in model.layers:
        if isinstance(layer, layers.BatchNormalization):
            scale, shift, mean, variance = layer.get_weights()
            scale, variance = [x * rng.uniform(0.5, 2, x.shape) for x in (scale, variance)]
            shift, mean = [x + rng.normal(0, 0.3, x.shape) for x in (shift, mean)]
            layer.set_weights([scale, shift, mean, variance])
        elif getattr(layer, "bias", None) is not None:
            layer.bias.assign(rng.normal(0, 0.3, layer.bias.shape))


def shaped(shape, outputs):
    """Return a LiteRT file that turns inputs of one shape into outputs of another."""
    values = keras.Input(shape)
    dense = layers.Dense(int(np.prod(outputs)))(layers.Flatten()(values))
    model = keras.Model(values, layers.Reshape(outputs)(dense))
    given = tf.TensorSpec((1, *shape), tf.float32)
    function = tf.function(lambda x: model(x, training=False)).get_concrete_function(given)
    return tf.lite.TFLiteConverter.from_concrete_functions([function], model).convert()


litert = functools.cache(lambda name: to_litert(built(name)))
"""Return the LiteRT file of such a network."""
NAMES = [*systems.models.ARCHITECTURES, "other_layers"]  # with those of the comparison
