"""Weights as bytes: exact, or with fewer bits at some cost in accuracy.

A weight takes four bytes in ``float32``, two in ``float16``, one in ``int8``. In ``int8`` it is an
integer from -127 to 127 times a scale; each output channel has its own scale, so that one channel
of large weights does not coarsen the others (Jacob et al. 2018, arXiv:1712.05877). Biases stay
float32: they take next to no room.
"""

import base64
from typing import Any, Literal, get_args

import numpy as np
from ai_edge_litert import schema_py_generated as schema
from numpy.typing import NDArray

from hwr.web.litert import FILE_IDENTIFIER, Network, parse_model, read_network

Precision = Literal["float32", "float16", "int8"]
PRECISIONS: tuple[Precision, ...] = get_args(Precision)
EMPTY = 0
"""Number of a LiteRT file's empty buffer."""


def quantize(
    values: NDArray[np.float32], axis: int
) -> tuple[NDArray[np.int8], NDArray[np.float32]]:
    """Round weights to 8 bits, with a scale for each output channel.

    Parameters
    ----------
    values : ndarray of float32
    axis : int
        Axis of the output channels.

    Returns
    -------
    whole : ndarray of int8, in -127..127, same shape
    scales : ndarray of float32
        One per channel, of length 1 along every other axis; ``whole * scales`` approximates the
        values.
    """
    others = tuple(i for i in range(values.ndim) if i != axis % values.ndim)
    largest = np.abs(values).max(axis=others, keepdims=True)
    scales = (np.where(largest > 0, largest, 1) / 127).astype(np.float32)
    return np.rint(values / scales).astype(np.int8), scales


def encode(network: Network, precision: Precision | None = None) -> dict[str, Any]:
    """Return a network for the page's JSON, its weights in base64.

    Parameters
    ----------
    network : Network
    precision : {'float32', 'float16', 'int8'}, optional
        By default float16 if it represents every weight exactly, else float32: nothing is lost.

    Returns
    -------
    dict
        ``precision``; ``input`` and ``output``; ``operations``, each with its settings; and
        ``weights`` by number of the tensor, each with ``shape``, ``type``, ``data`` and, in int8,
        ``scales``, encoded like a weight.

    Raises
    ------
    ValueError
        If there is no such precision.
    """
    if precision not in (*PRECISIONS, None):
        raise ValueError(
            f"There is no precision {precision!r}: choose from {', '.join(PRECISIONS)}."
        )
    # The axis of the output channels, in weights of convolutions and dense layers.
    axis_of = {"CONV_2D": 0, "FULLY_CONNECTED": 0, "DEPTHWISE_CONV_2D": 3}
    axes = {op.inputs[1]: axis_of[op.kind] for op in network.operations if op.kind in axis_of}
    if precision is None:
        exact = all(_fits_float16(network.weights[tensor]) for tensor in axes)
        precision = "float16" if exact else "float32"
    return {
        "precision": precision,
        "input": network.input,
        "output": network.output,
        "operations": [
            {"kind": op.kind, "inputs": op.inputs, "output": op.output, **op.settings}
            for op in network.operations
        ],
        "weights": {
            str(tensor): _encode_weight(values, precision, axes.get(tensor))
            for tensor, values in network.weights.items()
        },
    }


def decode(encoded: dict[str, Any]) -> NDArray[np.float32]:
    """Return one of the weights of :func:`encode` with the values that the page calculates with."""
    values = np.frombuffer(base64.b64decode(encoded["data"]), f"<{_CODES[encoded['type']]}")
    values = values.reshape(encoded["shape"]).astype(np.float32)
    return values * decode(encoded["scales"]) if "scales" in encoded else values


def round_weights(file: bytes, precision: Precision) -> bytes:
    """Return a LiteRT file whose weights are rounded like the page's, to measure what that costs.

    Parameters
    ----------
    file : bytes
        :attr:`hwr.recognizer.Recognizer.weights`.
    precision : {'float32', 'float16', 'int8'}

    Returns
    -------
    bytes
        The same network, its weights float32 numbers that `precision` can represent;
        ``Recognizer(round_weights(file, 'int8'), card)`` reads with them.
    """
    weights = encode(read_network(file), precision)["weights"]
    model = parse_model(file)
    graph = model.subgraphs[0]
    dequantized = [op for op in graph.operators if str(op.outputs[0]) in weights]
    graph.operators = [op for op in graph.operators if op not in dequantized]
    for op in dequantized:  # float32 numbers take the place of the float16 ones
        graph.tensors[op.outputs[0]].buffer = graph.tensors[op.inputs[0]].buffer
    for op in dequantized:
        graph.tensors[op.inputs[0]].buffer = EMPTY
    for tensor, weight in weights.items():
        content = np.frombuffer(decode(weight).tobytes(), np.uint8)
        model.buffers[graph.tensors[int(tensor)].buffer].data = content
    builder = schema.flatbuffers.Builder()
    builder.Finish(model.Pack(builder), FILE_IDENTIFIER)
    return bytes(builder.Output())


def weights_size(file: bytes, precision: Precision) -> int:
    """Return the size in bytes of a LiteRT file's weights in a precision, before base64."""
    weights = encode(read_network(file), precision)["weights"].values()
    parts = [part for weight in weights for part in (weight, weight.get("scales")) if part]
    return sum(len(base64.b64decode(part["data"])) for part in parts)


def _fits_float16(values: NDArray[np.float32]) -> bool:
    with np.errstate(over="ignore"):  # a number too large becomes infinite, and so does not fit
        return bool(np.array_equal(values.astype(np.float16), values))


_CODES = {"float32": "f4", "float16": "f2", "int8": "i1"}  # NumPy's codes of the types


def _encode_weight(
    values: NDArray[np.float32], precision: Precision, axis: int | None
) -> dict[str, Any]:
    if axis is None or precision == "float32":  # a bias, or a parameter of BatchNorm
        return _encode_array(values, "float32")
    if precision == "float16":
        return _encode_array(values.astype(np.float16), "float16")
    whole, scales = quantize(values, axis)
    return {**_encode_array(whole, "int8"), "scales": _encode_array(scales, "float32")}


def _encode_array(values: NDArray[Any], name: str) -> dict[str, Any]:
    data = values.astype(f"<{_CODES[name]}").tobytes()
    return {"shape": list(values.shape), "type": name, "data": base64.b64encode(data).decode()}
