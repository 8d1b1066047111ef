"""Language models: how probable a word is, letter by letter.

:class:`ProseModel` mixes three models: one of the words in the lists of ``wordfreq`` (R. Speer),
one of their letter sequences, for names and unlisted words, and one of numbers, in which all digits
are equally probable. :class:`UniformModel` is for codes, in which all characters are. Both extend a
prefix letter by letter, as a search over readings needs.
"""

import math
import re
import unicodedata
from collections import defaultdict
from functools import cache
from typing import NamedTuple, Protocol

from hwr.alphabets import CHARACTERS

VOCABULARY_SIZE = 60_000
"""How many of a language's most frequent words are listed."""
CONTEXT_LENGTH = 4
"""How many preceding letters predict the next one."""
LISTED_RATE, SPELLED_RATE, NUMBER_RATE = 0.9, 0.08, 0.02
"""Assumed shares of listed words, unlisted words and numbers in a text."""
LOWERCASE = "abcdefghijklmnopqrstuvwxyz"
DIGITS = "0123456789"
APOSTROPHE = "'"
"""Stands between letters of words such as "don't"."""
FREQUENCY_EXPONENT = 0.6
"""Power to which frequencies are raised: people try a reader on rarer words than books hold."""
SPELT = re.compile(f"[{LOWERCASE}]+({APOSTROPHE}[{LOWERCASE}]+)*")
"""What a word that is listed looks like."""
TRANSLITERATIONS = {"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ı": "i"}
"""Letters that are not a letter from a to z with a diacritic."""
NEXT_DIGIT_RATE = 0.7
"""Probability that a digit in a number is followed by another one."""
DIGIT_IN_WORD_RATE = 0.00001
"""Probability of a digit inside a word; keeps every sequence possible."""
END = "\n"
"""Marks the end of a word."""
IMPOSSIBLE = -math.inf
"""The logarithm of probability 0."""


class PrefixState(NamedTuple):
    """A prefix and its log-probabilities.

    Attributes
    ----------
    text : str
        The letters so far.
    listed, spelled, number : float
        Log-probability of the prefix as that of a listed word, of an unlisted one, and of a number.
    """

    text: str = ""
    listed: float = IMPOSSIBLE
    spelled: float = IMPOSSIBLE
    number: float = IMPOSSIBLE


class LanguageModel(Protocol):
    """Rates words letter by letter."""

    letters: str
    """The letters that occur."""
    ignores_case: bool
    """Whether small letters stand for their capitals too."""

    def begin(self) -> PrefixState:
        """Return the state before the first letter."""

    def extend(self, state: PrefixState, letter: str) -> PrefixState:
        """Return the state after one more letter, or after ``END``."""

    def score(self, state: PrefixState) -> float:
        """Return the log-probability of a prefix."""


class UniformModel:
    """A model in which all characters are equally probable: for codes, names and numbers.

    Parameters
    ----------
    letters : str
        The characters that occur.
    """

    ignores_case = False

    def __init__(self, letters: str) -> None:
        self.letters = letters
        self._log_probability = -math.log(len(letters))

    def begin(self) -> PrefixState:
        """Return the state before the first letter."""
        return PrefixState(spelled=0.0)

    def extend(self, state: PrefixState, letter: str) -> PrefixState:
        """Return the state after one more letter, or after ``END``."""
        added = 0.0 if letter == END else self._log_probability
        return PrefixState(state.text + letter, spelled=state.spelled + added)

    def score(self, state: PrefixState) -> float:
        """Return the log-probability of a prefix."""
        return state.spelled


class ProseModel:
    """A model of the words of a language, spelt in a to z without diacritics.

    It knows apostrophes between letters, too; they are no ``letters``, because what reads single
    characters does not know them.

    Parameters
    ----------
    language : str
        As ``wordfreq`` names it: ``'en'``, ``'de'``, ``'fr'``, ...

    Raises
    ------
    ValueError
        If ``wordfreq`` lacks the language, or it is not written in a to z.
    """

    letters = LOWERCASE + DIGITS
    ignores_case = True

    def __init__(self, language: str = "en") -> None:
        self._prefixes, self._sequences, self._contexts = _learn(language)
        self._next_letters: dict[str, dict[str, float]] = {}

    def begin(self) -> PrefixState:
        """Return the state before the first letter."""
        return PrefixState("", math.log(LISTED_RATE), math.log(SPELLED_RATE), math.log(NUMBER_RATE))

    def extend(self, state: PrefixState, letter: str) -> PrefixState:
        """Return the state after one more letter, or after ``END``."""
        text = state.text + letter
        listed, number = IMPOSSIBLE, IMPOSSIBLE
        if state.listed > IMPOSSIBLE and text in self._prefixes:
            share = self._prefixes[text] / self._prefixes[state.text]
            listed = state.listed + math.log(share)
        if state.number > IMPOSSIBLE and (letter in DIGITS or letter == END):
            rate = 1 - NEXT_DIGIT_RATE if letter == END else NEXT_DIGIT_RATE / 10
            number = state.number + math.log(rate)
        spelled = state.spelled + self._letters_after(state.text[-CONTEXT_LENGTH:])[letter]
        return PrefixState(text, listed, spelled, number)

    def score(self, state: PrefixState) -> float:
        """Return the log-probability of a prefix."""
        parts = state[1:]
        best = max(parts)
        return best + math.log(sum(math.exp(part - best) for part in parts))

    def _letters_after(self, before: str) -> dict[str, float]:
        """Return each letter's log-probability after up to ``CONTEXT_LENGTH`` others."""
        if before not in self._next_letters:
            context = before if len(before) == CONTEXT_LENGTH else "^" + before
            digits = {digit: math.log(DIGIT_IN_WORD_RATE / len(DIGITS)) for digit in DIGITS}
            letters = {
                letter: math.log((1 - DIGIT_IN_WORD_RATE) * self._probability(context, letter))
                for letter in LOWERCASE + APOSTROPHE + END
            }
            self._next_letters[before] = digits | letters
        return self._next_letters[before]

    def _probability(self, context: str, letter: str) -> float:
        """Return a letter's probability in a context (Witten and Bell 1991, interpolated)."""
        probability = 1 / len(LOWERCASE + APOSTROPHE + END)
        for length in range(len(context) + 1):
            suffix = context[len(context) - length :]
            total, kinds = self._contexts.get(suffix, (0.0, 0))
            if not total:
                break
            count = self._sequences.get(suffix + letter, 0.0)
            probability = (count + kinds * probability) / (total + kinds)
        return probability


