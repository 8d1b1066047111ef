"""Multiple-choice questions; every wrong option is something that people believe."""

import html
from collections.abc import Mapping
from typing import Any

from hwr.check._exercise import Verdict

OPTION_LETTERS = "abcdef"


class Question:
    """A multiple-choice question: buttons in a notebook, and a function everywhere else.

    Parameters
    ----------
    name : str
        NAME in ``check.NAME``.
    asked : str
        The question.
    options : mapping of str to str
        The reply to each option, which says why it is right or wrong.
    right : str
        The right option.
    """

    def __init__(self, name: str, asked: str, options: Mapping[str, str], right: str) -> None:
        if right not in options:
            raise ValueError(f"The right answer {right!r} must be one of the options.")
        self.name = name
        self.asked = asked
        self.options = dict(zip(OPTION_LETTERS, options, strict=False))
        self._replies = dict(zip(OPTION_LETTERS, options.values(), strict=False))
        self.right = next(letter for letter, text in self.options.items() if text == right)

    def answer(self, letter: str | None = None) -> Verdict:
        """Return the verdict on option ``'a'``, ``'b'``, …; None means not attempted.

        Raises
        ------
        ValueError
            If there is no such option.
        """
        if letter is None:
            return Verdict("not attempted", f"Choose one of {', '.join(self.options)}.")
        if letter not in self.options:
            raise ValueError(
                f"There is no option {letter!r}: choose one of {', '.join(self.options)}."
            )
        return Verdict("right" if letter == self.right else "wrong", self._replies[letter])

    def widget(self) -> Any:
        """Return radio buttons; the reply to the chosen option appears below them."""
        import ipywidgets as widgets  # not needed by .answer()

        buttons = widgets.RadioButtons(
            options=[(f"{letter}) {text}", letter) for letter, text in self.options.items()],
            value=None,
            layout=widgets.Layout(width="auto"),
        )
        reply = widgets.HTML()

        def show(change: Any) -> None:
            reply.value = self.answer(change["new"]).to_html()

        buttons.observe(show, "value")
        return widgets.VBox([widgets.HTML(f"<b>{html.escape(self.asked)}</b>"), buttons, reply])

    def __repr__(self) -> str:
        lines = [f"  {letter}) {text}" for letter, text in self.options.items()]
        how = f'To answer without a mouse: check.{self.name}.answer("a")'
        return "\n".join([self.asked, *lines, how])

    def _repr_mimebundle_(self, **kwargs: Any) -> dict[str, Any]:
        items = "".join(
            f"<li>{letter}) {html.escape(text)}</li>" for letter, text in self.options.items()
        )
        # Not <ol type="a">: Jupyter's own style would number it 1, 2, 3.
        page = f'<p><b>{html.escape(self.asked)}</b></p><ul style="list-style: none">{items}</ul>'
        return {
            **self.widget()._repr_mimebundle_(**kwargs),
            "text/html": page,
            "text/plain": repr(self),
        }
