"""The text that was read, in large letters; a word that is chosen can be corrected.

Buttons and lists are kept while someone writes, and only their texts change, so that nothing
flickers and the keyboard keeps its place.
"""

from collections.abc import Callable, Hashable
from html import escape
from typing import Any

import ipywidgets as widgets
from ipywidgets import Layout

from hwr.pads.corrections import CorrectedWord, LetterBox, Lines
from hwr.pads.html import format_percent
from hwr.pads.status_line import Guard


class CorrectionPanel:
    """Words as buttons; below them the alternatives for the chosen word, and for each letter.

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
        The whole panel.
    hint : ipywidgets.HTML
        What can be corrected.
    fields : ipywidgets.VBox
        All fields; not displayed as long as no word is chosen.
    word_choice, word_field : ipywidgets.Widget
        The readings of the chosen word, and a field for a text that is not among them.
    """

    def __init__(
        self,
        on_correct: Callable[[CorrectedWord, str], None],
        on_choose: Callable[[], None],
        guard: Guard,
    ) -> None:
        self._chosen_key: Hashable = None
        self._on_correct, self._on_choose, self._guard = on_correct, on_choose, guard
        self._lines: Lines = ()
        self._filling = False
        self._button_layout = Layout(width="auto", height="auto")
        self._rows: list[widgets.HBox] = []
        self._buttons: list[list[widgets.Button]] = []
        self._letters: list[widgets.Dropdown] = []
        self._text = widgets.VBox(layout=Layout(width="100%"))
        self._text.add_class("hwr-text")
        fields = self._make_fields()
        self.widget = widgets.VBox([self._text, fields], layout=Layout(width="100%"))

    def _make_fields(self) -> widgets.VBox:
        self.hint = widgets.HTML()
        wide = {"description_width": "7.1em"}
        self.word_choice = widgets.Dropdown(
            description="The word", style=wide, tooltip="What the word may be", options=[""],
            layout=Layout(width="auto", flex="1 1 220px"),
        )  # fmt: skip
        self.word_field = widgets.Text(
            description="or another", style=wide, placeholder="write it here, then Enter",
            tooltip="What the word is, if the list does not have it", continuous_update=False,
            layout=Layout(width="auto", flex="1 1 220px"),
        )  # fmt: skip
        self._letter_row = widgets.HBox(layout=Layout(flex_flow="row wrap", width="100%"))
        self._letter_row.add_class("hwr-letters")
        word = widgets.HBox(
            [self.word_choice, self.word_field], layout=Layout(flex_flow="row wrap")
        )
        self.fields = widgets.VBox([word, self._letter_row], layout=Layout(display="none"))
        panel = widgets.VBox([self.hint, self.fields])
        panel.add_class("hwr-correct")
        correct = self._guard(lambda change: self._correct(change["new"]))
        self.word_choice.observe(correct, "value")
        self.word_field.observe(correct, "value")
        return panel

    @property
    def buttons(self) -> list[list[widgets.Button]]:
        """The words that are shown, line by line."""
        return [list(row.children) for row in self._text.children]

    @property
    def letter_choices(self) -> tuple[widgets.Dropdown, ...]:
        """The lists of letters that are shown."""
        return tuple(self._letter_row.children)

    @property
    def chosen(self) -> CorrectedWord | None:
        """The chosen word; always the only word, if there is just one."""
        words = [word for line in self._lines for word in line]
        if len(words) == 1:
            return words[0]
        return next((word for word in words if word.key == self._chosen_key), None)

    def boxes(self) -> list[LetterBox]:
        """Return the boxes of all letters; those of a chosen word among others stand out."""
        words = [word for line in self._lines for word in line]
        chosen = self.chosen if len(words) > 1 else None
        return [box for word in words for box in word.boxes(word is chosen)]

    # --- the text ------------------------------------------------------------------------------

    def show(self, lines: Lines, finished: bool) -> None:
        """Show what was read.

        Parameters
        ----------
        lines : tuple of tuple of CorrectedWord
        finished : bool
            Whether the pen is up; only then the fields for corrections change.
        """
        self._lines = lines
        self._show_text()
        if finished:
            self._show_fields()

    def _show_text(self) -> None:
        while len(self._rows) < len(self._lines):
            self._rows.append(widgets.HBox(layout=Layout(flex_flow="row wrap")))
            self._buttons.append([])
        for row, line in enumerate(self._lines):
            buttons = self._buttons[row]
            while len(buttons) < len(line):
                buttons.append(self._make_button(row, len(buttons)))
            for button, word in zip(buttons, line, strict=False):
                self._label_button(button, word)
            _set_children(self._rows[row], buttons[: len(line)])
        _set_children(self._text, self._rows[: len(self._lines)])

    def _make_button(self, row: int, column: int) -> widgets.Button:
        button = widgets.Button(layout=self._button_layout)
        button.add_class("hwr-word")
        button.on_click(self._guard(lambda _: self._choose(self._lines[row][column].key)))
        return button

    def _label_button(self, button: widgets.Button, word: CorrectedWord) -> None:
        button.description = word.text
        sure = "corrected" if word.by_hand else "sure" if word.sure else "not sure"
        button.tooltip = f"{word.text}, {sure}: choose it to correct it"
        for name, applies in (("hwr-unsure", not word.sure), ("hwr-chosen", word is self.chosen)):
            (button.add_class if applies else button.remove_class)(name)

    def _choose(self, key: Hashable) -> None:
        self._chosen_key = key
        self._show_text()
        self._show_fields()
        self._on_choose()

    # --- the fields ----------------------------------------------------------------------------

    def _show_fields(self) -> None:
        word = self.chosen
        self.fields.layout.display = None if word else "none"
        if word is None:
            hint = "Choose a word above to correct it." if self._lines else ""
            self.hint.value = f"<p>{hint}</p>"
            return
        self.hint.value = f"<p>Correct <b>{escape(word.text)}</b>:</p>"
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
        _set_options(self.word_choice, options, word.text)
        self.word_field.value = ""

    def _fill_letters(self, word: CorrectedWord) -> None:
        letters = word.letters
        while len(self._letters) < len(letters):
            self._letters.append(self._make_letter(len(self._letters)))
        for field, others, now in zip(self._letters, letters, word.text, strict=False):
            _set_options(field, [(other, other) for other in others], now)
        _set_children(self._letter_row, self._letters[: len(letters)])

    def _make_letter(self, place: int) -> widgets.Dropdown:
        field = widgets.Dropdown(
            description=f"Letter {place + 1}", options=[""], layout=Layout(width="5.1em")
        )
        field.observe(self._guard(lambda change: self._replace(place, change["new"])), "value")
        return field

    # --- corrections ---------------------------------------------------------------------------

    def _correct(self, text: Any) -> None:
        word, text = self.chosen, str(text or "").strip()
        if not self._filling and word is not None and text:
            self._on_correct(word, text)

    def _replace(self, place: int, letter: Any) -> None:
        word = self.chosen
        if word is not None and letter:
            self._correct(word.text[:place] + str(letter) + word.text[place + 1 :])


def _set_children(box: widgets.Box, children: list[Any]) -> None:
    """Set a box's children, unless it has them."""
    if list(box.children) != children:
        box.children = children


def _set_options(field: widgets.Dropdown, options: list[tuple[str, str]], value: str) -> None:
    """Set a list's entries, unless it has them, and choose one."""
    if list(field.options) != options:
        field.options = options
    field.value = value
