"""The web page in a notebook's frame, as in the last cell of lesson 08, in a real browser.

A Jupyter server sandboxes files (``sandbox allow-scripts``), which then have no storage and no
origin; the page has to read all the same.
"""

import json
import re

import pytest
from helpers.lab import (
    IN_A_BROWSER,
    ROOT,
    draw_with_mouse,
    finished,
    made_up,
    opened,
    playwright,
    run_all,
    shot,
    write_notebook,
)

from hwr.web import build as web
from hwr.web import tfjs

pytestmark = [
    *IN_A_BROWSER,
    pytest.mark.skipif(
        not tfjs.is_installed(), reason="TensorFlow.js is not installed: no page to frame"
    ),
]

FRAME = "iframe[title^='The page']"


@pytest.fixture
def lesson(jupyter):
    """A notebook with lesson 08's last cell, and the page where that cell looks for it."""
    web.build_page(jupyter.folder / "work" / "drawings" / "my_page.html")
    source = (ROOT / "notebooks" / "08_into_the_browser.ipynb").read_text("utf-8")
    cells = [cell for cell in json.loads(source)["cells"] if cell["cell_type"] == "code"]
    last = "".join(cells[-1]["source"])
    assert "IFrame(" in last
    path = 'from pathlib import Path\n\nout = Path("drawings") / "my_page.html"'
    return write_notebook(jupyter, "frame.ipynb", path, last)


def reads_a_drawing(page):
    frame = page.frame_locator(FRAME)
    sheet = frame.locator("canvas.pad").first
    frame.get_by_text("Draw a digit or a letter", exact=True).wait_for(timeout=120_000)
    sheet.scroll_into_view_if_needed()
    draw_with_mouse(page, sheet, made_up("g"))
    answer = frame.locator("[data-output=answer]").first
    playwright.expect(answer).to_contain_text(re.compile(r"\bg\b"))


def test_it_reads_in_jupyterlab(jupyter, browser, lesson):
    with opened(browser, jupyter.url(f"lab/workspaces/frame/tree/{lesson}")) as page:
        run_all(page, page.get_by_text("Python 3 (ipykernel) | Idle"), shows=FRAME)
        finished(page)
        reads_a_drawing(page)
        shot(page, "page-in-jupyterlab.png")


def test_it_reads_in_notebook_7(jupyter, browser, lesson):
    with opened(browser, jupyter.url(f"notebooks/{lesson}")) as page:
        idle = page.locator(".jp-Notebook-ExecutionIndicator[data-status=idle]")
        run_all(page, idle, shows=FRAME)
        finished(page)
        reads_a_drawing(page)
        shot(page, "page-in-notebook.png")
