"""What several tests share: a tiny archive in EMNIST's layout, and a server that gives it out."""

import functools
import http.server
import os
import threading
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from helpers.archives import Handler, Server, Tiny, made_up_members

from hwr._support import display
from hwr.datasets import archive, download, fallback, synthetic
from tools.checks import find_chromium

# No test asks the network; those that need one bring their own server.
os.environ.setdefault("HWR_OFFLINE", "1")


# It is the same every time, and takes a second.
written = functools.cache(synthetic.draw_images)


@pytest.fixture
def tiny(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Tiny:
    """A tiny EMNIST, an empty data folder and home, no ``HWR_EMNIST``, no network."""
    tiny = Tiny(dict(made_up_members()), tmp_path)
    monkeypatch.setattr(archive, "MEMBERS", tiny.table())
    monkeypatch.setattr(archive, "DATA", tmp_path / "data")
    monkeypatch.setattr(archive, "ARCHIVE", tmp_path / "data" / "emnist.zip")
    monkeypatch.setattr(fallback, "EACH", 10)
    monkeypatch.setattr(synthetic, "draw_images", written)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("USERPROFILE", str(tmp_path / "home"))
    monkeypatch.setenv("HWR_OFFLINE", "1")
    monkeypatch.delenv("HWR_EMNIST", raising=False)
    monkeypatch.setattr(display, "_shown", set())
    download._asked_once.cache_clear()
    return tiny


@pytest.fixture
def server(tiny: Tiny, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    """A server that stands in for the official one and gives out the whole tiny EMNIST."""
    official = tiny.write(tiny.folder / "official.zip", compression=zipfile.ZIP_DEFLATED)
    state = Server(official.read_bytes())
    handler = type("Handler", (Handler,), {"server_state": state})
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
    from helpers.lab import Jupyter

    jupyter = Jupyter(tmp_path_factory.mktemp("jupyter"))
    try:
        jupyter.wait()
        yield jupyter
    finally:
        jupyter.stop()
