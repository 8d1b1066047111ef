"""Pictures of pages: underlined lines, ruled paper, and pages on their side or upside down."""

from io import BytesIO

import numpy as np
import pytest
from PIL import Image, ImageChops, ImageDraw

from benchmarks.words import pages, writers
from hwr.images.io import open_photo
from hwr.words.incremental import IncrementalReader
from hwr.words.language_model import ProseModel
from hwr.words.pictures import read_upright
from hwr.words.reading import read_text
from hwr.words.text import Text, Word


@pytest.fixture(scope="module")
def page():
    """A page by a made-up writer, as strokes."""
    return next(pages.pages(writers.made_up(range(903, 904)), 1))


def picture(page, kind):
    photo = pages.draw(page, kind, np.random.default_rng(2))
    return np.asarray(Image.fromarray(photo).convert("L"))


def texts(text):
    return [word.text for word in text.words if word.text]


@pytest.fixture(scope="module")
def plain(page):
    found = texts(read_text(picture(page, "plain")))
    assert pages.score(page.words, found)[0] >= len(page.words) - 1
    return found


@pytest.mark.parametrize("kind", ["underlined", "ruled, as dark as ink", "squared, grey"])
def test_lines_are_read_as_on_plain_paper(page, plain, kind):
    found = texts(read_text(picture(page, kind)))
    right, _ = pages.score(plain, found)
    assert right >= len(plain) - 1


def test_a_turned_page_is_turned_upright_for_all_readers(page, plain):
    grey = picture(page, "turned by 90")
    assert grey.shape == picture(page, "plain").shape[::-1]
    text = read_text(grey)
    assert (texts(text), text.turned) == (plain, 270)
    reader = IncrementalReader(one_word=False)
    again, ink = reader.read_picture(grey, ProseModel("en"))
    assert (texts(again), again.turned) == (plain, 270)
    assert ink.shape[1] > ink.shape[0]
    box = np.vstack([word.boxes for word in again.words])
    assert box[:, 2].max() <= ink.shape[1]


def in_colour(grey, pen):
    """A page, written in a colour on white paper."""
    ink = (1 - grey[..., None] / 255) * (255 - np.array(pen))
    return Image.fromarray((255 - ink).astype(np.uint8))


def opened(picture):
    content = BytesIO()
    picture.save(content, "PNG")
    return open_photo(content.getvalue())


def test_corrections_in_red_hide_no_word_and_writing_in_red_is_read(page, plain):
    grey = picture(page, "plain")
    strokes = Image.new("RGB", grey.shape[::-1], "white")
    pen = ImageDraw.Draw(strokes)
    for top in (75, 180):
        pen.line((40, top, 600, top + 25), fill=(200, 30, 40), width=9)
    corrected = ImageChops.multiply(in_colour(grey, (20, 30, 90)), strokes)
    assert texts(read_text(opened(corrected))) == plain
    assert texts(read_text(np.asarray(corrected.convert("L")))) != plain
    assert texts(read_text(opened(in_colour(grey, (200, 30, 40))))) == plain


def answers(*probabilities):
    """A function that gives these texts, one after another, and a list of those given so far."""
    given = []

    def read(_):
        words = probabilities[len(given)]
        given.append(Text((tuple(Word(text, share) for text, share in words),)))
        return given[-1]

    return read, given


GOOD, POOR, SHORT = [("letters", 0.9)] * 3, [("whims", 0.2)] * 3, [("is", 0.9)] * 9
UNREAD = [("", 0.0)] * 5


@pytest.mark.parametrize(
    ("directions", "turned"),
    [
        ((GOOD,), 0),  # an upright page is read once
        ((POOR, SHORT, GOOD, SHORT), 180),
        ((SHORT, GOOD, POOR, UNREAD), 90),
        ((UNREAD, POOR, SHORT, GOOD), 270),
        ((POOR, SHORT, POOR, UNREAD), 0),
        ((POOR, SHORT, POOR, [("letters", 0.9), *UNREAD]), 0),  # better, but not good
    ],
)
def test_a_page_is_turned_only_if_it_reads_better_by_far(page, directions, turned):
    read, given = answers(*directions)
    text, _ = read_upright(picture(page, "plain"), read)
    assert text.turned == turned
    assert len(given) == len(directions)