Counts = dict[str, float]


def word_frequencies(language: str) -> list[tuple[str, float]]:
    """Return the words of a language and their frequencies, the most frequent first.

    Returns
    -------
    list of (str, float)
        Words spelt in a to z, with apostrophes between letters, so that two may be spelt alike,
        and their shares of all words.

    Raises
    ------
    ValueError
        If ``wordfreq`` lacks the language, or it is not written in a to z.
    """
    import wordfreq  # takes 0.2 seconds, and only reading words needs it

    try:
        listed = wordfreq.top_n_list(language, VOCABULARY_SIZE)
    except LookupError:
        languages = ", ".join(sorted(wordfreq.available_languages()))
        raise ValueError(
            f"There are no words of a language {language!r}: choose one of {languages}."
        ) from None
    spelt = [(word, _plain(word)) for word in listed]
    words = [(word, plain) for word, plain in spelt if SPELT.fullmatch(plain)]
    if len(words) < len(listed) / 4:
        raise ValueError(
            f"The language {language!r} is not written in the letters a to z, which the "
            "recogniser knows: choose another one."
        )
    return [(plain, wordfreq.word_frequency(word, language)) for word, plain in words]


@cache
def _learn(language: str) -> tuple[Counts, Counts, dict[str, tuple[float, int]]]:
    """Return prefixes by frequency, letter sequences by number of words, and their contexts.

    The value of a context is how many letters follow it in all, and how many different ones.
    """
    prefixes: Counts = defaultdict(float)
    sequences: Counts = defaultdict(float)
    for word, share in word_frequencies(language):
        frequency = share**FREQUENCY_EXPONENT
        for end in range(len(word) + 1):
            prefixes[word[:end]] += frequency
        prefixes[word + END] += frequency
        text = "^" + word + END
        for place in range(1, len(text)):
            for length in range(min(CONTEXT_LENGTH, place) + 1):
                sequences[text[place - length : place + 1]] += 1  # each word counts once
    contexts: dict[str, tuple[float, int]] = {}
    for sequence, count in sequences.items():
        total, kinds = contexts.get(sequence[:-1], (0.0, 0))
        contexts[sequence[:-1]] = total + count, kinds + 1
    return dict(prefixes), dict(sequences), contexts


def _plain(word: str) -> str:
    """Return a word spelt in the letters that the recogniser knows: ``für`` as ``fur``."""
    for letter, plain in TRANSLITERATIONS.items():
        word = word.replace(letter, plain)
    decomposed = unicodedata.normalize("NFKD", word)  # a letter, then its diacritics
    return "".join(part for part in decomposed if not unicodedata.combining(part))


# --- the languages that a pad offers -----------------------------------------------------------

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
"""Languages written mostly in the letters a to z, by their codes in ``wordfreq``."""
CODE_ALPHABETS = {
    "none: codes, 62 characters": CHARACTERS,
    "none: digits and capitals": "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ",
    "none: numbers": "0123456789",
}
"""Characters of codes, in which any may follow any other."""
LANGUAGE_NAMES = (*PROSE_LANGUAGES, *CODE_ALPHABETS)


@cache
def language_model(name: str) -> LanguageModel:
    """Return the model of a language or code; the first call takes a second or two.

    Parameters
    ----------
    name : str
        One of :data:`LANGUAGE_NAMES`.

    Raises
    ------
    ValueError
        If there is no such name.
    """
    if name in PROSE_LANGUAGES:
        return ProseModel(PROSE_LANGUAGES[name])
    if name in CODE_ALPHABETS:
        return UniformModel(CODE_ALPHABETS[name])
    raise ValueError(
        f"There is no language {name!r} here: choose one of {', '.join(LANGUAGE_NAMES)}."
    )
