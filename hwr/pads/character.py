"""The pad for one character, which is read while it is drawn.

Ink comes first: a line is drawn the moment the pen moves, and the recogniser is asked at most
``RATE`` times a second, always about the newest ink, and never for more than a third of the time.
"""

from pathlib import Path
from time import perf_counter
from typing import Any

import ipywidgets as widgets
from ipywidgets import Layout

from hwr.alphabets import BYCLASS, BYMERGE, DIGITS, LETTERS, Alphabet, get_alphabet
from hwr.datasets.drawings import Drawing, save_drawing
from hwr.ink import PEN, Ink, conversion_steps
from hwr.pads import html, snapshot
from hwr.pads.canvas import SHEET_SIDE, Sheet
from hwr.pads.feature_panel import FeaturePanel
from hwr.pads.status_line import StatusLine
from hwr.pads.throttle import Throttle
from hwr.recognizer import Reading, Recognizer

PICTURE_RATE = 5
"""Rows of pictures a second, at most: they weigh more than bars on the way to a browser."""
PENS = {"thin": 0.08, "medium": PEN, "thick": 0.2}
"""Widths of the pen as a share of the drawing's longer side."""
ALPHABETS = {
    "62: digits, capitals, small letters": BYCLASS,
    "47: look-alike cases merged": BYMERGE,
    "26 letters": LETTERS,
    "10 digits": DIGITS,
}


