"""The Explorer in JupyterLab and in Notebook 7: drawing, a click on a map, keys, and its terms."""

import pytest
from helpers.lab import (
    IN_A_BROWSER,
    NOT_FOUND,
    draw_with_mouse,
    finished,
    made_up,
    opened,
    playwright,
    reload,
    run_all,
    save,
    shot,
    the_pad,
    write_notebook,
)

pytestmark = IN_A_BROWSER

CELLS = (
    """from hwr import interactive, keras, models
keras.utils.set_random_seed(1)
network = models.build("lenet", 10)""",
    "explorer = interactive.Explorer(network)\nexplorer",
)
MAPS = ".hwr-maps"
BLUE = """canvas => { const data = canvas.getContext("2d")
    .getImageData(0, 0, canvas.width, canvas.height).data;
  let blue = 0;
  for (let i = 0; i < data.length; i += 4) blue += data[i + 2] > data[i] + 40;
  return blue; }"""


def field(page, name):
    return page.locator(".hwr-pad").get_by_label(name, exact=True)


def moves_by_keys(page):
    """Move the choice from where it is, in the maps themselves."""
    maps, fields = page.locator(MAPS), [field(page, name) for name in ("row", "column")]
    maps.nth(4).click(position={"x": 8, "y": 8})
    for one in fields:
        playwright.expect(one).to_have_value("0")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowDown")
    for one in fields:
        playwright.expect(one).to_have_value("1")
    page.keyboard.press("PageUp")
    playwright.expect(maps.nth(3)).to_be_focused()
    playwright.expect(maps.nth(3)).to_be_in_viewport()
    page.keyboard.press("Tab")  # lets go of the maps
    playwright.expect(maps.nth(3)).not_to_be_focused()


def values(page, kind):
    """Return the numbers of a kind in the table of terms, as they are before rounding."""
    cells = page.locator(f".hwr-terms td.{kind}").all()
    return [float(cell.get_attribute("data-value")) for cell in cells]


def opens_a_network_up(page, name):
    """Draw, click on the second convolution, and go on by keys."""
    sheet = the_pad(page)
    maps = page.locator(MAPS)
    playwright.expect(maps).to_have_count(9)  # the image, and eight layers
    assert maps.nth(1).evaluate(BLUE) == 0  # paper alone, and no bias
    draw_with_mouse(page, sheet, made_up("g"))
    page.wait_for_function(f"({BLUE})(document.querySelectorAll('{MAPS}')[1]) > 2000")

    second = maps.nth(3)
    second.scroll_into_view_if_needed()
    second.click(position={"x": 20, "y": 20})  # within the first map
    sentence = page.locator(".hwr-heard[aria-live=polite]").last
    playwright.expect(sentence).to_contain_text("in each of 6 maps times kernel")
    terms, totals = values(page, "term"), values(page, "total")
    assert len(terms) == 7  # six maps and the bias
    assert sum(terms) == pytest.approx(totals[0], abs=1e-9)
    assert totals[1] == max(totals[0], 0)  # ReLU
    shot(page, name)

    column = field(page, "column")  # by keys, in every front end
    before = int(column.input_value())
    column.focus()
    page.keyboard.press("ArrowUp")
    playwright.expect(sentence).to_contain_text(f"column {before + 1} of map")
    field(page, "Layer").select_option(index=4)
    playwright.expect(sentence).to_contain_text("the mean of the 2 × 2 values in a window on map 0")
    playwright.expect(field(page, "row")).to_have_value("2")
    widget = page.locator(".hwr-pad").first
    assert widget.evaluate("widget => widget.scrollWidth <= widget.clientWidth + 1")


def test_in_jupyterlab(jupyter, browser):
    name = write_notebook(jupyter, "explorer.ipynb", *CELLS)
    url = jupyter.url(f"lab/workspaces/explorer/tree/{name}")
    with opened(browser, url, expected=NOT_FOUND) as page:
        run_all(page, page.get_by_text("Python 3 (ipykernel) | Idle"))
        finished(page)
        opens_a_network_up(page, "explorer.png")
        moves_by_keys(page)
        save(page, jupyter.folder / "work" / name)
        reload(page)  # the drawing and the maps are drawn again
        the_pad(page)
        page.wait_for_function(f"({BLUE})(document.querySelectorAll('{MAPS}')[1]) > 2000")


def test_in_notebook_7(jupyter, browser):
    name = write_notebook(jupyter, "explorer7.ipynb", *CELLS)
    with opened(browser, jupyter.url(f"notebooks/{name}")) as page:
        run_all(page, page.locator(".jp-Notebook-ExecutionIndicator[data-status=idle]"))
        finished(page)
        opens_a_network_up(page, "explorer-notebook.png")
