"""Artificial pictures of one character: in bad light, on a desk, in a box, on ruled paper.

Everything about a picture is drawn at random, within what people bring: its size, the place, size
and pen of the character, and how strong, where and how wide what disturbs it is.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from io import BytesIO
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from scipy import ndimage

from hwr.ink import Ink

Picture = NDArray[np.float32]
Random = np.random.Generator


@dataclass(frozen=True, eq=False)
class Sheet:
    """A character on paper.

    Attributes
    ----------
    ink : ndarray of float32, shape (height, width), in 0..1
        How much of a pixel is ink.
    paper : ndarray of float32, shape (height, width), in 0..1
        Brightness of the paper.
    pen : float
        Brightness of the ink, as a share of the paper's.
    box : tuple of float
        Left, top, right and bottom of the character.
    width : float
        Width of its strokes, in pixels.
    """

    ink: Picture
    paper: Picture
    pen: float
    box: tuple[float, float, float, float]
    width: float

    @property
    def grey(self) -> Picture:
        """Brightness in 0..1."""
        return self.paper * (1 - (1 - self.pen) * self.ink)

    @property
    def size(self) -> float:
        """Longer side of the character, in pixels."""
        left, top, right, bottom = self.box
        return max(right - left, bottom - top)


Kind = Callable[[Sheet, Random], bytes]


def on_sheet(
    ink: Ink,
    rng: Random,
    side: float | None = None,
    share: tuple[float, float] = (0.25, 0.8),
    pens: tuple[float, float] = (0.05, 0.14),
) -> Sheet:
    """Return a character on plain paper, anywhere in a picture of any size.

    Parameters
    ----------
    ink : Ink
    rng : numpy.random.Generator
    side : float, optional
        Longer side of the picture in pixels; by default 60 to 3000.
    share : (float, float)
        Smallest and largest size of the character, as a share of the shorter side.
    pens : (float, float)
        Thinnest and thickest pen, as a share of the character's size.
    """
    longer = side or float(np.exp(rng.uniform(np.log(60), np.log(3000))))
    height, width = (max(28, round(longer * s)) for s in rng.permutation([1, rng.uniform(0.65, 1)]))
    size = rng.uniform(*share) * min(height, width)
    stroke = max(rng.uniform(*pens) * size, min(2.0, 0.14 * size))
    low, high = ink.bounds()
    scale = (size - stroke) / max(float((high - low).max()), 1e-6)
    spans = (high - low) * scale + stroke
    margin = max(2.0, 0.04 * min(height, width))
    room = np.maximum(np.array([width, height]) - spans - 2 * margin, 0)
    corner = margin + rng.uniform(0, 1, 2) * room
    strokes = [(points - low) * scale + corner + stroke / 2 for points in ink.strokes]
    drawn = draw(strokes, stroke, (height, width))
    ends = corner + spans
    paper = np.full((height, width), rng.uniform(0.85, 1), np.float32)
    box = (float(corner[0]), float(corner[1]), float(ends[0]), float(ends[1]))
    return Sheet(drawn, paper, rng.uniform(0.05, 0.35), box, stroke)


def draw(strokes: list[NDArray[np.float64]], width: float, shape: tuple[int, int]) -> Picture:
    """Return lines drawn with a round pen: float32, ``shape``, in 0..1, with soft edges."""
    near = np.zeros(shape, np.float32)
    reach = width / 2 + 2
    for points in strokes:
        pairs = pairwise(points) if len(points) > 1 else [(points[0],) * 2]
        for one, other in pairs:
            (left, top), (right, bottom) = np.minimum(one, other), np.maximum(one, other)
            rows = slice(max(0, int(top - reach)), max(0, int(bottom + reach) + 1))
            columns = slice(max(0, int(left - reach)), max(0, int(right + reach) + 1))
            y, x = np.mgrid[rows, columns][:, : shape[0], : shape[1]] + 0.5
            along = other - one
            length = float(along @ along)
            part = ((x - one[0]) * along[0] + (y - one[1]) * along[1]) / length if length else 0 * x
            part = np.clip(part, 0, 1)
            distance = np.hypot(x - one[0] - part * along[0], y - one[1] - part * along[1])
            cover = np.clip(width / 2 + 0.5 - distance, 0, 1)
            place = near[rows, columns]
            height, wide = place.shape
            np.maximum(place, cover[:height, :wide], out=place)
    return near


def encoded(grey: Picture, rng: Random, grain: float = 0.01) -> bytes:
    """Return a picture, in 0..1 and 2 or 3 dimensions, with some grain, as a PNG or JPEG file."""
    noisy = grey + rng.uniform(0, grain) * rng.standard_normal(grey.shape, np.float32)
    picture = Image.fromarray(np.asarray(np.clip(np.rint(noisy * 255), 0, 255), np.uint8))
    file = BytesIO()
    if min(picture.size) < 100 or rng.random() < 0.5:
        picture.save(file, "PNG", compress_level=1)
    else:
        picture.save(file, "JPEG", quality=int(rng.integers(70, 95)))
    return file.getvalue()


# --- light -------------------------------------------------------------------------------------


def plain(sheet: Sheet, rng: Random) -> bytes:
    """Nothing but the character on paper."""
    return encoded(sheet.grey, rng)


def _across(shape: tuple[int, ...], angle: float) -> Picture:
    """Return how far every pixel lies in a direction, from 0 to 1."""
    down, across = np.mgrid[: shape[0], : shape[1]].astype(np.float32)
    along = across * np.cos(angle) + down * np.sin(angle)
    return np.asarray((along - along.min()) / max(float(np.ptp(along)), 1e-6), np.float32)


def _gradient(shape: tuple[int, ...], rng: Random, least: float = 0.5) -> Picture:
    return 1 - (1 - rng.uniform(least, 0.75)) * _across(shape, rng.uniform(0, 2 * np.pi))


def gradient(sheet: Sheet, rng: Random) -> bytes:
    """Light that falls to half across the picture."""
    return encoded(sheet.grey * _gradient(sheet.ink.shape, rng), rng)


def shadow(sheet: Sheet, rng: Random) -> bytes:
    """Shadow of a hand: one or two edges, hard or soft, often across the character."""
    along = _across(sheet.ink.shape, rng.uniform(0, 2 * np.pi))
    edge, soft = rng.uniform(0.25, 0.75), rng.uniform(0.002, 0.06)
    shade = 1 / (1 + np.exp(np.clip((edge - along) / soft, -50, 50)))
    if rng.random() < 0.4:  # an arm: a band
        other = edge + rng.uniform(0.12, 0.4)
        shade *= 1 / (1 + np.exp(np.clip((along - other) / soft, -50, 50)))
    return encoded(sheet.grey * (1 - rng.uniform(0.25, 0.55) * shade), rng)


def vignette(sheet: Sheet, rng: Random) -> bytes:
    """Dark corners, as of a phone's lens or a lamp."""
    height, width = sheet.ink.shape
    down, across = np.mgrid[:height, :width].astype(np.float32)
    middle = np.array([height, width]) * rng.uniform(0.4, 0.6, 2)
    away = np.hypot((down - middle[0]) / height, (across - middle[1]) / width) / 0.7
    return encoded(sheet.grey * (1 - rng.uniform(0.3, 0.7) * away ** rng.uniform(1.5, 3)), rng)


