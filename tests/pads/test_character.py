"""The pad for a character without a browser: strokes in, answers, pictures and files out."""

import asyncio
import json
import time
from io import BytesIO

import ipywidgets
import numpy as np
import pytest
from helpers.hands import Hand, nearest_recognizer, note, watch
from PIL import Image

from hwr import alphabets, saliency
from hwr.datasets import synthetic
from hwr.datasets.drawings import Drawing, load_drawings, save_drawing
from hwr.ink import PEN, Ink, conversion_steps
from hwr.pads import html, names
from hwr.pads.canvas import SHEET_SIDE
from hwr.pads.character import PENS, CharacterPad
from hwr.pads.throttle import RATE, Throttle
from hwr.recognizer import Reading, Recognizer


@pytest.fixture(scope="module")
def recognizer():
    return nearest_recognizer()


@pytest.fixture
def pad(recognizer, tmp_path):
    return CharacterPad(recognizer, path=tmp_path / "drawings" / "drawings.jsonl")


@pytest.fixture
def hand(pad):
    return Hand(pad)


@pytest.fixture
def drawn(monkeypatch):
    return watch(monkeypatch)


def made_up(character, seed=0, side=SHEET_SIDE / 2):
    """Return a character's strokes as lists of points in the middle of the sheet."""
    ink = synthetic.draw(character, np.random.default_rng(seed))
    low, high = ink.bounds()
    scale = side / (high - low).max()
    return [(stroke - (low + high) / 2) * scale + SHEET_SIDE / 2 for stroke in ink.strokes]


LINE = [(100, 100), (200, 200), (300, 300)]
OTHER = [(300, 100), (100, 300)]


# --- drawing -----------------------------------------------------------------------------------


@pytest.mark.parametrize("character", ["W", "8", "g", "E"])
def test_a_drawn_character_is_read(pad, hand, character):
    hand.draw(*made_up(character))
    assert pad.reading.best == character
    assert f"<b>{character}</b>" in pad.answer_line.value
    assert names.spoken_name(character, pad.alphabet) in pad.screen_reader_text
    assert note(pad) == ""


def test_strokes_are_kept_as_drawn(pad, hand):
    hand.draw(LINE, OTHER)
    assert [stroke.tolist() for stroke in pad.ink.strokes] == [
        [list(point) for point in stroke] for stroke in (LINE, OTHER)
    ]


def test_hovering_draws_nothing(pad, hand, drawn):
    for point in LINE:
        hand.mouse("move", point)
    hand.mouse("up", LINE[-1])
    assert pad.ink.empty
    assert drawn == []


def test_every_move_is_drawn_at_once(pad, hand, drawn):
    hand.mouse("down", LINE[0])
    for count, point in enumerate(LINE[1:], 1):
        hand.mouse("move", point)
        assert drawn[-1] == (pad.sheet.canvas[2], "stroke_line")
        assert [name for _, name in drawn].count("stroke_line") == count


def test_leaving_the_sheet_ends_the_stroke(pad, hand):
    hand.mouse("down", LINE[0])
    hand.mouse("out", (0, 100))
    hand.mouse("move", LINE[1])
    assert [len(stroke) for stroke in pad.ink.strokes] == [1]


def test_a_press_whose_release_was_lost_ends_the_stroke_before(pad, hand):
    hand.mouse("down", LINE[0])
    hand.mouse("move", LINE[1])
    hand.draw(OTHER)
    assert [len(stroke) for stroke in pad.ink.strokes] == [2, 2]


def test_one_finger_draws(pad, hand):
    hand.touch("start", LINE[0])
    hand.touch("move", LINE[1])
    hand.touch("end")
    hand.touch("move", LINE[2])
    assert [stroke.tolist() for stroke in pad.ink.strokes] == [[[100, 100], [200, 200]]]


def test_a_second_finger_does_not_draw(pad, hand):
    palm = (600, 600)
    hand.touch("start", LINE[0])
    hand.touch("start", palm, LINE[0])
    hand.touch("move", palm, LINE[1])
    hand.touch("end", LINE[1])  # the palm is lifted, the finger stays
    hand.touch("move", LINE[2])
    hand.touch("end")
    assert [stroke.tolist() for stroke in pad.ink.strokes] == [np.array(LINE).tolist()]


