"""The list of languages on a pad."""

import ipywidgets as widgets
from ipywidgets import Layout

from hwr.alphabets import Alphabet
from hwr.words.characters import readable_languages
from hwr.words.language_model import LanguageModel, language_model


class LanguageChoice(widgets.Dropdown):
    """The language whose words are expected.

    Parameters
    ----------
    alphabet : Alphabet
        The recogniser's. Languages whose letters it lacks are not offered.
    language : str, optional
        The one that is chosen at first; by default the first that is offered, such as English.
    """

    def __init__(self, alphabet: Alphabet, language: str | None = None) -> None:
        offered = readable_languages(alphabet)
        super().__init__(
            options=offered,
            value=language or next(iter(offered), None),
            description="Language",
            style={"description_width": "72px"},
            layout=Layout(width="auto", flex="0 1 320px", display=None if offered else "none"),
            tooltip="The language whose words are expected",
        )

    @property
    def model(self) -> LanguageModel:
        """The model of the chosen language; learned when it is first asked for."""
        return language_model(self.value)
