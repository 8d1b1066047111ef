"""The list of languages on a pad."""

import ipywidgets as widgets
from ipywidgets import Layout

from hwr.words.language_model import ENGLISH, LANGUAGE_NAMES, LanguageModel, language_model


class LanguageChoice(widgets.Dropdown):
    """The language whose words are expected.

    Parameters
    ----------
    language : str
        The one that is chosen at first, of :data:`hwr.words.language_model.LANGUAGE_NAMES`.
    """

    def __init__(self, language: str = ENGLISH) -> None:
        super().__init__(
            options=LANGUAGE_NAMES,
            value=language,
            description="Language",
            style={"description_width": "5.6em"},
            layout=Layout(width="auto", flex="0 1 25em"),
            tooltip="The language whose words are expected",
        )

    @property
    def model(self) -> LanguageModel:
        """The model of the chosen language; learned when it is first asked for."""
        return language_model(self.value)
