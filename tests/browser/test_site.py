"""The website in real browsers, from disk and from a server: light, narrow, live and accessible.

Needs Chromium, Chrome or Edge on this machine, and one test Firefox; without it they are skipped.
"""

import functools
import http.server
import re
import threading

import numpy as np
import pytest
from helpers.firefox import DOWN, RIGHT, firefox, needs_firefox
from helpers.hands import JOINED, keys_that_join
from helpers.lab import SCREENSHOTS
from helpers.pages import (
    agrees,
    axe,
    best,
    by_mouse,
    ink_of,
    large_text,
    needs_browser,
    needs_runtime,
    placed,
    settled,
    started,
)

from hwr import check, ink, web
from hwr.datasets.synthetic import Writer
from hwr.recognizer import Recognizer
from tools.solutions import lessons

pytestmark = [*needs_browser, needs_runtime]
NAMES = [path.stem for path in lessons()]
MAX_FIRST_SIGHT = 500_000  # bytes that a lesson loads before anybody scrolls


@pytest.fixture(scope="module")
def server(site):
    """The site in a folder of a server."""

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *_):
            pass

        def end_headers(self):
            self.send_header("Cache-Control", "no-store")  # each lesson is somebody's first
            super().end_headers()

    handler = functools.partial(Quiet, directory=site.parent)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as listening:
        thread = threading.Thread(target=listening.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{listening.server_port}/site/"
        listening.shutdown()


@pytest.fixture
def open_page(browser, site):
    """Open pages of a base address; a request to elsewhere or a message fails the test."""
    found, contexts = [], []

    def opened(base, **options):
        context = browser.new_context(**options)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda said: found.append(said.text))
        page.on("pageerror", lambda error: found.append(str(error)))
        own = (base, "data:", "blob:")
        page.on("request", lambda r: None if r.url.startswith(own) else found.append(r.url))
        page.on("requestfailed", lambda request: found.append(f"failed: {request.url[:80]}"))
        return page

    yield opened
    for context in contexts:
        context.close()
    assert found == []


def test_a_lesson_is_light_and_nothing_scrolls_sideways(open_page, server):
    """No lesson loads its pad or all its figures before they come near."""
    page = open_page(server, viewport={"width": 1280, "height": 800})
    loaded = []

    def keep(response):
        loaded.append(response)

    page.on("response", keep)
    for name in ("index", *(f"notebooks/{each}" for each in NAMES)):
        page.goto(f"{server}{name}.html")
        page.wait_for_load_state("networkidle")
        sizes = {response.url: len(response.body()) for response in loaded}
        assert sum(sizes.values()) <= MAX_FIRST_SIGHT, sizes
        assert not any("pad.html" in address for address in sizes)
        for width in (320, 768, 1280):
            page.set_viewport_size({"width": width, "height": 800})
            assert page.evaluate("document.documentElement.scrollWidth") <= width, (name, width)
            assert page.evaluate(CUT) == [], (name, width)
        loaded.clear()


CUT = """[...document.querySelectorAll("article :is(img, pre, summary, iframe, button, math)")]
  .filter(each => !each.closest("[tabindex], figure") && each.getClientRects().length)
  .filter(each => { const {left, right} = each.getBoundingClientRect();
    return left < -1 || right > innerWidth + 1; })
  .map(each => each.outerHTML.slice(0, 100))"""
"""Figures, code and controls that reach beyond the window; what scrolls by itself aside."""


