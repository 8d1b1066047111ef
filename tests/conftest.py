"""What several tests share: a tiny archive in EMNIST's layout, and a server that gives it out."""

import functools
import gzip
import hashlib
import http.server
import io
import os
import re
import struct
import threading
import time
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest

from hwr.alphabets import SPLITS
from hwr.datasets import archive, download, fallback, synthetic
from hwr.datasets.archive import Member
from tools.checks import find_chromium

# No test asks the network; those that need one bring their own server.
os.environ.setdefault("HWR_OFFLINE", "1")


def idx(array: np.ndarray) -> bytes:
    """Return the gzipped IDX file of an array of bytes."""
    header = bytes([0, 0, 8, array.ndim]) + struct.pack(f">{array.ndim}I", *array.shape)
    return gzip.compress(header + array.astype(np.uint8).tobytes(), mtime=0)


@functools.cache
def made_up_members() -> dict[str, bytes]:
    """Return noise and labels for every member; ByClass and Letters have 20 images of each class.

    In each image, the upper right quarter is all ink: that shows which way up it is.
    """
    rng = np.random.default_rng(1)
    members = {}
    for split in SPLITS.values():
        for part in archive.PARTS:
            each = 20 if split.name in ("byclass", "letters") and part == "test" else 1
            labels = rng.permutation(np.repeat(np.arange(len(split.alphabet)), each))
            images = rng.integers(0, 200, (len(labels), 28, 28), dtype=np.uint8)
            images[:, :14, 14:] = 255
            names = archive.member_names(split.name, part)
            members[names[0]] = idx(images.swapaxes(1, 2))
            members[names[1]] = idx(labels + split.first_label)
    return members


# It is the same every time, and takes a second.
written = functools.cache(synthetic.draw_images)


@dataclass
class Tiny:
    """The members of a tiny EMNIST, for the time of a test the official ones."""

    members: dict[str, bytes]
    folder: Path

    def table(self) -> dict[str, Member]:
        return {
            name: Member(name, len(content), hashlib.sha256(content).hexdigest())
            for name, content in self.members.items()
        }

    def write(
        self, path: Path, *splits: str, compression: int = zipfile.ZIP_STORED, **extra: bytes
    ) -> Path:
        """Write an archive of whole splits (all if none is named) and of extra members."""
        path.parent.mkdir(parents=True, exist_ok=True)
        with zipfile.ZipFile(path, "w", compression) as file:
            for name, content in self.members.items():
                if not splits or any(f"emnist-{split}-" in name for split in splits):
                    file.writestr(name, content)
            for name, content in extra.items():
                file.writestr(name, content)
        return path


@pytest.fixture
def tiny(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Tiny:
    """A tiny EMNIST, an empty data folder and home, no ``HWR_EMNIST``, no network."""
    tiny = Tiny(dict(made_up_members()), tmp_path)
    monkeypatch.setattr(archive, "MEMBERS", tiny.table())
    monkeypatch.setattr(archive, "DATA", tmp_path / "data")
    monkeypatch.setattr(archive, "ARCHIVE", tmp_path / "data" / "emnist.zip")
    monkeypatch.setattr(fallback, "EACH", 10)
    monkeypatch.setattr(synthetic, "dataset", written)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("USERPROFILE", str(tmp_path / "home"))
    monkeypatch.setenv("HWR_OFFLINE", "1")
    monkeypatch.delenv("HWR_EMNIST", raising=False)
    fallback.tell.cache_clear()
    download._asked_once.cache_clear()
    return tiny


@dataclass
class Server:
    """A server on this machine that gives out one file, well or badly.

    ``mode`` is ``'ranges'``, ``'no ranges'``, ``'page'`` (answers anything with a web page),
    ``'error'``, ``'silent'`` (never answers), ``'cut'`` (breaks off half-way through what is
    longer than 100 kB), ``'slow'`` (1 MB a second), or ``'page later'`` (a page for all but the
    first request).
    """

    content: bytes = b""
    mode: str = "ranges"
    address: str = ""
    asked: list[tuple[int, int] | None] = field(default_factory=list)
    sent: int = 0
    stop: threading.Event = field(default_factory=threading.Event)


class _Handler(http.server.BaseHTTPRequestHandler):
    server_state: Server

    def do_GET(self) -> None:
        state, content, status = self.server_state, self.server_state.content, 200
        if state.mode == "silent":
            state.asked.append(None)
            state.stop.wait(20)
            return
        if state.mode == "page" or (state.mode == "page later" and state.asked):
            content = b"<!DOCTYPE html><html>Please log in</html>"
        span = re.fullmatch(r"bytes=(\d*)-(\d*)", self.headers.get("Range", ""))
        ranges = state.mode in ("ranges", "cut", "slow") and span is not None
        start, end = self._span(span, len(content)) if ranges else (0, len(content))
        state.asked.append((start, end) if ranges else None)
        if state.mode == "error":
            self.send_error(503)
            return
        self.send_response(206 if ranges else status)
        if ranges:
            self.send_header("Content-Range", f"bytes {start}-{end - 1}/{len(content)}")
        self.send_header("Content-Length", str(end - start))
        self.end_headers()
        self._send(io.BytesIO(content[start:end]), end - start)

    @staticmethod
    def _span(span: re.Match, size: int) -> tuple[int, int]:
        first, last = span.groups()
        if not first:
            return max(0, size - int(last)), size
        return int(first), min(size, int(last) + 1) if last else size

    def _send(self, body: io.BytesIO, size: int) -> None:
        state = self.server_state
        left = size // 2 if state.mode == "cut" and size > 100_000 else size
        while left > 0 and not state.stop.is_set():
            chunk = body.read(min(left, 20_000))
            try:
                self.wfile.write(chunk)
            except OSError:
                return
            left -= len(chunk)
            state.sent += len(chunk)
            if state.mode == "slow":
                time.sleep(0.02)

    def log_message(self, *args: object) -> None:
        pass


@pytest.fixture
def server(tiny: Tiny, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    """A server that stands in for the official one and gives out the whole tiny EMNIST."""
    official = tiny.write(tiny.folder / "official.zip", compression=zipfile.ZIP_DEFLATED)
    state = Server(official.read_bytes())
    handler = type("Handler", (_Handler,), {"server_state": state})
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as listening:
        listening.daemon_threads = True
        thread = threading.Thread(target=listening.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        state.address = f"http://127.0.0.1:{listening.server_port}/gzip.zip"
        monkeypatch.setattr(download, "ADDRESS", state.address)
        monkeypatch.setenv("HWR_OFFLINE", "0")
        monkeypatch.setenv("NO_PROXY", "127.0.0.1")
        yield state
        state.stop.set()
        listening.shutdown()


# A browser that asks the network for nothing of its own.
FLAGS = [
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-domain-reliability",
    "--disable-sync",
    "--no-first-run",
    "--no-default-browser-check",
]


@pytest.fixture(scope="session")
def browser():
    """The Chromium, Chrome or Edge of this machine."""
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=find_chromium(), args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def jupyter(tmp_path_factory):
    """A Jupyter server of these tests' own."""
    from lab import Jupyter

    jupyter = Jupyter(tmp_path_factory.mktemp("jupyter"))
    try:
        jupyter.wait()
        yield jupyter
    finally:
        jupyter.stop()
