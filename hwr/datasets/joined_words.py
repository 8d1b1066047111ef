"""Words, numbers and codes made of people's single characters: set side by side, and linked.

Few people's words can be had, and none with digits and marks. But a letter that stands alone also
stands in a word. Every piece, a character or a whole word, is scaled to the height that its text
has on a line, and set on the baseline. Letters may be linked as in cursive writing: the longest
stroke of one goes on into that of the next, and dots and bars are added when the pen is lifted.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from hwr.ink import Ink

Stroke = NDArray[np.float64]
Strokes = list[Stroke]
Random = np.random.Generator

_SMALL, _TALL, _LOW = (0.0, 0.55), (0.0, 1.0), (-0.4, 0.55)
_EXTENTS: dict[str, tuple[float, float]] = {
    **dict.fromkeys("acemnorsuvwxz", _SMALL),
    **dict.fromkeys("gpqy", _LOW),
    "i": (0, 0.85), "j": (-0.4, 0.85), "t": (0, 0.85), "Q": (-0.1, 1),
    ".": (0, 0.09), ",": (-0.2, 0.1), "'": (0.75, 1), "-": (0.3, 0.36), ":": (0, 0.5),
    ";": (-0.2, 0.5), '"': (0.75, 1), "(": (-0.15, 1.05), ")": (-0.15, 1.05),
    "/": (-0.1, 1.05), "+": (0.15, 0.7),
}  # fmt: skip
"""How far a character reaches below and above the baseline, in heights of a capital."""
_LENGTHS = {"-": 0.4, ".": 0.09}
"""Longer side of marks that have hardly any height."""
SIZE_DEVIATION, BASELINE_DEVIATION = 0.08, 0.03
"""Of a piece's size (logarithmic), and of its place above the baseline."""
LINK_ROOM = 0.6
"""Share of a letter's width, from the side of its neighbour, in which a link may begin or end."""
LINK_POINTS = 10


class Piece(NamedTuple):
    """A character or a word as somebody wrote it."""

    text: str
    ink: Ink


class Spacing(NamedTuple):
    """How somebody sets letters.

    Attributes
    ----------
    gap : float
        Mean gap between letters, in heights of a capital; below 0 they overlap.
    spread : float
        Its standard deviation.
    linked : float
        Probability that two letters are linked.
    """

    gap: float
    spread: float
    linked: float


def draw_spacing(rng: Random) -> Spacing:
    """Return how a random person sets letters."""
    linked = float(rng.choice([0.0, 0.4, 0.9], p=[0.5, 0.2, 0.3]))
    return Spacing(*draw_gap(rng, 0.2 if linked else 0.35), linked)


def draw_gap(rng: Random, most: float = 0.35) -> tuple[float, float]:
    """Return a random person's mean gap between letters, and its standard deviation."""
    return float(rng.uniform(-0.06, most)), float(rng.uniform(0.02, 0.09))


def extent(text: str) -> tuple[float, float]:
    """Return how far a text reaches below and above the baseline, in heights of a capital."""
    extents = [_EXTENTS.get(character, _TALL) for character in text]
    return min(low for low, _ in extents), max(high for _, high in extents)


def join(pieces: Sequence[Piece], spacing: Spacing, rng: Random) -> Piece:
    """Return pieces set side by side on a baseline, and some of them linked.

    Parameters
    ----------
    pieces : sequence of Piece
        None of them empty.
    spacing : Spacing
    rng : numpy.random.Generator

    Returns
    -------
    Piece
        Capitals are about 1 high; the baseline is at y = 0, y down.
    """
    strokes: Strokes = []
    delayed: Strokes = []
    right, linkable = 0.0, False
    for piece in pieces:
        placed = _placed(piece, right, rng)
        main = int(np.argmax([_length(stroke) for stroke in placed]))
        wanted = linkable and len(piece.text) == 1 and piece.text.isalpha()
        if wanted and rng.random() < spacing.linked and _fits(strokes[-1], placed[main]):
            strokes[-1] = np.concatenate([strokes[-1], _link(strokes[-1], placed[main])])
            delayed += placed[:main] + placed[main + 1 :]
        else:
            strokes += [*delayed, *placed[:main]]
            delayed = placed[main + 1 :]
            strokes.append(placed[main])
        linkable = len(piece.text) == 1 and piece.text.isalpha()
        gap = rng.normal(spacing.gap, spacing.spread)
        right = max(stroke[:, 0].max() for stroke in placed) + float(gap)
    return Piece("".join(piece.text for piece in pieces), Ink([*strokes, *delayed]))


def _placed(piece: Piece, left: float, rng: Random) -> Strokes:
    """Return a piece's strokes in its place on the line."""
    low, high = piece.ink.bounds()
    bottom, top = extent(piece.text)
    width, height = (high - low).tolist()
    if piece.text in _LENGTHS:
        scale = _LENGTHS[piece.text] / max(width, height, 1e-9)
    else:  # something flat where a letter is tall would become very wide
        scale = (top - bottom) / max(height, width / 4, 1e-9)
    scale *= float(np.exp(rng.normal(0, SIZE_DEVIATION)))
    middle = -(bottom + top) / 2 + rng.normal(0, BASELINE_DEVIATION)
    place = np.array([left, middle - height * scale / 2])
    return [(stroke - low) * scale + place for stroke in piece.ink.strokes]


def _length(stroke: Stroke) -> float:
    return float(np.hypot(*np.diff(stroke, axis=0).T).sum())


def _fits(before: Stroke, after: Stroke) -> bool:
    """Return whether a link from the end of one stroke to the start of another looks natural."""
    room = LINK_ROOM * (after[:, 0].max() - after[:, 0].min())
    begins_left = after[0, 0] <= after[:, 0].min() + room
    end, recent = before[-1, 0], before[-40:, 0]
    ends_right = end >= recent.max() - LINK_ROOM * (recent.max() - recent.min())
    return bool(begins_left and ends_right and after[0, 0] > end - 0.3)


def _link(before: Stroke, after: Stroke) -> Stroke:
    """Return a curve from the end of one stroke into another (Bézier), and that stroke."""
    start, end = before[-1], after[0]
    reach = np.hypot(*(end - start)) / 2
    leaving = start + _direction(before[-4:]) * reach
    coming = end - _direction(after[:4]) * reach
    t = np.linspace(0, 1, LINK_POINTS)[1:-1, None]
    curve = (1 - t) ** 3 * start + 3 * (1 - t) ** 2 * t * leaving
    curve += 3 * (1 - t) * t**2 * coming + t**3 * end
    return np.concatenate([curve, after])


def _direction(points: Stroke) -> Stroke:
    step = points[-1] - points[0]
    return np.asarray(step / max(float(np.hypot(*step)), 1e-9))
