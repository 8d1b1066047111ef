"""Words are cut into letters by recognisers of 62, 47 and 26 classes; others say what they lack."""

import numpy as np
import pytest
from helpers import own_alphabets
from helpers.hands import in_ink
from hypothesis import given
from hypothesis import strategies as st

from hwr.alphabets import BYCLASS, BYMERGE, CHARACTERS, DIGITS, LETTERS, get_alphabet
from hwr.datasets.synthetic import Writer, compose_word
from hwr.ink import Ink
from hwr.recognizer import Recognizer
from hwr.words import DIGITS as FIGURES
from hwr.words import UniformModel, read_by_cutting
from hwr.words.characters import spreading_matrix
from hwr.words.cutting import MAX_WORD_SEGMENTS
from hwr.words.decoding import share_out

TEXTS = ("hello", "read", "quick", "figure", "jump", "letter", "window", "abc", "yellow", "math")


def written(text, seed, gap=(0.15, 0.3)):
    writer, rng = Writer(seed), np.random.default_rng(seed)
    return compose_word(text, lambda c: writer.draw(c, rng), 1.75, rng, gap)


class Folded:
    """The course's own network with fewer classes."""

    weights = b""

    def __init__(self, alphabet):
        self.alphabet, self.recognizer = alphabet, Recognizer.load()

    def logits(self, images):
        return np.log(self.alphabet.fold(self.recognizer.probabilities(images, "uniform")) + 1e-9)


def folded(alphabet):
    card = own_alphabets.card_of(alphabet.name)
    return Recognizer(Folded(alphabet), card)


def test_a_class_is_spread_equally_over_its_characters():
    np.testing.assert_array_equal(spreading_matrix(BYCLASS), np.eye(62))
    spread = spreading_matrix(BYMERGE)
    assert spread.sum(axis=1) == pytest.approx(np.ones(47))
    both = spread[BYMERGE.index("c")]
    assert both[CHARACTERS.index("c")] == both[CHARACTERS.index("C")] == 0.5
    signs = spreading_matrix(get_alphabet("7+a"))
    assert signs.sum(axis=1).tolist() == [1, 0, 1]


@pytest.mark.parametrize("alphabet", [BYCLASS, BYMERGE, LETTERS], ids=lambda each: each.name)
def test_words_are_read_by_coarser_recognisers(alphabet):
    recognizer = folded(alphabet)
    for word in ("hello", "window", "seven", "machine"):
        assert read_by_cutting(in_ink(word), recognizer=recognizer).text.lower() == word


def test_a_recogniser_without_the_letters_is_refused_in_a_sentence():
    digits = folded(DIGITS)
    with pytest.raises(
        ValueError, match=r"words need abc.*, and the recogniser knows only 0123456"
    ):
        read_by_cutting(in_ink("all"), recognizer=digits)
    signs = Recognizer(own_alphabets.litert("+−×÷"), own_alphabets.card_of("+−×÷"))
    with pytest.raises(ValueError, match=r"words need 0123456789, and .* knows only \+−×÷: read"):
        read_by_cutting(in_ink("17"), UniformModel(FIGURES), signs)


def test_digits_alone_read_a_number():
    assert read_by_cutting(in_ink("1984"), UniformModel(FIGURES), folded(DIGITS)).text == "1984"


# --- as well as with the course's own recogniser -------------------------------------------------


@pytest.mark.parametrize(("gap", "least"), [((0.15, 0.3), 0.85), ((-0.1, 0.1), 0.7)])
def test_most_words_are_read_with_letters_apart_or_touching(gap, least):
    read = [read_by_cutting(written(text, 22, gap)).text == text
            for text in TEXTS]  # fmt: skip
    assert np.mean(read) >= least


def test_letters_that_are_joined_cannot_be_cut():
    ink = written("window", 21)
    joined = Ink([np.concatenate(ink.strokes)], ink.pen)
    assert len(read_by_cutting(joined).text) <= 1


def test_nothing_and_too_much_are_no_word():
    assert read_by_cutting(Ink()).text == ""
    many = Ink([[(x, 0), (x, 1)] for x in range(MAX_WORD_SEGMENTS + 1)])
    assert read_by_cutting(many).text == ""


def test_each_letter_has_its_box_and_its_candidates():
    word = read_by_cutting(written("letter", 21))
    assert len(word.text) == len(word.letters) == len(word.boxes)
    assert word.sure
    for place in word.letters:
        shares = [share for _, share in place]
        assert shares == sorted(shares, reverse=True)
        assert 0 < sum(shares) <= 1.001


@given(
    st.floats(0.003, 1, exclude_max=True),
    st.lists(st.floats(-60, 0), min_size=1, max_size=6).map(lambda s: sorted(s, reverse=True)),
)
def test_no_other_reading_is_more_probable_than_the_best(probability, scores):
    first, *others = share_out(probability, scores)
    assert first == probability
    assert all(share <= probability * (1 + 1e-9) for share in others)
    assert first + sum(others) <= 1 + 1e-9
    for one, other, score, next_score in zip(
        others, others[1:], scores[1:], scores[2:], strict=False
    ):  # their odds stay
        assert other == pytest.approx(one * np.exp(next_score - score), rel=1e-6, abs=1e-12)


def test_readings_share_all_that_the_best_one_leaves_if_it_is_trusted():
    assert sum(share_out(0.9, [0, -1, -3])) == pytest.approx(1)
    assert share_out(0.02, [0, -0.1]) == pytest.approx([0.02, 0.02 * np.exp(-0.1)])
