"""The pad: draw, write or choose a picture, and see how it is read.

>>> from hwr import Pad
>>> Pad()                                                                  # doctest: +SKIP
"""

from pathlib import Path
from typing import Any, Literal

import ipywidgets as widgets
from IPython.display import display
from ipywidgets import Layout

from hwr._support.display import img_tag
from hwr.alphabets import Alphabet
from hwr.ink import Ink
from hwr.pads import html
from hwr.pads.base import ModePad
from hwr.pads.character import CharacterPad
from hwr.pads.last_picture import LastPicture
from hwr.pads.status_line import StatusLine
from hwr.recognizer import Reading, Recognizer

MODES = {"a character": "character", "a word": "word", "lines": "line", "a picture": "picture"}


class Pad:
    """A pad for one character, for a word, for lines of words, and for pictures of them.

    Display it as the last line of a cell. All of it works by keyboard, too. The code that
    reads words and pictures is loaded when it is first needed.

    Parameters
    ----------
    recognizer : Recognizer, optional
        Reads single characters; by default the one that comes with the course. Words are read by
        the course's network of words.
    alphabet : str, int or Alphabet, optional
        The possible characters at first: ``'62'``, ``'47'``, ``'26'``, ``'10'``, ``'marks'``,
        ``'all'``, or ``'O0'``; by default the recogniser's own.
    writer : str
        The name that drawings are saved under.
    path : str or Path
        The file that labelled drawings are saved to (see :mod:`hwr.datasets.drawings`).
    mode : {'character', 'word', 'line', 'picture'}
        What it reads at first.

    Attributes
    ----------
    widget : ipywidgets.VBox
        The whole pad.
    mode_choice : ipywidgets.ToggleButtons
    status : StatusLine
        Says what went wrong when the mode was changed.

    Raises
    ------
    ValueError
        If there is no such alphabet or mode, or the recogniser cannot answer in this alphabet.
    """

    def __init__(
        self,
        recognizer: Recognizer | None = None,
        alphabet: str | int | Alphabet | None = None,
        writer: str = "me",
        path: str | Path = "drawings/drawings.jsonl",
        mode: str = "character",
    ) -> None:
        if mode not in MODES.values():
            known = ", ".join(repr(name) for name in MODES.values())
            raise ValueError(f"There is no mode {mode!r}: choose one of {known}.")
        self.recognizer = recognizer if recognizer is not None else Recognizer.load()
        self._character = CharacterPad(self.recognizer, alphabet, writer, path)
        self._pads: dict[str, ModePad] = {"character": self._character}
        self.mode_choice = widgets.ToggleButtons(
            options=list(MODES.items()),
            value=mode,
            description="Read",
            style={"button_width": "7.7em", "description_width": "3.1em"},
        )
        self._previous_mode = "character"
        self.status = StatusLine()
        self._last = LastPicture(self._picture, self.status.guard)
        self._follow(self._character)
        self._holder = widgets.VBox(layout=Layout(width="100%"))
        head = widgets.HTML(html.STYLE + html.ASLEEP)
        self.widget = widgets.VBox(
            [head, self.mode_choice, self.status, self._holder],
            layout=Layout(width="100%"),
        )
        self.widget.add_class("hwr-pad")
        self.mode_choice.observe(self.status.guard(lambda _: self._switch()), "value")
        self._switch()

    # --- what is drawn and read ----------------------------------------------------------------

    @property
    def mode(self) -> str:
        """What is read: ``'character'``, ``'word'``, ``'line'`` or ``'picture'``."""
        return str(self.mode_choice.value)

    @property
    def shown(self) -> ModePad:
        """The pad of the chosen mode: a CharacterPad, a WritingPad or a PicturePad."""
        if self.mode not in self._pads:
            self._pads[self.mode] = self._make(self.mode)
        return self._pads[self.mode]

    @property
    def pads(self) -> tuple[ModePad, ...]:
        """The pads of all modes that were chosen so far."""
        return tuple(self._pads.values())

    @property
    def ink(self) -> Ink:
        """The current drawing or writing; empty in the mode for pictures."""
        sheet = self.shown.sheet
        return sheet.ink if sheet else Ink()

    @property
    def text(self) -> str:
        """What is read: one character, a word, or lines."""
        return self.shown.text

    @property
    def alphabet(self) -> Alphabet:
        """The alphabet that is chosen for single characters."""
        return self._character.alphabet

    @property
    def reading(self) -> Reading:
        """The recogniser's answer to the single character that is drawn."""
        return self._character.reading

    async def replay(self, ink: Ink, seconds: float = 1.5) -> None:
        """Replace the drawing by another one, drawn point by point in the middle of the sheet.

        Parameters
        ----------
        ink : Ink
            In any unit.
        seconds : float
            How long the drawing takes.

        Raises
        ------
        ValueError
            In the mode for pictures.
        """
        sheet = self.shown.sheet
        if sheet is None:
            raise ValueError("A pad for pictures cannot be drawn on: choose another mode first.")
        await sheet.replay(ink, seconds)
        self._last.now()

    # --- its parts -----------------------------------------------------------------------------

    def _make(self, mode: str) -> ModePad:
        # Imported only here: a pad for characters needs nothing that reads words or pictures.
        if mode == "picture":
            from hwr.pads.picture import PicturePad

            return self._follow(PicturePad(self.recognizer))
        from hwr.pads.writing import WritingPad

        kind: Literal["word", "line"] = "word" if mode == "word" else "line"
        return self._follow(WritingPad(kind))

    def _follow(self, pad: ModePad) -> ModePad:
        """Keep the last picture up to date with each answer of a pad."""
        pad.spoken_line.observe(lambda _: self._last.later(), "value")
        return pad

    def _switch(self) -> None:
        self.status.clear()
        try:
            shown = self.shown
        except Exception:  # the status line tells it; the old pad stays and its mode with it
            self.mode_choice.value = self._previous_mode
            raise
        self._previous_mode = self.mode
        for pad in self.pads:
            if pad is not shown:
                pad.widget.layout.display = "none"
        shown.widget.layout.display = None  # last: never two at a time
        self._holder.children = [pad.widget for pad in self.pads]
        self._last.later()

    # --- how it is shown -----------------------------------------------------------------------

    def __repr__(self) -> str:
        return f"<Pad: {self.shown!r}>"

    def _ipython_display_(self) -> None:
        """Display the pad, and after it what is shown instead once it sleeps."""
        data, metadata = self._repr_mimebundle_()
        display(data, metadata=metadata, raw=True)
        self._last.show()

    def _picture(self) -> tuple[bytes, str]:
        return self.shown.picture()

    def _repr_mimebundle_(self, **kwargs: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        """Return the widget, and a picture of it for where widgets are not drawn."""
        picture, alt = self._picture()
        page = img_tag(picture, alt) + html.UNTRUSTED
        shown = {"text/plain": repr(self), "text/html": page, "image/png": picture}
        return {**self.widget._repr_mimebundle_(**kwargs), **shown}, {"image/png": {"alt": alt}}
