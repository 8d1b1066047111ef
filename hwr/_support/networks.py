"""What a Keras network expects and returns, whoever built it."""

import re
from typing import Any

import numpy as np

from hwr._support.keras import keras
from hwr._support.litert import IMAGE_SHAPE

_layers = keras.layers


def require_network(network: Any) -> None:
    """Raise a ValueError unless this is a network from images (28, 28, 1) to logits or a softmax.

    A Sequential network without an ``Input`` gets one.
    """
    if not isinstance(network, keras.Model):
        raise ValueError(
            "The network must be a Keras model or a Recipe, such as Recipe('lenet'), not "
            f"{network!r}."
        )
    if isinstance(network, keras.Sequential) and network.layers and not network.built:
        network.build((None, *IMAGE_SHAPE))
    shape, outputs = getattr(network, "input_shape", None), getattr(network, "output_shape", None)
    if shape is None or outputs is None:
        raise ValueError(
            f"The network {network.name!r} is a subclass of keras.Model, whose layers cannot be "
            "looked up: build it as keras.Sequential([...]) or keras.Model(inputs, outputs)."
        )
    if shape != (None, *IMAGE_SHAPE):
        raise ValueError(
            f"The network {network.name!r} takes inputs of shape {without_batch(shape)}: begin "
            f"with keras.Input({IMAGE_SHAPE})."
        )
    if not isinstance(outputs, tuple) or len(outputs) != 2 or not outputs[1]:
        raise ValueError(
            f"The network {network.name!r} returns an array of shape {without_batch(outputs)} for "
            "each image: end it with Flatten() and Dense(number of classes)."
        )
    activation = last_activation(network)
    if activation not in ("linear", "softmax"):
        raise ValueError(
            f"The network {network.name!r} ends in {activation}: its last layer must give logits "
            "(no activation) or probabilities (softmax)."
        )


def given_name(network: keras.Model) -> str:
    """Return the name that somebody gave a network; not one that Keras counted up."""
    counted_up = re.fullmatch(r"(sequential|functional)(_\d+)?", network.name)
    return "own network" if counted_up else str(network.name)


def require_outputs(network: keras.Model, classes: int) -> None:
    """Raise a ValueError unless a network has one output for each class."""
    if network.output_shape[-1] != classes:
        raise ValueError(
            f"The network {network.name!r} has {network.output_shape[-1]} outputs, but the images "
            f"are in {classes} classes: give its last layer {classes} units."
        )


def without_batch(shape: Any) -> Any:
    """Return a shape without the number of images."""
    return shape[1:] if isinstance(shape, tuple) else shape


def last_activation(network: keras.Model) -> str:
    """Return the name of the activation of a network's outputs."""
    last = network.layers[-1]
    if isinstance(last, keras.Model):
        return last_activation(last)
    if isinstance(last, (_layers.Softmax, _layers.ReLU, _layers.LeakyReLU)):
        return type(last).__name__.lower()
    return str(getattr(getattr(last, "activation", None), "__name__", "linear"))


def ends_in_softmax(network: keras.Model) -> bool:
    """Return whether a network gives probabilities instead of logits."""
    return last_activation(network) == "softmax"


def largest_input(network: keras.Model) -> float:
    """Return the value of ink that a network expects: 255 if it scales by itself, else 1."""
    for layer in network.layers:
        if isinstance(layer, keras.Model):
            return largest_input(layer)
        if isinstance(layer, _layers.Rescaling):
            return 255 if np.max(layer.scale) < 0.1 else 1
        if isinstance(layer, _layers.Normalization) and layer.built:
            return 255 if np.max(layer.mean) > 1 else 1
        if layer.weights:
            break
    return 1


def adapted(network: keras.Model, scale: float = 1, offset: float = 0) -> keras.Model:
    """Return a network that maps images in 0..1 to logits, whatever the given one expects.

    Parameters
    ----------
    network : keras.Model
        Takes images in 0..1 times `scale` plus `offset`; ends in logits or a softmax. Its weights
        are copied if anything has to be changed.
    """
    scaled, name = (scale, offset) != (1, 0), network.name
    if not scaled and not ends_in_softmax(network):
        return network
    if isinstance(network.layers[-1], keras.Model) and ends_in_softmax(network):
        raise ValueError(
            f"The softmax of the network {network.name!r} is inside a network within it: put it "
            "into the last layer, or leave it out."
        )
    last = network.layers[-1]
    ends = isinstance(last, _layers.Softmax)
    network = keras.Model(network.input, last.input) if ends else network

    def copied(layer: keras.layers.Layer) -> keras.layers.Layer:
        settings = layer.get_config()
        if layer is last and settings.get("activation") == "softmax":
            settings["activation"] = "linear"
        return type(layer).from_config(settings)

    copy = keras.models.clone_model(network, clone_function=copied)
    copy.set_weights(network.get_weights())
    if not scaled:
        return copy
    begin = [keras.Input(IMAGE_SHAPE), _layers.Rescaling(scale, offset)]
    layers = copy.layers if isinstance(copy, keras.Sequential) else [copy]
    return keras.Sequential([*begin, *layers], name=name)
