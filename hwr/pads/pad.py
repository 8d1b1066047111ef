"""The pad: draw or write, or give a picture, and see it read.

>>> from hwr.pads.pad import Pad
>>> Pad()                                                                  # doctest: +SKIP
"""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import ipywidgets as widgets
from ipywidgets import Layout

from hwr._support.display import img_tag
from hwr.alphabets import Alphabet, get_alphabet
from hwr.ink import Ink
from hwr.pads import html
from hwr.pads.character import CharacterPad
from hwr.pads.status_line import StatusLine
from hwr.recognizer import Reading, Recognizer

if TYPE_CHECKING:
    from hwr.pads.picture import PicturePad
    from hwr.pads.writing import WritingPad

MODES = {"a character": "character", "a word": "word", "lines": "line", "a picture": "picture"}


class Pad:
    """A pad for one character, for a word, for lines of words, and for pictures of them.

    Display it as the last line of a cell. All but the drawing itself works by keyboard. What reads
    words and pictures is loaded when it is first chosen.

    Parameters
    ----------
    recognizer : Recognizer, optional
        Who reads; the shipped one by default.
    alphabet : str, int or Alphabet
        What a character may be read as at first: ``'62'``, ``'47'``, ``'26'``, ``'10'``, or
        ``'O0'``.
    writer : str
        Whose drawings are saved.
    path : str or Path
        The file that labelled drawings are saved to (see :mod:`hwr.datasets.drawings`).
    mode : {'character', 'word', 'line', 'picture'}
        What it reads at first.

    Raises
    ------
    ValueError
        If there is no such alphabet or mode.
    """

    def __init__(
        self,
        recognizer: Recognizer | None = None,
        alphabet: str | int | Alphabet = "62",
        writer: str = "me",
        path: str | Path = "drawings/drawings.jsonl",
        mode: str = "character",
    ) -> None:
        if mode not in MODES.values():
            known = ", ".join(repr(name) for name in MODES.values())
            raise ValueError(f"There is no mode {mode!r}: choose one of {known}.")
        self.recognizer = recognizer if recognizer is not None else Recognizer.load()
        self._character = CharacterPad(self.recognizer, get_alphabet(alphabet), writer, path)
        self._made: dict[str, CharacterPad | WritingPad | PicturePad] = {
            "character": self._character
        }
        self._mode = widgets.ToggleButtons(
            options=list(MODES.items()),
            value=mode,
            description="Read",
            style={"button_width": "100px", "description_width": "40px"},
        )
        self._before = "character"
        self._note = StatusLine()
        self._holder = widgets.VBox(layout=Layout(width="100%"))
        self.widget = widgets.VBox(
            [widgets.HTML(html.STYLE), self._mode, self._note, self._holder],
            layout=Layout(width="100%"),
        )
        self.widget.add_class("hwr-pad")
        self._mode.observe(self._note.guard(lambda _: self._switch()), "value")
        self._switch()

    # --- what a program may ask of a pad -------------------------------------------------------

    @property
    def mode(self) -> str:
        """What is read: ``'character'``, ``'word'``, ``'line'`` or ``'picture'``."""
        return str(self._mode.value)

    @property
    def shown(self) -> "CharacterPad | WritingPad | PicturePad":
        """The pad of the mode that is chosen."""
        if self.mode not in self._made:
            self._made[self.mode] = self._make(self.mode)
        return self._made[self.mode]

    @property
    def ink(self) -> Ink:
        """What is drawn or written, as it stands; empty in a pad for pictures."""
        return getattr(self.shown, "ink", Ink())

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
        """What the recogniser makes of the single character as it stands."""
        return self._character.reading

    async def replay(self, ink: Ink, seconds: float = 1.5) -> None:
        """Draw a drawing on the pad as a hand would, in place of what is there.

        Parameters
        ----------
        ink : Ink
            The drawing, in any unit: it is shown in the middle of the sheet.
        seconds : float
            How long the drawing takes.

        Raises
        ------
        ValueError
            If the pad is one for pictures.
        """
        paper = getattr(self.shown, "paper", None)
        if paper is None:
            raise ValueError("A pad for pictures cannot be drawn on: choose another mode first.")
        await paper.replay(ink, seconds)

    # --- its parts -----------------------------------------------------------------------------

    def _make(self, mode: str) -> "WritingPad | PicturePad":
        # Only who reads words needs what follows from these imports.
        if mode == "picture":
            from hwr.pads.picture import PicturePad

            return PicturePad(self.recognizer)
        from hwr.pads.writing import WritingPad

        return WritingPad("word" if mode == "word" else "line", self.recognizer)

    def _switch(self) -> None:
        self._note.clear()
        try:
            shown = self.shown
        except Exception:
            self._mode.value = self._before  # what can be shown
            raise
        self._before = self.mode
        for made in self._made.values():
            if made is not shown:
                made.widget.layout.display = "none"
        shown.widget.layout.display = None  # last: never two at a time
        self._holder.children = [made.widget for made in self._made.values()]

    # --- how it is shown -----------------------------------------------------------------------

    def __repr__(self) -> str:
        return f"<Pad: {self.shown!r}>"

    def _repr_mimebundle_(self, **kwargs: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        """Return the widget, and a picture of it for where widgets are not drawn."""
        picture, alt = self.shown.picture()
        shown = {"text/plain": repr(self), "text/html": img_tag(picture, alt), "image/png": picture}
        return {**self.widget._repr_mimebundle_(**kwargs), **shown}, {"image/png": {"alt": alt}}
