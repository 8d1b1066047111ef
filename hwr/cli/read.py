"""``python -m hwr read``: the text of pictures, for use in a shell.

Only the text is written to stdout, so that it can be redirected to a file; remarks are written to
stderr.
"""

import io
import json
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from hwr._support.bounds import MAX_PICTURE_BYTES, MAX_PICTURE_SECONDS
from hwr._support.deadline import time_limit
from hwr._support.progress import Progress
from hwr.alphabets import folding_matrix, get_alphabet
from hwr.cli.output import remark, say
from hwr.images.io import open_character, open_photo
from hwr.pads.names import outside_sentence
from hwr.recognizer import Recognizer
from hwr.words.language_model import ProseModel, UniformModel
from hwr.words.pictures import UNFINISHED, turned_sentence
from hwr.words.reading import read_text
from hwr.words.text import Text, Word, progress_sentence
from hwr.words.written_language import WRITTEN

STDIN = "-"
NONE = "none"
"""The language in which any character may follow any other."""
NOTHING_WRITTEN = "nothing is written"
UNREADABLE = (
    "There is ink, but no line of it can be read: give a sharper picture, in which the writing is "
    "larger, or --alphabet for a picture of a single character."
)
PATIENCE = 1.0
"""Seconds of reading after which a terminal shows how far it is."""
SEVERAL = "this looks like {} characters: leave out --alphabet to read words"

Source = Path | bytes
Shares = Sequence[tuple[str, float]]


@dataclass(frozen=True)
class Output:
    """What is printed about one picture.

    Attributes
    ----------
    text : str
        For stdout; may be empty.
    record : dict
        The text and further details, for ``--json``.
    remarks : tuple of str
        For stderr.
    """

    text: str
    record: dict[str, Any]
    remarks: tuple[str, ...] = ()


Read = Callable[[Source], Output]


def word_reader(language: str) -> Read:
    """Return a function that reads words, lines and pages.

    Parameters
    ----------
    language : str
        Its code in ``wordfreq``, or ``'none'`` for codes and names.

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
    model = UniformModel(WRITTEN) if language == NONE else ProseModel(language)

    def read(source: Source) -> Output:
        with showing_progress() as progress, time_limit(MAX_PICTURE_SECONDS):
            text = read_text(open_photo(source), model, progress)
        lines = [[_word(word) for word in line] for line in text.lines]
        printed = "\n".join(line for line in str(text).splitlines() if line)
        if text.words and not printed:
            raise ValueError(UNREADABLE)
        record = {"text": printed, "turned": text.turned}
        record |= {"finished": text.finished, "lines": lines}
        return Output(printed, record, tuple(_remarks(text)))

    return read


@contextmanager
def showing_progress() -> Iterator[Callable[[int, int], None]]:
    """Yield what shows on stderr, in a terminal, how many lines were read, and of how many."""
    bar = Progress(1, delay=PATIENCE)
    try:
        yield lambda done, lines: bar.show(done, progress_sentence(done, lines), total=lines)
    finally:
        bar.close()


def character_reader(recognizer: Recognizer, alphabet: str) -> Read:
    """Return a function that reads pictures of one character.

    Parameters
    ----------
    recognizer : Recognizer
    alphabet : str
        The name of the recogniser's own, or as for :func:`hwr.alphabets.get_alphabet`.

    Raises
    ------
    ValueError
        If there is no such alphabet, or the recogniser cannot answer in it.
    """
    own = recognizer.alphabet
    chosen = own if alphabet == own.name else get_alphabet(alphabet)
    folding_matrix(recognizer.outputs, chosen)

    def read(source: Source) -> Output:
        seen = open_character(source)
        reading = recognizer.read(seen.picture, chosen)
        outside = outside_sentence(reading)
        remarks = (outside,) if outside else ()
        if seen.count > 1:
            reading, remarks = replace(reading, sure=False), (SEVERAL.format(seen.count),)
        record = {
            "text": reading.best,
            "candidates": _shares(reading.candidates),
            "outside": round(reading.outside, 4),
            "instead": reading.instead,
            "sure": reading.sure,
        }
        if not reading.candidates:
            return Output("", record, (NOTHING_WRITTEN,))
        sure = "" if reading.sure else "not sure: "
        answers = ", ".join(f"{name} {share:.0%}" for name, share in reading.candidates)
        return Output(sure + answers, record, remarks)

    return read


def print_words(files: Sequence[str], read: Read) -> int:
    """Print the text of pictures; if there are several, each below its name.

    Parameters
    ----------
    files : sequence of str
        Names of files; ``-`` is stdin.
    read : callable
        As :func:`word_reader` returns it.

    Returns
    -------
    int
        The exit status: 1 if a file could not be read. The other files are read nevertheless.
    """

    def show(file: str, output: Output, first: bool) -> None:
        if len(files) > 1:
            say(*([] if first else [""]), f"==> {_name(file)} <==")
        if output.text:
            say(*output.text.split("\n"))
        _remark(file, output.remarks)

    return _read_each(files, read, show)


def print_characters(files: Sequence[str], read: Read) -> int:
    """Print the candidates for single characters, a line for each: as :func:`print_words`."""

    def show(file: str, output: Output, _: bool) -> None:
        if output.text:
            say(f"{_name(file)}: {output.text}")
        _remark(file, output.remarks)

    return _read_each(files, read, show)


def print_records(files: Sequence[str], read: Read) -> int:
    """Print a line with a JSON object for each picture: as :func:`print_words`."""

    def show(file: str, output: Output, _: bool) -> None:
        say(json.dumps({"file": file, **output.record}))
        doubts = "lines" in output.record  # the record holds them, word by word
        _remark(file, [one for one in output.remarks if one == NOTHING_WRITTEN or not doubts])

    return _read_each(files, read, show)


def _read_each(files: Sequence[str], read: Read, show: Callable[[str, Output, bool], None]) -> int:
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # names of files may be any bytes
    status, first = 0, True
    for file in files:
        try:
            output = read(_from_stdin() if file == STDIN else Path(file))
        except ValueError as error:
            status = 1
            _remark(file, [str(error)])
            continue
        show(file, output, first)
        first = False
    return status


def _from_stdin() -> bytes:
    return sys.stdin.buffer.read(MAX_PICTURE_BYTES + 1)  # more is refused, and may have no end


def _remark(file: str, remarks: Sequence[str]) -> None:
    for each in remarks:
        remark(f"{_name(file)}: {each}")


def _name(file: str) -> str:
    return "standard input" if file == STDIN else file


def _remarks(text: Text) -> Iterator[str]:
    if not text.finished:
        yield UNFINISHED
    elif not text.words:
        yield NOTHING_WRITTEN
    if text.turned:
        yield turned_sentence(text.turned)
    for number, line in enumerate(text.lines, 1):
        for word in line:
            if not word.text:
                yield f"something in line {number} cannot be read as a word"
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
