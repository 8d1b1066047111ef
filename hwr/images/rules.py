"""Rules of lined and squared paper, and underlines: told from writing, and removed."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from hwr._support import deadline
from hwr.images.components import INK_THRESHOLD, Components, stroke_width
from hwr.images.line_tracing import MAX_SLOPE, MAX_THICKNESS, RULE_THRESHOLD, Rule, Runs, path
from hwr.images.strikes import is_strike
from hwr.images.underlines import is_underline

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
GRID_SHARE = 0.8
"""Length of a vertical rule, as a share of the distance of the first and the last rule."""

JOINED = 2.5
"""Distance of a vertical line's ends from the lines that it joins, in widths of the pen."""

Picture = NDArray[np.float32]
Belongs = Callable[[Rule, list[Rule], float], bool]


def remove_rules(ink: Picture) -> Picture:
    """Return a picture of ink without the rules of its paper, boxes and underlines.

    Lines through words stay, for :func:`hwr.images.strikes.remove_struck_out`.

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
    runs = Runs(ink, pen)
    rules = runs.rules()
    if not rules:
        return ink
    spanning = [rule for rule in rules if len(rule) >= SPANNING * ink.shape[1]]
    paper = len(spanning) >= MIN_SPANNING
    rest = ink.copy()
    for rule in spanning if paper else rules:
        runs.erase(rest, rule)
    if paper:
        _remove_uprights(ink, rest, pen, spanning, _spans)
        _erase_at_edges(rest, pen)
    letters = Components(rest)
    if letters.height < MIN_LETTER_THICKNESS * pen:  # nothing is left but remains of lines
        return rest if paper else ink
    others = [rule for rule in rules if not paper or len(rule) < SPANNING * ink.shape[1]]
    mask = rest >= INK_THRESHOLD
    found = letters if paper else Components(ink)
    lines = [
        rule for rule in others
        if is_underline(rule, found, letters.height)
        or (_is_line(rule, runs, letters.height) and not is_strike(mask, *path(rule, ink), letters))
    ]  # fmt: skip
    rest = rest if paper else ink.copy()
    for rule in lines:
        runs.erase(rest, rule)
    _remove_uprights(ink, rest, pen, [*lines, *(spanning if paper else [])], _joins)
    return rest if paper or lines else ink


def _remove_uprights(
    ink: Picture, rest: Picture, pen: float, across: list[Rule], belongs: Belongs
) -> None:
    """Erase vertical rules of a picture, ``ink``, from what is left of it, ``rest``.

    Parameters
    ----------
    ink, rest : ndarray of float32, shape (height, width), in 0..1
    pen : float
        Width of a stroke, in pixels.
    across : list of Rule
        The horizontal ones.
    belongs : callable
        Says whether a vertical rule belongs to the horizontal ones.
    """
    if len(across) < 2:
        return
    runs = Runs(np.ascontiguousarray(ink.T), pen)
    for rule in runs.rules():
        if belongs(rule, across, pen):
            runs.erase(rest.T, rule)
            _erase_crossings(rest, rule, across)


def _spans(down: Rule, across: list[Rule], pen: float) -> bool:
    """Return whether a vertical rule is one of squared paper, as high as the writing."""
    middles = [float(np.median(rule.y)) for rule in across]
    return len(down) >= GRID_SHARE * (max(middles) - min(middles))


def _joins(down: Rule, across: list[Rule], pen: float) -> bool:
    """Return whether a vertical rule leads from one line to another, as at the side of a box."""
    near = JOINED * pen
    ends = (down.left, float(down.y[0])), (down.left + len(down) - 1, float(down.y[-1]))
    joined = [
        {place for place, rule in enumerate(across)
         if -near <= x - rule.left < len(rule) + near and abs(_height_at(rule, x) - y) <= near}
        for y, x in ends
    ]  # fmt: skip
    return all(joined) and len(set.union(*joined)) > 1 and down.wavering() <= WAVERING_BOUNDS[1]


def _height_at(rule: Rule, x: float) -> float:
    return float(rule.y[int(np.clip(round(x) - rule.left, 0, len(rule) - 1))])


def _is_line(rule: Rule, runs: Runs, height: float) -> bool:
    """Return whether a rule is no part of letters of this height."""
    length = len(rule) / height
    wavering = np.clip(MAX_WAVERING * length, *WAVERING_BOUNDS)
    straight = length >= MIN_LETTER_HEIGHTS and rule.wavering() <= wavering
    return straight and float(runs.alone(rule).mean()) >= MIN_ALONE


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
        if not at_edge or short > thick + MAX_SLOPE * long:
            continue
        deadline.check()
        bare = np.count_nonzero(labels[window] == number) <= thick * long
        if bare:  # nothing is written on it
            around = tuple(slice(max(side.start - 2, 0), side.stop + 2) for side in window)
            soft = ndimage.binary_dilation(labels[around] == number, iterations=2)
            ink[around][soft] = 0
