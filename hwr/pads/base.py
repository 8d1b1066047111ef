"""What the pads of all modes share."""

from abc import ABC, abstractmethod

import ipywidgets as widgets
from ipywidgets import Layout

from hwr._support.drawing_keys import DRAWING_KEYS
from hwr.pads import html
from hwr.pads.canvas import Sheet
from hwr.pads.status_line import StatusLine


class ModePad(ABC):
    """The pad of one mode; :class:`hwr.pads.pad.Pad` switches between them.

    Attributes
    ----------
    widget : ipywidgets.VBox
        The whole pad.
    sheet : Sheet or None
        What is drawn on; None in a pad for pictures.
    status : StatusLine
        Says what went wrong.
    answer_line, spoken_line : ipywidgets.HTML
        The answer as a sentence, for the eye and for screen readers.
    """

    widget: widgets.VBox
    sheet: Sheet | None = None

    def __init__(self) -> None:
        self.status = StatusLine()
        self.answer_line, self.spoken_line = widgets.HTML(), widgets.HTML()

    @property
    def sentence(self) -> str:
        """The answer as a sentence."""
        return html.strip_tags(self.answer_line.value)

    @property
    def screen_reader_text(self) -> str:
        """The answer as screen readers read it."""
        return html.strip_tags(self.spoken_line.value)

    def announce(self, sentence: str) -> None:
        """Have a sentence read aloud by screen readers."""
        self.spoken_line.value = html.live_paragraph(sentence)

    @property
    @abstractmethod
    def text(self) -> str:
        """What is read; an empty string for an empty pad."""

    @abstractmethod
    def picture(self) -> tuple[bytes, str]:
        """Return the pad as a PNG file, and its text alternative."""


def undo_and_clear(sheet: Sheet, status: StatusLine) -> tuple[widgets.Button, widgets.Button]:
    """Return the buttons that every sheet has."""
    undo = widgets.Button(description="Undo", icon="undo", tooltip="Take back a change")
    clear = widgets.Button(description="Clear", icon="eraser", tooltip="An empty sheet")
    undo.on_click(status.guard(lambda _: sheet.undo()))
    clear.on_click(status.guard(lambda _: sheet.clear()))
    return undo, clear


def join_choice(sheet: Sheet, status: StatusLine) -> widgets.Checkbox:
    """Return the box that lets single taps set points instead of the pen drawing."""
    # Not a ToggleButton, whose state screen readers are not told.
    box = widgets.Checkbox(
        description="Join points",
        tooltip="Draw by single taps, joined by lines",
        indent=False,
        layout=Layout(width="auto"),
    )
    box.observe(status.guard(lambda change: sheet.join(change["new"])), "value")
    return box


def keys_line() -> widgets.HTML:
    """Return a line that says how to draw without a mouse."""
    return widgets.HTML(f'<p class="hwr-hint">{DRAWING_KEYS} Tab leaves the sheet.</p>')
