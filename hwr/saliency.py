"""What the network looks at: which ink supports an answer, and what the first layers compute.

Two ways to look inside a trained network, for one image. *Occlusion* hides one part of the image
after another and observes the answer (Zeiler and Fergus 2013, arXiv:1311.2901). *Feature maps* are
the outputs of the convolutions, one image for each filter.
"""

import warnings

import numpy as np
from ai_edge_litert import schema_py_generated as schema
from ai_edge_litert.interpreter import Interpreter
from numpy.typing import NDArray

from hwr._support.arrays import image_of
from hwr._support.stderr import silent_stderr
from hwr.alphabets import Alphabet
from hwr.dataset import as_input
from hwr.ink import SIDE
from hwr.recognizer import Recognizer

WINDOW, STEP = 7, 3
"""Side of the square that hides a part of the image, and its stride; both in pixels."""
SUPPORTS, OPPOSES = (0, 114, 178), (213, 94, 0)
"""Colours of ink that supports the answer or opposes it: the palette's blue and vermilion."""


def occlusion(
    recognizer: Recognizer, image: NDArray[np.uint8], alphabet: Alphabet | None = None
) -> NDArray[np.float32]:
    """Return how much each pixel's neighbourhood supports the answer.

    A square of paper hides one part of the image after another. The decrease of the logarithm of
    the answer's probability is averaged, for each pixel, over the squares that hid it. The
    logarithm also shows what supports an answer that is nearly certain.

    Parameters
    ----------
    image : ndarray of uint8, shape (28, 28)
        Ink is 255.
    alphabet : Alphabet, optional
        Which characters are possible, by default all that the recogniser knows; all are equally
        likely, as on the pad.

    Returns
    -------
    ndarray of float32, shape (28, 28)
        Positive where the ink supports the answer, negative where it opposes it.
    """
    places = range(0, SIDE - WINDOW + 1, STEP)
    squares = [np.s_[row : row + WINDOW, column : column + WINDOW]
               for row in places for column in places]  # fmt: skip
    given = image_of("image", image)[None]
    hidden = np.repeat(given, 1 + len(squares), axis=0)  # the first one stays unchanged
    for covered, square in zip(hidden[1:], squares, strict=True):
        covered[square] = 0
    chosen = alphabet or recognizer.alphabet
    probabilities = recognizer.probabilities(hidden, "uniform", chosen)
    of_answer = np.log(probabilities[:, probabilities[0].argmax()] + 1e-12)
    total, count = np.zeros((2, SIDE, SIDE), np.float32)
    for square, after in zip(squares, of_answer[1:], strict=True):
        total[square] += of_answer[0] - after
        count[square] += 1
    return np.divide(total, count, out=total, where=count > 0)


def overlay(image: NDArray[np.uint8], drops: NDArray[np.float32]) -> NDArray[np.uint8]:
    """Return an image coloured by the support that its ink gives to the answer.

    Returns
    -------
    ndarray of uint8, shape (28, 28, 3)
        Blue where ink supports the answer, vermilion where it opposes it; ink is dark.
    """
    strength = np.abs(drops) / max(float(np.abs(drops).max()), 1e-6)
    colour = np.where((drops >= 0)[..., None], SUPPORTS, OPPOSES)
    paper = 255 + strength[..., None] * (colour - 255.0)
    image = image_of("image", image)
    return np.asarray(np.rint(paper * (1 - 0.85 * (image / 255)[..., None])), np.uint8)


class FirstLayers:
    """The first convolutions of a recogniser's network.

    Parameters
    ----------
    recognizer : Recognizer
    layers : int
        The number of convolutions.

    Raises
    ------
    ValueError
        If the network has no convolution.
    """

    def __init__(self, recognizer: Recognizer, layers: int = 2) -> None:
        with silent_stderr(), warnings.catch_warnings(action="ignore"):
            # By default an interpreter reuses the memory of the values between the layers.
            self._interpreter = Interpreter(
                model_content=recognizer.weights,
                num_threads=1,
                experimental_preserve_all_tensors=True,
            )
            self._interpreter.allocate_tensors()
        self._input = self._interpreter.get_input_details()[0]["index"]
        self._outputs = _convolution_outputs(recognizer.weights)[:layers]
        if not self._outputs:
            raise ValueError(
                "This network has no convolution, so there are no feature maps to show: "
                "choose one that has, such as the course's own."
            )

    def feature_maps(self, image: NDArray[np.uint8]) -> list[NDArray[np.float32]]:
        """Return the feature maps of one image.

        Parameters
        ----------
        image : ndarray of uint8, shape (28, 28)

        Returns
        -------
        list of ndarray of float32, each of shape (filters, height, width)
            One array per convolution, after the ReLU if one follows directly.
        """
        self._interpreter.set_tensor(self._input, as_input(image_of("image", image)[None]))
        self._interpreter.invoke()
        return [self._interpreter.get_tensor(place)[0].transpose(2, 0, 1)
                for place in self._outputs]  # fmt: skip


def _convolution_outputs(weights: bytes) -> list[int]:
    """Return the output tensor of each convolution in a LiteRT file, in the order of execution."""
    model = schema.Model.GetRootAs(weights, 0)
    graph = model.Subgraphs(0)
    operators = [graph.Operators(i) for i in range(graph.OperatorsLength())]
    codes = [model.OperatorCodes(operator.OpcodeIndex()) for operator in operators]
    return [
        int(operator.Outputs(0))
        for operator, code in zip(operators, codes, strict=True)
        if max(code.BuiltinCode(), code.DeprecatedBuiltinCode()) == schema.BuiltinOperator.CONV_2D
    ]
