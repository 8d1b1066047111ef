"""The pad for pictures: a photograph or a scan of writing in, text and boxes out."""

from collections.abc import Callable
from typing import Any

import ipywidgets as widgets
import numpy as np
from ipywidgets import Layout
from numpy.typing import NDArray
from PIL import Image

from hwr._support.display import img_tag
from hwr.images import binarization, io
from hwr.images.io import open_picture
from hwr.pads import html, sentences, snapshot
from hwr.pads.correction_panel import CorrectionPanel
from hwr.pads.corrections import CorrectedWord, Corrections, Lines
from hwr.pads.status_line import StatusLine
from hwr.recognizer import Reading, Recognizer
from hwr.words import segments
from hwr.words.incremental import IncrementalReader
from hwr.words.language_model import ENGLISH, LANGUAGE_NAMES, language_model
from hwr.words.reading import Text, Word

KINDS = {"one character": "character", "one word": "word", "many words": "line"}
FILES = ".png,.jpg,.jpeg,.gif,.webp,.tif,.tiff,.bmp"
MAX_BYTES = 9_500_000
"""Largest file in bytes: a Jupyter server closes the connection at messages of 10 MiB."""
WIDEST = 1200, 1200
"""Pixels of the picture that is shown."""
HINT = f"Choose a picture of writing: at most {MAX_BYTES / 1e6:.1f} MB and 50 megapixels."


