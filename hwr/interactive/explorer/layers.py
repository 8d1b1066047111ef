"""What each kind of layer computes a value from.

The numbers are computed again from the layer's weights, in float64, and not taken from the network.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from hwr._support.keras import keras
from hwr.interactive.explorer.steps import Network, Values
from hwr.interactive.explorer.windows import (
    ARITHMETIC,
    FUNCTIONS,
    IDLE,
    MERGES,
    OPERATIONS,
    POOLING,
    Box,
    Shape,
    box_of,
    is_move,
    moves,
    operation,
    whole,
    window,
)

layers = keras.layers
Floats = NDArray[np.float64]
Kind = Literal[
    "image",
    "convolution",
    "dense",
    "sum",
    "product",
    "scale",
    "largest",
    "smallest",
    "mean",
    "function",
    "moved",
    "idle",
    "unknown",
]
"""How a value is computed."""


@dataclass(frozen=True)
class Region:
    """A part of a step's output.

    Attributes
    ----------
    number : int
        Of the step.
    box : Box
        May reach over the edges, where padding is.
    channels : range
        Its maps; empty for a row of units.
    """

    number: int
    box: Box
    channels: range


@dataclass(frozen=True, eq=False)
class Parts:
    """What a value is computed from, with the names of :class:`.origin.Origin`."""

    kind: Kind
    inputs: Floats
    regions: tuple[Region, ...]
    weights: Floats | None = None
    inside: NDArray[np.bool_] | None = None
    bias: float = 0.0
    before: float | None = None
    activation: str = ""
    result: float | None = None
    parameters: dict[str, float] = field(default_factory=dict)


class Asked:
    """A value whose origin is asked for, with all that its layer needs."""

    def __init__(self, network: Network, values: Values, number: int, index: Shape) -> None:
        self.network, self.number, self.index = network, number, index
        self.step = network.steps[number]
        self.layer = self.step.layer
        self.value = float(values[number][index])
        self.inputs = [np.asarray(values[source], np.float64) for source in self.step.sources]
        self.shapes = [network.shapes[source] for source in self.step.sources]


def take_apart(asked: Asked) -> Parts:
    """Return what a value is computed from."""
    return _function(asked.layer)(asked)


def _function(layer: Any) -> Callable[[Asked], Parts]:
    """Return the function that takes a layer's values apart."""
    table: tuple[tuple[tuple[type, ...], Callable[[Asked], Parts]], ...] = (
        ((layers.Conv2D, layers.SeparableConv2D), _convolution),
        ((layers.DepthwiseConv2D,), _depthwise),
        ((layers.Dense,), _dense),
        (POOLING, _pooling),
        ((layers.GlobalMaxPooling2D, layers.GlobalAveragePooling2D), _global_pooling),
        ((layers.BatchNormalization,), _batch_norm),
        ((layers.Rescaling,), _rescaling),
        (MERGES, _merge),
        (IDLE, _idle),
        (FUNCTIONS, _activation),
    )
    if layer is None:
        return _image
    if is_move(layer):
        return _moved
    if operation(layer) in ARITHMETIC:
        return _arithmetic
    if operation(layer) in OPERATIONS:
        return _activation
    return next((use for kinds, use in table if isinstance(layer, kinds)), _unknown)


def _numbers(weights: Any) -> Floats:
    return np.asarray(weights, np.float64)


# --- weighted sums -----------------------------------------------------------------------------


def _convolution(asked: Asked) -> Parts:
    layer, (image,) = asked.layer, asked.inputs
    row, column, mine = asked.index
    if isinstance(layer, layers.SeparableConv2D):
        apart = _numbers(layer.depthwise_kernel)  # its two kernels act as one
        joint = _numbers(layer.pointwise_kernel).reshape(*apart.shape[2:], -1)
        kernel, groups = np.einsum("hwcm,cmf->hwcf", apart, joint), 1
    else:
        kernel, groups = _numbers(layer.kernel), layer.groups
    patch, inside, box = _patch(asked, image, row, column)
    filters, channels = kernel.shape[3], kernel.shape[2]
    group = mine // (filters // groups)
    part = slice(group * channels, (group + 1) * channels)
    own = patch[..., part]
    # All filters at this place: an activation such as softmax needs them.
    sums = np.concatenate(
        [
            np.einsum("hwc,hwcf->f", patch[..., i * channels : (i + 1) * channels], kernels)
            for i, kernels in enumerate(np.split(kernel, groups, axis=3))
        ]
    )
    regions = (Region(asked.step.sources[0], box, range(image.shape[2])[part]),)
    return _summed(
        asked, "convolution", own, kernel[..., mine], inside[..., part], sums, mine, regions
    )


