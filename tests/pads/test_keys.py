"""Drawing without a mouse and without a drag: by keys, and by points that are joined."""

import pytest
from helpers.hands import Hand, nearest_recognizer, note, watch

from hwr._support.drawing_keys import DRAWING_KEYS
from hwr._support.paths import PACKAGE
from hwr.pads.canvas import CHARACTER_SHEET, SHEET_SIDE
from hwr.pads.character import CharacterPad
from hwr.pads.html import strip_tags
from hwr.pads.keys import FINE_STEP, STEP
from hwr.pads.writing import WritingPad

MIDDLE = SHEET_SIDE / 2


@pytest.fixture(scope="module")
def recognizer():
    return nearest_recognizer()


@pytest.fixture
def pad(recognizer):
    return CharacterPad(recognizer)


@pytest.fixture
def hand(pad):
    return Hand(pad)


def tap(hand, *points):
    for point in points:
        hand.draw([point])


def strokes(pad):
    return [[tuple(point) for point in stroke] for stroke in pad.ink.strokes]


def test_arrows_draw_while_the_pen_is_down(pad, hand):
    for key in ("ArrowLeft", "ArrowUp", " ", "ArrowRight", "ArrowDown", " ", "ArrowDown"):
        hand.key(key)
    left, top = MIDDLE - STEP, MIDDLE - STEP
    assert strokes(pad) == [[(left, top), (MIDDLE, top), (MIDDLE, MIDDLE)]]
    hand.key("ArrowLeft", shift=True)
    hand.key(" ")
    hand.key(" ")
    assert strokes(pad)[1:] == [[(MIDDLE - FINE_STEP, MIDDLE + STEP)]]  # a dot
    assert not pad.sheet.drawing
    assert note(pad) == ""


def test_the_pen_stays_on_the_sheet(pad, hand):
    hand.key(" ")
    for _ in range(40):
        hand.key("ArrowLeft")
    assert strokes(pad)[0][-1] == (0, MIDDLE)


def test_screen_readers_are_told_what_the_pen_does(pad, hand):
    hand.key(" ")
    assert pad.screen_reader_text == "Pen down."
    hand.key("ArrowDown")
    hand.key(" ")
    assert "percent" in pad.screen_reader_text  # the answer
    pad.join_choice.value = True
    tap(hand, (100, 100), (300, 100))
    assert pad.screen_reader_text == "Point 2."
    tap(hand, (300, 100))
    assert "percent" in pad.screen_reader_text


def test_a_mouse_that_passes_does_not_draw_with_the_keyboards_pen(pad, hand):
    hand.key(" ")
    hand.mouse("move", (10, 10))
    hand.mouse("out", (0, 10))
    assert pad.sheet.drawing
    assert strokes(pad) == [[(MIDDLE, MIDDLE)]]
    hand.draw([(100, 100), (200, 200)])
    assert [len(stroke) for stroke in strokes(pad)] == [1, 2]
    assert pad.sheet.cursor is None


@pytest.mark.parametrize("key", ["Delete", "Backspace"])
def test_delete_clears(pad, hand, key):
    hand.draw([(100, 100), (200, 200)])
    hand.key(key)
    assert pad.ink.empty


def test_leaving_the_sheet_lifts_the_pen(pad, hand, monkeypatch):
    monkeypatch.setattr(type(pad.sheet.canvas), "blur", lambda canvas: None)
    hand.key(" ")
    hand.key("Tab")
    assert not pad.sheet.drawing
    assert pad.sheet.cursor is None
    assert "percent" in pad.screen_reader_text


def test_taps_are_joined_until_one_on_the_last_point(pad, hand):
    pad.join_choice.value = True
    corner, foot = (400, 100), (250, 500)
    tap(hand, (100, 100), corner, foot, (foot[0] + pad.sheet.reach - 1, foot[1]))
    hand.mouse("move", (10, 10))  # a drag or a hover draws nothing
    tap(hand, (200, 300), (350, 300))
    assert strokes(pad) == [[(100, 100), corner, foot], [(200, 300), (350, 300)]]
    pad.join_choice.value = False
    assert not pad.sheet.drawing
    hand.draw([(600, 600)])
    assert strokes(pad)[2:] == [[(600, 600)]]  # a dot, as before


def test_fingers_and_space_set_points_too(pad, hand):
    pad.join_choice.value = True
    hand.touch("start", (100, 100))
    hand.touch("move", (110, 150))
    hand.touch("end")
    hand.key(" ")
    hand.key("ArrowDown")
    assert strokes(pad) == [[(100, 100), (MIDDLE, MIDDLE)]]
    hand.key(" ")
    hand.key(" ")
    assert strokes(pad) == [[(100, 100), (MIDDLE, MIDDLE), (MIDDLE, MIDDLE + STEP)]]
    assert not pad.sheet.drawing


def test_undo_takes_back_a_point_and_the_line_goes_on(pad, hand):
    pad.join_choice.value = True
    tap(hand, (100, 100), (300, 100), (500, 500))
    pad.undo_button.click()
    assert strokes(pad) == [[(100, 100), (300, 100)]]
    tap(hand, (300, 400))
    assert strokes(pad) == [[(100, 100), (300, 100), (300, 400)]]
    pad.join_choice.value = False
    hand.key("z", ctrl=True)
    hand.mouse("move", (10, 10))
    assert strokes(pad) == [[(100, 100), (300, 100)]]


def test_pen_and_last_point_are_marked(pad, hand, monkeypatch):
    drawn = watch(monkeypatch)
    layer = pad.sheet.canvas[3]
    hand.key("ArrowLeft")
    assert drawn[-1] == (layer, "stroke_circle")
    hand.key(" ")
    assert drawn[-1] == (layer, "fill_circle")
    hand.draw([(100, 100), (200, 200)])
    assert [name for canvas, name in drawn if canvas is layer][-1] == "clear"


def test_one_description_of_the_keys_stands_beside_every_sheet(recognizer):
    for pad in (CharacterPad(recognizer), WritingPad("word")):
        lines = [strip_tags(getattr(part, "value", "")) for part in pad.widget.children]
        assert f"{DRAWING_KEYS} Tab leaves the sheet." in lines
    pages = PACKAGE / "web" / "page.html", PACKAGE.parent / "docs" / "site" / "explorer.html"
    for page in pages:
        assert '<p class="hint" id="keys">@KEYS@</p>' in page.read_text("utf-8")
    keys = (PACKAGE / "web" / "js" / "keys.js").read_text("utf-8")
    scale = SHEET_SIDE / CHARACTER_SHEET.width * 2  # canvas pixels per CSS pixel
    assert f"const STEP = {STEP / scale:g};\nconst FINE_STEP = {FINE_STEP / scale:g};" in keys
