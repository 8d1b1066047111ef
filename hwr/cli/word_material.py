"""What ``python -m hwr train words`` learns from: people's words, joined characters, and no words.

UNIPEN's words are by few writers, and one provider's two writers wrote a third of them: writers are
drawn, and then one of their words. Words of single characters add digits, marks and capitals; rows
of EMNIST's images add other writers, and how a photograph looks.
"""

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from hwr.alphabets import CHARACTERS
from hwr.cli import pool
from hwr.cli.word_batches import Writing
from hwr.cli.word_texts import draw_text
from hwr.dataset import Dataset
from hwr.datasets import doodles, synthetic, unipen
from hwr.datasets.joined_words import Piece, draw_spacing, join
from hwr.datasets.letter_rows import letter_row
from hwr.datasets.unipen import PenSample
from hwr.datasets.word_variation import vary_word
from hwr.ink import Ink
from hwr.words.written_language import WRITTEN

KINDS = {
    "word": 0.46, "word and marks": 0.09, "joined": 0.21, "made up": 0.08, "row": 0.13,
    "none": 0.03,
}  # fmt: skip
"""Shares of people's words, of these with marks set beside them, of words of people's characters
and of made-up ones, of rows of images, and of what is no writing."""
MADE_UP_WRITERS = range(100_000, 200_000)
"""Seeds of made-up writers; those below are kept for measurements."""
UNDERLINED = 0.04
"""Share of words that are underlined."""
SAME_WRITER = 0.7
"""Probability that a joined word is of one writer's characters, as far as they go."""
VALIDATION_WORDS, VALIDATION_SPELLED = 600, 200
"""Words that validate, evenly over writers; and texts with digits and marks."""
SEED = 18

Random = np.random.Generator
Characters = dict[str, dict[str, list[Ink]]]


@dataclass
class Material:
    """People's inks to learn from, and words to validate.

    Attributes
    ----------
    words : dict of str to list of Piece
        By writer.
    characters : Characters
        By character and writer.
    images : dict of str to ndarray of uint8, shape (n, 28, 28)
        By character: to be set in rows.
    source : str
        Where these images are from.
    validation : list of Piece
        Words by providers that nobody is trained on, evenly over their writers.
    spelled : list of Piece
        Texts with digits and marks, joined of such providers' characters.
    """

    words: dict[str, list[Piece]]
    characters: Characters
    images: dict[str, NDArray[np.uint8]]
    source: str
    validation: list[Piece]
    spelled: list[Piece]
    _writers: list[str] = field(init=False)
    _ends: np.ndarray = field(init=False)

    def __post_init__(self) -> None:
        self._writers = sorted(self.words)
        self._ends = np.cumsum([math.sqrt(len(self.words[name])) for name in self._writers])

    def draw(self, rng: Random) -> tuple[str, Writing]:
        """Return a text, and its strokes or the ink of its picture, varied.

        Only ink that is no writing has no text.
        """
        kind = str(rng.choice(list(KINDS), p=list(KINDS.values())))
        if kind == "row":
            text = _without_marks(draw_text(rng))
            return text, letter_row(text, self.images, rng)
        piece = {
            "word": self._word,
            "word and marks": self._with_marks,
            "joined": self._joined,
            "made up": self._made_up,
            "none": self._none,
        }[kind](rng)
        ink = vary_word(piece.ink, rng)
        return piece.text, underlined(ink, rng) if rng.random() < UNDERLINED else ink

    def _word(self, rng: Random) -> Piece:
        words = self.words[self._writer(rng)]
        return words[rng.integers(len(words))]

    def _writer(self, rng: Random) -> str:
        return self._writers[int(np.searchsorted(self._ends, rng.random() * self._ends[-1]))]

    def _with_marks(self, rng: Random) -> Piece:
        """Return a person's word with what stands around a word in a random text."""
        word, text = self._word(rng), draw_text(rng)
        letters = [place for place, character in enumerate(text) if character in CHARACTERS]
        if not letters or len(letters) == len(text):
            text, letters = "a" + str(rng.choice(list(".,;:?!"))), [0]
        before, after = text[: letters[0]], text[letters[-1] + 1 :]
        around = [in_one_hand(part, self.characters, rng) for part in (before, after)]
        return join([*around[0], word, *around[1]], draw_spacing(rng), rng)

    def _joined(self, rng: Random) -> Piece:
        text = draw_text(rng)
        while not any(character in self.characters for character in text):
            text = draw_text(rng)  # a mark that nobody has written would be an empty ink
        return joined(text, self.characters, rng)

    def _made_up(self, rng: Random) -> Piece:
        text = _without_marks(draw_text(rng))
        writer = synthetic.Writer(int(rng.choice(MADE_UP_WRITERS)))
        pieces = [Piece(character, writer.draw(character, rng)) for character in text]
        return join(pieces, draw_spacing(rng), rng)

    def _none(self, rng: Random) -> Piece:
        """Return a doodle or a word that was struck out, which have no text."""
        if rng.random() < 0.6:
            kinds = list(doodles.KINDS)
            return Piece("", doodles.draw(kinds[rng.integers(len(kinds))], rng))
        return Piece("", struck_out(self._word(rng).ink, rng))


