"""From handwriting to text: words, lines and pages.

Begin with :mod:`hwr.words.reading`. A word's ink is divided into segments
(:mod:`hwr.words.segments`), groups of which may be characters (:mod:`hwr.words.hypotheses`). A
search over all ways to cut the word (:mod:`hwr.words.lattice`) chooses among them together with a
language model (:mod:`hwr.words.language_model`).

:mod:`hwr.words.word_reader` reads without cutting: a network answers in every column of the
line's image (:mod:`hwr.words.line_image`), and :mod:`hwr.words.ctc` says what its answers mean.
"""

from typing import TYPE_CHECKING

from hwr._support.lazy import public_names

if TYPE_CHECKING:
    from hwr.words import ctc
    from hwr.words.hypotheses import CharacterHypotheses, RecognitionCache
    from hwr.words.language_model import DIGITS, LOWERCASE, LanguageModel, ProseModel, UniformModel
    from hwr.words.lattice import Group, beam_search
    from hwr.words.reading import Text, Word, read_text, read_word
    from hwr.words.segments import Segments
    from hwr.words.word_reader import WordReader
    from hwr.words.written_language import WrittenModel

__getattr__, __dir__, __all__ = public_names(__name__, __file__)
