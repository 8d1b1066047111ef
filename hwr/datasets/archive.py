"""EMNIST's archive: where it lies, what it holds, and whether it is whole.

NIST ships EMNIST as one zip file of gzipped IDX files, here called members: for each split and part
one of images and one of labels. A partial archive, with only the members a lesson needs, is as
good. Every member is compared with the official SHA-256 whenever it is read, so what
:func:`read` gives is EMNIST or an error.
"""

import difflib
import hashlib
import os
import struct
import warnings
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from gzip import decompress
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from hwr._support import paths
from hwr.alphabets import SPLITS

DATA = paths.DATA
ARCHIVE = DATA / "emnist.zip"
PARTS = ("train", "test")


class DataError(ValueError):
    """What is wrong with the data, what was expected and what to do, in one sentence."""


class Member(NamedTuple):
    """One official file of the archive: its size in bytes and its SHA-256 in hexadecimal."""

    name: str
    size: int
    sha256: str


def _table() -> dict[str, Member]:
    lines = (paths.ARTEFACTS / "members.tsv").read_text("ascii").splitlines()
    rows = (line.split("\t") for line in lines[1:])
    return {name: Member(name, int(size), sha256) for name, size, sha256 in rows}


MEMBERS = _table()
"""The 24 official members by name."""


def member_names(split: str, part: str) -> tuple[str, str]:
    """Return the names of the two members, images and labels, of a split's part.

    Raises
    ------
    DataError
        If EMNIST has no such split or part; it suggests the nearest name.
    """
    for what, given, known in (("split", split, tuple(SPLITS)), ("part", part, PARTS)):
        if given not in known:
            near = difflib.get_close_matches(str(given).lower(), known, n=1, cutoff=0.5)
            hint = f" (did you mean {near[0]!r}?)" if near else ""
            raise DataError(f"EMNIST has no {what} {given!r}{hint}; it has {', '.join(known)}.")
    stem = f"gzip/emnist-{split}-{part}"
    return f"{stem}-images-idx3-ubyte.gz", f"{stem}-labels-idx1-ubyte.gz"


def find_archives() -> list[Path]:
    """List the archives on this machine, the first to be asked first.

    Returns
    -------
    list of Path
        The one that ``HWR_EMNIST`` names, alone; else ``data/emnist.zip`` and the cache of the
        ``emnist`` package, as far as they exist.

    Raises
    ------
    DataError
        If ``HWR_EMNIST`` names something that is not a file.
    """
    if named := os.environ.get("HWR_EMNIST"):
        path = Path(named).expanduser()
        if not path.is_file():
            raise DataError(
                f"HWR_EMNIST names {named}, where there is no file: set it to EMNIST's zip "
                "archive, or unset it."
            )
        return [path]
    paths = [ARCHIVE] if ARCHIVE.exists() else []
    with suppress(ImportError):  # the doctor asks in broken installations, too
        import emnist  # imports requests, which a pad has no use for

        cache = Path(emnist.get_cached_data_path())
        # The package's own downloader keeps a web page under this name: that is no archive.
        if zipfile.is_zipfile(cache):
            paths.append(cache)
    return paths


def first_archive() -> Path | None:
    """Return the archive that is asked first, or None if this machine has none."""
    return next(iter(find_archives()), None)


def archive_with(wanted: Iterable[str]) -> Path | None:
    """Return the first archive on this machine that holds all the wanted members, or None."""
    wanted = set(wanted)
    for path in find_archives():
        with open_archive(path) as archive:
            if wanted <= set(archive.namelist()):
                return path
    return None


@contextmanager
def open_archive(path: Path) -> Iterator[zipfile.ZipFile]:
    """Open an archive to read; what is not a whole zip file raises a DataError that says why."""
    try:
        archive = zipfile.ZipFile(path)
    except FileNotFoundError:
        raise DataError(f"There is no file {path}: check the name.") from None
    except OSError as error:
        raise DataError(f"{path} cannot be read ({error.strerror}): check its rights.") from None
    except zipfile.BadZipFile:
        raise DataError(f"{path} {_what_it_is(path)}: {_repair(path)}.") from None
    with archive:
        yield archive


