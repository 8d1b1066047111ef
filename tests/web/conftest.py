"""What several tests of the web page share."""

import pytest
from helpers.thousand import thousand

from hwr.recognizer import Recognizer
from hwr.web.build import import_map


@pytest.fixture(scope="session")
def recognizer():
    return Recognizer.load()


@pytest.fixture(scope="session")
def drawings():
    return thousand()


@pytest.fixture(scope="module")
def blank(browser):
    """An empty page that can import the modules; an error in it fails the test."""
    page, errors = browser.new_page(), []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.set_content(f'<!doctype html><script type="importmap">{import_map()}</script>')
    yield page
    page.close()
    assert not errors
