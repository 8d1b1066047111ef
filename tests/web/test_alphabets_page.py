"""The page of other networks in a real browser: of own characters, and of more than 62."""

import pytest
from helpers import own_alphabets
from helpers.hands import in_ink
from helpers.pages import (
    answer,
    axe,
    best,
    draw,
    needs_browser,
    needs_runtime,
    opened,
    placed,
    started,
)

from hwr.alphabets import NONE
from hwr.export import save_recognizer
from hwr.web import build_page

pytestmark = [*needs_browser, needs_runtime]


@pytest.mark.parametrize(
    ("name", "empty", "rows"),
    [("10", "Draw a digit", 10), ("26", "Draw a letter", 10),
     ("47", "Draw a digit or a letter", 10), ("+−×÷", "Draw + − × or ÷", 4),
     ("äöüß", "Draw ä ö ü or ß", 4)],
)  # fmt: skip
def test_a_page_reads_its_own_characters(browser, tmp_path, name, empty, rows):
    card = own_alphabets.save(tmp_path, name)
    path = build_page(tmp_path / "page.html", card)
    with opened(browser, path) as page:
        page.get_by_text(empty, exact=True).wait_for()
        assert page.locator("#alphabets").is_visible() == (name == "47")
        for character in own_alphabets.get_alphabet(name).classes[:4]:
            draw(page, placed(page, own_alphabets.draw(character)))
            assert best(page)[0][0].startswith(character)
            assert character in answer(page)
            page.locator("[data-action=clear]:visible").click()
        assert page.locator(".bars tbody tr:visible").count() == rows
        assert axe(page) == []
        page.locator("[name=mode][value=word]").check()  # read by a network of their own
        page.get_by_text("Write a word", exact=True).wait_for()
        draw(page, placed(page, in_ink("all")))
        page.locator("[data-output=text]").get_by_text("all", exact=True).wait_for()


OUTSIDE = [
    ("10", "A", "That is no digit: it looks like a capital A. Of the digits, most like "),
    ("62", "?", "That is none of these characters: it looks like a question mark ?. Of these "),
    ("26", NONE, "This looks like no character. Of the letters, most like "),
    ("marks", "7", "That is no mark: it looks like the digit 7. Of the marks, most like "),
]


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (360, "dark")])
def test_a_page_says_what_is_outside_its_alphabet(browser, tmp_path, width, scheme):
    """The answer keeps its place, the bars are striped, and all is accessible."""
    file, card = own_alphabets.knowing_more()
    save_recognizer(tmp_path / "more.json", file, card)
    path = build_page(tmp_path / "page.html", tmp_path / "more.json")
    size = {"width": width, "height": 900}
    with opened(browser, path, viewport=size, color_scheme=scheme) as page:
        started(page)
        top = placed_at(page)
        assert page.locator("[name=alphabet]").count() == 6
        for alphabet, character, said in OUTSIDE:
            choose(page, alphabet)
            draw(page, placed(page, own_alphabets.draw(character)))
            assert answer(page).startswith(said)
            line = page.locator("[data-output=answer]:visible")
            assert line.get_attribute("data-sure") == "false"
            assert line.evaluate("line => line.scrollHeight <= line.clientHeight")  # nothing is cut
            assert "outside" in page.locator(".bars").get_attribute("class")
            assert placed_at(page) == top
            assert page.evaluate("document.documentElement.scrollWidth") <= width
            assert axe(page) == []
            page.locator("[data-action=clear]:visible").click()
        choose(page, "all")
        draw(page, placed(page, own_alphabets.draw("?")))
        assert best(page)[0][0] == "?"
        assert answer(page).startswith("?, ")
        assert "outside" not in (page.locator(".bars").get_attribute("class"))


def choose(page, alphabet):
    page.locator(f"[name=alphabet][value='{alphabet}']").check(force=True)


def placed_at(page):
    """Return the pad's place on the page."""
    return page.locator("canvas.pad:visible").evaluate(
        "pad => pad.getBoundingClientRect().top + scrollY"
    )
