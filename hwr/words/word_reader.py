"""A reader of words that never cuts: a network's answer in every column, and a search over texts.

What cannot be cut into letters, such as joined writing, is read as well as what can. Where each
letter lies is found afterwards, by the most probable path of the text that was read.
"""

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from hwr._support import card as card_file
from hwr._support.litert import LineNetwork
from hwr._support.paths import ARTEFACTS
from hwr.ink import Ink
from hwr.recognizer import softmax
from hwr.words.ctc import BLANK, align
from hwr.words.language_model import ENGLISH, LanguageModel, UniformModel, language_model
from hwr.words.letter_boxes import letter_boxes
from hwr.words.line_image import COLUMNS_PER_FRAME, HEIGHT, as_input, line_image
from hwr.words.prefix_beam import Advice, Decoded, PrefixModel, prefix_beam
from hwr.words.single_letters import ranked_anew
from hwr.words.text import Word
from hwr.words.written_language import CLASSES, WRITTEN, as_written, classes_of

SHIPPED = ARTEFACTS / "word_reader.json"
"""The card of the network that comes with the course."""
NOTHING = 0.5
"""Probability of no text at all, by the ink alone, from which on nothing is read."""
ALTERNATIVES = 3
LEAST = 1e-9
"""A probability whose logarithm still counts."""

NETWORK = (HEIGHT, 1, CLASSES)
"""Rows and channels of the network's input, and its classes."""

Writing = Ink | NDArray[np.float32]
Language = LanguageModel | PrefixModel[Any]


class Answer(NamedTuple):
    """A word, and how good it is beside others.

    Attributes
    ----------
    word : Word
    score : float
        The logarithm of the probability of ink and text together, to within a constant; two words
        are better than one of the same ink if their scores' sum is larger.
    """

    word: Word
    score: float


class WordReader:
    """A trained network of words at work.

    Parameters
    ----------
    weights : bytes
        A LiteRT file.
    card : mapping
        What is known about it: ``characters``; ``weight`` and ``bonus`` of the language model;
        ``temperature`` and ``threshold`` of a word's probability.

    Raises
    ------
    ValueError
        If the network is not one of words, or the card not its card.
    """

    def __init__(self, weights: bytes, card: Mapping[str, Any]) -> None:
        if card.get("characters") != WRITTEN:
            raise ValueError(
                "This card is not that of a network of words, which names the characters "
                f"{WRITTEN}: give the card that 'python -m hwr train words' made."
            )
        self.card = dict(card)
        card_file.check(self.card, ("temperature", "threshold"))
        self._network = LineNetwork(weights, *NETWORK)

    @classmethod
    def load(cls, card: Path = SHIPPED) -> "WordReader":
        """Return the reader that a card describes, by default the one that ships."""
        facts, weights = card_file.read(card, NETWORK)
        return cls(weights, facts)

    def log_probabilities(self, image: NDArray[np.uint8]) -> NDArray[np.float64]:
        """Return what the network says of an image of writing.

        Parameters
        ----------
        image : ndarray of uint8, shape (40, columns)
            As :func:`hwr.words.line_image.line_image` returns it.

        Returns
        -------
        ndarray of float64, shape (columns // 2, classes)
            The logarithm of each class's probability in each frame; no frames if nothing is
            written. The first class is the blank.
        """
        if image.shape[1] < COLUMNS_PER_FRAME or not image.any():
            return np.zeros((0, CLASSES))
        shares = softmax(self._network.logits(as_input(image)))
        return np.log(np.asarray(shares, np.float64) + LEAST)

    def decode(
        self, log_probabilities: NDArray[np.float64], language: Language | None = None
    ) -> list[Decoded]:
        """Return texts, best first; none if nothing is written. Language: as for :meth:`read`."""
        if no_text(log_probabilities) > NOTHING:
            return []
        model = as_written(language or language_model(ENGLISH))
        advice = Advice(model, float(self.card["weight"]), float(self.card["bonus"]))
        return [one for one in prefix_beam(log_probabilities, WRITTEN, advice) if one.text]

    def read(self, writing: Writing, language: Language | None = None) -> Word:
        """Read one word.

        Parameters
        ----------
        writing : Ink or ndarray of float32, shape (height, width), in 0..1
            Strokes, or the ink of a picture; 1 is ink.
        language : ProseModel, or any PrefixModel, optional
            By default English prose. Prose advises (:class:`WrittenModel`); a ``UniformModel``, for
            codes, also says which characters occur.

        Returns
        -------
        Word
            Without text if nothing is written, or what is written is no writing.
        """
        return self.answer(writing, language).word

    def answer(self, writing: Writing, language: Language | None = None) -> Answer:
        """Return what :meth:`read` returns, and its score."""
        image, frame = line_image(writing)
        log_probabilities = self.log_probabilities(image)
        found = self.decode(log_probabilities, language)
        if isinstance(language, UniformModel):
            found = ranked_anew(found, log_probabilities, writing, frame, language.letters)
        nothing = no_text(log_probabilities)
        if not found:
            return Answer(Word(), math.log(nothing + LEAST))
        shares = [
            (1 - nothing) * share for share in posteriors(found, float(self.card["temperature"]))
        ]
        spans = align(log_probabilities, classes_of(found[0].text))
        others = zip(found[1 : 1 + ALTERNATIVES], shares[1 : 1 + ALTERNATIVES], strict=True)
        word = Word(
            found[0].text,
            shares[0],
            tuple((one.text, share) for one, share in others),
            letter_boxes(writing, image, frame, spans),
            tuple(_top_characters(log_probabilities[start:end]) for start, end in spans),
            shares[0] >= float(self.card["threshold"]),
        )
        return Answer(word, found[0].score)


def no_text(log_probabilities: NDArray[np.float64]) -> float:
    """Return the probability that nothing is written: of blanks in all frames."""
    return math.exp(min(float(log_probabilities[:, BLANK].sum()), 0))


def posteriors(found: list[Decoded], temperature: float) -> list[float]:
    """Return the probabilities of texts, best first, given that one of them is right."""
    scores = np.array([one.score for one in found]) / temperature
    powers = np.exp(scores - scores.max())
    shares: list[float] = (powers / powers.sum()).tolist()
    return shares


def _top_characters(log_probabilities: NDArray[np.float64]) -> tuple[tuple[str, float], ...]:
    """Return the most probable characters of a letter's frames, with their probabilities."""
    shares = np.exp(log_probabilities[:, 1:]).sum(axis=0)
    shares = shares / shares.sum()
    best = np.argsort(-shares)[:ALTERNATIVES]
    return tuple((WRITTEN[place], float(shares[place])) for place in best)
