"""Pads of recognisers that know 10, 26, 47, 62 or own characters, and the drawings they save."""

from io import BytesIO

import numpy as np
import pytest
from helpers import own_alphabets
from helpers.hands import Hand, note, strokes_of
from PIL import Image

from hwr.alphabets import get_alphabet
from hwr.datasets import from_drawings, load_drawings, merge_drawings, read_drawings
from hwr.pads import Pad, html, names
from hwr.pads.boxes import font
from hwr.pads.canvas import SHEET_SIDE
from hwr.pads.character import CharacterPad
from hwr.recognizer import Reading, Recognizer
from hwr.words.language_model import ENGLISH, LANGUAGE_NAMES


def recognizer_of(name):
    return Recognizer(own_alphabets.litert(name), own_alphabets.card_of(name))


def strokes(character):
    """Return a character's strokes as lists of points in the middle of the sheet."""
    ink = own_alphabets.draw(character)
    low, high = ink.bounds()
    scale = SHEET_SIDE / 2 / (high - low).max()
    return [
        ((np.array(s) - (low + high) / 2) * scale + SHEET_SIDE / 2).tolist() for s in ink.strokes
    ]


@pytest.mark.parametrize(
    ("name", "offered"),
    [
        ("10", ["10"]),
        ("26", ["26"]),
        ("47", ["47", "26", "10"]),
        ("62", ["62", "47", "26", "10"]),
        ("+−×÷", ["+−×÷"]),
        ("äöüß", ["äöüß"]),
    ],
)
def test_a_pad_offers_what_its_recogniser_can_answer(name, offered):
    pad = Pad(recognizer_of(name))
    assert [alphabet.name for _, alphabet in pad.shown.alphabet_choice.options] == offered
    assert pad.alphabet == get_alphabet(name)
    for character in pad.alphabet.classes[:4]:
        Hand(pad.shown).draw(*strokes(character))
        assert (pad.text, note(pad.shown)) == (character, "")
        assert f"<b>{names.class_name(character, pad.alphabet)}</b>" in pad.shown.answer_line.value
        pad.shown.clear_button.click()


@pytest.mark.parametrize("alphabet", ["62", "ab", "0123456789+"])
def test_an_alphabet_that_the_recogniser_lacks_is_refused_when_the_pad_is_made(alphabet):
    for kind in (Pad, CharacterPad):
        with pytest.raises(ValueError, match="0123456789 cannot answer in the alphabet"):
            kind(recognizer_of("10"), alphabet)


@pytest.mark.parametrize("name", ["62", "10", "+−×÷"])
def test_words_are_read_whatever_the_characters_that_a_recogniser_knows(name):
    pad = Pad(recognizer_of(name), mode="word")
    choice = pad.shown.language_choice
    assert (choice.value, choice.options) == (ENGLISH, LANGUAGE_NAMES)
    Hand(pad.shown).draw(*strokes_of("hello", seed=3))
    assert pad.text == "hello"
    choice.value = "none: numbers"
    assert not pad.text or pad.text.isdigit()
    assert note(pad.shown) == ""


def test_a_picture_of_an_own_character_is_read():
    pad = Pad(recognizer_of("+−×÷"), mode="picture")
    pad.shown.kind_choice.value = "character"
    picture = Image.new("L", (300, 300), 240)
    picture.paste(30, (60, 140, 240, 160))
    picture.paste(30, (140, 60, 160, 240))
    file = BytesIO()
    picture.save(file, "PNG")
    pad.shown.open(file.getvalue())
    assert pad.text == "+"


@pytest.mark.parametrize(
    ("alphabet", "sentence"),
    [("62", "Draw a digit or a letter."), ("10", "Draw a digit."), ("26", "Draw a letter."),
     ("+−×÷", "Draw + − × or ÷."), ("äöüß<", "Draw ä ö ü ß or <."),
     ("ÀÁÂÃÄÅÆÇÈÉÊ", "Draw a character.")],
)  # fmt: skip
def test_an_empty_pad_asks_for_its_own_characters(alphabet, sentence):
    chosen = get_alphabet(alphabet)
    empty = Reading((), np.zeros(len(chosen)), chosen, 0.0, "", False, np.zeros((28, 28), np.uint8))
    assert html.strip_tags(html.answer_sentence(empty)) == sentence


@pytest.mark.parametrize(
    ("character", "heard"),
    [("ä", "small ä"), ("Ö", "capital Ö"), ("×", "multiplication sign"), ("÷", "division sign"),
     ("−", "minus sign"), ("<", "less-than sign"), ("あ", "hiragana letter a")],
)  # fmt: skip
def test_own_characters_are_named_for_screen_readers(character, heard):
    alphabet = get_alphabet(character + "?")
    assert names.spoken_name(character, alphabet) == heard


def test_signs_are_drawn_in_stored_pictures():
    missing = bytes(font(17, "÷").getmask("\ue000"))
    drawn = [bytes(font(17, sign).getmask(sign)) for sign in "+−×÷äöüß…"]
    assert missing not in drawn
    assert len(set(drawn)) == len(drawn)


def test_own_characters_are_drawn_saved_and_become_a_dataset(tmp_path):
    path = tmp_path / "signs.jsonl"
    pad = Pad(path=path, writer="anna")  # the course's own recogniser does not know them
    for label in ("÷", "+", "×", "+", "7", "a\u0308"):
        Hand(pad.shown).draw(*strokes(label if label in "÷+×7" else "ä"))
        pad.shown.label_field.value = label
        pad.shown.save_button.click()
        assert note(pad.shown).startswith("Saved")
    assert [drawing.label for drawing in load_drawings(path)] == ["÷", "+", "×", "+", "7", "ä"]
    everything, signs = from_drawings(path), from_drawings(path, alphabet="+−×÷")
    assert everything.alphabet == get_alphabet("+7×ä÷")
    assert signs.characters.tolist() == ["÷", "+", "×", "+"]
    assert signs.alphabet == get_alphabet("+−×÷")
    result = read_drawings(merge_drawings([path]), recognizer_of("+−×÷"))
    # The same drawing twice is one.
    assert [(row.character, row.attempts, row.right) for row in result.characters] == [
        ("+", 1, 1), ("×", 1, 1), ("÷", 1, 1)
    ]  # fmt: skip
    with pytest.raises(ValueError, match="no drawings of the alphabet 'αβ'"):
        from_drawings(path, alphabet="αβ")


@pytest.mark.parametrize("label", ["", "ab", " ", "\u0308", "\n"])
def test_a_label_that_is_not_one_character_is_refused(tmp_path, label):
    pad = CharacterPad(recognizer_of("+−×÷"), path=tmp_path / "signs.jsonl")
    Hand(pad).draw(*strokes("+"))
    pad.label_field.value = label
    pad.save_button.click()
    assert "is not one character" in note(pad)
