"""The terms of a value as HTML: patch × kernel in squares, and a table that adds them up."""

from collections.abc import Callable, Sequence
from html import escape
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from hwr.interactive.explorer.layers import Floats
from hwr.interactive.explorer.maps import pale
from hwr.interactive.explorer.origin import Origin
from hwr.interactive.explorer.windows import Shape, unmoved
from hwr.interactive.explorer.words import Words, activation_name, rounded

PATCHES = 3
"""Number of maps whose patch is shown in full."""
TERMS = 8
"""Number of terms that are shown; the others are shown as their sum."""
LONGEST_GRID = 9
"""Most rows and columns of numbers that are shown."""


class Row(NamedTuple):
    """A line of a sum.

    Attributes
    ----------
    name : str
    value : float
    kind : {'term', 'factor', 'total'}
        A term is summed up; a total is what comes out.
    """

    name: str
    value: float
    kind: str = "term"


def terms(origin: Origin, words: Words) -> str:
    """Return the terms of a value, and what they sum up to."""
    grids = ""
    if origin.inputs.ndim == 3 and max(origin.inputs.shape[:2]) <= LONGEST_GRID:
        patches = origin.kind == "convolution"
        grids = _patches(origin, words) if patches else _pooled(origin)
    rows = "".join(_table_row(row) for row in sums(origin, words))
    table = f"<table><tbody>{rows}</tbody></table>" if rows else ""
    return f'<div class="hwr-terms">{grids}{table}</div>'


def sums(origin: Origin, words: Words) -> list[Row]:
    """Return what a value is the sum of, and what comes out; the largest terms come first."""
    return [*_terms(origin, words), *_results(origin, words)]


def _patches(origin: Origin, words: Words) -> str:
    parts = {
        "patch": origin.inputs,
        f"kernel {origin.index[2]}": origin.weights,
        "patch × kernel": origin.products,
    }
    tops = [float(np.abs(part).max()) for part in parts.values()]
    shown = []
    for channel in _by_size(origin.products.sum(axis=(0, 1)))[:PATCHES]:
        names = [f"patch, {words.source_map(origin, channel)}", *list(parts)[1:]]
        grids = [
            _grid(part[..., channel], name, top, origin.inside[..., channel])
            for part, name, top in zip(parts.values(), names, tops, strict=True)
        ]
        shown.append(f"<div>{grids[0]}<span>×</span>{grids[1]}<span>=</span>{grids[2]}</div>")
    return "".join(shown)


def _pooled(origin: Origin) -> str:
    values, inside = origin.inputs[..., 0], origin.inside[..., 0]
    winner = origin.winner[:2] if origin.kind == "largest" else None
    top = float(np.abs(values).max())
    return f"<div>{_grid(values, 'the window', top, inside, winner)}</div>"


# --- the table ---------------------------------------------------------------------------------


def _terms(origin: Origin, words: Words) -> list[Row]:
    """Return the rows of what is summed up."""
    if origin.kind == "convolution":
        sums = origin.products.sum(axis=(0, 1))
        return _largest(sums, lambda at: f"products on {words.source_map(origin, at)}", "maps")
    if origin.kind == "dense":
        return _largest(origin.products, lambda at: _contribution(origin, words, at), "values")
    if origin.kind in ("sum", "mean") and origin.inputs.ndim == 1:
        names = [words.layer(region.number) for region in origin.regions]
        weighted = zip(names, origin.weights, origin.products, strict=True)
        return [Row(name + _times(weight), product) for name, weight, product in weighted]
    if origin.kind in ("product", "largest", "smallest") and origin.inputs.ndim == 1:
        pairs = zip(origin.regions, origin.inputs, strict=True)
        return [Row(words.layer(region.number), value, "factor") for region, value in pairs]
    if origin.kind == "scale":
        source = words.layer(origin.regions[0].number)
        name = f"{rounded(origin.inputs[0])} of {source} × {rounded(origin.weights[0])}"
        return [Row(name, origin.products[0]), Row("shift", origin.bias)]
    return []


def _results(origin: Origin, words: Words) -> list[Row]:
    """Return the rows of what follows: bias, sum, and what the activation makes of it."""
    rows = []
    if origin.kind in ("convolution", "dense"):
        if words.network.steps[origin.number].layer.use_bias:
            rows.append(Row("bias", origin.bias))
        rows.append(Row("sum", origin.before, "total"))
    elif origin.kind in ("sum", "scale"):
        rows.append(Row("sum", origin.before, "total"))
    elif origin.kind in ("product", "mean", "largest", "smallest"):
        rows.append(Row(origin.kind, origin.before, "total"))
    if origin.activation and origin.kind != "function":
        rows.append(Row(f"after {activation_name(origin)}", origin.result, "total"))
    return rows


def _contribution(origin: Origin, words: Words, at: int) -> str:
    region = origin.regions[0]
    vector = len(words.network.shapes[region.number]) == 1
    index: Shape = (at,) if vector else (*origin.index[:2], at)
    place = words.place(*unmoved(words.network, region.number, index))
    return f"{place}: {rounded(origin.inputs[at])} × {rounded(origin.weights[at])}"


def _times(weight: float) -> str:
    return "" if weight == 1 else f" × {rounded(weight)}"


def _by_size(values: Floats) -> list[int]:
    """Return the places of values, the largest absolute value first."""
    return [int(at) for at in np.argsort(-np.abs(values), kind="stable")]


def _largest(values: Floats, name: Callable[[int], str], what: str) -> list[Row]:
    """Return rows for the largest terms, and one for the sum of all others."""
    order = _by_size(values)
    rows = [Row(name(at), values[at]) for at in order[:TERMS]]
    others = order[TERMS:]
    if others:
        rows.append(Row(f"the other {len(others):,} {what}", float(values[others].sum())))
    return rows


def _table_row(row: Row) -> str:
    """Return a row of the table; an attribute holds the number that is not rounded."""
    cell = f'<td class="{row.kind}" data-value="{float(row.value)!r}">{rounded(row.value)}</td>'
    return f'<tr><th scope="row">{escape(row.name)}</th>{cell}</tr>'


# --- squares -----------------------------------------------------------------------------------


def _grid(
    values: Floats,
    name: str,
    top: float,
    inside: NDArray[np.bool_],
    winner: Sequence[int] | None = None,
) -> str:
    """Return numbers in squares, coloured as maps are; padding is grey."""
    rows = []
    for row, line in enumerate(values):
        cells = [
            _square(float(value), top, bool(inside[row, column]), winner == (row, column))
            for column, value in enumerate(line)
        ]
        rows.append(f"<tr>{''.join(cells)}</tr>")
    return f'<table class="grid"><caption>{escape(name)}</caption>{"".join(rows)}</table>'


def _square(value: float, top: float, inside: bool, winner: bool) -> str:
    kind = "winner" if winner else "value" if inside else "padding"
    colour = f' style="background: {pale(value, top)}"' if inside else ""
    text = rounded(value) if abs(value) >= 100 else f"{round(value, 2) + 0.0:.2f}".replace("-", "−")
    return f'<td class="{kind}"{colour}>{text}</td>'