def _without_marks(text: str) -> str:
    return "".join(each for each in text if each in CHARACTERS) or "a"


def joined(text: str, characters: Characters, rng: Random) -> Piece:
    """Return a text set from people's characters, without those that nobody has written."""
    return join(in_one_hand(text, characters, rng), draw_spacing(rng), rng)


def in_one_hand(text: str, characters: Characters, rng: Random) -> list[Piece]:
    """Return inks of a text's characters, mostly of one writer, as far as they go."""
    known = [character for character in text if character in characters]
    if not known:
        return []
    names = list(characters[known[0]])
    writer = names[rng.integers(len(names))] if rng.random() < SAME_WRITER else ""
    pieces = []
    for character in known:
        of_writer = characters[character]
        others = list(of_writer)
        name = writer if writer in of_writer else others[rng.integers(len(others))]
        inks = of_writer[name]
        pieces.append(Piece(character, inks[rng.integers(len(inks))]))
    return pieces


def underlined(ink: Ink, rng: Random) -> Ink:
    """Return a word with a line below it, which does not belong to its text."""
    low, high = ink.bounds()
    height = high[1] - low[1]
    x = np.linspace(low[0], high[0], 12) + rng.normal(0, 0.1) * height
    y = high[1] + rng.uniform(0.02, 0.2) * height + np.cumsum(rng.normal(0, 0.006, 12)) * height
    return Ink([*ink.strokes, np.stack([x, y], axis=1)], ink.pen)


def struck_out(ink: Ink, rng: Random) -> Ink:
    """Return a word scrawled over, so that nobody shall read it."""
    low, high = ink.bounds()
    turns = int(rng.integers(8, 30))
    x = np.linspace(low[0], high[0], turns) + rng.normal(0, 0.05, turns) * (high[0] - low[0])
    sides = rng.uniform([0.0, 0.6], [0.4, 1.0], (turns, 2))[np.arange(turns), np.arange(turns) % 2]
    y = low[1] + sides * (high[1] - low[1])
    return Ink([*ink.strokes, np.stack([x, y], axis=1)], ink.pen)


def load(folder: Path) -> Material:
    """Return what is learned from UNIPEN in a folder, and from EMNIST or made-up images.

    See :func:`hwr.datasets.unipen.load` and :func:`hwr.cli.pool.load`.
    """
    words = [each for each in unipen.load(folder, "words") if set(each.label) <= set(WRITTEN)]
    of_writer: dict[str, list[Piece]] = defaultdict(list)
    for word in words:
        if not word.validates:
            of_writer[word.writer].append(Piece(word.label, word.ink))
    known = [word for word in words if word.validates and len(word.label) > 1]
    samples = [each for each in unipen.load(folder) if each.label in WRITTEN]
    images = pool.load().train
    return Material(
        dict(of_writer),
        _by_character([sample for sample in samples if not sample.validates]),
        _images_by_character(images),
        images.source,
        [Piece(word.label, word.ink) for word in evenly(known, VALIDATION_WORDS)],
        spelled_texts(samples),
    )


def _by_character(samples: Sequence[PenSample]) -> Characters:
    characters: Characters = defaultdict(lambda: defaultdict(list))
    for sample in samples:
        characters[sample.label][sample.writer].append(sample.ink)
    return {character: dict(of_writer) for character, of_writer in characters.items()}


def _images_by_character(images: Dataset) -> dict[str, NDArray[np.uint8]]:
    """Return the images of each character, without those of a letter of unknown case."""
    shown = images.alphabet.members
    return {
        members: images.images[images.labels == label]
        for label, members in enumerate(shown)
        if len(members) == 1
    }


def spelled_texts(samples: Sequence[PenSample]) -> list[Piece]:
    """Return texts with digits and marks, joined of the characters of those who validate."""
    characters = _by_character([sample for sample in samples if sample.validates])
    rng = np.random.default_rng(SEED)
    texts = (draw_text(rng) for _ in range(100 * VALIDATION_SPELLED))
    fitting = (text for text in texts if not text.isalpha() and set(text) <= set(characters))
    return [joined(text, characters, rng) for text in islice(fitting, VALIDATION_SPELLED)]


def evenly(samples: Sequence[PenSample], count: int) -> list[PenSample]:
    """Return samples drawn from each writer in turn, until there are enough or no more."""
    rng = np.random.default_rng(SEED)
    of_writer: dict[str, list[PenSample]] = defaultdict(list)
    for place in rng.permutation(len(samples)).tolist():
        of_writer[samples[place].writer].append(samples[place])
    chosen: list[PenSample] = []
    while len(chosen) < count and any(of_writer.values()):
        chosen += [of_writer[name].pop() for name in sorted(of_writer) if of_writer[name]]
    return chosen[:count]