def test_lifting_the_finger_that_draws_ends_the_stroke(pad, hand):
    palm = (600, 600)
    hand.touch("start", LINE[0])
    hand.touch("start", LINE[0], palm)
    hand.touch("end", palm)
    hand.touch("move", palm)
    hand.touch("cancel")
    assert [len(stroke) for stroke in pad.ink.strokes] == [1]


def test_a_touch_beside_the_sheet_draws_nothing(pad, hand):
    hand.touch("start", (-50, 100))
    assert pad.ink.empty


# --- answers, soon and never late --------------------------------------------------------------


async def scribble(pad, hand, seconds):
    """Draw without a pause, and return the number of points."""
    hand.mouse("down", (320, 320))
    end, count = time.perf_counter() + seconds, 1
    while time.perf_counter() < end:
        angle = count / 9
        hand.mouse("move", (320 + 150 * np.cos(angle), 320 + 150 * np.sin(2 * angle)))
        count += 1
        await asyncio.sleep(0.002)
    return count


def test_answers_are_throttled_and_about_the_newest_ink(pad, hand, recognizer):
    async def session():
        before = recognizer.network.asked
        count = await scribble(pad, hand, 0.8)
        asked = recognizer.network.asked - before
        hand.mouse("up", (320, 320))
        return count, asked

    count, asked = asyncio.run(session())
    assert len(pad.ink.strokes[0]) == count
    assert 3 <= asked <= 0.8 * RATE + 2 < count
    # The lifted pen was answered at once.
    assert html.answer_sentence(pad.reading) in pad.answer_line.value


def test_bars_move_while_the_stroke_is_drawn(pad, hand):
    async def session():
        hand.mouse("down", LINE[0])
        seen = set()
        for _ in range(30):
            await scribble_on(hand)
            seen.add(pad.bars.value)
        return seen

    async def scribble_on(hand):
        hand.mouse("move", np.random.default_rng(len(pad.ink.strokes[0])).uniform(100, 500, 2))
        await asyncio.sleep(0.02)

    assert len(asyncio.run(session())) > 3


def test_a_slow_answer_leaves_most_of_the_time_to_the_ink():
    spent = []

    def slow():
        time.sleep(0.06)
        spent.append(0.06)

    async def session():
        newest = Throttle(slow)
        end = time.perf_counter() + 0.9
        while time.perf_counter() < end:
            newest.ask()
            await asyncio.sleep(0.001)

    asyncio.run(session())
    assert len(spent) >= 2
    assert sum(spent) <= 0.9 / 3 + 2 * 0.06


def test_where_all_is_late_answers_are_rarer():
    done = []

    async def session():
        newest = Throttle(lambda: done.append(time.perf_counter()))
        end = time.perf_counter() + 0.9
        while time.perf_counter() < end:
            newest.ask()
            time.sleep(0.02)  # somebody else's work
            await asyncio.sleep(0)

    asyncio.run(session())
    assert 2 <= len(done) <= 0.9 * RATE / 2.5


def test_without_an_event_loop_the_lifted_pen_is_answered(pad, hand):
    hand.draw(*made_up("W"))
    first = pad.answer_line.value
    hand.draw(*made_up("E"))
    assert pad.answer_line.value != first


def test_replay_draws_by_itself(pad):
    drawing = synthetic.draw("W", np.random.default_rng(0))
    asyncio.run(pad.sheet.replay(drawing, seconds=0.05))
    assert [len(stroke) for stroke in pad.ink.strokes] == [len(s) for s in drawing.strokes]
    low, high = pad.ink.bounds()
    assert low.min() > 0
    assert high.max() < SHEET_SIDE
    assert pad.reading.best == "W"
    asyncio.run(pad.sheet.replay(Ink()))
    assert pad.ink.empty


# --- buttons and keys --------------------------------------------------------------------------


def test_undo_takes_back_strokes_and_clearing(pad, hand):
    hand.draw(LINE, OTHER)
    pad.clear_button.click()
    assert pad.ink.empty
    assert "Draw" in pad.answer_line.value
    pad.undo_button.click()
    assert len(pad.ink.strokes) == 2
    pad.undo_button.click()
    assert [len(stroke) for stroke in pad.ink.strokes] == [3]
    for _ in range(3):
        pad.undo_button.click()
    assert pad.ink.empty
    assert note(pad) == ""


def test_undo_by_keyboard(pad, hand):
    hand.draw(LINE, OTHER)
    hand.key("z")
    assert len(pad.ink.strokes) == 2
    hand.key("z", ctrl=True)
    assert len(pad.ink.strokes) == 1


