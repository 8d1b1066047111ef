"""Figures of the lesson on words, second part: answers frame by frame, paths, and their sums."""

from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import groupby, pairwise

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from numpy.typing import NDArray

from hwr._support.display import PALETTE, TEXT
from hwr.ink import Ink
from hwr.plots.base import (
    FRAME,
    INK,
    TELLING,
    Figure,
    draw_image,
    draw_paper,
    legend_beside,
    listed,
    new_figure,
)
from hwr.words.ctc import BLANK

WIDTH = 7.2
"""Width of a figure in inches."""
MOST_INCHES, ROW = 1.9, 0.24
"""Height of the tallest image of a line, and of a row of answers, in inches."""
UNDERSCORE = "_"
"""How the blank is written."""
SHADES = LinearSegmentedColormap.from_list("answers", ["white", PALETTE["main"]])
ARROW, FAINT = "#999999", "#76767680"
LINES = 6
"""Most texts in one figure, one colour for each."""
COLOURS = [PALETTE[name] for name in ("main", "other", "good", "third", "sky", "bad")]
SHOWN = 5
"""Moments at which a word that is being written is drawn."""


def frame_probabilities(
    image: NDArray[np.float32],
    probabilities: NDArray[np.float64],
    characters: str,
    least: float = 0.2,
) -> Figure:
    """Draw a line's image, and below it what a network answers in each frame.

    Parameters
    ----------
    image : ndarray of float32, shape (rows, columns), in 0..1
        1 is ink.
    probabilities : ndarray of float, shape (frames, 1 + characters)
        Of the blank and of each character.
    characters : str
    least : float
        A character that is nowhere more probable has no row.
    """
    frames, names = len(probabilities), UNDERSCORE + characters
    high = probabilities.max(axis=0) >= least
    shown = [i for i in np.argsort(probabilities.argmax(axis=0)) if high[i] and i != BLANK]
    shown.append(BLANK)
    pixel = min(WIDTH / image.shape[1], MOST_INCHES / image.shape[0])
    wide, tall, low = pixel * image.shape[1], pixel * image.shape[0], ROW * (len(shown) + 1)
    made, (above, below) = new_figure(
        2, 1, (wide + 0.8, tall + low + 0.5), height_ratios=(tall, low), sharex=True
    )
    place = (-0.5, frames - 0.5, image.shape[0], 0)
    draw_image(above, image, aspect="auto", extent=place)
    drawn = below.imshow(
        probabilities[:, shown].T, cmap=SHADES, vmin=0, vmax=1, aspect="auto",
        interpolation="nearest",
    )  # fmt: skip
    below.set_yticks(range(len(shown)), [names[i] for i in shown], fontfamily=TELLING)
    best = "".join(names[i] for i in probabilities.argmax(axis=1))
    for frame, name in enumerate(best):
        below.text(frame, len(shown) - 0.2, name, ha="center", va="center", fontsize=7,
                   fontfamily=TELLING, color=PALETTE["neutral"])  # fmt: skip
    below.set(ylim=(len(shown) + 0.2, -0.5), xlabel="frame")
    below.tick_params(length=0)
    made.colorbar(drawn, ax=[above, below], label="probability", fraction=0.03, shrink=0.7)
    steps = ((name, len(list(run))) for name, run in groupby(best))
    made.alt = (
        f"A word's image above the answers in {frames} frames; from left to right, the most "
        f"probable are {listed(f'{name} in {length}' for name, length in steps)}."
    )
    return made


