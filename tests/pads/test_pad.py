"""The pad without a browser: its four modes, and what a notebook may ask of it."""

import asyncio
import subprocess
import sys
from io import BytesIO

import numpy as np
import pytest
from helpers.hands import Hand, in_ink, mime_bundle, nearest_recognizer, note, strokes_of
from PIL import Image

from hwr.datasets import synthetic
from hwr.ink import Ink
from hwr.pads import html, last_picture
from hwr.pads.pad import MODES, Pad
from hwr.recognizer import Recognizer


@pytest.fixture(scope="module")
def recognizer():
    return Recognizer.load()


def visible(pad):
    return [part.widget for part in pad.pads if part.widget.layout.display != "none"]


def test_a_pad_reads_characters_at_first(recognizer, tmp_path):
    pad = Pad(recognizer, path=tmp_path / "drawings.jsonl", writer="Ada")
    asyncio.run(pad.replay(synthetic.draw("W", np.random.default_rng(0)), seconds=0.05))
    assert pad.mode == "character"
    assert pad.reading.best in "Ww"
    assert pad.text == pad.reading.best
    assert pad.alphabet.name == "62"
    assert repr(pad) == f"<Pad: alphabet 62, strokes {len(pad.ink.strokes)}>"
    pad.shown.label_field.value = "W"
    pad.shown.save_button.click()
    assert '"writer": "Ada"' in (tmp_path / "drawings.jsonl").read_text()
    asyncio.run(pad.replay(Ink()))
    assert pad.ink.empty


@pytest.mark.parametrize("mode", MODES.values())
def test_each_mode_is_shown_alone_and_kept(recognizer, mode):
    pad = Pad(recognizer)
    pad.mode_choice.value = mode
    shown = pad.shown
    assert visible(pad) == [shown.widget]
    for other in MODES.values():
        pad.mode_choice.value = other
        assert len(visible(pad)) == 1
    at_once = []
    for part in pad.pads:
        part.widget.layout.observe(lambda _: at_once.append(len(visible(pad))), "display")
    pad.mode_choice.value = "character"
    pad.mode_choice.value = mode
    assert set(at_once) <= {0, 1}
    assert pad.shown is shown
    assert len(pad.pads) == len(MODES)
    assert note(pad) == ""


def test_what_is_written_stays_in_its_mode(recognizer):
    pad = Pad(recognizer, mode="word")
    Hand(pad.shown).draw(*strokes_of("hello"))
    assert pad.text == "hello"
    pad.mode_choice.value = "character"
    assert pad.ink.empty
    assert pad.text == ""
    pad.mode_choice.value = "picture"
    assert pad.ink.empty
    pad.mode_choice.value = "word"
    assert pad.text == "hello"


def test_a_word_is_replayed(recognizer):
    pad = Pad(recognizer, mode="word")
    asyncio.run(pad.replay(in_ink("hello"), seconds=0.05))
    low, high = pad.ink.bounds()
    assert low.min() > 0
    assert (high < [pad.shown.sheet.form.width, pad.shown.sheet.form.height]).all()
    assert pad.text == "hello"


def test_a_pad_for_pictures_cannot_be_drawn_on(recognizer):
    with pytest.raises(ValueError, match="cannot be drawn on"):
        asyncio.run(Pad(recognizer, mode="picture").replay(in_ink("a")))


def test_an_unknown_mode_or_alphabet_is_reported(recognizer):
    with pytest.raises(ValueError, match="There is no mode 'words': choose one of 'character'"):
        Pad(recognizer, mode="words")
    with pytest.raises(ValueError, match="There is no alphabet"):
        Pad(recognizer, alphabet="6", mode="word")


def test_a_mode_that_cannot_be_loaded_is_reported_and_the_pad_lives_on(recognizer, monkeypatch):
    pad = Pad(recognizer)
    monkeypatch.setitem(sys.modules, "hwr.pads.writing", None)  # its import fails
    pad.mode_choice.value = "word"
    assert "ModuleNotFoundError" in note(pad)
    assert pad.mode == "character"
    assert visible(pad) == [pad.shown.widget]
    monkeypatch.undo()
    pad.mode_choice.value = "word"
    assert note(pad) == ""
    assert pad.mode == "word"


