"""A trained network at work: from a drawing to the characters it may be.

It runs on LiteRT, which starts in a fraction of a second and answers in less than a millisecond;
TensorFlow is not needed. The weights come with a card, a small JSON file that says what they were
trained on and how well they read. Two of its numbers are used here: the temperature that calibrates
the probabilities, and the threshold below which an answer is "not sure".
"""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from hwr._support.paths import ARTEFACTS
from hwr._support.stderr import silent_stderr
from hwr.alphabets import CHARACTERS, Alphabet, get_alphabet
from hwr.ink import SIDE, Ink, convert

SHIPPED = ARTEFACTS / "recognizer.json"
"""The card of the recogniser that comes with the course."""

Prior = Literal["natural", "uniform"]


@dataclass(frozen=True)
class Reading:
    """A recogniser's answer to one drawing.

    Attributes
    ----------
    candidates : tuple of (str, float)
        The most probable classes with their probabilities, best first; empty for an empty drawing.
    probabilities : ndarray of float32, shape (classes,)
        One for each class of the alphabet; they sum to 1, or to 0 for an empty drawing.
    alphabet : Alphabet
    sure : bool
        Whether the best probability reaches the recogniser's threshold.
    image : ndarray of uint8, shape (28, 28)
        The image that the network read.
    """

    candidates: tuple[tuple[str, float], ...]
    probabilities: NDArray[np.float32]
    alphabet: Alphabet
    sure: bool
    image: NDArray[np.uint8]

    @property
    def best(self) -> str:
        """The most probable class; an empty string for an empty drawing."""
        return self.candidates[0][0] if self.candidates else ""


