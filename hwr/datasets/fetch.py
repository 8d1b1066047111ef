"""Fill ``data/emnist.zip`` with the members that are wanted, from the network or a USB stick.

Nothing enters it that is not the official member, and it is never seen half-written: a new one
is written beside it, then takes its place.
"""

import shutil
import sys
import zipfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from hwr.datasets import archive, download
from hwr.datasets.archive import DataError

NEEDED = ("byclass",)
"""What the course needs: images and labels of the ByClass test part."""


def fetch(splits: Sequence[str] = (), source: Path | None = None) -> Path:
    """Put splits into ``data/emnist.zip``, which keeps what it held before.

    Parameters
    ----------
    splits : sequence of str
        ``'byclass'`` or ``'byclass:test'`` is the test part, ``'byclass:train'`` the training
        part; what the course needs if empty.
    source : Path, optional
        An archive to copy from, for example on a USB stick; the network if not given.

    Returns
    -------
    Path
        ``data/emnist.zip``; each wanted member in it is the official one.

    Raises
    ------
    DataError
        If a split is unknown or cannot be had. What was downloaded so far is kept.
    """
    return get(members(splits), source)


def members(splits: Sequence[str] = ()) -> list[str]:
    """Name the members of splits, written as in :func:`fetch`; what the course needs if empty."""
    wanted: list[str] = []
    for split in splits or NEEDED:
        name, _, part = split.partition(":")
        wanted += archive.names(name, part or "test")
    return wanted


def get(wanted: Sequence[str], source: Path | None = None) -> Path:
    """Put members into ``data/emnist.zip`` as far as it lacks them; see :func:`fetch`."""
    with download.explained(), _alone():
        missing = [name for name in wanted if not _has(name)]
        if missing and source:
            _put(missing, lambda name: archive.read(source, name))
        elif missing:
            _from_network(missing)
    return archive.ARCHIVE


@contextmanager
def _alone() -> Iterator[None]:
    """Let one process fetch at a time; another waits, then finds what it wanted."""
    archive.DATA.mkdir(parents=True, exist_ok=True)
    if sys.platform == "win32":  # there, the loser of two at once fails its hash, and says so
        yield
        return
    import fcntl  # not on Windows

    with (archive.DATA / "fetch.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # released with the process, however it ends
        yield


def _has(name: str) -> bool:
    with suppress(DataError):
        return bool(archive.read(archive.ARCHIVE, name))
    return False


def _from_network(missing: Sequence[str]) -> None:
    if reason := download.trouble():
        raise DataError(
            f"EMNIST cannot be downloaded ({reason}): check the network, or {download.ELSEWHERE}."
        )
    folder = archive.DATA / "fetch"
    folder.mkdir(exist_ok=True)
    parts = download.members(missing, folder)
    if parts is None:
        download.whole(missing, archive.ARCHIVE)
    else:
        _put(missing, lambda name: download.unwrap(name, parts[name]))
    shutil.rmtree(folder, ignore_errors=True)


def _put(names: Sequence[str], read: Callable[[str], bytes]) -> None:
    """Write an archive of these members and the sound ones of the present archive."""
    part = archive.ARCHIVE.with_name(f"{archive.ARCHIVE.name}.part")
    try:
        with zipfile.ZipFile(part, "w") as new:
            for name in names:
                new.writestr(name, read(name))
            for name in archive.MEMBERS:
                if name not in names:
                    with suppress(DataError):
                        new.writestr(name, archive.read(archive.ARCHIVE, name))
        part.replace(archive.ARCHIVE)
    finally:
        part.unlink(missing_ok=True)
