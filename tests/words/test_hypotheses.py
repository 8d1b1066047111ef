"""The recogniser is asked once about each group, and its answers are folded into letters."""

import string

import numpy as np
import pytest

from hwr.alphabets import BYCLASS, CHARACTERS
from hwr.ink import Ink
from hwr.words.hypotheses import (
    CASELESS,
    DIGIT_WEIGHT,
    OTHER_CASE_RATE,
    SKIP_SCORE,
    CharacterHypotheses,
    RecognitionCache,
    case_weights,
    fold,
    with_products,
)
from hwr.words.segments import Excerpt, Segments


class Counting:
    """A recogniser that reads everything as 'a' and records how many images it is asked about."""

    alphabet = BYCLASS

    def __init__(self):
        self.asked = []

    def probabilities(self, images, prior):
        assert prior == "uniform"
        self.asked.append(len(images))
        answers = np.full((len(images), 62), 1e-4, np.float32)
        answers[:, CHARACTERS.index("a")] = 1
        return answers / answers.sum(axis=1, keepdims=True)


def segments_of(boxes):
    """Segments whose images are blank."""
    return Segments(
        np.array(boxes), lambda _: np.zeros((28, 28), np.uint8), lambda _: Excerpt(Ink())
    )


def segments(n=3):
    return segments_of([[1.2 * i, 0, 1.2 * i + 1, 1] for i in range(n)])


def hypotheses(segments):
    return CharacterHypotheses(segments, "ab", RecognitionCache(Counting()))


def test_each_group_is_read_once():
    counting = Counting()
    cache = RecognitionCache(counting)
    cache.read(segments(), [(0,), (1,), (0,)])
    cache.read(segments(), [(1,), (0, 1)])
    cache.read(segments(), [(0,)])
    assert cache.read(segments(), [(0, 1), (0,)]).shape == (2, 62)
    assert cache.read(segments(), []).shape == (0, 62)
    assert counting.asked == [2, 1]


@pytest.mark.parametrize(
    ("capitals", "small", "capital"), [(False, 1.0, OTHER_CASE_RATE), (True, OTHER_CASE_RATE, 1.0)]
)
def test_the_case_that_is_not_expected_counts_little(capitals, small, capital):
    weights = case_weights(string.ascii_lowercase, capitals)[:, 0]
    row = dict(zip(CHARACTERS, weights, strict=True))
    assert (row["a"], row["A"], row["b"]) == (small, capital, 0.0)


def test_where_letters_tell_cases_apart_no_case_stands_for_the_other():
    row = dict(zip(CHARACTERS, case_weights("aA0")[:, 0], strict=True))
    assert (row["a"], row["A"]) == (1.0, 0.0)
    assert case_weights("aA0")[0, 2] == DIGIT_WEIGHT


def test_every_character_counts_fully_where_cases_are_merged():
    assert (case_weights(CASELESS, other=1.0).sum(axis=1) >= 1).all()
    folded = fold(np.full((1, 62), 1 / 62), CASELESS)
    assert folded.shape == (1, 36)
    assert folded[0, 10] == pytest.approx((1 + OTHER_CASE_RATE) / 62, abs=1e-5)


def test_products_of_all_pairs_follow_the_features():
    assert with_products(np.array([[2.0, 3.0]])).tolist() == [[2, 3, 4, 6, 9]]


def test_single_segments_always_are_candidates():
    far = segments_of([[0, 0, 90, 1], [200, 0, 201, 1]])
    assert hypotheses(far).spans == [(0, 1), (1, 2)]


def test_groups_are_scored_for_the_search():
    word = hypotheses(segments())
    assert len(word.spans) == len(word.characters) == len(word.whole)
    for group in word.groups():
        scores = [score for _, score in group.scores]
        assert group.scores[0][0] == "a"
        assert scores == sorted(scores, reverse=True)
    assert word.top_characters((0, 1))[0] == ("a", pytest.approx(0.9939, abs=1e-3))


def test_only_specks_may_be_skipped():
    word = hypotheses(segments_of([[0, 0, 1, 1], [1.2, 0.9, 1.3, 1.0]]))
    skipped = {(g.start, g.end) for g in word.groups() if ("", SKIP_SCORE) in g.scores}
    assert skipped == {(1, 2)}