def test_tab_leaves_the_sheet(pad, hand, monkeypatch):
    moved = []
    for name in ("focus", "blur"):
        monkeypatch.setattr(
            ipywidgets.DOMWidget, name, lambda widget, name=name: moved.append((widget, name))
        )
    hand.key("Tab")
    hand.key("Tab", shift=True)
    hand.key("Escape")
    assert moved == [(pad.sheet.canvas, "blur")] * 3


def test_a_wider_pen_is_seen_by_the_network_too(pad, hand):
    hand.draw(*made_up("W"))
    grey = []
    for pen in PENS.values():
        pad.pen_choice.value = pen
        assert pad.ink.pen == pen
        grey.append(pad.reading.image.mean())
        assert html.answer_sentence(pad.reading) in pad.answer_line.value
    assert grey == sorted(grey)
    assert PENS["medium"] == PEN


@pytest.mark.parametrize(
    ("name", "rows"), [("62", 5), ("47", 5), ("26", 5), ("10", 10)], ids=["62", "47", "26", "10"]
)
def test_each_alphabet_answers_within_itself(pad, hand, name, rows):
    hand.draw(*made_up("8"))
    pad.alphabet_choice.value = alphabets.get_alphabet(name)
    assert pad.reading.alphabet.name == name
    assert pad.bars.value.count("<span>") == rows
    assert html.answer_sentence(pad.reading) in pad.answer_line.value


def test_an_alphabet_of_ones_own(recognizer):
    pad = CharacterPad(recognizer, alphabet="O0")
    Hand(pad).draw(*made_up("O"))
    assert {character for character, _ in pad.reading.candidates} == {"O", "0"}
    assert pad.bars.value.count("<span>") == 2
    with pytest.raises(ValueError, match="cannot answer in the alphabet '6é', because it"):
        CharacterPad(recognizer, alphabet="6é")


def test_every_control_is_named(pad):
    buttons = (pad.undo_button, pad.clear_button, pad.save_button)
    assert all(button.description and button.tooltip for button in buttons)
    assert all(
        control.description for control in (pad.pen_choice, pad.alphabet_choice, pad.label_field)
    )


# --- saving ------------------------------------------------------------------------------------


def test_a_labelled_drawing_is_saved_and_loaded(pad, hand):
    pad.writer = "Ada"
    for count, character in enumerate("gW", 1):
        hand.draw(*made_up(character))
        pad.label_field.value = f" {character} "
        pad.save_button.click()
        assert f"drawing number {count}" in note(pad)
        assert pad.ink.empty
    lines = [json.loads(line) for line in pad.path.read_text().splitlines()]
    assert [(line["label"], line["writer"]) for line in lines] == [("g", "Ada"), ("W", "Ada")]
    loaded = load_drawings(pad.path)
    assert [drawing.label for drawing in loaded] == ["g", "W"]
    for drawing, character in zip(loaded, "gW", strict=True):
        expected = made_up(character)
        assert len(drawing.ink.strokes) == len(expected)
        for stroke, points in zip(drawing.ink.strokes, expected, strict=True):
            np.testing.assert_allclose(stroke, points, atol=0.051)
    assert list(pad.path.parent.iterdir()) == [pad.path]


def test_undo_brings_a_saved_drawing_back(pad, hand):
    hand.draw(LINE)
    pad.label_field.value = "l"
    pad.save_button.click()
    pad.undo_button.click()
    assert len(pad.ink.strokes) == 1


@pytest.mark.parametrize("label", ["", "ab", " ", "\u0301", "\n"])
def test_a_wrong_label_is_reported_in_one_sentence(pad, hand, label):
    hand.draw(LINE)
    pad.label_field.value = label
    pad.save_button.click()
    assert "is not one character" in note(pad)
    assert not pad.path.exists()
    assert not pad.ink.empty
    hand.draw(LINE)
    assert note(pad) == ""


def test_an_empty_pad_is_not_saved(pad):
    pad.label_field.value = "a"
    pad.save_button.click()
    assert "nothing to save" in note(pad)


def test_a_folder_that_cannot_be_written_is_reported(pad, hand):
    pad.path.parent.parent.joinpath("drawings").write_text("a file where the folder should be")
    hand.draw(LINE)
    pad.label_field.value = "l"
    pad.save_button.click()
    assert "cannot be written" in note(pad)
    assert not pad.ink.empty


