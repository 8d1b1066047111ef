"""The languages that a pad offers; the words of one are learned when it is chosen."""

from functools import cache

from hwr.alphabets import CHARACTERS
from hwr.words.language_model import Language, Prose, Uniform

ENGLISH = "English"
PROSE = {
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
NONE = {
    "none: codes, 62 characters": CHARACTERS,
    "none: digits and capitals": "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ",
    "none: numbers": "0123456789",
}
"""Where any character may follow any other."""
NAMES = (*PROSE, *NONE)


@cache
def language(name: str) -> Language:
    """Give a language by its name; words take a second or two when they are wanted first.

    Raises
    ------
    ValueError
        If it has no such name here.
    """
    if name in PROSE:
        return Prose(PROSE[name])
    if name in NONE:
        return Uniform(NONE[name])
    raise ValueError(f"There is no language {name!r} here: choose one of {', '.join(NAMES)}.")
