"""What signs are called, for readers and for screen readers, which skip many of them."""

import unicodedata

PLAIN = {
    "#": "hash sign",
    "-": "hyphen",
    "/": "slash",
    "@": "at sign",
    "\\": "backslash",
    "^": "caret",
    "_": "underscore",
    "`": "backtick",
    "|": "vertical bar",
}
"""Names in plain words where Unicode's are not: ``hyphen-minus``, ``solidus``, ``low line``."""


def sign_name(sign: str) -> str:
    """Return the name of a character that is neither a letter nor a digit: ``'question mark'``."""
    return PLAIN.get(sign) or unicodedata.name(sign, sign).lower()
