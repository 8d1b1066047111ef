"""Words in batches, as a network sees them: each drawn anew, with another pen, in its own place."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from hwr.ink import Ink
from hwr.words.ctc import fewest_frames
from hwr.words.line_image import (
    COLUMNS_PER_FRAME,
    HEIGHT,
    Frame,
    as_input,
    draw_ink,
    draw_mask,
    frame_of_ink,
    frame_of_mask,
)
from hwr.words.written_language import classes_of

BATCHES_AT_ONCE = 16
"""Batches whose words are drawn together and sorted by width, so that little is empty."""
WIDTH_STEP = 32
"""Batches are filled up to a multiple of so many columns."""
MAX_COLUMNS = 640
"""Wider words are left out of the training."""
THINNEST, THICKEST = 1.2, 4.5
"""Widths of the pen in pixels."""
SIZE_DEVIATION, PLACE_DEVIATION = 0.1, 1.0
"""Of the scale (logarithmic), and of the place up or down in pixels: what is measured on strokes,
on photographs and on words with marks differs by as much."""
BLURRED, WORN = 0.3, 0.15
"""Shares of images that are blurred, and of those with gaps, as photographs and old pens give."""

Random = np.random.Generator
Writing = Ink | NDArray[np.float32]
"""Strokes, or the ink of a picture in 0..1."""
Draw = Callable[[Random], tuple[str, Writing]]
Item = TypeVar("Item")


class Batch(NamedTuple):
    """Words, one after another.

    Attributes
    ----------
    inputs : ndarray of float32, shape (n, 40, columns, 1)
        Filled up with zeros at the right.
    frames : ndarray of int32, shape (n,)
        How many frames of the network's answer belong to each word.
    texts : tuple of str
    """

    inputs: NDArray[np.float32]
    frames: NDArray[np.int32]
    texts: tuple[str, ...]


def gather(inputs: Sequence[NDArray[np.float32]], texts: Sequence[str]) -> Batch:
    """Return words of different widths as one batch."""
    widths = [each.shape[1] for each in inputs]
    columns = -(-max(*widths, COLUMNS_PER_FRAME) // WIDTH_STEP) * WIDTH_STEP
    filled = np.zeros((len(inputs), HEIGHT, columns, 1), np.float32)
    for place, each in enumerate(inputs):
        filled[place, :, : each.shape[1]] = each
    frames = np.array(widths, np.int32) // COLUMNS_PER_FRAME
    return Batch(filled, frames, tuple(texts))


def training_batches(draw: Draw, size: int, count: int, seed: Sequence[int]) -> Iterator[Batch]:
    """Yield batches of new words; they depend on the seed alone.

    Parameters
    ----------
    draw : callable
        Returns a text and its strokes or a picture's ink.
    size, count : int
        Words in a batch, and the number of batches.
    seed : sequence of int
    """
    for start in range(0, count, BATCHES_AT_ONCE):
        rng = np.random.default_rng([*seed, start])
        number = min(BATCHES_AT_ONCE, count - start)
        drawn = [_drawn(draw, rng) for _ in range(number * size)]
        drawn.sort(key=lambda pair: pair[0].shape[1])
        for place in rng.permutation(number).tolist():
            part = drawn[place * size : (place + 1) * size]
            yield gather([each for each, _ in part], [text for _, text in part])


def ahead(items: Iterator[Item], number: int = 2 * BATCHES_AT_ONCE) -> Iterator[Item]:
    """Yield items that another thread makes beforehand, while the network computes."""
    with ThreadPoolExecutor(1) as thread:
        waiting = [thread.submit(_taken, items) for _ in range(number)]
        try:
            while taken := waiting.pop(0).result():
                waiting.append(thread.submit(_taken, items))
                yield taken[0]
        finally:
            for each in waiting:
                each.cancel()


def _taken(items: Iterator[Item]) -> tuple[Item] | tuple[()]:
    """Return the next item, or nothing where there is none."""
    for item in items:
        return (item,)
    return ()


def _drawn(draw: Draw, rng: Random) -> tuple[NDArray[np.float32], str]:
    """Return a new word as the network sees it, and its text, if the network can read it at all."""
    while True:
        text, writing = draw(rng)
        seen = as_seen(writing, rng)
        enough = seen.shape[1] // COLUMNS_PER_FRAME >= fewest_frames(classes_of(text))
        if enough and seen.shape[1] <= MAX_COLUMNS:
            return seen, text


def as_seen(writing: Writing, rng: Random) -> NDArray[np.float32]:
    """Return writing as a network sees it, at about the size that is measured.

    Strokes are drawn with a random pen; a picture's ink has its own.
    """
    if isinstance(writing, Ink):
        pen = float(np.exp(rng.uniform(np.log(THINNEST), np.log(THICKEST))))
        image = draw_ink(writing, vary_frame(frame_of_ink(writing), rng), pen)
    else:
        image = draw_mask(writing, vary_frame(frame_of_mask(writing), rng))
    return _photographed(as_input(image), rng)


def vary_frame(frame: Frame, rng: Random) -> Frame:
    """Return a frame of about the same scale and place, with a few columns more at the left."""
    scale = frame.scale * float(np.exp(rng.normal(0, SIZE_DEVIATION)))
    width = int(np.ceil(frame.width * scale / frame.scale)) + 4
    half = HEIGHT / 2
    middle = frame.top + half / frame.scale + rng.normal(0, PLACE_DEVIATION) / scale
    left = frame.left - rng.uniform(0, 4) / scale
    return Frame(scale, left, middle - half / scale, width + width % 2)


def _photographed(image: NDArray[np.float32], rng: Random) -> NDArray[np.float32]:
    """Return an image blurred, worn or as it is."""
    if rng.random() < BLURRED:
        image = ndimage.gaussian_filter(image, (rng.uniform(0.3, 1.1), rng.uniform(0.3, 1.1), 0))
        image = (image * rng.uniform(0.9, 2)).clip(0, 1)
    if rng.random() < WORN:
        grain = ndimage.gaussian_filter(rng.normal(0, 1, image.shape), (0.7, 0.7, 0))
        image = image * (grain < rng.uniform(0.4, 1.2))
    return np.asarray(image, np.float32)