# --- what is around the paper ------------------------------------------------------------------


def _desk(shape: tuple[int, ...], rng: Random) -> Picture:
    """Return dark wood: its brightness, with some grain along one direction."""
    grain = rng.standard_normal(shape, np.float32)
    spread = (rng.uniform(0.5, 2), rng.uniform(5, 30))
    grain = ndimage.gaussian_filter(grain, spread if rng.random() < 0.5 else spread[::-1])
    tone = rng.uniform(0.1, 0.5)
    return np.asarray(tone * (1 + rng.uniform(0, 0.1) * grain / grain.std()), np.float32)


def _turned_sheet(sheet: Sheet, rng: Random, margins: NDArray[np.float64]) -> bytes:
    """Return the sheet, slightly turned, on a desk; margins: left, top, right, bottom in shares."""
    height, width = sheet.ink.shape
    left, top, right, bottom = np.rint(margins * [width, height, width, height]).astype(int)
    around = ((top, bottom), (left, right))
    angle = rng.uniform(-6, 6) if rng.random() < 0.6 else 0.0
    cover = np.pad(np.ones((height, width), np.float32), around)
    grey = np.pad(sheet.grey, around, mode="edge")
    cover, grey = (
        np.asarray(Image.fromarray(one).rotate(angle, Image.Resampling.BILINEAR), np.float32)
        for one in (cover, grey)
    )
    light = _gradient(cover.shape, rng) if rng.random() < 0.3 else 1.0
    return encoded((cover * grey + (1 - cover) * _desk(cover.shape, rng)) * light, rng)


