"""Reading keeps to its time: it gives what was read until then, and says that it is not all."""

import json
import time
from itertools import count

import numpy as np
import pytest
from PIL import Image

from hwr._support import deadline
from hwr.cli.main import main
from hwr.datasets.synthetic import Writer, compose_word
from hwr.ink import Ink
from hwr.words.pictures import UNFINISHED
from hwr.words.reading import read_text, read_word

WORDS = ("window", "hello", "read")


@pytest.fixture(scope="module")
def page():
    """Three words below each other."""
    writer, rng = Writer(21), np.random.default_rng(21)
    words = [compose_word(word, lambda c: writer.draw(c, rng), 1.75, rng) for word in WORDS]
    placed = [s + np.array([0, 4 * line]) for line, word in enumerate(words) for s in word.strokes]
    return Ink(placed)


def tick_marks(rows):
    """Return a picture of far more marks than a page has letters."""
    grey = np.full((40 * rows + 40, 2400), 255, np.uint8)
    for row in range(20, 40 * rows, 40):
        for left in range(20, 2380, 24):
            grey[row : row + 18, left : left + 3] = 0
    return grey


@pytest.fixture
def ends_after(monkeypatch):
    """A function that lets the time be up at the n-th look at it."""

    def end(looks):
        counted = count(1)

        def check():
            if next(counted) > looks:
                raise deadline.OutOfTimeError

        monkeypatch.setattr(deadline, "check", check)

    return end


def test_what_was_read_until_then_is_given(page, ends_after):
    whole = read_text(page)
    assert whole.finished
    assert str(whole) == "\n".join(WORDS)
    lengths = []
    for looks in range(0, 400, 40):
        ends_after(looks)
        text = read_text(page)
        assert str(whole).startswith(str(text))
        assert text.finished == (str(text) == str(whole))
        assert not text.sure or text.finished
        lengths.append(len(text.words))
    assert lengths == sorted(lengths)
    assert (lengths[0], lengths[-1]) == (0, 3)
    assert {1, 2} & set(lengths)


def test_one_word_that_takes_too_long_is_refused(page, ends_after):
    ends_after(10)
    with pytest.raises(ValueError, match=r"^This cannot be read as a word within 8 sec.*: .*\.$"):
        read_word(page)


@pytest.mark.parametrize("looks", [0, 100, 500])
def test_a_picture_too_is_read_in_part(looks, ends_after):
    ends_after(looks)
    text = read_text(tick_marks(4))
    assert (text.finished, text.turned) == (False, 0)


def test_the_limit_is_kept(page, monkeypatch):
    read_text(page)  # the words of the language are learned
    for module in ("reading", "pictures"):
        monkeypatch.setattr(f"hwr.words.{module}.MAX_READING_SECONDS", 0.2)
    picture = tick_marks(12)
    ink = Ink([[(x, y), (x + 2, y + 18)] for y in range(0, 480, 40) for x in range(0, 2400, 24)])
    for writing in (picture, ink):
        began = time.thread_time()
        assert not read_text(writing).finished
        assert time.thread_time() - began < 1.5


def test_an_inner_limit_does_not_extend_the_outer_one():
    with pytest.raises(deadline.OutOfTimeError), deadline.time_limit(-1), deadline.time_limit(60):
        deadline.check()
    deadline.check()


@pytest.mark.parametrize("options", [(), ("--json",)])
def test_the_command_says_it(tmp_path, capsys, ends_after, options):
    Image.fromarray(tick_marks(4)).save(tmp_path / "ticks.png")
    ends_after(0)
    assert main(["read", str(tmp_path / "ticks.png"), *options]) == 0
    out, error = capsys.readouterr()
    if options:
        assert json.loads(out)["finished"] is False
    else:
        assert error == f"{tmp_path / 'ticks.png'}: {UNFINISHED}\n"
