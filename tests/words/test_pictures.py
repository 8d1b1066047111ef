"""Pictures of pages: underlined lines, ruled paper, and pages on their side or upside down."""

from io import BytesIO

import numpy as np
import pytest
from PIL import Image, ImageChops, ImageDraw

from benchmarks.words import pages, papers, writers
from hwr.images.io import open_photo
from hwr.words.incremental import IncrementalReader
from hwr.words.language_model import ENGLISH, language_model
from hwr.words.pictures import read_upright
from hwr.words.reading import read_text
from hwr.words.text import Text, Word

FIRST_LINE = int(papers.MARGIN + papers.PITCH)
"""Rows of a page that show its first line alone."""


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
    grey = np.rot90(picture(page, "plain")[:FIRST_LINE])
    text = read_text(grey)
    assert (texts(text), text.turned) == (plain[: len(texts(text))], 270)
    assert len(texts(text)) > 1
    reader = IncrementalReader(one_word=False)
    again, ink = reader.read_picture(grey, language_model(ENGLISH))
    assert (texts(again), again.turned) == (texts(text), 270)
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


def strokes():
    """A small picture of two strokes, whatever is read in it."""
    image = Image.new("L", (90, 60), 240)
    for x in (30, 55):
        ImageDraw.Draw(image).line((x, 15, x + 4, 45), fill=30, width=4)
    return np.asarray(image)


GOOD, POOR, SHORT = [("letters", 0.9)] * 3, [("whims", 0.2)] * 3, [("is", 0.9)] * 9
DOUBTFUL, FAIR = [("minimum", 0.4)] * 4, [("letters", 0.55)] * 3
UNREAD, ONE_WORD = [("", 0.0)] * 5, [("noon", 0.9)]


@pytest.mark.parametrize(
    ("directions", "turned"),
    [
        ((GOOD,), 0),  # an upright page is read once
        ((FAIR,), 0),
        ((POOR, SHORT, GOOD, SHORT), 180),
        ((SHORT, GOOD, POOR, UNREAD), 90),
        ((UNREAD, POOR, SHORT, GOOD), 270),
        ((UNREAD, FAIR, GOOD, POOR), 180),  # the best direction
        ((UNREAD, GOOD, FAIR, POOR), 90),
        ((DOUBTFUL, SHORT, GOOD, UNREAD), 180),  # as many right letters of far more
        ((DOUBTFUL, SHORT, FAIR, UNREAD), 0),  # better, but not by far
        ((POOR, SHORT, POOR, UNREAD), 0),
        ((UNREAD, SHORT, POOR, [("letters", 0.9), *UNREAD]), 0),  # better by far, but not good
        ((UNREAD, UNREAD, ONE_WORD, UNREAD), 0),  # too little to tell
    ],
)
def test_a_page_is_turned_only_if_it_reads_better_by_far(directions, turned):
    read, given = answers(*directions)
    text, _ = read_upright(strokes(), read)
    assert text.turned == turned
    assert len(given) == len(directions)


def test_some_lines_of_a_long_page_tell_its_direction():
    image = Image.new("L", (500, 840), 240)
    for top in range(30, 810, 40):
        for left in range(30, 470, 26):
            ImageDraw.Draw(image).ellipse((left, top, left + 12, top + 14), outline=30, width=3)
    read, _ = answers(POOR, SHORT, GOOD, SHORT, GOOD)
    sizes = []

    def counted(segments):
        sizes.append(len(segments))
        return read(segments)

    assert read_upright(np.asarray(image), counted)[0].turned == 180
    assert sizes[4] == 20 * 17
    assert 0 < max(sizes[:4]) < 0.75 * sizes[4]
