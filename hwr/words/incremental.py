"""Reading a sheet again and again while it is written on: only what has changed is read anew."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from hwr._support.litert import Classifier
from hwr.ink import Ink
from hwr.recognizer import Recognizer
from hwr.words.language_model import LanguageModel
from hwr.words.pictures import read_upright
from hwr.words.reading import Text, read_text, read_word
from hwr.words.segments import Segments

StrokesKey = tuple[float | bytes, ...]


class CachedNetwork:
    """A network that runs only once on each image while the image is in use.

    Parameters
    ----------
    network : Classifier
    """

    def __init__(self, network: Classifier) -> None:
        self._network, self.weights = network, network.weights
        self._previous: dict[bytes, NDArray[np.float32]] = {}
        self._current: dict[bytes, NDArray[np.float32]] = {}

    def forget(self) -> None:
        """Drop all images that were not asked for since the last call."""
        self._previous, self._current = self._current, {}

    def logits(self, images: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Return the network's logits, shape (n, classes), of images, shape (n, 28, 28)."""
        keys = [image.tobytes() for image in images]
        known = self._previous | self._current
        new = [i for i, key in enumerate(keys) if key not in known]
        found = self._network.logits(images[new])
        known |= {keys[i]: row for i, row in zip(new, found, strict=True)}
        self._current |= {key: known[key] for key in keys}
        return np.array([known[key] for key in keys], np.float32).reshape(-1, found.shape[1])


class IncrementalReader:
    """Reads a word, or lines of words, and keeps the images of its groups of strokes.

    Parameters
    ----------
    recognizer : Recognizer
    one_word : bool
        Whether all ink is one word, whatever its gaps.
    """

    def __init__(self, recognizer: Recognizer, one_word: bool) -> None:
        self._network = CachedNetwork(recognizer.network)
        self._recognizer = Recognizer(self._network, recognizer.card)
        self.one_word = one_word
        self._images: dict[StrokesKey, NDArray[np.uint8]] = {}

    def read(self, ink: Ink, language: LanguageModel) -> Text:
        """Return the same as :func:`hwr.words.read_text`, without empty words and lines.

        Raises
        ------
        ValueError
            If there are too many strokes to be handwriting.
        """
        if ink.empty:
            return Text()
        self._network.forget()
        return self.read_segments(self._segments(ink), language)

    def read_segments(self, segments: Segments, language: LanguageModel) -> Text:
        """Read segments of ink, as :meth:`read` does."""
        return _without_empty(self._read(segments, language))

    def read_picture(
        self, grey: NDArray[np.uint8], language: LanguageModel
    ) -> tuple[Text, NDArray[np.float32]]:
        """Read a picture; as :func:`hwr.words.pictures.read_upright`, without empty words."""
        text, picture = read_upright(grey, lambda segments: self._read(segments, language))
        return _without_empty(text), picture

    def _read(self, segments: Segments, language: LanguageModel) -> Text:
        if self.one_word:
            return Text(((read_word(segments, language, self._recognizer),),))
        return read_text(segments, language, self._recognizer)

    def _segments(self, ink: Ink) -> Segments:
        """Return the strokes of a drawing; the images of their groups are kept until next time."""
        drawn = Segments.from_ink(ink)
        strokes = [stroke.tobytes() for stroke in ink.strokes]
        previous, self._images = self._images, {}
        current = self._images

        def group_image(chosen: Sequence[int]) -> NDArray[np.uint8]:
            key: StrokesKey = (ink.pen, *(strokes[i] for i in chosen))
            if key not in current:
                known = previous.get(key)
                current[key] = drawn.image(tuple(chosen)) if known is None else known
            return current[key]

        return Segments(drawn.boxes, group_image, drawn.indices)


def _without_empty(text: Text) -> Text:
    lines = (tuple(word for word in line if word.text) for line in text.lines)
    return replace(text, lines=tuple(line for line in lines if line))
