"""Figures of the lesson on the browser: quantised weights, and answers near a tie."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from hwr._support.display import PALETTE
from hwr.plots.base import Figure, by_name, new_figure, trends


def quantized_weights(numbers: NDArray[np.integer], bits: int = 8) -> Figure:
    """Draw a histogram of quantised weights, one bar for each whole number.

    Parameters
    ----------
    numbers : ndarray of int
        Quantised weights, of any shape.
    bits : int
        Bits per weight: the numbers go from -(2^(bits - 1) - 1) to 2^(bits - 1) - 1.
    """
    most = 2 ** (bits - 1) - 1
    counts = np.bincount(numbers.ravel().astype(int) + most, minlength=2 * most + 1)
    made, ax = new_figure(size=(6.4, 2.6))
    ax.bar(np.arange(-most, most + 1), counts, width=1, color=PALETTE["main"])
    ax.yaxis.set_major_formatter("{x:,.0f}")
    ax.set(xlabel="number in the file", ylabel="weights", xlim=(-most - 1, most + 1))
    quarter = (most + 1) // 4
    near = float((np.abs(numbers.astype(int)) <= quarter).mean())
    made.alt = f"{numbers.size:,} whole numbers: {near:.0%} lie between -{quarter} and {quarter}."
    return made


def quantization_steps(filters: Mapping[str, NDArray[np.floating]], bits: int) -> Figure:
    """Draw filters' weights and the steps they are rounded to, with a shared and an own scale.

    Parameters
    ----------
    filters : mapping of str to ndarray of float
        Weights by filter name; the filters share the layer's scale.
    bits : int
        Bits per weight: there are 2^bits - 1 steps.
    """
    most = 2 ** (bits - 1) - 1
    shared = max(float(np.abs(weights).max()) for weights in filters.values())
    met: dict[str, list[int]] = {}
    made, axes = new_figure(len(filters), 2, size=(8.4, 1.3 * len(filters)), sharex="row")
    for row, (name, weights) in zip(axes, filters.items(), strict=True):
        own = float(np.abs(weights).max())
        for ax, largest, whose in zip(row, (shared, own), ("layer", "filter"), strict=True):
            lines = np.arange(-most, most + 1) * largest / most
            lines = lines[np.abs(lines) <= own * 1.15]
            met.setdefault(f"{name} (up to {own:.2g})", []).append(len(lines))
            ax.vlines(lines, 0, 1, color=PALETTE["other"])
            ax.plot(weights.ravel(), np.full(weights.size, 0.5), "o", color=PALETTE["main"], ms=4)
            ax.set_title(f"{name}, one scale per {whose}", fontsize=9)
            ax.set(yticks=[], xlim=(-own * 1.2, own * 1.2))
            ax.spines["left"].set_visible(False)
    made.alt = f"Steps near the weights, a scale per layer and per filter: {by_name(met, 'd')}."
    return made


def changed_answers(shares: Mapping[str, Mapping[int, float]]) -> Figure:
    """Draw the share of answers that change with fewer bits per weight.

    Parameters
    ----------
    shares : mapping of str to mapping of int to float
        Share of changed answers by number of bits, for at most two ways of rounding.
    """
    made, ax = new_figure(size=(6.4, 3.2))
    styles = zip((PALETTE["bad"], PALETTE["main"]), "os", strict=True)
    for (name, by_bits), (colour, marker) in zip(shares.items(), styles, strict=False):
        ax.plot(list(by_bits), list(by_bits.values()), marker=marker, color=colour, label=name)
    ticks = sorted({bits for by_bits in shares.values() for bits in by_bits})
    ax.set_xticks(ticks)
    # Linear below a thousandth, so that a share of 0 can be drawn.
    ax.set_yscale("symlog", linthresh=0.001)
    ax.set_yticks([0, 0.001, 0.01, 0.1, 1], ["0", "0.1 %", "1 %", "10 %", "100 %"])
    ax.set(xlabel="bits per weight", ylabel="answers that change", ylim=(0, 1.2))
    ax.legend(fontsize=9, frameon=False)
    lines = {name: [line[bits] for bits in sorted(line)[::-1]] for name, line in shares.items()}
    made.alt = f"Answers that change with {ticks[-1]} to {ticks[0]} bits: {trends(lines, '.1%')}."
    return made


def lead_histogram(distances: NDArray[np.floating], tolerances: Mapping[str, float]) -> Figure:
    """Draw a histogram of the best answer's lead over the second, on a logarithmic axis.

    Parameters
    ----------
    distances : ndarray of float
        Best probability minus the second best.
    tolerances : mapping of str to float
        Tolerances by name; twice each is marked.
    """
    made, ax = new_figure(size=(6.4, 3.0))
    ax.hist(np.maximum(distances, 1e-8), bins=np.logspace(-8, 0, 49), color=PALETTE["main"])
    ax.set_xscale("log")
    ax.set_yscale("symlog", linthresh=1)
    ax.yaxis.set_major_formatter("{x:,.0f}")
    for (name, tolerance), use in zip(tolerances.items(), ("good", "bad"), strict=False):
        colour = PALETTE[use]
        ax.axvline(2 * tolerance, color=colour, linestyle="--")
        ax.annotate(
            f" {name}", (2 * tolerance, 0.92), xycoords=("data", "axes fraction"), color=colour,
            fontsize=9,
        )  # fmt: skip
    ax.set(xlabel="best probability minus the second", ylabel="answers")
    near = {name: np.sum(distances < 2 * tolerance) for name, tolerance in tolerances.items()}
    made.alt = f"{len(distances):,} leads; below twice each tolerance: {by_name(near, ',')}."
    return made
