"""What people draw that is no character: scribbles, shapes, faces, several letters, halves.

A network can only say "none of these" if it has seen what that looks like. There is no free
collection of doodles with pen strokes, so they are made up here, of arcs, lines and spirals, in
endless variety; several letters and cut ones are made of real drawings.
"""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter1d

from hwr.datasets import synthetic
from hwr.ink import Ink

Stroke = NDArray[np.float64]
Strokes = list[Stroke]
Random = np.random.Generator


# --- parts: each fills about -1..1 in x and y ---------------------------------------------------


def _arc(rng: Random, start: float, turn: float, n: int = 24) -> Stroke:
    """Return part of an ellipse: from an angle, turning by another, both in radians."""
    angle = start + np.linspace(0, turn, n)
    return np.stack([np.cos(angle) * rng.uniform(0.7, 1), np.sin(angle)], axis=1)


def _circle(rng: Random) -> Stroke:
    return _arc(rng, rng.uniform(0, 2 * np.pi), 2 * np.pi * rng.choice([-1, 1]))


def _line(rng: Random) -> Stroke:
    angle = rng.uniform(0, np.pi)
    end = np.array([np.cos(angle), np.sin(angle)])
    return np.stack([-end, end])


def _zigzag(rng: Random) -> Stroke:
    n = rng.integers(4, 12)
    return np.stack([np.linspace(-1, 1, n), (-1.0) ** np.arange(n) * rng.uniform(0.3, 1)], axis=1)


def _wave(rng: Random) -> Stroke:
    x = np.linspace(-1, 1, 60)
    return np.stack([x, rng.uniform(0.2, 0.7) * np.sin(x * rng.uniform(7, 20))], axis=1)


def _spiral(rng: Random) -> Stroke:
    angle = np.linspace(0, rng.uniform(3.2, 9) * np.pi, 90) * rng.choice([-1, 1])
    radius = np.linspace(rng.uniform(0, 0.2), 1, 90)
    return np.stack([np.cos(angle) * radius, np.sin(angle) * radius], axis=1)


def _loops(rng: Random) -> Stroke:
    t = np.linspace(0, rng.uniform(2.5, 6) * 2 * np.pi, 120)
    return np.stack([t / t[-1] * 2 - 1 + 0.3 * np.sin(t), 0.6 * np.cos(t)], axis=1)


def _polygon(rng: Random, corners: int | None = None, star: int = 1) -> Stroke:
    n = corners or int(rng.integers(3, 6))  # more look like an O
    angle = 2 * np.pi * star * np.arange(n + 1) / n + rng.uniform(0, 2 * np.pi)
    return np.stack([np.cos(angle), np.sin(angle)], axis=1)


def _scribble(rng: Random) -> Stroke:
    """Return a random walk, smoothed: anything from a few bends to a ball of wool."""
    n, smooth = int(rng.integers(120, 300)), rng.uniform(3, 9)
    walk = gaussian_filter1d(rng.normal(0, 1, (n, 2)), smooth, axis=0)
    if rng.random() < 0.5:
        walk = np.cumsum(walk - rng.uniform(0.5, 1) * walk.mean(axis=0), axis=0)
    walk -= walk.mean(axis=0)
    return np.asarray(walk / np.abs(walk).max(), np.float64)


_PARTS: Sequence[Callable[[Random], Stroke]] = (
    _circle, _line, _zigzag, _wave, _spiral, _loops, _polygon, _scribble,
    lambda rng: _arc(rng, rng.uniform(0, 2 * np.pi), rng.uniform(1, 5)),
)  # fmt: skip


def _placed(stroke: Stroke, size: float, x: float, y: float) -> Stroke:
    return np.asarray(stroke * size + np.array([x, y]), np.float64)


# --- doodles ------------------------------------------------------------------------------------


def _one_scribble(rng: Random) -> Strokes:
    return [_scribble(rng) for _ in range(rng.choice([1, 1, 1, 2, 3]))]


def _scrawl(rng: Random) -> Strokes:
    """Return a back-and-forth, as somebody fills or crosses out something."""
    n = int(rng.integers(6, 22))
    x = np.linspace(-1, 1, n) + rng.normal(0, 0.06, n)
    y = (-1.0) ** np.arange(n) * rng.uniform(0.3, 1) * (1 + rng.normal(0, 0.15, n))
    return [np.stack([x, y], axis=1)]


