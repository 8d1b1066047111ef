"""What words are likely: a model of words and of letter sequences, letter by letter.

A word's probability is a mixture of three: that of the word lists of ``wordfreq`` (R. Speer), as a
tree of prefixes; that of the letter sequences in them, for names and words in no list; and that of
numbers, in which every digit is equally likely. All can be extended letter by letter, which is what
a search over readings needs. For codes, where nothing is more likely than anything else, there is
:class:`Uniform`.
"""

import math
import unicodedata
from collections import defaultdict
from functools import cache
from typing import NamedTuple, Protocol

from hwr.alphabets import CHARACTERS

WORDS = 60_000
"""So many of a language's most frequent words are known by heart."""
ORDER = 4
"""A letter is guessed from so many before it."""
KNOWN, SPELLED, NUMBERS = 0.9, 0.08, 0.02
"""The shares of a text's words that are on the list, that are not, and that are numbers."""
LOWERCASE = "abcdefghijklmnopqrstuvwxyz"
DIGITS = "0123456789"
EVENLY = 0.6
"""Frequencies are raised to this power: who tries a reader writes rarer words than a book has."""
OTHERS = {"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ı": "i"}
"""Letters that are no letter of a to z with a mark."""
LONGER = 0.7
"""So often another digit follows a digit in a number."""
DIGIT = 0.00001
"""So often a digit stands in a word: seldom, but nothing is impossible."""
END = "\n"
"""Stands behind a word's last letter."""
IMPOSSIBLE = -math.inf


class PrefixState(NamedTuple):
    """What a model knows of a word's beginning: logarithms of probabilities.

    Attributes
    ----------
    text : str
        The letters so far.
    listed, spelled, number : float
        That of the beginning, if the word is on the list, if it is not, and if it is a number.
    """

    text: str = ""
    listed: float = IMPOSSIBLE
    spelled: float = IMPOSSIBLE
    number: float = IMPOSSIBLE


class LanguageModel(Protocol):
    """Tells how likely words are."""

    letters: str
    """Which letters occur."""
    settles_case: bool
    """Whether they are all small, and stand for their capitals too."""

    def begin(self) -> PrefixState:
        """Return the state before the first letter."""

    def extend(self, state: PrefixState, letter: str) -> PrefixState:
        """Return the state after one more letter, or after ``END``."""

    def score(self, state: PrefixState) -> float:
        """Return the logarithm of the probability of a state."""


class UniformModel:
    """Every sequence of letters is equally likely: for codes, names and numbers.

    Parameters
    ----------
    letters : str
        Which characters occur.
    """

    settles_case = False

    def __init__(self, letters: str) -> None:
        self.letters = letters
        self._each = -math.log(len(letters))

    def begin(self) -> PrefixState:
        """Return the state before the first letter."""
        return PrefixState(spelled=0.0)

    def extend(self, state: PrefixState, letter: str) -> PrefixState:
        """Return the state after one more letter, or after ``END``."""
        each = 0.0 if letter == END else self._each
        return PrefixState(state.text + letter, spelled=state.spelled + each)

    def score(self, state: PrefixState) -> float:
        """Return the logarithm of the probability of a state."""
        return state.spelled


class ProseModel:
    """The words of a language, spelt in a to z: accents and dots are left out.

    Parameters
    ----------
    language : str
        As ``wordfreq`` names it: ``'en'``, ``'de'``, ``'fr'``, ...

    Raises
    ------
    ValueError
        If ``wordfreq`` has no such language, or it is not written in a to z.
    """

    letters = LOWERCASE + DIGITS
    settles_case = True

    def __init__(self, language: str = "en") -> None:
        self._prefixes, self._spelling, self._seen = _learn(language)
        self._after: dict[str, dict[str, float]] = {}

    def begin(self) -> PrefixState:
        """Return the state before the first letter."""
        return PrefixState("", math.log(KNOWN), math.log(SPELLED), math.log(NUMBERS))

    def extend(self, state: PrefixState, letter: str) -> PrefixState:
        """Return the state after one more letter, or after ``END``."""
        text = state.text + letter
        listed, number = IMPOSSIBLE, IMPOSSIBLE
        if state.listed > IMPOSSIBLE and text in self._prefixes:
            share = self._prefixes[text] / self._prefixes[state.text]
            listed = state.listed + math.log(share)
        if state.number > IMPOSSIBLE and (letter in DIGITS or letter == END):
            number = state.number + math.log(1 - LONGER if letter == END else LONGER / 10)
        spelled = state.spelled + self._letters_after(state.text[-ORDER:])[letter]
        return PrefixState(text, listed, spelled, number)

    def score(self, state: PrefixState) -> float:
        """Return the logarithm of the probability of a state."""
        parts = state[1:]
        best = max(parts)
        return best + math.log(sum(math.exp(part - best) for part in parts))

    def _letters_after(self, before: str) -> dict[str, float]:
        """Return the logarithm of each letter's probability after up to ``ORDER`` others."""
        if before not in self._after:
            context = before if len(before) == ORDER else "^" + before
            odd = {digit: math.log(DIGIT / len(DIGITS)) for digit in DIGITS}
            rest = {
                letter: math.log((1 - DIGIT) * self._probability(context, letter))
                for letter in LOWERCASE + END
            }
            self._after[before] = odd | rest
        return self._after[before]

    def _probability(self, context: str, letter: str) -> float:
        """Return the probability of a letter after others, from short to long (Witten-Bell)."""
        probability = 1 / (len(LOWERCASE) + 1)
        for length in range(len(context) + 1):
            key = context[len(context) - length :]
            total, kinds = self._seen.get(key, (0.0, 0))
            if not total:
                break
            known = self._spelling.get(key + letter, 0.0)
            probability = (known + kinds * probability) / (total + kinds)
        return probability


