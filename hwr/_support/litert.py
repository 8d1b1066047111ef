"""A LiteRT file at work; it starts in a fraction of a second, without TensorFlow."""

from math import prod
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from hwr._support.stderr import silent_stderr

IMAGE_SHAPE = (28, 28, 1)
BATCH = 64
"""Number of images that run at once; more would not be faster, and take more memory."""
MAX_NUMBERS = 50_000_000
"""Numbers in one array of a network at work, 200 MB; those of the course have 3 million at most."""


class Classifier(Protocol):
    """A network that a recogniser reads with, such as :class:`LiteRTNetwork`."""

    weights: bytes

    def logits(self, images: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Return the logits of images."""


class LiteRTNetwork:
    """A LiteRT file at work, from images (n, 28, 28, 1) in 0..1 to logits.

    Parameters
    ----------
    weights : bytes
        The file's content.

    Attributes
    ----------
    weights
    outputs : int
        Number of logits.

    Raises
    ------
    ValueError
        If it is no LiteRT file, or its network does not turn such images into logits.
    """

    def __init__(self, weights: bytes) -> None:
        self.weights, self._interpreter = weights, _started(weights)
        ends = self._interpreter.get_input_details() + self._interpreter.get_output_details()
        _check_ends(ends)
        self._input, self._output = (end["index"] for end in ends)
        self.outputs = int(ends[1]["shape"][1])
        self._batch = 0

    def logits(self, images: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Return the logits, shape (n, outputs), of uint8 images, shape (n, 28, 28)."""
        if not len(images):
            return np.zeros((0, self.outputs), np.float32)
        parts = [images[start : start + BATCH] for start in range(0, len(images), BATCH)]
        return np.concatenate([self._run(part) for part in parts])

    def _run(self, images: NDArray[np.uint8]) -> NDArray[np.float32]:
        if len(images) != self._batch:
            _allocate(self._interpreter, self._input, (len(images), *IMAGE_SHAPE))
            self._batch = len(images)
        self._interpreter.set_tensor(self._input, images[..., None] / np.float32(255))
        self._interpreter.invoke()
        return np.array(self._interpreter.get_tensor(self._output))


class LineNetwork:
    """A LiteRT file at work, from lines of any width to logits in every frame.

    Parameters
    ----------
    weights : bytes
        The file's content.
    rows, channels : int
        Of its input, of shape (1, rows, columns, channels).
    classes : int
        Of its output, of shape (1, 1, frames, classes).

    Raises
    ------
    ValueError
        If it is no LiteRT file, or its network has other inputs or outputs.
    """

    def __init__(self, weights: bytes, rows: int, channels: int, classes: int) -> None:
        self.weights, self._interpreter = weights, _started(weights)
        ends = self._interpreter.get_input_details() + self._interpreter.get_output_details()
        shapes = [[int(size) for size in end["shape_signature"]] for end in ends]
        if shapes != [[-1, rows, -1, channels], [-1, 1, -1, classes]]:
            raise ValueError(
                f"A network of words turns lines of {rows} rows and {channels} channels into "
                f"{classes} logits a frame, and this one's inputs and outputs are {shapes}: give "
                "the file that was saved with the network's card."
            )
        self._input, self._output = (end["index"] for end in ends)
        self._shape: tuple[int, ...] = ()

    def logits(self, line: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return logits, shape (frames, classes), of a line, shape (rows, columns, channels)."""
        if line.shape != self._shape:
            _allocate(self._interpreter, self._input, (1, *line.shape))
            self._shape = line.shape
        self._interpreter.set_tensor(self._input, line[None])
        self._interpreter.invoke()
        answer: NDArray[np.float32] = np.array(self._interpreter.get_tensor(self._output))[0, 0]
        return answer


def _started(weights: bytes) -> Any:
    from ai_edge_litert.interpreter import Interpreter

    try:
        with silent_stderr():  # LiteRT prints which delegate it uses
            interpreter = Interpreter(model_content=weights, num_threads=1)
            interpreter.allocate_tensors()
    except (ValueError, RuntimeError):
        raise ValueError(
            "This is no LiteRT file that can be run: give the file that was saved with the "
            "recogniser's card, or save the network anew."
        ) from None
    return interpreter


def _allocate(interpreter: Any, place: int, shape: tuple[int, ...]) -> None:
    """Prepare a network for input of another shape; raise a ValueError if that takes too much."""
    interpreter.resize_tensor_input(place, shape)
    interpreter.allocate_tensors()  # what is not written yet takes no memory
    numbers = max(prod(map(int, each["shape"])) for each in interpreter.get_tensor_details())
    if numbers > MAX_NUMBERS:
        raise ValueError(
            f"This network makes an array of {numbers:,} numbers, more than the "
            f"{MAX_NUMBERS // 10**6} million that are expected at most: give a smaller network."
        )


def _check_ends(ends: list[dict[str, Any]]) -> None:
    """Raise a ValueError unless one input takes float32 images and one output gives logits."""
    shapes = [tuple(map(int, end["shape"])) for end in ends]
    kinds = [end["dtype"].__name__ for end in ends]
    fits = kinds == ["float32"] * 2 and shapes[0][1:] == IMAGE_SHAPE and len(shapes[1]) == 2
    if not fits:
        found = " and ".join(map("{} {}".format, kinds[:4], shapes))
        raise ValueError(
            f"This network's inputs and outputs are {found}: give one that turns float32 images of "
            "shape (n, 28, 28, 1) into float32 logits of shape (n, classes)."
        )
