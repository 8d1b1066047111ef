"""The networks of the course, by their names in the field.

Every network maps float32 images in 0..1 of shape (28, 28, 1) to logits, one per class, whose
softmax are the probabilities. None contains augmentation, so that a saved network always gives the
same answer.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from hwr._support.keras import keras
from hwr.ink import SIDE

layers = keras.layers

Tensor: TypeAlias = keras.KerasTensor


@dataclass(frozen=True)
class Architecture:
    """The hidden layers of a network.

    Attributes
    ----------
    about : str
        One line: what kind of network it is and where it comes from.
    hidden : callable
        Adds the layers between images and logits; called with the images and the number of
        classes, which LeNet's dense layers depend on.
    """

    about: str
    hidden: Callable[[Tensor, int], Tensor]


def _mlp(x: Tensor, _classes: int) -> Tensor:
    x = layers.Flatten()(x)
    for _ in range(3):
        x = layers.Dense(100, activation="sigmoid")(x)
    return x


def _deep_mlp(x: Tensor, classes: int) -> Tensor:
    x = layers.Flatten()(x)
    for width in (512, 256, 4 * classes, 2 * classes):
        x = layers.Dense(width, activation="relu")(x)
    return x


def _lenet(x: Tensor, classes: int) -> Tensor:
    x = layers.Conv2D(6, 3, activation="relu")(x)
    x = layers.AveragePooling2D(2)(x)
    x = layers.Conv2D(16, 3, activation="relu")(x)
    x = layers.AveragePooling2D(2)(x)
    x = layers.Flatten()(x)
    x = layers.Dense(4 * classes, activation="relu")(x)
    return layers.Dense(2 * classes, activation="relu")(x)


def _cnn(x: Tensor, _classes: int) -> Tensor:
    x = layers.Conv2D(32, 3, activation="relu")(x)
    x = layers.MaxPooling2D(2)(x)
    x = layers.Conv2D(64, 3, activation="relu")(x)
    x = layers.MaxPooling2D(2)(x)
    x = layers.Flatten()(x)
    x = layers.Dense(256, activation="relu")(x)
    return layers.Dense(128, activation="relu")(x)


def _wide_cnn(x: Tensor, _classes: int) -> Tensor:
    x = layers.Conv2D(32, 5, padding="same", activation="relu")(x)
    x = layers.MaxPooling2D(2)(x)
    x = layers.Conv2D(64, 5, padding="same", activation="relu")(x)
    x = layers.MaxPooling2D(2)(x)
    x = layers.Flatten()(x)
    x = layers.Dense(1024, activation="relu")(x)
    return layers.Dropout(0.2)(x)


def _compact_cnn(x: Tensor, _classes: int) -> Tensor:
    x = layers.Conv2D(16, 3, padding="same", activation="relu")(x)
    x = layers.MaxPooling2D(2)(x)
    x = layers.Conv2D(32, 3, padding="same", activation="relu")(x)
    x = layers.MaxPooling2D(2)(x)
    x = layers.Conv2D(64, 3, padding="same", activation="relu")(x)
    x = layers.MaxPooling2D(2)(x)
    x = layers.Flatten()(x)
    x = layers.Dropout(0.3)(x)
    x = layers.Dense(128, activation="relu")(x)
    return layers.Dropout(0.3)(x)


def _batch_norm(x: Tensor) -> Tensor:
    # Keras's 0.99 needs hundreds of steps until the statistics fit the weights.
    return layers.BatchNormalization(momentum=0.95)(x)


def normalise(x: Tensor) -> Tensor:
    """Apply BatchNorm, then ReLU, to the output of a convolution."""
    return layers.ReLU()(_batch_norm(x))


def _convolution(x: Tensor, filters: int) -> Tensor:
    return layers.Conv2D(filters, 3, padding="same", use_bias=False)(x)


def _residual(x: Tensor) -> Tensor:
    """Add the result of two convolutions to their input (He et al. 2015, arXiv:1512.03385)."""
    filters = x.shape[-1]
    change = _convolution(normalise(_convolution(x, filters)), filters)
    return layers.ReLU()(layers.Add()([x, _batch_norm(change)]))


def _resnet(x: Tensor, filters: tuple[int, int, int] = (32, 96, 192)) -> Tensor:
    # 28x28 feature maps dominate the time on a CPU. The first convolution therefore has a stride of
    # two, and pooling comes before BatchNorm and ReLU, which then process a quarter of the values.
    x = layers.Conv2D(filters[0], 4, strides=2, padding="same", use_bias=False)(x)
    return resnet_body(normalise(x), *filters[1:])


def resnet_body(x: Tensor, filters: int = 96, more_filters: int = 192) -> Tensor:
    """Return what the residual network computes after its first convolution."""
    x = _residual(x)
    x = normalise(layers.MaxPooling2D(2)(_convolution(x, filters)))
    x = _residual(x)
    x = normalise(layers.MaxPooling2D(2)(_convolution(x, more_filters)))
    x = layers.Dropout(0.3)(layers.Flatten()(x))
    return normalise(layers.Dense(128, use_bias=False)(x))


def _separable(x: Tensor, filters: int, kernels: int = 1) -> Tensor:
    """Apply 3x3 kernels to each map, then mix the maps (Chollet 2016, arXiv:1610.02357)."""
    x = layers.DepthwiseConv2D(3, padding="same", depth_multiplier=kernels, use_bias=False)(x)
    return layers.Conv2D(filters, 1, use_bias=False)(x)


def _tiny(x: Tensor, _classes: int) -> Tensor:
    # Not a dense layer, but one 6x6 kernel for each of the 23 maps says what counts where.
    x = normalise(layers.Conv2D(12, 4, strides=2, use_bias=False)(x))
    x = normalise(layers.MaxPooling2D(2)(_separable(x, 23, kernels=2)))
    x = layers.ReLU()(layers.Add()([x, _batch_norm(_separable(x, 23))]))
    return layers.Flatten()(normalise(layers.DepthwiseConv2D(6, use_bias=False)(x)))


ARCHITECTURES = {
    "mlp": Architecture("Perceptron with three hidden layers of 100 sigmoids (system D)", _mlp),
    "deep_mlp": Architecture("Perceptron of four ReLU layers, no convolution (E)", _deep_mlp),
    "lenet": Architecture("LeNet-5 with ReLU: 6 and 16 filters, average pooling (E)", _lenet),
    "cnn": Architecture("Two convolutions with max pooling, dense 256 and 128 (A)", _cnn),
    "wide_cnn": Architecture("Two 5x5 convolutions, dense 1024, dropout (B)", _wide_cnn),
    "compact_cnn": Architecture("Three convolutions, little else, dropout (C)", _compact_cnn),
    "tiny": Architecture("Ours, in under 4,000 parameters", _tiny),
    "resnet": Architecture(
        "Ours: a small residual network, fast on a CPU", lambda x, _: _resnet(x)
    ),
    "wide_resnet": Architecture(
        "Ours: the same with more filters", lambda x, _: _resnet(x, (40, 112, 224))
    ),
}


def build(name: str, classes: int) -> keras.Model:
    """Return an untrained network.

    Parameters
    ----------
    name : str
        One of :data:`ARCHITECTURES`.
    classes : int
        Number of outputs.

    Returns
    -------
    keras.Model
        Not compiled; float32 (n, 28, 28, 1) in 0..1 to float32 logits (n, classes).

    Raises
    ------
    ValueError
        If there is no such architecture.
    """
    if name not in ARCHITECTURES:
        raise ValueError(f"There is no network {name!r}: choose from {', '.join(ARCHITECTURES)}.")
    images = keras.Input((SIDE, SIDE, 1), name="image")
    features = ARCHITECTURES[name].hidden(images, classes)
    return keras.Model(images, layers.Dense(classes, name="logits")(features), name=name)
