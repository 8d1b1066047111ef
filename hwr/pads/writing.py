"""The pad for words: a wide sheet with boxes around the letters as they are recognised.

Ink comes first here too. A word is read while it is written; where that would take too long, as on
a full page, it is read when the pen has come to rest.
"""

from functools import partial
from time import perf_counter
from typing import Literal

import ipywidgets as widgets
from ipywidgets import Layout

from hwr.ink import Ink
from hwr.pads import html, sentences, snapshot
from hwr.pads.base import ModePad, join_choice, keys_line, undo_and_clear
from hwr.pads.canvas import Sheet, SheetFormat
from hwr.pads.correction_panel import CorrectionPanel
from hwr.pads.corrections import CorrectedWord, Corrections, Lines, stroke_key, text_of
from hwr.pads.language_choice import LanguageChoice
from hwr.pads.throttle import Throttle
from hwr.words.incremental import IncrementalReader
from hwr.words.language_model import ENGLISH, PROSE_LANGUAGES
from hwr.words.pictures import UNFINISHED

FAST, SLOW = 0.05, 0.15
"""Duration of reading in seconds: below the first, ink is read while a stroke is drawn; from the
second on, it is read when the pen rests."""
PEN_REST = 0.3
"""Seconds without a stroke after which the pen rests."""
WORD = SheetFormat(
    *(1600, 440, 120, 0.7),
    title="Sheet to write a word on",
    hint="Write a word here",
    rules=(300,),
)
LINES = SheetFormat(
    *(1600, 960, 90, 0.8),
    title="Sheet to write lines of words on",
    hint="Write lines of words here",
    rules=(210, 420, 630, 840),
)


class WritingPad(ModePad):
    """A sheet to write a word or lines on, and how they are read.

    Parameters
    ----------
    kind : {'word', 'line'}
        Whether all ink is one word, or several words in one or more lines.
    language : str
        One of :data:`hwr.words.language_model.LANGUAGE_NAMES`.

    Attributes
    ----------
    sheet : Sheet
    undo_button, clear_button : ipywidgets.Button
    join_choice : ipywidgets.Checkbox
    language_choice : LanguageChoice
    correction_panel : CorrectionPanel
    reader : IncrementalReader
    reading_seconds : float
        How long the last reading took.
    """

    sheet: Sheet

    def __init__(self, kind: Literal["word", "line"], language: str = ENGLISH) -> None:
        super().__init__()
        self.kind = kind
        self.reader = IncrementalReader(one_word=kind == "word")
        self.reading_seconds = 0.0
        self._corrections = Corrections()
        self._lines: Lines = ()
        guard = self.status.guard
        self.sheet = Sheet(self._on_change, guard, WORD if kind == "word" else LINES, self.announce)
        self.correction_panel = CorrectionPanel(self._correct, self._show_boxes, guard)
        self._answer_soon = Throttle(guard(self.answer))
        self.undo_button, self.clear_button = undo_and_clear(self.sheet, self.status)
        self.join_choice = join_choice(self.sheet, self.status)
        self.language_choice = LanguageChoice(language)
        self.language_choice.observe(guard(lambda _: self._on_language()), "value")
        self.widget = self._lay_out()
        self._answer_soon.now()

    # --- what is written and read --------------------------------------------------------------

    @property
    def ink(self) -> Ink:
        """The current writing."""
        return self.sheet.ink

    @property
    def lines(self) -> Lines:
        """The words that are read, line by line, with their corrections."""
        read = self.reader.read(self.ink, self.language_choice.model)
        return self._corrections.apply(read, partial(stroke_key, ink=self.ink))

    @property
    def text(self) -> str:
        """The text that is read, with its corrections."""
        return text_of(self.lines)

    # --- its parts -----------------------------------------------------------------------------

    def _lay_out(self) -> widgets.VBox:
        for button in (self.undo_button, self.clear_button):
            button.layout = Layout(width="8.5em")
        controls = widgets.HBox(
            [self.undo_button, self.clear_button, self.join_choice, self.language_choice],
            layout=Layout(flex_flow="row wrap", width="100%"),
        )
        return widgets.VBox(
            [self.answer_line, self.sheet.canvas, controls, self.correction_panel.widget,
             self.status, keys_line(), self.spoken_line],
            layout=Layout(width="100%", grid_gap="8px"),
        )  # fmt: skip

    # --- what happens --------------------------------------------------------------------------

    def _on_change(self, finished: bool) -> None:
        self.status.clear()
        if finished and self.reading_seconds < SLOW:
            self._answer_soon.now()
        elif finished:
            self._answer_soon.later(PEN_REST)
        elif self.reading_seconds < FAST:
            self._answer_soon.ask()
        else:
            self._answer_soon.stop()

    def _on_language(self) -> None:
        language = self.language_choice.value
        if language in PROSE_LANGUAGES:
            self.answer_line.value = html.sentence_line(
                f"<p>Learning the words of {language} …</p>"
            )
        self.status.clear()
        self._answer_soon.now()

    def answer(self) -> None:
        """Read the current writing and show the answer."""
        language = self.language_choice.model
        began = perf_counter()
        read = self.reader.read(self.ink, language)
        self.reading_seconds = perf_counter() - began
        if not read.finished:
            self.status.say(f"{UNFINISHED}.")
        self._lines = self._corrections.apply(read, partial(stroke_key, ink=self.ink))
        drawing = self.sheet.drawing
        self.correction_panel.show(self._lines, not drawing)
        self._show_boxes()
        self.answer_line.value = html.sentence_line(sentences.answer_sentence(*self._answered))
        if not drawing:  # once a stroke, not twenty times a second
            spoken = sentences.screen_reader_text(*self._answered)
            self.spoken_line.value = html.live_paragraph(spoken)

    @property
    def _answered(self) -> tuple[Lines, bool, str]:
        return self._lines, self.ink.empty, f"{self.sheet.form.hint}."

    def _correct(self, word: CorrectedWord, text: str) -> None:
        self._corrections.correct(word.key, text)
        self._answer_soon.now()

    def _show_boxes(self) -> None:
        self.sheet.show_boxes(self.correction_panel.boxes())

    # --- how it is shown -----------------------------------------------------------------------

    def __repr__(self) -> str:
        return f"{self.kind}, strokes {len(self.sheet.strokes)}, text {self.text!r}"

    def picture(self) -> tuple[bytes, str]:
        """Return the pad as a PNG file, and its text alternative."""
        self._answer_soon.now()
        sentence = html.strip_tags(sentences.answer_sentence(*self._answered))
        png = snapshot.writing_snapshot(self.sheet, sentence)
        return png, f"A pad with writing. {sentences.screen_reader_text(*self._answered)}"
