"""A trained network at work: from a drawing to the characters it may be.

Runs on LiteRT, which starts in a fraction of a second and answers in less than a millisecond;
TensorFlow is not needed. The file of weights comes with a card, a small JSON file that says what
it was trained on, how well it reads, and the two numbers used here: the temperature that makes its
probabilities honest and the threshold below which it says "not sure".
"""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from hwr import alphabets
from hwr._support.paths import ARTEFACTS
from hwr._support.stderr import silent_stderr
from hwr.alphabets import CHARACTERS, Alphabet
from hwr.ink import SIDE, Ink, convert

SHIPPED = ARTEFACTS / "recognizer.json"
"""The card of the recogniser that comes with the course."""

Prior = Literal["natural", "uniform"]


@dataclass(frozen=True)
class Reading:
    """What a recogniser makes of one drawing.

    Attributes
    ----------
    candidates : tuple of (str, float)
        The most probable classes with their probabilities, best first; none for an empty drawing.
    probabilities : ndarray of float32, shape (classes,)
        Of every class of the alphabet; they sum to 1, or to 0 for an empty drawing.
    alphabet : Alphabet
    sure : bool
        Whether the best probability reaches the recogniser's threshold.
    image : ndarray of uint8, shape (28, 28)
        What the network saw.
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


class Recognizer:
    """Reads single characters.

    Attributes
    ----------
    card : dict
        What is known of the network: data, seed, command, figures.
    temperature : float
        Logits are divided by it before the softmax.
    threshold : float
        The probability from which on an answer counts as sure.
    weights : bytes
        The LiteRT file.
    """

    def __init__(self, weights: bytes, card: dict[str, Any]) -> None:
        from ai_edge_litert.interpreter import Interpreter

        self.card, self.weights = card, weights
        self.temperature = float(card["temperature"])
        self.threshold = float(card["threshold"])
        frequencies = np.array(card["class_frequencies"], np.float32)
        natural = np.array(card.get("natural_frequencies", frequencies), np.float32)
        self._log_prior = {
            "natural": np.log(natural) - np.log(frequencies),
            "uniform": -np.log(frequencies),
        }
        with silent_stderr():  # LiteRT notes which delegate it made
            self._interpreter = Interpreter(model_content=weights, num_threads=1)
            self._interpreter.allocate_tensors()
        self._input = self._interpreter.get_input_details()[0]["index"]
        self._output = self._interpreter.get_output_details()[0]["index"]
        self._batch = 0

    @classmethod
    def load(cls, card: str | Path | None = None) -> "Recognizer":
        """Load a recogniser by its card; by default the one that comes with the course.

        Raises
        ------
        ValueError
            If the card or the file of weights is missing or damaged.
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
        """Run the network.

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

    def probabilities(
        self, images: NDArray[np.uint8], prior: Prior = "natural"
    ) -> NDArray[np.float32]:
        """Give the probabilities of the 62 characters for each image.

        Parameters
        ----------
        images : ndarray of uint8, shape (n, 28, 28)
        prior : {'natural', 'uniform'}
            How often characters are expected: as often as in NIST's forms, where half of all are
            digits, or all equally often, as on a pad. The probabilities of a network follow the
            frequencies of what it was trained on; they are exchanged for the expected ones by
            Bayes' rule (Saerens, Latinne, Decaestecker 2002).

        Returns
        -------
        ndarray of float32, shape (n, 62)
            Each row sums to 1.
        """
        return self.from_logits(self.logits(images), prior)

    def from_logits(
        self, logits: NDArray[np.float32], prior: Prior = "natural"
    ) -> NDArray[np.float32]:
        """Turn logits, shape (n, 62), into what :meth:`probabilities` gives."""
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
            Strokes; an image as EMNIST's (uint8, shape (28, 28)), taken as it is; or any other
            grey picture with bright ink, which is converted first.
        alphabet : str, int or Alphabet
            Which characters are possible, as for :func:`hwr.alphabets.find`.
        top : int
            How many candidates to give.
        prior : {'natural', 'uniform'}
            As for :meth:`probabilities`.
        """
        chosen = alphabets.find(alphabet)
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
    """Turn logits (..., classes) into probabilities: positive, each row summing to 1."""
    powers = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=-1, keepdims=True), dtype=np.float32)
