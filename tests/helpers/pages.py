"""Shared by the tests of the web page: opening it from disk, drawing on it, reading its answer."""

import json
import re
from contextlib import contextmanager
from importlib.resources import files

import numpy as np
import pytest

from hwr.ink import Ink
from hwr.web import tfjs
from tools.checks import find_chromium

needs_browser = [
    pytest.mark.browser,
    pytest.mark.skipif(find_chromium() is None, reason="no Chromium on this machine"),
]
needs_runtime = pytest.mark.skipif(
    not tfjs.is_installed(),
    reason="TensorFlow.js is not installed, which needs a network: python -m hwr.web.tfjs",
)

AXE = """async () => {
  const {violations} = await axe.run({resultTypes: ["violations"], preload: false});
  return violations.filter(({impact}) => /serious|critical/.test(impact)).flatMap(({id, nodes}) =>
    nodes.map(node => `${id}: ${node.html.slice(0, 200)}; ${node.failureSummary}`));
}"""


@contextmanager
def opened(browser, path, problems=(), before="", **options):
    """Open a page from disk, offline; requests, errors and messages fail the test.

    ``problems`` are patterns of expected ones; ``before`` is JavaScript to run before the page.
    """
    context = browser.new_context(offline=True, **options)
    page, found = context.new_page(), []
    page.on("console", lambda said: found.append(said.text))
    page.on("pageerror", lambda error: found.append(str(error)))
    own = (path.as_uri(), "data:", "blob:")
    page.on("request", lambda r: None if r.url.startswith(own) else found.append(r.url))
    page.on("requestfailed", lambda request: found.append(f"failed: {request.url[:80]}"))
    if before:
        page.add_init_script(before)
    page.goto(path.as_uri())
    try:
        yield page
    finally:
        context.close()
    assert not [said for said in found if not any(re.search(p, said) for p in problems)]


@contextmanager
def large_text(page):
    """Let the browser's standard size of text be twice as large, in frames too, without zooming."""
    session = page.context.new_cdp_session(page)
    session.send("Page.setFontSizes", {"fontSizes": {"standard": 32, "fixed": 26}})
    yield
    session.send("Page.setFontSizes", {"fontSizes": {"standard": 16, "fixed": 13}})
    session.detach()


def started(page):
    """Wait until the network is ready."""
    page.get_by_text("Draw a digit or a letter", exact=True).wait_for()
    return page


def pad(page):
    """Return the visible pad."""
    return page.locator("canvas.pad:visible")


def placed(page, ink, share=0.6):
    """Return a drawing's strokes in the middle of the pad, in whole pixels of the window."""
    pad(page).scroll_into_view_if_needed()
    box = pad(page).bounding_box()
    low, high = ink.bounds()
    wide, tall = (high - low).clip(1e-9)
    scale = share * min(box["width"] / wide, box["height"] / tall)
    middle = [box["x"] + box["width"] / 2, box["y"] + box["height"] / 2]
    return [
        np.round((stroke - (low + high) / 2) * scale + middle).astype(int).tolist()
        for stroke in ink.strokes
    ]


def draw(page, strokes, how="mouse"):
    """Draw strokes with the mouse, a finger or a pen, and wait for the answer."""
    {"mouse": by_mouse, "touch": by_touch, "pen": by_pen}[how](page, strokes)
    return settled(page)


def settled(page):
    """Wait until the newest ink has been read, which happens after the next frame."""
    page.evaluate("() => new Promise(done => requestAnimationFrame(() => setTimeout(done, 20)))")
    return page


def by_mouse(page, strokes):
    for first, *others in strokes:
        page.mouse.move(*first)
        page.mouse.down()
        for point in others:
            page.mouse.move(*point)
        page.mouse.up()


def by_touch(page, strokes):
    session = page.context.new_cdp_session(page)
    for first, *others in strokes:
        touch(session, "touchStart", first)
        for point in others:
            touch(session, "touchMove", point)
        touch(session, "touchEnd")
    session.detach()


def touch(session, kind, *points):
    """Send an event with the places of all fingers."""
    places = [{"x": x, "y": y, "id": i} for i, (x, y) in enumerate(points)]
    session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": places})


def by_pen(page, strokes):
    session = page.context.new_cdp_session(page)

    def send(kind, point, **more):
        place = {"x": point[0], "y": point[1], "pointerType": "pen", "button": "left"}
        session.send("Input.dispatchMouseEvent", {"type": kind, **place, **more})

    for first, *others in strokes:
        send("mousePressed", first, clickCount=1, buttons=1)
        for point in others:
            send("mouseMoved", point, buttons=1)
        send("mouseReleased", (others or [first])[-1], clickCount=1)
    session.detach()


def answer(page):
    """Return the sentence that is shown."""
    return page.locator("[data-output=answer]:visible").text_content()


def best(page):
    """Return the three most probable characters and their percentages, as shown."""
    return [item.split(" ", 1) for item in page.locator(".best li").all_text_contents()]


def agrees(page, reading):
    """Return whether the page shows Python's reading, to within one per cent for rounding."""
    shown = best(page)
    members = dict(zip(reading.alphabet.classes, reading.alphabet.members, strict=True))
    assert [name for name, _ in shown] == ["/".join(members[c]) for c, _ in reading.candidates]
    for (_, text), (_, share) in zip(shown, reading.candidates, strict=True):
        number = float(re.sub(r"[<>% ]", "", text))
        assert abs(number - 100 * share) <= 1.01, (text, share)
    sentence = answer(page)
    first = "/".join(members[reading.best])
    if reading.instead and reading.outside >= 0.5:
        assert sentence.startswith(("That is no", "This looks like no character."))
        assert sentence.endswith(f", most like {first}.")
    else:
        assert sentence.startswith(f"{first}, " if reading.sure else f"not sure: perhaps {first}")
    return True


def ink_of(strokes):
    """Return strokes as ``Ink``."""
    return Ink([[(float(x), float(y)) for x, y in stroke] for stroke in strokes])


def axe(page):
    """Return the serious and critical violations that axe finds."""
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate((files("axe_playwright_python") / "axe.min.js").read_text("utf-8"))
    return page.evaluate(AXE)


def call(page, function, value):
    """Call a function in a page with a value, and return its result, both by way of JSON.

    Typed arrays become lists.
    """
    plain = "(_, value) => ArrayBuffer.isView(value) ? Array.from(value) : value"
    code = f"async text => JSON.stringify(await ({function})(JSON.parse(text)), {plain})"
    return json.loads(page.evaluate(code, json.dumps(value)))


def refusal(page, call):
    """Return the message of the error that a call in a page throws."""
    return page.evaluate(f"() => {{ try {{ {call}; }} catch (error) {{ return error.message; }} }}")
