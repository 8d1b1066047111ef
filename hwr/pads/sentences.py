"""Words that were read, as a sentence of HTML and as text for a screen reader."""

from html import escape

from hwr.pads.corrections import CorrectedWord, Lines, text_of
from hwr.pads.html import bold, strip_tags, without_symbols

NAMED = 4
"""Number of words in doubt that are named; the others are counted."""


def several(count: int) -> str:
    """Return that a picture of one character shows several, and what to do."""
    return f'This looks like {count} characters: choose "many words" to read them.'


def answer_sentence(lines: Lines, empty: bool, hint: str) -> str:
    """Return what was read, and what of it is not sure, as one sentence of HTML.

    Parameters
    ----------
    lines : tuple of tuple of CorrectedWord
    empty : bool
        Whether there is nothing to read.
    hint : str
        The sentence for that case.
    """
    words = [word for line in lines for word in line]
    if empty:
        return f"<p>{escape(hint)}</p>"
    if not words:
        return "<p>Nothing is read here: this looks like no writing.</p>"
    return f"<p>{_one(words[0]) if len(words) == 1 else _several(words)}</p>"


def _one(word: CorrectedWord) -> str:
    if word.by_hand:
        return f"{bold(word.text)}, as you corrected it."
    best, *others = (bold(text, share) for text, share in word.readings)
    probably = "Probably" if word.sure else "Not sure: perhaps"
    return f"{probably} {best}{', else ' if others else ''}{' or '.join(others)}."


def _several(words: list[CorrectedWord]) -> str:
    doubtful = [word.text for word in words if not word.sure]
    if not doubtful:
        return f"{len(words)} words, sure of each."
    named = ", ".join(map(bold, doubtful[:NAMED]))
    more = f" and {len(doubtful) - NAMED} more" if len(doubtful) > NAMED else ""
    return f"{len(words)} words, not sure of {named}{more}."


def screen_reader_text(lines: Lines, empty: bool, hint: str) -> str:
    """Return the same for a screen reader; several words are first read as a whole."""
    spoken = without_symbols(strip_tags(answer_sentence(lines, empty, hint)))
    if sum(len(line) for line in lines) < 2:
        return spoken
    return f"Read: {text_of(lines).replace(chr(10), '; ')}. {spoken}"
