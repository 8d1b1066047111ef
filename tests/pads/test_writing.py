"""The pad for words without a browser: strokes in, boxes, text and corrections out."""

import asyncio
from dataclasses import replace
from io import BytesIO

import numpy as np
import pytest
from helpers.hands import Hand, classes, note, strokes_of, watch
from PIL import Image

from hwr.ink import Ink
from hwr.pads import html, writing
from hwr.pads.boxes import SURE, UNSURE, colour
from hwr.pads.corrections import Corrections, stroke_key
from hwr.pads.writing import PEN_REST, WritingPad
from hwr.recognizer import Recognizer
from hwr.words.incremental import IncrementalReader
from hwr.words.language_model import CODE_ALPHABETS, LANGUAGE_NAMES, PROSE_LANGUAGES, language_model
from hwr.words.reading import read_text, read_word
from hwr.words.text import Text, Word
from hwr.words.word_reader import WordReader

HELLO = strokes_of("hello")
LINES = [
    *strokes_of("read", at=(150, 200), scale=50),
    *strokes_of("this", at=(650, 200), scale=50),
    *strokes_of("word", at=(150, 450), scale=50),
]
SCRIBBLE = [np.random.default_rng(seed).uniform(50, 390, (40, 2)).tolist() for seed in range(3)]


@pytest.fixture(scope="module")
def recognizer():
    return Recognizer.load()


@pytest.fixture
def pad(recognizer):
    return WritingPad("word")


@pytest.fixture
def hand(pad):
    return Hand(pad)


@pytest.fixture
def lines(recognizer):
    pad = WritingPad("line")
    Hand(pad).draw(*LINES)
    pad.answer()
    return pad


@pytest.fixture
def drawn(monkeypatch):
    return watch(monkeypatch)


def buttons(pad):
    """The words that are shown, line by line."""
    return [[button.description for button in row] for row in pad.correction_panel.buttons]


def button(pad, text):
    return next(b for row in pad.correction_panel.buttons for b in row if b.description == text)


def letters(pad):
    return pad.correction_panel.letter_choices


# --- reading -----------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["hello", "window", "go"])
def test_a_written_word_is_read(pad, hand, text):
    hand.draw(*strokes_of(text, at=(150, 300)))
    assert pad.text == text
    assert buttons(pad) == [[text]]
    assert f"<b>{text}</b>" in pad.answer_line.value
    assert text in pad.screen_reader_text
    assert 'role="status"' in pad.spoken_line.value
    assert note(pad) == ""


def test_lines_of_words_are_read(lines):
    assert lines.text == "read this\nword"
    assert buttons(lines) == [["read", "this"], ["word"]]
    doubtful = [word.text for line in lines.lines for word in line if not word.sure]
    named = f"not sure of {', '.join(doubtful)}" if doubtful else "sure of each"
    assert lines.sentence == f"3 words, {named}."
    assert lines.screen_reader_text == f"Read: read this; word. {lines.sentence}"


def test_all_ink_is_one_word_in_the_mode_for_words(pad, hand):
    hand.draw(*strokes_of("in", at=(400, 300)), *strokes_of("to", at=(750, 300)))
    assert [len(line) for line in buttons(pad)] == [1]
    assert len(pad.text) == len(pad.lines[0][0].word.boxes) == 4


def test_a_box_stands_around_each_letter_with_what_it_is(pad, hand):
    hand.draw(*HELLO)
    marks = pad.sheet.boxes
    assert "".join(mark.label for mark in marks) == "hello"
    points = np.concatenate(pad.ink.strokes)
    boxes = np.array([mark.bounds for mark in marks])
    np.testing.assert_allclose(boxes[:, :2].min(axis=0), points.min(axis=0))
    np.testing.assert_allclose(boxes[:, 2:].max(axis=0), points.max(axis=0))
    assert {colour(mark) for mark in marks} == {SURE}


def test_boxes_are_drawn_below_the_ink_and_only_when_they_change(pad, hand, drawn):
    hand.draw(*HELLO)
    layer = pad.sheet.canvas[1]
    assert drawn.count((layer, "stroke_rect")) >= 5
    assert (pad.sheet.canvas[2], "stroke_rect") not in drawn
    drawn.clear()
    pad.answer()
    assert drawn == []


def test_a_page_that_connects_gets_ink_and_boxes(pad, hand, drawn):
    hand.draw(*HELLO)
    drawn.clear()
    hand.send("client_ready")
    sheet, boxes, ink = (pad.sheet.canvas[layer] for layer in range(3))
    assert drawn[0] == (sheet, "fill_rect")
    assert drawn.count((boxes, "stroke_rect")) == 5
    assert drawn.count((ink, "stroke_lines")) == len(HELLO)
    assert drawn[-1][0] is ink