class Classifier(Protocol):
    """A network that a recogniser reads with; see :class:`LiteRTNetwork`."""

    weights: bytes

    def logits(self, images: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Return the logits of images."""


class LiteRTNetwork:
    """A LiteRT file at work, from images (n, 28, 28, 1) in 0..1 to the logits of 62 characters.

    Parameters
    ----------
    weights : bytes
        The file's content.
    """

    def __init__(self, weights: bytes) -> None:
        from ai_edge_litert.interpreter import Interpreter

        self.weights = weights
        with silent_stderr():  # LiteRT prints which delegate it uses
            self._interpreter = Interpreter(model_content=weights, num_threads=1)
            self._interpreter.allocate_tensors()
        self._input = self._interpreter.get_input_details()[0]["index"]
        self._output = self._interpreter.get_output_details()[0]["index"]
        self._batch = 0

    def logits(self, images: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Return the logits, shape (n, 62), of uint8 images, shape (n, 28, 28)."""
        if not len(images):
            return np.zeros((0, len(CHARACTERS)), np.float32)
        parts = [images[start : start + 256] for start in range(0, len(images), 256)]
        return np.concatenate([self._run(part) for part in parts])

    def _run(self, images: NDArray[np.uint8]) -> NDArray[np.float32]:
        if len(images) != self._batch:
            self._interpreter.resize_tensor_input(self._input, (len(images), SIDE, SIDE, 1))
            self._interpreter.allocate_tensors()
            self._batch = len(images)
        self._interpreter.set_tensor(self._input, images[..., None] / np.float32(255))
        self._interpreter.invoke()
        return np.array(self._interpreter.get_tensor(self._output))


class Recognizer:
    """Reads single characters.

    Parameters
    ----------
    network : Classifier or bytes
        A network, or the content of a LiteRT file.
    card : dict
        What is known about the network: data, seed, command, figures. Needs ``temperature``,
        ``threshold`` and ``class_frequencies``.

    Attributes
    ----------
    network, card
    temperature : float
        Divides the logits before the softmax.
    threshold : float
        The lowest probability of an answer that counts as sure.
    weights : bytes
        The network's LiteRT file.
    """

    def __init__(self, network: Classifier | bytes, card: dict[str, Any]) -> None:
        self.network = LiteRTNetwork(network) if isinstance(network, bytes) else network
        self.card, self.weights = card, self.network.weights
        self.temperature = float(card["temperature"])
        self.threshold = float(card["threshold"])
        frequencies = np.array(card["class_frequencies"], np.float32)
        natural = np.array(card.get("natural_frequencies", frequencies), np.float32)
        self._log_prior = {
            "natural": np.log(natural) - np.log(frequencies),
            "uniform": -np.log(frequencies),
        }

    @classmethod
    def load(cls, card: str | Path | None = None) -> "Recognizer":
        """Load a recogniser by its card; by default the one that comes with the course.

        Raises
        ------
        ValueError
            If the card or the weights are missing or damaged.
        """
        path = Path(card) if card else SHIPPED
        try:
            described = json.loads(path.read_text(encoding="utf-8"))
            weights = path.with_name(described["file"]).read_bytes()
        except FileNotFoundError as error:
            raise ValueError(
                f"The recogniser's file {Path(error.filename).name} is missing: "
                "make one with 'python -m hwr train', or get the course's files again."
            ) from None
        except (json.JSONDecodeError, UnicodeDecodeError, KeyError, TypeError):
            raise ValueError(
                f"{path.name} is not a recogniser's card: give the .json file that "
                "'python -m hwr train' wrote."
            ) from None
        if hashlib.sha256(weights).hexdigest() != described.get("sha256"):
            raise ValueError(
                f"{described['file']} is not the file that its card describes: "
                "get both files again, or train anew with 'python -m hwr train'."
            )
        return cls(weights, described)

    def logits(self, images: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Return the network's outputs.

        Parameters
        ----------
        images : ndarray of uint8, shape (n, 28, 28)
            Upright, ink is 255.

        Returns
        -------
        ndarray of float32, shape (n, 62)
        """
        images = np.asarray(images)
        if images.ndim != 3 or images.shape[1:] != (SIDE, SIDE) or images.dtype != np.uint8:
            raise ValueError(
                f"Images must be uint8 of shape (n, {SIDE}, {SIDE}), not {images.dtype} of shape "
                f"{images.shape}: convert drawings and pictures with hwr.ink.convert."
            )
        return self.network.logits(images)

    def probabilities(
        self, images: NDArray[np.uint8], prior: Prior = "natural"
    ) -> NDArray[np.float32]:
        """Return the probabilities of the 62 characters for each image.

        Parameters
        ----------
        images : ndarray of uint8, shape (n, 28, 28)
        prior : {'natural', 'uniform'}
            The expected frequencies of the characters: those of NIST's forms, where half are
            digits, or equal ones, as on a pad. A network's probabilities reflect the frequencies
            of its training images; Bayes' rule replaces these by the expected ones (Saerens,
            Latinne, Decaestecker 2002).

        Returns
        -------
        ndarray of float32, shape (n, 62)
            Each row sums to 1.
        """
        return self.from_logits(self.logits(images), prior)

    def from_logits(
        self, logits: NDArray[np.float32], prior: Prior = "natural"
    ) -> NDArray[np.float32]:
        """Convert logits, shape (n, 62), to probabilities as :meth:`probabilities` returns them."""
        if prior not in self._log_prior:
            raise ValueError(f"There is no prior {prior!r}: choose 'natural' or 'uniform'.")
        return softmax(logits / self.temperature + self._log_prior[prior])

    def read(
        self,
        drawing: Ink | NDArray[Any],
        alphabet: str | int | Alphabet = "62",
        top: int = 3,
        prior: Prior = "uniform",
    ) -> Reading:
        """Read one character.

        Parameters
        ----------
        drawing : Ink or ndarray
            Strokes; an image like EMNIST's (uint8, shape (28, 28)), which is read as it is; or any
            other grey picture with bright ink, which is converted first.
        alphabet : str, int or Alphabet
            Which characters are possible, as for :func:`hwr.alphabets.get_alphabet`.
        top : int
            How many candidates to return.
        prior : {'natural', 'uniform'}
            As for :meth:`probabilities`.
        """
        chosen = get_alphabet(alphabet)
        is_image = isinstance(drawing, np.ndarray) and drawing.shape == (SIDE, SIDE)
        image = np.asarray(drawing, np.uint8) if is_image else convert(drawing)
        if not image.any():
            return Reading((), np.zeros(len(chosen), np.float32), chosen, False, image)
        probabilities = chosen.fold(self.probabilities(image[None], prior)[0])
        best = np.argsort(-probabilities, kind="stable")[:top]
        candidates = tuple((chosen.classes[i], float(probabilities[i])) for i in best)
        sure = candidates[0][1] >= self.threshold if candidates else False
        return Reading(candidates, probabilities, chosen, sure, image)


def softmax(logits: NDArray[np.float32]) -> NDArray[np.float32]:
    """Convert logits (..., classes) to probabilities: positive, each row summing to 1."""
    powers = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=-1, keepdims=True), dtype=np.float32)
