"""What words are likely: a model of words and of letter sequences, letter by letter.

A word's probability is a mixture of two: that of the word lists of ``wordfreq`` (R. Speer), as a
tree of prefixes, and that of the letter sequences in them, for names and words in no list. Both
can be extended letter by letter, which is what a search over readings needs. For codes, where
nothing is more likely than anything else, there is :class:`Uniform`.
"""

import math
from collections import defaultdict
from dataclasses import dataclass
from functools import cache
from typing import Protocol

WORDS = 60_000
"""So many of a language's most frequent words are known by heart."""
ORDER = 4
"""A letter is guessed from so many before it."""
KNOWN = 0.9
"""The share of words in a text that are on the list."""
END = "\n"
"""Stands behind a word's last letter."""
IMPOSSIBLE = -math.inf


@dataclass(frozen=True)
class State:
    """What a model knows of a word's beginning: two logarithms of probabilities.

    Attributes
    ----------
    text : str
        The letters so far.
    listed, spelled : float
        That of the beginning, if the word is on the list, and if it is not.
    """

    text: str = ""
    listed: float = 0.0
    spelled: float = 0.0


class Language(Protocol):
    """Tells how likely words are."""

    letters: str
    """Which letters occur, all of one case where case says nothing."""

    def begin(self) -> State:
        """Give the state before the first letter."""

    def extend(self, state: State, letter: str) -> State:
        """Give the state after one more letter, or after ``END``."""

    def score(self, state: State) -> float:
        """Give the logarithm of the probability of a state."""


class Uniform:
    """Every sequence of letters is equally likely: for codes, names and numbers.

    Parameters
    ----------
    letters : str
        Which characters occur.
    """

    def __init__(self, letters: str) -> None:
        self.letters = letters
        self._each = -math.log(len(letters))

    def begin(self) -> State:
        """Give the state before the first letter."""
        return State()

    def extend(self, state: State, letter: str) -> State:
        """Give the state after one more letter, or after ``END``."""
        if letter == END:
            return state
        return State(state.text + letter, IMPOSSIBLE, state.spelled + self._each)

    def score(self, state: State) -> float:
        """Give the logarithm of the probability of a state."""
        return state.spelled


class Prose:
    """The words of a language.

    Parameters
    ----------
    language : str
        As ``wordfreq`` names it: ``'en'``, ``'de'``, ``'fr'``, ...

    Raises
    ------
    ValueError
        If ``wordfreq`` has no such language, or it is not written in a to z.
    """

    letters = "abcdefghijklmnopqrstuvwxyz"

    def __init__(self, language: str = "en") -> None:
        self._prefixes, self._spelling, self._seen = _learn(language)

    def begin(self) -> State:
        """Give the state before the first letter."""
        return State("", math.log(KNOWN), math.log(1 - KNOWN))

    def extend(self, state: State, letter: str) -> State:
        """Give the state after one more letter, or after ``END``."""
        text = state.text + letter
        listed = IMPOSSIBLE
        if state.listed > IMPOSSIBLE and text in self._prefixes:
            share = self._prefixes[text] / self._prefixes[state.text]
            listed = state.listed + math.log(share)
        return State(text, listed, state.spelled + math.log(self._letter(state.text, letter)))

    def score(self, state: State) -> float:
        """Give the logarithm of the probability of a state."""
        high, low = max(state.listed, state.spelled), min(state.listed, state.spelled)
        return high + math.log1p(math.exp(low - high))

    def _letter(self, before: str, letter: str) -> float:
        """Give the probability of a letter after others, from short to long (Witten-Bell)."""
        probability = 1 / (len(self.letters) + 1)
        context = "^" + before
        for length in range(min(ORDER, len(context)) + 1):
            key = context[len(context) - length :]
            total, kinds = self._seen.get(key, (0.0, 0))
            if not total:
                break
            known = self._spelling.get(key + letter, 0.0)
            probability = (known + kinds * probability) / (total + kinds)
        return probability


Counts = dict[str, float]


@cache
def _learn(language: str) -> tuple[Counts, Counts, dict[str, tuple[float, int]]]:
    """Count prefixes by the frequency of their words, and letters after others by that of words."""
    import wordfreq  # 0.2 seconds, and only for who reads words

    try:
        listed = wordfreq.top_n_list(language, WORDS)
    except LookupError:
        known = ", ".join(sorted(wordfreq.available_languages()))
        raise ValueError(
            f"There are no words of a language {language!r}: choose one of {known}."
        ) from None
    words = [word for word in listed if all(letter in Prose.letters for letter in word)]
    if len(words) < len(listed) / 4:
        raise ValueError(
            f"The language {language!r} is not written in the letters a to z, which the "
            "recogniser knows: choose another one."
        )
    prefixes: Counts = defaultdict(float)
    spelling: Counts = defaultdict(float)
    for word in words:
        frequency = wordfreq.word_frequency(word, language)
        for end in range(len(word) + 1):
            prefixes[word[:end]] += frequency
        prefixes[word + END] += frequency
        text = "^" + word + END
        for place in range(1, len(text)):
            for length in range(min(ORDER, place) + 1):
                spelling[text[place - length : place + 1]] += 1  # each word once
    return dict(prefixes), dict(spelling), _contexts(spelling)


def _contexts(spelling: Counts) -> dict[str, tuple[float, int]]:
    seen: dict[str, tuple[float, int]] = {}
    for sequence, count in spelling.items():
        total, kinds = seen.get(sequence[:-1], (0.0, 0))
        seen[sequence[:-1]] = total + count, kinds + 1
    return seen
