"""From handwriting to text: words, lines and pages.

Begin with :mod:`hwr.words.reading`. It finds lines and words from where the ink lies
(:mod:`hwr.words.layout`). A network then answers in every column of a word's image
(:mod:`hwr.words.line_image`, :mod:`hwr.words.word_reader`); :mod:`hwr.words.ctc` says what its
answers mean, and :mod:`hwr.words.prefix_beam` finds the best text together with a language model
(:mod:`hwr.words.written_language`, :mod:`hwr.words.language_model`).

:mod:`hwr.words.cutting` is the older way, of lesson 06: a word is divided into segments
(:mod:`hwr.words.segments`), groups of which may be letters (:mod:`hwr.words.hypotheses`), and a
search over all ways to cut it (:mod:`hwr.words.lattice`) chooses among them.
"""

from typing import TYPE_CHECKING

from hwr._support.lazy import public_names

if TYPE_CHECKING:
    from hwr.words import ctc, line_image, prefix_beam
    from hwr.words.cutting import read_by_cutting
    from hwr.words.hypotheses import CharacterHypotheses, RecognitionCache
    from hwr.words.language_model import DIGITS, LOWERCASE, LanguageModel, ProseModel, UniformModel
    from hwr.words.lattice import Group, beam_search
    from hwr.words.reading import read_text, read_word
    from hwr.words.segments import Segments
    from hwr.words.text import Text, Word
    from hwr.words.word_reader import WordReader
    from hwr.words.written_language import WrittenModel

__getattr__, __dir__, __all__ = public_names(__name__, __file__)
