"""Alphabets match EMNIST's mapping files and fold probabilities correctly."""

import string

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from hwr.alphabets import BYCLASS, BYMERGE, CHARACTERS, DIGITS, LETTERS, SPLITS, get_alphabet

# emnist-bymerge-mapping.txt: the character of each label
BYMERGE_MAPPING = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabdefghnqrt"


def test_the_classes_are_those_of_the_mapping_files():
    assert string.digits + string.ascii_uppercase + string.ascii_lowercase == CHARACTERS
    assert "".join(BYCLASS.classes) == CHARACTERS
    assert "".join(BYMERGE.classes) == BYMERGE_MAPPING
    assert "".join(LETTERS.classes) == string.ascii_uppercase
    assert "".join(DIGITS.classes) == string.digits
    assert [len(get_alphabet(size)) for size in (62, 47, 26, 10)] == [62, 47, 26, 10]


def test_every_character_has_its_class():
    assert BYMERGE.index("c") == BYMERGE.index("C") == BYMERGE_MAPPING.index("C")
    assert BYMERGE.index("a") != BYMERGE.index("A")
    assert LETTERS.index("a") == LETTERS.index("A") == 0
    assert LETTERS.index("0") == -1
    assert DIGITS.index("O") == -1
    assert sorted("".join(BYMERGE.members)) == sorted(CHARACTERS)


def test_only_the_letters_split_counts_from_one():
    counts = {name: (split.first_label, len(split.alphabet)) for name, split in SPLITS.items()}
    assert counts == {
        "byclass": (0, 62), "bymerge": (0, 47), "balanced": (0, 47), "letters": (1, 26),
        "digits": (0, 10), "mnist": (0, 10),
    }  # fmt: skip


def test_folding_sums_the_members_and_ignores_other_characters():
    probabilities = np.zeros(62)
    probabilities[[CHARACTERS.index(c) for c in "cC0"]] = [0.2, 0.3, 0.5]
    assert BYMERGE.fold(probabilities)[BYMERGE.index("C")] == pytest.approx(0.5)
    assert LETTERS.fold(probabilities)[LETTERS.index("C")] == pytest.approx(1.0)
    assert DIGITS.fold(probabilities)[0] == pytest.approx(1.0)
    assert get_alphabet("cC").fold(probabilities) == pytest.approx([0.4, 0.6])
    without_evidence = np.eye(62)[CHARACTERS.index("7")]
    assert LETTERS.fold(without_evidence) == pytest.approx(np.full(26, 1 / 26))


@given(
    hnp.arrays(np.float64, (3, 62), elements=st.floats(0, 1)),
    st.sampled_from([62, 47, 26, 10, "0O", "xyzXYZ"]),
)
def test_folded_probabilities_are_probabilities(weights, name):
    total = weights.sum(axis=1, keepdims=True)
    probabilities = np.where(total > 1e-9, weights / np.maximum(total, 1e-9), 1 / 62)
    folded = get_alphabet(name).fold(probabilities)
    assert folded.shape == (3, len(get_alphabet(name)))
    assert (folded >= 0).all()
    assert folded.sum(axis=1) == pytest.approx(np.ones(3))


@pytest.mark.parametrize("wrong", ["", "A", "AA", "A-B", "é0", 5, 63])
def test_an_unknown_alphabet_is_refused_in_one_sentence(wrong):
    with pytest.raises(ValueError, match="There is no alphabet"):
        get_alphabet(wrong)