def _spiral_doodle(rng: Random) -> Strokes:
    return [rng.choice([_spiral, _loops, _wave])(rng)]  # type: ignore[arg-type]


def _face(rng: Random) -> Strokes:
    eyes = [
        _placed(
            rng.choice([_circle, _line])(rng),  # type: ignore[arg-type]
            rng.uniform(0.04, 0.15),
            side * rng.uniform(0.25, 0.45),
            -rng.uniform(0.2, 0.4),
        )
        for side in (-1, 1)
    ]
    mouth = _placed(_arc(rng, rng.uniform(0, 0.6), rng.uniform(1.8, 2.8)), 0.5, 0, 0.1)
    if rng.random() < 0.25:
        mouth = mouth * [1, -1] + [0, 0.7]
    nose = [np.array([[0, -0.1], [-0.08, 0.15], [0.06, 0.15]])] if rng.random() < 0.4 else []
    hair = [_placed(_zigzag(rng), 0.8, 0, -1)] if rng.random() < 0.2 else []
    return [_circle(rng), *eyes, mouth, *nose, *hair]


def _star(rng: Random) -> Strokes:
    corners = int(rng.choice([5, 5, 5, 6, 7, 8]))
    if rng.random() < 0.5:
        return [_polygon(rng, corners, 2 if corners != 6 else 1)]
    angle = np.pi * np.arange(2 * corners + 1) / corners + rng.uniform(0, 1)
    radius = np.where(np.arange(2 * corners + 1) % 2, rng.uniform(0.35, 0.6), 1.0)
    return [np.stack([np.cos(angle), np.sin(angle)], axis=1) * radius[:, None]]


def _heart(rng: Random) -> Strokes:
    t = np.linspace(0, 2 * np.pi, 60)
    x = np.sin(t) ** 3
    y = -(13 * np.cos(t) - 5 * np.cos(2 * t) - 2 * np.cos(3 * t) - np.cos(4 * t)) / 16
    return [np.stack([x * rng.uniform(0.8, 1.2), y], axis=1)]


def _house(rng: Random) -> Strokes:
    wall = np.array([[-1, 0], [-1, 1], [1, 1], [1, 0], [-1, 0]], np.float64)
    roof = np.array([[-1, 0], [0, -rng.uniform(0.6, 1.2)], [1, 0]], np.float64)
    door = np.array([[-0.2, 1], [-0.2, 0.5], [0.2, 0.5], [0.2, 1]])
    door = _placed(door, 1, rng.uniform(-0.5, 0.5), 0)
    return [wall, roof, *([door] if rng.random() < 0.7 else [])]


def _sun(rng: Random) -> Strokes:
    n = int(rng.integers(5, 12))
    rays = []
    for angle in 2 * np.pi * np.arange(n) / n + rng.normal(0, 0.08, n):
        way = np.array([np.cos(angle), np.sin(angle)])
        rays.append(np.stack([way * rng.uniform(0.5, 0.65), way * rng.uniform(0.85, 1.1)]))
    return [_circle(rng) * 0.45, *rays]


def _flower(rng: Random) -> Strokes:
    n = int(rng.integers(4, 9))
    angles = 2 * np.pi * np.arange(n) / n
    petals = [_placed(_circle(rng), 0.3, 0.6 * np.cos(a), 0.6 * np.sin(a)) for a in angles]
    stem = [np.array([[0, 0.9], [rng.uniform(-0.2, 0.2), 2.4]])] if rng.random() < 0.6 else []
    return [_circle(rng) * 0.3, *petals, *stem]


def _stick_figure(rng: Random) -> Strokes:
    hips, arms = rng.uniform(0.3, 0.6), rng.uniform(-0.3, 0.4)
    lines = [
        [[0, -0.5], [0, hips]],
        [[-0.5, arms], [0, -0.2], [0.5, arms + rng.normal(0, 0.2)]],
        [[-0.4, hips + 0.7], [0, hips], [0.4, hips + 0.7]],
    ]
    return [_placed(_circle(rng), 0.25, 0, -0.75), *map(np.array, lines)]


def _arrow(rng: Random) -> Strokes:
    back = rng.uniform(0.25, 0.5)
    head = np.array([[1 - back, -back], [1, 0], [1 - back, back]])
    shaft = np.array([[-1.0, 0], [0, rng.normal(0, 0.15)], [1, 0]])
    tail = [head * [-1, 1]] if rng.random() < 0.3 else []
    return [shaft, head, *tail]