def on_desk(sheet: Sheet, rng: Random) -> bytes:
    """Put the sheet in the middle of a dark desk."""
    return _turned_sheet(sheet, rng, rng.uniform(0.05, 0.5, 4))


def desk_at_side(sheet: Sheet, rng: Random) -> bytes:
    """Show a desk at one side, or at two."""
    margins = np.zeros(4)
    chosen = rng.permutation(4)[: rng.integers(1, 3)]
    margins[chosen] = rng.uniform(0.03, 0.4, len(chosen))
    return _turned_sheet(sheet, rng, margins)


def boxed(sheet: Sheet, rng: Random) -> bytes:
    """Draw a box around the character, printed or drawn by hand, as in a form."""
    left, top, right, bottom = sheet.box
    gap = rng.uniform(0.08, 0.5, 4) * sheet.size + sheet.width
    sides = np.array([left - gap[0], top - gap[1], right + gap[2], bottom + gap[3]])
    corners = np.array([[0, 1], [2, 1], [2, 3], [0, 3], [0, 1]])
    points = sides[corners] + rng.normal(0, rng.choice([0, 0.01]) * sheet.size, (5, 2))
    line = max(1.0, rng.uniform(0.15, 1.2) * sheet.width)
    room = int(np.ceil(max(0, *(-sides[:2]), *(sides[2:] - sheet.ink.shape[::-1])) + 3 * line + 2))
    grey = np.pad(sheet.grey, room, mode="edge")
    frame = draw([points + room], line, grey.shape)
    return encoded(grey * (1 - rng.uniform(0.4, 0.9) * frame), rng)


# --- what is on the paper ----------------------------------------------------------------------


def _speckled(sheet: Sheet, rng: Random, count: int) -> bytes:
    specks = np.zeros_like(sheet.ink)
    height, width = sheet.ink.shape
    left, top, right, bottom = sheet.box
    clear = 0.1 * sheet.size + sheet.width
    while count:
        x, y = rng.uniform(0, 1, 2) * (width, height)
        near = left - clear < x < right + clear and top - clear < y < bottom + clear
        if near and rng.random() < 0.9:
            continue
        length = rng.uniform(0.2, 1.0) * sheet.width
        path = np.array([[x, y], [x, y]])
        path[1] += rng.normal(0, 0.3 * length, 2)
        specks = np.maximum(specks, draw([path], length, specks.shape))
        count -= 1
    return encoded(sheet.grey * (1 - rng.uniform(0.5, 0.9) * specks), rng)


def speck(sheet: Sheet, rng: Random) -> bytes:
    """One speck of dirt, up to as wide as the pen."""
    return _speckled(sheet, rng, 1)


def specks(sheet: Sheet, rng: Random) -> bytes:
    """Several specks."""
    return _speckled(sheet, rng, int(rng.integers(2, 9)))


