"""The search finds the best of all readings: compared with trying every one."""

import itertools
import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hwr.words.language_model import END, LOWERCASE, ProseModel, UniformModel
from hwr.words.lattice import Group, beam_search, posteriors


def group(start, end, **scores):
    return Group(start, end, tuple(sorted(scores.items(), key=lambda one: -one[1])))


def every_reading(groups, segments):
    """Return every text with the best score of its ink, by trying all ways to cut."""
    found = {}

    def extend(place, text, ink):
        if place == segments:
            found[text] = max(found.get(text, -math.inf), ink)
        for one in groups:
            if one.start == place:
                for letter, score in one.scores:
                    extend(one.end, text + letter, ink + score)

    extend(0, "", 0.0)
    return found


@st.composite
def lattices(draw):
    segments = draw(st.integers(1, 4))
    spans = [(a, b) for a, b in itertools.combinations(range(segments + 1), 2) if b - a <= 3]
    kept = draw(st.lists(st.sampled_from(spans), unique=True, max_size=6))
    scores = st.dictionaries(st.sampled_from("abc"), st.floats(-5, 5), min_size=1)
    return segments, [group(*span, **draw(scores)) for span in kept]


@settings(max_examples=100)
@given(lattices(), st.sampled_from([0.0, 0.7, 1.0]))
def test_without_a_beam_it_is_exact(lattice, weight):
    segments, groups = lattice
    language = ProseModel("en")
    expected = {}
    for text, ink in every_reading(groups, segments).items():
        state = language.begin()
        for letter in text + END:
            state = language.extend(state, letter)
        expected[text] = ink + weight * language.score(state)
    found = beam_search(groups, segments, language, weight, beam=None, letters=None)
    assert {path.text: path.score for path in found} == pytest.approx(expected)
    assert [path.score for path in found] == sorted(expected.values(), reverse=True)


def test_the_language_decides_where_the_ink_cannot():
    letters = UniformModel(LOWERCASE)
    rest = [group(0, 1, c=0.0), group(1, 2, l=0.0), group(2, 3, o=0.0), group(3, 4, g=0.0)]
    assert beam_search([group(0, 2, d=0.1), *rest], 4, letters, 0)[0].text == "dog"
    groups = [group(0, 2, d=-0.5), *rest]
    assert beam_search(groups, 4, letters, 0)[0].text == "clog"
    assert beam_search(groups, 4, ProseModel("en"), 1)[0].text == "dog"


def test_a_path_says_how_the_ink_was_cut():
    groups = [group(0, 2, w=1.0), group(0, 1, v=0.0), group(1, 2, v=0.0)]
    best = beam_search(groups, 2, UniformModel("vw"), 0)[0]
    assert [(one.start, one.end) for one in best.groups] == [(0, 2)]


def test_where_no_path_leads_to_the_end_there_is_no_reading():
    assert beam_search([group(0, 1, a=0.0)], 2, UniformModel("ab")) == []
    assert beam_search([], 0, UniformModel("ab")) == []


def test_posteriors_sum_to_one_and_follow_the_scores():
    paths = beam_search([group(0, 1, a=2.0, b=1.0)], 1, UniformModel("ab"))
    shares = posteriors([path.score for path in paths])
    assert sum(shares) == pytest.approx(1)
    assert shares[0] / shares[1] == pytest.approx(math.e)
    assert posteriors([]) == []
