"""Small sets of words to train with: people's, in UNIPEN's form, and made-up ones."""

import numpy as np

from hwr.alphabets import CHARACTERS
from hwr.cli.word_material import Material
from hwr.datasets.joined_words import Piece
from hwr.datasets.synthetic import Writer, compose_word
from hwr.ink import Ink, convert
from hwr.words.written_language import WRITTEN

WORDS = ("on", "no", "so", "sun", "nun", "moon")
DASH = Ink([[(0, 0), (3, 0.1)]])


def written(text, seed=1):
    writer, rng = Writer(seed), np.random.default_rng(seed)
    return compose_word(text, lambda c: writer.draw(c, rng), 1.75, rng)


def small_material():
    """A few words by two writers, all characters, and words to validate by a third."""
    words = {f"w{seed}": [Piece(word, written(word, seed)) for word in WORDS] for seed in (1, 2)}
    characters = {
        each: {f"w{seed}": [Writer(seed).draw(each, 1) if each.isalnum() else DASH]
               for seed in (1, 2)}
        for each in WRITTEN
    }  # fmt: skip
    known = [Piece(word, written(word, 3)) for word in WORDS]
    images = {each: convert(Writer(1).draw(each, 1))[None] for each in CHARACTERS}
    return Material(words, characters, images, "made up", known, [Piece("on.", written("on", 3))])