def ruled(sheet: Sheet, rng: Random) -> bytes:
    """Ruled or squared paper, its lines lighter than the ink or about as dark, slightly turned."""
    height, width = sheet.ink.shape
    distance = rng.uniform(0.25, 1.2) * sheet.size
    line = max(0.8, rng.uniform(0.1, 0.4) * sheet.width)
    tilt = np.radians(rng.normal(0, 1.0))
    lines = []
    for turned in (False, True)[: 2 if rng.random() < 0.3 else 1]:
        for place in np.arange(rng.uniform(0, distance), 2 * max(height, width), distance):
            ends = np.array([[-9.0, place], [max(height, width) + 9.0, place]])
            lines.append(ends[:, ::-1] if turned else ends)
    turn = np.array([[np.cos(tilt), np.sin(tilt)], [-np.sin(tilt), np.cos(tilt)]])
    drawn = draw([one @ turn for one in lines], line, (height, width))
    depth = rng.uniform(0.15, 0.6) * (1 - sheet.pen)
    return encoded(sheet.grey * (1 - depth * drawn * (1 - sheet.ink)), rng)


# --- pens, cameras and files -------------------------------------------------------------------


def ballpoint(sheet: Sheet, rng: Random) -> bytes:
    """Photograph ballpoint with a phone: uneven ink, noise, JPEG."""
    height, width = sheet.ink.shape
    uneven = ndimage.gaussian_filter(rng.standard_normal((height, width), np.float32), 1.5)
    ink = sheet.ink * np.clip(0.85 + 0.6 * uneven, 0.3, 1)
    ink = ndimage.gaussian_filter(ink, rng.uniform(0.5, 1.2))
    grey = sheet.paper * (1 - rng.uniform(0.5, 0.75) * ink) * _gradient(ink.shape, rng, 0.6)
    grey += rng.uniform(0.01, 0.04) * rng.standard_normal(ink.shape, np.float32)
    picture = Image.fromarray(np.asarray(np.clip(np.rint(grey * 255), 0, 255), np.uint8))
    file = BytesIO()
    picture.save(file, "JPEG", quality=int(rng.integers(40, 85)))
    return file.getvalue()


def pencil(sheet: Sheet, rng: Random) -> bytes:
    """Pale pencil in the shade."""
    soft = replace(sheet, pen=rng.uniform(0.5, 0.72))
    return encoded(soft.grey * rng.uniform(0.6, 0.9) * _gradient(sheet.ink.shape, rng), rng, 0.015)


def transparent(sheet: Sheet, rng: Random) -> bytes:
    """Opaque paper with a transparent border, whose hidden colour may be anything."""
    grey = np.asarray(np.rint(sheet.grey * 255), np.uint8)
    border = [int(side * rng.uniform(0.02, 0.3)) + 1 for side in grey.shape]
    hidden = int(rng.choice([0, 128, 255]))
    padding = tuple((side, side) for side in border)
    values = np.pad(grey, padding, constant_values=hidden)
    opaque = np.pad(np.full(grey.shape, 255, np.uint8), padding)
    file = BytesIO()
    Image.fromarray(np.dstack([values, values, values, opaque])).save(file, "PNG", compress_level=1)
    return file.getvalue()


def inverted(sheet: Sheet, rng: Random) -> bytes:
    """Chalk on a board: bright ink on dark paper."""
    board = rng.uniform(0.05, 0.35) + 0.0 * sheet.paper
    return encoded(board + (rng.uniform(0.75, 1) - board) * sheet.ink, rng)


def coloured(sheet: Sheet, rng: Random) -> bytes:
    """Blue, black or green ink on coloured paper."""
    paper = rng.uniform(0.5, 1, 3)
    pen = np.array([[0.1, 0.15, 0.5], [0.05, 0.05, 0.05], [0.05, 0.35, 0.1]])[rng.integers(3)]
    ink = sheet.ink[..., None]
    return encoded(np.asarray(paper * (1 - ink) + pen * ink, np.float32), rng)


KINDS: dict[str, Kind] = {
    "plain": plain,
    "light falls to half": gradient,
    "shadow of a hand": shadow,
    "vignette": vignette,
    "sheet on a desk": on_desk,
    "desk at a side": desk_at_side,
    "box around": boxed,
    "one speck": speck,
    "several specks": specks,
    "ruled paper": ruled,
    "ballpoint photo": ballpoint,
    "pencil in shade": pencil,
    "transparent border": transparent,
    "28 pixels, in a corner": plain,
    "inverted": inverted,
    "coloured paper": coloured,
}
