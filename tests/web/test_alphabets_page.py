"""The page of a network of own characters, in a real browser: drawn, read, and no words."""

import re

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
)

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
        words = page.locator("[name=mode][value=word]")
        knows_letters = name in ("26", "47")
        assert words.is_enabled() == knows_letters
        assert page.locator("#no-words").is_visible() == (not knows_letters)
        assert page.locator("#alphabets").is_visible() == (name == "47")
        for character in own_alphabets.get_alphabet(name).classes[:4]:
            draw(page, placed(page, own_alphabets.draw(character)))
            assert best(page)[0][0].startswith(character)
            assert character in answer(page)
            page.locator("[data-action=clear]:visible").click()
        assert page.locator(".bars tbody tr:visible").count() == rows
        assert axe(page) == []
        if knows_letters:
            words.check()
            page.get_by_text("Write a word, in separate letters").wait_for()
            draw(page, placed(page, in_ink("all")))
            page.locator("[data-output=text]").get_by_text(re.compile(r"\w")).wait_for()
