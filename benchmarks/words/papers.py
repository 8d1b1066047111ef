"""Kinds of paper, and what else a camera sees: rules, boxes, corrections, drawings, a desk.

All kinds show the same page. Strokes and rules are points that are moved as the camera sees them,
and only then drawn, so that a page that lies aslant is as sharp as one that lies straight.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw
from scipy import ndimage

from benchmarks.words.sheets import light

LETTER = 52.0
"""Height of a capital in pixels."""
PITCH, MARGIN = 96.0, 50.0
"""Distance of lines, and the margin around the writing, in pixels."""
SCALE = 3
"""Pages are drawn at this multiple of their size, and made smaller."""
STRUCK = 5
"""Every fifth word is struck out, the third one first."""

Random = np.random.Generator
Stroke = NDArray[np.float64]
Colour = tuple[float, float, float]
Photo = NDArray[np.uint8]
Layer = NDArray[np.float32]
BLACK, BLUE, PENCIL, RED = (30, 30, 32), (35, 45, 120), (110, 110, 112), (205, 40, 45)


@dataclass(frozen=True)
class Page:
    """Words and their strokes, in pixels.

    ``baselines`` are y, left and right of each line; ``places`` y, left and right of each word.
    """

    words: list[str]
    strokes: list[Stroke]
    baselines: list[tuple[float, float, float]]
    places: list[tuple[float, float, float]]
    size: tuple[int, int]


Draw = Callable[[Page, Random], list[Stroke]]


def _nothing(page: Page, rng: Random) -> list[Stroke]:
    return []


@dataclass(frozen=True)
class Paper:
    """Colours in 0..255 of the paper, the pen and the rules; what is printed and drawn on it.

    ``angle`` is how far the sheet is turned, in degrees; ``tilt`` how much shorter its far side is,
    as a share; ``desk`` the brightness of the desk around it, or None.
    """

    paper: Colour = (246, 246, 244)
    pen: Colour = BLACK
    rule: Colour = (110, 110, 110)
    rules: Draw = _nothing
    drawn: Draw = _nothing  # by hand, in the colour that follows, or the pen's
    second: Colour | None = None
    slope: float = 0.0
    bend: float = 0.0
    turn: int = 0
    angle: float = 0.0
    tilt: float = 0.0
    desk: Colour | None = None
    shadows: bool = False
    columns: int = 1
    struck: bool = False

    def written(self, page: Page) -> list[str]:
        """Return the words that should be read."""
        return [w for i, w in enumerate(page.words) if not (self.struck and i % STRUCK == 2)]


def _line(x0: float, y0: float, x1: float, y1: float) -> Stroke:
    return np.linspace((x0, y0), (x1, y1), 40)


def ruled(page: Page, rng: Random) -> list[Stroke]:
    """Return a rule near each baseline, and more above and below, beyond the edges."""
    wide, tall = page.size
    first = page.baselines[0][0] + rng.uniform(-0.12, 0.2) * LETTER
    count = int(np.ceil((tall + wide) / PITCH))
    return [_line(-wide, first + n * PITCH, 2 * wide, first + n * PITCH)
            for n in range(-count, count)]  # fmt: skip


def squared(page: Page, rng: Random) -> list[Stroke]:
    """Return squares of half a line, beyond the edges."""
    wide, tall = page.size
    far = max(wide, tall)
    steps = np.arange(-far, 2 * far, PITCH / 2)
    down, across = steps + rng.uniform(0, PITCH / 2), steps + rng.uniform(0, PITCH / 2)
    return [_line(-far, y, 2 * far, y) for y in down] + [_line(x, -far, x, 2 * far) for x in across]


def boxed(page: Page, rng: Random) -> list[Stroke]:
    """Return a box around each line, as in a form, and a rule between every second one's halves."""
    found = []
    wide = page.size[0] - 0.3 * MARGIN
    for number, (base, begin, _) in enumerate(page.baselines):
        top, bottom, left = base - 1.3 * LETTER, base + 0.42 * LETTER, begin - 0.6 * LETTER
        found += [_line(left, y, wide, y) for y in (top, bottom)]
        found += [_line(x, top, x, bottom) for x in (left, wide)]
        gaps = [(a[2] + b[1]) / 2 for a, b in _neighbours(page) if a[0] == base]
        if number % 2 and gaps:
            found.append(_line(gaps[0], top, gaps[0], bottom))
    return found


