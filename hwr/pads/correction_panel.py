"""Text that was read, large, word by word; a word that is chosen can be corrected.

Nothing here is made anew while someone writes: buttons and lists stay and get other words, so that
nothing flickers and the keyboard does not lose its place.
"""

from collections.abc import Callable, Hashable
from html import escape
from typing import Any

import ipywidgets as widgets
from ipywidgets import Layout

from hwr.pads.boxes import LetterBox
from hwr.pads.corrections import CorrectedWord, Lines
from hwr.pads.html import format_percent

Guard = Callable[[Callable[..., None]], Callable[..., None]]


class CorrectionPanel:
    """Words as buttons; below them, what the chosen word may be, as a whole and letter by letter.

    Parameters
    ----------
    on_correct : callable
        Called with a word and its new text.
    on_choose : callable
        Called after another word was chosen.
    guard : callable
        Wraps each callback from the browser.

    Attributes
    ----------
    widget : ipywidgets.VBox
        All of it.
    """

    def __init__(
        self,
        on_correct: Callable[[CorrectedWord, str], None],
        on_choose: Callable[[], None],
        guard: Guard,
    ) -> None:
        self._picked: Hashable = None
        self._on_correct, self._on_choose, self._guard = on_correct, on_choose, guard
        self._lines: Lines = ()
        self._filling = False
        self._fit = Layout(width="auto", height="auto")
        self._rows: list[widgets.HBox] = []
        self._buttons: list[list[widgets.Button]] = []
        self._letters: list[widgets.Dropdown] = []
        self._text = widgets.VBox(layout=Layout(width="100%"))
        self._text.add_class("hwr-text")
        self._make_panel()
        self.widget = widgets.VBox([self._text, self._panel], layout=Layout(width="100%"))

    def _make_panel(self) -> None:
        self._title = widgets.HTML()
        wide = {"description_width": "92px"}
        self._word = widgets.Dropdown(
            description="The word", style=wide, tooltip="What the word may be", options=[""],
            layout=Layout(width="auto", flex="1 1 220px"),
        )  # fmt: skip
        self._other = widgets.Text(
            description="or another", style=wide, placeholder="write it here, then Enter",
            tooltip="What the word is, if the list does not have it", continuous_update=False,
            layout=Layout(width="auto", flex="1 1 220px"),
        )  # fmt: skip
        self._row = widgets.HBox(layout=Layout(flex_flow="row wrap", width="100%"))
        self._row.add_class("hwr-letters")
        whole = widgets.HBox([self._word, self._other], layout=Layout(flex_flow="row wrap"))
        self._fields = widgets.VBox([whole, self._row], layout=Layout(display="none"))
        self._panel = widgets.VBox([self._title, self._fields])
        self._panel.add_class("hwr-correct")
        self._word.observe(self._guard(lambda change: self._correct(change["new"])), "value")
        self._other.observe(self._guard(lambda change: self._write(change["new"])), "value")

    @property
    def chosen(self) -> CorrectedWord | None:
        """The word that is chosen: a single one always is."""
        words = [word for line in self._lines for word in line]
        if len(words) == 1:
            return words[0]
        return next((word for word in words if word.key == self._picked), None)

    def marks(self) -> list[LetterBox]:
        """Return the boxes of all letters; those of one word among others stand out if chosen."""
        words = [word for line in self._lines for word in line]
        chosen = self.chosen if len(words) > 1 else None
        return [mark for word in words for mark in word.marks(word is chosen)]

    # --- what is shown -------------------------------------------------------------------------

    def show(self, lines: Lines, finished: bool) -> None:
        """Show what was read.

        Parameters
        ----------
        lines : tuple of tuple of Corrected
        finished : bool
            Whether it will stay for a while: only then is there something to correct.
        """
        self._lines = lines
        self._show_text()
        if finished:
            self._show_panel()

    def _show_text(self) -> None:
        while len(self._rows) < len(self._lines):
            self._rows.append(widgets.HBox(layout=Layout(flex_flow="row wrap")))
            self._buttons.append([])
        for row, line in enumerate(self._lines):
            buttons = self._buttons[row]
            while len(buttons) < len(line):
                buttons.append(self._button(row, len(buttons)))
            for button, word in zip(buttons, line, strict=False):
                self._dress(button, word)
            _fill(self._rows[row], buttons[: len(line)])
        _fill(self._text, self._rows[: len(self._lines)])

    def _button(self, row: int, column: int) -> widgets.Button:
        button = widgets.Button(layout=self._fit)
        button.add_class("hwr-word")
        button.on_click(self._guard(lambda _: self._choose(self._lines[row][column].key)))
        return button

    def _dress(self, button: widgets.Button, word: CorrectedWord) -> None:
        button.description = word.text
        sure = "corrected" if word.by_hand else "sure" if word.sure else "not sure"
        button.tooltip = f"{word.text}, {sure}: choose it to correct it"
        for name, worn in (("hwr-unsure", not word.sure), ("hwr-chosen", word is self.chosen)):
            (button.add_class if worn else button.remove_class)(name)

    def _choose(self, key: Hashable) -> None:
        self._picked = key
        self._show_text()
        self._show_panel()
        self._on_choose()

    # --- what may be corrected -----------------------------------------------------------------

    def _show_panel(self) -> None:
        word = self.chosen
        self._fields.layout.display = None if word else "none"
        if word is None:
            hint = "Choose a word above to correct it." if self._lines else ""
            self._title.value = f"<p>{hint}</p>"
            return
        self._title.value = f"<p>Correct <b>{escape(word.text)}</b>:</p>"
        self._filling = True
        try:
            self._fill_word(word)
            self._fill_letters(word)
        finally:
            self._filling = False

    def _fill_word(self, word: CorrectedWord) -> None:
        options = [(f"{text} ({format_percent(share)})", text) for text, share in word.readings]
        if word.text not in dict(word.readings):
            options.append((word.text, word.text))
        _offer(self._word, options, word.text)
        self._other.value = ""

    def _fill_letters(self, word: CorrectedWord) -> None:
        letters = word.letters
        while len(self._letters) < len(letters):
            self._letters.append(self._letter(len(self._letters)))
        for field, others, now in zip(self._letters, letters, word.text, strict=False):
            _offer(field, [(other, other) for other in others], now)
        _fill(self._row, self._letters[: len(letters)])

    def _letter(self, place: int) -> widgets.Dropdown:
        field = widgets.Dropdown(
            description=f"Letter {place + 1}", options=[""], layout=Layout(width="66px")
        )
        field.observe(self._guard(lambda change: self._replace(place, change["new"])), "value")
        return field

    # --- what a person says --------------------------------------------------------------------

    def _correct(self, text: Any) -> None:
        word = self.chosen
        if not self._filling and word is not None and text:
            self._on_correct(word, str(text))

    def _write(self, text: Any) -> None:
        if str(text).strip():
            self._correct(str(text).strip())

    def _replace(self, place: int, letter: Any) -> None:
        word = self.chosen
        if word is not None and letter:
            self._correct(word.text[:place] + str(letter) + word.text[place + 1 :])


def _fill(box: widgets.Box, children: list[Any]) -> None:
    """Return a box its children, unless it has them."""
    if list(box.children) != children:
        box.children = children


def _offer(field: widgets.Dropdown, options: list[tuple[str, str]], value: str) -> None:
    """Return a list its entries, unless it has them, and choose one."""
    if list(field.options) != options:
        field.options = options
    field.value = value
