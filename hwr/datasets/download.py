"""EMNIST over the network: single members of the official archive, or all of it if need be.

The archive has 562 MB, of which a lesson needs 29. A zip file's directory is at its end, so HTTP
range requests can read the directory and then single members (``remotezip``). Members are
downloaded into ``data/fetch``; a download that was stopped resumes.
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

from hwr._support.atomic_write import replacing
from hwr.datasets import archive
from hwr.datasets.archive import DataError

ADDRESS = "https://biometrics.nist.gov/cs_links/EMNIST/gzip.zip"
CONNECT_TIMEOUT = 5.0
"""Seconds that the server may take to answer at all."""
MAX_ARCHIVE = 600_000_000
"""Size in bytes above which what is downloaded is not EMNIST's archive."""
MAX_HEADER = 150_000
"""Most bytes that a zip file has before a member's content: its name and further fields."""
READ_TIMEOUT = 30.0
"""Seconds without data after which a running download is given up."""
CHUNK = 1 << 16
COURSE_SPLITS = ("byclass",)
"""What the course needs: images and labels of the ByClass test part."""
_ALTERNATIVE = "copy the archive from elsewhere with 'python -m hwr fetch --from FILE'"


# --- is the archive within reach? --------------------------------------------------------------


def is_reachable() -> bool:
    """Return whether the network has EMNIST; asks once per process, for at most 5 seconds."""
    return not why_unreachable()


def why_unreachable() -> str:
    """Return in a few words why the network does not have EMNIST; '' if it does."""
    if os.environ.get("HWR_OFFLINE", "0") not in ("", "0"):
        return "HWR_OFFLINE is set"
    return ask_server(ADDRESS)


@cache
def ask_server(address: str) -> str:
    """Return in a few words why an address does not have EMNIST; '' if it does."""
    import_module("requests")  # here, so that its import does not count as waiting

    answers: list[str] = []
    # In a thread, because looking up a name and trying several addresses has no time limit.
    thread = Thread(target=lambda: answers.append(_ask(address)), daemon=True)
    thread.start()
    thread.join(CONNECT_TIMEOUT)
    return answers[0] if answers else f"no answer within {CONNECT_TIMEOUT:g} seconds"


def _ask(address: str) -> str:
    import requests  # a pad does not need it

    try:
        with _request(address, "bytes=0-3") as response:
            if not response.ok:
                return f"the server answers with error {response.status_code}"
            head = next(response.iter_content(4), b"")
    except requests.RequestException:
        return "no network, or the server does not answer"
    return "" if head.startswith(b"PK") else "what answers is not the archive, but perhaps a page"


def _request(address: str, span: str = "") -> Any:
    import requests  # a pad does not need it

    # Compressed for transport, the bytes would not be those of the range.
    headers = {"Accept-Encoding": "identity"} | ({"Range": span} if span else {})
    timeout = CONNECT_TIMEOUT, READ_TIMEOUT
    return requests.get(address, headers=headers, stream=True, timeout=timeout)


# --- data/emnist.zip ---------------------------------------------------------------------------


def fetch(splits: Sequence[str] = (), source: Path | None = None) -> Path:
    """Add splits to ``data/emnist.zip``, which keeps what it held before.

    Parameters
    ----------
    splits : sequence of str
        ``'byclass'`` or ``'byclass:test'`` is the test part, ``'byclass:train'`` the training
        part; by default what the course needs.
    source : Path, optional
        An archive to copy from, for example on a USB stick; by default the network.

    Returns
    -------
    Path
        ``data/emnist.zip``; each wanted member in it is the official one.

    Raises
    ------
    DataError
        If a split is unknown or not available. What was downloaded so far is kept.
    """
    return get_members(member_names(splits), source)


def member_names(splits: Sequence[str] = ()) -> list[str]:
    """Return the names of the splits' members; the splits are given as for :func:`fetch`."""
    names: list[str] = []
    for split in splits or COURSE_SPLITS:
        name, _, part = split.partition(":")
        names += archive.member_names(name, part or "test")
    return names


def get_members(names: Sequence[str], source: Path | None = None) -> Path:
    """Add the members that ``data/emnist.zip`` lacks; see :func:`fetch`."""
    with _explained_errors(), _lock():
        for unfinished in archive.DATA.glob(f".unfinished-*-{archive.ARCHIVE.name}"):
            with suppress(OSError):
                unfinished.unlink()  # of a process that was killed
        missing = [name for name in names if not _is_intact(name)]
        if missing and source:
            _add(missing, lambda name: archive.read(source, name))
        elif missing:
            _download(missing)
    return archive.ARCHIVE


@contextmanager
def _explained_errors() -> Iterator[None]:
    """Raise a DataError in place of any error in which a download may end."""
    import requests  # a pad does not need it
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
        f"What {ADDRESS} gives is not EMNIST's zip archive: try again later, or {_ALTERNATIVE}."
    )


