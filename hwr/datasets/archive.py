"""EMNIST's archive: where it is, what it holds, and whether it is intact.

NIST ships EMNIST as one zip file of gzipped IDX files, here called members: for each split and part
one of images and one of labels. A partial archive, with only the members that a lesson needs, will
do. The SHA-256 of every member is checked whenever it is read: :func:`read` returns EMNIST or
raises an error.
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
from gzip import BadGzipFile, decompress
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from hwr._support import paths, zips
from hwr.datasets import contents
from hwr.datasets.splits import SPLITS

DATA = paths.DATA
ARCHIVE = DATA / "emnist.zip"
PARTS = ("train", "test")
DAMAGED = (
    *(BadGzipFile, zipfile.BadZipFile, zlib.error, struct.error, EOFError, ValueError),
    OverflowError,  # zipfile's, for a place that no file has
    RuntimeError,  # zipfile's, for a version, a packing or a password that damage may name
)
"""What reading a damaged zip archive or gzipped file may raise, besides an OSError."""
_FOREIGN = "is damaged or from another release"


class DataError(ValueError):
    """The data cannot be used; one sentence says why and what to do."""


class Member(NamedTuple):
    """One official file of the archive: its size in bytes and its SHA-256 in hexadecimal."""

    name: str
    size: int
    sha256: str


_ROWS = (paths.ARTEFACTS / "members.tsv").read_text("ascii").splitlines()[1:]
MEMBERS = {
    name: Member(name, int(size), sha256)
    for name, size, sha256 in (row.split("\t") for row in _ROWS)
}
"""The 24 official members by name."""


def member_names(split: str, part: str) -> tuple[str, str]:
    """Return the names of the members with the images and the labels of one part of a split.

    Raises
    ------
    DataError
        If EMNIST has no such split or part; the message suggests the nearest name.
    """
    for what, given, known in (("split", split, tuple(SPLITS)), ("part", part, PARTS)):
        if given not in known:
            near = difflib.get_close_matches(str(given).lower(), known, n=1, cutoff=0.5)
            hint = f" (did you mean {near[0]!r}?)" if near else ""
            raise DataError(f"EMNIST has no {what} {given!r}{hint}; it has {', '.join(known)}.")
    stem = f"gzip/emnist-{split}-{part}"
    return f"{stem}-images-idx3-ubyte.gz", f"{stem}-labels-idx1-ubyte.gz"


def find_archives() -> list[Path]:
    """Return the archives on this machine, in the order in which they are searched.

    Returns
    -------
    list of Path
        Only the one that ``HWR_EMNIST`` names, if it is set, whatever its form (see
        :func:`is_other_form`); else ``data/emnist.zip`` and the cache of the ``emnist`` package, as
        far as they exist.

    Raises
    ------
    DataError
        If there is nothing where ``HWR_EMNIST`` says.
    """
    if named := paths.named_emnist():
        if not named.exists():
            raise DataError(
                f"HWR_EMNIST names {named}, where there is no file or folder: set it to EMNIST's "
                "zip archive or another form of EMNIST, or unset it."
            )
        return [named]
    found = [ARCHIVE] if ARCHIVE.exists() else []
    with suppress(ImportError):  # the doctor asks in broken installations, too
        import emnist  # imports requests, which a pad does not need

        cache = Path(emnist.get_cached_data_path())
        # The package's own downloader may have stored a web page under this name.
        if zipfile.is_zipfile(cache):
            found.append(cache)
    return found


def first_archive() -> Path | None:
    """Return the archive that is searched first, or None if this machine has none."""
    return next(iter(find_archives()), None)


def archive_with(wanted: Iterable[str]) -> Path | None:
    """Return the first archive on this machine that holds all the wanted members, or None."""
    wanted = set(wanted)
    for path in find_archives():
        if is_other_form(path):
            continue
        with open_archive(path) as archive:
            if wanted <= set(archive.namelist()):
                return path
    return None


def is_other_form(path: Path) -> bool:
    """Return whether this is data, but not EMNIST's archive: :func:`hwr.datasets.read` reads it."""
    if path.is_dir():
        return True
    if _is_device(path):
        return False
    with path.open("rb") as file:
        head = file.read(contents.HEAD)
    if zipfile.is_zipfile(path):
        with open_archive(path) as archive:
            return not MEMBERS.keys() & set(archive.namelist())
    return head.startswith(b"\x1f\x8b") or contents.kind(head) not in ("", "zip")


