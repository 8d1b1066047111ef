"""Convolution and pooling step by step in JupyterLab, in a real browser, by keyboard."""

import re

from helpers.lab import IN_A_BROWSER, finished, opened, playwright, run_all, shot, write_notebook

pytestmark = IN_A_BROWSER

TOYS = [
    "import numpy as np\nfrom hwr import interactive\n\n"
    "interactive.ConvolutionSteps(np.eye(5), np.eye(3))",
    "interactive.PoolingSteps(np.arange(36).reshape(6, 6) % 7)",
]


def press(page, button):
    """Press a button by keyboard."""
    button.focus()
    page.keyboard.press("Enter")


def test_a_window_goes_its_way_by_itself_pauses_and_follows_its_controls(jupyter, browser):
    name = write_notebook(jupyter, "steps.ipynb", *TOYS)
    with opened(browser, jupyter.url(f"lab/workspaces/steps/tree/{name}")) as page:
        run_all(page, page.get_by_text("Python 3 (ipykernel) | Idle"), ".hwr-slider")
        finished(page)
        convolution, pooling = (page.locator(".hwr-pad").nth(place) for place in (0, 1))
        # The widget alone is shown, not the still figure beside it.
        pictures = page.locator(".jp-OutputArea-output img").locator("visible=true")
        playwright.expect(pictures).to_have_count(2)

        tracks = page.locator(".hwr-slider .noUi-target")
        playwright.expect(tracks).to_have_count(4)
        assert min(track.bounding_box()["width"] for track in tracks.all()) > 50

        press(page, convolution.get_by_role("button", name="Play"))
        heard = convolution.locator("[aria-live=polite]")
        playwright.expect(heard).to_contain_text("Place 3 of 9: ")
        press(page, convolution.get_by_role("button", name="Pause"))
        play = convolution.get_by_role("button", name="Play")
        play.wait_for()
        paused = heard.text_content()
        page.wait_for_timeout(2_500)  # three pauses long
        assert heard.text_content() == paused
        assert convolution.locator("img").get_attribute("alt") == paused
        press(page, play)
        playwright.expect(heard).to_contain_text("Place 9 of 9: patch times kernel sums up to 3.")
        play.wait_for()

        heard = pooling.locator("[aria-live=polite]")
        stride = pooling.get_by_role("spinbutton", name="Stride")
        stride.fill("1")
        stride.press("Enter")
        playwright.expect(heard).to_contain_text("Window 1 of 25: the largest")
        press(page, pooling.get_by_role("button", name="average"))
        playwright.expect(heard).to_contain_text(re.compile(r"the average of its numbers is"))
        step = pooling.get_by_role("spinbutton", name="Step")
        step.fill("25")
        step.press("Enter")
        playwright.expect(heard).to_contain_text("Window 25 of 25: ")
        playwright.expect(page.locator(".hwr-problem")).to_have_count(0)
        pooling.scroll_into_view_if_needed()
        shot(page, "steps.png")
