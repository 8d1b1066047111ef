"""EMNIST over the network: single members of the official archive, or where need be all of it.

The archive has 562 MB, and a lesson needs 29 of them. A zip file's directory stands at its end,
so HTTP range requests can read the directory, then single members (``remotezip``). Members are
downloaded into ``data/fetch``; a call goes on where the one before was stopped.
"""

import os
import shutil
import struct
import sys
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import cache
from importlib import import_module
from pathlib import Path
from threading import Thread
from typing import Any

from hwr.datasets import archive
from hwr.datasets.archive import DataError

ADDRESS = "https://biometrics.nist.gov/cs_links/EMNIST/gzip.zip"
PATIENCE = 5.0
"""How many seconds the server may take to answer at first."""
STALL = 30.0
"""How many seconds a running download may stand still."""
CHUNK = 1 << 16
ELSEWHERE = "copy the archive from elsewhere with 'python -m hwr fetch --from FILE'"


def is_reachable() -> bool:
    """Return whether the network has EMNIST; asked at most once in a process, for at most 5 s."""
    return not why_unreachable()


def why_unreachable() -> str:
    """Say in a few words why the network does not have EMNIST; nothing if it has."""
    if os.environ.get("HWR_OFFLINE", "0") not in ("", "0"):
        return "HWR_OFFLINE is set"
    return _asked_once(ADDRESS)


@cache
def _asked_once(address: str) -> str:
    import_module("requests")  # here, so that its import does not count as waiting

    answers: list[str] = []
    # In a thread, because looking up a name and trying address after address know no time limit.
    thread = Thread(target=lambda: answers.append(_ask(address)), daemon=True)
    thread.start()
    thread.join(PATIENCE)
    return answers[0] if answers else f"no answer within {PATIENCE:g} seconds"


def _ask(address: str) -> str:
    import requests  # a pad has no use for it

    try:
        with _request(address, "bytes=0-3") as response:
            if not response.ok:
                return f"the server answers with error {response.status_code}"
            head = next(response.iter_content(4), b"")
    except requests.RequestException:
        return "no network, or the server does not answer"
    return "" if head.startswith(b"PK") else "what answers is not the archive, but perhaps a page"


def _request(address: str, span: str = "") -> Any:
    import requests  # a pad has no use for it

    # Compressed on the way, the bytes would not be those of the range.
    headers = {"Accept-Encoding": "identity"} | ({"Range": span} if span else {})
    return requests.get(address, headers=headers, stream=True, timeout=(PATIENCE, STALL))


@contextmanager
def explain_errors() -> Iterator[None]:
    """Turn the ways in which a download fails into a DataError."""
    import requests  # a pad has no use for it
    from remotezip import RemoteIOError, RemoteZipError
    from urllib3.exceptions import HTTPError

    try:
        yield
    except (requests.RequestException, RemoteIOError, HTTPError) as error:
        raise DataError(
            "The download of EMNIST broke off: run the same again, it goes on where it stopped."
        ) from error
    except (RemoteZipError, zipfile.BadZipFile) as error:
        raise _not_emnist() from error
    except OSError as error:
        raise DataError(
            f"EMNIST cannot be written into {archive.DATA} ({error.strerror}): make room or give "
            "the right to write, and run the same again."
        ) from error


def _not_emnist() -> DataError:
    return DataError(
        f"What {ADDRESS} gives is not EMNIST's zip archive: try again later, or {ELSEWHERE}."
    )


def download_members(names: Sequence[str], folder: Path) -> dict[str, Path] | None:
    """Download members of the archive by HTTP ranges.

    Parameters
    ----------
    names : sequence of str
        The members.
    folder : Path
        Where to download to.

    Returns
    -------
    dict of str to Path, or None
        For each member a file to be read with :func:`unwrap`; None if the server knows no ranges.
    """
    import remotezip  # imports requests

    headers = {"Accept-Encoding": "identity"}
    parts = {name: folder / f"{Path(name).name}.part" for name in names}
    try:
        with remotezip.RemoteZip(ADDRESS, headers=headers, timeout=STALL) as remote:
            spans = {name: _span(remote, name) for name in names}
        size = sum(length for _, length in spans.values())
        require_disk_space(2 * size)
        with _progress(size) as bar:
            for name, (start, length) in spans.items():
                _download(parts[name], start, length, bar)
    except remotezip.RangeNotSupported:
        return None
    return parts


