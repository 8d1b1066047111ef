"""A network as the steps that it takes for one image: every layer's output, and what it comes from.

Networks inside a network are opened: their layers become steps of their own. Nothing is added to
the network, so that it can be trained or saved as before.
"""

import inspect
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hwr._support.keras import keras, tensorflow
from hwr._support.networks import largest_input
from hwr.dataset import as_input
from hwr.ink import SIDE

Values = list[NDArray[np.float32]]
"""The output of each step for one image, without the batch axis."""


@dataclass(frozen=True, eq=False)
class Step:
    """One call of a layer.

    Attributes
    ----------
    name : str
        As in the network's summary.
    layer : keras.layers.Layer or keras.Operation or None
        None for the image.
    sources : tuple of int
        The steps whose outputs it takes.
    apply : callable
        From those outputs, with a batch axis, to its own.
    """

    name: str
    layer: Any
    sources: tuple[int, ...]
    apply: Callable[[Sequence[Any]], Any]


class Network:
    """The steps of a network, and their outputs for an image.

    Parameters
    ----------
    model : keras.Model
        Sequential or functional, from images of shape (28, 28, 1) to one output.

    Attributes
    ----------
    steps : list of Step
        In the order of computing; the first one is the image.
    shapes : list of tuple of int
        The shape of each step's output: (rows, columns, maps), or (units,).
    moved : dict of int to ndarray
        Kept by :func:`hwr.interactive.explorer.windows.moves`.

    Raises
    ------
    ValueError
        If the network is of another kind.
    """

    def __init__(self, model: keras.Model) -> None:
        _check(model)
        self.moved: dict[int, NDArray[np.int64]] = {}
        self._largest = np.float32(largest_input(model))
        self.steps = [Step("image", None, (), lambda _: None)]
        _add_network(self.steps, model, 0)
        spec = tensorflow.TensorSpec((1, SIDE, SIDE, 1), tensorflow.float32)
        self._run = tensorflow.function(self._outputs).get_concrete_function(spec)
        self.shapes = [value.shape for value in self.run(np.zeros((SIDE, SIDE), np.uint8))]
        for step, shape in zip(self.steps, self.shapes, strict=True):
            if len(shape) not in (1, 3):
                raise ValueError(
                    f"The layer {step.name!r} has an output of shape {shape}: the Explorer shows "
                    "networks whose layers give maps (rows, columns, maps) or a row of units."
                )

    def run(self, image: NDArray[np.uint8]) -> Values:
        """Return the output of every step for an image, uint8 of shape (28, 28).

        Returns
        -------
        list of ndarray of float32
            As the network computes them, in float32. Ink is 1 in the image, or 255 for a network
            that scales by itself.
        """
        batch = as_input(image[None]) * self._largest
        return [np.asarray(value, np.float32) for value in self._run(tensorflow.constant(batch))]

    def _outputs(self, batch: Any) -> list[Any]:
        outputs = [batch]
        for step in self.steps[1:]:
            outputs.append(step.apply([outputs[source] for source in step.sources]))
        return [output[0] for output in outputs]


def _check(model: Any) -> None:
    if not isinstance(model, keras.Model):
        raise ValueError(
            f"The Explorer opens Keras networks, and this is {type(model).__name__}: give a "
            "keras.Model, such as models.build('lenet', 10) or transfer.load_pretrained()."
        )
    if isinstance(model, keras.Sequential) and getattr(model, "inputs", None) is None:
        raise ValueError(
            "This network does not know the shape of its images yet: "
            "begin it with keras.Input((28, 28, 1))."
        )
    _check_functional(model)
    shapes = [tuple(tensor.shape[1:]) for tensor in model.inputs]
    if shapes != [(SIDE, SIDE, 1)] or len(model.outputs) != 1:
        raise ValueError(
            f"This network takes {' and '.join(map(str, shapes))} and has {len(model.outputs)} "
            "outputs: the Explorer shows networks from one image of shape (28, 28, 1) to one "
            "output."
        )


def _check_functional(model: keras.Model) -> None:
    if isinstance(model, keras.Sequential) or hasattr(model, "_nodes_by_depth"):
        return
    raise ValueError(
        f"The layers of {model.name!r} are called by code of its own, which cannot be opened: "
        "build the network with keras.Sequential, or with keras.Model(inputs, outputs)."
    )


def _add_network(steps: list[Step], model: keras.Model, source: int) -> int:
    """Add the steps of a network that takes one step's output; return the last one's number."""
    _check_functional(model)
    if isinstance(model, keras.Sequential):
        for layer in model.layers:
            source = _add(steps, layer, (source,), _caller(layer))
        return source
    numbers = {id(model.inputs[0]): source}
    for call in _calls(model):
        if not call.input_tensors:  # the input
            continue
        if len(call.output_tensors) != 1:
            raise ValueError(
                f"The layer {call.operation.name!r} has several outputs, which the Explorer does "
                "not show: use layers with one output."
            )
        sources = tuple(numbers[id(tensor)] for tensor in call.input_tensors)
        apply = _caller(call.operation, call.arguments, call.input_tensors)
        numbers[id(call.output_tensors[0])] = _add(steps, call.operation, sources, apply)
    return numbers[id(model.outputs[0])]


def _calls(model: keras.Model) -> Iterator[Any]:
    """Yield the calls of a functional network's layers in order; Keras has no public list."""
    for depth in sorted(model._nodes_by_depth, reverse=True):
        yield from model._nodes_by_depth[depth]


def _add(
    steps: list[Step], layer: Any, sources: tuple[int, ...], apply: Callable[[Sequence[Any]], Any]
) -> int:
    if isinstance(layer, keras.Model):
        if len(sources) != 1:
            raise ValueError(
                f"The network {layer.name!r} inside this one has {len(sources)} inputs, which "
                "cannot be opened: put its layers into the outer network."
            )
        return _add_network(steps, layer, sources[0])
    steps.append(Step(layer.name, layer, sources, apply))
    return len(steps) - 1


def _caller(
    layer: Any, arguments: Any = None, tensors: Sequence[Any] = ()
) -> Callable[[Sequence[Any]], Any]:
    """Return a function that calls a layer as it is called in its network, for inference."""
    fixed: dict[str, Any] = {}
    if "training" in inspect.signature(layer.call).parameters:
        fixed["training"] = False

    def apply(inputs: Sequence[Any]) -> Any:
        if arguments is None:
            return layer(inputs[0], **fixed)
        known = {id(tensor): value for tensor, value in zip(tensors, inputs, strict=True)}
        positional, named = arguments.fill_in(known)
        return layer(*positional, **{**named, **fixed})

    return apply
