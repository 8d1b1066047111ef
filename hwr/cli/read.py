"""``python -m hwr read``: pictures of writing to text, for a shell.

The text alone goes to stdout, so that it can be piped into a file; what is to be said about it goes
to stderr.
"""

import io
import json
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hwr.alphabets import CHARACTERS, get_alphabet
from hwr.images.io import open_photo, open_picture
from hwr.recognizer import Recognizer
from hwr.words.language_model import LanguageModel, ProseModel, UniformModel
from hwr.words.reading import Text, Word, read_text

STDIN = "-"
NONE = "none"
"""The language in which any character may follow any other."""
NOTHING = "nothing is written"

Source = Path | bytes
Shares = Sequence[tuple[str, float]]


@dataclass(frozen=True)
class Found:
    """What is said of one picture.

    Attributes
    ----------
    text : str
        For stdout; may be empty.
    record : dict
        The same and more, for ``--json``.
    notes : tuple of str
        For stderr.
    """

    text: str
    record: dict[str, Any]
    notes: tuple[str, ...] = ()


Reader = Callable[[Source], Found]


def word_reader(recognizer: Recognizer, language: str = "en") -> Reader:
    """Return what reads words, lines and pages.

    Parameters
    ----------
    recognizer : Recognizer
    language : str
        As ``wordfreq`` names it, or ``'none'`` for codes and names.

    Raises
    ------
    ValueError
        If there is no such language.
    """
    import wordfreq  # 0.2 seconds

    if language not in (NONE, *wordfreq.available_languages()):
        raise ValueError(
            f"There are no words of a language {language!r}: give a code such as en, de or fr, as "
            f"wordfreq names it, or {NONE!r} for codes and names."
        )
    chosen: LanguageModel = UniformModel(CHARACTERS) if language == NONE else ProseModel(language)

    def read(source: Source) -> Found:
        text = read_text(open_photo(source), chosen, recognizer)
        lines = [[_word(word) for word in line] for line in text.lines]
        seen = "\n".join(line for line in str(text).splitlines() if line)
        return Found(seen, {"text": seen, "lines": lines}, tuple(_notes(text)))

    return read


def character_reader(recognizer: Recognizer, alphabet: str) -> Reader:
    """Return what reads one character a picture.

    Parameters
    ----------
    recognizer : Recognizer
    alphabet : str
        As for :func:`hwr.alphabets.get_alphabet`.

    Raises
    ------
    ValueError
        If there is no such alphabet.
    """
    chosen = get_alphabet(alphabet)

    def read(source: Source) -> Found:
        reading = recognizer.read(open_picture(source), chosen)
        record = {
            "text": reading.best,
            "candidates": _shares(reading.candidates),
            "sure": reading.sure,
        }
        if not reading.candidates:
            return Found("", record, (NOTHING,))
        sure = "" if reading.sure else "not sure: "
        answers = ", ".join(f"{name} {share:.0%}" for name, share in reading.candidates)
        return Found(sure + answers, record)

    return read


def read_words(files: Sequence[str], read: Reader) -> int:
    """Print what is written in pictures; where there are several, below their names.

    Parameters
    ----------
    files : sequence of str
        Their names; ``-`` is stdin.
    read : callable
        As :func:`word_reader` gives it.

    Returns
    -------
    int
        The exit status: 1 if a file could not be read; the others are read all the same.
    """

    def show(file: str, found: Found, first: bool) -> None:
        if len(files) > 1:
            print(f"{'' if first else chr(10)}==> {_name(file)} <==")
        if found.text:
            print(found.text)
        _say(file, found.notes)

    return _each(files, read, show)


def read_characters(files: Sequence[str], read: Reader) -> int:
    """Print what single characters may be, a line each: as :func:`read_words`."""

    def show(file: str, found: Found, _: bool) -> None:
        if found.text:
            print(f"{_name(file)}: {found.text}")
        _say(file, found.notes)

    return _each(files, read, show)


def read_records(files: Sequence[str], read: Reader) -> int:
    """Print a JSON object for each picture, one a line: as :func:`read_words`."""

    def show(file: str, found: Found, _: bool) -> None:
        print(json.dumps({"file": file, **found.record}))
        _say(file, [note for note in found.notes if note == NOTHING])

    return _each(files, read, show)


def _each(files: Sequence[str], read: Reader, show: Callable[[str, Found, bool], None]) -> int:
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # names of files may be any bytes
    status, first = 0, True
    for file in files:
        try:
            found = read(sys.stdin.buffer.read() if file == STDIN else Path(file))
        except ValueError as error:
            status = 1
            _say(file, [str(error)])
            continue
        show(file, found, first)
        first = False
    return status


def _say(file: str, notes: Sequence[str]) -> None:
    sys.stdout.flush()  # where both go to one terminal, they come in order
    for note in notes:
        print(f"{_name(file)}: {note}", file=sys.stderr)


def _name(file: str) -> str:
    return "standard input" if file == STDIN else file


def _notes(text: Text) -> Iterator[str]:
    if not text.words:
        yield NOTHING
    for number, line in enumerate(text.lines, 1):
        for word in line:
            if not word.text:
                yield f"something in line {number} is no word that can be read"
            elif not word.sure:
                others = [other for other, _ in word.alternatives if other]
                perhaps = f" (perhaps {others[0]!r})" if others else ""
                yield f"not sure of {word.text!r}{perhaps}"


def _word(word: Word) -> dict[str, Any]:
    return {
        "text": word.text,
        "probability": round(word.probability, 4),
        "sure": word.sure,
        "alternatives": _shares(word.alternatives),
        "boxes": word.boxes.round(1).tolist(),
    }


def _shares(shares: Shares) -> list[dict[str, Any]]:
    return [{"text": text, "probability": round(share, 4)} for text, share in shares]
