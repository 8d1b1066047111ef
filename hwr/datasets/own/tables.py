"""Images as a table of text, as Kaggle has EMNIST: a label and 784 grey levels in each row."""

import re
from collections.abc import Iterator
from io import TextIOWrapper
from itertools import islice
from typing import IO, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from hwr.datasets.archive import DataError
from hwr.datasets.own.matrices import to_images

MAX_ROWS, MAX_LINE = 1_000_000, 50_000
_ROWS_AT_ONCE = 5_000
_FIRST = re.compile(r'\s*(?:"((?:[^"]|"")*)"|([^"]*?))\s*$')


class Table(NamedTuple):
    """Images, uint8 (n, 28, 28), and their labels, text (n,), as they are written."""

    images: NDArray[np.uint8]
    labels: NDArray[np.str_]


def read_table(file: IO[bytes], name: str) -> Table:
    """Return the images and labels of a CSV file.

    Parameters
    ----------
    file : binary file
        Text in UTF-8 or, as Excel may save it, UTF-16. Between the fields are commas, semicolons or
        tabs. The label is the first field or, if a header says so, the last.
    name : str
        What to call it in a message.

    Raises
    ------
    DataError
        If a row has another number of fields, or text where a grey level should be.
    """
    lines = _lines(file, name)
    first = next(lines, "")
    between = max(",;\t", key=first.count)
    columns = [column.strip(' "') for column in first.split(between)]
    if len(columns) != 785:
        _refuse_columns(name, len(columns))
    is_header = not all(map(_is_number, columns[1:-1]))
    last = is_header and columns[-1].lower() in ("label", "class", "target", "y", "character")
    rows = lines if is_header else _chain(first, lines)
    parts: list[NDArray[Any]] = []
    labels: list[str] = []
    while chunk := list(islice(rows, _ROWS_AT_ONCE)):
        start = len(labels) + 1 + is_header
        pairs = [_divide(line, between, last) for line in chunk]
        labels += [label for label, _ in pairs]
        parts.append(_greys([rest for _, rest in pairs], between, name, start))
        if len(labels) > MAX_ROWS:
            raise DataError(f"{name} has more than {MAX_ROWS:,} rows: give a part of it.")
    if not labels:
        raise DataError(f"{name} is a table with a header and no images: give rows below it.")
    return Table(to_images(np.concatenate(parts), name), np.array(labels))


def _refuse_columns(name: str, columns: int) -> None:
    if columns == 784:
        raise DataError(
            f"{name} is a table with 784 columns, images of 28 x 28 without their labels: put the "
            "label before each row's grey levels."
        )
    remedy = "give a label and the 784 grey levels of an image in each row"
    if columns == 786:
        remedy = "leave out the rows' numbers, which pandas writes without index=False"
    raise DataError(
        f"{name} is a table with {columns:,} column{'s' * (columns != 1)}, but 785 were expected: "
        f"{remedy}."
    )


def _lines(file: IO[bytes], name: str) -> Iterator[str]:
    """Return a text's lines without empty ones."""
    start = file.read(2)
    file.seek(0)
    wide = start in (b"\xff\xfe", b"\xfe\xff")
    encoding = "utf-16" if wide else "utf-8-sig"
    try:
        with TextIOWrapper(file, encoding, newline=None) as text:
            while line := text.readline(MAX_LINE):
                if len(line) == MAX_LINE:
                    raise DataError(
                        f"{name} is text with a line of more than {MAX_LINE:,} characters: give a "
                        "table with an image in each row."
                    )
                if line.strip():
                    yield line.rstrip("\r\n")
    except UnicodeError:
        raise DataError(f"{name} is not text in UTF-8: save it again as CSV UTF-8.") from None


def _chain(first: str, rest: Iterator[str]) -> Iterator[str]:
    yield first
    yield from rest


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _divide(line: str, between: str, last: bool) -> tuple[str, str]:
    """Return a row's label, without quotes, and the rest of the row."""
    if line.startswith('"') and not last:
        end = line.find(f'"{between}', 1)
        label, rest = line[: end + 1], line[end + 2 :]
    elif last:
        rest, _, label = line.rpartition(between)
    else:
        label, _, rest = line.partition(between)
    found = _FIRST.match(label)
    quoted, bare = found.groups() if found else (None, label)
    return (bare if quoted is None else quoted.replace('""', '"')), rest


def _greys(rows: list[str], between: str, name: str, start: int) -> NDArray[Any]:
    """Return the grey levels of some rows, (n, 784); ``start`` is the first one's line."""
    for number, row in enumerate(rows, start):
        fields = row.count(between) + 1
        if fields != 784:
            raise DataError(
                f"Line {number:,} of {name} has {fields:,} grey levels, but 784 were expected: "
                "correct or delete that line."
            )
    try:
        plain = (row.replace('"', "") for row in rows)
        values = np.loadtxt(plain, np.float32, comments=None, delimiter=between, ndmin=2)
        with np.errstate(invalid="ignore"):
            bytes_ = values.astype(np.uint8)
        return bytes_ if (bytes_ == values).all() else values
    except ValueError:
        for number, row in enumerate(rows, start):
            for field in row.split(between):
                if not _is_number(field.strip(' "')):
                    raise DataError(
                        f"Line {number:,} of {name} has {field[:20]!r} where a grey level from 0 "
                        "to 255 was expected: correct or delete that line."
                    ) from None
        raise DataError(f"{name} is not a table of numbers: save it again as CSV.") from None
