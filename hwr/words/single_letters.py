"""A second opinion on codes: each letter that stands apart is also read by itself.

A network of words sees about three letters on either side of each, and has learned what people
write. In a code nothing follows from what stands beside it, and a recogniser of single characters,
which sees one at its full size, knows its shape better. So the texts that a search has found are
ranked anew by the mean of both opinions. It is the mean and not the sum of the logarithms, because
both saw the same ink: what is ambiguous to one of them mostly is to the other, too.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from functools import cache

import numpy as np
from numpy.typing import NDArray

from hwr._support import deadline
from hwr.alphabets import CHARACTERS, MERGED_LETTERS, from_classes
from hwr.ink import Ink
from hwr.recognizer import Recognizer
from hwr.words.ctc import align
from hwr.words.line_image import COLUMNS_PER_FRAME, Frame
from hwr.words.prefix_beam import Decoded
from hwr.words.segments import Segments
from hwr.words.written_language import classes_of

LEAST = 1e-3
"""The least probability of a letter by itself, so that one alone does not decide."""

Key = tuple[int, ...]


def ranked_anew(
    found: Sequence[Decoded],
    log_probabilities: NDArray[np.float64],
    writing: Ink | NDArray[np.float32],
    frame: Frame,
    letters: str,
) -> list[Decoded]:
    """Return texts with the scores that they have when each letter is also read by itself.

    Parameters
    ----------
    found : sequence of Decoded
        Best first.
    log_probabilities : ndarray of float64, shape (frames, classes)
        What the network of words says of the writing.
    writing : Ink or ndarray of float32, shape (height, width), in 0..1
    frame : Frame
        Of the writing's image.
    letters : str
        The characters that occur. Marks among them are not judged: their size is what tells them
        apart, and a recogniser of single characters does not see it.

    Returns
    -------
    list of Decoded
        Best first.
    """
    if isinstance(writing, Ink):
        segments = Segments.from_ink(writing)
    else:
        segments = Segments.from_picture(writing)
    own: dict[int, list[Key]] = {}  # texts of as many letters have them in the same places
    for one in found:
        if len(one.text) not in own:
            spans = align(log_probabilities, classes_of(one.text))
            own[len(one.text)] = _own_segments(segments, frame, spans)
    keys = sorted({key for each in own.values() for key in each if key})
    opinions = dict(zip(keys, _opinions(segments, keys, letters), strict=True))
    judged = [
        replace(one, score=(one.score + _opinion(one.text, own[len(one.text)], opinions)) / 2)
        for one in found
    ]
    return sorted(judged, key=lambda one: -one.score)


def _own_segments(segments: Segments, frame: Frame, spans: NDArray[np.int64]) -> list[Key]:
    """Return the segments of each letter; none for one whose ink reaches into another letter."""
    middles = frame.x(spans.mean(axis=1) * COLUMNS_PER_FRAME)
    nearest = np.abs((segments.left + segments.right)[:, None] / 2 - middles).argmin(axis=1)
    keys: list[Key] = []
    for place in range(len(middles)):
        mine = np.flatnonzero(nearest == place)
        others = np.delete(middles, place)
        joined = any(
            ((others > segments.left[one]) & (others < segments.right[one])).any() for one in mine
        )
        keys.append(() if joined else tuple(sorted(segments.indices[mine].tolist())))
    return keys


def _opinions(segments: Segments, keys: Sequence[Key], letters: str) -> list[dict[str, float]]:
    """Return each letter's log-probability by itself, beside that of the most probable one."""
    groups = _alike(letters)
    if not keys or len(groups) < 2:
        return [{} for _ in keys]
    images = []
    for key in keys:
        deadline.check()
        images.append(segments.image(key))
    shares = _shipped().probabilities(np.stack(images), "uniform", from_classes(groups)).clip(LEAST)
    logarithms = np.log(shares / shares.max(axis=1, keepdims=True)).tolist()
    return [
        {letter: share for group, share in zip(groups, row, strict=True) for letter in group}
        for row in logarithms
    ]


def _alike(letters: str) -> list[str]:
    """Return the letters, and as one those whose two cases look alike and are told by size."""
    groups: dict[str, str] = defaultdict(str)
    for letter in CHARACTERS:
        if letter in letters:
            groups[letter.upper() if letter.upper() in MERGED_LETTERS else letter] += letter
    return list(groups.values())


def _opinion(text: str, keys: Sequence[Key], opinions: dict[Key, dict[str, float]]) -> float:
    return sum(
        opinions[key].get(letter, 0.0) for letter, key in zip(text, keys, strict=True) if key
    )


@cache
def _shipped() -> Recognizer:
    return Recognizer.load()
