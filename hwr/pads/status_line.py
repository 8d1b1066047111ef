"""A line on a pad that says what went wrong, or what was done."""

from collections.abc import Callable
from html import escape
from typing import Any, Literal

import ipywidgets as widgets
from ipywidgets import Layout


class StatusLine(widgets.HTML):
    """Takes no room as long as there is nothing to say."""

    def __init__(self) -> None:
        super().__init__(layout=Layout(display="none"))
        self.observe(self._fold, "value")

    def _fold(self, _: Any) -> None:
        self.layout.display = None if self.value else "none"

    def say(self, sentence: str, kind: Literal["problem", "note"] = "problem") -> None:
        """Show a sentence; screen readers read it at once."""
        self.value = f'<p class="hwr-{kind}" role="alert">{escape(sentence)}</p>'

    def clear(self) -> None:
        """Show nothing."""
        self.value = ""

    def guard(self, callback: Callable[..., None]) -> Callable[..., None]:
        """Show what goes wrong in a callback, where it would be swallowed."""

        def guarded(*arguments: Any) -> None:
            try:
                callback(*arguments)
            except ValueError as error:  # ours: a sentence that says what to do
                self.say(str(error))
            except OSError as error:
                self.say(f"The file cannot be written ({error}): check its folder.")
            except Exception as error:  # the pad must live on, and nothing may be hidden
                what = f"{type(error).__name__}: {error}"
                self.say(f"That failed ({what}): clear the pad and draw again.")

        return guarded