@pytest.mark.parametrize("mode", MODES.values())
def test_a_stored_pad_is_a_picture_with_its_answer(recognizer, mode):
    pad = Pad(recognizer, mode=mode)
    if mode != "picture":
        strokes = strokes_of("go", at=(150, 300))
        Hand(pad.shown).draw(*strokes)
    bundle, metadata = mime_bundle(pad)
    alt = metadata["image/png"]["alt"]
    assert bundle["text/plain"] == repr(pad)
    assert "application/vnd.jupyter.widget-view+json" in bundle
    assert f'alt="{alt}"'.replace("'", "&#x27;") in bundle["text/html"]
    assert Image.open(BytesIO(bundle["image/png"])).width >= 700
    if mode in ("word", "line"):
        assert "Probably go" in alt
    if mode == "character":
        assert html.screen_reader_text(pad.reading) in alt


# --- what stays of it --------------------------------------------------------------------------


@pytest.fixture
def kept(monkeypatch):
    """What a cell's outputs are told: the pad, then its last picture and each new one."""
    told = []

    def tell(data, *, raw, metadata=None, display_id=None):
        told.append((data, display_id))

    monkeypatch.setattr("hwr.pads.pad.display", tell)
    monkeypatch.setattr(last_picture, "display", tell)
    monkeypatch.setattr(last_picture, "update_display", tell)
    return told


def test_the_last_picture_is_kept_beside_the_pad(recognizer, kept):
    pad = Pad(recognizer)
    Hand(pad.shown).draw(*strokes_of("l", at=(300, 300)))
    assert kept == []  # nothing is displayed yet
    pad._ipython_display_()
    (shown, no_name), (last, name) = kept
    assert "application/vnd.jupyter.widget-view+json" in shown
    assert no_name is None
    assert '<div class="hwr-last" hidden="hidden"><p class="hwr-asleep"' in last["text/html"]
    assert "A pad with 1 stroke." in last["text/html"]
    Hand(pad.shown).draw([(100, 100)])  # without an event loop it is taken at once
    assert "A pad with 2 strokes." in kept[-1][0]["text/html"]
    pad.mode_choice.value = "word"
    assert "Write a word here" in kept[-1][0]["text/html"]
    asyncio.run(pad.replay(in_ink("go"), 0.05))
    assert "A pad with writing. Probably go" in kept[-1][0]["text/html"]
    assert {each for _, each in kept[1:]} == {name}


def test_a_picture_says_in_words_that_it_is_not_trusted(recognizer):
    page = mime_bundle(Pad(recognizer))[0]["text/html"]
    assert "this notebook is not trusted" in page
    assert "Shift+Enter" in page
    # Pages remove the style of what they do not trust, and the words appear.
    assert "<style>.hwr-untrusted { display: none; }</style>" in page


# --- what it costs -----------------------------------------------------------------------------


def test_a_recogniser_reads_characters_and_the_network_of_words_reads_words():
    nearest = nearest_recognizer(each=2)
    for mode in ("character", "word"):
        pad = Pad(nearest, mode=mode)
        nearest.network.asked = 0
        Hand(pad.shown).draw(*strokes_of("l", at=(300, 300)))
        assert (nearest.network.asked > 0) == (mode == "character")


def test_a_pad_loads_only_what_it_needs():
    heavy = (
        "tensorflow",
        "keras",
        "matplotlib",
        "wordfreq",
        "hwr.words.reading",
        "hwr.images.binarization",
    )
    code = (
        "import sys; from hwr import Pad; Pad();"
        f"print([module for module in {heavy} if module in sys.modules])"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"


def test_corrections_are_plain_data():
    code = (
        "import sys, hwr.pads.corrections;"
        "print([module for module in ('ipycanvas', 'ipywidgets') if module in sys.modules])"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"