def _what_it_is(path: Path) -> str:
    """Say what a file that is not a zip archive is instead."""
    with path.open("rb") as file:
        head = file.read(1024).lstrip().lower()
    if head.startswith(b"<"):
        return "is a web page, not EMNIST's zip archive (a download was answered with a page)"
    if head.startswith(b"pk"):
        return "is a zip archive that was cut off before its end"
    return "is not a zip archive"


def read(path: Path, name: str) -> bytes:
    """Read one member, still gzipped, and compare it with the official SHA-256.

    Raises
    ------
    DataError
        If the archive cannot be read, lacks the member, or the member is not the official one.
    """
    with open_archive(path) as archive:
        try:
            content = archive.read(name)
        except KeyError:
            raise DataError(f"{path} lacks the member {name}: {_how_to_get(name)}.") from None
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError):
            raise DataError(f"The member {name} of {path} is damaged: {_repair(path)}.") from None
    if problem := mismatch(name, content):
        raise DataError(f"The member {name} of {path} {problem}: {_repair(path)}.")
    return content


def mismatch(name: str, content: bytes) -> str:
    """Say how a member's content differs from the official one; nothing if it does not."""
    official, sha256 = MEMBERS[name], hashlib.sha256(content).hexdigest()
    if sha256 == official.sha256:
        return ""
    return (
        f"is damaged or from another release (expected {official.size:,} bytes with SHA-256 "
        f"{official.sha256[:12]}…, found {len(content):,} with {sha256[:12]}…)"
    )


def _repair(path: Path) -> str:
    if path == ARCHIVE:
        return "run 'python -m hwr fetch' to get it again"
    return "copy it again, or remove it and run 'python -m hwr fetch'"


def _how_to_get(name: str) -> str:
    split, part = name.removeprefix("gzip/emnist-").split("-")[:2]
    first = "unset HWR_EMNIST and " if os.environ.get("HWR_EMNIST") else ""
    return f"{first}run 'python -m hwr fetch {split}:{part}' to get it"


def verify(path: Path) -> list[str]:
    """List what is wrong with an archive, one sentence each; nothing if it is in order.

    A member that is absent is not wrong; one that EMNIST does not have is not looked at.
    """
    problems = []
    try:
        with open_archive(path) as archive:
            present = set(archive.namelist())
        for name in MEMBERS:
            if name in present:
                try:
                    read(path, name)
                except DataError as error:
                    problems.append(str(error))
    except DataError as error:
        problems.append(str(error))
    return problems


def read_array(path: Path, name: str) -> NDArray[np.uint8]:
    """Read one member as the array it holds, read-only: labels (n,), images (n, 28, 28).

    Images lie transposed, as NIST ships them.
    """
    return parse_idx(decompress(read(path, name)))


def parse_idx(data: bytes) -> NDArray[np.uint8]:
    """Turn the content of an IDX file of bytes into its array, of any shape, read-only."""
    import emnist  # imports requests, which a pad has no use for

    try:
        with warnings.catch_warnings(action="ignore", category=DeprecationWarning):
            parsed: NDArray[Any] = emnist.parse_idx(data)
    except TypeError:
        # emnist 0.0 reads the header in a way that numpy warned about, and since 2.4 refuses.
        dimensions = data[3]
        shape = struct.unpack_from(f">{dimensions}I", data, 4)
        parsed = np.frombuffer(data, np.uint8, offset=4 + 4 * dimensions).reshape(shape)
    return parsed


class Contents(NamedTuple):
    """What an archive holds of one part of one split.

    ``samples`` is how many images or, where only labels are present, how many labels it has; None
    without either. ``size`` is what the members present take up, in bytes.
    """

    split: str
    part: str
    images: bool
    labels: bool
    samples: int | None
    size: int


def inventory(path: Path | None = None) -> list[Contents]:
    """List what an archive, by default the first on this machine, holds of each split and part."""
    path = path or first_archive()
    present: set[str] = set()
    if path:
        with open_archive(path) as archive:
            present = set(archive.namelist())
    rows = []
    for split in SPLITS:
        for part in PARTS:
            images, labels = member_names(split, part)
            held = [name for name in (labels, images) if name in present]
            samples = len(read_array(path, held[0])) if path and held else None
            size = sum(MEMBERS[name].size for name in held)
            rows.append(Contents(split, part, images in held, labels in held, samples, size))
    return rows
