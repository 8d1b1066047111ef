"""Language models rate words letter by letter, with probabilities that sum to one."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hwr.words.language_model import APOSTROPHE, END, LOWERCASE, ProseModel, UniformModel


@pytest.fixture(scope="module")
def english():
    return ProseModel("en")


@pytest.fixture(scope="module")
def german():
    return ProseModel("de")


def log_probability(language, word):
    state = language.begin()
    for letter in word + END:
        state = language.extend(state, letter)
    return language.score(state)


def test_frequent_words_are_more_probable_than_rare_and_unlisted_ones(english):
    the, quartz, zorblat = (log_probability(english, word) for word in ("the", "quartz", "zorblat"))
    assert the > quartz > zorblat > -math.inf
    # One that can be pronounced is more probable than one that cannot.
    assert log_probability(english, "strind") > log_probability(english, "rndtsi")


@settings(max_examples=40)
@given(st.text(LOWERCASE + APOSTROPHE, max_size=6))
def test_the_probabilities_of_all_continuations_sum_to_that_of_the_prefix(english, prefix):
    state = english.begin()
    for letter in prefix:
        state = english.extend(state, letter)
    longer = [english.extend(state, letter) for letter in english.letters + APOSTROPHE + END]
    total = sum(math.exp(english.score(one)) for one in longer)
    assert total == pytest.approx(math.exp(english.score(state)), rel=1e-6)


def test_all_codes_of_one_length_are_equally_probable():
    code = UniformModel("0123456789")
    assert log_probability(code, "2026") == log_probability(code, "9999") == -4 * math.log(10)


@pytest.mark.parametrize(("name", "words"), [("xx", "choose one of"), ("ru", "letters a to z")])
def test_a_language_that_cannot_be_read_is_refused_in_a_sentence(name, words):
    with pytest.raises(ValueError, match=words):
        ProseModel(name)


def test_other_languages_have_other_words_known_by_their_plain_letters(english, german):
    for word in ("und", "fur"):
        assert log_probability(german, word) > log_probability(english, word)
    assert log_probability(german, "strasse") > log_probability(german, "strase")


def test_numbers_are_more_probable_than_words_with_a_digit_inside(english):
    assert log_probability(english, "2026") > log_probability(english, "2o26")
    assert log_probability(english, "love") > log_probability(english, "l0ve") > -math.inf