@pytest.mark.parametrize("where", ["disk", "server"])
def test_its_pad_reads_as_python_reads(open_page, site, server, where, record_property):
    base = f"{site.as_uri()}/" if where == "disk" else server
    page = open_page(base, viewport={"width": 1280, "height": 900}, offline=where == "disk")
    page.goto(f"{base}notebooks/00_start_here.html")
    began = page.evaluate("performance.now()")
    page.locator(".hwr-live").scroll_into_view_if_needed()
    page.locator(".hwr-started iframe").wait_for()
    frame = page.frames[1]
    started(frame)
    milliseconds = page.evaluate("performance.now()") - began
    record_property(f"the site's pad, from {where}, ready after", f"{milliseconds:.0f} ms")
    assert not page.locator(".hwr-live img").is_visible()
    assert page.locator("iframe").bounding_box()["height"] > 500
    strokes = placed(frame, Writer(3).draw("7", np.random.default_rng(3)))
    by_mouse(page, strokes)
    assert agrees(settled(frame), Recognizer.load().read(ink_of(strokes)))
    assert frame.evaluate("document.documentElement.scrollHeight <= innerHeight")
    draws_by_keys_and_taps(page, frame)
    nothing_is_cut_in_large_text(page, frame)


def draws_by_keys_and_taps(page, frame):
    """Draw a 7 and an A by joined points: by keys alone, and by taps alone."""
    frame.get_by_role("checkbox", name="Join points").focus()
    page.keyboard.press("Space")
    sheet = frame.locator("canvas.pad:visible")
    for character, strokes in JOINED.items():
        sheet.focus()
        page.keyboard.press("Escape")
        for key in keys_that_join(strokes):
            page.keyboard.press(key)
        assert best(settled(frame))[0][0] == character
        frame.get_by_role("button", name="Clear").focus()
        page.keyboard.press("Enter")
        sheet.scroll_into_view_if_needed()
        box = sheet.bounding_box()
        middle = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
        for stroke in strokes:
            for x, y in [*stroke, stroke[-1]]:
                page.mouse.click(middle[0] + 12 * x, middle[1] + 12 * y)
        assert best(settled(frame))[0][0] == character


def nothing_is_cut_in_large_text(page, frame):
    """Double the browser's standard size of text, without zooming."""
    with large_text(page):
        for width in (1280, 640):
            page.set_viewport_size({"width": width, "height": 900})
            fits = "document.documentElement.scrollWidth <= innerWidth"
            frame.wait_for_function("parseFloat(getComputedStyle(document.body).fontSize) > 30")
            page.wait_for_function(fits)
            frame.wait_for_function(fits)
            frame.wait_for_function(f"({CLIPPED}).length === 0")
            page.screenshot(path=SCREENSHOTS / f"site-large-text-{width}.png")


CLIPPED = """[...document.querySelectorAll("button, label, legend, select, .answer, th, .number")]
  .filter(each => each.checkVisibility({visibilityProperty: true})
    && !each.closest(".visually-hidden"))
  .filter(each => each.scrollWidth > each.clientWidth + 1 && each.clientWidth > 1)"""
"""Controls and answers that show a part of their text only."""


def test_the_explorer_computes_what_python_computes(open_page, site):
    page = open_page(site.as_uri(), viewport={"width": 1280, "height": 1300}, offline=True)
    page.goto(f"{site.as_uri()}/notebooks/01_convolution_and_pooling.html")
    page.locator("[data-frame$='explorer.html']").scroll_into_view_if_needed()
    page.locator("iframe").wait_for(state="attached")
    frame = page.frames[1]
    frame.locator("[data-output=answer]", has_text="The pad is empty.").wait_for()
    strokes = placed(frame, Writer(3).draw("B", np.random.default_rng(3)))
    by_mouse(page, strokes)
    image = ink.convert(ink_of(strokes))
    [logits] = Recognizer.load().logits(image[None])
    steps = settled(frame).locator(".steps canvas")
    named = ("CONV_2D", "MAX_POOL_2D", "ADD", "FULLY_CONNECTED")
    kinds = [o.kind for o in web.read_network(Recognizer.load().weights).operations]
    assert steps.count() == sum(kind in named for kind in kinds)
    steps.last.focus()
    for unit in (1, 2):
        page.keyboard.press("ArrowRight")
        told = frame.locator("[data-output=value]").text_content()
        assert f"dense layer, unit {unit}: " in told
        assert float(told.rsplit(" ", 1)[1]) == pytest.approx(logits[unit], abs=0.01)


