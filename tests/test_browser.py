"""The pad in a real browser: JupyterLab, Notebook 7 and Voilà, mouse, finger and keyboard.

Needs Chromium, Chrome or Edge on this machine; without it these tests are skipped. Screenshots are
left in ``screenshots/``; ``docs/pad.png`` and ``docs/pad-word.png``, the pictures in ``README.md``,
are copies of the ones that the JupyterLab tests leave there.
"""

import json
import os
import re
import secrets
import shutil
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from urllib.request import Request, urlopen

import nbformat
import numpy as np
import pytest
from nbformat.v4 import new_code_cell, new_notebook
from pads import in_ink, picture, strokes_of

from hwr import scribe
from tools.checks import find_chromium
from tools.execute_notebooks import KERNEL

playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")

ROOT = Path(__file__).resolve().parent.parent
NOTEBOOK = "09_draw_and_predict.ipynb"
SCREENSHOTS = ROOT / "screenshots"
CHROMIUM = find_chromium()
PAD = ".hwr-paper"
SEED = 4
WORD = picture(*strokes_of("hello", at=(80, 250), scale=80), size=(900, 400))

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine: browser not tested"),
]


class Server:
    """A Jupyter server with a folder of its own; JupyterLab, Notebook and Voilà in one."""

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
        """Give the notebook another name, and so a kernel of its own."""
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


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    server = Server(tmp_path_factory.mktemp("jupyter"))
    try:
        server.wait()
        yield server
    finally:
        server.stop()


@contextmanager
def opened(browser, url, width=1280, height=1000, **context):
    """Open a page; what its console reports as an error about us fails the test."""
    context = browser.new_context(viewport={"width": width, "height": height}, **context)
    page, errors = context.new_page(), []
    page.set_default_timeout(40_000)
    page.on("console", lambda message: message.type == "error" and errors.append(message.text))
    page.on("pageerror", lambda error: errors.append(f"{error}\n{error.stack}"))
    page.goto(url)
    try:
        yield page
    except Exception:
        shot(page, "failed.png")
        raise
    finally:
        context.close()
    # JupyterLab itself complains now and then about a setting or an extension.
    assert [error for error in errors if re.search(r"hwr|canvas|widget", error, re.I)] == []


def run_all(page, kernel_is_ready, shows=PAD):
    """Run the notebook's cells; a command that comes before the kernel is ready is lost."""
    kernel_is_ready.wait_for()
    for _ in range(3):
        page.get_by_role("menuitem", name="Run", exact=True).click()
        page.get_by_role("menuitem", name=re.compile("^Run All Cells")).click()
        try:
            return page.locator(shows).first.wait_for(timeout=15_000)
        except playwright.TimeoutError:
            continue
    raise AssertionError("the notebook does not run")


def finished(page):
    """Wait until all cells have run: until then the pad has to wait as well."""
    page.wait_for_function(
        """() => { const prompts = [...document.querySelectorAll(".jp-InputPrompt")];
             return prompts.some(p => /\\d/.test(p.textContent))
               && !prompts.some(p => p.textContent.includes("*")); }"""
    )


def the_pad(page):
    """Give the first pad's sheet, scrolled into view and ready."""
    sheet = page.locator(PAD).first
    sheet.wait_for()
    sheet.scroll_into_view_if_needed()
    return sheet


def clear(page):
    """Take the first pad's drawing away: the notebook has one replayed there."""
    page.get_by_role("button", name="Clear").first.click()
    playwright.expect(page.locator(".hwr-words").first).to_contain_text("Draw a digit")


def strokes_on(sheet, ink, share=0.6):
    """Give a drawing's strokes as points on the page, in the middle of the sheet."""
    box = sheet.bounding_box()
    low, high = ink.bounds()
    scale = share * min(box["width"] / (high - low)[0], box["height"] / (high - low)[1])
    middle = np.array([box["x"] + box["width"] / 2, box["y"] + box["height"] / 2])
    return [(stroke - (low + high) / 2) * scale + middle for stroke in ink.strokes]


def draw_with_mouse(page, sheet, ink):
    for stroke in strokes_on(sheet, ink):
        page.mouse.move(*stroke[0])
        page.mouse.down()
        for point in stroke[1:]:
            page.mouse.move(*point, steps=2)
        page.mouse.up()


