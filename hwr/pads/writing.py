"""The pad for words: a wide sheet, boxes around the letters as they are recognised, text below.

Ink comes first here too. A word is read while it is written; where that would take too long, as on
a full page, it is read when the pen has come to rest.
"""

from functools import partial
from time import perf_counter
from typing import Literal

import ipywidgets as widgets
from ipywidgets import Layout

from hwr.ink import Ink
from hwr.pads import sentences, snapshot
from hwr.pads.canvas import Sheet, SheetFormat
from hwr.pads.correction_panel import CorrectionPanel
from hwr.pads.corrections import CorrectedWord, Corrections, Lines, stroke_key
from hwr.pads.html import strip_tags
from hwr.pads.status_line import StatusLine
from hwr.pads.throttle import Throttle
from hwr.recognizer import Recognizer
from hwr.words.incremental import IncrementalReader
from hwr.words.language_model import ENGLISH, LANGUAGE_NAMES, PROSE_LANGUAGES, language_model

FLUENT, SLOW = 0.05, 0.15
"""Seconds that reading takes: up to the first it is done while a stroke is drawn, from the second
on it waits until the pen rests."""
REST = 0.3
"""Seconds without a stroke, after which the pen rests."""
WORD = SheetFormat(
    *(1600, 440, 120, 0.7),
    title="Sheet to write a word on",
    hint="Write a word here, in separate letters",
    rules=(300,),
)
LINES = SheetFormat(
    *(1600, 960, 90, 0.8),
    title="Sheet to write lines of words on",
    hint="Write lines of words here, in separate letters",
    rules=(210, 420, 630, 840),
)


class WritingPad:
    """A sheet to write a word or lines on, and what is read there.

    Parameters
    ----------
    kind : {'word', 'line'}
        Whether all ink is one word, or several words in one or more lines.
    recognizer : Recognizer
        Who reads the letters.
    tongue : str
        One of :data:`hwr.words.language_model.LANGUAGE_NAMES`.

    Attributes
    ----------
    widget : ipywidgets.VBox
        All of it.
    paper : Paper
        The sheet.
    """

    def __init__(
        self, kind: Literal["word", "line"], recognizer: Recognizer, tongue: str = ENGLISH
    ) -> None:
        self.kind = kind
        self._reader = IncrementalReader(recognizer, one_word=kind == "word")
        self._corrections = Corrections()
        self._lines: Lines = ()
        self._seconds = 0.0
        self._note = StatusLine()
        guard = self._note.guard
        self.sheet = Sheet(self._on_change, guard, WORD if kind == "word" else LINES)
        self._corrector = CorrectionPanel(self._correct, self._mark, guard)
        self._answer_soon = Throttle(guard(self._answer))
        self._make_controls(tongue)
        self.widget = self._lay_out()
        self._answer_soon.now()

    # --- what a program may ask of it ----------------------------------------------------------

    @property
    def ink(self) -> Ink:
        """All that is written, as it stands."""
        return self.sheet.ink

    @property
    def lines(self) -> Lines:
        """The words that are read, line by line, with their corrections."""
        read = self._reader.read(self.ink, language_model(self._tongue.value))
        return self._corrections.apply(read, partial(stroke_key, ink=self.ink))

    @property
    def text(self) -> str:
        """What is read, with its corrections."""
        return "\n".join(" ".join(word.text for word in line) for line in self.lines)

    # --- its parts -----------------------------------------------------------------------------

    def _make_controls(self, tongue: str) -> None:
        self._undo = widgets.Button(description="Undo", icon="undo", tooltip="Take back a change")
        self._clear = widgets.Button(description="Clear", icon="eraser", tooltip="An empty sheet")
        for button in (self._undo, self._clear):
            button.layout = Layout(width="110px")
        self._tongue = widgets.Dropdown(
            options=LANGUAGE_NAMES, value=tongue, description="Language",
            style={"description_width": "72px"}, layout=Layout(width="auto", flex="0 1 320px"),
            tooltip="The language whose words are expected",
        )  # fmt: skip
        self._said, self._heard = widgets.HTML(), widgets.HTML()
        guard = self._note.guard
        self._undo.on_click(guard(lambda _: self.sheet.undo()))
        self._clear.on_click(guard(lambda _: self.sheet.clear()))
        self._tongue.observe(guard(lambda _: self._learn()), "value")

    def _lay_out(self) -> widgets.VBox:
        controls = widgets.HBox(
            [self._undo, self._clear, self._tongue],
            layout=Layout(flex_flow="row wrap", width="100%"),
        )
        return widgets.VBox(
            [self._said, self.sheet.canvas, controls, self._corrector.widget, self._note,
             self._heard],
            layout=Layout(width="100%", grid_gap="8px"),
        )  # fmt: skip

    # --- what happens --------------------------------------------------------------------------

    def _on_change(self, finished: bool) -> None:
        self._note.clear()
        if finished and self._seconds < SLOW:
            self._answer_soon.now()
        elif finished:
            self._answer_soon.later(REST)
        elif self._seconds < FLUENT:
            self._answer_soon.ask()
        else:
            self._answer_soon.stop()

    def _learn(self) -> None:
        if self._tongue.value in PROSE_LANGUAGES:
            self._say(f"<p>Learning the words of {self._tongue.value} …</p>")
        self._note.clear()
        self._answer_soon.now()

    def _answer(self) -> None:
        words = language_model(self._tongue.value)
        began = perf_counter()
        read = self._reader.read(self.ink, words)
        self._seconds = perf_counter() - began
        self._lines = self._corrections.apply(read, partial(stroke_key, ink=self.ink))
        self._show()

    def _correct(self, word: CorrectedWord, text: str) -> None:
        self._corrections.correct(word.key, text)
        self._answer_soon.now()

    def _show(self) -> None:
        drawing = self.sheet.drawing
        self._corrector.show(self._lines, not drawing)
        self._mark()
        told = self._lines, self.ink.empty, f"{self.sheet.kind.hint}."
        self._say(sentences.answer_sentence(*told))
        if not drawing:  # once a stroke, not twenty times a second
            self._heard.value = f'<p class="hwr-heard" role="status" aria-live="polite">{sentences.screen_reader_text(*told)}</p>'

    def _say(self, sentence: str) -> None:
        self._said.value = f'<div class="hwr-words" aria-hidden="true">{sentence}</div>'

    def _mark(self) -> None:
        self.sheet.mark(self._corrector.marks())

    # --- how it is shown -----------------------------------------------------------------------

    def __repr__(self) -> str:
        return f"{self.kind}, strokes {len(self.sheet.strokes)}, text {self.text!r}"

    def picture(self) -> tuple[bytes, str]:
        """Return a picture of it, a PNG file, and what it shows in words."""
        self._answer_soon.now()
        told = self._lines, self.ink.empty, f"{self.sheet.kind.hint}."
        sentence = strip_tags(sentences.answer_sentence(*told))
        size = self.sheet.kind.width, self.sheet.kind.height
        drawn = snapshot.writing_snapshot(
            self.ink, self.sheet.width, size, self.sheet.marks, sentence
        )
        return drawn, f"A pad with writing. {sentences.screen_reader_text(*told)}"
