"""What the recogniser says of groups is asked once and folded into letters."""

import string

import numpy as np
import pytest

from hwr.alphabets import CHARACTERS
from hwr.words import hypotheses
from hwr.words.segments import Segments


class Counting:
    """A recogniser that is sure of an 'a' and counts what it is asked."""

    def __init__(self):
        self.asked = []

    def probabilities(self, images, prior):
        assert prior == "uniform"
        self.asked.append(len(images))
        answers = np.full((len(images), 62), 1e-4, np.float32)
        answers[:, CHARACTERS.index("a")] = 1
        return answers / answers.sum(axis=1, keepdims=True)


def units(n=3):
    boxes = np.array([[1.2 * i, 0, 1.2 * i + 1, 1] for i in range(n)])
    return Segments(boxes, lambda _: np.zeros((28, 28), np.uint8))


def test_a_group_is_asked_about_once():
    counting = Counting()
    seen = hypotheses.RecognitionCache(counting)
    seen.read(units(), [(0,), (1,), (0,)])
    seen.read(units(), [(1,), (0, 1)])
    seen.read(units(), [(0,)])
    assert counting.asked == [2, 1]
    assert seen.characters([(0, 1), (0,)]).shape == (2, 62)
    assert seen.characters([]).shape == (0, 62)


def test_folding_small_letters_counts_capitals_little():
    row = dict(zip(CHARACTERS, hypotheses.case_weights(string.ascii_lowercase)[:, 0], strict=True))
    assert (row["a"], row["A"], row["b"]) == (1.0, hypotheses.OTHER_CASE, 0.0)


def test_folding_for_a_word_in_capitals_is_the_other_way_round():
    row = dict(
        zip(CHARACTERS, hypotheses.case_weights(string.ascii_lowercase, True)[:, 0], strict=True)
    )
    assert (row["a"], row["A"], row["b"]) == (hypotheses.OTHER_CASE, 1.0, 0.0)


def test_where_letters_tell_cases_apart_no_case_stands_for_the_other():
    row = dict(zip(CHARACTERS, hypotheses.case_weights("aA0")[:, 0], strict=True))
    assert (row["a"], row["A"]) == (1.0, 0.0)
    assert hypotheses.case_weights("aA0")[0, 2] == hypotheses.DRAWN


def test_both_cases_merged_sum_to_one():
    np.testing.assert_array_equal(
        hypotheses.case_weights(hypotheses.MERGED, other=1.0).sum(axis=1) >= 1, True
    )
    characters = np.full((1, 62), 1 / 62)
    folded = hypotheses.fold(characters, hypotheses.MERGED)
    assert folded.shape == (1, 36)
    assert folded[0, 10] == pytest.approx((1 + hypotheses.OTHER_CASE) / 62, abs=1e-5)


def test_squared_gives_measures_and_their_products():
    found = hypotheses.with_products(np.array([[2.0, 3.0]]))
    assert found.tolist() == [[2, 3, 4, 6, 9]]


def test_single_units_always_are_candidates():
    far = Segments(np.array([[0, 0, 90, 1], [200, 0, 201, 1]]), units().image)
    assert hypotheses.CharacterHypotheses(
        far, "ab", hypotheses.RecognitionCache(Counting())
    ).spans == [(0, 1), (1, 2)]


def test_a_scored_word_has_groups_for_the_search():
    scored = hypotheses.CharacterHypotheses(units(), "ab", hypotheses.RecognitionCache(Counting()))
    assert len(scored.spans) == len(scored.characters) == len(scored.whole)
    for group in scored.groups():
        assert group.scores[0][0] == "a"
        assert [score for _, score in group.scores] == sorted(
            (score for _, score in group.scores), reverse=True
        )
    assert scored.characters_of((0, 1))[0] == ("a", pytest.approx(0.9939, abs=1e-3))


def test_only_small_ink_may_be_left_out():
    boxes = np.array([[0, 0, 1, 1], [1.2, 0.9, 1.3, 1.0]])
    small = Segments(boxes, units().image)
    scored = hypotheses.CharacterHypotheses(small, "ab", hypotheses.RecognitionCache(Counting()))
    left_out = {(g.start, g.end) for g in scored.groups() if ("", hypotheses.COMMA) in g.scores}
    assert left_out == {(1, 2)}