class CharacterPad:
    """A sheet to draw one character on, and what a recogniser makes of it.

    Parameters
    ----------
    recognizer : Recognizer
        Who reads.
    alphabet : str, int or Alphabet
        What it may answer with at first: ``'62'``, ``'47'``, ``'26'``, ``'10'``, or ``'O0'``.
    writer : str
        Whose drawings are saved.
    path : str or Path
        The file that labelled drawings are saved to (see :mod:`hwr.datasets.drawings`).

    Attributes
    ----------
    widget : ipywidgets.VBox
        All of it.
    paper : Paper
        The sheet.
    """

    def __init__(
        self,
        recognizer: Recognizer,
        alphabet: str | int | Alphabet = "62",
        writer: str = "me",
        path: str | Path = "drawings/drawings.jsonl",
    ) -> None:
        first = get_alphabet(alphabet)
        self.recognizer = recognizer
        self.writer = writer
        self.path = Path(path)
        self._note = StatusLine()
        self.sheet = Sheet(self._on_change, self._note.guard)
        self._pictured = 0.0
        self._answer_soon = Throttle(self._note.guard(self._answer))
        self._make_controls(first)
        self._make_panels()
        self.widget = self._lay_out()
        self._connect()
        self._answer_soon.now()

    # --- what a program may ask of a pad -------------------------------------------------------

    @property
    def ink(self) -> Ink:
        """The drawing as it stands."""
        return self.sheet.ink

    @property
    def alphabet(self) -> Alphabet:
        """The alphabet that is chosen."""
        chosen: Alphabet = self._alphabet.value
        return chosen

    @property
    def reading(self) -> Reading:
        """What the recogniser makes of the drawing as it stands."""
        return self.recognizer.read(self.ink, self.alphabet)

    @property
    def text(self) -> str:
        """The most probable character; empty as long as nothing is drawn."""
        return self.reading.best

    # --- its parts -----------------------------------------------------------------------------

    def _make_controls(self, first: Alphabet) -> None:
        named = ALPHABETS if first in ALPHABETS.values() else {f"only {first.name}": first}
        self._undo = widgets.Button(description="Undo", icon="undo", tooltip="Take back a change")
        self._clear = widgets.Button(description="Clear", icon="eraser", tooltip="An empty sheet")
        self._pen = widgets.ToggleButtons(
            options=list(PENS.items()),
            value=PEN,
            description="Pen",
            style={"button_width": "84px", "description_width": "36px"},
        )
        self._alphabet = widgets.Dropdown(
            options=list((named | ALPHABETS).items()),
            value=first,
            description="Alphabet",
            style={"description_width": "68px"},
            layout=Layout(width="auto"),
            tooltip="The characters it may answer with",
        )
        self._label = widgets.Text(
            description="It shows",
            placeholder="one character",
            tooltip="What you drew",
            style={"description_width": "68px"},
            layout=Layout(width="auto", flex="1 1 150px"),
        )
        self._save = widgets.Button(
            description="Save", icon="save", tooltip="Save the drawing with its label"
        )
        for button in (self._undo, self._clear, self._save):
            button.layout = Layout(width="auto", flex="1 1 auto")
        self._save.layout.flex = "0 0 96px"

    def _make_panels(self) -> None:
        self._words, self._bars, self._steps = widgets.HTML(), widgets.HTML(), widgets.HTML()
        self._heard = widgets.HTML()
        self._inside = FeaturePanel(self.recognizer)

    def _lay_out(self) -> widgets.VBox:
        sheet = widgets.VBox(
            [self.sheet.canvas, widgets.HBox([self._undo, self._clear]), self._pen],
            layout=Layout(flex="0 0 auto", width=f"{SHEET_SIDE // 2 + 12}px"),
        )
        saving = widgets.HBox([self._label, self._save])
        answer = widgets.VBox(
            [self._bars, self._alphabet, saving, self._note],
            layout=Layout(flex="1 1 280px", grid_gap="8px"),
        )
        both = widgets.HBox([sheet, answer], layout=Layout(flex_flow="row wrap", grid_gap="20px"))
        return widgets.VBox(
            [self._words, both, self._steps, self._inside.widget, self._heard],
            layout=Layout(width="100%", grid_gap="10px"),
        )

    def _connect(self) -> None:
        self._undo.on_click(self._note.guard(lambda _: self.sheet.undo()))
        self._clear.on_click(self._note.guard(lambda _: self.sheet.clear()))
        self._save.on_click(self._note.guard(lambda _: self._save_drawing()))
        self._pen.observe(self._note.guard(self._on_pen), "value")
        self._alphabet.observe(self._note.guard(lambda _: self._answer_soon.now()), "value")
        self._inside.button.observe(
            self._note.guard(lambda _: self._inside.show(self.reading)), "value"
        )

    # --- what happens --------------------------------------------------------------------------

    def _on_change(self, finished: bool) -> None:
        if finished:
            self._answer_soon.now()
        else:
            self._note.clear()
            self._answer_soon.ask()

    def _on_pen(self, change: Any) -> None:
        self.sheet.pen = change["new"]
        self.sheet.redraw()
        self._answer_soon.now()

    def _answer(self) -> None:
        ink, reading = self.ink, self.reading
        self._words.value = (
            f'<div class="hwr-words" aria-hidden="true">{html.answer_sentence(reading)}</div>'
        )
        self._bars.value = html.probability_bars(reading)
        drawing, now = self.sheet.drawing, perf_counter()
        if not drawing or now > self._pictured + 1 / PICTURE_RATE:
            self._pictured = now
            self._steps.value = html.conversion_row({} if ink.empty else conversion_steps(ink))
        if not drawing:  # once a stroke, not twenty times a second
            self._inside.show(reading)
            self._heard.value = f'<p class="hwr-heard" role="status" aria-live="polite">{html.screen_reader_text(reading)}</p>'

    def _save_drawing(self) -> None:
        label = self._label.value.strip()
        count = save_drawing(self.path, Drawing(label, self.writer, self.ink))
        self.sheet.clear()
        self._note.say(f"Saved {label!r}, drawing number {count} of {self.path}.", "note")

    # --- how it is shown -----------------------------------------------------------------------

    def __repr__(self) -> str:
        return f"alphabet {self.alphabet.name}, strokes {len(self.sheet.strokes)}"

    def picture(self) -> tuple[bytes, str]:
        """Return a picture of it, a PNG file, and what it shows in words."""
        reading, count = self.reading, len(self.sheet.strokes)
        alt = f"A pad with {count} stroke{'s' if count != 1 else ''}. {html.screen_reader_text(reading)}"
        return snapshot.character_snapshot(self.ink, self.sheet.width, SHEET_SIDE, reading), alt