def draw_by_touch(page, sheet, ink):
    """Draw with one finger, by the browser's own touch events."""
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
    """Wait until the first pad reads a character, and says so for screen readers too."""
    flags = 0 if case_matters else re.IGNORECASE
    best = page.locator(".hwr-words b").first
    playwright.expect(best).to_have_text(re.compile(f"^{character}$", flags), timeout=20_000)
    heard = page.locator(".hwr-heard[aria-live=polite]").first
    playwright.expect(heard).to_have_text(re.compile(rf"^\S.* {character},", flags))


def ink_on(sheet):
    """Count the dark pixels of a sheet."""
    return sheet.evaluate(
        """canvas => { const data = canvas.getContext("2d")
             .getImageData(0, 0, canvas.width, canvas.height).data;
           let dark = 0;
           for (let i = 0; i < data.length; i += 4) dark += data[i] < 100 && data[i + 3] > 200;
           return dark; }"""
    )


def wait_for_ink(sheet, enough):
    """Wait until a sheet shows as much ink as is enough, and give how much."""
    end = time.monotonic() + 20
    while (ink := ink_on(sheet)) < enough and time.monotonic() < end:
        time.sleep(0.2)
    return ink


def made_up(character, seed=SEED):
    return scribe.write(character, np.random.default_rng(seed))


def open_panel(page):
    """Open the first pad's panel, wait for its three pictures, and give them."""
    title = page.get_by_text("What the network looks at", exact=True).locator("visible=true").first
    assert page.locator(".hwr-inside").count() == 0
    title.click()
    pictures = page.locator(".hwr-inside").first.locator("img")
    playwright.expect(pictures).to_have_count(3, timeout=20_000)
    return pictures


def shot(page, name):
    SCREENSHOTS.mkdir(exist_ok=True)
    page.screenshot(path=SCREENSHOTS / name)


def test_jupyterlab(server, browser):
    """Mouse, finger, keyboard and a reload, in the notebook as learners open it."""
    url = server.url(f"lab/workspaces/light/tree/{NOTEBOOK}")
    with opened(browser, url, has_touch=True) as page:
        run_all(page, page.get_by_text("Python 3 (ipykernel) | Idle"))
        finished(page)
        sheet = the_pad(page)

        clear(page)
        draw_with_mouse(page, sheet, made_up("g"))
        wait_for_answer(page, "g")
        assert page.locator(".hwr-steps").first.locator("img").count() == 5
        wait_for_ink(sheet, 5_000)
        shot(page, "pad.png")
        pictures = open_panel(page)
        pictures.first.scroll_into_view_if_needed()
        before = pictures.first.get_attribute("src")
        shot(page, "pad-inside.png")
        sheet.scroll_into_view_if_needed()

        clear(page)
        draw_by_touch(page, sheet, made_up("W"))
        wait_for_answer(page, "w", case_matters=False)
        playwright.expect(pictures.first).not_to_have_attribute("src", before)

        before = wait_for_ink(sheet, 5_000)
        page.keyboard.press("Control+s")
        page.wait_for_timeout(1500)
        page.reload()
        sheet = the_pad(page)
        assert wait_for_ink(sheet, before * 0.9) == pytest.approx(before, rel=0.1)
        wait_for_answer(page, "w", case_matters=False)

        sheet.focus()
        page.keyboard.press("Tab")  # lets go of the sheet
        playwright.expect(sheet).not_to_be_focused()
        page.keyboard.press("Tab")
        undo = page.get_by_role("button", name="Undo").first
        playwright.expect(undo).to_be_focused()
        for _ in made_up("W").strokes:
            page.keyboard.press("Enter")
        playwright.expect(page.locator(".hwr-words").first).to_contain_text("Draw a digit")


