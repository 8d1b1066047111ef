"""Which places of a layer's input a place of its output is computed from."""

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from hwr._support.keras import keras
from hwr.interactive.explorer.steps import Network

layers = keras.layers
Shape = tuple[int, ...]


class Box(NamedTuple):
    """Rows and columns of a map, half open; of a row of units, the columns count the units."""

    top: int
    left: int
    bottom: int
    right: int

    def clipped(self, shape: Shape) -> "Box":
        """Return what of it lies in a layer's output of this shape."""
        rows, columns = extent(shape)
        return Box(
            *(max(self.top, 0), max(self.left, 0)),
            *(min(self.bottom, rows), min(self.right, columns)),
        )

    def joined(self, other: "Box") -> "Box":
        """Return the smallest box around both."""
        least = map(min, self[:2], other[:2])
        return Box(*least, *map(max, self[2:], other[2:]))


def extent(shape: Shape) -> tuple[int, int]:
    """Return rows and columns of a layer's output; units stand in one row."""
    return (shape[0], shape[1]) if len(shape) == 3 else (1, shape[0])


def whole(shape: Shape) -> Box:
    """Return the box of all places."""
    return Box(0, 0, *extent(shape))


def box_of(index: Shape) -> Box:
    """Return the box of one place, given by its row, column and map, or by its unit."""
    row, column = (index[0], index[1]) if len(index) == 3 else (0, index[0])
    return Box(row, column, row + 1, column + 1)


