"""After a restart or a reload a pad shows its last picture, and says that it sleeps."""

import re

import pytest
from helpers.lab import (
    IN_A_BROWSER,
    NOT_FOUND,
    PAD,
    draw_with_mouse,
    finished,
    made_up,
    opened,
    playwright,
    restart,
    run_all,
    save,
    shot,
    the_pad,
    wait_for_answer,
    write_notebook,
)

pytestmark = IN_A_BROWSER
READY = {
    "lab/workspaces/asleep/tree": "text=Python 3 (ipykernel) | Idle",
    "notebooks": ".jp-Notebook-ExecutionIndicator[data-status=idle]",
}


@pytest.mark.parametrize("front_end", READY, ids=["JupyterLab", "Notebook 7"])
def test_a_pad_without_its_kernel_says_so_and_how_to_wake_it(jupyter, browser, front_end):
    waits = "import time\ntime.sleep(3)"
    name = write_notebook(jupyter, "asleep.ipynb", "from hwr import Pad\n\nPad()", waits)
    with opened(browser, jupyter.url(f"{front_end}/{name}"), expected=NOT_FOUND) as page:
        run_all(page, page.locator(READY[front_end]))
        note, last = page.locator(".hwr-asleep:visible"), page.locator(".hwr-last img")
        draw_with_mouse(page, the_pad(page), made_up("g"))  # while the second cell still runs
        playwright.expect(page.locator(".hwr-asleep").first).to_be_attached()
        playwright.expect(note).to_have_count(0)
        finished(page)
        wait_for_answer(page, "g")
        playwright.expect(last).to_have_attribute("alt", re.compile("small g"))
        assert not last.is_visible()

        restart(page)
        sleeps(page, note, last)
        shot(page, f"asleep-{front_end.split('/')[0]}.png")
        if front_end == "notebooks":  # after a reload there is no widget any more
            save(page, jupyter.folder / "work" / name, "small g")
            page.reload()
            page.locator(READY[front_end]).wait_for()
            sleeps(page, note, last)

        run_all(page, page.locator(READY[front_end]))
        playwright.expect(note).to_have_count(0)
        finished(page)
        draw_with_mouse(page, the_pad(page), made_up("g"))
        wait_for_answer(page, "g")
        if front_end != "notebooks":
            playwright.expect(last).to_have_attribute("alt", re.compile("small g"))
            file = save(page, jupyter.folder / "work" / name, "small g")
            file.write_text(file.read_text("utf-8").replace("sleep(3)", "sleep(2)"), "utf-8")
            page.reload()  # as if somebody else had sent it
            words = page.locator(".hwr-untrusted")
            playwright.expect(words).to_contain_text("this notebook is not trusted")
            assert words.is_visible()
            assert page.locator("img").locator("visible=true").count() == 1
            assert not page.locator(PAD).is_visible()


def sleeps(page, note, last):
    """Wait until nothing is left of the pad but a sentence and its last picture."""
    playwright.expect(note).to_contain_text("run this cell again")
    playwright.expect(note).to_contain_text("Shift+Enter")
    playwright.expect(page.get_by_role("alert").locator("visible=true")).to_have_count(1)
    assert last.is_visible()
    assert not page.locator(PAD).is_visible()
    assert page.get_by_text("Error displaying widget").locator("visible=true").count() == 0
