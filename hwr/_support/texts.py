"""Other people's text, made fit to be printed: a terminal obeys what is written to it.

An escape sequence in a name could clear the screen, change the window's title, or write over what
was printed before; signs that change the direction of writing make a text look like another one.
"""

import re

_CONTROL = re.compile(
    "["
    "\x00-\x08\x0a-\x1f\x7f-\x9f"  # Unicode's control characters, but for the tab
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"  # directions of writing (Unicode's UAX 9)
    "\u2028\u2029"  # further ends of lines
    "\ud800-\udfff"  # halves of characters, which cannot be encoded
    "]"
)
SHOWN = 60
"""Characters of a text that a message quotes."""


def printable(text: str) -> str:
    r"""Return a text as one line, in which control characters are written out: ``\x1b``."""
    return _CONTROL.sub(lambda found: ascii(found[0])[1:-1], text)


def one_line(text: str, most: int = SHOWN) -> str:
    """Return a text fit to be printed within a line, cut off after ``most`` characters."""
    start = printable(text[: most + 1])
    return start if len(text) <= most and len(start) <= most else f"{start[: most - 1]}…"