def _depthwise(asked: Asked) -> Parts:
    layer, (image,) = asked.layer, asked.inputs
    row, column, mine = asked.index
    kernel = _numbers(layer.kernel)  # rows, columns, maps, kernels for each map
    patch, inside, box = _patch(asked, image, row, column)
    channel, which = divmod(mine, kernel.shape[3])
    sums = np.einsum("hwc,hwcm->cm", patch, kernel).ravel()
    part = slice(channel, channel + 1)
    regions = (Region(asked.step.sources[0], box, range(channel, channel + 1)),)
    own, weights = patch[..., part], kernel[:, :, part, which]
    return _summed(asked, "convolution", own, weights, inside[..., part], sums, mine, regions)


def _dense(asked: Asked) -> Parts:
    (values,) = asked.inputs
    place, mine = asked.index[:-1], asked.index[-1]
    kernel, own = _numbers(asked.layer.kernel), values[place]
    source = asked.step.sources[0]
    box = box_of(asked.index) if place else whole(asked.shapes[0])
    inside = np.ones(own.shape, bool)
    regions = (Region(source, box, range(len(own) if place else 0)),)
    return _summed(asked, "dense", own, kernel[:, mine], inside, own @ kernel, mine, regions)


def _summed(
    asked: Asked,
    kind: Kind,
    inputs: Floats,
    weights: Floats,
    inside: NDArray[np.bool_],
    sums: Floats,
    mine: int,
    regions: tuple[Region, ...],
) -> Parts:
    """Return the terms of a weighted sum; `sums` are those of all filters, this one's is `mine`."""
    layer = asked.layer
    biases = _numbers(layer.bias) if layer.use_bias else np.zeros_like(sums)
    after = _numbers(layer.activation((sums + biases)[None]))[0]
    name = getattr(layer.activation, "__name__", type(layer.activation).__name__)
    name = "" if name == "linear" else name
    bias, result = float(biases[mine]), float(after[mine])
    return Parts(kind, inputs, regions, weights, inside, bias, None, name, result)


def _patch(
    asked: Asked, image: Floats, row: int, column: int
) -> tuple[Floats, NDArray[np.bool_], Box]:
    """Return the values under a window, 0 where padding is, and where that is."""
    over = window(asked.layer, asked.shapes[0])
    assert over is not None
    rows, columns = over.places(row, column)
    known = (
        ((rows >= 0) & (rows < image.shape[0]))[:, None]
        & ((columns >= 0) & (columns < image.shape[1]))[None]
    )[..., None]
    taken = image[rows.clip(0, image.shape[0] - 1)][:, columns.clip(0, image.shape[1] - 1)]
    inside = np.broadcast_to(known, taken.shape)
    return np.where(inside, taken, 0.0), inside, over.box(Box(row, column, row + 1, column + 1))


def _batch_norm(asked: Asked) -> Parts:
    layer, (values,) = asked.layer, asked.inputs
    if layer.axis not in (-1, values.ndim):
        return _unknown(asked)
    mine = asked.index[-1]
    deviation = float(np.sqrt(_numbers(layer.moving_variance)[mine] + layer.epsilon))
    parameters = {
        "mean": float(_numbers(layer.moving_mean)[mine]),
        "deviation": deviation,
        "gamma": float(_numbers(layer.gamma)[mine]) if layer.scale else 1.0,
        "beta": float(_numbers(layer.beta)[mine]) if layer.center else 0.0,
    }
    factor = parameters["gamma"] / deviation
    shift = parameters["beta"] - parameters["mean"] * factor
    terms = _one(asked, "scale", factor, shift)
    return Parts(
        "scale", terms.inputs, terms.regions, terms.weights, bias=shift, parameters=parameters
    )


def _rescaling(asked: Asked) -> Parts:
    scale, offset = np.ravel(asked.layer.scale), np.ravel(asked.layer.offset)
    mine = asked.index[-1]
    # Each is one number, or one for each map.
    return _one(asked, "scale", scale[mine % len(scale)], offset[mine % len(offset)])


def _one(asked: Asked, kind: Kind, factor: float = 1.0, shift: float = 0.0) -> Parts:
    """Return the terms of a value that comes from the value at the same place alone."""
    own = np.array([asked.inputs[0][asked.index]])
    regions = (_at(asked.step.sources[0], asked.index),)
    return Parts(kind, own, regions, np.array([factor]), bias=shift)


