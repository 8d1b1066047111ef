"""Accessibility of the lessons and of everything interactive, as axe-core and Chromium see them.

The lessons are rendered by nbconvert, the interactive parts by Notebook 7, from a notebook made
here. Only Markdown and outputs are judged, in JupyterLab's light and dark colours; the page around
them is nbconvert's or Notebook's. No page may load anything from the network.
"""

import re
from contextlib import contextmanager, suppress
from importlib.resources import files
from pathlib import Path

import pytest
from helpers.accessibility import AXE, NOT_OURS, OURS
from helpers.lab import run_all, write_notebook
from jupyter_core.paths import jupyter_path

from tools.checks import find_chromium

playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")

ROOT = Path(__file__).resolve().parents[2]
NOTEBOOKS = [
    path
    for folder in (ROOT / "notebooks", ROOT / "notebooks" / "solutions")
    for path in sorted(folder.glob("*.ipynb"))
    if ".mine-" not in path.name  # a learner's own
]
CHROMIUM = find_chromium()
WIDTH = 1280
HEIGHT = 1000

# A table may be wider than the page in a box that scrolls, which the Tab key must reach.
TOO_WIDE = """() => [...document.querySelectorAll(
    ["img", "svg", "canvas", "table", "pre", "figure", "input", "select", "button", "p"]
      .flatMap(tag => [`.jp-RenderedHTMLCommon ${tag}`, `.jp-OutputArea-output ${tag}`]))]
  .filter(part => part.checkVisibility({visibilityProperty: true})
    && part.getBoundingClientRect().right > innerWidth + 1
    && !part.closest("[role=region][tabindex='0']"))
  .map(part => part.outerHTML.slice(0, 200))"""
CONTROLS = """() => [...document.querySelectorAll(".jp-OutputArea-output :is("
    + "a[href], button, input, select, textarea, canvas, [tabindex='0'], [role=button], "
    + ".jupyter-widget-Collapse-header)")]
  .filter(part => part.checkVisibility({visibilityProperty: true}) && !part.disabled)"""
LIVE = [
    """import numpy as np
from hwr import Pad, Recognizer, check, synthetic
from hwr.ink import convert
from hwr.interactive import ConfusionViewer, ConvolutionSteps, Duel, Fool
from hwr.interactive import KernelWorkshop, PoolingSteps, Replay
from hwr.plots.tables import Table

ink = synthetic.draw("g", np.random.default_rng(4))
images = np.stack([convert(ink)] * 40)
recognizer = Recognizer.load()
almost = np.eye(47)[:40] * 0.02 + 1 / 47  # forty classes, hardly more probable than the others
halves = lambda images: np.tile([0.7, 0.3], (len(images), 1))""",
    "check.top(...)",
    "check.top(1)",
    "check.top.praise",
    "check.top.hint()",
    "check.top.solution()",
    "check.larger_images",
    """from hwr import plots
made, ax = plots.new_figure(size=(14, 2))
made.alt = "A figure that is too wide, with alt text"
plots.show(made)""",
    "Table(['a', 'b'], [(1, 2)] * 40, 'Forty rows', height='8em')",
    "pad = Pad()\npad",
    "await pad.replay(ink, 0.1)",
    f"""import sys
sys.path.append({str(ROOT / "tests")!r})
from helpers.hands import in_ink, picture, strokes_of""",
    """words = Pad(mode="word")
await words.replay(in_ink("hello"), 0.1)
words""",
    """lines = Pad(mode="line")
lines.shown.sheet.begin((200, 200))
lines.shown.sheet.end()
await lines.replay(in_ink("go"), 0.1)
lines""",
    """pictures = Pad(mode="picture")
pictures.shown.open(picture(*strokes_of("hello", (80, 250), 80), size=(900, 400)))
pictures""",
    "ConvolutionSteps(np.eye(5), np.eye(3))",
    "PoolingSteps(np.arange(36).reshape(6, 6))",
    "KernelWorkshop(images[0])",
    "Replay(ink, recognizer, 10)",
    "Fool(images[0], {'plain': halves, 'augmented': halves}, 'gq', 'g')",
    "ConfusionViewer(images, np.arange(40) % 2, np.arange(40) % 3, '0Oo')",
    "from hwr import interactive, models",
    "interactive.Explorer(models.build('lenet', 10), ink)",
    "Duel(images, np.arange(40), almost, n=40)",
    """duel = Duel(images, np.arange(40), almost, n=40)
for image in duel.images:
    duel.field.value = "g"
    duel.next.click()
duel""",
]

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine: not tested"),
]


@contextmanager
def opened(browser, show, allowed="nowhere"):
    """Open a page without a network, fill it by `show`, and yield it and what it asked for."""
    with browser.new_context(viewport={"width": WIDTH, "height": HEIGHT}) as context:
        page, asked = context.new_page(), []
        page.set_default_timeout(60_000)

        def judge(route):
            if route.request.url.startswith((allowed, "data:")):
                return route.continue_()
            asked.append(route.request.url)
            return route.abort()

        page.route("**/*", judge)
        show(page)
        page.evaluate((files("axe_playwright_python") / "axe.min.js").read_text("utf-8"))
        yield page, asked


@contextmanager
def dark(page):
    """Give a page the colours of JupyterLab's dark theme."""
    theme = next(
        file
        for folder in jupyter_path("nbconvert", "templates", "lab", "static")
        if (file := Path(folder) / "theme-dark.css").is_file()
    )
    style = page.add_style_tag(path=theme)
    yield
    style.evaluate("style => style.remove()")