def _span(remote: zipfile.ZipFile, name: str) -> tuple[int, int]:
    """Say where a member lies in a zip file, with its header: first byte and length."""
    try:
        start = remote.getinfo(name).header_offset
    except KeyError:
        raise DataError(f"The archive at {ADDRESS} lacks the member {name}: {ELSEWHERE}.") from None
    later = [info.header_offset for info in remote.infolist() if info.header_offset > start]
    return start, min(later, default=remote.start_dir) - start


def _download(part: Path, start: int, length: int, bar: Any) -> None:
    """Download a range of the archive into a file, going on where an earlier call was stopped."""
    import remotezip  # imports requests

    done = part.stat().st_size if part.exists() else 0
    bar.update(done)
    if done < length:
        with _request(ADDRESS, f"bytes={start + done}-{start + length - 1}") as response:
            response.raise_for_status()
            if response.status_code != 206:
                raise remotezip.RangeNotSupported
            _save(response, part, "ab", bar)


def _save(response: Any, part: Path, mode: str, bar: Any) -> None:
    with part.open(mode) as file:
        for chunk in response.iter_content(CHUNK):
            file.write(chunk)
            bar.update(len(chunk))


def unpack_member(name: str, part: Path) -> bytes:
    """Return the verified member that a downloaded range of the archive holds.

    Raises
    ------
    DataError
        If it is not the official one; the file is then removed.
    """
    raw = part.read_bytes()
    content = b""
    with suppress(struct.error, zlib.error):
        # A member's header, PKWARE's APPNOTE 4.3.7: 30 bytes, then name and extra field.
        method, name_length, extra_length = struct.unpack_from("<8xH16xHH", raw)
        content = raw[30 + name_length + extra_length :]
        if method == zipfile.ZIP_DEFLATED:
            content = zlib.decompressobj(-15).decompress(content)
        content = content[: archive.MEMBERS[name].size]  # stored: a data descriptor may follow
    if problem := archive.mismatch(name, content):
        part.unlink()
        raise DataError(f"What was downloaded as {name} {problem}: run the same again.")
    return content


def download_archive(names: Sequence[str], target: Path) -> None:
    """Download the whole archive, for a server that knows no ranges: always from its start.

    It is written beside ``target`` and takes its place when the named members are verified.
    """
    part = target.with_name(f"{target.name}.part")
    try:
        with _request(ADDRESS) as response:
            response.raise_for_status()
            size = int(response.headers.get("Content-Length", 0))
            require_disk_space(size)
            with _progress(size) as bar:
                _save(response, part, "wb", bar)
        try:
            for name in names:
                archive.read(part, name)
        except DataError as error:
            raise _not_emnist() from error
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)


def require_disk_space(size: int) -> None:
    """Raise a DataError if the disk has less than ``size`` bytes of room for data."""
    free = shutil.disk_usage(archive.DATA).free
    if free < size:
        raise DataError(
            f"The disk has no room for EMNIST: {size / 1e6:,.0f} MB are needed in "
            f"{archive.DATA}, {free / 1e6:,.0f} MB are free; make room and run the same again."
        )


def _progress(size: int) -> Any:
    from tqdm import tqdm  # only a download shows it

    return tqdm(
        total=size or None, unit="B", unit_scale=True, desc="Downloading EMNIST", file=sys.stdout
    )


# --- data/emnist.zip -----------------------------------------------------------------------------

COURSE_SPLITS = ("byclass",)
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
    return get_members(member_names(splits), source)


def member_names(splits: Sequence[str] = ()) -> list[str]:
    """Name the members of splits, written as in :func:`fetch`; what the course needs if empty."""
    wanted: list[str] = []
    for split in splits or COURSE_SPLITS:
        name, _, part = split.partition(":")
        wanted += archive.member_names(name, part or "test")
    return wanted


def get_members(wanted: Sequence[str], source: Path | None = None) -> Path:
    """Put members into ``data/emnist.zip`` as far as it lacks them; see :func:`fetch`."""
    with explain_errors(), _alone():
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
    if reason := why_unreachable():
        raise DataError(
            f"EMNIST cannot be downloaded ({reason}): check the network, or {ELSEWHERE}."
        )
    folder = archive.DATA / "fetch"
    folder.mkdir(exist_ok=True)
    parts = download_members(missing, folder)
    if parts is None:
        download_archive(missing, archive.ARCHIVE)
    else:
        _put(missing, lambda name: unpack_member(name, parts[name]))
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
