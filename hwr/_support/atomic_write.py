"""Files that are never seen half-written: each is written beside its place and then renamed."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Yield a path to write to, which takes the place of `path` once the block has ended.

    If the block raises, what was written is deleted and `path` stays as it was. The path that is
    yielded has the suffix of `path`, because some writers choose the format by it.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".unfinished-{os.getpid()}-{path.name}")
    try:
        yield beside
        with suppress(OSError), beside.open("rb+") as file:
            os.fsync(file.fileno())  # on disk before the rename is
        beside.replace(path)
    finally:
        with suppress(OSError):
            beside.unlink(missing_ok=True)


def write_bytes(path: Path, content: bytes) -> None:
    """Write a file, or leave the old one as it was if that fails."""
    with replacing(path) as beside:
        beside.write_bytes(content)


def write_text(path: Path, text: str) -> None:
    """Write a file in UTF-8, with the newlines that the text has."""
    write_bytes(path, text.encode("utf-8"))
