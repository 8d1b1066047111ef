"""CTC by hand: compared with listing all paths, which only short texts allow."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hwr.words import ctc
from hwr.words.language_model import ProseModel, UniformModel
from hwr.words.prefix_beam import Advice, prefix_beam
from hwr.words.written_language import WRITTEN, WrittenModel

A, B = 1, 2


def log_softmax(rows):
    rows = np.asarray(rows, float)
    return rows - np.log(np.exp(rows).sum(axis=1, keepdims=True))


numbers = st.floats(-4, 4, allow_nan=False)
frames = st.lists(st.tuples(numbers, numbers, numbers), min_size=1, max_size=5).map(log_softmax)


def by_listing(frames):
    """Return the probability of every text, and its most probable path."""
    total, best = {}, {}
    for path in itertools.product(range(frames.shape[1]), repeat=len(frames)):
        share = math.exp(sum(frame[label] for frame, label in zip(frames, path, strict=True)))
        text = ctc.collapse(path)
        total[text] = total.get(text, 0.0) + share
        best[text] = max(best.get(text, (0.0, path)), (share, path))
    return total, {text: path for text, (_, path) in best.items()}


def test_all_paths_of_aa_have_a_blank_between():
    assert list(ctc.paths((A, A), 3)) == [(A, 0, A)]
    four = {"".join("_a"[label] for label in path) for path in ctc.paths((A, A), 4)}
    assert four == {"a_a_", "a__a", "_a_a", "aa_a", "a_aa"}
    assert list(ctc.paths((A, A), 2)) == []
    assert ctc.fewest_frames((A, A)) == 3
    assert ctc.fewest_frames((A, B)) == 2


@settings(max_examples=60)
@given(frames)
def test_the_forward_sum_adds_up_all_paths(frames):
    texts, _ = by_listing(frames)
    assert sum(texts.values()) == pytest.approx(1)
    for text, probability in texts.items():
        assert math.exp(ctc.log_probability(frames, text)) == pytest.approx(probability, rel=1e-6)
    assert ctc.log_probability(frames, (A, B) * 5) < -1e20


@settings(max_examples=60)
@given(frames)
def test_labels_are_found_where_the_best_path_has_them(frames):
    for text, path in by_listing(frames)[1].items():
        spans = ctc.align(frames, text)
        found = np.zeros(len(frames), int)
        for (start, end), label in zip(spans, text, strict=True):
            assert end > start
            found[start:end] = label
        assert ctc.collapse(found) == text
        score = frames[np.arange(len(frames)), list(path)].sum()
        assert frames[np.arange(len(frames)), found].sum() == pytest.approx(score)


def test_too_few_frames_are_refused_in_a_sentence():
    with pytest.raises(ValueError, match="2 labels need 3 frames, and there are 2"):
        ctc.align(log_softmax(np.zeros((2, 3))), (A, A))


def test_the_best_path_is_not_always_the_best_text():
    frames = np.log([[0.6, 0.4, 1e-9], [0.6, 0.4, 1e-9]])
    assert ctc.best_path(frames) == ()
    found = prefix_beam(frames, "ab", Advice(UniformModel("ab"), 0, 0), None, -math.inf)
    assert found[0].text == "a"
    assert math.exp(found[0].ink) == pytest.approx(0.64)


@settings(max_examples=60)
@given(frames, st.sampled_from([(0.0, 0.0), (0.7, 0.5)]))
def test_without_a_beam_the_search_is_exact(frames, how):
    advice = Advice(UniformModel("ab"), *how)
    found = prefix_beam(frames, "ab", advice, None, -math.inf)
    texts, _ = by_listing(frames)
    expected = {"".join("_ab"[label] for label in text): p for text, p in texts.items() if p > 0}
    assert {one.text: math.exp(one.ink) for one in found} == pytest.approx(expected)
    for one in found:
        says = len(one.text) * (how[1] - how[0] * math.log(2))
        assert one.score == pytest.approx(one.ink + says)
    assert [one.score for one in found] == sorted((one.score for one in found), reverse=True)


# --- with a language model ----------------------------------------------------------------------


APART = ("don't", "dont", "well-known", "l'eau", "'Tis", "dogs'", "Qwfp's")


@pytest.fixture(scope="module")
def english():
    return WrittenModel(ProseModel("en"))


def spelled(*columns):
    """Frames in which each column's characters are as probable as it says, blanks between."""
    rows = []
    for column in columns:
        for shares in (column, {"": 1.0}):
            row = np.full(1 + len(WRITTEN), 1e-6)
            for character, share in shares.items():
                row[1 + WRITTEN.index(character) if character else 0] = share
            rows.append(row / row.sum())
    return np.log(rows)


def read(english, *columns):
    return prefix_beam(spelled(*columns), WRITTEN, Advice(english))[0].text


def test_the_language_decides_what_the_ink_leaves_open(english):
    unsure = {"h": 0.5, "b": 0.5}
    assert read(english, {"t": 1.0}, unsure, {"e": 1.0}) == "the"
    assert read(english, {"T": 1.0}, unsure, {"e": 1.0}, {".": 1.0}) == "The."
    date = [{"1": 1.0}, {"0": 0.5, "o": 0.4}, {"/": 1.0}, {"5": 0.6, "S": 0.4}]
    assert read(english, *date) == "10/5"


@pytest.mark.parametrize("text", ["don't", "It's", "o'clock", "women's", "I'LL"])
def test_an_apostrophe_that_may_be_none_is_read_where_a_word_has_one(english, text):
    unsure = [{each: 1.0} if each.isalpha() else {each: 0.5, "": 0.5} for each in text]
    assert read(english, *unsure) == text


def test_an_apostrophe_that_may_be_none_is_not_read_where_no_word_has_one(english):
    for place in range(1, 5):
        columns = [{each: 1.0} for each in "house"]
        columns.insert(place, {"'": 0.5, "": 0.5})
        assert read(english, *columns) == "house"


def test_characters_that_a_language_lacks_are_not_read():
    frames = spelled({"1": 0.5, "l": 0.5}, {"0": 0.4, "o": 0.6})
    assert prefix_beam(frames, WRITTEN, Advice(UniformModel("0123456789")))[0].text == "10"


@pytest.mark.parametrize("text", ["x7Kq", "250", "Qwfp", "3.50", "B-12", "zzxqj", '"No!"', *APART])
def test_clear_ink_is_not_overruled(english, text):
    assert read(english, *[{character: 0.97, "e": 0.03} for character in text]) == text


def test_cases_and_marks_cost_what_they_should(english):
    def score(text):
        state = english.begin()
        for letter in text + "\n":
            state = english.extend(state, letter)
        return english.score(state)

    assert score("house") > score("House") > score("HOUSE") > score("hoUse")
    assert score("house") > score("house,") > score("house,,") > score("hou,se")
    assert score("12") > score("12.5") > score("12.O")
    assert score("don't") > score("Don't") > score("dont") > score("don't'") > score("d'ont")
    assert score("well-known") > score("wellknown")
    assert score("l'ami") > score("b'ami")
    quoted = score('"don\'t"') + math.log(0.01 * 0.1 / (0.02 * 0.03))  # other marks, the same word
    assert score("'don't'") == pytest.approx(quoted, abs=0.01)  # it is prose in other ways, too
