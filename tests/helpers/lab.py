"""A Jupyter server and a page in a real browser, for the tests of the pads."""

import json
import os
import re
import secrets
import shutil
import socket
import subprocess
import sys
import time
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.request import Request, urlopen

import nbformat
import numpy as np
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from hwr.datasets import synthetic
from tools.checks import CELL_TIMEOUT, find_chromium
from tools.execute_notebooks import KERNELSPEC

playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
playwright.expect.set_options(timeout=60_000)

ROOT = Path(__file__).resolve().parents[2]
NOTEBOOK = "09_draw_and_predict.ipynb"
SCREENSHOTS = ROOT / "screenshots"
CHROMIUM = find_chromium()
PAD = ".hwr-paper"
ERROR = ".jp-OutputArea-output.jupyter-widgets"  # in the place of a widget
SEED = 4

IN_A_BROWSER = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine: browser not tested"),
]


class Jupyter:
    """A Jupyter server with a folder of its own, for JupyterLab and Notebook."""

    def __init__(self, folder):
        self.folder, self.token = folder, secrets.token_hex(16)
        (folder / "work").mkdir()
        shutil.copy(ROOT / "notebooks" / NOTEBOOK, folder / "source.ipynb")
        self.copy(NOTEBOOK)
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.address = f"http://127.0.0.1:{probe.getsockname()[1]}"
        settings = folder / "settings" / "@jupyterlab" / "apputils-extension"
        settings.mkdir(parents=True)
        quiet = {"fetchNews": "false", "checkForUpdates": False}
        (settings / "notification.jupyterlab-settings").write_text(json.dumps(quiet))
        self.log = (folder / "server.log").open("w")
        self.process = subprocess.Popen(
            [
                *(sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root"),
                f"--ServerApp.port={self.address.rpartition(':')[2]}",
                f"--IdentityProvider.token={self.token}",
                f"--ServerApp.root_dir={folder / 'work'}",
            ],
            env=os.environ
            | {
                "JUPYTERLAB_SETTINGS_DIR": str(folder / "settings"),
                "JUPYTERLAB_WORKSPACES_DIR": str(folder / "workspaces"),
                "JUPYTER_CONFIG_DIR": str(folder / "config"),
                "JUPYTER_RUNTIME_DIR": str(folder / "runtime"),
                "IPYTHONDIR": str(folder / "ipython"),
                "HWR_OFFLINE": "1",
            },
            stdout=self.log,
            stderr=self.log,
        )

    def copy(self, name):
        """Copy the notebook under another name, so that it gets a kernel of its own."""
        shutil.copy(self.folder / "source.ipynb", self.folder / "work" / name)
        return name

    def url(self, path):
        return f"{self.address}/{path}?token={self.token}"

    def ask(self, path, method="GET"):
        request = Request(
            f"{self.address}/{path}",
            headers={"Authorization": f"token {self.token}"},
            method=method,
        )
        with urlopen(request, timeout=5) as answer:
            return answer.read()

    def wait(self, seconds=40):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            try:
                return self.ask("api/status")
            except OSError:
                time.sleep(0.2)
        raise TimeoutError(Path(self.log.name).read_text()[-2000:])

    def stop(self):
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
        self.log.close()


@contextmanager
def opened(browser, url, width=1280, height=1000, expected="^$", **context):
    """Open a page; errors of its console that are about us, and not expected, fail the test."""
    context = browser.new_context(viewport={"width": width, "height": height}, **context)
    page, errors = context.new_page(), []
    page.set_default_timeout(120_000)
    page.on("console", lambda message: message.type == "error" and errors.append(message.text))
    page.on("pageerror", lambda error: errors.append(f"{error}\n{error.stack}"))
    page.goto(url, timeout=90_000)
    try:
        yield page
    except Exception:  # whatever failed, a picture of the page shows it best
        shot(page, "failed.png")
        raise
    finally:
        context.close()
    # JupyterLab itself sometimes complains about a setting or an extension.
    ours = [error for error in errors if re.search(r"hwr|canvas|widget", error, re.I)]
    assert [error for error in ours if not re.search(expected, error)] == []


def run_all(page, kernel_is_ready, shows=PAD):
    """Run the notebook's cells, again if a command got lost because the kernel was not ready."""
    kernel_is_ready.wait_for()
    shown = page.locator(shows).first
    for _ in range(3):
        page.get_by_role("menuitem", name="Run", exact=True).click()
        page.get_by_role("menuitem", name=re.compile("^Run All Cells")).click()
        with suppress(playwright.TimeoutError):
            return shown.wait_for(timeout=30_000)
        if page.locator(".jp-InputPrompt", has_text="*").count():  # not lost: a second command
            return shown.wait_for()  # would run all cells twice
    raise AssertionError("the notebook does not run")


def run_first(page):
    """Run the notebook's first code cell, which shows a pad, by Shift+Enter."""
    page.get_by_text("Python 3 (ipykernel) | Idle").wait_for()
    page.locator(".jp-CodeCell .cm-content").first.click()
    page.keyboard.press("Shift+Enter")
    page.locator(PAD).first.wait_for()


def save(page, file, containing="application/vnd.jupyter.widget-view+json"):
    """Save the notebook, wait until its file contains a text, and return the file."""
    before = file.stat().st_mtime_ns
    page.keyboard.press("Escape")  # a sheet keeps all keys to itself
    playwright.expect(page.locator(f"{PAD}:focus")).to_have_count(0)
    page.keyboard.press("Control+s")
    end = time.monotonic() + 60
    while file.stat().st_mtime_ns == before or containing not in file.read_text("utf-8"):
        assert time.monotonic() < end, f"the notebook was not saved with {containing!r}"
        page.wait_for_timeout(200)
    return file


def restart(page):
    """Restart the kernel by the menu: it forgets all variables."""
    page.get_by_role("menuitem", name="Kernel", exact=True).click()
    page.get_by_role("menuitem", name=re.compile("^Restart Kernel…")).click()
    confirm = re.compile("^(Confirm Kernel )?Restart$")
    page.get_by_role("dialog").get_by_role("button", name=confirm).click()


NOT_FOUND = "widget model not found"
"""What the browser's console says of a widget that is not shown again."""


def reload(page):
    """Load the page again, and wait for the widgets of the kernel, which lives.

    ipywidgets looks for a widget ten times within two seconds. If the kernel's widgets arrive
    between the last two looks, it says "model not found" for good (``get_model`` and
    ``renderModel`` of its manager for JupyterLab, 5.0.16): such a page has to be loaded once more.
    """
    for _ in range(5):
        page.reload()
        page.locator(f"{PAD}, {ERROR}").first.wait_for(state="attached")
        page.wait_for_function(
            """() => ![...document.querySelectorAll(".jp-OutputArea-output")]
                 .some(output => output.textContent == "Loading widget...")"""
        )
        if not page.locator(ERROR).count():
            return
    raise AssertionError("the page does not find the widgets of its kernel")


def finished(page):
    """Wait until all cells have run: until then the kernel does not answer the pad.

    The notebook may take as long as its slowest cell may in the other checks.
    """
    page.wait_for_function(
        """() => { const prompts = [...document.querySelectorAll(".jp-InputPrompt")];
             return prompts.some(p => /\\d/.test(p.textContent))
               && !prompts.some(p => p.textContent.includes("*")); }""",
        timeout=1000 * CELL_TIMEOUT,
    )


def the_pad(page):
    """Return the first pad's sheet, scrolled into view and ready."""
    sheet = page.locator(PAD).first
    sheet.wait_for()
    sheet.scroll_into_view_if_needed()
    return sheet


def clear(page):
    """Clear the first pad, where the notebook has replayed a drawing."""
    page.get_by_role("button", name="Clear").first.click()
    playwright.expect(page.locator(".hwr-words").first).to_contain_text("Draw a digit")


def strokes_on(sheet, ink, share=0.6):
    """Return a drawing's strokes as points on the page, in the middle of the sheet."""
    box = sheet.bounding_box()
    low, high = ink.bounds()
    scale = share * min(box["width"] / (high - low)[0], box["height"] / (high - low)[1])
    middle = np.array([box["x"] + box["width"] / 2, box["y"] + box["height"] / 2])
    return [(stroke - (low + high) / 2) * scale + middle for stroke in ink.strokes]


def draw_with_mouse(page, sheet, ink):
    """Draw one point per frame: of several, a busy browser would report only the last."""
    for stroke in strokes_on(sheet, ink):
        page.mouse.move(*stroke[0])
        page.mouse.down()
        for point in stroke[1:]:
            page.mouse.move(*point)
            page.evaluate("() => new Promise(requestAnimationFrame)")
        page.mouse.up()


def draw_by_touch(page, sheet, ink):
    """Draw with one finger, by touch events."""
    session = page.context.new_cdp_session(page)

    def send(kind, *points):
        touches = [{"x": float(x), "y": float(y)} for x, y in points]
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": touches})

    for stroke in strokes_on(sheet, ink):
        send("touchStart", stroke[0])
        for point in stroke[1:]:
            send("touchMove", point)
        send("touchEnd")


def wait_for_answer(page, character, case_matters=True):
    """Wait until the first pad shows a character as its answer, also for screen readers."""
    flags = 0 if case_matters else re.IGNORECASE
    best = page.locator(".hwr-words b").first
    playwright.expect(best).to_have_text(re.compile(f"^{character}$", flags), timeout=60_000)
    heard = page.locator(".hwr-heard[aria-live=polite]").first
    playwright.expect(heard).to_have_text(re.compile(rf"^\S.* {character},", flags))


def ink_on(sheet):
    """Return the number of dark pixels of a sheet."""
    return sheet.evaluate(
        """canvas => { const data = canvas.getContext("2d")
             .getImageData(0, 0, canvas.width, canvas.height).data;
           let dark = 0;
           for (let i = 0; i < data.length; i += 4) dark += data[i] < 100 && data[i + 3] > 200;
           return dark; }"""
    )


def wait_for_ink(sheet, enough):
    """Wait until a sheet shows enough ink, and return how much."""
    end = time.monotonic() + 20
    while (ink := ink_on(sheet)) < enough and time.monotonic() < end:
        time.sleep(0.2)
    return ink


def made_up(character, seed=SEED):
    return synthetic.draw(character, np.random.default_rng(seed))


def open_panel(page):
    """Open the first pad's panel, wait for its three pictures, and return them."""
    title = page.get_by_text("What the network looks at", exact=True).locator("visible=true").first
    assert page.locator(".hwr-inside").count() == 0
    title.click()
    pictures = page.locator(".hwr-inside").first.locator("img")
    playwright.expect(pictures).to_have_count(3, timeout=60_000)
    return pictures


@contextmanager
def dark(jupyter):
    """Let the pages that are opened meanwhile be dark."""
    settings = jupyter.folder / "settings/@jupyterlab/apputils-extension"
    theme = settings / "themes.jupyterlab-settings"
    theme.write_text(json.dumps({"theme": "JupyterLab Dark"}))
    yield
    theme.unlink()


@contextmanager
def narrowing(page):
    """Close JupyterLab's list of files, which would cover a narrow notebook; reset the size."""
    size = page.viewport_size
    if page.locator(".jp-FileBrowser").is_visible():
        page.get_by_role("tab", name="File Browser").click()
        page.locator(".jp-FileBrowser").wait_for(state="hidden")
    yield
    page.set_viewport_size(size)


TEXT_SIZE = "() => parseFloat(getComputedStyle(document.querySelector('.hwr-pad label')).fontSize)"


@contextmanager
def large_text(page):
    """Let text in JupyterLab be twice as large, without zooming.

    As the browser's setting does, but that is lost there when the window's size is changed.
    """
    before = page.evaluate(TEXT_SIZE)
    style = page.add_style_tag(content=":root { font-size: 200%; }")
    assert page.evaluate(TEXT_SIZE) == 2 * before
    yield
    style.evaluate("style => style.remove()")


CUT = """() => [...document.querySelectorAll(".jp-OutputArea-output")].flatMap(output => {
  const {left, right} = output.getBoundingClientRect();
  const all = "canvas, button, input, select, label, img, svg, span, p";
  const parts = [...output.querySelectorAll(all)]
    .filter(part => part.checkVisibility({visibilityProperty: true})
      && !part.closest(".hwr-heard, .hwr-kernel .widget-label"));  // for screen readers
  const beyond = parts.filter(part => { const box = part.getBoundingClientRect();
    return box.width && (box.left < left - 1 || box.right > right + 1); });
  const clipped = parts.filter(part => part.matches("button, label")
    && part.scrollWidth > part.clientWidth + 1);
  return [...beyond, ...clipped].map(part => part.outerHTML.slice(0, 120))
    .concat(output.scrollWidth > output.clientWidth + 1 ? ["scrolls sideways"] : []);
})"""
"""What reaches beyond its output, or shows a part of its text only."""


def cut(page, width):
    """Return what a width of the window cuts, after the page has adapted to it."""
    page.set_viewport_size({"width": width, "height": page.viewport_size["height"]})
    frames = "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"
    page.evaluate(frames)
    with suppress(playwright.TimeoutError):
        page.wait_for_function(f"({CUT})().length === 0", timeout=20_000)
    return page.evaluate(CUT)


def shot(page, name):
    SCREENSHOTS.mkdir(exist_ok=True)
    page.screenshot(path=SCREENSHOTS / name)


def reads_what_is_drawn(page, name):
    """Draw on the first pad, wait for the right answer, and save a screenshot."""
    sheet = the_pad(page)
    clear(page)
    draw_with_mouse(page, sheet, made_up("g"))
    wait_for_answer(page, "g")
    wait_for_ink(sheet, 5_000)
    shot(page, name)


def write_notebook(jupyter, name, *cells, hidden=False):
    """Write a notebook of some cells where the server finds it, and return its name.

    Of hidden cells, only the outputs are shown.
    """
    of_cells = {"jupyter": {"source_hidden": hidden}}
    notebook = new_notebook(
        cells=[new_code_cell(cell, metadata=of_cells) for cell in cells],
        metadata={"kernelspec": KERNELSPEC},
    )
    nbformat.write(notebook, jupyter.folder / "work" / name)
    return name