def _grid(rng: Random) -> Strokes:
    n, m = rng.integers(2, 5, 2)
    across = [np.array([[-1.1, y], [1.1, y]]) for y in np.linspace(-0.8, 0.8, n)]
    down = [np.array([[x, -1.1], [x, 1.1]]) for x in np.linspace(-0.8, 0.8, m)]
    return across + (down if rng.random() < 0.7 or n < 4 else [])


def _polygon_doodle(rng: Random) -> Strokes:
    shape = _polygon(rng)
    inner = [_placed(_PARTS[int(rng.integers(len(_PARTS)))](rng), 0.4, 0, 0)] * int(
        rng.random() < 0.5
    )
    return [shape, *inner]


def _cloud(rng: Random) -> Strokes:
    n = int(rng.integers(5, 10))
    t = np.linspace(0, 2 * np.pi, 120)
    radius = 1 + rng.uniform(0.25, 0.5) * np.abs(np.sin(n * t / 2))
    return [np.stack([1.4 * radius * np.cos(t), radius * np.sin(t)], axis=1)]


def _anything(rng: Random) -> Strokes:
    """Return two to six parts of any kind, anywhere."""
    return [
        _placed(
            _PARTS[int(rng.integers(len(_PARTS)))](rng),
            rng.uniform(0.15, 1),
            *rng.uniform(-1, 1, 2),
        )
        for _ in range(rng.integers(2, 7))
    ]


KINDS: dict[str, Callable[[Random], Strokes]] = {
    "scribble": _one_scribble,
    "scrawl": _scrawl,
    "spiral": _spiral_doodle,
    "face": _face,
    "star": _star,
    "heart": _heart,
    "house": _house,
    "sun": _sun,
    "flower": _flower,
    "stick figure": _stick_figure,
    "arrow": _arrow,
    "grid": _grid,
    "polygon": _polygon_doodle,
    "cloud": _cloud,
    "anything": _anything,
}
"""What can be drawn."""


def draw(kind: str, seed: synthetic.Seed) -> Ink:
    """Return a made-up doodle.

    Parameters
    ----------
    kind : str
        One of :data:`KINDS`.
    seed : int or numpy.random.Generator
        Decides everything that varies.
    """
    rng = np.random.default_rng(seed)
    strokes = KINDS[kind](rng)
    return synthetic.vary(Ink([_shaky(stroke, rng) for stroke in strokes]), rng)


def _shaky(stroke: Stroke, rng: Random) -> Stroke:
    """Return a stroke in small steps, with corners as a hand rounds them."""
    return synthetic.round_corners(stroke * 20, rng.uniform(0.3, 2)) / 20


# --- made of real drawings ----------------------------------------------------------------------


def several(drawings: Sequence[tuple[str, Ink]], rng: Random) -> Ink:
    """Return drawings of characters side by side, as in a word.

    Parameters
    ----------
    drawings : sequence of (str, Ink)
        Characters with their drawings, by one writer.
    rng : numpy.random.Generator
    """
    queue = [ink for _, ink in drawings]
    heights = [float(np.ptp(np.concatenate(ink.strokes), axis=0)[1]) for ink in queue]
    text = "".join(label for label, _ in drawings)
    inks = iter(queue)
    return synthetic.compose_word(text, lambda _: next(inks), max(heights), rng, (-0.1, 0.35))


def cut(ink: Ink, rng: Random) -> Ink:
    """Return about half of a drawing: what lies on one side of a line through its middle."""
    low, high = ink.bounds()
    scale = 40 / max(float((high - low).max()), 1e-6)
    angle, share = rng.uniform(0, 2 * np.pi), rng.uniform(0.4, 0.6)
    way = np.array([np.cos(angle), np.sin(angle)])
    paths = [synthetic.round_corners((each - low) * scale, 0.1) for each in ink.strokes]
    reach = np.concatenate(paths) @ way
    edge = reach.min() + share * np.ptp(reach)
    kept = []
    for path in paths:
        inside = path @ way >= edge
        ends = np.flatnonzero(np.diff(inside)) + 1
        runs = zip(np.split(path, ends), np.split(inside, ends), strict=True)
        kept += [part for part, within in runs if within.all() and len(part) > 1]
    return Ink(kept, ink.pen)
