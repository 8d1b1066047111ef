"""Where files of data lie: a folder, a zip archive, or one file alone; gzipped or not.

Files are read only as far as a limit, so that no archive can fill the memory.
"""

import gzip
import hashlib
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path, PurePosixPath
from typing import IO, cast

from hwr._support import zips
from hwr.datasets import contents
from hwr.datasets.archive import DAMAGED, DataError

MAX_BYTES = 600_000_000
"""Size above which a file is refused; EMNIST's largest, the images of ByClass, have 547 MB."""
SYSTEM_FILES = ("thumbs.db", "desktop.ini", "__macosx", "icon\r")
"""Files and folders that operating systems add, in lower case, beside those that begin with '.'."""
_CHUNK = 1 << 20


@dataclass(frozen=True)
class Container:
    """Files with names.

    Attributes
    ----------
    title : str
        What was opened, for messages.
    path : Path
        The folder, the zip archive, or the folder in which a single file lies.
    names : tuple of str
        Relative, with ``/``, sorted; hidden and system files are left out.
    """

    title: str
    path: Path
    names: tuple[str, ...]
    _open: Callable[[str], IO[bytes]]

    def describe(self, name: str) -> str:
        """Return what to call a file in a message."""
        return name if self.path.is_dir() else f"{name} in {self.title}"

    @contextmanager
    def open(self, name: str) -> Iterator[IO[bytes]]:
        """Open a file, unpacked if it is gzipped; a damaged one raises a DataError."""
        try:
            with self._open(name) as raw:
                packed = raw.read(2) == b"\x1f\x8b"
                raw.seek(0)
                yield cast(IO[bytes], gzip.GzipFile(fileobj=raw)) if packed else raw
        except DataError:
            raise
        except zips.UnfitError as error:
            raise DataError(f"{self.describe(name)} {error}.") from None
        except DAMAGED:
            raise DataError(
                f"{self.describe(name)} is damaged or was cut off: copy or download it again."
            ) from None
        except OSError as error:
            raise DataError(
                f"{self.describe(name)} cannot be opened ({error.strerror or error}): check its "
                "rights."
            ) from None

    def head(self, name: str) -> bytes:
        """Return how a file begins, unpacked; '' if nothing can be unpacked."""
        with self.open(name) as file:
            return file.read(contents.HEAD)

    def sha256(self, name: str) -> str:
        """Return the SHA-256 of a file as it is, in hexadecimal."""
        with self._open(name) as file:
            digest = hashlib.sha256()
            while part := file.read(_CHUNK):
                digest.update(part)
        return digest.hexdigest()

    def read(self, name: str, limit: int | None = None) -> bytes:
        """Return a file's content, unpacked; above the limit, ``MAX_BYTES``, it is refused."""
        limit = limit or MAX_BYTES
        content = BytesIO()
        with self.open(name) as file:
            while part := file.read(_CHUNK):
                size = content.tell() + len(part)
                if size > limit:
                    raise DataError(
                        f"{self.describe(name)} has more than {limit / 1e6:,.0f} MB when it is "
                        "unpacked: give a part of it."
                    )
                if size > _plausible(file, size):
                    raise DataError(f"{self.describe(name)} {zips.IMPLAUSIBLE}.")
                content.write(part)
        return content.getvalue()


@contextmanager
def open_container(path: Path) -> Iterator[Container]:
    """Open a folder, a zip archive, or the folder of a single file.

    Raises
    ------
    DataError
        If there is nothing at this path, or a zip archive is damaged or something else.
    """
    if not path.exists():
        raise DataError(f"There is no file or folder {path}: check the name.")
    if path.is_dir():
        found = (file.relative_to(path) for file in path.rglob("*") if file.is_file())
        yield Container(
            path.resolve().name, path, _visible(file.as_posix() for file in found), _in_folder(path)
        )
        return
    if not path.is_file():  # opening a pipe waits until somebody writes to it
        raise DataError(f"{path} is a device, not a file: give a file or a folder of images.")
    single = Container(path.name, path.parent, (path.name,), _in_folder(path.parent))
    if contents.kind(single.head(path.name)) != "zip":
        yield single
        return
    content = path if zipfile.is_zipfile(path) else BytesIO(single.read(path.name))
    with open_zip(content, path.name) as archive:
        held = archive.namelist()
        for folder, what in contents.OFFICE.items():
            if any(name.startswith(folder) for name in held):
                raise DataError(f"{path.name} is {what}.")
        if held and all(name.endswith(".npy") for name in held):  # NumPy's .npz
            yield single
            return
        names = _visible(name for name in held if not name.endswith("/"))
        yield Container(path.name, path, names, in_zip(archive))


def open_zip(content: Path | BytesIO, title: str) -> zipfile.ZipFile:
    """Return an opened zip archive; a DataError says that it is damaged."""
    try:
        return zipfile.ZipFile(content)
    except DAMAGED:
        raise DataError(
            f"{title} is a zip archive that was cut off or is damaged: copy or download it again."
        ) from None


def in_zip(archive: zipfile.ZipFile) -> Callable[[str], IO[bytes]]:
    """Return a function that opens a member of an archive for reading, if it is not too large."""
    return lambda name: zips.opened(archive, name, MAX_BYTES)


def _plausible(file: IO[bytes], size: int) -> int:
    """Return how much a file may unpack to, of which ``size`` bytes were read."""
    packed = getattr(file, "fileobj", None)  # of a gzipped file
    return zips.plausible(packed.tell()) if packed else size


def _in_folder(folder: Path) -> Callable[[str], IO[bytes]]:
    return lambda name: (folder / name).open("rb")


def _visible(names: Iterator[str]) -> tuple[str, ...]:
    return tuple(sorted(name for name in names if not _is_hidden(name)))


def _is_hidden(name: str) -> bool:
    parts = PurePosixPath(name).parts
    return any(part.startswith(".") or part.lower() in SYSTEM_FILES for part in parts)
