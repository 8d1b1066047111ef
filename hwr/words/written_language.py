"""A language model of what people write: words in their cases, numbers, codes, and marks.

:class:`hwr.words.language_model.ProseModel` knows small letters and digits. Here its words get
capitals, and marks before, inside and behind them: ``"Well-known,"``. A mark ends a word or number,
and another may begin. Only an apostrophe may also stand inside a word, as in ``don't``, so that the
same text may be prose in several ways. Beside prose, anything is possible as a code, in which all
characters are equally probable. So the cost of what no dictionary knows is bounded: clear ink is
not overruled.
"""

import math
from collections.abc import Iterable
from functools import cache, reduce
from typing import Any, NamedTuple

from hwr.alphabets import CHARACTERS
from hwr.words.language_model import (
    APOSTROPHE,
    END,
    LanguageModel,
    PrefixState,
    ProseModel,
)
from hwr.words.prefix_beam import PrefixModel, added

WRITTEN_MARKS = ".,'-?!:;\"()/&+"
"""Marks that people write in prose, dates and sums."""
WRITTEN = CHARACTERS + WRITTEN_MARKS
"""All characters that a text may hold."""
CLASSES = 1 + len(WRITTEN)
"""Classes of a network of words: the blank, and every character."""
CODE_RATE = 0.02
"""Assumed share of texts in which any character may follow any other."""
CODE_GOES_ON = 0.85
"""Probability that a code has another character."""
CODE_CHOICES = 16
"""Among how many characters each of a code is chosen. There are more, but a code keeps to digits,
capitals or small letters; with fewer, clear ink counts for more than what is known of prose."""
LOWER, TITLE, UPPER = 0.74, 0.22, 0.04
"""Shares of words in small letters, with an initial capital, and in capitals. In UNIPEN 15 to 21 %
have an initial capital, and 2 to 3 % are in capitals."""
OTHER_CASE = 0.005
"""Probability of a letter whose case does not go on as its word's did."""
ENDS = 0.8
"""Probability that a text ends where a word does; otherwise a mark follows."""
MARK_RATES = {
    ",": 0.3, ".": 0.3, "'": 0.1, "-": 0.08, "?": 0.04, "!": 0.04, ":": 0.03, ";": 0.02,
    '"': 0.03, ")": 0.02, "(": 0.01, "/": 0.02, "&": 0.005, "+": 0.005,
}  # fmt: skip
"""Shares of the marks that follow a word or number."""
OPENING_RATES = {'"': 0.02, "(": 0.015, "'": 0.01, "&": 0.004, "-": 0.004, "+": 0.003}
"""Probabilities of marks where a word begins; of others, and with them, of two in a row: below."""
OTHER_OPENING = 0.001
ELIDED = ("c", "d", "j", "l", "m", "n", "s", "t", "qu")
"""What is left of French words before a vowel, ``l'eau``, ``qu'il``, and stands apart in lists."""
ELISION = 0.01
"""Probability of each where a word may begin, with its apostrophe."""
AFTER_NUMBER = PrefixState("", *map(math.log, (0.35, 0.05, 0.6)))
"""What begins behind a mark after a number: a listed word, an unlisted one, or another number."""


class Parse(NamedTuple):
    """One of the ways in which a prefix is prose.

    Attributes
    ----------
    word : PrefixState
        The letters of its last word, in small letters.
    case : str
        Those letters as written.
    before : float
        Log-probability of all that ``word`` does not hold: its cases, the marks, and what stands
        before the last one that ended a word.
    """

    word: PrefixState
    case: str
    before: float


class WrittenState(NamedTuple):
    """A prefix and what is known about it.

    Attributes
    ----------
    text : str
    parses : tuple of Parse
        More than one behind an apostrophe, which may belong to a word or stand behind it.
    code : float
        Log-probability of the prefix as a code.
    """

    text: str
    parses: tuple[Parse, ...]
    code: float