def test_layout_in_a_narrow_dark_window(server, browser):
    """Nothing is cut off at 800 pixels, and the sheet stays in its place under the pen."""
    settings = server.folder / "settings/@jupyterlab/apputils-extension"
    dark = settings / "themes.jupyterlab-settings"
    dark.write_text(json.dumps({"theme": "JupyterLab Dark"}))
    with opened(
        browser, server.url(f"lab/workspaces/dark/tree/{server.copy('dark.ipynb')}"), width=800
    ) as page:
        run_all(page, page.get_by_text("Python 3 (ipykernel) | Idle"))
        finished(page)
        sheet = the_pad(page)
        clear(page)
        top = sheet.bounding_box()["y"]
        draw_with_mouse(page, sheet, made_up("g"))
        wait_for_answer(page, "g")
        assert sheet.bounding_box()["y"] == top
        pad = page.locator(".hwr-pad").first
        wait_for_ink(sheet, 5_000)
        open_panel(page).first.scroll_into_view_if_needed()
        shot(page, "pad-inside-dark.png")
        assert pad.evaluate("pad => pad.scrollWidth <= pad.clientWidth + 1")
        shot(page, "pad-narrow-dark.png")
    dark.unlink()


PADS = """from hwr.pad import Pad

pad = Pad()
pad"""


def write_notebook(server, name, *cells):
    """Put a notebook of some cells where the server finds it, and give its name."""
    notebook = new_notebook(
        cells=[new_code_cell(cell) for cell in cells], metadata={"kernelspec": KERNEL}
    )
    nbformat.write(notebook, server.folder / "work" / name)
    return name


def choose(page, mode):
    """Choose what the pad reads, by keyboard."""
    button = page.locator(".hwr-pad").get_by_role("button", name=mode, exact=True)
    button.focus()
    page.keyboard.press("Enter")


def seen(page, selector):
    """Give what is visible: the pad keeps the modes that are not shown."""
    return page.locator(f"{selector}:visible")


def boxes_on(sheet):
    """Count the coloured pixels of a sheet: the lines of boxes, and their letters."""
    return sheet.evaluate(
        """canvas => { const data = canvas.getContext("2d")
             .getImageData(0, 0, canvas.width, canvas.height).data;
           let coloured = 0;
           for (let i = 0; i < data.length; i += 4)
             coloured += Math.abs(data[i] - data[i + 2]) > 80;
           return coloured; }"""
    )


def test_words_are_written_read_and_corrected(server, browser):
    """The word mode, with the mouse and by keyboard, and lines after it."""
    name = write_notebook(server, "words.ipynb", PADS)
    with opened(browser, server.url(f"lab/workspaces/words/tree/{name}")) as page:
        run_all(page, page.get_by_text("Python 3 (ipykernel) | Idle"))
        choose(page, "a word")
        sheet = seen(page, PAD)
        said, word = seen(page, ".hwr-words"), seen(page, ".hwr-word")
        playwright.expect(said).to_contain_text("Write a word", timeout=20_000)
        sheet.scroll_into_view_if_needed()
        top = sheet.bounding_box()["y"]
        draw_with_mouse(page, sheet, in_ink("figure"))
        playwright.expect(word).to_have_text("figure", timeout=20_000)
        playwright.expect(said.locator("b").first).to_have_text("figure")
        heard = page.locator(".hwr-heard[aria-live=polite]").last
        playwright.expect(heard).to_contain_text("figure")
        assert sheet.bounding_box()["y"] == top
        wait_for_ink(sheet, 5_000)
        assert boxes_on(sheet) > 2_000
        shot(page, "pad-word.png")

        letter = page.get_by_label("Letter 3", exact=True)
        others = [text for text in letter.locator("option").all_text_contents() if text != "g"]
        letter.focus()
        letter.select_option(others[0])
        playwright.expect(word).to_have_text(f"fi{others[0]}ure")
        playwright.expect(said).to_contain_text("as you corrected it")
        field = page.get_by_label("or another", exact=True)
        field.fill("figures")
        page.keyboard.press("Enter")
        playwright.expect(word).to_have_text("figures")
        readings = page.get_by_label("The word", exact=True)
        playwright.expect(readings.locator("option").last).to_have_text("figures")
        readings.select_option(index=0)
        playwright.expect(word).to_have_text("figure")

        seen(page, "button[title='Take back a change']").click()
        playwright.expect(word).not_to_have_text("figure")
        seen(page, "button[title='An empty sheet']").click()
        playwright.expect(word).to_have_count(0)
        playwright.expect(said).to_contain_text("Write a word")
        assert boxes_on(sheet) == 0

        choose(page, "lines")
        playwright.expect(said).to_contain_text("Write lines")
        draw_with_mouse(page, sheet, in_ink("read"))
        playwright.expect(word).to_have_text("read", timeout=20_000)
        choose(page, "a word")
        playwright.expect(said).to_contain_text("Write a word")
        choose(page, "lines")
        playwright.expect(word).to_have_text("read")
        wait_for_ink(sheet, 5_000)
        shot(page, "pad-lines.png")