def test_what_is_in_doubt_is_said_in_words_and_dashed(pad, hand, monkeypatch):
    hand.draw(*strokes_of("ill", at=(300, 300)))
    doubted = replace(pad.lines[0][0].word, sure=False)
    monkeypatch.setattr(pad.reader, "read", lambda *_: Text(((doubted,),)))
    pad.answer()
    assert pad.sentence.startswith("Not sure: perhaps")
    assert pad.screen_reader_text.startswith("Not sure: perhaps")
    assert {colour(mark) for mark in pad.sheet.boxes} == {UNSURE}
    ((only,),) = pad.correction_panel.buttons
    assert "not sure" in only.tooltip
    assert "hwr-unsure" in classes(only)


def test_a_scribble_is_no_word(pad, hand):
    hand.draw(*SCRIBBLE)
    assert not any(word.sure for line in pad.lines for word in line)
    assert pad.sentence.startswith(("Not sure", "Nothing is read here"))


def test_an_empty_sheet_says_what_to_do(pad):
    assert pad.sentence.startswith("Write a word here")
    assert pad.text == ""
    assert pad.sheet.boxes == ()


def test_too_many_strokes_are_reported_and_the_pad_lives_on(pad, hand, monkeypatch):
    monkeypatch.setattr("hwr.words.segments.MAX_SEGMENTS", 3)
    hand.draw(*HELLO)
    assert "too many for handwriting" in note(pad)
    monkeypatch.undo()
    pad.clear_button.click()
    hand.draw(*HELLO)
    assert note(pad) == ""
    assert pad.text == "hello"


# --- undo, clear, keys -------------------------------------------------------------------------


def test_undo_and_clear(pad, hand):
    hand.draw(*HELLO)
    hand.draw(*strokes_of("s", at=(900, 300)))
    assert len(pad.text) == 6
    hand.key("z", ctrl=True)
    assert pad.text == "hello"
    pad.clear_button.click()
    assert (pad.text, pad.sheet.boxes, buttons(pad)) == ("", (), [])
    pad.undo_button.click()
    assert pad.text == "hello"
    assert buttons(pad) == [["hello"]]


def test_tab_leaves_the_sheet(pad, hand, monkeypatch):
    left = []
    monkeypatch.setattr(pad.sheet.canvas, "blur", lambda: left.append(1))
    hand.key("Tab")
    assert left == [1]


def test_every_control_is_named(pad, hand):
    hand.draw(*HELLO)
    panel = pad.correction_panel
    fields = (pad.language_choice, panel.word_choice, panel.word_field, *letters(pad))
    assert all(field.description for field in fields)
    assert all(one.description and one.tooltip for one in (pad.undo_button, pad.clear_button))
    assert pad.sheet.canvas.tooltip == "Sheet to write a word on"


# --- corrections -------------------------------------------------------------------------------


def test_another_reading_of_the_word_is_chosen(pad, hand):
    hand.draw(*HELLO)
    field = pad.correction_panel.word_choice
    (_, first), (_, other), *_ = field.options
    assert first == "hello"
    field.value = other
    assert pad.text == other
    assert buttons(pad) == [[other]]
    assert pad.sentence == f"{other}, as you corrected it."
    assert field.value == other


def test_a_letter_is_chosen(pad, hand):
    hand.draw(*HELLO)
    assert [field.value for field in letters(pad)] == list("hello")
    field = letters(pad)[1]
    other = next(value for _, value in field.options if value != "e")
    field.value = other
    assert pad.text == f"h{other}llo"
    assert "".join(mark.label for mark in pad.sheet.boxes) == f"h{other}llo"
    assert "e" in [value for _, value in letters(pad)[1].options]  # and back
    letters(pad)[1].value = "e"
    assert pad.text == "hello"


def test_another_word_is_written(pad, hand):
    hand.draw(*HELLO)
    pad.correction_panel.word_field.value = "  hi "
    assert pad.text == "hi"
    assert letters(pad) == ()  # they are not those of the boxes
    assert {mark.label for mark in pad.sheet.boxes} == {" "}
    assert ("hi", "hi") in pad.correction_panel.word_choice.options
    pad.correction_panel.word_choice.value = "hello"
    assert len(letters(pad)) == 5


def test_a_correction_stays_until_the_ink_changes(pad, hand):
    hand.draw(*HELLO)
    pad.correction_panel.word_field.value = "jelly"
    pad.answer()
    assert pad.text == "jelly"
    hand.draw(*strokes_of("s", at=(900, 300)))
    assert len(pad.text) == 6
    pad.undo_button.click()
    assert pad.text == "jelly"


def test_new_ink_within_a_word_makes_it_another_one():
    box = np.array([[0.0, 0.0, 10.0, 10.0]])
    word, first = Word("o", boxes=box), np.array([[0.0, 0.0], [10.0, 10.0]])
    dot = np.array([[5.0, 5.0]])
    before, after = stroke_key(word, Ink([first])), stroke_key(word, Ink([first, dot]))
    assert before != after
    assert stroke_key(word, Ink([first, dot + 20])) == before


