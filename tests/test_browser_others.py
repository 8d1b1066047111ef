"""The pad in Notebook 7 and in Voilà, in a real browser (as :mod:`test_browser`)."""

from lab import (
    IN_A_BROWSER,
    clear,
    draw_with_mouse,
    finished,
    made_up,
    opened,
    run_all,
    shot,
    the_pad,
    wait_for_answer,
    wait_for_ink,
)  # fmt: skip

pytestmark = IN_A_BROWSER


def test_notebook_7(jupyter, browser):
    with opened(browser, jupyter.url(f"notebooks/{jupyter.copy('notebook.ipynb')}")) as page:
        indicator = page.locator(".jp-Notebook-ExecutionIndicator[data-status=idle]")
        run_all(page, indicator)
        finished(page)
        sheet = the_pad(page)
        clear(page)
        draw_with_mouse(page, sheet, made_up("g"))
        wait_for_answer(page, "g")
        wait_for_ink(sheet, 5_000)
        shot(page, "pad-notebook.png")


def test_voila(jupyter, browser):
    """Voilà shows a page when all cells have run; the hint must not be lost on the way."""
    with opened(browser, jupyter.url(f"voila/render/{jupyter.copy('page.ipynb')}")) as page:
        sheet = the_pad(page)
        clear(page)
        draw_with_mouse(page, sheet, made_up("g"))
        wait_for_answer(page, "g")
        wait_for_ink(sheet, 5_000)
        shot(page, "pad-voila.png")
