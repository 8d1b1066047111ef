"""Words are read by recognisers of 62, 47 and 26 classes; others say what they lack."""

import numpy as np
import pytest
from helpers import own_alphabets
from helpers.hands import in_ink

from hwr.alphabets import BYCLASS, BYMERGE, CHARACTERS, DIGITS, LETTERS, get_alphabet
from hwr.recognizer import Recognizer
from hwr.words import DIGITS as FIGURES
from hwr.words import UniformModel, read_text, read_word
from hwr.words.characters import known_characters, readable_languages, spreading_matrix
from hwr.words.language_model import LANGUAGE_NAMES, PROSE_LANGUAGES


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


def test_languages_need_their_letters():
    assert readable_languages(BYCLASS) == readable_languages(BYMERGE) == LANGUAGE_NAMES
    assert readable_languages(LETTERS) == tuple(PROSE_LANGUAGES)
    assert readable_languages(DIGITS) == ("none: numbers",)
    assert readable_languages(get_alphabet("äöüß")) == ()
    assert known_characters(get_alphabet("7+a")) == "7Aa"


@pytest.mark.parametrize("alphabet", [BYCLASS, BYMERGE, LETTERS], ids=lambda each: each.name)
def test_words_are_read_by_coarser_recognisers(alphabet):
    recognizer = folded(alphabet)
    for word in ("hello", "window", "seven", "machine"):
        assert read_word(in_ink(word), recognizer=recognizer).text.lower() == word


@pytest.mark.parametrize("read", [read_word, read_text])
def test_a_recogniser_without_the_letters_is_refused_in_a_sentence(read):
    digits = folded(DIGITS)
    with pytest.raises(
        ValueError, match=r"words need abc.*, and the recogniser knows only 0123456"
    ):
        read(in_ink("all"), recognizer=digits)
    signs = Recognizer(own_alphabets.litert("+−×÷"), own_alphabets.card_of("+−×÷"))
    with pytest.raises(ValueError, match=r"words need 0123456789, and .* knows only \+−×÷: read"):
        read(in_ink("17"), UniformModel(FIGURES), signs)


def test_digits_alone_read_a_number():
    assert read_word(in_ink("1984"), UniformModel(FIGURES), folded(DIGITS)).text == "1984"