class WrittenModel:
    """A model of words in their cases, numbers and codes, with marks.

    Parameters
    ----------
    prose : ProseModel
        Of the words' language.
    """

    letters = WRITTEN
    ignores_case = False

    def __init__(self, prose: ProseModel) -> None:
        self._prose = prose
        self._code = math.log(CODE_GOES_ON / CODE_CHOICES)

    def begin(self) -> WrittenState:
        """Return the state before the first character."""
        parse = Parse(self._prose.begin(), "", math.log(1 - CODE_RATE))
        return WrittenState("", (parse,), math.log(CODE_RATE / CODE_GOES_ON))

    def extend(self, state: WrittenState, letter: str) -> WrittenState:
        """Return the state after one more character, or after ``END``."""
        text, code = state.text + letter, state.code + self._code
        if letter == END:
            code = state.code + math.log(1 - CODE_GOES_ON)
        if letter != END and letter not in WRITTEN_MARKS:
            return WrittenState(
                text, tuple(self._longer(one, letter) for one in state.parses), code
            )
        parses = [self._ended(one, letter) for one in state.parses]
        if letter == APOSTROPHE:
            parses += [self._longer(one, letter) for one in state.parses if one.case]
        return WrittenState(text, _merged(parses), code)

    def score(self, state: WrittenState) -> float:
        """Return the log-probability of a prefix."""
        return reduce(added, map(self._score, state.parses), state.code)

    def _score(self, parse: Parse) -> float:
        return parse.before + (self._prose.score(parse.word) if parse.case else 0.0)

    def _longer(self, parse: Parse, letter: str) -> Parse:
        """Return a parse whose word has one more letter, or an apostrophe inside."""
        word = self._prose.extend(parse.word, letter.lower())
        return Parse(word, parse.case + letter, parse.before + _case(parse.case, letter))

    def _ended(self, parse: Parse, mark: str) -> Parse:
        """Return a parse whose word a mark, or ``END``, has ended; no word ends where none is."""
        if mark == APOSTROPHE and parse.case.lower() in ELIDED:
            return Parse(self._prose.begin(), "", parse.before + math.log(ELISION))
        before = parse.before + _mark(parse.case, mark)
        if parse.case:
            before += self._prose.score(self._prose.extend(parse.word, END))
        begins = AFTER_NUMBER if parse.case.isdigit() else self._prose.begin()
        return Parse(begins, "", before)


def _merged(parses: Iterable[Parse]) -> tuple[Parse, ...]:
    """Return parses that differ in more than their probability; of others, that of both."""
    found: dict[tuple[PrefixState, str], float] = {}
    for word, case, before in parses:
        found[word, case] = added(before, found.get((word, case), -math.inf))
    return tuple(Parse(word, case, before) for (word, case), before in found.items())


def _mark(case: str, mark: str) -> float:
    """Return the log-probability of a mark, or of ``END``, after a word or where one may begin."""
    if mark == END:
        return math.log(ENDS) if case else 0.0
    if not case:
        return math.log(OPENING_RATES.get(mark, OTHER_OPENING))
    return math.log((1 - ENDS) * MARK_RATES[mark])


def _case(before: str, letter: str) -> float:
    """Return the log-probability of a letter's case after the letters before it."""
    if not letter.isalpha():
        return 0.0
    capital, letters = letter.isupper(), [each for each in before if each.isalpha()]
    if not letters:
        return math.log(TITLE + UPPER if capital else LOWER)
    if len(letters) == 1 and letters[0].isupper():
        return math.log((UPPER if capital else TITLE) / (TITLE + UPPER))
    goes_on = capital == letters[-1].isupper()
    return math.log1p(-OTHER_CASE) if goes_on else math.log(OTHER_CASE)


def as_written(language: LanguageModel | PrefixModel[Any]) -> PrefixModel[Any]:
    """Return a model of what people write: prose with capitals and marks; others as they are."""
    return _written(language) if isinstance(language, ProseModel) else language


@cache
def _written(prose: ProseModel) -> WrittenModel:
    return WrittenModel(prose)


def classes_of(text: str) -> list[int]:
    """Return the network's class of each character of a text."""
    return [1 + WRITTEN.index(character) for character in text]


def text_of(classes: Iterable[int]) -> str:
    """Return the text of a network's classes, without blanks."""
    return "".join(WRITTEN[place - 1] for place in classes)
