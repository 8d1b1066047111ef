"""A tiny archive in EMNIST's layout, and a server that has it."""

import functools
import gzip
import hashlib
import http.server
import io
import re
import struct
import threading
import time
import zipfile
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from hwr.datasets import archive
from hwr.datasets.archive import Member
from hwr.datasets.splits import SPLITS


def idx(array: np.ndarray) -> bytes:
    """Return the gzipped IDX file of an array of bytes."""
    header = bytes([0, 0, 8, array.ndim]) + struct.pack(f">{array.ndim}I", *array.shape)
    return gzip.compress(header + array.astype(np.uint8).tobytes(), mtime=0)


@functools.cache
def made_up_members() -> dict[str, bytes]:
    """Return every member, with noise as images; ByClass and Letters have 20 of each class.

    Each image's upper right quarter is all ink, which shows its orientation.
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


@dataclass
class Tiny:
    """The members of a tiny EMNIST, which are the official ones during a test."""

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
        """Write an archive of whole splits, by default all, and of extra members."""
        path.parent.mkdir(parents=True, exist_ok=True)
        with zipfile.ZipFile(path, "w", compression) as file:
            for name, content in (self.members | extra).items():
                wanted = any(f"emnist-{split}-" in name for split in splits)
                if wanted or name in extra or not splits:
                    file.writestr(name, content)
        return path


@dataclass
class Server:
    """The state of a server on this machine that sends one file, well or badly.

    ``mode`` is ``'ranges'``, ``'no ranges'``, ``'page'`` (sends a web page), ``'page later'`` (all
    but the first time), ``'error'``, ``'silent'`` (never answers), ``'slow'`` (1 MB a second),
    ``'cut'`` or ``'cut, no ranges'`` (answers longer than 100 kB break off half-way).
    """

    content: bytes = b""
    mode: str = "ranges"
    address: str = ""
    asked: list[tuple[int, int] | None] = field(default_factory=list)
    sent: int = 0
    stop: threading.Event = field(default_factory=threading.Event)


class Handler(http.server.BaseHTTPRequestHandler):
    server_state: Server

    def do_GET(self) -> None:
        state, content = self.server_state, self.server_state.content
        if state.mode == "silent":
            state.asked.append(None)
            state.stop.wait(20)
            return
        if state.mode == "page" or (state.mode == "page later" and state.asked):
            content = b"<!DOCTYPE html><html>Please log in</html>"
        span = re.fullmatch(r"bytes=(\d*)-(\d*)", self.headers.get("Range", ""))
        ranges = state.mode in ("ranges", "cut", "slow") and span is not None
        start, end = 0, len(content)
        if ranges and span[1]:
            start, end = int(span[1]), min(end, int(span[2]) + 1) if span[2] else end
        elif ranges:  # the last bytes
            start = max(0, end - int(span[2]))
        state.asked.append((start, end) if ranges else None)
        if state.mode == "error":
            self.send_error(503)
            return
        self.send_response(206 if ranges else 200)
        if ranges:
            self.send_header("Content-Range", f"bytes {start}-{end - 1}/{len(content)}")
        self.send_header("Content-Length", str(end - start))
        self.end_headers()
        self._send(io.BytesIO(content[start:end]), end - start)

    def _send(self, body: io.BytesIO, size: int) -> None:
        state = self.server_state
        left = size // 2 if state.mode.startswith("cut") and size > 100_000 else size
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
