"""The pad for pictures without a browser: files in, text and boxes out."""

import re
import zlib
from base64 import b64decode
from io import BytesIO

import numpy as np
import pytest
from helpers.hands import note, picture, strokes_of
from PIL import Image

from hwr._support import deadline
from hwr.images.io import open_picture
from hwr.pads import html
from hwr.pads.picture import MAX_BYTES, PicturePad
from hwr.recognizer import Recognizer

WORD = picture(*strokes_of("hello", at=(80, 250), scale=80), size=(900, 400))
LINES = picture(
    *strokes_of("read", at=(60, 160), scale=60),
    *strokes_of("this", at=(600, 160), scale=60),
    *strokes_of("word", at=(60, 390), scale=60),
)
LETTER = picture(*strokes_of("g", at=(80, 150), scale=90), size=(300, 300), width=20)


def bomb(side=60_000):
    """A PNG file that claims a picture of so many pixels along each side."""
    header = side.to_bytes(4, "big") * 2 + bytes([8, 0, 0, 0, 0])

    def chunk(kind, content):
        check = zlib.crc32(kind + content).to_bytes(4, "big")
        return len(content).to_bytes(4, "big") + kind + content + check

    data = zlib.compress(bytes(10_000))
    parts = chunk(b"IHDR", header) + chunk(b"IDAT", data) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + parts


@pytest.fixture(scope="module")
def recognizer():
    return Recognizer.load()


@pytest.fixture
def pad(recognizer):
    return PicturePad(recognizer)


def upload(pad, content, name="some.png"):
    """Do as the browser does when a file was chosen."""
    file = {"name": name, "type": "image/png", "size": len(content), "last_modified": 0}
    pad.file_button.set_state({"value": [file | {"content": memoryview(content)}]})


def shown(pad):
    """The picture on the pad, and its alt text."""
    tag = re.search(r'<img alt="([^"]*)" src="data:image/png;base64,([^"]*)"', pad.view.value)
    return np.asarray(Image.open(BytesIO(b64decode(tag[2]))).convert("RGB"), int), tag[1]


def words(pad):
    return [[button.description for button in row] for row in pad.correction_panel.buttons]


# --- reading -----------------------------------------------------------------------------------


def test_lines_in_a_picture_are_read(pad):
    upload(pad, LINES)
    assert pad.text == "read this\nword"
    assert words(pad) == [["read", "this"], ["word"]]
    assert "Read: read this; word" in pad.screen_reader_text
    assert note(pad) == ""


def test_a_page_says_how_far_its_reading_is(pad):
    said = []
    pad.answer_line.observe(lambda change: said.append(html.strip_tags(change["new"])), "value")
    upload(pad, LINES)
    assert said[:4] == ["Reading …", *(f"Reading: read {n} of 2 lines …" for n in range(3))]
    assert "Reading" not in pad.sentence


def test_a_word_in_a_picture_is_read(pad):
    pad.kind_choice.value = "word"
    upload(pad, WORD)
    assert pad.text == "hello"
    assert pad.sentence.startswith("Probably hello") or pad.sentence.startswith(
        "Not sure: perhaps hello"
    )


def test_a_character_in_a_picture_is_read(pad, recognizer):
    pad.kind_choice.value = "character"
    upload(pad, LETTER)
    expected = recognizer.read(open_picture(LETTER))
    assert pad.text == expected.best
    assert html.answer_sentence(expected) in pad.answer_line.value
    assert pad.bars.value == html.probability_bars(expected)
    assert words(pad) == []
    assert pad.language_choice.disabled


def test_a_picture_of_several_characters_or_none_says_so(pad):
    pad.kind_choice.value = "character"
    upload(pad, WORD)
    assert pad.sentence.startswith("Not sure")
    assert re.search(r'This looks like \d characters: choose "many words"', pad.sentence)
    assert "many words" in pad.screen_reader_text
    upload(pad, picture())
    assert pad.sentence == "Nothing is written in this picture."


def test_the_same_picture_is_read_as_something_else(pad):
    upload(pad, WORD)
    pad.kind_choice.value = "word"
    assert pad.text == "hello"
    pad.language_choice.value = "none: numbers"
    assert not pad.text.isalpha()
    pad.kind_choice.value = "character"
    assert len(pad.text) == 1
    pad.kind_choice.value = "line"
    assert pad.bars.value == ""


def test_the_picture_is_shown_with_boxes_around_its_letters(pad):
    pad.kind_choice.value = "word"
    upload(pad, WORD)
    pixels, alt = shown(pad)
    assert "hello" in alt
    assert pixels.shape[1] <= 1200
    box = pad.correction_panel.boxes()[0].bounds
    left, top, right, bottom = (round(pad.scale * side) for side in box)
    inside = pixels[top:bottom, left:right].mean(axis=2)
    assert 0.05 < (inside < 100).mean() < 0.6
    colour = pixels[max(top - 3, 0) : top + 1, left:right].reshape(-1, 3)
    assert (np.ptp(colour, axis=1) > 80).any()  # the line of a box, and no ink


