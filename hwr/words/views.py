"""What a network of words sees of a line: its image, or the pen's path.

Both are arrays of (rows, columns, channels), as wide as the writing is long, and every so many
columns make one frame of the network's answer.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hwr.ink import Ink
from hwr.words.line_image import HEIGHT, Frame, draw_ink, line_image
from hwr.words.pen_features import FEATURES, path, pen_features

Writing = Ink | NDArray[np.float32]
Input = NDArray[np.float32]
Boxes = NDArray[np.float64]


@dataclass(frozen=True)
class View:
    """How writing is shown to a network.

    Attributes
    ----------
    name : str
    rows, channels : int
        Of the network's input, of shape (rows, columns, channels).
    step : int
        Columns in one frame of the answer.
    show : callable
        Returns the input and the frame of writing.
    vary : callable
        Returns the input of ink in a given frame, written with a pen so many pixels wide.
    """

    name: str
    rows: int
    channels: int
    step: int
    show: Callable[[Writing], tuple[Input, Frame]]
    vary: Callable[[Ink, Frame, float], Input]

    def boxes(self, writing: Writing, frame: Frame, spans: NDArray[np.int64]) -> Boxes:
        """Return left, top, right and bottom, in the writing's units, of spans of frames.

        Parameters
        ----------
        spans : ndarray of int64, shape (n, 2)
            First frame, and the one after the last, from :func:`hwr.words.ctc.align`.
        """
        places = spans * self.step
        if self.name == "strokes" and isinstance(writing, Ink):
            points, _ = path(writing, frame)
            found = [points[a : max(b, a + 1)] for a, b in places.clip(max=len(points) - 1)]
            reach = 0
        else:
            edges = _between(places.astype(np.float64))
            points = np.argwhere(self.show(writing)[0][:, :, 0] > 0.4)[:, ::-1].astype(np.float64)
            found = [_in_columns(points, *edge) for edge in edges]
            reach = 1  # of a pixel around its middle, and no farther than the ink
        corners = [[*(each.min(axis=0) - reach), *(each.max(axis=0) + reach)] for each in found]
        boxes = np.array(corners).reshape(-1, 4) / frame.scale + [frame.left, frame.top] * 2
        return np.asarray(boxes.clip(*_bounds(writing)))


def _bounds(writing: Writing) -> tuple[list[float], list[float]]:
    """Return the least and the largest left, top, right and bottom of boxes around ink."""
    if isinstance(writing, Ink):
        low, high = writing.bounds()
    else:
        marked = np.argwhere(writing > 0.5)[:, ::-1]
        low, high = marked.min(axis=0), marked.max(axis=0) + 1
    return [*low, *low], [*high, *high]


def _between(spans: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return spans widened to the middle of the gaps: CTC names a letter in part of its columns."""
    middles = (spans[1:, 0] + spans[:-1, 1]) / 2
    first, last = spans[:1, 0] - HEIGHT, spans[-1:, 1] + HEIGHT
    return np.stack([np.r_[first, middles], np.r_[middles, last]], axis=1)


def _in_columns(points: NDArray[np.float64], left: float, right: float) -> NDArray[np.float64]:
    inside = points[(points[:, 0] >= left) & (points[:, 0] < right)]
    return inside if len(inside) else np.array([[left, HEIGHT / 2], [right, HEIGHT / 2]])


def _image(pixels: NDArray[np.uint8]) -> Input:
    return np.asarray(pixels[:, :, None] / np.float32(255), np.float32)


def _show_image(writing: Writing) -> tuple[Input, Frame]:
    pixels, frame = line_image(writing)
    return _image(pixels), frame


def _show_path(writing: Writing) -> tuple[Input, Frame]:
    if not isinstance(writing, Ink):
        raise ValueError(
            "This network follows the pen and cannot read a picture: give strokes, or choose a "
            "network that reads images."
        )
    features, frame = pen_features(writing)
    return features[None], frame


IMAGE = View(
    "image", HEIGHT, 1, 2, _show_image, lambda ink, frame, pen: _image(draw_ink(ink, frame, pen))
)
STROKES = View(
    "strokes", 1, FEATURES, 4, _show_path, lambda ink, frame, pen: pen_features(ink, frame)[0][None]
)
VIEWS = {view.name: view for view in (IMAGE, STROKES)}