@contextmanager
def zoomed(page, percent=200):
    """Give a page the width that is left at some zoom."""
    page.set_viewport_size({"width": WIDTH * 100 // percent, "height": 500})
    yield
    page.set_viewport_size({"width": WIDTH, "height": HEIGHT})


def too_wide(page):
    """Return what is wider than the page after it has adapted to its new width."""
    with suppress(playwright.TimeoutError):
        page.wait_for_function(f"({TOO_WIDE})().length === 0", timeout=20_000)
    return page.evaluate(TOO_WIDE)


def violations(page):
    """Return what axe objects to in our content, in light and in dark colours."""
    found = page.evaluate(AXE, [OURS, {"rules": NOT_OURS}])
    with dark(page):
        contrast = {"runOnly": ["color-contrast"]}
        found += [f"dark: {one}" for one in page.evaluate(AXE, [OURS, contrast])]
    return found


# --- the lessons -------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def exporter():
    from nbconvert import HTMLExporter

    # Without input cells a page has a fifth of the elements: code is nbconvert's to colour.
    return HTMLExporter(mathjax_url="", require_js_url="", exclude_input=True)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_a_lesson_is_accessible(browser, exporter, path):
    html, _ = exporter.from_filename(path)
    with opened(browser, lambda page: page.set_content(html)) as (page, asked):
        assert page.locator("h1").count() == 1
        assert violations(page) == []
        with zoomed(page):
            assert too_wide(page) == []
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        assert asked == []


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_every_picture_of_a_lesson_says_what_it_shows(exporter, path):
    html, _ = exporter.from_filename(path)
    for tag in re.findall(r"<img[^>]*>", html):
        # nbconvert makes up a text for a picture without one.
        assert re.search(r"""alt=(["'])(?!No description).{10,}?\1""", tag), tag[:80]


# --- what is interactive -----------------------------------------------------------------------


@pytest.fixture(scope="module")
def live(jupyter, browser):
    name = write_notebook(jupyter, "live.ipynb", *LIVE, hidden=True)

    def show(page):
        page.goto(jupyter.url(f"notebooks/{name}"), timeout=90_000)
        ready = page.locator(".jp-Notebook-ExecutionIndicator[data-status=idle]")
        run_all(page, ready)
        page.locator(".hwr-duel").wait_for()  # the last cell's
        open_panel = page.get_by_role("button", name="What the network looks at").first
        open_panel.focus()
        page.keyboard.press("Enter")
        page.locator(".hwr-inside img").nth(2).wait_for()

    with opened(browser, show, jupyter.address) as (page, _):
        yield page


def test_what_is_interactive_is_accessible(live):
    states = live.locator("[role=status] b").all_text_contents()
    assert states == ["○ Not attempted.", "✗ Wrong.", "✓ Right."]
    assert live.locator(".hwr-pad").count() == 13
    assert live.locator(".hwr-word:visible").all_text_contents() == ["hello", "go", "hello"]
    assert violations(live) == []
    pictures = live.locator(".jp-OutputArea-output img").all()
    assert all(picture.get_attribute("alt") for picture in pictures)
    assert live.get_by_alt_text("A figure that is too wide, with alt text").count() == 1


@pytest.mark.parametrize("percent", [200, 400])
def test_nothing_interactive_is_too_wide_when_zoomed(live, percent):
    with zoomed(live, percent):
        assert too_wide(live) == []


def test_every_control_is_reached_by_the_tab_key(live):
    count = live.evaluate(f"({CONTROLS})().length")
    assert count >= 40
    live.locator("input[type=radio]").first.focus()
    for _ in range(count + 20):
        live.evaluate("document.activeElement.dataset.reached = 'yes'")
        live.keyboard.press("Tab")
        if live.evaluate("document.activeElement.tagName") == "CANVAS":
            live.evaluate("document.activeElement.dataset.reached = 'yes'")
            live.keyboard.press("Tab")  # leaves the sheet
            live.wait_for_function("document.activeElement.tagName != 'CANVAS'")
    missed = f"({CONTROLS})().filter(part => !part.dataset.reached).map(part => part.outerHTML)"
    assert live.evaluate(missed) == []


def test_keys_answer_a_question_and_move_a_slider(live):
    live.get_by_label("a) it stays the same").focus()
    live.keyboard.press("Space")
    live.locator("[role=status] b", has_text="Right").nth(1).wait_for()
    live.get_by_label("Down").focus()
    live.keyboard.press("ArrowUp")
    before = live.get_by_alt_text("The changed character").get_attribute("src")
    changed = live.locator(f'img[alt="The changed character"]:not([src="{before}"])')
    live.keyboard.press("ArrowUp")
    changed.wait_for()


def test_the_mouse_drags_a_slider(live):
    """Its knob is hidden from keys and screen readers only."""
    field = live.get_by_label("Thickness")
    knob = live.locator(".hwr-slider", has=field).locator(".noUi-touch-area")
    before = field.input_value()
    knob.hover()  # waits until the page stands still
    box = knob.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    live.mouse.down()
    live.mouse.move(x + 60, y, steps=3)
    live.mouse.up()
    playwright.expect(field).not_to_have_value(before)
    assert float(field.input_value()) > float(before)
