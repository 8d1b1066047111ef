"""Members of other people's zip archives: a few megabytes can unpack to terabytes.

What an archive says of a member is looked at before it is unpacked, and no more than that is
unpacked, because it may lie.
"""

import shutil
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO

MAX_RATIO = 200
"""How many times larger something may be once it is unpacked. Images of writing become 5 to 20
times smaller by packing, Deflate's limit is 1,032."""
SMALL = 50_000_000
"""Size in bytes up to which the ratio does not matter, as of labels that are all alike."""
IMPLAUSIBLE = (
    f"unpacks to more than {MAX_RATIO} times its size, as no images do: get it again from those "
    "who made it"
)
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)  # zipfile has no limits for the others
_ENCRYPTED = 1


class UnfitError(Exception):
    """Why something is not unpacked: the end of a sentence that begins with its name."""


def plausible(packed: int) -> int:
    """Return the most bytes to which something may unpack that has ``packed`` bytes."""
    return max(SMALL, MAX_RATIO * packed)


def opened(archive: zipfile.ZipFile, name: str, most: int) -> IO[bytes]:
    """Open a member for reading, unless it is larger than ``most`` bytes or not to be read.

    Read it with a number of bytes: without one, more than the archive says may be unpacked.

    Raises
    ------
    UnfitError
        If it is too large, or protected by a password, or unusually packed.
    KeyError
        If there is no such member.
    """
    info = archive.getinfo(name)
    if info.flag_bits & _ENCRYPTED:
        raise UnfitError("is protected by a password: get it without one")
    if info.compress_type not in _METHODS:
        raise UnfitError("is not packed by Deflate: unpack it and pack it again")
    if info.file_size > most:
        raise UnfitError(
            f"has more than {most / 1e6:,.0f} MB when it is unpacked: give a part of it"
        )
    if info.file_size > plausible(info.compress_size):
        raise UnfitError(IMPLAUSIBLE)
    return archive.open(name)


def content(archive: zipfile.ZipFile, name: str, most: int) -> bytes:
    """Return what a member holds, if it can be :func:`opened`."""
    with opened(archive, name, most) as member:
        return member.read(most)


def require_sizes(file: Path, most: int) -> None:
    """Raise an UnfitError if the members of a zip archive together have more than ``most`` bytes.

    Whoever reads them then, such as NumPy, has to read piece by piece.
    """
    if file.exists() and not file.is_file():  # a pipe has no end that could be looked at
        raise zipfile.BadZipFile
    with zipfile.ZipFile(file) as archive:
        for info in archive.infolist():
            opened(archive, info.filename, most).close()
            most -= info.file_size


@contextmanager
def honest_copy(file: Path, most: int) -> Iterator[Path]:
    """Yield a copy of a zip archive whose members are as large as it says: ``most`` bytes at most.

    For programs that read members as a whole, such as Keras. It is gone once the block has ended.
    """
    require_sizes(file, most)
    with TemporaryDirectory() as folder, zipfile.ZipFile(file) as archive:
        copy = Path(folder) / file.name
        with zipfile.ZipFile(copy, "w") as plain:
            for info in archive.infolist():
                with archive.open(info) as member, plain.open(info.filename, "w") as target:
                    shutil.copyfileobj(member, target)
        yield copy
