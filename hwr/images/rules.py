"""Rules of lined and squared paper, and underlines: found and removed without cutting letters.

A rule is long, thin, nearly straight, and has ink in every column. It is traced from a piece that
nothing crosses, block by block, so that it may slope or bend. It is erased where nothing but the
rule is there; where a stroke crosses or touches it, the vertical run of ink is longer, and stays
(as staff lines are removed from sheet music; Fujinaga 2004, Staff detection and removal).
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from hwr.images.components import Components, stroke_width

RULE_THRESHOLD = 0.35
"""Value from which a pixel may belong to a rule, which is often paler than the writing."""
MAX_THICKNESS = 1.6
"""Greatest thickness of a rule, in widths of the pen."""
SEED_WIDTH, MIN_LENGTH = 6.0, 12.0
"""Least width of a piece from which a rule is traced, and of a rule, in widths of the pen."""
MAX_SLOPE = 0.2
"""Greatest slope of a rule: its fall per pixel."""
MIN_COVERAGE = 0.8
"""Least share of columns with ink, in each block of a rule."""
MIN_LETTER_HEIGHTS = 2.5
"""Length in letter heights from which a thin straight line is a rule, and no part of a letter."""
MIN_LETTER_THICKNESS = 2.5
"""Least height of letters, in widths of the pen."""
MAX_WAVERING = 0.06
"""How far a line may stray from a parabola, in thicknesses for each letter height of its length:
joined writing has long strokes too, which waver."""
WAVERING_BOUNDS = 0.3, 0.7
"""The least and the greatest distance that results, in thicknesses."""
MIN_ALONE = 0.65
"""Least share of such a line that neither crosses nor touches anything."""
SPANNING, MIN_SPANNING = 0.6, 4
"""Share of the picture's width that rules span, and the number of such rules that make it ruled
paper whatever is written on it."""
NEARBY = 40.0
"""Part of a rule whose ink is compared, in widths of the pen."""
MASS_DEVIATIONS, MIN_MASS_EXCESS = 3.0, 0.25
"""How much more ink than usual in a column of a rule belongs to writing that covers it: in standard
deviations, and at least this share."""
GRID_SHARE = 0.8
"""Length of a vertical rule, as a share of the distance of the first and the last rule."""

Picture = NDArray[np.float32]
Values = NDArray[np.float64]


@dataclass(frozen=True)
class Rule:
    """A rule: ``y`` is its middle in each column from ``left`` on, ``thickness`` its height."""

    left: int
    y: Values
    thickness: float

    def __len__(self) -> int:
        return len(self.y)

    def wavering(self) -> float:
        """Return how far it strays from a parabola, in its thicknesses, but for a few columns."""
        x = np.linspace(-1, 1, len(self.y))
        away = np.abs(self.y - np.polyval(np.polyfit(x, self.y, 2), x))
        return float(np.quantile(away, 0.95)) / self.thickness


class _Runs:
    """Vertical runs of ink, and the thin ones among them."""

    def __init__(self, ink: Picture, pen: float) -> None:
        self.mask = ink >= RULE_THRESHOLD
        small = np.int16 if len(ink) < 2**14 else np.int32  # a page has millions of pixels
        rows = np.arange(len(ink), dtype=small)[:, None]
        above = np.maximum.accumulate(np.where(self.mask, small(-1), rows), axis=0)
        below = np.where(self.mask, small(len(ink)), rows)[::-1]
        self.top, self.bottom = above + 1, np.minimum.accumulate(below, axis=0)[::-1]
        self.pen = pen
        self.thin = self.mask & (self.bottom - self.top <= max(MAX_THICKNESS * pen, 3))

    def rules(self) -> list[Rule]:
        """Return the lines that may be rules, the longest pieces first."""
        labels, _ = ndimage.label(self.thin, np.ones((3, 3)))
        seeds = []
        for number, (down, across) in enumerate(ndimage.find_objects(labels), 1):
            wide, tall = across.stop - across.start, down.stop - down.start
            thick = MAX_THICKNESS * self.pen + 1
            if wide >= SEED_WIDTH * self.pen and tall <= thick + MAX_SLOPE * wide:
                seeds.append((wide, number, down, across))
        found: list[Rule] = []
        for _, number, down, across in sorted(seeds, key=lambda seed: -seed[0]):
            rows, columns = np.nonzero(labels[down, across] == number)
            x, y = columns + across.start, rows + down.start
            if any(_on(rule, x, y, self.pen) for rule in found):
                continue
            rule = self._trace(x, y)
            if rule is not None and len(rule) >= MIN_LENGTH * self.pen:
                found.append(rule)
        return found

    def _trace(self, x: NDArray[np.int64], y: NDArray[np.int64]) -> Rule | None:
        left = int(x.min())
        counts = np.bincount(x - left)
        middles = np.bincount(x - left, y) / counts.clip(1)
        columns = np.flatnonzero(counts) + left
        middles = middles[counts > 0]
        thickness = float(np.median(counts[counts > 0]))
        after = self._extend(columns, middles, thickness, 1)
        before = self._extend(columns[::-1], middles[::-1], thickness, -1)
        columns = np.concatenate([before[0][::-1], columns, after[0]])
        middles = np.concatenate([before[1][::-1], middles, after[1]])
        every = np.arange(columns[0], columns[-1] + 1)
        return Rule(int(columns[0]), np.interp(every, columns, middles), thickness)

    def _extend(
        self, columns: NDArray[np.int64], middles: Values, thickness: float, step: int
    ) -> tuple[NDArray[np.int64], Values]:
        """Return the columns and the middles by which a rule goes on to one side."""
        wide, tall = self.mask.shape[1], len(self.mask)
        block, memory = max(4, round(2 * self.pen)), round(16 * self.pen)
        xs, ys = columns[-memory:].tolist(), middles[-memory:].tolist()
        known, at, missed = len(xs), xs[-1], 0
        search = np.array([0, -1, 1, -2, 2, -3, 3])
        while 0 <= at + step < wide and missed < 2:
            ahead = at + step * np.arange(1, block + 1)
            ahead = ahead[(ahead >= 0) & (ahead < wide)]
            near = slice(-memory, None)
            slope, height = np.polyfit(np.array(xs[near]) - at, ys[near], 1)
            expected = height + slope * (ahead - at)
            rows = np.rint(expected[:, None] + search).astype(int).clip(0, tall - 1)
            inked = self.mask[rows, ahead[:, None]]
            missed = 0 if inked.any(axis=1).mean() >= MIN_COVERAGE else missed + 1
            at = int(ahead[-1])
            if missed or abs(slope) > MAX_SLOPE:
                continue
            row = rows[np.arange(len(ahead)), inked.argmax(axis=1)]
            top, bottom = self.top[row, ahead], self.bottom[row, ahead]
            centre = (top + bottom - 1) / 2
            clear = self.mask[row, ahead] & (bottom - top <= 1.5 * thickness + 1)
            clear &= np.abs(centre - expected) <= search.max()
            xs += ahead[clear].tolist()
            ys += centre[clear].tolist()
        return np.array(xs[known:], np.int64), np.array(ys[known:])

    def alone(self, rule: Rule) -> NDArray[np.bool_]:
        """Return in which columns of a rule nothing crosses or touches it."""
        x, y = _path(rule, self.mask)
        length = self.bottom[y, x] - self.top[y, x]
        short = length <= rule.thickness + max(1.5, 0.5 * rule.thickness)
        return np.asarray(short & self.mask[y, x])

    def erase(self, ink: Picture, rule: Rule) -> None:
        """Erase a rule from a picture of these runs where nothing crosses, touches or covers it."""
        x, y = _path(rule, ink)
        reach = int(rule.thickness / 2 + 2)
        rows = (y + np.arange(-reach, reach + 1)[:, None]).clip(0, len(ink) - 1)
        within = (rows >= self.top[y, x] - 1) & (rows <= self.bottom[y, x])
        mass = np.where(within, ink[rows, x], 0).sum(axis=0)
        alone = self.alone(rule)
        if not alone.any():
            return
        usual = float(np.median(mass[alone]))
        spread = 1.48 * float(np.median(np.abs(mass[alone] - usual)))
        near = round(NEARBY * self.pen)  # a rule may be thicker at one end than at the other
        local = ndimage.median_filter(np.where(alone, mass, usual), near, mode="nearest")
        alone &= mass <= local + np.maximum(MASS_DEVIATIONS * spread, MIN_MASS_EXCESS * local)
        alone = ~ndimage.binary_opening(~alone, np.ones(max(1, round(self.pen / 2))))
        for row in rows:
            ink[row[alone], x[alone]] = 0

    def is_line(self, rule: Rule, height: float) -> bool:
        """Return whether a rule is no part of letters of this height."""
        length = len(rule) / height
        wavering = np.clip(MAX_WAVERING * length, *WAVERING_BOUNDS)
        straight = length >= MIN_LETTER_HEIGHTS and rule.wavering() <= wavering
        return straight and float(self.alone(rule).mean()) >= MIN_ALONE


def _path(rule: Rule, picture: NDArray[Any]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the columns and rows of a rule's middle."""
    y = np.rint(rule.y).astype(np.int64).clip(0, len(picture) - 1)
    return np.arange(rule.left, rule.left + len(rule)), y


