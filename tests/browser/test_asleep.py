"""A pad says that it sleeps when its kernel was restarted, and how to wake it."""

import pytest
from helpers.lab import (
    IN_A_BROWSER,
    draw_with_mouse,
    finished,
    made_up,
    opened,
    playwright,
    restart,
    run_all,
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
    with opened(browser, jupyter.url(f"{front_end}/{name}")) as page:
        run_all(page, page.locator(READY[front_end]))
        sheet, note = the_pad(page), page.locator(".hwr-asleep").first
        draw_with_mouse(page, sheet, made_up("g"))  # while the second cell still runs
        playwright.expect(note).to_be_attached()
        playwright.expect(note).to_be_hidden()
        finished(page)
        wait_for_answer(page, "g")

        restart(page)
        playwright.expect(note).to_be_visible()
        playwright.expect(note).to_contain_text("run this cell again")
        playwright.expect(page.get_by_role("alert").locator("visible=true")).to_have_count(1)
        shot(page, f"asleep-{front_end.split('/')[0]}.png")

        run_all(page, page.locator(READY[front_end]))
        playwright.expect(note).to_be_hidden()
        finished(page)
        draw_with_mouse(page, the_pad(page), made_up("g"))
        wait_for_answer(page, "g")
