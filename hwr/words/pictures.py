"""Pictures of writing, made ready to be read, and turned upright where that reads better by far.

A sheet that was scanned on its side, or upside down, has no sign of it but that it reads as a few
improbable words, or as many of one and two letters. Only then are the other directions tried.
"""

import math
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from hwr._support.bounds import MAX_READING_SECONDS
from hwr._support.deadline import OutOfTimeError, time_limit
from hwr.images.binarization import binarize
from hwr.images.drawings import remove_drawings
from hwr.images.levelling import make_level
from hwr.images.rules import remove_rules
from hwr.images.strikes import remove_struck_out
from hwr.ink import Ink
from hwr.words.layout import find_lines
from hwr.words.segments import Segments

if TYPE_CHECKING:
    from hwr.words.text import Text

MIN_WORD_LENGTH = 3
"""Letters of the shortest word that counts: on its side, a line reads as words of one or two."""
UNREADABLE_LENGTH = 3
"""Letters for which a word counts that could not be read."""
POOR_SHARE = 0.5
"""Expected share of right letters below which a picture is read in the other directions, too."""
GOOD_SHARE, MIN_ADVANTAGE = 0.4, 0.2
"""What turns a picture: the least share expected in another direction, and how much more it is than
that of the picture as it is. Shares are compared, not numbers, because writing on its side or
upside down reads as many words more, each of them improbable. Chosen on words, pages, codes and
doodles in all four directions, by people of UNIPEN, Chars74K, Omniglot and EMNIST and by made-up
ones: no writing was turned wrongly, and of the pages, 1 in 50 stayed as it was."""
SAMPLE = 300
"""About how many segments of a page are read to find its direction, before the whole is."""
MIN_LETTERS = 4.0
"""The least number of right letters expected there: some short words read upside down, too."""
SIDES = {90: "by 90 degrees to the left", 180: "upside down", 270: "by 90 degrees to the right"}
"""How a picture was turned, by degrees counter-clockwise."""

Grey = NDArray[np.uint8]
Picture = NDArray[np.float32]


def clean_picture(grey: Grey, turned: int = 0) -> Picture:
    """Return the writing in a picture: binarized, turned, and level.

    Rules, boxes and underlines are left out, and so are drawings and words that are struck out.
    Corrections in red are no part of the picture any more (:func:`hwr.images.io.open_photo`).

    Parameters
    ----------
    grey : ndarray of uint8, shape (height, width)
        Dark ink on bright paper, as :func:`hwr.images.io.open_photo` returns it.
    turned : int
        By how many degrees to turn it counter-clockwise: 0, 90, 180 or 270.

    Returns
    -------
    ndarray of float32, shape (h, w), in 0..1
        1 is ink and 0 paper.
    """
    return _clean(binarize(grey), turned)


def _clean(ink: Picture, turned: int) -> Picture:
    level = make_level(np.ascontiguousarray(np.rot90(ink, turned // 90)))
    return remove_drawings(remove_struck_out(remove_rules(level)))


def read_upright(grey: Grey, read: Callable[[Segments], "Text"]) -> tuple["Text", Picture]:
    """Read a picture as it is or, if that reads better by far, turned by 90, 180 or 270 degrees.

    Parameters
    ----------
    grey : ndarray of uint8, shape (height, width)
        Dark ink on bright paper, as :func:`hwr.images.io.open_photo` returns it.
    read : callable
        Reads segments, as :func:`hwr.words.reading.read_text` does; of a long page, some lines
        first.

    Returns
    -------
    Text
        Its ``turned`` says by how many degrees the picture was turned.
    ndarray of float32, shape (h, w), in 0..1
        The picture that was read, as :func:`clean_picture` returns it; the boxes of the words are
        in its pixels.
    """
    with time_limit(MAX_READING_SECONDS):
        ink = binarize(grey)
        try:
            view = _View.of(ink, 0)
        except OutOfTimeError:
            return replace(read(Segments.from_ink(Ink([]))), finished=False), ink
        view, text = _turned(ink, view, read)
        if view.sample is not view.segments:
            text = read(view.segments)
    return replace(text, turned=view.turned), view.picture


class _View(NamedTuple):
    """A picture in one direction, its segments, and enough of them to tell how well it reads."""

    turned: int
    picture: Picture
    segments: Segments
    sample: Segments

    @classmethod
    def of(cls, ink: Picture, turned: int) -> "_View":
        picture = _clean(ink, turned)
        segments = Segments.from_picture(picture)
        return cls(turned, picture, segments, _sample(segments))


def _sample(segments: Segments) -> Segments:
    """Return some lines out of many, from the whole picture; all segments if they are few."""
    step = math.ceil(len(segments) / SAMPLE)
    if step <= 1:
        return segments
    lines = find_lines(segments)
    first = min(step // 2, len(lines) - 1)
    return segments.take(np.concatenate(lines[first::step]))


def _turned(ink: Picture, view: _View, read: Callable[[Segments], "Text"]) -> tuple[_View, "Text"]:
    """Return the direction in which a picture reads best by far, and what is read of its sample."""
    text = read(view.sample)
    share = _right_letters(text)[1]
    if not (len(view.segments) and text.finished and share < POOR_SHARE):
        return view, text
    best = max(GOOD_SHARE, share + MIN_ADVANTAGE)
    for turned in SIDES:
        # Too many segments: not the right direction. Out of time: it stays as it is.
        with suppress(ValueError, OutOfTimeError):
            other = _View.of(ink, turned)
            found = read(other.sample)
            right, share = _right_letters(found)
            if found.finished and share >= best and right >= MIN_LETTERS:
                best, view, text = share, other, found
    return view, text


def _right_letters(text: "Text") -> tuple[float, float]:
    """Return how many letters are expected to be right, in words that count; and their share."""
    words = (word for word in text.words if len(word.text) >= MIN_WORD_LENGTH)
    right = sum(word.probability * len(word.text) for word in words)
    return right, right / max(sum(len(word.text) or UNREADABLE_LENGTH for word in text.words), 1)


def turned_sentence(turned: int) -> str:
    """Return how a picture was turned, as part of a sentence; empty if it was not."""
    return f"turned {SIDES[turned]}, because it reads far better so" if turned else ""


UNFINISHED = (
    f"Reading took more than {MAX_READING_SECONDS:g} seconds, so that only a part was read: give "
    "a part of the page, or a clearer picture"
)
"""What is said of a text that is not finished; without its full stop."""
