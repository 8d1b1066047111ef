"""The figure of the lesson on teaching it your hand."""

from collections.abc import Mapping, Sequence

from hwr._support.display import PALETTE
from hwr.plots.base import Figure, by_name, legend_beside, new_figure

MARKERS = (("neutral", "o"), ("bad", "X"), ("main", "s"), ("good", "*"))


def two_goals(
    networks: Mapping[str, tuple[float, float]], line: Sequence[tuple[float, float]], least: float
) -> Figure:
    """Draw networks' accuracy on other people's handwriting against that on one hand.

    Parameters
    ----------
    networks : mapping of str to (float, float)
        Shares read right of the dataset's images and of one person's drawings, by name; at most
        four.
    line : sequence of (float, float)
        The same two shares for mixtures of two networks, in order.
    least : float
        Share of the dataset's images that must still be read right.
    """
    made, ax = new_figure(size=(6.4, 3.9))
    ax.plot(*zip(*line, strict=True), ".-", color=PALETTE["sky"], label="mixtures", zorder=1)
    for (name, point), (colour, marker) in zip(networks.items(), MARKERS, strict=False):
        ax.scatter(*point, s=90, color=PALETTE[colour], marker=marker, label=name, zorder=2)
    ax.axvline(least, color=PALETTE["neutral"], linestyle=":", linewidth=1)
    ax.annotate(
        "at least this ", (least, 0.02), xycoords=("data", "axes fraction"), ha="right",
        color=PALETTE["neutral"], fontsize=9,
    )  # fmt: skip
    ax.xaxis.set_major_formatter("{x:.0%}")
    ax.yaxis.set_major_formatter("{x:.0%}")
    ax.set(xlabel="other people's images read right", ylabel="this hand's drawings read right")
    legend_beside(ax, fontsize=9)
    made.alt = f"Other people's images and this hand's drawings read right: {by_name(networks)}."
    return made
