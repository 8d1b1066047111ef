"""A trained network at work: from a drawing to the characters it may be.

It runs on LiteRT, which starts in a fraction of a second and answers in less than a millisecond;
TensorFlow is not needed. The weights come with a card, a small JSON file that says what they were
trained on and how well they read. Used here are the temperature that calibrates the probabilities,
and the threshold below which an answer is "not sure".

A network must choose among its classes, whatever it is shown. The course's own one has also learned
marks and what is no character, and so tells how probable it is that a drawing is neither.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from hwr._support import card as card_file
from hwr._support.arrays import image_of, images_of
from hwr._support.litert import Classifier, LiteRTNetwork
from hwr._support.paths import ARTEFACTS
from hwr.alphabets import (
    BYCLASS,
    NONE,
    Alphabet,
    folding_matrix,
    from_classes,
    get_alphabet,
    membership_matrix,
)
from hwr.ink import Ink, convert

SHIPPED = ARTEFACTS / "recognizer.json"
"""The card of the recogniser that comes with the course."""

Prior = Literal["natural", "uniform"]
OUTSIDE = 1 / 3
"""Assumed share of drawings that are nothing of the alphabet asked for."""


@dataclass(frozen=True)
class Reading:
    """A recogniser's answer to one drawing.

    Attributes
    ----------
    candidates : tuple of (str, float)
        The most probable classes with their probabilities, best first; empty for an empty drawing.
    probabilities : ndarray of float32, shape (classes,)
        One for each class of the alphabet, given that it is one of them; they sum to 1, or to 0 for
        an empty drawing.
    alphabet : Alphabet
    outside : float
        The probability that it is nothing of the alphabet; 0 if the network knows nothing else.
    instead : str
        What else it most probably is: another character, or :data:`hwr.alphabets.NONE`; empty if
        the network knows nothing else.
    sure : bool
        Whether the probability that it is the best class, and not something outside the alphabet,
        reaches the recogniser's threshold.
    image : ndarray of uint8, shape (28, 28)
        The image that the network read.
    """

    candidates: tuple[tuple[str, float], ...]
    probabilities: NDArray[np.float32]
    alphabet: Alphabet
    outside: float
    instead: str
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
        ``members``, each class has the character that is its name. ``more_classes`` are further
        outputs of the network: other characters, and NONE.
    name : str
        What it is called when it is printed.

    Attributes
    ----------
    network, card, name
    alphabet : Alphabet
        What it reads if nothing else is asked for.
    outputs : Alphabet
        All classes of the network: those of ``alphabet``, then ``more_classes``.
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
        classes, more = card.get("classes"), card.get("more_classes")
        known = from_classes(classes, card.get("members")) if classes else BYCLASS
        self.alphabet = known
        self.outputs = (
            from_classes([*known.classes, *more], [*known.members, *more]) if more else known
        )
        count = len(self.outputs)
        if isinstance(self.network, LiteRTNetwork) and self.network.outputs != count:
            raise ValueError(
                f"The card describes {count} classes, but the network has "
                f"{self.network.outputs} outputs: save the network anew."
            )
        self.temperature, self.threshold = float(card["temperature"]), float(card["threshold"])
        self._log_prior = card_file.log_priors(card, len(known), count)

    @classmethod
    def load(cls, card: str | Path | None = None) -> "Recognizer":
        """Load a recogniser by its card; by default the one that comes with the course.

        Raises
        ------
        ValueError
            If the card or the weights are missing or damaged, or do not fit each other.
        """
        path = Path(card) if card else SHIPPED
        described, weights = card_file.read(path)
        own = path.resolve() == SHIPPED.resolve()
        return cls(weights, described, "the course's own recogniser" if own else path.name)

    def __repr__(self) -> str:
        classes = f"{len(self.alphabet)} classes"
        facts = [str(self.card.get("architecture", "a network")), classes]
        measured = self.card.get("measured", {}).get(f"validation, {classes}", {})
        if "top1" in measured:
            facts.append(f"{100 * measured['top1']:.1f} % of the validation images right")
        return f"{self.name}: {', '.join(facts)}"

    def logits(self, images: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Return the network's outputs, in the order of ``outputs``.

        Parameters
        ----------
        images : ndarray of uint8, shape (n, 28, 28)
            Upright, ink is 255; or what :func:`hwr._support.arrays.images_of` converts to it.

        Returns
        -------
        ndarray of float32, shape (n, len(outputs))
        """
        return self.network.logits(images_of("images", images))

    def probabilities(
        self, images: NDArray[np.uint8], prior: Prior = "natural", alphabet: Alphabet | None = None
    ) -> NDArray[np.float32]:
        """Return the probabilities of the classes of an alphabet for each image.

        Parameters
        ----------
        images : ndarray of uint8, shape (n, 28, 28)
        prior : {'natural', 'uniform'}
            The expected frequencies of the characters: those of NIST's forms, where half are
            digits, or equal ones, as on a pad. A network's probabilities reflect the frequencies
            of its training images; Bayes' rule replaces these by the expected ones (Saerens,
            Latinne, Decaestecker 2002).
        alphabet : Alphabet, optional
            By default the recogniser's own.

        Returns
        -------
        ndarray of float32, shape (n, classes)
            Each row sums to 1: the probabilities given that the character is in the alphabet.

        Raises
        ------
        ValueError
            If the recogniser cannot answer in this alphabet.
        """
        return self.from_logits(self.logits(images), prior, alphabet)

    def from_logits(
        self,
        logits: NDArray[np.float32],
        prior: Prior = "natural",
        alphabet: Alphabet | None = None,
    ) -> NDArray[np.float32]:
        """Convert logits, shape (n, len(outputs)), as :meth:`probabilities` does."""
        if prior not in self._log_prior:
            raise ValueError(f"There is no prior {prior!r}: choose 'natural' or 'uniform'.")
        chosen = self.alphabet if alphabet is None else alphabet
        possible = folding_matrix(self.outputs, chosen).any(axis=1)
        scores = logits / self.temperature + self._log_prior[prior]
        return chosen.fold(softmax(np.where(possible, scores, -1e9)), self.outputs)

    def outside(self, logits: NDArray[np.float32], alphabet: Alphabet) -> NDArray[np.float64]:
        """Return the probabilities of what is outside an alphabet, shape (n, len(outputs)).

        They are 0 for what is inside, and sum to the probability that a drawing is nothing of it.
        By Bayes' rule: two of three drawings are assumed to be of the alphabet, each class as often
        as every other; of the rest, half are other characters and half no character at all.
        """
        inside = membership_matrix(self.outputs, alphabet).any(axis=1)
        none = np.array([name == NONE for name in self.outputs.classes])
        others = [each for each in (none, ~inside & ~none) if each.any()]
        weights = inside * (1 - OUTSIDE) / inside.sum()
        for each in others:
            weights = weights + each * OUTSIDE / len(others) / each.sum()
        scores = logits.astype(np.float64) / self.temperature + self._log_prior["uniform"]
        return np.where(inside, 0, softmax(scores + np.log(weights)))

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
            Strokes, or a grey picture of any size with bright ink, shape (height, width). Both are
            converted.
        alphabet : str, int or Alphabet, optional
            Which characters are possible, as for :func:`hwr.alphabets.get_alphabet`; by default
            the recogniser's own. ``'marks'`` are the 32 marks, ``'all'`` all that it knows.
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
        folding_matrix(self.outputs, chosen)  # refused here, even for an empty drawing
        image = image_of("image", drawing) if converted else convert(drawing)
        if not image.any():
            return Reading((), np.zeros(len(chosen), np.float32), chosen, 0.0, "", False, image)
        logits = self.logits(image[None])
        [probabilities] = self.from_logits(logits, prior, chosen)
        best = np.argsort(-probabilities, kind="stable")[:top]
        candidates = tuple((chosen.classes[i], float(probabilities[i])) for i in best)
        [others] = self.outside(logits, chosen)
        outside, instead = float(others.sum()), self.outputs.classes[others.argmax()]
        sure = bool(candidates) and candidates[0][1] * (1 - outside) >= self.threshold
        instead = instead if outside else ""
        return Reading(candidates, probabilities, chosen, outside, instead, sure, image)


def softmax(logits: NDArray[np.float32]) -> NDArray[np.float32]:
    """Convert logits (..., classes) to probabilities: positive, each row summing to 1."""
    powers = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=-1, keepdims=True), dtype=np.float32)
