"""A line below a widget that says what went wrong, or what was done."""

from collections.abc import Callable
from html import escape
from typing import Any, Literal

import ipywidgets as widgets
from ipywidgets import Layout

Callback = Callable[..., None]
Guard = Callable[[Callback], Callback]


class StatusLine(widgets.HTML):
    """A line that takes no room while it is empty.

    Parameters
    ----------
    advice : str
        What to do after an unexpected error.
    """

    def __init__(self, advice: str = "clear the pad and draw again") -> None:
        super().__init__(layout=Layout(display="none"))
        self.advice = advice
        self.observe(self._fold, "value")

    def _fold(self, _: Any) -> None:
        self.layout.display = None if self.value else "none"

    def say(self, sentence: str, kind: Literal["problem", "note"] = "problem") -> None:
        """Show a sentence, which screen readers read at once."""
        self.value = f'<p class="hwr-{kind}" role="alert">{escape(sentence)}</p>'

    def clear(self) -> None:
        """Show nothing."""
        self.value = ""

    def guard(self, callback: Callback) -> Callback:
        """Return the callback with its errors shown in this line: Jupyter would swallow them."""

        def guarded(*arguments: Any) -> None:
            try:
                callback(*arguments)
            except ValueError as error:  # ours: a sentence that says what to do
                self.say(str(error))
            except Exception as error:  # the widget must live on, and nothing may be hidden
                self.say(f"That failed ({type(error).__name__}: {error}): {self.advice}.")

        return guarded