def test_a_picture_is_chosen_and_read(server, browser, tmp_path):
    (tmp_path / "none.png").write_bytes(b"no picture")
    (tmp_path / "word.png").write_bytes(WORD)
    name = write_notebook(server, "picture.ipynb", PADS)
    with opened(browser, server.url(f"lab/workspaces/picture/tree/{name}"), width=800) as page:
        run_all(page, page.get_by_text("Python 3 (ipykernel) | Idle"))
        choose(page, "a picture")
        button = page.get_by_role("button", name="Choose a picture")
        for file in ("none.png", "word.png"):
            with page.expect_file_chooser() as chooser:
                button.click()
            chooser.value.set_files(tmp_path / file)
            if file == "none.png":
                problem = seen(page, ".hwr-problem")
                playwright.expect(problem).to_contain_text("cannot be read as a picture")
        playwright.expect(seen(page, ".hwr-word")).to_have_text("hello", timeout=20_000)
        playwright.expect(page.locator(".hwr-problem")).to_have_count(0)
        shown = seen(page, ".hwr-view img")
        assert "hello" in shown.get_attribute("alt")
        pad = page.locator(".hwr-pad").first
        assert pad.evaluate("pad => pad.scrollWidth <= pad.clientWidth + 1")
        shot(page, "pad-picture.png")


def test_notebook_7(server, browser):
    with opened(browser, server.url(f"notebooks/{server.copy('notebook.ipynb')}")) as page:
        indicator = page.locator(".jp-Notebook-ExecutionIndicator[data-status=idle]")
        run_all(page, indicator)
        finished(page)
        sheet = the_pad(page)
        clear(page)
        draw_with_mouse(page, sheet, made_up("g"))
        wait_for_answer(page, "g")
        wait_for_ink(sheet, 5_000)
        shot(page, "pad-notebook.png")


def test_voila(server, browser):
    """Voilà shows a page when all cells have run; the hint must not be lost on the way."""
    with opened(browser, server.url(f"voila/render/{server.copy('page.ipynb')}")) as page:
        sheet = the_pad(page)
        clear(page)
        draw_with_mouse(page, sheet, made_up("g"))
        wait_for_answer(page, "g")
        wait_for_ink(sheet, 5_000)
        shot(page, "pad-voila.png")


def test_an_exercise_a_question_and_a_toy(server, browser):
    """A wrong answer is told its reason; a question and a toy answer to the keyboard."""
    cells = [
        "from hwr import check\n\n\ndef starts(size, window, stride):\n"
        "    return list(range(0, size, stride))\n\n\ncheck.starts(starts)",
        "check.larger_images",
        "import numpy as np\nfrom hwr.play import kernel\nfrom hwr.scribe import write\n"
        "kernel.Workshop(write('B', np.random.default_rng(1)))",
    ]
    name = write_notebook(server, "exercise.ipynb", *cells)
    with opened(browser, server.url(f"lab/workspaces/exercise/tree/{name}")) as page:
        run_all(page, page.get_by_text("Python 3 (ipykernel) | Idle"), ".widget-radio-box")
        finished(page)
        verdict = page.locator(".jp-OutputArea-output [role=status]").first
        playwright.expect(verdict).to_contain_text("Wrong. The last windows hang over the edge")
        first = page.get_by_role("radio").first
        first.focus()
        page.keyboard.press("Space")
        reply = page.locator(".widget-html-content [role=status]").first
        playwright.expect(reply).to_contain_text("Right. Its kernels are the same")
        shot(page, "exercise.png")
        maps = page.locator(".jp-OutputArea-output img").last
        before = maps.get_attribute("src")
        page.get_by_role("button", name="blur").first.focus()
        page.keyboard.press("Enter")
        playwright.expect(maps).not_to_have_attribute("src", before)
        maps.scroll_into_view_if_needed()
        shot(page, "kernel-workshop.png")