def trellis(states: str, probabilities: NDArray[np.float64], path: Sequence[int] = ()) -> Figure:
    """Draw all paths of a text as ways from left to right, with one of them highlighted.

    Parameters
    ----------
    states : str
        The text's characters with blanks before, between and after them, such as ``_a_b_``.
    probabilities : ndarray of float, shape (frames, states)
        Of each state's character or blank in each frame.
    path : sequence of int
        The highlighted path's state in each frame.
    """
    frames, count = probabilities.shape
    made, ax = new_figure(size=(1.1 * frames + 0.9, 0.46 * count + 0.5))
    joined = _joined(states, frames)
    steps = set(enumerate(pairwise(path)))
    for frame, (before, after) in joined:
        best = (frame, (before, after)) in steps
        ax.annotate(
            "", (frame + 0.8, after), (frame + 0.2, before),
            arrowprops={"arrowstyle": "->", "color": PALETTE["main"] if best else ARROW,
                        "linewidth": 2 if best else 1, "shrinkA": 0, "shrinkB": 0},
        )  # fmt: skip
    open_ = {(0, way[0]) for frame, way in joined if frame == 0}
    open_ |= {(frame + 1, way[1]) for frame, way in joined}
    for frame, state in np.ndindex(frames, count):
        best = frame < len(path) and path[frame] == state
        colour = PALETTE["main"] if best else TEXT if (frame, state) in open_ else FAINT
        ax.text(
            frame, state, f"{probabilities[frame, state]:.2g}", ha="center", va="center",
            fontsize=10, color=colour, fontweight="bold" if best else "normal",
        )  # fmt: skip
    ax.set(xlim=(-0.4, frames - 0.6), ylim=(count - 0.5, -0.6), xlabel="frame")
    ax.set_yticks(range(count), list(states), fontfamily=TELLING, fontsize=12)
    ax.set_xticks(range(frames), [str(frame + 1) for frame in range(frames)])
    ax.tick_params(length=0)
    ax.spines[:].set_visible(False)
    chosen = "".join(states[state] for state in path)
    made.alt = f"All paths of {states.replace(UNDERSCORE, '')} through {frames} frames" + (
        f", the path {chosen} highlighted." if path else f", by {len(joined)} steps."
    )
    return made


def _joined(states: str, frames: int) -> list[tuple[int, tuple[int, int]]]:
    """Return the steps of all complete paths: the frame before, the state before and after."""
    ways = [
        (before, after)
        for after in range(len(states))
        for before in range(max(after - 2, 0), after + 1)
        if before > after - 2 or (states[after] not in (UNDERSCORE, states[before]))
    ]
    reached = [{0, 1}]
    for _ in range(frames - 1):
        reached.append({after for before, after in ways if before in reached[-1]})
    ends = {len(states) - 1, len(states) - 2}
    found = []
    for frame in range(frames - 2, -1, -1):
        kept = [way for way in ways if way[0] in reached[frame] and way[1] in ends]
        found += [(frame, way) for way in kept]
        ends = {before for before, _ in kept}
    return found[::-1]


def texts_while_written(inks: Sequence[Ink], readings: Sequence[Mapping[str, float]]) -> Figure:
    """Draw how the probabilities of texts change while a word is written.

    Parameters
    ----------
    inks : sequence of Ink
        What is on the sheet at each moment; the last one is the whole word.
    readings : sequence of mapping of str to float
        Probabilities in 0..1 by text, for each of these moments.
    """
    points = [sum(map(len, ink.strokes)) for ink in inks]
    shares = [count / points[-1] for count in points]
    made = new_figure(size=(WIDTH, 4.0))[0]
    made.clear()
    grid = made.add_gridspec(2, SHOWN, height_ratios=(1, 2.6))
    for number in range(SHOWN):
        wanted = (number + 1) / SHOWN
        place = int(np.argmin([abs(share - wanted) for share in shares]))
        _draw_begun(made.add_subplot(grid[0, number]), inks[place], inks[-1])
    ax = made.add_subplot(grid[1, :])
    ax.spines[["top", "right"]].set_visible(False)
    highest: Counter[str] = Counter()
    for reading in readings:
        highest |= Counter(reading)
    lines = [
        (text, [reading.get(text, 0.0) for reading in readings])
        for text, _ in highest.most_common(LINES)
    ]
    lines.sort(key=lambda line: int(np.argmax(line[1])))  # as they come and go
    for (text, values), colour in zip(lines, COLOURS, strict=False):
        ax.plot(shares, values, "o-", color=colour, markersize=3, label=text)
    ax.set(xlim=(0, 1.01), ylim=(0, 1.03), xlabel="share of the word that is written",
           ylabel="probability")  # fmt: skip
    ax.xaxis.set_major_formatter("{x:.0%}")
    ax.yaxis.set_major_formatter("{x:.0%}")
    legend_beside(ax, prop={"family": TELLING})
    best = (max(each, key=each.__getitem__) if each else "nothing" for each in readings)
    steps = [text for text, _ in groupby(best)]
    made.alt = f"The most probable text while a word is written: {listed(steps, ', then ')}."
    return made


def _draw_begun(ax: Axes, begun: Ink, whole: Ink) -> None:
    """Draw the part of a word that is written, and the rest of it pale."""
    for ink, colour in ((whole, FRAME), (begun, INK)):
        for stroke in ink.strokes:
            ax.plot(*stroke.T, color=colour, linewidth=1.6, solid_capstyle="round")
    ax.invert_yaxis()
    ax.set_aspect("equal")
    ax.set_axis_off()
    draw_paper(ax)
