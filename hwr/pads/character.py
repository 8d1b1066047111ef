"""The pad for one character, which is read while it is drawn.

Ink comes first: a line appears as soon as the pen moves. The recogniser is asked at most ``RATE``
times a second, always about the newest ink, and takes a third of the time at most.
"""

from pathlib import Path
from time import perf_counter
from typing import Any

import ipywidgets as widgets
from ipywidgets import Layout

from hwr.alphabets import (
    ALL,
    BYCLASS,
    BYMERGE,
    DIGITS,
    LETTERS,
    PUNCTUATION,
    Alphabet,
    folding_matrix,
    get_alphabet,
)
from hwr.datasets.drawings import Drawing, save_drawing
from hwr.ink import PEN, Ink, conversion_steps
from hwr.pads import html, snapshot
from hwr.pads.base import ModePad, join_choice, keys_line, undo_and_clear
from hwr.pads.canvas import CHARACTER_SHEET, SHEET_SIDE, Sheet
from hwr.pads.feature_panel import FeaturePanel
from hwr.pads.throttle import Throttle
from hwr.recognizer import Reading, Recognizer

PICTURE_RATE = 5
"""Highest number of updates a second of the conversion's pictures, which weigh more than bars."""
PENS = {"thin": 0.08, "medium": PEN, "thick": 0.2}
"""Widths of the pen as a share of the drawing's longer side."""
ALPHABETS = {
    BYCLASS: "62: digits, capitals, small letters",
    BYMERGE: "47: look-alike cases merged",
    LETTERS: "26 letters",
    DIGITS: "10 digits",
    PUNCTUATION: "32 marks",
    ALL: "94: digits, letters and marks",
}
MAX_SHOWN = 30
"""Most characters of an alphabet's name in the list of alphabets."""


def only(alphabet: Alphabet) -> str:
    """Return what an alphabet of chosen characters is called in the list of alphabets."""
    name = alphabet.name
    return f"only {name if len(name) <= MAX_SHOWN else name[: MAX_SHOWN - 1] + '…'}"


