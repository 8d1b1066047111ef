"""The pad for pictures: it reads a photograph or a scan of writing."""

from dataclasses import replace
from html import escape
from typing import Any

import ipywidgets as widgets
import numpy as np
from ipywidgets import Layout
from numpy.typing import NDArray
from PIL import Image

from hwr._support.bounds import MAX_PICTURE_SECONDS
from hwr._support.deadline import time_limit
from hwr._support.display import img_tag
from hwr.images import io
from hwr.pads import html, sentences, snapshot
from hwr.pads.base import ModePad
from hwr.pads.correction_panel import CorrectionPanel
from hwr.pads.corrections import CorrectedWord, Corrections, Lines, text_of
from hwr.pads.language_choice import LanguageChoice
from hwr.recognizer import Reading, Recognizer
from hwr.words.incremental import IncrementalReader
from hwr.words.pictures import UNFINISHED, turned_sentence
from hwr.words.text import Text, Word, progress_sentence

CONTENTS = {"one character": "character", "one word": "word", "many words": "line"}
FILES = ".png,.jpg,.jpeg,.gif,.webp,.avif,.heic,.heif,.tif,.tiff,.bmp,.pdf"
MAX_BYTES = 9_500_000
"""Largest file in bytes: a Jupyter server closes the connection at messages of 10 MiB."""
MAX_SHOWN_SIZE = 1200, 1200
"""Width and height in pixels to which the picture is reduced before it is shown."""
NOTHING_WRITTEN = "Nothing is written in this picture."
UPLOAD_HINT = f"Choose a picture of writing: at most {MAX_BYTES / 1e6:.1f} MB and 50 megapixels."


