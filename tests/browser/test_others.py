"""The pad in Notebook 7, in a real browser (as :mod:`test_jupyterlab`)."""

from helpers.lab import IN_A_BROWSER, finished, opened, reads_what_is_drawn, run_all

pytestmark = IN_A_BROWSER


def test_notebook_7(jupyter, browser):
    with opened(browser, jupyter.url(f"notebooks/{jupyter.copy('notebook.ipynb')}")) as page:
        indicator = page.locator(".jp-Notebook-ExecutionIndicator[data-status=idle]")
        run_all(page, indicator)
        finished(page)
        reads_what_is_drawn(page, "pad-notebook.png")