def test_a_word_among_others_is_chosen_and_corrected(lines):
    panel = lines.correction_panel
    assert panel.fields.layout.display == "none"
    assert "Choose a word" in html.strip_tags(panel.hint.value)
    button(lines, "this").click()
    assert panel.fields.layout.display is None
    assert [mark.label for mark in lines.sheet.boxes if mark.chosen] == list("this")
    assert "hwr-chosen" in classes(button(lines, "this"))
    panel.word_field.value = "those"
    assert lines.text == "read those\nword"
    assert buttons(lines) == [["read", "those"], ["word"]]
    button(lines, "word").click()
    assert "hwr-chosen" not in classes(button(lines, "those"))
    Hand(lines).draw(*strokes_of("a", at=(150, 700), scale=50))
    lines.answer()
    assert lines.text.startswith("read those\nword")


def test_an_empty_correction_is_reported():
    with pytest.raises(ValueError, match="A correction is empty"):
        Corrections().correct("key", "")


def test_buttons_are_kept_while_the_text_changes(pad, hand):
    hand.draw(*HELLO)
    before = pad.correction_panel.buttons
    hand.draw(*strokes_of("s", at=(900, 300)))
    assert pad.correction_panel.buttons == before


# --- languages ---------------------------------------------------------------------------------


def test_every_language_that_is_offered_can_be_had():
    assert [
        name for name in LANGUAGE_NAMES if name in PROSE_LANGUAGES or name in CODE_ALPHABETS
    ] == list(LANGUAGE_NAMES)
    assert language_model("none: numbers").letters == "0123456789"
    assert language_model("English").ignores_case
    with pytest.raises(ValueError, match="There is no language 'Elvish' here"):
        language_model("Elvish")


def test_the_language_says_what_is_expected(pad, hand):
    hand.draw(*strokes_of("101", at=(400, 300)))
    pad.language_choice.value = "none: numbers"
    assert pad.text.isdigit()
    assert note(pad) == ""


# --- soon, and never in the way of the ink -----------------------------------------------------


def test_a_word_is_read_while_it_is_written(pad, hand, monkeypatch):
    read, drawing = pad.reader.read, []
    monkeypatch.setattr(
        pad.reader, "read", lambda *given: (drawing.append(pad.sheet.drawing), read(*given))[1]
    )

    async def session():
        for first, *others in HELLO[:3]:
            hand.mouse("down", first)
            for point in others:
                pad.reading_seconds = 0.0  # on a slow machine, too
                hand.mouse("move", point)
                await asyncio.sleep(0.02)
            hand.mouse("up", others[-1])

    asyncio.run(session())
    assert drawing.count(True) >= 3


def test_slow_reading_waits_until_the_pen_rests(pad, hand, monkeypatch):
    asked = []
    monkeypatch.setattr(pad.reader, "read", lambda *_: asked.append(1) or Text())

    async def session():
        pad.reading_seconds = 1.0
        for stroke in HELLO[:3]:
            hand.draw(stroke)
            await asyncio.sleep(PEN_REST / 3)
        assert asked == []
        await asyncio.sleep(2 * PEN_REST)

    asyncio.run(session())
    assert len(asked) == 1


def test_what_is_known_is_not_read_again(monkeypatch):
    asked, english = [], language_model("English")
    answer = WordReader.answer
    monkeypatch.setattr(
        WordReader, "answer", lambda self, *given: asked.append(given[0]) or answer(self, *given)
    )
    reader, ink = IncrementalReader(one_word=False), Ink(LINES)
    read = reader.read(ink, english)
    assert str(read) == str(read_text(ink, english))
    asked.clear()
    assert str(reader.read(ink, english)) == str(read)
    assert not asked
    moved = Ink([*ink.strokes[:-1], ink.strokes[-1] * 1.01])
    reader.read(moved, english)
    assert asked
    unchanged = {stroke.tobytes() for stroke in ink.strokes[: len(ink.strokes) // 2]}
    assert not any(stroke.tobytes() in unchanged for each in asked for stroke in each.strokes)
    asked.clear()
    reader.read(moved, language_model("none: numbers"))  # another language, another answer
    assert len(asked) >= len(read.words)


def test_a_reader_reads_as_the_package_does():
    reader, english = IncrementalReader(one_word=True), language_model("English")
    for count in range(1, len(HELLO) + 1):
        ink = Ink(HELLO[:count])
        word, expected = reader.read(ink, english), read_word(ink, english)
        assert str(word) == expected.text
        if word.words:
            assert word.words[0].probability == pytest.approx(expected.probability, abs=1e-4)


# --- how it is shown ---------------------------------------------------------------------------


def test_a_picture_shows_ink_boxes_and_text(pad, hand):
    hand.draw(*HELLO)
    png, alt = pad.picture()
    assert alt.startswith("A pad with writing. Probably hello")
    picture = np.asarray(Image.open(BytesIO(png)).convert("RGB"), int)
    assert len(png) < 30_000
    dark = (picture < 60).all(axis=2).mean()
    blue = (abs(picture - [0, 114, 178]) < 60).all(axis=2).mean()
    assert 0.01 < dark < 0.2
    assert 0.002 < blue < 0.1


def test_wide_sheets_fit_their_page(pad):
    layout = pad.sheet.canvas.layout
    assert (layout.height, layout.max_width) == ("auto", f"{writing.WORD.width // 2}px")
