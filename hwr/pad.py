"""The pad: draw a character, and see it read while you draw.

>>> from hwr.pad import Pad
>>> Pad()                                                                  # doctest: +SKIP

Ink comes first: a line is drawn the moment the pen moves, and the recogniser is asked at most
``RATE`` times a second, always about the newest ink, and never for more than a third of the time.
"""

import asyncio
from collections.abc import Callable
from html import escape
from pathlib import Path
from time import perf_counter
from typing import Any

import ipywidgets as widgets
from ipywidgets import Layout

from hwr import panels
from hwr.alphabets import BYCLASS, BYMERGE, DIGITS, LETTERS, Alphabet, find
from hwr.alt import as_html
from hwr.drawings import Drawing, save_drawing
from hwr.ink import PEN, Ink, steps
from hwr.inside import Inside
from hwr.paper import SIDE, Paper
from hwr.recognizer import Reading, Recognizer
from hwr.still import still

RATE = 20
"""Answers a second, at most, while a stroke is drawn."""
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


class Newest:
    """Do something soon, but at most so often, however often it is asked for.

    Parameters
    ----------
    action : callable
        What to do; it looks at the state of things when it runs, so what was asked for in between
        is never done late.
    """

    def __init__(self, action: Callable[[], None]) -> None:
        self._action = action
        self._timer: asyncio.TimerHandle | None = None
        self._not_before = 0.0

    def ask(self) -> None:
        """Run the action when its time has come, unless it already waits to be run."""
        if self._timer is not None:
            return
        wait = self._not_before - perf_counter()
        try:
            self._timer = asyncio.get_running_loop().call_later(max(wait, 0), self.now)
        except RuntimeError:  # no event loop, as in a plain script
            if wait <= 0:
                self.now()

    def now(self) -> None:
        """Run the action at once, instead of the one that waits."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        began = perf_counter()
        self._action()
        ended = perf_counter()
        self._not_before = max(began + 1 / RATE, ended + 2 * (ended - began))


class Pad:
    """A sheet to draw one character on, and what a recogniser makes of it.

    Display it as the last line of a cell. All but the drawing itself works by keyboard.

    Parameters
    ----------
    recognizer : Recognizer, optional
        Who reads; the shipped one by default.
    alphabet : str, int or Alphabet
        What it may answer with at first: ``'62'``, ``'47'``, ``'26'``, ``'10'``, or ``'O0'``.
    writer : str
        Whose drawings are saved.
    path : str or Path
        The file that labelled drawings are saved to (see :mod:`hwr.drawings`).
    """

    def __init__(
        self,
        recognizer: Recognizer | None = None,
        alphabet: str | int | Alphabet = "62",
        writer: str = "me",
        path: str | Path = "drawings/drawings.jsonl",
    ) -> None:
        first = find(alphabet)
        self.recognizer = recognizer if recognizer is not None else Recognizer.load()
        self.writer = writer
        self.path = Path(path)
        self.paper = Paper(self._on_change, self._guard)
        self._pictured = 0.0
        self._answer_soon = Newest(self._guard(self._answer))
        self._make_controls(first)
        self._make_panels()
        self.widget = self._lay_out()
        self._connect()
        self._answer_soon.now()

    # --- what a program may ask of a pad -------------------------------------------------------

    @property
    def ink(self) -> Ink:
        """The drawing as it stands."""
        return self.paper.ink

    @property
    def alphabet(self) -> Alphabet:
        """The alphabet that is chosen."""
        chosen: Alphabet = self._alphabet.value
        return chosen

    @property
    def reading(self) -> Reading:
        """What the recogniser makes of the drawing as it stands."""
        return self.recognizer.read(self.ink, self.alphabet)

    async def replay(self, ink: Ink, seconds: float = 1.5) -> None:
        """Draw a drawing on the pad as a hand would, in place of what is there.

        Parameters
        ----------
        ink : Ink
            The drawing, in any unit: it is shown in the middle of the sheet.
        seconds : float
            How long the drawing takes.
        """
        self.paper.clear()
        strokes = self.paper.place(ink) if not ink.empty else []
        pause = seconds / max(sum(len(stroke) for stroke in strokes), 1)
        for first, *others in strokes:
            self.paper.begin(first)
            for point in others:
                await asyncio.sleep(pause)
                self.paper.extend(point)
            self.paper.end()

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
        self._heard, self._note = widgets.HTML(), widgets.HTML()
        self._inside = Inside(self.recognizer)

    def _lay_out(self) -> widgets.VBox:
        sheet = widgets.VBox(
            [self.paper.canvas, widgets.HBox([self._undo, self._clear]), self._pen],
            layout=Layout(flex="0 0 auto", width=f"{SIDE // 2 + 12}px"),
        )
        saving = widgets.HBox([self._label, self._save])
        answer = widgets.VBox(
            [self._bars, self._alphabet, saving, self._note],
            layout=Layout(flex="1 1 280px", grid_gap="8px"),
        )
        both = widgets.HBox([sheet, answer], layout=Layout(flex_flow="row wrap", grid_gap="20px"))
        whole = widgets.VBox(
            [widgets.HTML(panels.STYLE), self._words, both, self._steps, self._inside.widget,
             self._heard],
            layout=Layout(width="100%"),
        )  # fmt: skip
        whole.add_class("hwr-pad")
        return whole

    def _connect(self) -> None:
        self._undo.on_click(self._guard(lambda _: self.paper.undo()))
        self._clear.on_click(self._guard(lambda _: self.paper.clear()))
        self._save.on_click(self._guard(lambda _: self._save_drawing()))
        self._pen.observe(self._guard(self._on_pen), "value")
        self._alphabet.observe(self._guard(lambda _: self._answer_soon.now()), "value")
        self._inside.button.observe(self._guard(lambda _: self._inside.show(self.reading)), "value")
        self.paper.canvas.on_key_down(self._guard(self._on_key))

    def _guard(self, callback: Callable[..., None]) -> Callable[..., None]:
        """Show on the pad what goes wrong in a callback, where it would be swallowed."""

        def guarded(*arguments: Any) -> None:
            try:
                callback(*arguments)
            except ValueError as error:  # ours: a sentence that says what to do
                self._say(str(error), "problem")
            except OSError as error:
                self._say(f"The file cannot be written ({error}): check its folder.", "problem")
            except Exception as error:  # the pad must live on, and nothing may be hidden
                what = f"{type(error).__name__}: {error}"
                self._say(f"That failed ({what}): clear the pad and draw again.", "problem")

        return guarded

    def _say(self, sentence: str, kind: str) -> None:
        self._note.value = f'<p class="hwr-{kind}" role="alert">{escape(sentence)}</p>'

    # --- what happens --------------------------------------------------------------------------

    def _on_change(self, finished: bool) -> None:
        if finished:
            self._answer_soon.now()
        else:
            self._note.value = ""
            self._answer_soon.ask()

    def _on_pen(self, change: Any) -> None:
        self.paper.pen = change["new"]
        self.paper.redraw()
        self._answer_soon.now()

    def _on_key(self, key: str, shift: bool, control: bool, command: bool) -> None:
        """Let the keyboard leave the sheet, which would keep the Tab key to itself."""
        if key in ("Tab", "Escape"):  # the next Tab then moves on from here
            self.paper.canvas.blur()
        elif key.lower() == "z" and (control or command):
            self.paper.undo()

    def _answer(self) -> None:
        ink, reading = self.ink, self.reading
        self._words.value = (
            f'<div class="hwr-words" aria-hidden="true">{panels.words(reading)}</div>'
        )
        self._bars.value = panels.bars(reading)
        drawing, now = self.paper.drawing, perf_counter()
        if not drawing or now > self._pictured + 1 / PICTURE_RATE:
            self._pictured = now
            self._steps.value = panels.row({} if ink.empty else steps(ink))
        if not drawing:  # once a stroke, not twenty times a second
            self._inside.show(reading)
            self._heard.value = (
                f'<p class="hwr-heard" role="status" aria-live="polite">{panels.heard(reading)}</p>'
            )

    def _save_drawing(self) -> None:
        label = self._label.value.strip()
        count = save_drawing(self.path, Drawing(label, self.writer, self.ink))
        self.paper.clear()
        self._say(f"Saved {label!r}, drawing number {count} of {self.path}.", "note")

    # --- how it is shown -----------------------------------------------------------------------

    def __repr__(self) -> str:
        return f"<Pad: alphabet {self.alphabet.name}, strokes {len(self.paper.strokes)}>"

    def _repr_mimebundle_(self, **kwargs: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        """Give the widget, and a picture of it for where widgets are not drawn."""
        bundle, reading = self.widget._repr_mimebundle_(**kwargs), self.reading
        picture = still(self.ink, self.paper.width, SIDE, reading)
        count = len(self.paper.strokes)
        alt = f"A pad with {count} stroke{'s' if count != 1 else ''}. {panels.heard(reading)}"
        shown = {"text/plain": repr(self), "text/html": as_html(picture, alt), "image/png": picture}
        return {**bundle, **shown}, {"image/png": {"alt": alt}}