@contextmanager
def open_archive(path: Path) -> Iterator[zipfile.ZipFile]:
    """Open an archive for reading; if it is not an intact zip file, raise a DataError."""
    if _is_device(path):
        raise DataError(f"{path} is a device, not a file: give EMNIST's zip archive.")
    try:
        archive = zipfile.ZipFile(path)
    except FileNotFoundError:
        raise DataError(f"There is no file {path}: check the name.") from None
    except OSError as error:
        raise DataError(f"{path} cannot be read ({error.strerror}): check its rights.") from None
    except zipfile.BadZipFile:
        raise DataError(f"{path} {_describe_content(path)}: {_repair(path)}.") from None
    except DAMAGED:
        raise DataError(f"{path} is a damaged zip archive: {_repair(path)}.") from None
    with archive:
        yield archive


def _is_device(path: Path) -> bool:
    """Return whether this is a device or a pipe, which may have no end, or nothing to read."""
    return path.exists() and not path.is_file() and not path.is_dir()


def _describe_content(path: Path) -> str:
    """Return what a file is that is not a zip archive."""
    with path.open("rb") as file:
        head = file.read(contents.HEAD)
    if head.lstrip().startswith(b"<"):
        return "is a web page, not EMNIST's zip archive (a download was answered with a page)"
    if contents.kind(head) == "zip":
        return "is a zip archive that was cut off before its end"
    what = contents.foreign(head).partition(":")[0] if head else ""
    return f"is {what}, not a zip archive" if what else "is not a zip archive"


def read(path: Path, name: str) -> bytes:
    """Return one member's content, still gzipped, after checking its SHA-256.

    Raises
    ------
    DataError
        If the archive cannot be read, lacks the member, or the member is not the official one.
    """
    with open_archive(path) as archive:
        try:
            size = archive.getinfo(name).file_size
            if size == MEMBERS[name].size:  # more is not unpacked: it could be any number
                content = zips.content(archive, name, size)
        except KeyError:
            raise DataError(f"{path} lacks the member {name}: {_how_to_get(name)}.") from None
        except zips.UnfitError as error:
            raise DataError(f"The member {name} of {path} {error}.") from None
        except (*DAMAGED, OSError):
            raise DataError(f"The member {name} of {path} is damaged: {_repair(path)}.") from None
    if size != MEMBERS[name].size:
        problem = f"{_FOREIGN} (expected {MEMBERS[name].size:,} bytes, found {size:,})"
    else:
        problem = mismatch(name, content)
    if problem:
        raise DataError(f"The member {name} of {path} {problem}: {_repair(path)}.")
    return content


def mismatch(name: str, content: bytes) -> str:
    """Return how a member's content differs from the official one; '' if it does not."""
    official, sha256 = MEMBERS[name], hashlib.sha256(content).hexdigest()
    if sha256 == official.sha256:
        return ""
    return (
        f"{_FOREIGN} (expected {official.size:,} bytes with SHA-256 "
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
    """Return what is wrong with an archive, one sentence for each problem.

    A member may be absent, and one that EMNIST does not have is not examined.
    """
    try:
        with open_archive(path) as archive:
            present = set(archive.namelist())
    except DataError as error:
        return [str(error)]
    problems = []
    for name in MEMBERS:
        if name in present:
            try:
                read(path, name)
            except DataError as error:
                problems.append(str(error))
    return problems


def read_array(path: Path, name: str) -> NDArray[np.uint8]:
    """Return the read-only array that a member holds: labels (n,) or images (n, 28, 28).

    Images are transposed, as NIST ships them.
    """
    return parse_idx(decompress(read(path, name)))


def parse_idx(data: bytes) -> NDArray[np.uint8]:
    """Return the read-only array, of any shape, that an IDX file of bytes holds."""
    import emnist  # imports requests, which a pad does not need

    try:
        with warnings.catch_warnings(action="ignore", category=DeprecationWarning):
            parsed: NDArray[Any] = emnist.parse_idx(data)
    except TypeError:
        # emnist 0.0 reads the header in a way that numpy has refused since 2.4.
        dimensions = data[3]
        shape = struct.unpack_from(f">{dimensions}I", data, 4)
        parsed = np.frombuffer(data, np.uint8, offset=4 + 4 * dimensions).reshape(shape)
    return parsed


class Contents(NamedTuple):
    """What an archive holds of one part of a split.

    ``samples`` is the number of images or, without images, of labels; None without either. ``size``
    is the size in bytes of the members that are present.
    """

    split: str
    part: str
    images: bool
    labels: bool
    samples: int | None
    size: int


def inventory(path: Path | None = None) -> list[Contents]:
    """Return what an archive, by default this machine's first, holds of each split and part."""
    path = path or first_archive()
    present: set[str] = set()
    if path and not is_other_form(path):
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
