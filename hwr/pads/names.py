"""What characters and alphabets are called, and what a drawing outside an alphabet looks like."""

import string
import unicodedata
from collections.abc import Sequence

from hwr._support.signs import sign_name
from hwr.alphabets import MARKS, NONE, Alphabet
from hwr.recognizer import Reading

KINDS = {"digit": string.digits, "letter": string.ascii_letters, "mark": MARKS}
"""The kinds of characters that an alphabet may consist of, each with all its characters."""
MAX_NAMED = 10
"""Most characters of an own alphabet that are named one by one."""
OUTSIDE = 0.5
"""Probability from which on a drawing is said to be nothing of the alphabet."""


# --- characters --------------------------------------------------------------------------------


def class_name(name: str, alphabet: Alphabet) -> str:
    """Return a class as it is written: ``'C/c'`` where a class holds both."""
    return "/".join(_members(name, alphabet)) if len(name) == 1 else name


def spoken_name(name: str, alphabet: Alphabet) -> str:
    """Return a class as it is read aloud, where ``g`` and ``G`` would sound the same."""
    if len(name) == 1 and len(_members(name, alphabet)) > 1:
        return f"letter {name}"
    return _spoken(name)


def described(name: str) -> str:
    """Return a class as a part of a sentence: ``'the digit 7'``, ``'a capital A'``, ``'a comma'``.

    A class with a name of several letters is called by it.
    """
    if len(name) > 1:
        return name
    spoken = _spoken(name)
    article = "the" if name.isdigit() else "an" if spoken[0] in "aeiou" else "a"
    return f"{article} {spoken}"


def introduction(name: str) -> str:
    """Return what comes before a class in a sentence: ``'an'`` for 8, ``'a comma'`` for a comma."""
    if len(name) == 1 and not name.isalnum():
        return described(name)
    plain = unicodedata.normalize("NFD", name)[:1]
    return "an" if plain in "AEFHILMNORSXaefhilmnorsx8" else "a"


def _members(name: str, alphabet: Alphabet) -> str:
    return alphabet.members[alphabet.classes.index(name)]


def _spoken(name: str) -> str:
    if len(name) > 1:
        return name
    kinds = {"digit": str.isdigit, "capital": str.isupper, "small": str.islower}
    for kind, applies in kinds.items():
        if applies(name):
            return f"{kind} {name}"
    return sign_name(name)


# --- alphabets ---------------------------------------------------------------------------------


def what_to_draw(alphabet: Alphabet) -> str:
    """Return the sentence that asks for one of an alphabet's characters."""
    characters = "".join(alphabet.members)
    kinds = [f"a {kind}" for kind, members in KINDS.items() if set(members) & set(characters)]
    others = set(characters) - set("".join(KINDS.values()))
    if len(characters) <= MAX_NAMED and (others or "a mark" in kinds):
        return f"Draw {_any_of(characters, ' ')}."
    return "Draw a character." if others else f"Draw {_any_of(kinds, ', ')}."


def _any_of(choices: Sequence[str], separator: str) -> str:
    *others, last = choices
    return f"{separator.join(others)} or {last}" if others else last


def _kind(alphabet: Alphabet) -> str:
    """Return which kind of characters an alphabet has, if it has just these and all of them."""
    characters = set("".join(alphabet.members))
    return next((kind for kind, members in KINDS.items() if set(members) == characters), "")


# --- drawings outside an alphabet --------------------------------------------------------------


def outside_sentence(reading: Reading) -> str:
    """Return that a drawing is nothing of the alphabet, and what it looks like; "" if it may be."""
    if not reading.instead or reading.outside < OUTSIDE:
        return ""
    if reading.instead == NONE:
        return "This looks like no character."
    kind = _kind(reading.alphabet)
    wrong = f"no {kind}" if kind else "none of these characters"
    return f"That is {wrong}: it looks like {described(reading.instead)}."


def among(alphabet: Alphabet) -> str:
    """Return the beginning of a sentence about an alphabet: ``'Of the digits'``."""
    kind = _kind(alphabet)
    return f"Of the {kind}s" if kind else "Of these characters"
