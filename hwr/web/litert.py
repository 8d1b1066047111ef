"""A network on its way into the web page: from LiteRT's file to a list of operations and weights.

A LiteRT file is a *FlatBuffer*: tables at fixed places, which the schema that comes with LiteRT
names. What is read from it here is what `network.js` runs in the page with TensorFlow.js; the
weights' bytes are the business of :mod:`hwr.web.quantization`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from ai_edge_litert import schema_py_generated as schema
from numpy.typing import NDArray

from hwr.alphabets import CHARACTERS
from hwr.ink import SIDE
from hwr.web.operations import Operation, array, constant, translate

INPUT, OUTPUT = [SIDE, SIDE, 1], [len(CHARACTERS)]


@dataclass(frozen=True)
class Network:
    """What a network calculates, and with which weights.

    Attributes
    ----------
    operations : tuple of Operation
        In the order in which they run.
    weights : dict of int to ndarray of float32
        By the tensor's number, in LiteRT's layout: a convolution's are (filters, rows, columns,
        channels), a dense layer's (outputs, inputs).
    input, output : int
        Numbers of the tensors of the images, float32 (n, 28, 28, 1) in 0..1, and of the logits,
        float32 (n, 62).
    """

    operations: tuple[Operation, ...]
    weights: dict[int, NDArray[np.float32]]
    input: int
    output: int


def read(file: bytes) -> Network:
    """Read a network from a LiteRT file.

    Raises
    ------
    ValueError
        If it is none, does not turn 28x28 grey images into 62 logits, or does what the page
        cannot do.
    """
    model = opened(file)
    graph = model.subgraphs[0]
    _check_ends(graph)
    start, end = int(graph.inputs[0]), int(graph.outputs[0])
    # Backwards from the logits: what only calculates shapes, for batches of any size, is not
    # reached, because a reshape's own output already says its shape.
    operations: list[Operation] = []
    weights: dict[int, NDArray[np.float32]] = {}
    wanted, makers = [end], {int(op.outputs[0]): op for op in graph.operators}
    while wanted:
        tensor = wanted.pop()
        if tensor in makers:
            operation = translate(model, makers.pop(tensor))
            operations.append(operation)
            wanted += operation.inputs
        elif tensor != start and tensor not in weights and constant(model, tensor) is not None:
            weights[tensor] = _floats(model, tensor)
    order = [int(op.outputs[0]) for op in graph.operators]
    operations.sort(key=lambda operation: order.index(operation.output))
    if operations[-1:] and operations[-1].kind == "SOFTMAX":
        raise ValueError(
            "This network ends in a softmax: take it away, because the page makes probabilities "
            "from logits itself."
        )
    return Network(tuple(operations), weights, start, end)


def opened(file: bytes) -> Any:
    """Unpack a LiteRT file into the schema's objects."""
    if file[4:8] != b"TFL3":
        raise ValueError(
            "This is no LiteRT file: give a recogniser's card (.json), whose network lies beside "
            "it, or a network that Keras saved (.keras)."
        )
    return schema.ModelT.InitFromObj(schema.Model.GetRootAs(file, 0))


def _check_ends(graph: Any) -> None:
    """Raise a ValueError unless images go in and logits come out, in float32."""
    ends = [graph.tensors[tensors[0]] for tensors in (graph.inputs, graph.outputs)]
    alone = len(graph.inputs) == len(graph.outputs) == 1
    floats = all(tensor.type == schema.TensorType.FLOAT32 for tensor in ends)
    if not (alone and floats):
        raise ValueError(
            "This network has not one input and one output of float32: convert a network with "
            "hwr.export.to_litert, such as hwr.models.build gives."
        )
    images, logits = ([int(size) for size in tensor.shape] for tensor in ends)
    check_shapes(images, logits)


def check_shapes(images: Sequence[int | None], logits: Sequence[int | None]) -> None:
    """Raise a ValueError unless a network turns 28x28 grey images into 62 logits.

    Parameters
    ----------
    images, logits : sequence of int or None
        Shapes of its input and its output; the first number, of the batch, is not looked at.
    """
    if [[*images[1:]], [*logits[1:]]] != [INPUT, OUTPUT]:
        found = [" x ".join(map(str, shape[1:])) or "one number" for shape in (images, logits)]
        raise ValueError(
            f"This network turns {found[0]} into {found[1]}: the page needs one that turns an "
            f"image of {SIDE} x {SIDE} x 1 into the logits of {len(CHARACTERS)} characters, such "
            "as hwr.models.build gives."
        )


def _floats(model: Any, tensor: int) -> NDArray[np.float32]:
    described = model.subgraphs[0].tensors[tensor]
    if described.type != schema.TensorType.FLOAT32:
        raise ValueError(
            "This LiteRT file holds weights that are not float32: convert the network with "
            "hwr.export.to_litert; the page rounds the weights itself."
        )
    return array(model, tensor, np.float32)