def _erase_crossings(ink: Picture, down: Rule, across: list[Rule]) -> None:
    """Erase where a vertical rule crosses others, if nothing is left around."""
    for rule in across:
        y = int(np.median(rule.y))
        for _ in range(2):
            x = int(down.y[min(max(y - down.left, 0), len(down) - 1)])
            y = int(rule.y[min(max(x - rule.left, 0), len(rule) - 1)])
        high, wide = (int(one.thickness / 2 + 3) for one in (rule, down))
        around = ink[max(y - high, 0) : y + high + 1, max(x - wide, 0) : x + wide + 1]
        frame = np.ones(around.shape, bool)
        frame[1:-1, 1:-1] = False
        if not (around[frame] >= RULE_THRESHOLD).any():
            around[:] = 0


def _erase_at_edges(ink: Picture, pen: float) -> None:
    """Erase the short pieces of rules that leave the picture in its corners."""
    labels, _ = ndimage.label(ink >= RULE_THRESHOLD, np.ones((3, 3)))
    thick = MAX_THICKNESS * pen + 1
    for number, window in enumerate(ndimage.find_objects(labels), 1):
        short, long = sorted(side.stop - side.start for side in window)
        at_edge = any(
            side.start == 0 or side.stop == whole
            for side, whole in zip(window, ink.shape, strict=True)
        )
        if at_edge and short <= thick + MAX_SLOPE * long:
            around = tuple(slice(max(side.start - 2, 0), side.stop + 2) for side in window)
            soft = ndimage.binary_dilation(labels[around] == number, iterations=2)
            ink[around][soft] = 0


