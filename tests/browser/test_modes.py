"""Words, lines, pictures, exercises and interactive figures in JupyterLab, in a real browser.

As :mod:`test_jupyterlab`; ``docs/pad-word.png`` is a copy of ``screenshots/pad-word.png``.
"""

from helpers.hands import in_ink, picture, strokes_of
from helpers.lab import (
    IN_A_BROWSER,
    PAD,
    draw_with_mouse,
    finished,
    opened,
    playwright,
    run_all,
    shot,
    wait_for_ink,
    write_notebook,
)  # fmt: skip

pytestmark = IN_A_BROWSER

WORD = picture(*strokes_of("hello", at=(80, 250), scale=80), size=(900, 400))

PADS = """from hwr import Pad

pad = Pad()
pad"""


def choose(page, mode):
    """Choose what the pad reads, by keyboard."""
    button = page.locator(".hwr-pad").get_by_role("button", name=mode, exact=True)
    button.focus()
    page.keyboard.press("Enter")


def seen(page, selector):
    """Return what is visible: the pad keeps the modes that are not shown."""
    return page.locator(f"{selector}:visible")


def boxes_on(sheet):
    """Count the coloured pixels of a sheet: the lines of boxes, and their letters."""
    return sheet.evaluate(
        """canvas => { const data = canvas.getContext("2d")
             .getImageData(0, 0, canvas.width, canvas.height).data;
           let coloured = 0;
           for (let i = 0; i < data.length; i += 4)
             coloured += Math.abs(data[i] - data[i + 2]) > 80;
           return coloured; }"""
    )


def test_words_are_written_read_and_corrected(jupyter, browser):
    """The word mode, with the mouse and by keyboard, and lines after it."""
    name = write_notebook(jupyter, "words.ipynb", PADS)
    with opened(browser, jupyter.url(f"lab/workspaces/words/tree/{name}")) as page:
        run_all(page, page.get_by_text("Python 3 (ipykernel) | Idle"))
        choose(page, "a word")
        sheet = seen(page, PAD)
        # A list of texts, because a word that is still being written may be read as two.
        said, word = seen(page, ".hwr-words"), seen(page, ".hwr-word")
        playwright.expect(said).to_contain_text("Write a word", timeout=60_000)
        sheet.scroll_into_view_if_needed()
        top = sheet.bounding_box()["y"]
        draw_with_mouse(page, sheet, in_ink("figure"))
        playwright.expect(word).to_have_text(["figure"], timeout=60_000)
        playwright.expect(said.locator("b").first).to_have_text("figure")
        heard = page.locator(".hwr-heard[aria-live=polite]").last
        playwright.expect(heard).to_contain_text("figure")
        assert sheet.bounding_box()["y"] == top
        wait_for_ink(sheet, 5_000)
        assert boxes_on(sheet) > 2_000
        shot(page, "pad-word.png")

        letter = page.get_by_label("Letter 3", exact=True)
        others = [text for text in letter.locator("option").all_text_contents() if text != "g"]
        letter.focus()
        letter.select_option(others[0])
        playwright.expect(word).to_have_text([f"fi{others[0]}ure"])
        playwright.expect(said).to_contain_text("as you corrected it")
        field = page.get_by_label("or another", exact=True)
        field.fill("figures")
        page.keyboard.press("Enter")
        playwright.expect(word).to_have_text(["figures"])
        readings = page.get_by_label("The word", exact=True)
        playwright.expect(readings.locator("option").last).to_have_text("figures")
        readings.select_option(index=0)
        playwright.expect(word).to_have_text(["figure"])

        seen(page, "button[title='Take back a change']").click()
        playwright.expect(word).not_to_have_text(["figure"])
        seen(page, "button[title='An empty sheet']").click()
        playwright.expect(word).to_have_count(0)
        playwright.expect(said).to_contain_text("Write a word")
        assert boxes_on(sheet) == 0

        choose(page, "lines")
        playwright.expect(said).to_contain_text("Write lines")
        draw_with_mouse(page, sheet, in_ink("read"))
        playwright.expect(word).to_have_text(["read"], timeout=60_000)
        choose(page, "a word")
        playwright.expect(said).to_contain_text("Write a word")
        choose(page, "lines")
        playwright.expect(word).to_have_text(["read"])
        wait_for_ink(sheet, 5_000)
        shot(page, "pad-lines.png")


def test_a_picture_is_chosen_and_read(jupyter, browser, tmp_path):
    (tmp_path / "none.png").write_bytes(b"no picture")
    (tmp_path / "word.png").write_bytes(WORD)
    name = write_notebook(jupyter, "picture.ipynb", PADS)
    with opened(browser, jupyter.url(f"lab/workspaces/picture/tree/{name}"), width=800) as page:
        run_all(page, page.get_by_text("Python 3 (ipykernel) | Idle"))
        choose(page, "a picture")
        button = page.get_by_role("button", name="Choose a picture")
        for file in ("none.png", "word.png"):
            with page.expect_file_chooser() as chooser:
                button.click()
            chooser.value.set_files(tmp_path / file)
            if file == "none.png":
                problem = seen(page, ".hwr-problem")
                playwright.expect(problem).to_contain_text("is a text, not a picture")
        playwright.expect(seen(page, ".hwr-word")).to_have_text(["hello"], timeout=60_000)
        playwright.expect(page.locator(".hwr-problem")).to_have_count(0)
        shown = seen(page, ".hwr-view img")
        assert "hello" in shown.get_attribute("alt")
        pad = page.locator(".hwr-pad").first
        assert pad.evaluate("pad => pad.scrollWidth <= pad.clientWidth + 1")
        shot(page, "pad-picture.png")


def test_an_exercise_a_question_and_a_kernel(jupyter, browser):
    """A wrong answer gets its reason; a question and an interactive figure work by keyboard."""
    cells = [
        "from hwr import check\n\n\ndef starts(size, window, stride):\n"
        "    return list(range(0, size, stride))\n\n\ncheck.starts(starts)",
        "check.larger_images",
        "import numpy as np\nfrom hwr import interactive, synthetic\n"
        "interactive.KernelWorkshop(synthetic.draw('B', np.random.default_rng(1)))",
    ]
    name = write_notebook(jupyter, "exercise.ipynb", *cells)
    with opened(browser, jupyter.url(f"lab/workspaces/exercise/tree/{name}")) as page:
        run_all(page, page.get_by_text("Python 3 (ipykernel) | Idle"), ".widget-radio-box")
        finished(page)
        verdict = page.locator(".jp-OutputArea-output [role=status]").first
        playwright.expect(verdict).to_contain_text("Wrong. The last windows hang over the edge")
        first = page.get_by_role("radio").first
        first.focus()
        page.keyboard.press("Space")
        reply = page.locator(".widget-html-content [role=status]").first
        playwright.expect(reply).to_contain_text("Right. Its kernels are the same")
        shot(page, "exercise.png")
        maps = page.locator(".hwr-pad img").last
        before = maps.get_attribute("src")
        page.get_by_role("button", name="blur").first.focus()
        page.keyboard.press("Enter")
        playwright.expect(maps).not_to_have_attribute("src", before)
        maps.scroll_into_view_if_needed()
        shot(page, "kernel-workshop.png")
