"""The pad in JupyterLab, in a real browser: mouse, finger and keyboard.

Needs Chromium, Chrome or Edge on this machine; without it these tests are skipped. Screenshots are
left in ``screenshots/``; ``docs/pad.png``, a picture in ``README.md``, is a copy of one of them.
"""

import json

import pytest
from helpers.lab import (
    IN_A_BROWSER,
    NOTEBOOK,
    clear,
    draw_by_touch,
    draw_with_mouse,
    finished,
    made_up,
    open_panel,
    opened,
    playwright,
    run_all,
    shot,
    the_pad,
    wait_for_answer,
    wait_for_ink,
)  # fmt: skip

pytestmark = IN_A_BROWSER


def test_jupyterlab(jupyter, browser):
    """Mouse, finger, keyboard and a reload, in the notebook as learners open it."""
    url = jupyter.url(f"lab/workspaces/light/tree/{NOTEBOOK}")
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
        page.wait_for_timeout(3000)
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


def test_layout_in_a_narrow_dark_window(jupyter, browser):
    """Nothing is cut off at 800 pixels, and the sheet stays in its place under the pen."""
    settings = jupyter.folder / "settings/@jupyterlab/apputils-extension"
    dark = settings / "themes.jupyterlab-settings"
    dark.write_text(json.dumps({"theme": "JupyterLab Dark"}))
    with opened(
        browser, jupyter.url(f"lab/workspaces/dark/tree/{jupyter.copy('dark.ipynb')}"), width=800
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