def _at(number: int, index: Shape) -> Region:
    return Region(
        number, box_of(index), range(index[2], index[2] + 1) if len(index) == 3 else range(0)
    )


# --- pooling -----------------------------------------------------------------------------------


def _pooling(asked: Asked) -> Parts:
    row, column, mine = asked.index
    patch, inside, box = _patch(asked, asked.inputs[0], row, column)
    part = range(mine, mine + 1)
    regions = (Region(asked.step.sources[0], box, part),)
    largest = isinstance(asked.layer, layers.MaxPooling2D)
    return _pooled(largest, patch[..., part], inside[..., part], regions)


def _global_pooling(asked: Asked) -> Parts:
    (values,), mine = asked.inputs, asked.index[-1]
    own = values[..., mine : mine + 1]
    regions = (Region(asked.step.sources[0], whole(asked.shapes[0]), range(mine, mine + 1)),)
    largest = isinstance(asked.layer, layers.GlobalMaxPooling2D)
    return _pooled(largest, own, np.ones(own.shape, bool), regions)


def _pooled(
    largest: bool, own: Floats, inside: NDArray[np.bool_], regions: tuple[Region, ...]
) -> Parts:
    if largest:
        top = float(own[inside].max())
        return Parts("largest", own, regions, inside=inside, before=top)
    return Parts("mean", own, regions, inside / inside.sum(), inside)


# --- values of several layers, and of one ------------------------------------------------------


def _merge(asked: Asked) -> Parts:
    places = [
        tuple(min(at, side - 1) for at, side in zip(asked.index, shape, strict=True))
        for shape in asked.shapes
    ]
    pairs = zip(asked.inputs, places, strict=True)
    own = np.array([values[place] for values, place in pairs])
    located = zip(asked.step.sources, places, strict=True)
    regions = tuple(_at(source, place) for source, place in located)
    kind = type(asked.layer).__name__  # of a layer, or of an operator
    if kind == "Multiply":
        return Parts("product", own, regions, before=float(own.prod()))
    if kind == "Maximum":
        return Parts("largest", own, regions, before=float(own.max()))
    if kind == "Minimum":
        return Parts("smallest", own, regions, before=float(own.min()))
    weights = np.ones_like(own)
    if kind == "Subtract":
        weights[1] = -1
    if kind == "Average":
        return Parts("mean", own, regions, weights / len(own))
    return Parts("sum", own, regions, weights)


def _arithmetic(asked: Asked) -> Parts:
    """Return the terms of an operator: between outputs, or an output and a number."""
    several = len(asked.step.sources) > 1
    if several and (
        operation(asked.layer) == "TrueDivide" or len({len(shape) for shape in asked.shapes}) > 1
    ):
        return _unknown(asked)
    if several:
        return _merge(asked)
    (shape,) = asked.shapes
    if shape != asked.network.shapes[asked.number]:
        return _unknown(asked)
    at_0, at_1 = (
        float(_numbers(asked.step.apply([np.full((1, *shape), x, np.float32)])[0])[asked.index])
        for x in (0, 1)
    )
    return _one(asked, "scale", at_1 - at_0, at_0)


def _moved(asked: Asked) -> Parts:
    number = int(moves(asked.network, asked.number)[asked.index])
    for source, shape, values in zip(asked.step.sources, asked.shapes, asked.inputs, strict=True):
        count = int(np.prod(shape))
        if 0 <= number < count:
            place = tuple(int(at) for at in np.unravel_index(number, shape))
            return Parts("moved", values[place][None], (_at(source, place),))
        number -= count
    return Parts("moved", np.zeros(1), (), inside=np.zeros(1, bool))  # padding


def _idle(asked: Asked) -> Parts:
    return _one(asked, "idle")


def _activation(asked: Asked) -> Parts:
    (values,) = asked.inputs
    own, result = (
        _one(asked, "function"),
        _numbers(asked.step.apply([values[None]])[0])[asked.index],
    )
    name = getattr(getattr(asked.layer, "activation", None), "__name__", "")
    name = name or type(asked.layer).__name__
    return Parts("function", own.inputs, own.regions, activation=name.lower(), result=float(result))


def _image(asked: Asked) -> Parts:
    return Parts("image", np.array([asked.value]), ())


def _unknown(asked: Asked) -> Parts:
    regions = tuple(
        Region(source, whole(shape), range(shape[2] if len(shape) == 3 else 0))
        for source, shape in zip(asked.step.sources, asked.shapes, strict=True)
    )
    return Parts("unknown", np.array([asked.value]), regions)