def test_nothing_saved_before_is_lost_when_saving_fails(tmp_path, monkeypatch):
    path = tmp_path / "drawings.jsonl"
    save_drawing(path, Drawing("l", "me", Ink([LINE])))
    before = path.read_bytes()

    def broken(*_):
        raise OSError("no room on the disk")

    monkeypatch.setattr("pathlib.Path.replace", broken)
    with pytest.raises(OSError, match="no room"):
        save_drawing(path, Drawing("x", "me", Ink([LINE, OTHER])))
    assert path.read_bytes() == before


def test_a_file_that_lacks_its_last_line_end_is_continued(tmp_path):
    path = tmp_path / "drawings.jsonl"
    path.write_text('{"label": "a", "strokes": [[[0, 0], [1, 1]]]}')
    assert save_drawing(path, Drawing("l", "me", Ink([LINE]))) == 2
    assert [drawing.label for drawing in load_drawings(path)] == ["a", "l"]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("{", "not a labelled drawing"),
        ("[1, 2]", "not a labelled drawing"),
        ('{"label": "a"}', "not a labelled drawing"),
        ('{"label": "a", "strokes": [[[0, NaN]]]}', "not a finite number"),
        ('{"label": "a", "strokes": [[0, 1]]}', "not a list of points"),
        ('{"label": "a", "strokes": 3}', "cannot be used"),
        ('{"label": "ab", "strokes": [[[0, 0]]]}', "is not one character"),
        ('{"label": "a", "strokes": []}', "draw a character"),
    ],
)
def test_a_damaged_line_is_named(tmp_path, line, message):
    path = tmp_path / "some.jsonl"
    path.write_text('{"label": "a", "strokes": [[[0, 0], [1, 1]]]}\n\n' + line)
    with pytest.raises(ValueError, match=f"Line 3 of some.jsonl.*{message}"):
        load_drawings(path)


def test_a_file_that_is_missing_or_no_text_is_reported(tmp_path):
    with pytest.raises(ValueError, match=r"There is no file none\.jsonl"):
        load_drawings(tmp_path / "none.jsonl")
    (tmp_path / "picture.png").write_bytes(b"\x89PNG\xff\xfe")
    with pytest.raises(ValueError, match=r"picture\.png is not text"):
        load_drawings(tmp_path / "picture.png")


# --- what goes wrong, and pages that come and go -----------------------------------------------


def test_an_error_is_shown_and_the_pad_lives_on(pad, hand, recognizer, monkeypatch):
    monkeypatch.setattr(recognizer.network, "logits", lambda images: 1 / 0)
    hand.draw(LINE)
    assert "ZeroDivisionError" in note(pad)
    assert 'role="alert"' in pad.status.value
    monkeypatch.undo()
    hand.draw(*made_up("W"))
    assert note(pad) == ""
    assert len(pad.ink.strokes) > 1


@pytest.fixture
def own(tmp_path):
    """A pad with the course's own network, and the messages that its panel sends."""
    pad = CharacterPad(Recognizer.load(), path=tmp_path / "drawings.jsonl")
    sent = []
    pad.feature_panel.content.observe(sent.append, "value")
    return pad, Hand(pad), sent


def test_the_closed_panel_costs_nothing(own, monkeypatch):
    pad, hand, sent = own
    monkeypatch.setattr(saliency, "occlusion", None)
    monkeypatch.setattr(saliency, "FirstLayers", None)
    hand.draw(*made_up("8"))
    assert pad.reading.best == "8"
    assert note(pad) == ""
    assert sent == []


def test_the_open_panel_follows_every_finished_stroke(own):
    pad, hand, sent = own
    first, *others = made_up("E")
    hand.draw(first)
    pad.feature_panel.button.value = True
    assert len(sent) == 1
    hand.mouse("down", others[0][0])
    for point in others[0][1:]:
        hand.mouse("move", point)
    assert len(sent) == 1  # not while the stroke is drawn
    hand.mouse("up", others[0][-1])
    assert len(sent) == 2
    shown = pad.feature_panel.content.value
    assert shown.count("<img") == 3
    assert " feature maps of convolution 1" in shown
    assert f"makes <b>{names.class_name(pad.reading.best, pad.alphabet)}</b> less" in shown
    pad.clear_button.click()
    assert "<img" not in pad.feature_panel.content.value
    pad.feature_panel.button.value = False
    hand.draw(first)
    assert len(sent) == 3
    assert note(pad) == ""


