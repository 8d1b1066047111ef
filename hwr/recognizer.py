"""A trained network at work: from a drawing to the characters it may be.

It runs on LiteRT, which starts in a fraction of a second and answers in less than a millisecond;
TensorFlow is not needed. The weights come with a card, a small JSON file that says what they were
trained on and how well they read. Used here are the temperature that calibrates the probabilities,
what calibrates those of drawings, and the threshold below which an answer is "not sure".
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from hwr._support import card as card_file
from hwr._support.arrays import image_of, images_of
from hwr._support.litert import Classifier, LiteRTNetwork
from hwr._support.look_alikes import LookAlikes
from hwr._support.paths import ARTEFACTS
from hwr.alphabets import CHARACTERS, Alphabet, folding_matrix, from_classes, get_alphabet
from hwr.ink import Ink, convert

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


class Recognizer:
    """Reads single characters.

    Parameters
    ----------
    network : Classifier or bytes
        A network, or the content of a LiteRT file.
    card : dict
        What is known about the network. Needs ``temperature``, ``threshold`` and
        ``class_frequencies``; without ``classes``, they are EMNIST's 62 characters, and without
        ``members``, each class has the character that is its name.
    name : str
        What it is called when it is printed.

    Attributes
    ----------
    network, card, name
    alphabet : Alphabet
    temperature : float
        Divides the logits before the softmax.
    threshold : float
        The lowest probability of an answer that counts as sure.
    weights : bytes
        The network's LiteRT file.

    Raises
    ------
    ValueError
        If the card lacks what is needed, or does not fit the network.
    """

    def __init__(
        self, network: Classifier | bytes, card: dict[str, Any], name: str = "a network in memory"
    ) -> None:
        self.network = LiteRTNetwork(network) if isinstance(network, bytes) else network
        self.card, self.name, self.weights = card, name, self.network.weights
        card_file.check(card)
        self.alphabet = from_classes(card.get("classes") or CHARACTERS, card.get("members"))
        if isinstance(self.network, LiteRTNetwork) and self.network.outputs != len(self.alphabet):
            raise ValueError(
                f"The card describes {len(self.alphabet)} classes, but the network has "
                f"{self.network.outputs} outputs: save the network anew."
            )
        self.temperature, self.threshold = float(card["temperature"]), float(card["threshold"])
        self._log_prior = card_file.log_priors(card, len(self.alphabet))
        fitted = card.get("drawings")
        self._look_alikes = LookAlikes(fitted, self.alphabet.classes) if fitted else None

    @classmethod
    def load(cls, card: str | Path | None = None) -> "Recognizer":
        """Load a recogniser by its card; by default the one that comes with the course.

        Raises
        ------
        ValueError
            If the card or the weights are missing or damaged, or do not fit each other.
        """
        path = Path(card) if card else SHIPPED
        own = path.resolve() == SHIPPED.resolve()
        described, weights = card_file.read(path)
        return cls(weights, described, "the course's own recogniser" if own else path.name)

    def __repr__(self) -> str:
        classes = f"{len(self.alphabet)} classes"
        facts = [str(self.card.get("architecture", "a network")), classes]
        measured = self.card.get("measured", {}).get(f"validation, {classes}", {})
        if "top1" in measured:
            facts.append(f"{100 * measured['top1']:.1f} % of the validation images right")
        return f"{self.name}: {', '.join(facts)}"

    def logits(self, images: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Return the network's outputs.

        Parameters
        ----------
        images : ndarray of uint8, shape (n, 28, 28)
            Upright, ink is 255; or what :func:`hwr._support.arrays.images_of` converts to it.

        Returns
        -------
        ndarray of float32, shape (n, classes)
        """
        return self.network.logits(images_of("images", images))

    def probabilities(
        self, images: NDArray[np.uint8], prior: Prior = "natural"
    ) -> NDArray[np.float32]:
        """Return the probabilities of the classes for each image.

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
        ndarray of float32, shape (n, classes)
            Each row sums to 1.
        """
        return self.from_logits(self.logits(images), prior)

    def from_logits(
        self, logits: NDArray[np.float32], prior: Prior = "natural"
    ) -> NDArray[np.float32]:
        """Convert logits to probabilities, both (n, classes), as :meth:`probabilities` does."""
        if prior not in self._log_prior:
            raise ValueError(f"There is no prior {prior!r}: choose 'natural' or 'uniform'.")
        return softmax(logits / self.temperature + self._log_prior[prior])

    def read(
        self,
        drawing: Ink | NDArray[Any],
        alphabet: str | int | Alphabet | None = None,
        top: int = 3,
        prior: Prior = "uniform",
        *,
        converted: bool = False,
    ) -> Reading:
        """Read one character.

        Parameters
        ----------
        drawing : Ink or ndarray
            Strokes, with probabilities calibrated on people's drawings if the card holds them; or a
            grey picture of any size with bright ink, shape (height, width). Both are converted.
        alphabet : str, int or Alphabet, optional
            Which characters are possible, as for :func:`hwr.alphabets.get_alphabet`; by default
            all that the recogniser knows.
        top : int
            How many candidates to return.
        prior : {'natural', 'uniform'}
            As for :meth:`probabilities`.
        converted : bool
            Whether the array is already an image like EMNIST's, shape (28, 28): read as it is.

        Raises
        ------
        ValueError
            If the recogniser cannot answer in this alphabet, or an array is no such picture.
        """
        chosen = self.alphabet if alphabet is None else get_alphabet(alphabet)
        folding_matrix(self.alphabet, chosen)  # refused here, even for an empty drawing
        image = image_of("image", drawing) if converted else convert(drawing)
        if not image.any():
            return Reading((), np.zeros(len(chosen), np.float32), chosen, False, image)
        logits = self.logits(image[None])
        known = self.from_logits(logits, prior)
        if self._look_alikes and isinstance(drawing, Ink):
            known = self._look_alikes.calibrate(self.from_logits(logits, "uniform"))
            known = known * np.exp(self._log_prior[prior] - self._log_prior["uniform"])
        probabilities = chosen.fold(known[0], self.alphabet)
        best = np.argsort(-probabilities, kind="stable")[:top]
        candidates = tuple((chosen.classes[i], float(probabilities[i])) for i in best)
        sure = candidates[0][1] >= self.threshold if candidates else False
        return Reading(candidates, probabilities, chosen, sure, image)


def softmax(logits: NDArray[np.float32]) -> NDArray[np.float32]:
    """Convert logits (..., classes) to probabilities: positive, each row summing to 1."""
    powers = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=-1, keepdims=True), dtype=np.float32)
