"""What several tests share: a tiny EMNIST, a server that has it, a browser and Jupyter."""

import functools
import http.server
import os
import threading
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from helpers.archives import Handler, Server, Tiny, made_up_members
from hypothesis import settings

from hwr._support import display
from hwr.datasets import archive, download, fallback, synthetic
from tools.checks import find_chromium

# No test uses the network; those that need one start a server of their own.
os.environ.setdefault("HWR_OFFLINE", "1")
# How long an example takes depends on the machine.
settings.register_profile("course", deadline=None)
settings.load_profile("course")

# The images are always the same, and take a second to draw.
drawn_once = functools.cache(synthetic.draw_images)


@pytest.fixture
def tiny(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Tiny:
    """A tiny EMNIST, an empty data folder and home, no ``HWR_EMNIST``, no network."""
    tiny = Tiny(dict(made_up_members()), tmp_path)
    monkeypatch.setattr(archive, "MEMBERS", tiny.table())
    monkeypatch.setattr(archive, "DATA", tmp_path / "data")
    monkeypatch.setattr(archive, "ARCHIVE", tmp_path / "data" / "emnist.zip")
    monkeypatch.setattr(fallback, "IMAGES_PER_CHARACTER", 10)
    monkeypatch.setattr(synthetic, "draw_images", drawn_once)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("USERPROFILE", str(tmp_path / "home"))
    monkeypatch.setenv("HWR_OFFLINE", "1")
    monkeypatch.delenv("HWR_EMNIST", raising=False)
    display.shown_notices.clear()
    download.ask_server.cache_clear()
    return tiny


@pytest.fixture
def server(tiny: Tiny, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    """A server that takes the official one's place and has the whole tiny EMNIST."""
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


# A browser that does not use the network on its own account.
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
    """This machine's Chromium, Chrome or Edge."""
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=find_chromium(), args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def jupyter(tmp_path_factory):
    """A Jupyter server for these tests only."""
    from helpers.lab import Jupyter

    jupyter = Jupyter(tmp_path_factory.mktemp("jupyter"))
    try:
        jupyter.wait()
        yield jupyter
    finally:
        jupyter.stop()


@pytest.fixture(scope="session")
def site(tmp_path_factory):
    """The website, in a folder with an inconvenient name."""
    from tools.site.build import build_site

    out = tmp_path_factory.mktemp("a folder, ä") / "site"
    build_site(out, repository="somebody/hwr")
    return out