def test_an_error_in_the_open_panel_is_shown(own, monkeypatch):
    pad, hand, _ = own
    pad.feature_panel.button.value = True
    monkeypatch.setattr(saliency, "occlusion", None)
    hand.draw(*made_up("W"))
    assert "clear the pad and draw again" in note(pad)


def test_a_page_that_connects_gets_the_drawing(pad, hand, drawn):
    hand.draw(LINE, OTHER)
    drawn.clear()
    hand.send("client_ready")
    sheet, ink = pad.sheet.canvas[0], pad.sheet.canvas[2]
    # The page learns which canvas is meant when it changes, so the sheet must come first.
    assert drawn[0] == (sheet, "fill_rect")
    assert drawn.count((ink, "stroke_lines")) == 2
    assert drawn[-1][0] is ink
    assert (ink, "fill_text") not in drawn


def test_an_empty_sheet_says_what_to_do(pad, hand, drawn):
    hand.send("client_ready")
    assert (pad.sheet.canvas[2], "fill_text") in drawn


def test_the_sheet_is_twice_as_fine_as_it_is_large(pad):
    largest = int(pad.sheet.canvas.layout.max_width.removesuffix("px"))
    assert pad.sheet.canvas.width == 2 * largest


# --- how it is shown ---------------------------------------------------------------------------


def test_a_stored_pad_is_a_picture_with_its_answer(pad, hand):
    hand.draw(*made_up("W"))
    png, alt = pad.picture()
    assert html.screen_reader_text(pad.reading) in alt
    assert len(png) < 20_000
    picture = np.asarray(Image.open(BytesIO(png)).convert("L"))
    sheet = picture[60:372, 20:332]
    assert 0.02 < (sheet < 128).mean() < 0.3
    seen = picture[252:364, 408:520].reshape(28, 4, 28, 4).mean(axis=(1, 3))
    np.testing.assert_allclose(seen, 255 - pad.reading.image, atol=20)


def test_an_empty_pad_is_shown_too(pad):
    assert "The pad is empty." in pad.picture()[1]


def test_each_step_of_the_conversion_is_a_picture_with_its_name(pad, hand):
    assert "<img" not in pad.steps.value
    hand.draw(*made_up("W"))
    expected = conversion_steps(pad.ink)
    assert pad.steps.value.count("<img alt=") == len(expected)
    assert all(name in pad.steps.value for name in expected)
    assert set(expected) == set(html.STEPS)


def reading(best, share, alphabet="62", sure=True):
    chosen = alphabets.get_alphabet(alphabet)
    shares = np.zeros(len(chosen), np.float32)
    shares[chosen.index(best)] = share
    others = [index for index in range(len(chosen)) if index != chosen.index(best)]
    shares[others[0]] = 1 - share
    order = np.argsort(-shares, kind="stable")[:3]
    candidates = tuple((chosen.classes[i], float(shares[i])) for i in order)
    image = np.zeros((28, 28), np.uint8)
    return Reading(candidates, shares, chosen, 0.0, "", sure, image)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (reading("g", 0.91), "Probably a g (91 %), else 0 (9 %) or 1 (<1 %)."),
        (reading("8", 1.0), "Probably an 8 (>99 %), else 0 (<1 %) or 1 (<1 %)."),
        (reading("C", 0.7, "47"), "Probably a C/c (70 %), else 0 (30 %) or 1 (<1 %)."),
        (reading("g", 0.6, sure=False), "Not sure: perhaps g (60 %), else 0 (40 %) or 1"),
        (reading("O", 0.8, "O0"), "Probably an O (80 %), else 0 (20 %)."),
    ],
)
def test_answer_sentences(given, expected):
    assert html.strip_tags(html.answer_sentence(given)).startswith(expected)


def test_what_is_heard_tells_case_and_digits_apart():
    assert html.screen_reader_text(reading("g", 0.91)).startswith(
        "Probably small g, 91 percent; else digit 0"
    )
    assert html.screen_reader_text(reading("G", 1.0)).startswith(
        "Probably capital G, over 99 percent"
    )
    assert "letter C" in html.screen_reader_text(reading("C", 0.7, "47"))


def test_the_best_bar_is_coloured_only_when_sure():
    assert 'class="best" style="width:91.0%"' in html.probability_bars(reading("g", 0.91))
    assert 'class="best"' not in html.probability_bars(reading("g", 0.91, sure=False))