class CharacterPad(ModePad):
    """A sheet to draw one character on, and how a recogniser reads it.

    Parameters
    ----------
    recognizer : Recognizer
    alphabet : str, int or Alphabet, optional
        The possible characters at first: ``'62'``, ``'47'``, ``'26'``, ``'10'``, ``'marks'``,
        ``'all'``, or ``'O0'``; by default the recogniser's own.
    writer : str
        The name that drawings are saved under.
    path : str or Path
        The file that labelled drawings are saved to (see :mod:`hwr.datasets.drawings`).

    Attributes
    ----------
    sheet : Sheet
    undo_button, clear_button, save_button : ipywidgets.Button
    join_choice, pen_choice, alphabet_choice, label_field : ipywidgets.Widget
        Whether taps are joined, width of the pen, possible characters, and the label to save the
        drawing with.
    bars, steps : ipywidgets.HTML
        The answer as bars, and the steps of the conversion as pictures.
    feature_panel : FeaturePanel

    Raises
    ------
    ValueError
        If there is no such alphabet, or the recogniser cannot answer in it.
    """

    sheet: Sheet

    def __init__(
        self,
        recognizer: Recognizer,
        alphabet: str | int | Alphabet | None = None,
        writer: str = "me",
        path: str | Path = "drawings/drawings.jsonl",
    ) -> None:
        super().__init__()
        self.recognizer = recognizer
        self.writer = writer
        self.path = Path(path)
        self.sheet = Sheet(self._on_change, self.status.guard, CHARACTER_SHEET, self.announce)
        self.bars, self.steps = widgets.HTML(), widgets.HTML()
        self.feature_panel = FeaturePanel(recognizer)
        self._steps_shown_at = 0.0
        self._answer_soon = Throttle(self.status.guard(self._answer))
        self._make_controls(get_alphabet(recognizer.alphabet if alphabet is None else alphabet))
        self.widget = self._lay_out()
        self._connect()
        self._answer_soon.now()

    # --- what is drawn and read ----------------------------------------------------------------

    @property
    def ink(self) -> Ink:
        """The current drawing."""
        return self.sheet.ink

    @property
    def alphabet(self) -> Alphabet:
        """The chosen alphabet."""
        chosen: Alphabet = self.alphabet_choice.value
        return chosen

    @property
    def reading(self) -> Reading:
        """The recogniser's answer to the current drawing."""
        return self.recognizer.read(self.ink, self.alphabet)

    @property
    def text(self) -> str:
        """The most probable character; an empty string as long as nothing is drawn."""
        return self.reading.best

    # --- its parts -----------------------------------------------------------------------------

    def _make_controls(self, first: Alphabet) -> None:
        own, outputs = self.recognizer.alphabet, self.recognizer.outputs
        folding_matrix(outputs, first)  # refused now, not at the first stroke
        offered = [first, own, *(other for other in ALPHABETS if not outputs.obstacle(other))]
        self.undo_button, self.clear_button = undo_and_clear(self.sheet, self.status)
        self.join_choice = join_choice(self.sheet, self.status)
        self.pen_choice = widgets.ToggleButtons(
            options=list(PENS.items()),
            value=PEN,
            description="Pen",
            style={"button_width": "6.5em", "description_width": "2.8em"},
        )
        self.alphabet_choice = widgets.Dropdown(
            options=[
                (ALPHABETS.get(other, only(other)), other) for other in dict.fromkeys(offered)
            ],
            value=first,
            description="Alphabet",
            style={"description_width": "5.3em"},
            layout=Layout(width="auto"),
            tooltip="The characters it may answer with",
        )
        self.label_field = widgets.Text(
            description="It shows",
            placeholder="one character",
            tooltip="What you drew",
            style={"description_width": "5.3em"},
            layout=Layout(width="auto", flex="1 1 150px"),
        )
        self.save_button = widgets.Button(
            description="Save",
            icon="save",
            tooltip="Save the drawing with its label",
            layout=Layout(width="auto", flex="0 0 7.4em"),
        )
        for button in (self.undo_button, self.clear_button):
            button.layout = Layout(width="auto", flex="1 1 auto")

    def _lay_out(self) -> widgets.VBox:
        buttons = widgets.HBox(
            [self.undo_button, self.clear_button, self.join_choice],
            layout=Layout(flex_flow="row wrap"),
        )
        drawing = widgets.VBox(
            [self.sheet.canvas, buttons, self.pen_choice],
            layout=Layout(width="100%", max_width=f"{SHEET_SIDE // 2 + 12}px"),
        )
        saving = widgets.HBox(
            [self.label_field, self.save_button], layout=Layout(flex_flow="row wrap")
        )
        answer = widgets.VBox(
            [self.bars, self.alphabet_choice, saving, self.status],
            layout=Layout(flex="1 1 240px", grid_gap="8px"),
        )
        both = widgets.HBox([drawing, answer], layout=Layout(flex_flow="row wrap", grid_gap="20px"))
        return widgets.VBox(
            [self.answer_line, both, self.steps, self.feature_panel.widget, keys_line(),
             self.spoken_line],
            layout=Layout(width="100%", grid_gap="10px"),
        )  # fmt: skip

    def _connect(self) -> None:
        guard = self.status.guard
        self.save_button.on_click(guard(lambda _: self._save_drawing()))
        self.pen_choice.observe(guard(self._on_pen), "value")
        self.alphabet_choice.observe(guard(lambda _: self._answer_soon.now()), "value")
        show_features = guard(lambda _: self.feature_panel.show(self.reading))
        self.feature_panel.button.observe(show_features, "value")

    # --- what happens --------------------------------------------------------------------------

    def _on_change(self, finished: bool) -> None:
        if finished:
            self._answer_soon.now()
        else:
            self.status.clear()
            self._answer_soon.ask()

    def _on_pen(self, change: Any) -> None:
        self.sheet.pen = change["new"]
        self.sheet.redraw()
        self._answer_soon.now()

    def _answer(self) -> None:
        ink, reading = self.ink, self.reading
        self.answer_line.value = html.sentence_line(html.answer_sentence(reading))
        self.bars.value = html.probability_bars(reading)
        drawing, now = self.sheet.drawing, perf_counter()
        if not drawing or now > self._steps_shown_at + 1 / PICTURE_RATE:
            self._steps_shown_at = now
            self.steps.value = html.conversion_row({} if ink.empty else conversion_steps(ink))
        if not drawing:  # once a stroke, not twenty times a second
            self.feature_panel.show(reading)
            self.spoken_line.value = html.live_paragraph(html.screen_reader_text(reading))

    def _save_drawing(self) -> None:
        label = self.label_field.value.strip()
        try:
            count = save_drawing(self.path, Drawing(label, self.writer, self.ink))
        except OSError as error:
            raise ValueError(f"The file cannot be written ({error}): check its folder.") from None
        self.sheet.clear()
        self.status.say(f"Saved {label!r}, drawing number {count} of {self.path}.", "note")

    # --- how it is shown -----------------------------------------------------------------------

    def __repr__(self) -> str:
        return f"alphabet {self.alphabet.name}, strokes {len(self.sheet.strokes)}"

    def picture(self) -> tuple[bytes, str]:
        """Return the pad as a PNG file, and its text alternative."""
        reading, count = self.reading, len(self.sheet.strokes)
        strokes = f"{count} stroke{'s' if count != 1 else ''}"
        png = snapshot.character_snapshot(self.sheet, reading)
        return png, f"A pad with {strokes}. {html.screen_reader_text(reading)}"