def _neighbours(page: Page) -> list[tuple[tuple[float, ...], tuple[float, ...]]]:
    pairs = zip(page.places, page.places[1:], strict=False)
    return [(a, b) for a, b in pairs if a[0] == b[0]]


def _by_hand(points: Stroke, rng: Random, shake: float = 1.2) -> Stroke:
    """Return a line that a hand drew through points: it wavers."""
    x = np.linspace(0, len(points) - 1, 24 * len(points))
    path = np.column_stack([np.interp(x, np.arange(len(points)), side) for side in points.T])
    path += ndimage.gaussian_filter1d(rng.normal(0, 5 * shake, path.shape), 8, axis=0)
    return path


def underlined(page: Page, rng: Random) -> list[Stroke]:
    """Return strokes below one or two lines, and below single words of others."""
    lines = rng.integers(1, 3)
    places = page.baselines[:lines]
    places = [*places, *(p for p in page.places[2::3] if p[0] not in [b for b, _, _ in places])]
    found = []
    for base, left, right in places:
        y = base + rng.uniform(0.15, 0.4) * LETTER
        ends = [(left + rng.normal(0, 6), y), (right + rng.normal(0, 6), y + rng.normal(0, 4))]
        found.append(_by_hand(np.array(ends), rng, 0.5))
    return found


def struck(page: Page, rng: Random) -> list[Stroke]:
    """Return one or two strokes through every fifth word."""
    found = []
    for base, left, right in page.places[2::STRUCK]:
        for _ in range(rng.integers(1, 3)):
            y = base - rng.uniform(0.15, 0.45) * LETTER + rng.normal(0, 4, 2)
            ends = [(left + rng.normal(-4, 4), y[0]), (right + rng.normal(4, 4), y[1])]
            found.append(_by_hand(np.array(ends), rng, 0.6))
    return found


def corrections(page: Page, rng: Random) -> list[Stroke]:
    """Return a teacher's strokes through words, ticks and rings."""
    found = []
    for number, (base, left, right) in enumerate(page.places[1::3]):
        middle = base - 0.3 * LETTER
        if number % 3 == 0:
            ends = [(left, middle + 5), (right, middle - 5)]
        elif number % 3 == 1:
            ends = [(right - 30, middle), (right - 12, middle + 26), (right + 28, middle - 44)]
        else:
            turn = np.linspace(0, 2 * np.pi, 20)
            radius = (right - left) / 2 + 12, 0.85 * LETTER
            ends = np.column_stack([np.cos(turn) * radius[0], np.sin(turn) * radius[1]])
            ends += [(left + right) / 2, middle]
        found.append(_by_hand(np.array(ends, np.float64), rng, 0.5))
    return found


def drawing(page: Page, rng: Random) -> list[Stroke]:
    """Return a drawing below the page: a house, a tree, a sun, and arrows from and to it."""
    x, y = MARGIN, page.baselines[-1][0] + 1.2 * PITCH
    u = 0.9 * LETTER
    turn = np.linspace(0, 2 * np.pi, 30)
    ring = np.column_stack([np.cos(turn), np.sin(turn)])
    house = [[(0, 1.5), (0, 4), (3, 4), (3, 1.5), (0, 1.5), (1.5, 0), (3, 1.5)],
             [(1.2, 4), (1.2, 2.8), (1.9, 2.8), (1.9, 4)], [(5.5, 4), (5.4, 2.2)]]  # fmt: skip
    rays = [np.array([point * 1.25, point * 1.6]) for point in ring[:-1:4]]
    shapes = [np.array(part, np.float64) for part in house]
    shapes += [ring + np.array([5.5, 1.2]), 0.6 * ring + [8.6, 0.8]]
    shapes += [0.6 * ray + [8.6, 0.8] for ray in rays]
    shapes += [np.array(part, np.float64) for part in (
        [(11, 3.4), (12.2, 1.6), (14, 1)], [(13.4, 0.7), (14, 1), (13.7, 1.6)],
        [(10, 4), (14.5, 3.8)], [(14, 3.4), (14.5, 3.8), (14.1, 4.2)],
    )]  # fmt: skip
    wide = page.size[0] - 2 * MARGIN
    fit = min(1.0, wide / (14.6 * u))
    return [_by_hand(shape * u * fit + [x, y], rng, 0.5) for shape in shapes]