class PicturePad:
    """Reads pictures of one character, of a word, or of lines.

    Parameters
    ----------
    recognizer : Recognizer
        Who reads the letters.

    Attributes
    ----------
    widget : ipywidgets.VBox
        All of it.
    """

    def __init__(self, recognizer: Recognizer) -> None:
        self._recognizer = recognizer
        self._content: bytes | None = None
        self._shown: Image.Image | None = None
        self._scale = 1.0
        self._read: Text | Reading = Text()
        self._corrections = Corrections()
        self._note = StatusLine()
        self._corrector = CorrectionPanel(self._correct, self._show, self._note.guard)
        self._make_controls()
        self.widget = self._lay_out()
        self._show()

    # --- what a program may ask of it ----------------------------------------------------------

    @property
    def lines(self) -> Lines:
        """The words that were read, line by line, with their corrections."""
        read = self._read if isinstance(self._read, Text) else Text()
        return self._corrections.apply(read, _key)

    @property
    def text(self) -> str:
        """What was read, with its corrections."""
        if isinstance(self._read, Reading):
            return self._read.best
        return "\n".join(" ".join(word.text for word in line) for line in self.lines)

    def open(self, content: bytes) -> None:
        """Read a picture.

        Parameters
        ----------
        content : bytes
            That of a PNG or JPEG file, for example.

        Raises
        ------
        ValueError
            If it is no picture, is damaged, or is too large.
        """
        if len(content) > MAX_BYTES:
            raise ValueError(
                f"The file has {len(content) / 1e6:.1f} MB, too many: give a picture of at most "
                f"{MAX_BYTES / 1e6:.1f} MB, for example a smaller or a cropped one."
            )
        # Opened once before anything is forgotten: a bad file leaves the picture before in place.
        read = self._reading(content)
        self._content, self._read = content, read
        self._show()

    # --- its parts -----------------------------------------------------------------------------

    def _make_controls(self) -> None:
        self._file = widgets.FileUpload(
            accept=FILES, multiple=False, description="Choose a picture",
            tooltip=f"Opens a file of this computer, of at most {MAX_BYTES / 1e6:.1f} MB",
            layout=Layout(width="auto"),
        )  # fmt: skip
        self._kind = widgets.ToggleButtons(
            options=list(KINDS.items()), value="line", description="It shows",
            style={"button_width": "112px", "description_width": "66px"},
        )  # fmt: skip
        self._tongue = widgets.Dropdown(
            options=LANGUAGE_NAMES, value=ENGLISH, description="Language",
            style={"description_width": "72px"}, layout=Layout(width="auto", flex="0 1 320px"),
            tooltip="The language whose words are expected",
        )  # fmt: skip
        self._said, self._view, self._heard = widgets.HTML(), widgets.HTML(), widgets.HTML()
        self._bars = widgets.HTML()
        guard = self._note.guard
        self._file.observe(guard(lambda change: self._upload(change["new"])), "value")
        for control in (self._kind, self._tongue):
            control.observe(guard(lambda _: self._again()), "value")

    def _lay_out(self) -> widgets.VBox:
        wrapped = Layout(flex_flow="row wrap", width="100%", grid_gap="4px 12px")
        top = widgets.HBox([self._file, self._kind, self._tongue], layout=wrapped)
        return widgets.VBox(
            [top, self._note, self._said, self._view, self._bars, self._corrector.widget,
             self._heard],
            layout=Layout(width="100%", grid_gap="8px"),
        )  # fmt: skip

    # --- what happens --------------------------------------------------------------------------

    def _upload(self, files: Any) -> None:
        if files:
            content = files[0]["content"]
            self._file.value = ()  # so that the same file can be chosen again
            self._open(lambda: bytes(content))

    def _open(self, get: Callable[[], bytes]) -> None:
        self._note.clear()
        self._say("<p>Reading …</p>")
        try:
            self.open(get())
        except Exception:
            self._show()  # what was there before
            raise

    def _again(self) -> None:
        """Read the same picture as something else."""
        self._note.clear()
        if self._content is not None:
            content = self._content
            self._open(lambda: content)
        else:
            self._show()

    def _reading(self, content: bytes) -> Text | Reading:
        if self._kind.value == "character":
            picture = open_picture(content)
            self._keep(255 - picture)
            return self._recognizer.read(picture)
        ink = binarization.deskew(binarization.binarize(io.open_photo(content)))
        reader = IncrementalReader(self._recognizer, one_word=self._kind.value == "word")
        read = reader.read_units(segments.from_picture(ink), language_model(self._tongue.value))
        self._keep(np.asarray(255 - 255 * np.clip(1.6 * ink - 0.4, 0, 1), np.uint8))
        return read

    def _keep(self, picture: NDArray[np.uint8]) -> None:
        """Keep the picture in the size in which it is shown."""
        shown = Image.fromarray(picture)
        shown.thumbnail(WIDEST)
        self._scale = shown.width / picture.shape[1]
        self._shown = shown.convert("RGB")

    def _correct(self, word: CorrectedWord, text: str) -> None:
        self._corrections.correct(word.key, text)
        self._show()

    # --- how it is shown -----------------------------------------------------------------------

    def _show(self) -> None:
        lines = self.lines
        self._corrector.show(lines, finished=True)
        one = self._read if isinstance(self._read, Reading) else None
        self._tongue.disabled = self._kind.value == "character"
        self._bars.value = html.probability_bars(one) if one else ""
        self._say(self._sentence())
        self._view.value = ""
        if self._shown is not None:
            alt = f"The picture as it is read. {self._spoken()}"
            drawn = snapshot.captioned_image(
                self._shown.copy(), self._corrector.marks(), "", self._scale
            )
            self._view.value = f'<div class="hwr-view">{img_tag(drawn, alt)}</div>'
        self._heard.value = (
            f'<p class="hwr-heard" role="status" aria-live="polite">{self._spoken()}</p>'
        )

    def _say(self, sentence: str) -> None:
        self._said.value = f'<div class="hwr-words" aria-hidden="true">{sentence}</div>'

    def _sentence(self) -> str:
        if isinstance(self._read, Reading):
            return html.answer_sentence(self._read)
        return sentences.answer_sentence(self.lines, self._content is None, HINT)

    def _spoken(self) -> str:
        if isinstance(self._read, Reading):
            return html.screen_reader_text(self._read)
        return sentences.screen_reader_text(self.lines, self._content is None, HINT)

    def __repr__(self) -> str:
        return f"picture, text {self.text!r}"

    def picture(self) -> tuple[bytes, str]:
        """Return a picture of it, a PNG file, and what it shows in words."""
        shown = self._shown or Image.new("RGB", (720, 60), "#ffffff")
        sentence = html.strip_tags(self._sentence())
        drawn = snapshot.captioned_image(
            shown.copy(), self._corrector.marks(), sentence, self._scale
        )
        return drawn, f"A pad for pictures. {self._spoken()}"


def _key(word: Word) -> bytes:
    """Tell one word of a picture from another: by its place."""
    return word.boxes.tobytes()
