"""Your answers against a network's: who read more images right, and whether that may be chance."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import comb

import numpy as np
from numpy.typing import NDArray

from hwr import alphabets, metrics
from hwr.alphabets import Alphabet
from hwr.pads import html

SIGNIFICANCE = 0.05
"""Significance level: with a higher p-value, a difference may well be chance."""


@dataclass(frozen=True, eq=False)
class Comparison:
    """Your answers and a network's for the same images.

    Attributes
    ----------
    labels, yours, network : ndarray of int64, shape (n,)
        Classes of the alphabet; -1 in ``yours`` where you gave no answer. Such images do not count.
    alphabet : Alphabet
    """

    labels: NDArray[np.int64]
    yours: NDArray[np.int64]
    network: NDArray[np.int64]
    alphabet: Alphabet

    @property
    def given(self) -> NDArray[np.bool_]:
        """Whether you gave an answer, for each image: bool, shape (n,)."""
        return np.asarray(self.yours >= 0)

    @property
    def scores(self) -> tuple[int, int]:
        """How many of the images that you answered you read right, and how many the network."""
        label = self.labels[self.given]
        yours, network = self.yours[self.given], self.network[self.given]
        return int((yours == label).sum()), int((network == label).sum())

    @property
    def alone(self) -> tuple[int, int]:
        """How many images only you read right, and how many only the network."""
        you, network = self.yours == self.labels, self.network == self.labels
        return int((you & ~network).sum()), int((network & ~you & self.given).sum())

    @property
    def p_value(self) -> float:
        """The p-value of McNemar's exact test (1947).

        Only images that one of the two read right count. If both read equally well, tossed coins
        decide who; the p-value is the probability of a split at least as uneven.
        """
        n = sum(self.alone)
        tail = sum(comb(n, k) for k in range(min(self.alone) + 1))
        return float(min(1, 2 * tail / 2**n))

    @property
    def confusion(self) -> tuple[tuple[str, ...], NDArray[np.int64]]:
        """Your own confusion matrix: the classes that occur, and counts, label by answer."""
        label, yours = self.labels[self.given], self.yours[self.given]
        shown = np.union1d(label, yours)
        if not len(label):
            return (), np.zeros((0, 0), np.int64)
        counts = metrics.confusion_matrix(label, yours, len(self.alphabet))[np.ix_(shown, shown)]
        return tuple(self.alphabet.classes[index] for index in shown), counts

    def name(self, index: int) -> str:
        """Return a class as a character, or a dot for -1."""
        return self.alphabet.classes[index] if index >= 0 else "."

    def __str__(self) -> str:
        """Return who read how many, and what the difference can mean, in sentences."""
        n, (you, network), (only_you, only_network) = self.given.sum(), self.scores, self.alone
        if not n:
            return "You have labelled none of them yet."
        scores = f"Of {n} characters you read {you} as labelled, the network {network}. "
        if only_you + only_network == 0:
            return scores + "There is no image that only one of you read right: a draw."
        meaning = "is hardly chance" if self.p_value < SIGNIFICANCE else "may well be chance"
        return scores + (
            f"You alone were right about {only_you}, the network alone about {only_network}. "
            f"Tossed coins fall as unevenly, or more so, in {html.format_percent(self.p_value)} of "
            f"cases: the difference {meaning}."
        )


def compare(
    labels: Sequence[str],
    yours: Sequence[str],
    network: Sequence[str],
    alphabet: str | int | Alphabet = "47",
) -> Comparison:
    """Return the comparison of your answers and a network's.

    Parameters
    ----------
    labels, yours, network : sequence of str
        A character for each image, in the same order; a dot in ``yours`` where you gave no answer.
        Case counts only where the alphabet distinguishes it.
    alphabet : str, int or Alphabet
        As for :func:`hwr.alphabets.get_alphabet`.

    Raises
    ------
    ValueError
        If the numbers of characters differ, or a character is not in the alphabet.
    """
    chosen = alphabets.get_alphabet(alphabet)
    if not len(labels) == len(yours) == len(network):
        raise ValueError(
            f"There are {len(labels)} labels, {len(yours)} answers of yours and {len(network)} of "
            "the network: give one of each for every image, and a dot where you have none."
        )
    return Comparison(
        np.array([class_index(one, chosen) for one in labels], np.int64),
        np.array([-1 if one == "." else class_index(one, chosen) for one in yours], np.int64),
        np.array([class_index(one, chosen) for one in network], np.int64),
        chosen,
    )


def class_index(character: str, alphabet: Alphabet) -> int:
    """Return the class of a character, or raise a ValueError."""
    found = alphabet.index(character) if len(character) == 1 else -1
    if found < 0:
        raise ValueError(
            f"{character!r} is not one character of the alphabet {alphabet.name}: "
            "type the one digit or letter that you see, and guess if you must."
        )
    return found