class PicturePad(ModePad):
    """A pad that reads pictures of one character, of a word, or of lines.

    Parameters
    ----------
    recognizer : Recognizer
        Reads pictures of one character.

    Attributes
    ----------
    file_button : ipywidgets.FileUpload
    kind_choice : ipywidgets.ToggleButtons
        What the picture shows.
    language_choice : LanguageChoice
    correction_panel : CorrectionPanel
    file_line, view, bars : ipywidgets.HTML
        The name of the chosen file; the picture with boxes around its letters; and the answer for
        one character as bars.
    content : bytes or None
        The picture's file; None if there is none, or it could not be read.
    scale : float
        Pixels of the view per pixel of the picture.
    """

    def __init__(self, recognizer: Recognizer) -> None:
        super().__init__()
        self._recognizer = recognizer
        self.content: bytes | None = None
        self.scale = 1.0
        self._shown: Image.Image | None = None
        self._read: Text | Reading = Text()
        self._count = 0  # of characters in a picture of one
        self._corrections = Corrections()
        self.correction_panel = CorrectionPanel(self._correct, self._show, self.status.guard)
        self.file_line, self.view, self.bars = widgets.HTML(), widgets.HTML(), widgets.HTML()
        self._make_controls()
        self.widget = self._lay_out()
        self._show()

    # --- what is read --------------------------------------------------------------------------

    @property
    def lines(self) -> Lines:
        """The words that were read, line by line, with their corrections."""
        read = self._read if isinstance(self._read, Text) else Text()
        return self._corrections.apply(read, _place)

    @property
    def text(self) -> str:
        """The text that was read, with its corrections."""
        return self._read.best if isinstance(self._read, Reading) else text_of(self.lines)

    def open(self, content: bytes) -> None:
        """Read a picture.

        Parameters
        ----------
        content : bytes
            A picture file, such as PNG or JPEG.

        Raises
        ------
        ValueError
            If it is not a picture, is damaged, or is too large; the pad is empty then.
        """
        self.content, self._shown, self._read = None, None, Text()
        if len(content) > MAX_BYTES:
            raise ValueError(
                f"The file has {len(content) / 1e6:.1f} MB, too many: give a picture of at most "
                f"{MAX_BYTES / 1e6:.1f} MB, for example a smaller or a cropped one."
            )
        self._read = self._reading(content)
        self.content = content
        self._show()

    # --- its parts -----------------------------------------------------------------------------

    def _make_controls(self) -> None:
        self.file_button = widgets.FileUpload(
            accept=FILES, multiple=False, description="Choose a picture",
            tooltip=f"Opens a file of this computer, of at most {MAX_BYTES / 1e6:.1f} MB",
            layout=Layout(width="auto"),
        )  # fmt: skip
        self.language_choice = LanguageChoice()
        self.kind_choice = widgets.ToggleButtons(
            options=list(CONTENTS.items()), value="line", description="It shows",
            style={"button_width": "8.7em", "description_width": "5.1em"},
        )  # fmt: skip
        guard = self.status.guard
        self.file_button.observe(guard(lambda change: self._upload(change["new"])), "value")
        for control in (self.kind_choice, self.language_choice):
            control.observe(guard(lambda _: self._read_again()), "value")

    def _lay_out(self) -> widgets.VBox:
        wrapped = Layout(flex_flow="row wrap", width="100%", grid_gap="4px 12px")
        top = widgets.HBox(
            [self.file_button, self.file_line, self.kind_choice, self.language_choice],
            layout=wrapped,
        )
        return widgets.VBox(
            [top, self.status, self.answer_line, self.view, self.bars,
             self.correction_panel.widget, self.spoken_line],
            layout=Layout(width="100%", grid_gap="8px"),
        )  # fmt: skip

    # --- what happens --------------------------------------------------------------------------

    def _upload(self, files: Any) -> None:
        if files:
            content = bytes(files[0]["content"])
            name = escape(str(files[0]["name"]))
            self.file_line.value = f'<span class="hwr-file" title="{name}">{name}</span>'
            self.file_button.value = ()  # so that the same file can be chosen again
            self._try_to_open(content)

    def _try_to_open(self, content: bytes) -> None:
        self.status.clear()
        self.answer_line.value = html.sentence_line("<p>Reading …</p>")
        try:
            self.open(content)
        except Exception:  # the status line tells it; no older answer may stand beside it
            self._show()
            raise

    def _read_again(self) -> None:
        self.status.clear()
        if self.content is None:
            self._show()
        else:
            self._try_to_open(self.content)

    def _reading(self, content: bytes) -> Text | Reading:
        if self.kind_choice.value == "character":
            found = io.open_character(content)
            self._keep(255 - found.picture)
            self._count = found.count
            reading = self._recognizer.read(found.picture)
            return replace(reading, sure=reading.sure and found.count == 1)
        reader = IncrementalReader(one_word=self.kind_choice.value == "word")
        language = self.language_choice.model
        with time_limit(MAX_PICTURE_SECONDS):
            photo = io.open_photo(content)
            read, ink = reader.read_picture(photo, language, self._show_progress)
        self._keep(np.asarray(255 - 255 * np.clip(1.6 * ink - 0.4, 0, 1), np.uint8))
        return read

    def _keep(self, picture: NDArray[np.uint8]) -> None:
        """Keep the picture at the size at which it is shown."""
        shown = Image.fromarray(picture)
        shown.thumbnail(MAX_SHOWN_SIZE)
        self.scale = shown.width / picture.shape[1]
        self._shown = shown.convert("RGB")

    def _correct(self, word: CorrectedWord, text: str) -> None:
        self._corrections.correct(word.key, text)
        self._show()

    # --- how it is shown -----------------------------------------------------------------------

    def _show_progress(self, done: int, lines: int) -> None:
        self.answer_line.value = html.sentence_line(
            f"<p>Reading: {progress_sentence(done, lines)} …</p>"
        )

    def _show(self) -> None:
        self.correction_panel.show(self.lines, finished=True)
        one = self._read if isinstance(self._read, Reading) else None
        self.language_choice.disabled = self.kind_choice.value == "character"
        self.bars.value = html.probability_bars(one) if one else ""
        sentence, spoken = self._answers()
        self.answer_line.value = html.sentence_line(sentence)
        self.spoken_line.value = html.live_paragraph(spoken)
        self.view.value = ""
        if self._shown is not None:
            picture = img_tag(self._drawn(self._shown), f"The picture as it is read. {spoken}")
            self.view.value = f'<div class="hwr-view">{picture}</div>'

    def _answers(self) -> tuple[str, str]:
        """Return the answer as a sentence of HTML, and as text for a screen reader."""
        if isinstance(self._read, Reading):
            return self._character_answers(self._read)
        answered = self.lines, self.content is None, UPLOAD_HINT
        sentence, spoken = (
            sentences.answer_sentence(*answered),
            sentences.screen_reader_text(*answered),
        )
        if not self._read.finished:
            how = f"{UNFINISHED}."
        elif self._read.turned:
            how = f"The picture was {turned_sentence(self._read.turned)}."
        else:
            return sentence, spoken
        return f"{sentence}<p>{how}</p>", f"{spoken} {how}"

    def _character_answers(self, reading: Reading) -> tuple[str, str]:
        if not reading.candidates:
            return f"<p>{NOTHING_WRITTEN}</p>", NOTHING_WRITTEN
        if self._count < 2:
            return html.answer_sentence(reading), html.screen_reader_text(reading)
        reading = replace(reading, outside=0.0, instead="")  # what it looks like is said below
        sentence, spoken = html.answer_sentence(reading), html.screen_reader_text(reading)
        several = sentences.several(self._count)
        return f"{sentence}<p>{escape(several)}</p>", f"{spoken} {several}"

    def _drawn(self, picture: Image.Image, sentence: str = "") -> bytes:
        boxes = self.correction_panel.boxes()
        return snapshot.captioned_image(picture.copy(), boxes, sentence, self.scale)

    def __repr__(self) -> str:
        return f"picture, text {self.text!r}"

    def picture(self) -> tuple[bytes, str]:
        """Return the pad as a PNG file, and its text alternative."""
        shown = self._shown or Image.new("RGB", (720, 60), "#ffffff")
        sentence, spoken = self._answers()
        return self._drawn(shown, html.strip_tags(sentence)), f"A pad for pictures. {spoken}"


def _place(word: Word) -> bytes:
    """Return the key of a picture's word: its place."""
    return word.boxes.tobytes()
