"""From a network's probabilities in every frame to texts: CTC's prefix beam search.

All paths of a text are added up while the frames are read from left to right. For each *prefix*,
two sums are kept: of the paths that end in a blank, and of those that end in its last character,
because only after a blank may the same character begin anew. A language model adds its opinion of
every prefix; only the most probable ones are kept.

Source: Graves and Jaitly (2014), "Towards end-to-end speech recognition with recurrent neural
networks", ICML; Hannun, Maas, Jurafsky, Ng (2014), arXiv:1408.2873.
"""

import heapq
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from hwr._support import deadline
from hwr.words.ctc import BLANK, LogProbabilities
from hwr.words.language_model import END

BEAM_WIDTH = 24
"""Prefixes kept after each frame."""
SCORE_MARGIN = 10.0
"""Prefixes whose score is lower than the best one's by more than this are dropped."""
LEAST_PROBABLE = math.log(1e-3)
"""Characters less probable than this in a frame are not tried there."""
IMPOSSIBLE = -math.inf

State = TypeVar("State")


class PrefixModel(Protocol[State]):
    """A language model: see :class:`hwr.words.language_model.LanguageModel`."""

    letters: str
    """The characters that occur."""

    def begin(self) -> State:
        """Return the state before the first character."""

    def extend(self, state: State, letter: str) -> State:
        """Return the state after one more character, or after ``END``."""

    def score(self, state: State) -> float:
        """Return the log-probability of a prefix."""


@dataclass(frozen=True)
class Advice(Generic[State]):
    """How much a language model has to say.

    Attributes
    ----------
    language : PrefixModel
    weight : float
        Of its log-probability beside the ink's; 0 for none.
    bonus : float
        Added for every character, because each one makes a text less probable.
    """

    language: PrefixModel[State]
    weight: float = 0.7
    bonus: float = 0.5


@dataclass
class _Prefix(Generic[State]):
    """A prefix: the logarithms of its two sums, and what the language model says of it."""

    state: State
    advised: float
    after_blank: float = IMPOSSIBLE
    after_character: float = IMPOSSIBLE

    @property
    def ink(self) -> float:
        return added(self.after_blank, self.after_character)


@dataclass(frozen=True)
class Decoded:
    """A text that ink may stand for.

    Attributes
    ----------
    text : str
    ink : float
        Log-probability of the text, given the ink alone.
    score : float
        Ink and language together.
    """

    text: str
    ink: float
    score: float


def prefix_beam(
    log_probabilities: LogProbabilities,
    characters: str,
    advice: Advice[State],
    beam: int | None = BEAM_WIDTH,
    least: float = LEAST_PROBABLE,
) -> list[Decoded]:
    """Find the most probable texts.

    Parameters
    ----------
    log_probabilities : ndarray of float, shape (frames, 1 + characters)
        The first class is the blank.
    characters : str
    advice : Advice
    beam : int, optional
        How many prefixes are kept. None keeps all: with ``least`` minus infinity the search is then
        exact, and slow.
    least : float
        Log-probability below which a character is not tried in a frame.

    Returns
    -------
    list of Decoded
        Each text once, best first.
    """
    language = advice.language
    kept = {"": _Prefix(language.begin(), 0.0, after_blank=0.0)}
    known: dict[str, tuple[State, float]] = {}

    def extended(text: str, before: _Prefix[State]) -> _Prefix[State]:
        if text not in known:
            state = language.extend(before.state, text[-1])
            advised = advice.weight * language.score(state) + advice.bonus * len(text)
            known[text] = state, advised
        return _Prefix(*known[text])

    occur = [i for i, character in enumerate(characters, 1) if character in language.letters]
    for frame in log_probabilities.tolist():
        deadline.check()
        tried = [(place, characters[place - 1]) for place in occur if frame[place] >= least]
        reached = _read_frame(frame, tried, kept, extended)
        kept = reached if beam is None else _pruned(reached, beam)
    return _finished(kept, advice)


def _read_frame(
    frame: list[float],
    tried: list[tuple[int, str]],
    kept: dict[str, _Prefix[State]],
    extended: Callable[[str, _Prefix[State]], _Prefix[State]],
) -> dict[str, _Prefix[State]]:
    """Return the prefixes after one more frame, in which some characters are possible."""
    reached: dict[str, _Prefix[State]] = {}
    for text, prefix in kept.items():
        same = reached.setdefault(text, _Prefix(prefix.state, prefix.advised))
        same.after_blank = added(same.after_blank, prefix.ink + frame[BLANK])
        for place, character in tried:
            log_share = frame[place]
            begins = prefix.ink
            if text.endswith(character):  # it goes on, or begins anew after a blank
                same.after_character = added(
                    same.after_character, prefix.after_character + log_share
                )
                begins = prefix.after_blank
            if begins > IMPOSSIBLE:
                longer = text + character
                if longer not in reached:
                    reached[longer] = extended(longer, prefix)
                other = reached[longer]
                other.after_character = added(other.after_character, begins + log_share)
    return reached


def _pruned(reached: dict[str, _Prefix[State]], beam: int) -> dict[str, _Prefix[State]]:
    scores = {text: prefix.ink + prefix.advised for text, prefix in reached.items()}
    least = max(scores.values()) - SCORE_MARGIN
    if len(scores) > beam:
        least = max(least, heapq.nlargest(beam, scores.values())[-1])
    return {text: reached[text] for text, score in scores.items() if score >= least}


def _finished(kept: dict[str, _Prefix[State]], advice: Advice[State]) -> list[Decoded]:
    found = []
    for text, prefix in kept.items():
        if prefix.ink > IMPOSSIBLE:
            said = advice.language.score(advice.language.extend(prefix.state, END)) if text else 0.0
            score = prefix.ink + advice.weight * said + advice.bonus * len(text)
            found.append(Decoded(text, prefix.ink, score))
    return sorted(found, key=lambda one: -one.score)


def added(one: float, other: float) -> float:
    """Return the logarithm of the sum of two numbers, from their logarithms."""
    low, high = (one, other) if one < other else (other, one)
    return high if low == IMPOSSIBLE else high + math.log1p(math.exp(low - high))
