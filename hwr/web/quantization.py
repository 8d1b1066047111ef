"""Weights as bytes: exactly, or with fewer bits, which costs accuracy.

``float32`` takes four bytes a weight, ``float16`` two, ``int8`` one. In ``int8`` a weight is a
whole number from -127 to 127 times a scale; every output channel has a scale of its own, so that
one channel of large weights does not coarsen the others (Jacob et al. 2018, arXiv:1712.05877).
Biases stay float32 throughout: they are next to nothing of the size.
"""

import base64
from typing import Any, Literal, get_args

import numpy as np
from ai_edge_litert import schema_py_generated as schema
from numpy.typing import NDArray

from hwr.web import litert
from hwr.web.litert import Network

Precision = Literal["float32", "float16", "int8"]
PRECISIONS: tuple[Precision, ...] = get_args(Precision)


def quantize(
    values: NDArray[np.float32], axis: int
) -> tuple[NDArray[np.int8], NDArray[np.float32]]:
    """Round weights to 8 bits, with a scale for each output channel.

    Parameters
    ----------
    values : ndarray of float32
    axis : int
        The axis of the output channels.

    Returns
    -------
    whole : ndarray of int8, in -127..127, same shape
    scales : ndarray of float32
        One a channel, of length 1 along every other axis: ``whole * scales`` is near the values.
    """
    others = tuple(i for i in range(values.ndim) if i != axis % values.ndim)
    largest = np.abs(values).max(axis=others, keepdims=True)
    scales = (np.where(largest > 0, largest, 1) / 127).astype(np.float32)
    return np.rint(values / scales).astype(np.int8), scales


def encode(read: Network, precision: Precision = "float32") -> dict[str, Any]:
    """Describe a network for the page's JSON, its weights in base64.

    Parameters
    ----------
    read : Network
    precision : {'float32', 'float16', 'int8'}

    Returns
    -------
    dict
        ``precision``; ``input`` and ``output``; ``operations``, each with its settings; and
        ``weights``: by the tensor's number ``shape``, ``type``, ``data`` and, for ``'int8'``, the
        ``scales``, which are weights like these.
    """
    _check(precision)
    axes = _channel_axes(read)
    return {
        "precision": precision,
        "input": read.input,
        "output": read.output,
        "operations": [
            {"kind": op.kind, "inputs": op.inputs, "output": op.output, **op.settings}
            for op in read.operations
        ],
        "weights": {
            str(tensor): _encode(values, precision, axes.get(tensor))
            for tensor, values in read.weights.items()
        },
    }


def decode(described: dict[str, Any]) -> NDArray[np.float32]:
    """Return a weight of :func:`encode` back, as the page calculates with it."""
    values = np.frombuffer(base64.b64decode(described["data"]), f"<{_CODES[described['type']]}")
    values = values.reshape(described["shape"]).astype(np.float32)
    return values * decode(described["scales"]) if "scales" in described else values


def round_weights(file: bytes, precision: Precision) -> bytes:
    """Round the weights of a LiteRT file as the page's, to measure what that costs.

    Parameters
    ----------
    file : bytes
        As :attr:`hwr.recognizer.Recognizer.weights`.
    precision : {'float32', 'float16', 'int8'}

    Returns
    -------
    bytes
        A LiteRT file of the same network and size; its weights are float32 numbers that the
        precision has. ``Recognizer(rounded(file, 'int8'), card)`` reads with them.
    """
    weights = encode(litert.read_network(file), precision)["weights"]
    content = bytearray(file)
    model = schema.Model.GetRootAs(content, 0)
    for tensor, described in weights.items():
        buffer = model.Buffers(model.Subgraphs(0).Tensors(int(tensor)).Buffer())
        buffer.DataAsNumpy()[:] = np.frombuffer(decode(described).tobytes(), np.uint8)
    return bytes(content)


def weights_size(file: bytes, precision: Precision) -> int:
    """Return the bytes of a LiteRT file's weights in a precision, before base64."""
    weights = encode(litert.read_network(file), precision)["weights"].values()
    parts = [part for weight in weights for part in (weight, weight.get("scales")) if part]
    return sum(len(base64.b64decode(part["data"])) for part in parts)


_CODES = {"float32": "f4", "float16": "f2", "int8": "i1"}  # NumPy's names of the types


def _check(precision: str) -> None:
    if precision not in PRECISIONS:
        raise ValueError(
            f"There is no precision {precision!r}: choose from {', '.join(PRECISIONS)}."
        )


def _channel_axes(read: Network) -> dict[int, int]:
    """Return the axis of the output channels for each weight that a convolution or a layer has."""
    axes = {"CONV_2D": 0, "FULLY_CONNECTED": 0, "DEPTHWISE_CONV_2D": 3}
    return {op.inputs[1]: axes[op.kind] for op in read.operations if op.kind in axes}


def _encode(values: NDArray[np.float32], precision: Precision, axis: int | None) -> dict[str, Any]:
    if axis is None or precision == "float32":  # a bias, or a number of BatchNorm
        return _described(values, "float32")
    if precision == "float16":
        return _described(values.astype(np.float16), "float16")
    whole, scales = quantize(values, axis)
    return {**_described(whole, "int8"), "scales": _described(scales, "float32")}


def _described(values: NDArray[Any], name: str) -> dict[str, Any]:
    data = values.astype(f"<{_CODES[name]}").tobytes()
    return {
        "shape": list(values.shape),
        "type": name,
        "data": base64.b64encode(data).decode("ascii"),
    }
