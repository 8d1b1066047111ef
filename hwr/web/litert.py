"""From a LiteRT file to a list of operations and weights, which ``litert.js`` runs in the page.

A LiteRT file is a *FlatBuffer*: tables at fixed offsets, described by the schema that comes with
LiteRT. How weights become bytes in the page is told in :mod:`hwr.web.quantization`.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from ai_edge_litert import schema_py_generated as schema
from numpy.typing import NDArray

from hwr.ink import SIDE
from hwr.words.line_image import HEIGHT
from hwr.words.written_language import CLASSES

INPUT_SHAPE = [SIDE, SIDE, 1]
FILE_IDENTIFIER = b"TFL3"
"""Bytes 5 to 8 of a LiteRT file."""

Shape = Sequence[int | None]


@dataclass(frozen=True)
class Operation:
    """One step of a network.

    Attributes
    ----------
    kind : str
        LiteRT's name, such as ``'CONV_2D'``.
    inputs : tuple of int
        Numbers of the input tensors: images or features first, then weights.
    output : int
        Number of the output tensor.
    settings : dict
        Other parameters, such as ``{'strides': [2, 2], 'padding': 'same'}``.
    """

    kind: str
    inputs: tuple[int, ...]
    output: int
    settings: dict[str, Any]


_NAMES: dict[int, str] = {
    code: name for name, code in vars(schema.BuiltinOperator).items() if name.isupper()
}
_ACTIVATIONS = {0: "linear", 1: "relu", 3: "relu6", 4: "tanh"}
_PADDINGS = {0: "same", 1: "valid"}


def _convolution(options: Any) -> dict[str, Any]:
    return {**_window(options), "dilations": [options.dilationHFactor, options.dilationWFactor]}


def _pooling(options: Any) -> dict[str, Any]:
    return {**_window(options), "size": [options.filterHeight, options.filterWidth]}


def _window(options: Any) -> dict[str, Any]:
    padding = _PADDINGS[options.padding]
    return {"strides": [options.strideH, options.strideW], "padding": padding}


# What the page can run: the operations of hwr.models and of Keras's other common layers.
_ELEMENTWISE = ("ADD", "SUB", "MUL", "RELU", "RELU6", "ELU", "LOGISTIC", "TANH")
_SETTINGS: dict[str, Callable[[Any], dict[str, Any]]] = {
    **dict.fromkeys(("CONV_2D", "DEPTHWISE_CONV_2D"), _convolution),
    **dict.fromkeys(("MAX_POOL_2D", "AVERAGE_POOL_2D"), _pooling),
    **dict.fromkeys(("FULLY_CONNECTED", "PAD", "RESHAPE", "SOFTMAX", *_ELEMENTWISE), lambda _: {}),
    "CONCATENATION": lambda options: {"axis": options.axis},
    **dict.fromkeys(("MEAN", "REDUCE_MAX"), lambda options: {"keep": bool(options.keepDims)}),
    "LEAKY_RELU": lambda options: {"alpha": options.alpha},
}
# Operations whose last input becomes a setting instead of a tensor.
_SETTING_INPUTS = {"MEAN": "axes", "REDUCE_MAX": "axes", "PAD": "paddings"}


def translate(model: Any, op: Any) -> Operation:
    """Translate one of the schema's operators.

    Raises
    ------
    ValueError
        If the page cannot run the operator.
    """
    kind = _kind(model, op)
    if kind not in _SETTINGS:
        raise ValueError(
            f"The page cannot run LiteRT's {kind}, which is in this network: build it of "
            "convolutions, pooling, dense layers, batch normalisation, additions and ReLU, leaky "
            "ReLU, ELU, sigmoid or tanh."
        )
    inputs = [int(tensor) for tensor in op.inputs if tensor >= 0]  # -1: no bias
    settings = _SETTINGS[kind](op.builtinOptions)
    activation = getattr(op.builtinOptions, "fusedActivationFunction", 0)
    if activation not in _ACTIVATIONS:
        raise ValueError(
            f"The page cannot run activation {activation} of {kind}: use ReLU, sigmoid or tanh."
        )
    if activation:
        settings["activation"] = _ACTIVATIONS[activation]
    if kind in _SETTING_INPUTS:
        settings[_SETTING_INPUTS[kind]] = array(model, inputs.pop(), np.int32).tolist()
    if kind == "RESHAPE":
        inputs = inputs[:1]
        result = model.subgraphs[0].tensors[op.outputs[0]]
        shape = result.shape if result.shapeSignature is None else result.shapeSignature
        settings["shape"] = [-1, *(int(size) for size in shape[1:])]
    return Operation(kind, tuple(inputs), int(op.outputs[0]), settings)


def _kind(model: Any, op: Any) -> str:
    code = model.operatorCodes[op.opcodeIndex]
    return _NAMES.get(max(code.builtinCode, code.deprecatedBuiltinCode), "an unknown operation")


@dataclass(frozen=True)
class Network:
    """Operations and weights of a network.

    Attributes
    ----------
    operations : tuple of Operation
        In the order of execution.
    weights : dict of int to ndarray of float32
        By number of the tensor, in LiteRT's layout: (filters, rows, columns, channels) for a
        convolution, (outputs, inputs) for a dense layer. The file may hold them in float16.
    input, output : int
        Numbers of the tensors of the input and of the logits, both float32: for characters, images
        (n, 28, 28, 1) in 0..1 and (n, classes); for words, a line's image (1, 40, columns, 1) in
        0..1 and (1, 1, frames, classes).
    """

    operations: tuple[Operation, ...]
    weights: dict[int, NDArray[np.float32]]
    input: int
    output: int


def read_network(file: bytes, of_words: bool = False) -> Network:
    """Read a network from a LiteRT file.

    Parameters
    ----------
    file : bytes
    of_words : bool
        Whether it reads words, from :mod:`hwr.words.networks`, and not single characters.

    Raises
    ------
    ValueError
        If it is not a LiteRT file, does not turn 28x28 grey images, or lines of any width, into
        logits, or contains an operation that the page cannot run.
    """
    model = parse_model(file)
    graph = model.subgraphs[0]
    _check_graph(graph, check_line_shapes if of_words else check_shapes)
    start, end = int(graph.inputs[0]), int(graph.outputs[0])
    # Backwards from the logits. This skips the operations that only calculate shapes for batches of
    # any size: the output of a reshape already has its shape.
    operations: list[Operation] = []
    weights: dict[int, NDArray[np.float32]] = {}
    pending, makers = [end], {int(op.outputs[0]): op for op in graph.operators}
    while pending:
        tensor = pending.pop()
        stored = _stored(model, tensor, makers)
        if constant(model, stored) is not None:
            weights[tensor] = _floats(model, stored)
        elif tensor in makers:
            operation = translate(model, makers.pop(tensor))
            operations.append(operation)
            pending += operation.inputs
    order = [int(op.outputs[0]) for op in graph.operators]
    operations.sort(key=lambda operation: order.index(operation.output))
    if operations[-1:] and operations[-1].kind == "SOFTMAX":
        raise ValueError(
            "This network ends in a softmax: take it away, because the page makes probabilities "
            "from logits itself."
        )
    return Network(tuple(operations), weights, start, end)


def parse_model(file: bytes) -> Any:
    """Return the contents of a LiteRT file as objects of the schema."""
    if file[4:8] != FILE_IDENTIFIER:
        raise ValueError(
            "This is no LiteRT file: give a recogniser's card (.json), whose network lies beside "
            "it, or a network that Keras saved (.keras)."
        )
    return schema.ModelT.InitFromObj(schema.Model.GetRootAs(file, 0))


def _check_graph(graph: Any, check: Callable[[Shape, Shape], None]) -> None:
    """Raise a ValueError unless the graph turns float32 numbers into others, of fit shapes."""
    ends = [graph.tensors[tensors[0]] for tensors in (graph.inputs, graph.outputs)]
    single = len(graph.inputs) == len(graph.outputs) == 1
    floats = all(tensor.type == schema.TensorType.FLOAT32 for tensor in ends)
    if not (single and floats):
        raise ValueError(
            "This network has not one input and one output of float32: convert a network with "
            "hwr.export.to_litert, such as hwr.models.build gives."
        )
    images, logits = (_shape(tensor) for tensor in ends)
    check(images, logits)


def _shape(tensor: Any) -> list[int | None]:
    """Return the shape of a tensor; None for what may have any size."""
    sizes = tensor.shape if tensor.shapeSignature is None else tensor.shapeSignature
    return [None if size < 0 else int(size) for size in sizes]


def check_shapes(images: Shape, logits: Shape) -> None:
    """Raise a ValueError unless a network turns 28x28 grey images into logits of classes.

    Parameters
    ----------
    images, logits : sequence of int or None
        Shapes of input and output; the first number, the size of the batch, is ignored.
    """
    classes = [*logits[1:]]
    if [*images[1:]] != INPUT_SHAPE or len(classes) != 1 or not classes[0] or classes[0] < 2:
        raise ValueError(
            f"This network turns {_told(images)} into {_told(logits)}: the page needs one that "
            f"turns an image of {SIDE} x {SIDE} x 1 into one logit for each of two or more "
            "classes, such as hwr.models.build gives."
        )


def check_line_shapes(lines: Shape, logits: Shape) -> None:
    """Raise a ValueError unless a network turns lines' images of any width into logits of frames.

    Parameters
    ----------
    lines, logits : sequence of int or None
        Shapes of input and output; the first number, the size of the batch, is ignored.
    """
    if ([*lines[1:]], [*logits[1:]]) != ([HEIGHT, None, 1], [1, None, CLASSES]):
        raise ValueError(
            f"This network turns {_told(lines)} into {_told(logits)}: the page reads words with "
            f"one that turns images of {HEIGHT} rows and any width into {CLASSES} logits a "
            "frame, such as 'python -m hwr train words' makes."
        )


def _told(shape: Shape) -> str:
    sizes = ["any" if size is None else str(size) for size in shape[1:]]
    return " x ".join(sizes) or "one number"


def _stored(model: Any, tensor: int, makers: dict[int, Any]) -> int:
    """Return the tensor whose numbers the file holds: DEQUANTIZE turns float16 into float32."""
    maker = makers.get(tensor)
    return int(maker.inputs[0]) if maker and _kind(model, maker) == "DEQUANTIZE" else tensor


def _floats(model: Any, tensor: int) -> NDArray[np.float32]:
    types = {schema.TensorType.FLOAT32: np.float32, schema.TensorType.FLOAT16: np.float16}
    dtype = types.get(model.subgraphs[0].tensors[tensor].type)
    if dtype is None:
        raise ValueError(
            "This LiteRT file holds weights that are neither float32 nor float16: convert the "
            "network with hwr.export.to_litert; the page rounds the weights itself."
        )
    return array(model, tensor, dtype).astype(np.float32)


def constant(model: Any, tensor: int) -> NDArray[np.uint8] | None:
    """Return the bytes of a tensor in the file, or None for one that the network calculates."""
    data = model.buffers[model.subgraphs[0].tensors[tensor].buffer].data
    return None if data is None or not len(data) else np.asarray(data, np.uint8)


def array(model: Any, tensor: int, dtype: type) -> NDArray[Any]:
    """Return the numbers of a tensor in the file.

    Raises
    ------
    ValueError
        If the network calculates the tensor.
    """
    data = constant(model, tensor)
    if data is None:
        raise ValueError(
            "This network calculates a setting while it runs, which the page cannot do: convert it "
            "with hwr.export.to_litert, from layers of fixed sizes."
        )
    shape = model.subgraphs[0].tensors[tensor].shape
    return np.frombuffer(data.tobytes(), dtype).reshape([] if shape is None else shape)
