"""The pad for pictures without a browser: files and the clipboard in, text and boxes out."""

import re
import zlib
from base64 import b64decode
from io import BytesIO

import numpy as np
import pytest
from helpers.hands import note, picture, strokes_of
from PIL import Image, ImageGrab

from hwr.images.io import open_picture
from hwr.pads import clipboard, html
from hwr.pads.picture import PicturePad
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
    pad._file.set_state({"value": [file | {"content": memoryview(content)}]})


def said(pad):
    return html.strip_tags(pad._said.value)


def shown(pad):
    """The picture on the pad, and its alt text."""
    tag = re.search(r'<img alt="([^"]*)" src="data:image/png;base64,([^"]*)"', pad._view.value)
    return np.asarray(Image.open(BytesIO(b64decode(tag[2]))).convert("RGB"), int), tag[1]


def words(pad):
    return [[button.description for button in row.children]
            for row in pad._corrector._text.children]  # fmt: skip


# --- reading -----------------------------------------------------------------------------------


def test_lines_in_a_picture_are_read(pad):
    upload(pad, LINES)
    assert pad.text == "read this\nword"
    assert words(pad) == [["read", "this"], ["word"]]
    assert "Read: read this; word" in pad._heard.value
    assert note(pad) == ""


def test_a_word_in_a_picture_is_read(pad):
    pad._kind.value = "word"
    upload(pad, WORD)
    assert pad.text == "hello"
    assert said(pad).startswith("Probably hello") or said(pad).startswith("Not sure: perhaps hello")


def test_a_character_in_a_picture_is_read(pad, recognizer):
    pad._kind.value = "character"
    upload(pad, LETTER)
    expected = recognizer.read(open_picture(LETTER))
    assert pad.text == expected.best
    assert html.answer_sentence(expected) in pad._said.value
    assert pad._bars.value == html.probability_bars(expected)
    assert words(pad) == []
    assert pad._tongue.disabled


def test_the_same_picture_is_read_as_something_else(pad):
    upload(pad, WORD)
    pad._kind.value = "word"
    assert pad.text == "hello"
    pad._tongue.value = "none: numbers"
    assert not pad.text.isalpha()
    pad._kind.value = "character"
    assert len(pad.text) == 1
    pad._kind.value = "line"
    assert pad._bars.value == ""


def test_the_picture_is_shown_with_boxes_around_its_letters(pad):
    pad._kind.value = "word"
    upload(pad, WORD)
    pixels, alt = shown(pad)
    assert "hello" in alt
    assert pixels.shape[1] <= 1200
    box = pad._corrector.marks()[0].box
    left, top, right, bottom = (round(pad._scale * side) for side in box)
    inside = pixels[top:bottom, left:right].mean(axis=2)
    assert 0.05 < (inside < 100).mean() < 0.6
    colour = pixels[max(top - 3, 0) : top + 1, left:right].reshape(-1, 3)
    assert (np.ptp(colour, axis=1) > 80).any()  # the line of a box, and no ink


def test_a_large_picture_is_shown_smaller(pad):
    strokes = [np.multiply(stroke, 2.5) for stroke in strokes_of("hello", (80, 250), 80)]
    upload(pad, picture(*strokes, size=(2250, 1000), width=20))
    assert shown(pad)[0].shape[1] == 1200
    assert pad._scale < 0.6
    assert pad.text == "hello"


def test_a_word_of_a_picture_is_corrected(pad):
    upload(pad, LINES)
    pad._corrector._text.children[0].children[1].click()
    before = shown(pad)[0]
    pad._corrector._other.value = "thin"
    assert pad.text == "read thin\nword"
    assert (shown(pad)[0] != before).any()
    upload(pad, WORD)
    upload(pad, LINES)
    assert pad.text == "read thin\nword"


def test_an_empty_picture_is_not_sure(pad):
    upload(pad, picture())
    assert said(pad).startswith("Not sure")
    assert pad.text == ""
    assert shown(pad)[1].startswith("The picture as it is read.")