WOOD, CLOTH = (105, 72, 48), (60, 64, 72)
KINDS = {
    "plain": Paper(),
    "pencil": Paper(paper=(236, 236, 236), pen=PENCIL),
    "ruled, as dark as ink": Paper(rule=(60, 60, 60), rules=ruled),
    "ruled, grey": Paper(rule=(130, 130, 130), rules=ruled),
    "ruled, blue": Paper(rule=(150, 175, 215), rules=ruled),
    "ruled, strong blue": Paper(rule=(60, 100, 190), rules=ruled),
    "ruled, strong blue, blue pen": Paper(rule=(60, 100, 190), pen=BLUE, rules=ruled),
    "ruled, red": Paper(rule=(215, 80, 80), rules=ruled),
    "ruled, green, blue pen": Paper(rule=(70, 160, 90), pen=BLUE, rules=ruled),
    "ruled, dark grey paper": Paper((150,) * 3, (35,) * 3, (70,) * 3, ruled),
    "ruled, pencil": Paper((236,) * 3, PENCIL, (125,) * 3, ruled),
    "ruled, pencil, dark rules": Paper((236,) * 3, (120,) * 3, (70,) * 3, ruled),
    "ruled, skewed": Paper(rule=(90, 90, 90), rules=ruled, slope=0.05),
    "ruled, bent": Paper(rule=(90, 90, 90), rules=ruled, bend=12),
    "squared, grey": Paper(rule=(130, 130, 130), rules=squared),
    "squared, as dark as ink": Paper(rule=(60, 60, 60), rules=squared),
    "squared, blue": Paper(rule=(120, 160, 215), rules=squared),
    "squared, orange, blue pen": Paper(rule=(235, 150, 90), pen=BLUE, rules=squared),
    "underlined": Paper(drawn=underlined),
    "struck out": Paper(drawn=struck, struck=True),
    "red corrections": Paper(drawn=corrections, second=RED),
    "red corrections, blue pen": Paper(pen=BLUE, drawn=corrections, second=RED),
    "form boxes": Paper(rule=(60, 60, 60), rules=boxed),
    "form boxes, red": Paper(rule=(215, 90, 80), pen=BLUE, rules=boxed),
    "arrows and a drawing": Paper(drawn=drawing),
    "two columns": Paper(columns=2),
    "skewed": Paper(slope=0.05),
    "bent": Paper(bend=12),
    "aslant by 5": Paper(angle=5),
    "aslant by 10": Paper(angle=-10),
    "aslant by 15": Paper(angle=15),
    "aslant by 12, ruled": Paper(angle=12, rule=(120, 150, 200), rules=ruled),
    "aslant by 10, squared": Paper(angle=-10, rule=(140, 140, 140), rules=squared),
    "from the side": Paper(tilt=0.2, angle=3),
    "from the side, ruled": Paper(tilt=0.2, angle=-4, rule=(130, 150, 190), rules=ruled),
    "shadows": Paper(shadows=True),
    "dark desk": Paper(desk=CLOTH, angle=3, shadows=True),
    "wooden desk, aslant by 12": Paper(desk=WOOD, angle=12, tilt=0.1, shadows=True),
    "desk, ruled": Paper(desk=WOOD, angle=-6, tilt=0.1, rule=(130, 150, 190), rules=ruled),
    "bright desk": Paper(desk=(190, 170, 140), angle=4),
    "turned by 90": Paper(turn=90),
    "turned by 180": Paper(turn=180),
    "turned by 270": Paper(turn=270),
}  # fmt: skip


@dataclass(frozen=True, eq=False)
class Camera:
    """Where the points of a page lie in the picture: a homography, shape (3, 3), and its size."""

    matrix: Stroke
    size: tuple[int, int] = field(default=(0, 0))

    def __call__(self, points: Stroke) -> Stroke:
        """Return points (x, y) of the page in pixels of the picture."""
        seen = np.column_stack([points, np.ones(len(points))]) @ self.matrix.T
        return seen[:, :2] / seen[:, 2:]


def corners(page: Page) -> Stroke:
    """Return the corners of a page, clockwise from the top left."""
    wide, tall = page.size
    return np.array([(0, 0), (wide, 0), (wide, tall), (0, tall)], np.float64)