def test_a_large_picture_is_shown_smaller(pad):
    strokes = [np.multiply(stroke, 2.5) for stroke in strokes_of("hello", (80, 250), 80)]
    upload(pad, picture(*strokes, size=(2250, 1000), width=20))
    assert shown(pad)[0].shape[1] == 1200
    assert pad.scale < 0.6
    assert pad.text == "hello"


def test_a_word_of_a_picture_is_corrected(pad):
    upload(pad, LINES)
    pad.correction_panel.buttons[0][1].click()
    before = shown(pad)[0]
    pad.correction_panel.word_field.value = "thin"
    assert pad.text == "read thin\nword"
    assert (shown(pad)[0] != before).any()
    upload(pad, WORD)
    upload(pad, LINES)
    assert pad.text == "read thin\nword"


def test_of_an_empty_picture_nothing_is_read(pad):
    upload(pad, picture())
    assert pad.sentence.startswith("Nothing is read here")
    assert pad.text == ""
    assert shown(pad)[1].startswith("The picture as it is read.")


def test_a_pad_without_a_picture_says_what_to_do(pad):
    assert pad.sentence.startswith("Choose a picture")
    assert "9.5 MB" in pad.sentence
    assert pad.view.value == ""
    pad.kind_choice.value = "word"
    assert pad.sentence.startswith("Choose a picture")
    assert pad.text == ""


# --- what goes wrong ---------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["character", "word", "line"])
@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "The file is empty"),
        (b"This is a text." * 100, "is a text, not a picture"),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", "PostScript drawing"),
        (WORD[: len(WORD) // 2], "cannot be read as a picture"),
        (bomb(), "cannot be read as a picture|pixels"),
        (bomb(9_000), "megapixels"),
        (bytes(MAX_BYTES + 1), "too many"),
    ],
    ids=["empty", "text", "program", "truncated", "bomb", "large", "heavy"],
)
def test_a_bad_file_ends_in_one_sentence_and_the_pad_lives_on(pad, kind, content, message):
    pad.kind_choice.value = kind
    empty = pad.text, pad.view.value, pad.bars.value, pad.sentence, words(pad)
    upload(pad, WORD)
    assert pad.text
    upload(pad, content, "bad.png")
    assert re.search(message, note(pad))
    assert note(pad).count(". ") == 0
    assert 'role="alert"' in pad.status.value
    assert html.strip_tags(pad.file_line.value) == "bad.png"
    assert (pad.text, pad.view.value, pad.bars.value, pad.sentence, words(pad)) == empty
    upload(pad, LINES)
    assert note(pad) == ""
    assert pad.text


def test_the_name_of_the_chosen_file_is_shown_as_text(pad):
    assert pad.file_line.value == ""
    upload(pad, WORD, '<b>Ada & Emmy".png')
    assert html.strip_tags(pad.file_line.value) == '<b>Ada & Emmy".png'
    assert "<b>" not in pad.file_line.value
    pad.kind_choice.value = "word"  # reads the same file
    assert "Ada" in pad.file_line.value


def test_a_picture_that_cannot_be_read_as_something_else_leaves_no_answer(pad, monkeypatch):
    upload(pad, WORD)

    def refused(content):
        raise ValueError("That is a crowd: give one page at a time.")

    monkeypatch.setattr(pad, "_reading", refused)
    pad.kind_choice.value = "word"
    assert "crowd" in note(pad)
    assert (pad.text, pad.view.value) == ("", "")


def test_the_same_file_can_be_chosen_twice(pad):
    upload(pad, WORD)
    assert pad.file_button.value == ()
    pad.content = None
    upload(pad, WORD)
    assert pad.content == WORD


# --- how it is shown ---------------------------------------------------------------------------


def test_every_control_is_named(pad):
    assert all(part.description for part in (pad.file_button, pad.kind_choice, pad.language_choice))
    assert {".png", ".heic", ".pdf"} <= set(pad.file_button.accept.split(","))
    assert not pad.file_button.multiple


def test_a_stored_pad_shows_the_picture(pad):
    assert "Choose a picture" in pad.picture()[1]
    upload(pad, LINES)
    png, alt = pad.picture()
    assert "read this; word" in alt
    assert Image.open(BytesIO(png)).width == 1100


def test_what_is_read_in_part_is_said(pad, monkeypatch):
    def check():
        raise deadline.OutOfTimeError

    monkeypatch.setattr(deadline, "check", check)
    upload(pad, WORD)
    assert "only a part was read" in pad.answer_line.value
    assert "only a part was read" in pad.spoken_line.value