def _on(rule: Rule, x: NDArray[np.int64], y: NDArray[np.int64], pen: float) -> bool:
    """Return whether a piece is part of a rule."""
    place = int(np.median(x)) - rule.left
    return 0 <= place < len(rule) and abs(float(np.median(y)) - rule.y[place]) <= pen


def remove_rules(ink: Picture) -> Picture:
    """Return a picture of ink without the rules of its paper, and without underlines.

    Parameters
    ----------
    ink : ndarray of float32, shape (height, width), in 0..1
        As :func:`hwr.images.binarization.binarize` returns it.

    Returns
    -------
    ndarray of float32, shape (height, width), in 0..1
        The same picture if there are no rules.
    """
    pen = stroke_width(ink >= RULE_THRESHOLD)
    runs = _Runs(ink, pen)
    rules = runs.rules()
    if not rules:
        return ink
    spanning = [rule for rule in rules if len(rule) >= SPANNING * ink.shape[1]]
    paper = len(spanning) >= MIN_SPANNING
    rest = ink.copy()
    for rule in spanning if paper else rules:
        runs.erase(rest, rule)
    if paper:
        _remove_grid(ink, rest, pen, spanning)
        _erase_at_edges(rest, pen)
    letters = Components(rest)
    if letters.height < MIN_LETTER_THICKNESS * pen:  # nothing is left but remains of lines
        return rest if paper else ink
    lines = [rule for rule in rules if runs.is_line(rule, letters.height)]
    rest = rest if paper else ink.copy()
    for rule in lines:
        runs.erase(rest, rule)
    return rest if paper or lines else ink


def _remove_grid(ink: Picture, rest: Picture, pen: float, across: list[Rule]) -> None:
    """Erase the vertical rules of a page, ``ink``, from what is left of it, ``rest``."""
    middles = [float(np.median(rule.y)) for rule in across]
    runs = _Runs(np.ascontiguousarray(ink.T), pen)
    for rule in runs.rules():
        if len(rule) >= GRID_SHARE * (max(middles) - min(middles)):
            runs.erase(rest.T, rule)
            _erase_crossings(rest, rule, across)
