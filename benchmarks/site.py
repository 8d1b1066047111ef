"""Measure the website: every page's weight, width and accessibility, and when a pad is ready.

    python -m benchmarks.site [SITE]

Builds the site, or takes the one in the folder SITE. For every page, opened from a server, it
prints the bytes that are loaded before anybody scrolls (1,280 x 800 pixels, nothing compressed),
the widths of 320, 768 and 1,280 pixels at which the page scrolls sideways, and what axe finds at
1,280 pixels in light and in dark, every fold open. Then: the milliseconds from the moment at which
a pad comes into view until it reads, from disk, in a browser that has just started.
"""

import argparse
import functools
import http.server
import statistics
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, sync_playwright

from tools.checks import find_chromium
from tools.site.build import build_site

WIDTHS = (320, 768, 1280)
FRAMES = ("pad.html", "explorer.html")
"""Pages that others show in a frame; their weight counts there, once the frame is in view."""
AXE = """async () => {
  document.querySelectorAll("details").forEach(fold => { fold.open = true; });
  const {violations} = await axe.run({resultTypes: ["violations"], preload: false});
  return violations.map(({id, impact, nodes}) => `${impact} ${id} ${nodes.length}x ` +
    nodes[0].html.slice(0, 80));
}"""
READY = """() => new Promise(done => {
  const place = document.querySelector(".hwr-live");
  const began = performance.now();
  addEventListener("message", () => done(began));
  place.scrollIntoView();
})"""


@contextmanager
def served(site: Path) -> Iterator[str]:
    """Serve a folder, and yield its address."""

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *_: Any) -> None:
            pass

        def end_headers(self) -> None:
            self.send_header("Cache-Control", "no-store")
            super().end_headers()

    handler = functools.partial(Quiet, directory=site)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def measure(browser: Browser, address: str, scheme: str) -> tuple[int, list[int], list[str]]:
    """Return a page's bytes at first sight, the widths that are too narrow, and axe's findings."""
    page = browser.new_page(viewport={"width": 1280, "height": 800}, color_scheme=scheme)
    loaded: list[int] = []
    page.on("requestfinished", lambda request: loaded.append(request.sizes()["responseBodySize"]))
    page.goto(address, wait_until="networkidle")
    weight = sum(loaded)
    narrow = []
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        if page.evaluate("document.documentElement.scrollWidth") > width:
            narrow.append(width)
    page.evaluate((files("axe_playwright_python") / "axe.min.js").read_text("utf-8"))
    found = page.evaluate(AXE)
    page.close()
    return weight, narrow, found


def ready(browser: Browser, address: str) -> float:
    """Return the milliseconds until the first pad of a page from disk reads."""
    page = browser.new_page(viewport={"width": 1280, "height": 800})
    page.goto(address)
    began = page.evaluate(READY)
    page.frames[1].get_by_text("Draw a digit or a letter", exact=True).wait_for()
    milliseconds: float = page.evaluate("performance.now()") - began
    page.close()
    return milliseconds


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("site", nargs="?", type=Path)
    site = parser.parse_args().site
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as driver:
        if site is None:
            site, started = Path(folder, "site"), time.perf_counter()
            build_site(site)
            print(f"built in {time.perf_counter() - started:.1f} s")
        options: dict[str, Any] = {"executable_path": find_chromium(), "args": ["--no-sandbox"]}
        times = []
        for _ in range(5):
            browser = driver.chromium.launch(**options)
            times.append(
                ready(browser, (site.absolute() / "notebooks/00_start_here.html").as_uri())
            )
            browser.close()
        print(f"pad ready: median {statistics.median(times):.0f} ms, most {max(times):.0f} ms")
        browser = driver.chromium.launch(**options)
        with served(site) as address:
            for path in sorted(site.rglob("*.html")):
                name = path.relative_to(site).as_posix()
                findings = []
                for scheme in ("light", "dark"):
                    weight, narrow, found = measure(browser, f"{address}/{name}", scheme)
                    findings += [f"  {scheme}: {finding}" for finding in found]
                size = "in a frame" if name in FRAMES else f"{weight / 1000:.0f} kB"
                print(f"{name:52} {size:>10}  sideways at {narrow or '-'}  axe {len(findings)}")
                print(*findings, sep="\n", end="\n" if findings else "")


if __name__ == "__main__":
    main()
