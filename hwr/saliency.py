"""What the network looks at: which ink an answer rests on, and what the first layers see.

Two ways to look inside a trained network, for one image. *Occlusion* hides one part of the image
after another and watches the answer (Zeiler and Fergus 2013, arXiv:1311.2901). *Feature maps* are
the outputs of the convolutions, an image for each of their filters.
"""

import warnings

import numpy as np
from ai_edge_litert.interpreter import Interpreter
from numpy.typing import NDArray

from hwr._support.stderr import silent_stderr
from hwr.alphabets import BYCLASS, Alphabet
from hwr.ink import SIDE
from hwr.recognizer import Recognizer

WINDOW, STEP = 7, 3
"""Side of the square that hides, and how far it moves on; both in pixels."""
FOR, AGAINST = (0, 114, 178), (213, 94, 0)
"""Colours of ink that speaks for the answer, and against it: the course's blue and vermilion."""


def occlusion(
    recognizer: Recognizer, image: NDArray[np.uint8], alphabet: Alphabet = BYCLASS
) -> NDArray[np.float32]:
    """Say how much each pixel's neighbourhood speaks for the answer.

    A square of paper hides one part of the image after another. How far that lowers the logarithm
    of the answer's probability is noted for all pixels that were hidden, and averaged over the
    squares that hid them. The logarithm shows what supports an answer that is certain, too.

    Parameters
    ----------
    image : ndarray of uint8, shape (28, 28)
        Ink is 255.
    alphabet : Alphabet
        Which characters are possible; every one is equally likely, as on the pad.

    Returns
    -------
    ndarray of float32, shape (28, 28)
        Positive where the ink speaks for the answer, negative where it speaks against.
    """
    places = range(0, SIDE - WINDOW + 1, STEP)
    squares = [np.s_[row : row + WINDOW, column : column + WINDOW]
               for row in places for column in places]  # fmt: skip
    hidden = np.repeat(image[None], 1 + len(squares), axis=0)  # the first stays as it is
    for covered, square in zip(hidden[1:], squares, strict=True):
        covered[square] = 0
    probabilities = alphabet.fold(recognizer.probabilities(hidden, "uniform"))
    of_answer = np.log(probabilities[:, probabilities[0].argmax()] + 1e-12)
    total, count = np.zeros((2, SIDE, SIDE), np.float32)
    for square, after in zip(squares, of_answer[1:], strict=True):
        total[square] += of_answer[0] - after
        count[square] += 1
    return np.divide(total, count, out=total, where=count > 0)


def overlay(image: NDArray[np.uint8], drops: NDArray[np.float32]) -> NDArray[np.uint8]:
    """Colour an image by what its ink speaks for.

    Returns
    -------
    ndarray of uint8, shape (28, 28, 3)
        Blue where ink speaks for the answer, vermilion where against, dark where ink is.
    """
    strength = np.abs(drops) / max(float(np.abs(drops).max()), 1e-6)
    colour = np.where((drops >= 0)[..., None], FOR, AGAINST)
    paper = 255 + strength[..., None] * (colour - 255.0)
    return np.asarray(np.rint(paper * (1 - 0.85 * (image / 255)[..., None])), np.uint8)


class Layers:
    """The first convolutions of a recogniser, to be looked at while they work.

    Raises
    ------
    ValueError
        If its network has none.
    """

    def __init__(self, recognizer: Recognizer, layers: int = 2) -> None:
        with silent_stderr(), warnings.catch_warnings(action="ignore"):
            # Usually an interpreter forgets the values between the layers as soon as it can.
            self._interpreter = Interpreter(
                model_content=recognizer.weights,
                num_threads=1,
                experimental_preserve_all_tensors=True,
            )
            self._interpreter.allocate_tensors()
        self._input = self._interpreter.get_input_details()[0]["index"]
        operations = self._interpreter._get_ops_details()  # nothing public gives their order
        found = [one["outputs"][0] for one in operations if one["op_name"] == "CONV_2D"]
        if not found:
            raise ValueError(
                "This network has no convolution, so there are no feature maps to show: "
                "take one that has, such as the course's own."
            )
        self._outputs = found[:layers]

    def maps(self, image: NDArray[np.uint8]) -> list[NDArray[np.float32]]:
        """Run the network on one image.

        Parameters
        ----------
        image : ndarray of uint8, shape (28, 28)

        Returns
        -------
        list of ndarray of float32, each of shape (filters, height, width)
            What each of the first convolutions gives, after its ReLU where one follows at once.
        """
        self._interpreter.set_tensor(self._input, image[None, ..., None] / np.float32(255))
        self._interpreter.invoke()
        return [self._interpreter.get_tensor(place)[0].transpose(2, 0, 1)
                for place in self._outputs]  # fmt: skip
