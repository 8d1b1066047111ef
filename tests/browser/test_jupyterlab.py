"""The pad in JupyterLab, in a real browser: mouse, finger, taps and keyboard.

Needs Chromium, Chrome or Edge on this machine; without it these tests are skipped. Screenshots are
left in ``screenshots/``; ``docs/pad.png``, a picture in ``README.md``, is a copy of one of them.
"""

import shutil

import pytest
from helpers.accessibility import axe
from helpers.hands import JOINED, keys_that_join
from helpers.lab import (
    IN_A_BROWSER,
    NOT_FOUND,
    NOTEBOOK,
    PAD,
    ROOT,
    clear,
    cut,
    dark,
    draw_by_touch,
    draw_with_mouse,
    finished,
    large_text,
    made_up,
    narrowing,
    open_panel,
    opened,
    playwright,
    reload,
    run_all,
    run_first,
    save,
    shot,
    the_pad,
    wait_for_answer,
    wait_for_ink,
)  # fmt: skip

pytestmark = IN_A_BROWSER


def test_jupyterlab(jupyter, browser):
    """Mouse, finger, keyboard and a reload, in the notebook as learners open it."""
    url = jupyter.url(f"lab/workspaces/light/tree/{NOTEBOOK}")
    with opened(browser, url, expected=NOT_FOUND, has_touch=True) as page:
        run_all(page, page.get_by_text("Python 3 (ipykernel) | Idle"))
        finished(page)
        sheet = the_pad(page)

        clear(page)
        draw_with_mouse(page, sheet, made_up("g"))
        wait_for_answer(page, "g")
        assert page.locator(".hwr-steps").first.locator("img").count() == 5
        wait_for_ink(sheet, 5_000)
        shot(page, "pad.png")
        assert axe(page) == []
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
        save(page, jupyter.folder / "work" / NOTEBOOK)
        reload(page)
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


def test_layout_in_a_narrow_dark_window(jupyter, browser):
    """Nothing is cut off at 800 pixels, and the sheet stays in its place under the pen."""
    url = jupyter.url(f"lab/workspaces/dark/tree/{jupyter.copy('dark.ipynb')}")
    with dark(jupyter), opened(browser, url, width=800) as page:
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
        assert axe(page) == []
        shot(page, "pad-narrow-dark.png")


START = "00_start_here.ipynb"


@pytest.fixture(scope="module")
def first_lesson(jupyter, browser):
    """The first lesson in JupyterLab, after its first code cell has been run by Shift+Enter."""
    shutil.copy(ROOT / "notebooks" / START, jupyter.folder / "work" / START)
    url = jupyter.url(f"lab/workspaces/first/tree/{START}")
    with opened(browser, url, height=800) as page:
        run_first(page)
        finished(page)
        yield page


def test_the_whole_sheet_is_in_view_after_the_first_cell(first_lesson):
    sheet = first_lesson.locator(PAD).bounding_box()
    window = first_lesson.locator(".jp-WindowedPanel-outer").bounding_box()
    assert sheet["y"] >= window["y"]
    assert sheet["y"] + sheet["height"] <= window["y"] + window["height"]


def test_keys_alone_and_taps_alone_draw(first_lesson):
    page, sheet = first_lesson, the_pad(first_lesson)
    sheet.focus()
    for _ in range(4):  # the first one lets go of the sheet; Undo and Clear lie between
        page.keyboard.press("Tab")
        playwright.expect(sheet).not_to_be_focused()
    playwright.expect(page.get_by_label("Join points")).to_be_focused()
    page.keyboard.press("Space")
    sheet.focus()
    for character, strokes in JOINED.items():
        for key in keys_that_join(strokes):
            page.keyboard.press(key)
        wait_for_answer(page, character)
        page.keyboard.press("Delete")
        page.keyboard.press("Escape")  # the next one begins in the middle again
        playwright.expect(sheet).not_to_be_focused()
        sheet.focus()
    for character, strokes in JOINED.items():
        box = sheet.bounding_box()
        middle = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
        for stroke in strokes:
            for x, y in [*stroke, stroke[-1]]:
                page.mouse.click(middle[0] + 12 * x, middle[1] + 12 * y)
        wait_for_answer(page, character)
        shot(page, f"pad-taps-{character}.png")
        if character != "A":
            clear(page)


def test_no_width_cuts_a_control(first_lesson):
    page = first_lesson
    open_panel(page)
    with narrowing(page):
        for width in (1280, 768, 320):
            assert cut(page, width) == [], width
        shot(page, "pad-320.png")
        with large_text(page):
            for width in (1280, 640):
                assert cut(page, width) == [], f"large text, {width}"
            shot(page, "pad-large-text.png")


def test_axe_finds_nothing_light_or_dark(first_lesson, jupyter):
    page = first_lesson
    assert axe(page) == []
    with dark(jupyter):
        page.reload()
        page.locator("body[data-jp-theme-light=false]").wait_for(state="attached")
        run_first(page)  # not all of its outputs were made here, so the page trusts none of them
        finished(page)
        assert axe(page) == []
        shot(page, "pad-dark.png")
