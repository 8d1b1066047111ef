"""What a network does step by step: LiteRT's operations, with what the page needs to run each."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from ai_edge_litert import schema_py_generated as schema
from numpy.typing import NDArray


@dataclass(frozen=True)
class Operation:
    """One step of a network.

    Attributes
    ----------
    kind : str
        Its name in LiteRT, such as ``'CONV_2D'``.
    inputs : tuple of int
        Numbers of the tensors that go in: images or features first, then weights.
    output : int
        Number of the tensor that comes out.
    settings : dict
        What else it needs, such as ``{'strides': [2, 2], 'padding': 'same'}``.
    """

    kind: str
    inputs: tuple[int, ...]
    output: int
    settings: dict[str, Any]


_NAMES = {code: name for name, code in vars(schema.BuiltinOperator).items() if name.isupper()}
_ACTIVATIONS = {0: "linear", 1: "relu", 3: "relu6", 4: "tanh"}
_PADDINGS = {0: "same", 1: "valid"}


def _convolution(options: Any) -> dict[str, Any]:
    return {
        **_window(options),
        "dilations": [options.dilationHFactor, options.dilationWFactor],
    }


def _pooling(options: Any) -> dict[str, Any]:
    return {**_window(options), "size": [options.filterHeight, options.filterWidth]}


def _window(options: Any) -> dict[str, Any]:
    padding = _PADDINGS[options.padding]
    return {"strides": [options.strideH, options.strideW], "padding": padding}


def _nothing(_: Any) -> dict[str, Any]:
    return {}


# What the page can do: every operation of hwr.models, and what Keras's other common layers give.
_SETTINGS: dict[str, Callable[[Any], dict[str, Any]]] = {
    "CONV_2D": _convolution,
    "DEPTHWISE_CONV_2D": _convolution,
    "FULLY_CONNECTED": _nothing,
    "MAX_POOL_2D": _pooling,
    "AVERAGE_POOL_2D": _pooling,
    "ADD": _nothing,
    "SUB": _nothing,
    "MUL": _nothing,
    "CONCATENATION": lambda options: {"axis": options.axis},
    "MEAN": lambda options: {"keep": bool(options.keepDims)},
    "PAD": _nothing,
    "RESHAPE": _nothing,
    "RELU": _nothing,
    "RELU6": _nothing,
    "LOGISTIC": _nothing,
    "TANH": _nothing,
    "SOFTMAX": _nothing,
}
# Operations whose last input is no tensor of the page but a setting.
_SETTING_INPUTS = {"MEAN": "axes", "PAD": "paddings"}


def translate(model: Any, op: Any) -> Operation:
    """Translate one of the schema's operators.

    Raises
    ------
    ValueError
        If the page cannot do what it does.
    """
    code = model.operatorCodes[op.opcodeIndex]
    kind = _NAMES.get(max(code.builtinCode, code.deprecatedBuiltinCode), "an unknown operation")
    if kind not in _SETTINGS:
        raise ValueError(
            f"The page cannot run LiteRT's {kind}, which is in this network: build it of "
            "convolutions, pooling, dense layers, batch normalisation, additions and ReLU, sigmoid "
            "or tanh."
        )
    inputs = [int(tensor) for tensor in op.inputs if tensor >= 0]  # -1 stands for no bias
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
        described = model.subgraphs[0].tensors[op.outputs[0]]
        signature = (
            described.shape if described.shapeSignature is None else described.shapeSignature
        )
        settings["shape"] = [-1, *(int(size) for size in signature[1:])]
    return Operation(kind, tuple(inputs), int(op.outputs[0]), settings)


# --- what the file holds ------------------------------------------------------------------------


def constant(model: Any, tensor: int) -> NDArray[np.uint8] | None:
    """Give the bytes that the file holds for a tensor; None for one that is calculated."""
    data = model.buffers[model.subgraphs[0].tensors[tensor].buffer].data
    return None if data is None or not len(data) else np.asarray(data, np.uint8)


def array(model: Any, tensor: int, dtype: type) -> NDArray[Any]:
    """Give the numbers that the file holds for a tensor; a ValueError if it holds none."""
    data, described = constant(model, tensor), model.subgraphs[0].tensors[tensor]
    if data is None:
        raise ValueError(
            "This network calculates a setting while it runs, which the page cannot: convert it "
            "with hwr.export.to_litert, from layers of fixed sizes."
        )
    shape = [] if described.shape is None else described.shape
    return np.frombuffer(data.tobytes(), dtype).reshape(shape)