@contextmanager
def _lock() -> Iterator[None]:
    """Let one process fetch at a time; another one waits, and then finds what it needs."""
    archive.DATA.mkdir(parents=True, exist_ok=True)
    if sys.platform == "win32":  # there, the later of two gets a message that its hash is wrong
        yield
        return
    import fcntl  # not on Windows

    with (archive.DATA / "fetch.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # released with the process, however it ends
        yield


def _is_intact(name: str) -> bool:
    with suppress(DataError):
        return bool(archive.read(archive.ARCHIVE, name))
    return False


def _add(names: Sequence[str], read: Callable[[str], bytes]) -> None:
    """Write an archive of these members and the present archive's intact ones."""
    with replacing(archive.ARCHIVE) as beside, zipfile.ZipFile(beside, "w") as new:
        for name in names:
            new.writestr(name, read(name))
        for name in archive.MEMBERS:
            if name not in names:
                with suppress(DataError):
                    new.writestr(name, archive.read(archive.ARCHIVE, name))


# --- downloads ---------------------------------------------------------------------------------


def _download(names: Sequence[str]) -> None:
    if reason := why_unreachable():
        raise DataError(
            f"EMNIST cannot be downloaded ({reason}): check the network, or {_ALTERNATIVE}."
        )
    import remotezip  # imports requests

    folder = archive.DATA / "fetch"
    folder.mkdir(exist_ok=True)
    parts = {name: folder / f"{Path(name).name}.part" for name in names}
    try:
        _download_ranges(parts)
    except remotezip.RangeNotSupported:
        _download_archive(names)
    else:
        _add(names, lambda name: _unpack(name, parts[name]))
    shutil.rmtree(folder, ignore_errors=True)


def _download_ranges(parts: dict[str, Path]) -> None:
    """Download each member, with its header in the zip file, or the rest of it, into its file."""
    import remotezip  # imports requests

    headers = {"Accept-Encoding": "identity"}
    with remotezip.RemoteZip(ADDRESS, headers=headers, timeout=READ_TIMEOUT) as remote:
        spans = {name: _span(remote, name) for name in parts}
    size = sum(length for _, length in spans.values())
    _require_disk_space(2 * size)
    with _progress_bar(size) as bar:
        for name, (start, length) in spans.items():
            done = parts[name].stat().st_size if parts[name].exists() else 0
            bar.update(done)
            if done < length:
                span = f"bytes={start + done}-{start + length - 1}"
                with _request(ADDRESS, span) as response:
                    response.raise_for_status()
                    if response.status_code != 206:
                        raise remotezip.RangeNotSupported
                    _save(response, parts[name], "ab", bar, length - done)


def _span(remote: zipfile.ZipFile, name: str) -> tuple[int, int]:
    """Return the first byte and the length of a member and its header in a zip file."""
    try:
        start = remote.getinfo(name).header_offset
    except KeyError:
        raise DataError(
            f"The archive at {ADDRESS} lacks the member {name}: {_ALTERNATIVE}."
        ) from None
    later = [info.header_offset for info in remote.infolist() if info.header_offset > start]
    length = min(later, default=remote.start_dir) - start
    if length > archive.MEMBERS[name].size + MAX_HEADER:
        raise _not_emnist()
    return start, length


def _unpack(name: str, part: Path) -> bytes:
    """Return the verified member in a downloaded range; delete the file if it is another one."""
    raw = part.read_bytes()
    content = b""
    with suppress(struct.error, zlib.error):
        # A member's header, PKWARE's APPNOTE 4.3.7: 30 bytes, then name and extra field.
        method, name_length, extra_length = struct.unpack_from("<8xH16xHH", raw)
        content = raw[30 + name_length + extra_length :]
        if method == zipfile.ZIP_DEFLATED:
            content = zlib.decompressobj(-15).decompress(content, archive.MEMBERS[name].size + 1)
        content = content[: archive.MEMBERS[name].size]  # stored: a data descriptor may follow
    if problem := archive.mismatch(name, content):
        part.unlink()
        raise DataError(f"What was downloaded as {name} {problem}: run the same again.")
    return content


def _download_archive(names: Sequence[str]) -> None:
    """Download the whole archive from its start, for servers without ranges, and verify members."""
    with replacing(archive.ARCHIVE) as beside:
        with _request(ADDRESS) as response:
            response.raise_for_status()
            size = int(response.headers.get("Content-Length", 0))
            _require_disk_space(size)
            with _progress_bar(size) as bar:
                _save(response, beside, "wb", bar, MAX_ARCHIVE)
        try:
            for name in names:
                archive.read(beside, name)
        except DataError as error:
            raise _not_emnist() from error


def _save(response: Any, path: Path, mode: str, bar: Any, most: int) -> None:
    with path.open(mode) as file:
        for chunk in response.iter_content(CHUNK):
            most -= len(chunk)
            if most < 0:
                raise _not_emnist()
            file.write(chunk)
            bar.update(len(chunk))


def _require_disk_space(size: int) -> None:
    """Raise a DataError if less than ``size`` bytes are free for data."""
    free = shutil.disk_usage(archive.DATA).free
    if free < size:
        raise DataError(
            f"The disk has no room for EMNIST: {size / 1e6:,.0f} MB are needed in "
            f"{archive.DATA}, {free / 1e6:,.0f} MB are free; make room and run the same again."
        )


def _progress_bar(size: int) -> Any:
    from tqdm import tqdm  # only a download shows it

    return tqdm(
        total=size or None, unit="B", unit_scale=True, desc="Downloading EMNIST", file=sys.stdout
    )
