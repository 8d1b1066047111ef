"""What a pad says of words that were read: in a sentence of HTML, and for a screen reader."""

from html import escape

from hwr.pads.corrections import CorrectedWord, Lines
from hwr.pads.html import format_percent, strip_tags

NAMED = 4
"""So many words in doubt are named; the rest are counted."""


def answer_sentence(lines: Lines, empty: bool, hint: str) -> str:
    """Say in one sentence of HTML what was read, and what of it is not sure.

    Parameters
    ----------
    lines : tuple of tuple of Corrected
    empty : bool
        Whether there is nothing to read.
    hint : str
        What to do then.
    """
    words = [word for line in lines for word in line]
    if empty:
        return f"<p>{escape(hint)}</p>"
    if not words:
        return "<p>Not sure: this looks like no letters.</p>"
    return f"<p>{_of_one(words[0]) if len(words) == 1 else _of_several(words)}</p>"


def _of_one(word: CorrectedWord) -> str:
    if word.by_hand:
        return f"{_bold(word.text)}, as you corrected it."
    (best, share), *others = word.readings
    what = f"{_bold(best)} ({escape(format_percent(share))})"
    first = f"Probably {what}" if word.sure else f"Not sure: perhaps {what}"
    rest = " or ".join(
        f"{_bold(other)} ({escape(format_percent(chance))})" for other, chance in others
    )
    return f"{first}{', else ' if rest else ''}{rest}."


def _of_several(words: list[CorrectedWord]) -> str:
    doubtful = [word.text for word in words if not word.sure]
    if not doubtful:
        return f"{len(words)} words, sure of each."
    named = ", ".join(_bold(text) for text in doubtful[:NAMED])
    more = f" and {len(doubtful) - NAMED} more" if len(doubtful) > NAMED else ""
    return f"{len(words)} words, not sure of {named}{more}."


def _bold(text: str) -> str:
    return f"<b>{escape(text)}</b>"


def screen_reader_text(lines: Lines, empty: bool, hint: str) -> str:
    """Say the same for a screen reader, the whole text first if it has several words."""
    said = strip_tags(answer_sentence(lines, empty, hint)).replace(" %", " percent")
    said = said.replace("<", "under ").replace(">", "over ")
    if sum(len(line) for line in lines) < 2:
        return said
    return f"Read: {'; '.join(' '.join(word.text for word in line) for line in lines)}. {said}"
