"""Lines in a picture of ink: traced where nothing crosses them, and erased where they are alone.

A line is thin, nearly straight, and has ink in every column. It is traced from a piece that nothing
crosses, block by block, so that it may slope or bend. It is erased where nothing but the line is
there; where a stroke crosses or touches it, the vertical run of ink is longer, and stays (as staff
lines are removed from sheet music; Fujinaga 2004, Staff detection and removal).
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from hwr._support import deadline

RULE_THRESHOLD = 0.35
"""Value from which a pixel may belong to a rule, which is often paler than the writing."""
MAX_THICKNESS = 1.6
"""Greatest thickness of a rule, in widths of the pen."""
SEED_WIDTH, MIN_LENGTH = 6.0, 12.0
"""Least width of a piece from which a rule is traced, and of a rule, in widths of the pen."""
MAX_SEEDS = 2000
"""How many pieces are tried, the longest ones: squares have up to 100 rules to a side, each in many
pieces."""
MAX_SLOPE = 0.2
"""Greatest slope of a rule: its fall per pixel."""
MIN_COVERAGE = 0.8
"""Least share of columns with ink, in each block of a rule."""
NEARBY = 40.0
"""Part of a rule whose ink is compared, in widths of the pen."""
MASS_DEVIATIONS, MIN_MASS_EXCESS = 3.0, 0.25
"""How much more ink than usual in a column of a rule belongs to writing that covers it: in standard
deviations, and at least this share."""

Picture = NDArray[np.float32]
Values = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
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


class Runs:
    """Vertical runs of ink, and the thin ones among them.

    Parameters
    ----------
    ink : ndarray of float32, shape (height, width), in 0..1
    pen : float
        Width of a stroke, in pixels.
    """

    def __init__(self, ink: Picture, pen: float) -> None:
        deadline.check()
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
        large = np.bincount(labels.ravel()) >= SEED_WIDTH * self.pen
        seeds = []
        for number, window in enumerate(ndimage.find_objects(labels * large[labels]), 1):
            if window is None:
                continue
            down, across = window
            wide, tall = across.stop - across.start, down.stop - down.start
            thick = MAX_THICKNESS * self.pen + 1
            if wide >= SEED_WIDTH * self.pen and tall <= thick + MAX_SLOPE * wide:
                seeds.append((wide, number, down, across))
        found: list[Rule] = []
        for _, number, down, across in sorted(seeds, key=lambda seed: -seed[0])[:MAX_SEEDS]:
            deadline.check()
            rows, columns = np.nonzero(labels[down, across] == number)
            x, y = columns + across.start, rows + down.start
            middle = int(np.median(x)), float(np.median(y))
            if any(_on(rule, middle, self.pen) for rule in found):
                continue
            rule = self._trace(x, y)
            if len(rule) >= MIN_LENGTH * self.pen:
                found.append(rule)
        return found

    def _trace(self, x: NDArray[np.int64], y: NDArray[np.int64]) -> Rule:
        """Return the line of which a piece, all pixels of it, is a part."""
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
            if abs(slope) > MAX_SLOPE:
                break
            if missed:
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
        x, y = path(rule, self.mask)
        length = self.bottom[y, x] - self.top[y, x]
        short = length <= rule.thickness + max(1.5, 0.5 * rule.thickness)
        return np.asarray(short & self.mask[y, x])

    def erase(self, ink: Picture, rule: Rule) -> None:
        """Erase a rule from a picture of these runs where nothing crosses, touches or covers it."""
        deadline.check()
        x, y = path(rule, ink)
        reach = int(rule.thickness / 2 + 2)
        rows = (y + np.arange(-reach, reach + 1)[:, None]).clip(0, len(ink) - 1)
        within = (rows >= self.top[y, x] - 1) & (rows <= self.bottom[y, x])
        mass = np.where(within, ink[rows, x], 0).sum(axis=0)
        alone = self.alone(rule)
        if not alone.any():
            return
        usual = float(np.median(mass[alone]))
        spread = 1.48 * float(np.median(np.abs(mass[alone] - usual)))
        # A rule may be thicker at one end than at the other; its very ends are pale.
        near = min(round(NEARBY * self.pen), len(rule))
        local = ndimage.median_filter(np.where(alone, mass, usual), near, mode="reflect")
        alone &= mass <= local + np.maximum(MASS_DEVIATIONS * spread, MIN_MASS_EXCESS * local)
        alone = ~ndimage.binary_opening(~alone, np.ones(max(1, round(self.pen / 2))))
        for row in rows:
            ink[row[alone], x[alone]] = 0


def path(rule: Rule, picture: NDArray[Any]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the columns and rows of a rule's middle."""
    y = np.rint(rule.y).astype(np.int64).clip(0, len(picture) - 1)
    return np.arange(rule.left, rule.left + len(rule)), y


def _on(rule: Rule, middle: tuple[int, float], pen: float) -> bool:
    """Return whether a piece is part of a rule."""
    place = middle[0] - rule.left
    return bool(0 <= place < len(rule) and abs(middle[1] - rule.y[place]) <= pen)