def test_a_pad_without_a_picture_says_what_to_do(pad):
    assert said(pad).startswith("Choose a picture")
    assert "9.5 MB" in said(pad)
    assert pad._view.value == ""
    pad._kind.value = "word"
    assert said(pad).startswith("Choose a picture")
    assert pad.text == ""


# --- what goes wrong ---------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["character", "word", "line"])
@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "cannot be read as a picture"),
        (b"This is a text." * 100, "cannot be read as a picture"),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", "cannot be read as a picture"),
        (WORD[: len(WORD) // 2], "cannot be read as a picture"),
        (bomb(), "cannot be read as a picture|pixels"),
        (bomb(9_000), "megapixels"),
        (bytes(clipboard.MOST + 1), "too many"),
    ],
    ids=["empty", "text", "program", "truncated", "bomb", "large", "heavy"],
)
def test_a_bad_file_ends_in_one_sentence_and_the_pad_lives_on(pad, kind, content, told):
    pad._kind.value = kind
    upload(pad, WORD)
    before = pad.text, pad._view.value, said(pad)
    upload(pad, content)
    assert re.search(told, note(pad))
    assert note(pad).count(". ") == 0
    assert 'role="alert"' in pad._note.value
    assert (pad.text, pad._view.value, said(pad)) == before
    upload(pad, LINES)
    assert note(pad) == ""
    assert pad._view.value != before[1]


def test_the_same_file_can_be_chosen_twice(pad):
    upload(pad, WORD)
    assert pad._file.value == ()
    pad._content = None
    upload(pad, WORD)
    assert pad._content == WORD


# --- the clipboard -----------------------------------------------------------------------------


def test_a_picture_is_pasted(pad, monkeypatch):
    monkeypatch.setattr(ImageGrab, "grabclipboard", lambda: Image.open(BytesIO(LINES)))
    pad._paste.click()
    assert pad.text == "read this\nword"


def test_a_file_on_the_clipboard_is_pasted(pad, monkeypatch, tmp_path):
    (tmp_path / "some.png").write_bytes(LINES)
    monkeypatch.setattr(ImageGrab, "grabclipboard", lambda: [str(tmp_path / "some.png")])
    pad._paste.click()
    assert pad.text == "read this\nword"


def raises(error):
    def grab():
        raise error

    return grab


@pytest.mark.parametrize(
    ("grab", "told"),
    [
        (lambda: None, "There is no picture on the clipboard"),
        (list, "There is no picture on the clipboard"),
        (lambda: ["/nowhere/some.png"], "some.png on the clipboard cannot be read"),
        (raises(NotImplementedError("wl-paste or xclip is required")), "wl-paste or xclip"),
        (raises(OSError("no display")), "There is no picture on the clipboard"),
    ],
    ids=["nothing", "no files", "lost", "no program", "broken"],
)
def test_a_clipboard_without_a_picture_is_told(pad, monkeypatch, grab, told):
    monkeypatch.setattr(ImageGrab, "grabclipboard", grab)
    pad._paste.click()
    assert told in note(pad)
    assert said(pad).startswith("Choose a picture")


def test_a_heavy_file_on_the_clipboard_is_not_read(monkeypatch, tmp_path):
    (tmp_path / "some.png").write_bytes(bytes(clipboard.MOST + 1))
    monkeypatch.setattr(ImageGrab, "grabclipboard", lambda: [str(tmp_path / "some.png")])
    with pytest.raises(ValueError, match="too many"):
        clipboard.paste()


# --- how it is shown ---------------------------------------------------------------------------


def test_every_control_is_named(pad):
    assert all(part.description for part in (pad._file, pad._paste, pad._kind, pad._tongue))
    assert ".png" in pad._file.accept
    assert not pad._file.multiple


def test_a_stored_pad_shows_the_picture(pad):
    assert "Choose a picture" in pad.picture()[1]
    upload(pad, LINES)
    png, alt = pad.picture()
    assert "read this; word" in alt
    assert Image.open(BytesIO(png)).width == 1100