def test_a_readers_choice_of_dark_reaches_the_pad(open_page, site):
    page = open_page(site.as_uri(), viewport={"width": 1280, "height": 900}, color_scheme="light")
    page.on("console", lambda said: None)
    page.goto(f"{site.as_uri()}/notebooks/00_start_here.html")
    page.locator(".hwr-live").scroll_into_view_if_needed()
    page.locator(".hwr-started iframe").wait_for()
    frame = started(page.frames[1])
    ground = "getComputedStyle(document.body).backgroundColor"
    light = frame.evaluate(ground)
    page.evaluate("document.body.dataset.theme = 'dark'")
    frame.wait_for_function(f"{ground} != '{light}'")
    page.evaluate("document.body.dataset.theme = 'auto'")
    frame.wait_for_function(f"{ground} == '{light}'")


def test_keys_answer_a_question_and_open_a_hint(open_page, site):
    page = open_page(site.as_uri())
    page.goto(f"{site.as_uri()}/notebooks/01_convolution_and_pooling.html")
    exercise = page.get_by_role("group", name="Exercise feature_map")
    first, second, *_ = check.feature_map.hints
    exercise.get_by_text("Hint 1 of 3").focus()
    page.keyboard.press("Enter")
    assert exercise.get_by_text(first).is_visible()
    assert not exercise.get_by_text(second).is_visible()
    option = page.locator(".hwr-question summary").first
    option.focus()
    page.keyboard.press("Space")
    verdict = page.locator(".hwr-question details[open] [role=status]")
    assert re.match(r"[✓✗] (Right|Wrong)\.", verdict.inner_text())


def test_the_search_finds_from_disk(open_page, site):
    page = open_page(site.as_uri(), offline=True)
    page.goto(f"{site.as_uri()}/index.html")
    page.get_by_placeholder("Search").fill("temperature")
    page.keyboard.press("Enter")
    found = page.locator("#search-results li a")
    found.first.wait_for()
    assert "notebooks/05_error_analysis.html" in " ".join(
        link.get_attribute("href") for link in found.all()
    )


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_is_accessible(open_page, site, scheme):
    """benchmarks/site.py looks at every page."""
    page = open_page(site.as_uri(), color_scheme=scheme, viewport={"width": 1280, "height": 900})
    for name in ("index.html", "search.html", "notebooks/07_teach_it_your_hand.html"):
        page.goto(f"{site.as_uri()}/{name}")
        page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true; })")
        assert axe(page) == [], name


@needs_firefox
def test_firefox_opens_it_from_disk_too(site, tmp_path):
    with firefox(tmp_path) as page:
        page.call("Navigate", url=f"{site.as_uri()}/notebooks/00_start_here.html")
        assert (
            page.evaluate("getComputedStyle(document.querySelector('pre')).whiteSpace")
            == "pre-wrap"
        )
        page.evaluate("document.querySelector('.hwr-live').scrollIntoView()")
        page.wait_for("!!document.querySelector('.hwr-started')")
        page.enter("iframe")
        answer = "document.querySelector('[data-output=answer]').textContent"
        page.wait_for(f"{answer} == 'Draw a digit or a letter'")
        page.evaluate("document.querySelector('.pad').focus()")
        page.press([" ", *12 * [DOWN], *8 * [RIGHT], " "])
        ell = [[0, 12 * i] for i in range(13)] + [[12 * i, 144] for i in range(1, 9)]
        best = Recognizer.load().read(ink_of([ell])).best
        assert page.wait_for("document.querySelector('.best b')?.textContent") == best
        page.call("SwitchToFrame")
        page.call("Navigate", url=f"{site.as_uri()}/search.html?q=temperature")
        page.wait_for("document.querySelectorAll('#search-results li').length > 1")