def camera(page: Page, paper: Paper) -> Camera:
    """Return how a page is seen: turned, from the side, and with a part of the desk."""
    wide, tall = page.size
    angle = np.radians(paper.angle)
    turn = np.array([[np.cos(angle), -np.sin(angle), 0], [np.sin(angle), np.cos(angle), 0],
                     [0, 0, 1]])  # fmt: skip
    centred = np.array([[1, 0, -wide / 2], [0, 1, -tall / 2], [0, 0, 1]])
    away = np.eye(3)
    away[2] = paper.tilt / wide, -paper.tilt / tall / 2, 1  # what lies higher or right is farther
    seen = Camera(away @ turn @ centred)(corners(page))
    room = 0.12 * max(page.size) if paper.desk else 0.0
    low, high = seen.min(axis=0) - room, seen.max(axis=0) + room
    move = np.array([[1, 0, -low[0]], [0, 1, -low[1]], [0, 0, 1]])
    return Camera(move @ away @ turn @ centred, tuple(np.ceil(high - low).astype(int).tolist()))


def draw(page: Page, paper: Paper, rng: Random) -> Photo:
    """Return a picture of a page: uint8, shape (height, width, 3)."""
    pen, thin = rng.uniform(3.5, 6), rng.uniform(1.5, 3)
    eye = camera(page, paper)

    def layer(lines: list[Stroke], width: float) -> Layer:
        image = Image.new("L", (eye.size[0] * SCALE, eye.size[1] * SCALE))
        ink = ImageDraw.Draw(image)
        radius = width * SCALE / 2
        for stroke in lines:
            points = [tuple(point) for point in eye(_moved(stroke, paper, page.size)) * SCALE]
            ink.line(points, 255, round(2 * radius), "curve")
            for x, y in (points[0], points[-1]):
                ink.ellipse((x - radius, y - radius, x + radius, y + radius), 255)
        small = image.resize(eye.size, Image.Resampling.BOX)
        return ndimage.gaussian_filter(np.asarray(small, np.float32) / 255, 0.6)

    layers = [
        (paper.rule, layer(paper.rules(page, rng), thin)),
        (paper.second or paper.pen, layer(paper.drawn(page, rng), pen)),
        (paper.pen, layer(page.strokes, pen)),
    ]
    seen = np.broadcast_to(np.array(paper.paper, np.float32), (*eye.size[::-1], 3)).copy()
    for colour, ink in layers:
        seen *= 1 - ink[..., None] * (1 - np.array(colour, np.float32) / max(paper.paper))
    if paper.desk:
        sheet = _sheet(eye(corners(page)), eye.size)[..., None]
        seen = sheet * seen + (1 - sheet) * _desk(paper.desk, eye.size, rng)
    if paper.shadows:
        seen *= light(seen.shape[:2], rng)[..., None] * 1.05
    seen += rng.normal(0, 2.5, seen.shape[:2])[..., None]
    return np.rot90(np.clip(np.rint(seen), 0, 255).astype(np.uint8), paper.turn // 90)


def _sheet(outline: Stroke, size: tuple[int, int]) -> Layer:
    """Return where the sheet lies, 1 within its outline."""
    image = Image.new("L", (size[0] * 2, size[1] * 2))
    ImageDraw.Draw(image).polygon([tuple(point) for point in outline * 2], 255)
    small = image.resize(size, Image.Resampling.BOX)
    return ndimage.gaussian_filter(np.asarray(small, np.float32) / 255, 0.8)


def _desk(colour: Colour, size: tuple[int, int], rng: Random) -> Layer:
    """Return a desk with grain that runs across, and a few dark and bright things on it."""
    grain = ndimage.gaussian_filter(rng.standard_normal(size[::-1], np.float32), (2, 40))
    desk = 1 + 0.15 * grain / max(float(grain.std()), 1e-6)
    things = Image.new("L", size, 100)
    pencil = ImageDraw.Draw(things)
    for share in rng.uniform(0.1, 0.9, 3):
        x = share * size[0]
        pencil.line((x, -5, x + 90, 0.07 * size[1]), int(rng.uniform(30, 220)), 18)
    return desk[..., None] * np.asarray(things, np.float32)[..., None] / 100 * np.array(colour)


def _moved(stroke: Stroke, paper: Paper, size: tuple[int, int]) -> Stroke:
    """Return a stroke as it lies on sloped or bent paper."""
    x = stroke[:, 0]
    down = paper.slope * (x - size[0] / 2) + paper.bend * np.sin(np.pi * x / size[0])
    return stroke + np.column_stack([0 * x, down])
