"""A second opinion on codes: letters that stand apart are also read by themselves."""

import itertools

import numpy as np
import pytest
from helpers.words import written

from hwr.alphabets import CHARACTERS
from hwr.ink import Ink
from hwr.words.language_model import UniformModel
from hwr.words.line_image import line_image
from hwr.words.prefix_beam import Decoded
from hwr.words.single_letters import ranked_anew
from hwr.words.word_reader import WordReader
from hwr.words.written_language import WRITTEN


@pytest.fixture(scope="module")
def reader():
    return WordReader.load()


@pytest.fixture(scope="module")
def judge(reader):
    """Return texts of some writing, ranked anew: with their scores from 0 down, one by one."""

    def ranked(writing, *texts, letters=CHARACTERS):
        image, frame = line_image(writing)
        found = [Decoded(text, 0.0, -float(place)) for place, text in enumerate(texts)]
        anew = ranked_anew(found, reader.log_probabilities(image), writing, frame, letters)
        return {one.text: one.score for one in anew}

    return ranked


def as_picture(ink):
    """Return ink as a binarized picture."""
    low, high = ink.bounds()
    mask = np.zeros(np.ceil((high - low)[::-1] * 40 + 60).astype(int), np.float32)
    for stroke in ink.strokes:
        for start, end in itertools.pairwise(stroke):
            for x, y in (np.linspace(start, end, 60) - low) * 40 + 30:
                mask[int(y) - 2 : int(y) + 3, int(x) - 2 : int(x) + 3] = 1
    return mask


def in_one_stroke(ink):
    return Ink([np.concatenate(ink.strokes)])


@pytest.mark.parametrize("view", [lambda ink: ink, as_picture], ids=["strokes", "picture"])
def test_a_letter_by_itself_decides_between_texts(judge, view):
    writing = view(written("7R2K"))
    scores = judge(writing, "1R2K", "7R2K", "7R2H")
    assert next(iter(scores)) == "7R2K"
    assert scores["1R2K"] < -1 > scores["7R2H"]


def test_joined_letters_are_not_judged(judge):
    scores = judge(in_one_stroke(written("7R2K")), "1R2K", "7R2K")
    assert scores == {"1R2K": 0.0, "7R2K": -0.5}


def test_both_opinions_count_half(judge):
    scores = judge(written("7R2K"), "7R2K", "7R2K7R2K")
    assert scores["7R2K"] == pytest.approx(0, abs=0.2)


def test_what_tells_by_size_is_not_judged(judge):
    ink = written("7S2C")
    same = judge(ink, "7S2C", "7s2c")
    assert same["7s2c"] == pytest.approx(same["7S2C"] - 0.5)
    marks = judge(ink, "7S2C", "7S2.", "7S2,", letters=WRITTEN)
    assert marks["7S2,"] == pytest.approx(marks["7S2."] - 0.5)


def test_letters_that_do_not_occur_do_not_count(judge):
    digits = judge(written("100"), "100", "1OO", letters="0123456789")
    assert digits["100"] == pytest.approx(0, abs=0.05)
    assert judge(written("7"), "7", letters="7") == {"7": 0.0}


def test_codes_are_read_better_with_it(reader, monkeypatch):
    codes = ["7R2K94", "48B6N5", "3HW8A2", "9E5G4R", "2BX7N6", "85D3K4"]
    inks = [written(code, seed=seed) for code in codes for seed in range(31, 35)]
    model = UniformModel("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ")

    def right():
        found = [reader.read(ink, model).text for ink in inks]
        return np.mean([a == b for a, b in zip(found, np.repeat(codes, 4), strict=True)])

    with_it = right()
    monkeypatch.setattr("hwr.words.word_reader.ranked_anew", lambda found, *_: found)
    assert with_it > right()
