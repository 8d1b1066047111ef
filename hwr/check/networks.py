"""The exercise of lesson 04 in which a network is built."""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from hwr.check._exercise import Exercise
from hwr.ink import SIDE

if TYPE_CHECKING:
    from hwr._support.keras import keras

Answer = Callable[[int], Any]

NO_NETWORK = (
    "The function returns {kind}, not a network: return keras.Sequential([...]) with all layers "
    "in the list."
)
NO_INPUT = "The network does not know what comes in: begin with keras.Input((28, 28, 1))."
INPUT = (
    "The input has shape {shape}; an image has (28, 28, 1): rows, columns and one grey channel. "
    "The number of images is not part of it."
)
NO_CONVOLUTION = "No layer is a convolution: add at least one layers.Conv2D."
MAPS = (
    "The output has shape {shape}, a value for each class at every position: put layers.Flatten() "
    "before the last dense layers."
)
OUTPUTS = (
    "my_network({classes}) ends in {outputs} outputs instead of {classes}: make the last layer "
    "layers.Dense(classes)."
)
RELU = (
    "The last layer ends in ReLU, so no logit can be negative, and where all are 0 the network "
    "learns nothing: leave out its activation."
)
ACTIVATION = (
    "The last layer ends in {name}, but logits must be free to take any value: leave out its "
    "activation (only softmax may stand there)."
)
SIZES = 62, 10
"""Numbers of classes that the function is tried with."""


def _judge(answer: Answer) -> str | None:
    from hwr._support.keras import keras  # takes seconds, and most exercises do not need it

    if isinstance(answer, keras.Model) or not callable(answer):
        return "Pass the function itself, check.my_network(my_network), not what it returns."
    for classes in SIZES:
        network = answer(classes)
        if not isinstance(network, keras.Model):
            nothing = network is None or network is ...
            kind = "nothing" if nothing else f"a {type(network).__name__}"
            return NO_NETWORK.format(kind=kind)
        if reason := _fault(network, classes):
            return reason
    return None


def _fault(network: "keras.Model", classes: int) -> str | None:
    """Return what keeps a network from reading characters, or None."""
    from hwr._support.networks import last_activation, without_batch

    if not network.built:
        return NO_INPUT
    if network.input_shape != (None, SIDE, SIDE, 1):
        return INPUT.format(shape=without_batch(network.input_shape))
    if not any("Conv2D" in type(layer).__name__ for layer in _layers(network)):
        return NO_CONVOLUTION
    shape = network.output_shape
    if len(shape) != 2:
        return MAPS.format(shape=without_batch(shape))
    return _fault_of_output(shape, classes, last_activation(network))


def _fault_of_output(shape: tuple[int, ...], classes: int, activation: str) -> str | None:
    if shape[1] != classes:
        return OUTPUTS.format(classes=classes, outputs=shape[1])
    if activation == "relu":
        return RELU
    return None if activation in ("linear", "softmax") else ACTIVATION.format(name=activation)


def _layers(network: "keras.Model") -> Iterator["keras.Layer"]:
    """Yield all layers, also those of networks that are layers of this one."""
    for layer in network.layers:
        yield from _layers(layer) if hasattr(layer, "layers") else [layer]


def _sequential(*middle: Callable[[Any, int], Any], shape: tuple[int, ...] = (28, 28, 1)) -> Answer:
    """Return a function that builds a network of these layers, as learners do."""

    def build(classes: int) -> Any:
        from hwr._support.keras import keras

        return keras.Sequential(
            [keras.Input(shape), *(layer(keras.layers, classes) for layer in middle)]
        )

    return build


def _without_input(_classes: int) -> Any:
    from hwr._support.keras import keras

    return keras.Sequential([keras.layers.Conv2D(8, 3), keras.layers.Flatten()])


def _conv(layers: Any, _classes: int) -> Any:
    return layers.Conv2D(8, 3, activation="relu")


def _flatten(layers: Any, _classes: int) -> Any:
    return layers.Flatten()


def _logits(layers: Any, classes: int) -> Any:
    return layers.Dense(classes)


my_network = Exercise(
    "my_network",
    _judge,
    """from hwr import keras


def my_network(classes):
    layers = keras.layers
    network = keras.Sequential([keras.Input((28, 28, 1))], name="my_network")
    for filters in (16, 32):
        network.add(layers.Conv2D(filters, 3, activation="relu"))
        network.add(layers.MaxPooling2D(2))
    network.add(layers.Flatten())
    network.add(layers.Dense(classes))
    return network""",
    mistakes={
        NO_NETWORK.format(kind="a list"): lambda classes: [28, 28, classes],
        NO_INPUT: _without_input,
        INPUT.format(shape=(28, 28)): _sequential(_flatten, _logits, shape=(28, 28)),
        NO_CONVOLUTION: _sequential(_flatten, _logits),
        MAPS.format(shape=(26, 26, 62)): _sequential(_conv, _logits),
        OUTPUTS.format(classes=10, outputs=62): _sequential(
            _conv, _flatten, lambda layers, _: layers.Dense(62)
        ),
        RELU: _sequential(
            _conv, _flatten, lambda layers, classes: layers.Dense(classes, activation="relu")
        ),
    },
    hints=[
        "Take the CNN from above and change something: fewer filters, one convolution more, "
        "another size of the kernels, dropout.",
        "Begin with keras.Input((28, 28, 1)). Then come layers.Conv2D(filters, size, "
        'activation="relu") and layers.MaxPooling2D(2), as often as you like; then '
        "layers.Flatten().",
        "return keras.Sequential([keras.Input((28, 28, 1)), layers.Conv2D(16, 3, "
        'activation="relu"), layers.MaxPooling2D(2), layers.Flatten(), layers.Dense(classes)])',
    ],
    right="Images in, one logit for each class out: this network can be trained.",
)