@dataclass(frozen=True)
class Window:
    """How a convolution or a pooling goes over its input: rows first, then columns.

    Attributes
    ----------
    size, stride, dilation : (int, int)
        As for Keras's layers.
    before : (int, int)
        Rows and columns of padding above and to the left.
    """

    size: tuple[int, int]
    stride: tuple[int, int]
    dilation: tuple[int, int]
    before: tuple[int, int]

    def places(self, row: int, column: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return the rows and the columns of the input under one place; some may be outside."""
        starts = self._starts((row, column))
        rows, columns = (
            start + step * np.arange(size)
            for start, step, size in zip(starts, self.dilation, self.size, strict=True)
        )
        return rows, columns

    def box(self, box: Box) -> Box:
        """Return what all places of a box are computed from."""
        first, last = self._starts(box[:2]), self._starts((box.bottom - 1, box.right - 1))
        spans = ((size - 1) * step + 1 for size, step in zip(self.size, self.dilation, strict=True))
        return Box(*first, *(start + span for start, span in zip(last, spans, strict=True)))

    def _starts(self, place: tuple[int, int]) -> tuple[int, int]:
        row, column = (
            at * stride - before
            for at, stride, before in zip(place, self.stride, self.before, strict=True)
        )
        return row, column


CONVOLUTIONS = (layers.Conv2D, layers.DepthwiseConv2D, layers.SeparableConv2D)
POOLING = (layers.MaxPooling2D, layers.AveragePooling2D)
MERGES = (
    *(layers.Add, layers.Subtract, layers.Multiply),
    *(layers.Average, layers.Maximum, layers.Minimum),
)
"""Layers that take the values at one place of several outputs."""
SCALES = (layers.BatchNormalization, layers.Rescaling)
IDLE = (
    *(layers.Dropout, layers.SpatialDropout2D, layers.GaussianNoise, layers.GaussianDropout),
    *(layers.Identity, layers.ActivityRegularization),
    *(layers.RandomRotation, layers.RandomFlip, layers.RandomTranslation),
    *(layers.RandomZoom, layers.RandomContrast, layers.RandomBrightness),
)
"""Layers that do something in training alone."""
FUNCTIONS = (
    *(layers.ReLU, layers.LeakyReLU, layers.ELU),
    *(layers.PReLU, layers.Activation, layers.Softmax),
)
"""Layers that apply a function to each value."""


ARITHMETIC = ("Add", "Subtract", "Multiply", "TrueDivide")
"""Operators between outputs, or an output and a number, as in ``x + y`` and ``x / 255``."""
OPERATIONS = ("Relu", "Relu6", "LeakyRelu", "Elu", "Gelu", "Silu", "Sigmoid", "Tanh", "Softplus")
"""Functions of ``keras.ops`` that are applied to each value."""


def operation(layer: Any) -> str:
    """Return the name of an operator or a function of ``keras.ops``; '' for a layer."""
    return "" if layer is None or isinstance(layer, layers.Layer) else type(layer).__name__


def is_move(layer: Any) -> bool:
    """Return whether a layer gives values another place and does not change them."""
    if isinstance(layer, layers.UpSampling2D):
        return bool(layer.interpolation == "nearest")
    kinds = (layers.Flatten, layers.Reshape, layers.Permute, layers.Concatenate)
    return isinstance(layer, (*kinds, layers.ZeroPadding2D, layers.Cropping2D))


def keeps_places(layer: Any, source: Shape, shape: Shape) -> bool:
    """Return whether each place of a layer's output depends on the same place of its input."""
    if extent(source) != extent(shape):
        return False
    if operation(layer) in (*ARITHMETIC, *OPERATIONS):
        return True
    if not isinstance(layer, (*MERGES, *SCALES, *IDLE, *FUNCTIONS, layers.Dense)):
        return False
    if isinstance(layer, layers.Softmax) and layer.axis != -1:
        return False
    softmax = getattr(getattr(layer, "activation", None), "__name__", "") == "softmax"
    mixes_units = softmax or isinstance(layer, (layers.Dense, layers.Softmax))
    return len(source) == 3 or not mixes_units


def window(layer: Any, shape: Shape) -> Window | None:
    """Return how a layer goes over an input of a shape, or None if it has no window."""
    if isinstance(layer, CONVOLUTIONS):
        size, dilation = tuple(layer.kernel_size), tuple(layer.dilation_rate)
    elif isinstance(layer, POOLING):
        size, dilation = tuple(layer.pool_size), (1, 1)
    else:
        return None
    stride = tuple(layer.strides)
    before = (0, 0)
    if layer.padding == "same":
        before = tuple(
            max((-(-length // step) - 1) * step + (one - 1) * apart + 1 - length, 0) // 2
            for length, step, one, apart in zip(shape[:2], stride, size, dilation, strict=True)
        )
    return Window(size, stride, dilation, before)


def moves(network: Network, number: int) -> NDArray[np.int64]:
    """Return where the values of a layer that moves them come from; see :func:`is_move`.

    Returns
    -------
    ndarray of int64, shaped as the layer's output
        Counted through its inputs, one after another, each row by row; -1 is padding.
    """
    if number not in network.moved:
        step, first, numbers = network.steps[number], 1, []
        for shape in (network.shapes[source] for source in step.sources):
            count = int(np.prod(shape))
            numbers.append(np.arange(first, first + count, dtype=np.float32).reshape(1, *shape))
            first += count
        places = np.asarray(step.apply(numbers)[0])  # exact below 2 ** 24
        network.moved[number] = np.rint(places).astype(np.int64) - 1
    return network.moved[number]


def receptive_field(network: Network, number: int, index: Shape) -> Box:
    """Return the part of the image that a value depends on.

    Parameters
    ----------
    number : int
        Of the step.
    index : tuple of int
        Row, column and map of the value; or its unit.
    """
    boxes = {number: box_of(index)}
    for current in range(number, 0, -1):
        for source, box in _sources(network, current, boxes[current]) if current in boxes else ():
            clipped = box.clipped(network.shapes[source])
            boxes[source] = boxes[source].joined(clipped) if source in boxes else clipped
    return boxes.get(0, Box(0, 0, 0, 0))  # nothing but padding


def _sources(network: Network, number: int, box: Box) -> list[tuple[int, Box]]:
    """Return the steps that a part of a step's output depends on, and which part of each."""
    step, shapes = network.steps[number], network.shapes
    if is_move(step.layer):
        return _moved_from(network, number, box)
    found = []
    for source in step.sources:
        over = window(step.layer, shapes[source])
        if over is not None:
            found.append((source, over.box(box)))
        elif keeps_places(step.layer, shapes[source], shapes[number]):
            found.append((source, box))
        else:
            found.append((source, whole(shapes[source])))
    return found


def _moved_from(network: Network, number: int, box: Box) -> list[tuple[int, Box]]:
    numbers, shapes = moves(network, number), network.shapes
    within = numbers[..., None] if numbers.ndim == 3 else numbers[None]
    used = within[box.top : box.bottom, box.left : box.right]
    found, first = [], 0
    for source in network.steps[number].sources:
        last = first + int(np.prod(shapes[source]))
        mine = used[(used >= first) & (used < last)] - first
        if mine.size:
            places = np.unravel_index(mine, shapes[source])
            rows, columns = places[:2] if len(places) == 3 else (np.zeros_like(mine), places[0])
            corner = (int(rows.min()), int(columns.min()))
            found.append((source, Box(*corner, int(rows.max()) + 1, int(columns.max()) + 1)))
        first = last
    return found


def unmoved(network: Network, number: int, index: Shape) -> tuple[int, Shape]:
    """Return the step and the index that a value had before layers only moved it, or did nothing.

    A unit of Flatten has a row, a column and a map in the layer before.
    """
    step = network.steps[number]
    if isinstance(step.layer, IDLE):
        return unmoved(network, step.sources[0], index)
    if not is_move(step.layer):
        return number, index
    at = int(moves(network, number)[index])
    for source in step.sources:
        count = int(np.prod(network.shapes[source]))
        if 0 <= at < count:
            place = np.unravel_index(at, network.shapes[source])
            return unmoved(network, source, tuple(int(axis) for axis in place))
        at -= count
    return number, index  # padding
