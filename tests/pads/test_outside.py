"""The pads say what a drawing is if it is nothing of the alphabet, and read marks."""

from io import BytesIO

import numpy as np
import pytest
from helpers.hands import Hand, note, picture, strokes_of
from helpers.scripted import recognizer_that_says
from PIL import Image

from hwr.alphabets import ALL, MARKS, NONE, get_alphabet
from hwr.pads import Pad, html, names
from hwr.pads.picture import PicturePad
from hwr.recognizer import Reading

LINE = [(100, 100), (200, 200), (300, 300)]


def drawn_pad(says, alphabet=None):
    pad = Pad(recognizer_that_says(says), alphabet)
    Hand(pad.shown).draw(LINE)
    return pad


def reading(alphabet, best, instead, outside=0.9, sure=False):
    chosen = get_alphabet(alphabet)
    shares = np.zeros(len(chosen), np.float32)
    shares[chosen.index(best)] = 1
    image = np.zeros((28, 28), np.uint8)
    return Reading(((best, 1.0),), shares, chosen, outside, instead, sure, image)


def test_a_letter_among_digits_is_called_a_letter():
    pad = drawn_pad({"A": 0.97, "4": 0.02}, "10")
    first = "That is no digit: it looks like a capital A."
    assert pad.shown.sentence == f"{first} Of the digits, most like 4."
    heard = pad.shown.screen_reader_text
    assert heard.startswith(f"{first} Of the digits, most like digit 4, 9")
    assert "percent; else digit 0," in heard
    assert heard in pad.shown.picture()[1]
    assert pad.text == "4"
    assert pad.shown.bars.value == html.probability_bars(pad.reading)
    assert 'class="best"' not in pad.shown.bars.value
    assert pad.reading.probabilities.sum() == pytest.approx(1)


def test_a_doodle_is_called_no_character():
    pad = drawn_pad({NONE: 0.97, "g": 0.02})
    first = "This looks like no character."
    assert pad.shown.sentence == f"{first} Of these characters, most like g."
    assert pad.shown.screen_reader_text.startswith(f"{first} Of these characters, most like small")


@pytest.mark.parametrize(
    ("alphabet", "best", "instead", "said"),
    [
        ("26", "Z", "7", "That is no letter: it looks like the digit 7. Of the letters"),
        ("10", "9", "g", "That is no digit: it looks like a small g. Of the digits"),
        ("10", "0", "@", "That is no digit: it looks like an at sign. Of the digits"),
        ("marks", "(", "C", "That is no mark: it looks like a capital C. Of the marks"),
        ("47", "7", "?", "That is none of these characters: it looks like a question mark. Of"),
        ("62", "7", "=", "That is none of these characters: it looks like an equals sign."),
        ("01", "1", "7", "That is none of these characters: it looks like the digit 7. Of these"),
        ("+−", "+", "×", "That is none of these characters: it looks like a multiplication sign."),
        ("01", "1", "heart", "That is none of these characters: it looks like heart. Of these"),
        ("all", "Z", NONE, "This looks like no character. Of these characters"),
    ],
)  # fmt: skip
def test_what_a_drawing_looks_like_instead(alphabet, best, instead, said):
    given = reading(alphabet, best, instead)
    assert html.strip_tags(html.answer_sentence(given)).startswith(said)
    assert html.screen_reader_text(given).startswith(said)


def test_half_a_doubt_is_not_said():
    assert "no digit" in html.answer_sentence(reading("10", "4", "A", outside=0.5))
    assert "Not sure: perhaps" in html.answer_sentence(reading("10", "4", "A", outside=0.49))
    assert "Probably a" in html.answer_sentence(reading("10", "4", "A", outside=0.1, sure=True))


# --- marks ---------------------------------------------------------------------------------------


def test_marks_are_offered_and_read():
    pad = drawn_pad("?")
    choice = pad.shown.alphabet_choice
    offered = {alphabet.name: label for label, alphabet in choice.options}
    assert list(offered) == ["62", "47", "26", "10", "marks", "all"]
    assert (offered["marks"], offered["all"]) == ("32 marks", "94: digits, letters and marks")
    assert "it looks like a question mark" in pad.shown.sentence
    for alphabet in ("marks", "all"):
        choice.value = get_alphabet(alphabet)
        assert (pad.text, pad.reading.sure, note(pad.shown)) == ("?", True, "")
        assert pad.shown.sentence.startswith("Probably a question mark ? (9")
        assert pad.shown.screen_reader_text.startswith("Probably question mark, 9")
    assert drawn_pad("?", "?!").text == "?"


@pytest.mark.parametrize(
    ("alphabet", "asked"),
    [("marks", "Draw a mark."), ("all", "Draw a digit, a letter or a mark."),
     ("?!", "Draw ? or !."), ("0123456789+-", "Draw a digit or a mark.")],
)  # fmt: skip
def test_an_empty_pad_asks_for_marks(alphabet, asked):
    assert Pad(recognizer_that_says("?"), alphabet).shown.sentence == asked


def test_each_mark_has_a_name_in_plain_words():
    spoken = {mark: names.spoken_name(mark, ALL) for mark in MARKS}
    assert len(set(spoken.values())) == 32
    assert all(name.replace("-", " ").replace(" ", "").isalpha() for name in spoken.values())
    odd = ("solidus", "low line", "hyphen-minus", "commercial")
    assert not [name for name in spoken.values() for word in odd if word in name]
    named = [spoken[mark] for mark in ".,?-/_"]
    assert named == ["full stop", "comma", "question mark", "hyphen", "slash", "underscore"]


# --- pictures ------------------------------------------------------------------------------------


@pytest.mark.parametrize("instead", ["A", "]"])
def test_a_stored_pad_has_room_for_both_sentences(instead):
    pad = drawn_pad({instead: 0.97, "W": 0.02}, "10" if instead == "A" else "47")
    stored = Image.open(BytesIO(pad.shown.picture()[0])).convert("RGBA")
    text = np.argwhere(np.asarray(stored)[:55, :, 3] > 128)  # on a ground that is clear
    assert text[:, 0].min() >= 2
    assert text[:, 0].max() < 53
    assert text[:, 1].max() < stored.width - 10
    assert np.ptp(text[:, 0]) > 30  # two lines


def photo(text, size=(300, 300)):
    return picture(*strokes_of(text, at=(60, 150), scale=60), size=size, width=12)


def test_a_photo_of_what_is_outside_says_so():
    pad = PicturePad(recognizer_that_says("?"))
    pad.kind_choice.value = "character"
    pad.open(photo("g"))
    said = "That is none of these characters: it looks like a question mark."
    assert pad.sentence.startswith(said)
    assert pad.screen_reader_text.startswith(said)


def test_a_photo_of_several_characters_is_no_doodle():
    pad = PicturePad(recognizer_that_says(NONE))
    pad.kind_choice.value = "character"
    pad.open(photo("hello", size=(700, 300)))
    assert pad.sentence.startswith("Not sure: perhaps")
    assert "characters: choose" in pad.sentence
    assert "no character" not in pad.screen_reader_text
