"""Alphabets match EMNIST's mapping files and fold probabilities correctly."""

import string
import unicodedata

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from hwr.alphabets import BYCLASS, BYMERGE, CHARACTERS, DIGITS, LETTERS, from_classes, get_alphabet
from hwr.datasets.splits import SPLITS

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


@pytest.mark.parametrize("own", ["+−×÷", "äöüß", "A-B", "é0", "0123456789+", "αβγ", "あい"])
def test_an_alphabet_may_have_characters_of_ones_own(own):
    alphabet = get_alphabet(own)
    assert (alphabet.name, "".join(alphabet.classes), alphabet.members) == (own, own, tuple(own))


def test_a_letter_and_its_accent_are_one_character():
    assert unicodedata.normalize("NFD", "äö") != "äö"
    assert get_alphabet(unicodedata.normalize("NFD", "äö")) == get_alphabet("äö")


@pytest.mark.parametrize(
    "wrong", ["", "A", "AA", "A B", "A\n", "a\u0301\u0302b", "ab\u200d", 5, 63]
)
def test_an_unknown_alphabet_is_refused_in_one_sentence(wrong):
    with pytest.raises(ValueError, match="There is no alphabet"):
        get_alphabet(wrong)


def test_an_own_alphabet_folds_to_a_smaller_or_a_coarser_one():
    sums = get_alphabet("0+−×÷")
    probabilities = np.array([[0.5, 0.1, 0.2, 0.1, 0.1], [0, 0, 0, 1, 0]], np.float32)
    smaller = get_alphabet("×+").fold(probabilities, sums)
    assert smaller == pytest.approx(np.array([[0.5, 0.5], [1, 0]]))
    strokes = from_classes(["one", "two"], ["−", "+×"])
    assert strokes.fold(probabilities, sums) == pytest.approx(np.array([[0.5, 0.5], [0, 1]]))
    assert LETTERS.fold(np.full(47, 1 / 47), BYMERGE).sum() == pytest.approx(1)
    assert get_alphabet("CO").fold(np.full(26, 1 / 26), LETTERS) == pytest.approx([0.5, 0.5])


@pytest.mark.parametrize(
    ("of", "to", "reason"),
    [(10, 26, "it does not know ABC"), (10, "0+", r"does not know \+:"), ("abc", "abcd", "know d"),
     (47, 62, "it does not tell C from c"), (26, "aA", "it does not tell A from a")],
)  # fmt: skip
def test_what_an_alphabet_cannot_give_is_refused_in_one_sentence(of, to, reason):
    own = get_alphabet(of)
    assert own.obstacle(get_alphabet(to))
    with pytest.raises(ValueError, match=f"A recogniser of {''.join(own.members)}.*{reason}"):
        get_alphabet(to).fold(np.full(len(own), 1 / len(own)), own)


def test_probabilities_of_another_number_of_classes_are_refused():
    with pytest.raises(ValueError, match="There are probabilities of 47 classes, but 62"):
        LETTERS.fold(np.full(47, 1 / 47))


def test_classes_and_members_make_an_alphabet():
    for known in (BYCLASS, BYMERGE, LETTERS, DIGITS):
        assert from_classes(list(known.classes), list(known.members)) is known
    assert from_classes("+−") == get_alphabet("+−")
    words = from_classes(["plus", "minus"], ["+", "−-"])
    assert (words.classes, words.name) == (("plus", "minus"), "+ −-")


@pytest.mark.parametrize(
    ("classes", "members"),
    [(["a"], None), (["a", "a"], ["a", "b"]), (["a", "b"], ["a"]), (["a", "b"], ["ab", "b"]),
     (["a", ""], None), (["a", "b"], ["a", ""]), (["a", "b"], ["a", "b "])],
)  # fmt: skip
def test_classes_that_are_no_alphabet_are_refused(classes, members):
    with pytest.raises(ValueError, match="are no alphabet: give two or more"):
        from_classes(classes, members)