Counts = dict[str, float]


def word_frequencies(language: str) -> list[tuple[str, float]]:
    """Return the words of a language and their frequencies, the most frequent first.

    Returns
    -------
    list of (str, float)
        Spelt in a to z: two words may be spelt alike. The frequency is a share of all words.

    Raises
    ------
    ValueError
        If ``wordfreq`` has no such language, or it is not written in a to z.
    """
    import wordfreq  # 0.2 seconds, and only for who reads words

    try:
        known = wordfreq.top_n_list(language, WORDS)
    except LookupError:
        languages = ", ".join(sorted(wordfreq.available_languages()))
        raise ValueError(
            f"There are no words of a language {language!r}: choose one of {languages}."
        ) from None
    spelt = [(word, _plain(word)) for word in known]
    words = [(word, plain) for word, plain in spelt if all(letter in LOWERCASE for letter in plain)]
    if len(words) < len(known) / 4:
        raise ValueError(
            f"The language {language!r} is not written in the letters a to z, which the "
            "recogniser knows: choose another one."
        )
    return [(plain, wordfreq.word_frequency(word, language)) for word, plain in words]


@cache
def _learn(language: str) -> tuple[Counts, Counts, dict[str, tuple[float, int]]]:
    """Count prefixes by the frequency of their words, and letters after others by that of words."""
    prefixes: Counts = defaultdict(float)
    spelling: Counts = defaultdict(float)
    for word, share in word_frequencies(language):
        frequency = share**EVENLY
        for end in range(len(word) + 1):
            prefixes[word[:end]] += frequency
        prefixes[word + END] += frequency
        text = "^" + word + END
        for place in range(1, len(text)):
            for length in range(min(ORDER, place) + 1):
                spelling[text[place - length : place + 1]] += 1  # each word once
    return dict(prefixes), dict(spelling), _contexts(spelling)


def _plain(word: str) -> str:
    """Spell a word in the letters that the recogniser knows: ``für`` as ``fur``."""
    for letter, instead in OTHERS.items():
        word = word.replace(letter, instead)
    apart = unicodedata.normalize("NFKD", word)  # a letter, then its marks
    return "".join(part for part in apart if not unicodedata.combining(part))


def _contexts(spelling: Counts) -> dict[str, tuple[float, int]]:
    seen: dict[str, tuple[float, int]] = {}
    for sequence, count in spelling.items():
        total, kinds = seen.get(sequence[:-1], (0.0, 0))
        seen[sequence[:-1]] = total + count, kinds + 1
    return seen


# --- the languages that a pad offers ----------------------------------------------------------

ENGLISH = "English"
PROSE_LANGUAGES = {
    ENGLISH: "en",
    "Danish": "da",
    "Dutch": "nl",
    "Finnish": "fi",
    "French": "fr",
    "German": "de",
    "Italian": "it",
    "Polish": "pl",
    "Portuguese": "pt",
    "Spanish": "es",
    "Swedish": "sv",
}
"""What is written in the letters a to z, for the most part."""
CODE_ALPHABETS = {
    "none: codes, 62 characters": CHARACTERS,
    "none: digits and capitals": "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ",
    "none: numbers": "0123456789",
}
"""Where any character may follow any other."""
LANGUAGE_NAMES = (*PROSE_LANGUAGES, *CODE_ALPHABETS)


@cache
def language_model(name: str) -> LanguageModel:
    """Return a language by its name; words take a second or two when they are wanted first.

    Raises
    ------
    ValueError
        If it has no such name here.
    """
    if name in PROSE_LANGUAGES:
        return ProseModel(PROSE_LANGUAGES[name])
    if name in CODE_ALPHABETS:
        return UniformModel(CODE_ALPHABETS[name])
    raise ValueError(
        f"There is no language {name!r} here: choose one of {', '.join(LANGUAGE_NAMES)}."
    )
