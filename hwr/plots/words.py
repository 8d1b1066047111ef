"""Figures of the lesson on words: a column scan, the strokes, the lattice, and what was read."""

from collections.abc import Callable, Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle
from numpy.typing import NDArray
from PIL import Image

from hwr._support.display import PALETTE, draw_strokes
from hwr.ink import PEN, Ink
from hwr.plots.base import (
    FRAME,
    INK,
    PAPER,
    TELLING,
    Figure,
    by_name,
    draw_image,
    draw_paper,
    legend_beside,
    listed,
    new_figure,
    new_grid,
)
from hwr.words.lattice import Group
from hwr.words.segments import Segments
from hwr.words.text import Word

WIDTH = 7.2
"""Width of a figure in inches."""
OVERSAMPLING = 4
"""A word is drawn larger by this factor and then reduced, for soft edges."""
ABOVE, BELOW = 0.9, 0.3
"""Margins of writing, in its own unit; the upper one has room for what was read."""
CHOSEN, UNCHOSEN = "#D6E8F2", "#5F5F5F"
"""Colours of a box on the best path, and of the text in the others."""
STROKE_COLOURS = [PALETTE[name] for name in ("main", "other", "good", "third", "sky", "bad")]

Picture = NDArray[np.float32]


def rasterize_word(ink: Ink, height: float, pen: float = PEN, pixels: int = 72) -> Picture:
    """Return a word as a picture.

    Parameters
    ----------
    ink : Ink
    height : float
        Height of the hand's capitals, in the ink's own unit.
    pen : float
        Width of the pen, as a share of this height.
    pixels : int
        This height in pixels.

    Returns
    -------
    ndarray of float32, shape (rows, columns), in 0..1
        1 is ink, with a few empty rows and columns around it.
    """
    low, high = ink.bounds()
    scale = OVERSAMPLING * pixels / height
    radius = pen * height * scale / 2
    margin = radius + 2 * OVERSAMPLING
    width, tall = np.ceil(((high - low) * scale + 2 * margin) / OVERSAMPLING).astype(int).tolist()
    sheet = Image.new("L", (width * OVERSAMPLING, tall * OVERSAMPLING))
    strokes = [(stroke - low) * scale + margin for stroke in ink.strokes]
    draw_strokes(sheet, strokes, 2 * radius, 255)
    small = sheet.resize((width, tall), Image.Resampling.BOX)
    return np.asarray(small, np.float32) / np.float32(255)


def column_scan(
    scans: Sequence[tuple[Picture, Sequence[tuple[int, int]], Sequence[str]]],
) -> Figure:
    """Draw pictures of words with their cuts, and below each the ink in its columns.

    Parameters
    ----------
    scans : sequence of (picture, runs, answers)
        A picture as :func:`rasterize_word` returns it, half-open runs of columns, and what each
        run was read as.
    """
    wide = np.array([shown.shape[1] for shown, _, _ in scans])
    rows = max(len(shown) for shown, _, _ in scans)
    inches = min(WIDTH / wide.sum(), 1 / 55)  # of a pixel
    made, axes = new_figure(
        2, len(scans), size=(wide.sum() * inches + 0.4, 1.3 * rows * inches + 1.1), squeeze=False,
        height_ratios=(1.3 * rows * inches, 0.6), width_ratios=wide, sharex="col",
    )  # fmt: skip
    for (shown, runs, answers), ax, below in zip(scans, axes[0], axes[1], strict=True):
        draw_image(ax, shown, aspect="auto")  # as wide as what is below
        draw_paper(ax)
        ax.spines[:].set_visible(False)
        for (left, right), answer in zip(runs, answers, strict=True):
            box = Rectangle((left - 0.5, -0.5), right - left, len(shown), fill=False)
            box.set(edgecolor=PALETTE["main"], linewidth=1.5)
            ax.add_patch(box)
            ax.text((left + right - 1) / 2, -0.06 * rows, answer, ha="center", va="bottom",
                    fontsize=13, fontfamily=TELLING, color=PALETTE["main"])  # fmt: skip
        ax.set(xlim=(-rows / 12, shown.shape[1] + rows / 12), ylim=(rows - 0.5, -0.3 * rows))
        profile = (shown > 0.5).sum(axis=0)
        below.fill_between(np.arange(len(profile)), profile, step="mid", color=PALETTE["neutral"])
        below.set(xlabel="column", yticks=[], ylim=(0, None))
        below.spines["left"].set_visible(False)
    axes[1, 0].set_ylabel("ink")
    pieces = (" ".join(answers) for *_, answers in scans)
    made.alt = f"Writing cut where its columns hold no ink, read as: {listed(pieces, '; ')}."
    return made


def numbered_strokes(ink: Ink) -> Figure:
    """Draw a word's strokes in several colours, numbered from left to right.

    Parameters
    ----------
    ink : Ink
    """
    ink = Ink([ink.strokes[i] for i in Segments.from_ink(ink).indices], ink.pen)
    made, ax = new_figure(size=(WIDTH, 2.2))
    _draw(ax, ink, STROKE_COLOURS, linewidth=6)
    top, bottom = ax.get_ylim()[1], ax.get_ylim()[0]
    for number, stroke in enumerate(ink.strokes, 1):
        middle = float(stroke[:, 0].min() + stroke[:, 0].max()) / 2
        colour = STROKE_COLOURS[(number - 1) % len(STROKE_COLOURS)]
        low = bottom + 0.12 * (bottom - top) * (1 + number % 2)
        ax.text(middle, low, str(number), ha="center", va="center", color=colour, fontsize=12)
    ax.set_ylim(bottom + 0.36 * (bottom - top), top)
    made.alt = f"A word in {len(ink.strokes)} strokes, numbered from left to right."
    return made


def lattice(
    groups: Sequence[Group],
    segments: int,
    path: Sequence[Group] = (),
    image: Callable[[int, int], NDArray[np.uint8]] | None = None,
) -> Figure:
    """Draw groups as boxes over their segments, with one path highlighted.

    Parameters
    ----------
    groups : sequence of Group
    segments : int
        Number of segments.
    path : sequence of Group
        Groups that are highlighted.
    image : callable, optional
        Takes a group's start and end and returns what the network sees; drawn into the box.
    """
    lanes = _lanes(groups)
    column, row = min(1.15, WIDTH / segments), 0.5  # inches
    rows = max(lanes, default=0) + 1
    made, ax = new_figure(size=(column * segments + 0.1, row * rows + 0.6))
    inner = 0.04 / column, 0.04 / row
    taken = {(group.start, group.end) for group in path}
    for group, lane in zip(groups, lanes, strict=True):
        best = (group.start, group.end) in taken
        box = Rectangle(
            (group.start + inner[0], lane + inner[1]),
            group.end - group.start - 2 * inner[0], 1 - 2 * inner[1],
            facecolor=CHOSEN if best else PAPER,
            edgecolor=PALETTE["main"] if best else FRAME, linewidth=2 if best else 1,
        )  # fmt: skip
        ax.add_patch(box)
        middle = (group.start + group.end) / 2
        if image is not None:
            side = 0.35 / column, 0.35 / row
            left, low = middle - side[0], lane + (1 - side[1]) / 2
            place = (left, left + side[0], low, low + side[1])
            ax.imshow(
                image(group.start, group.end), cmap="gray_r", extent=place, aspect="auto", zorder=2
            )
        ax.text(
            middle + (0.02 / column if image is not None else 0), lane + 0.48,
            _label(group, image is not None), ha="left" if image is not None else "center",
            va="center", fontsize=9 if image is not None else 11, linespacing=1.05,
            fontfamily=TELLING, color=INK if best else UNCHOSEN,
            fontweight="bold" if best else "normal",
        )  # fmt: skip
    ax.set(xlabel="stroke", yticks=[], xlim=(0, segments), ylim=(0, rows))
    ax.set_xticks(np.arange(segments) + 0.5, [f"{n}" for n in range(1, segments + 1)])
    ax.tick_params(length=0)
    ax.spines[["left", "bottom"]].set_visible(False)
    texts = (f"{g.start + 1} to {g.end}: {_label(g, narrow=False)}" for g in path or groups)
    which = "the best path" if path else "each with its best letters"
    made.alt = f"{len(groups)} groups over {segments} strokes, {which}: {listed(texts, '; ')}."
    return made


def _label(group: Group, narrow: bool) -> str:
    """Return the text of a group's box: its best letter, or its best two if there is no image."""
    named = [(letter, score) for letter, score in group.scores if letter]
    if narrow:
        return "{}\n{:.1f}".format(*named[0])
    return "\n".join(f"{letter} {score:.1f}" for letter, score in named[:2])


def _lanes(groups: Sequence[Group]) -> list[int]:
    """Return a row for each group in which it overlaps no other; short groups lie low."""
    found = [0] * len(groups)
    free: dict[tuple[int, int], int] = {}  # by length and row: up to where it is taken
    sizes = [(group.end - group.start, group.start) for group in groups]
    for i in sorted(range(len(groups)), key=sizes.__getitem__):
        length, start = sizes[i]
        lane = sum(other < length for other, _ in free)  # above all rows of shorter groups
        while free.get((length, lane), 0) > start:
            lane += 1
        free[length, lane] = groups[i].end
        found[i] = lane
    return found


def word_boxes(inks: Sequence[Ink], found: Sequence[Sequence[Word]], columns: int = 3) -> Figure:
    """Draw writing with a box around each letter and what was read above.

    Parameters
    ----------
    inks : sequence of Ink
    found : sequence of sequences of Word
        Words read in each ink. A word that is not sure is grey, with a question mark.
    columns : int
        Pictures in a row.
    """
    columns = min(columns, len(inks))
    width, rows = WIDTH / columns, -(-len(inks) // columns)
    tallest = max(_shape(ink) for ink in inks)
    made, axes = new_grid(len(inks), columns, width, min(tallest * width, 6.0 / rows))
    for ax, ink, words in zip(axes, inks, found, strict=True):
        _draw(ax, ink, [INK], linewidth=2.5 if columns > 1 else 2)
        _mark(ax, words, above=0.15)
        low, high = ink.bounds()
        ax.set_ylim(high[1] + BELOW, low[1] - ABOVE)
    made.alt = f"Writing with boxes around letters, read as: {listed(map(_texts, found), '; ')}."
    return made


def photograph(grey: NDArray[np.uint8], found: Sequence[Word] = ()) -> Figure:
    """Draw a picture as it is, with boxes and texts as in :func:`word_boxes`.

    Parameters
    ----------
    grey : ndarray of uint8, shape (height, width)
        Dark ink on bright paper.
    found : sequence of Word
    """
    tall, wide = grey.shape
    made, ax = new_figure(size=(WIDTH, WIDTH * tall / wide))
    ax.imshow(grey, cmap="gray", vmin=0, vmax=255)
    _mark(ax, found, above=0.01 * wide)
    ax.set_axis_off()
    read = f", read as: {_texts(found)}" if found else ""
    made.alt = f"A grey picture of {wide} by {tall} pixels{read}."
    return made


def words_read_right(shares: Mapping[str, Sequence[float]], conditions: Sequence[str]) -> Figure:
    """Draw shares of words read right as bars, grouped by condition.

    Parameters
    ----------
    shares : mapping of str to sequence of float
        A share in 0..1 for each condition, by reader; at most three readers.
    conditions : sequence of str
    """
    made, ax = new_figure(size=(6.4, 3.0))
    wide = 0.8 / len(shares)
    looks = [PALETTE["neutral"], PALETTE["other"], PALETTE["main"]]
    for number, (name, values) in enumerate(shares.items()):
        places = np.arange(len(conditions)) + (number - (len(shares) - 1) / 2) * wide
        bars = ax.bar(places, values, width=0.9 * wide, color=looks[number], label=name)
        ax.bar_label(bars, labels=[f"{value:.0%}" for value in values], fontsize=9)
    ax.set_xticks(range(len(conditions)), conditions)
    ax.set(ylabel="words read right", ylim=(0, 1.05), yticks=[])
    ax.spines["left"].set_visible(False)
    legend_beside(ax, fontsize=9)
    made.alt = f"Words read right, {' and '.join(conditions)}: {by_name(shares, '.0%')}."
    return made


def _texts(words: Sequence[Word]) -> str:
    texts = (word.text + ("" if word.sure else "?") for word in words if word.text)
    return listed(texts, " ") or "nothing"


def _mark(ax: Axes, words: Sequence[Word], above: float) -> None:
    """Draw boxes around the letters of words, and the texts at a distance above them."""
    for word in words:
        colour = PALETTE["main"] if word.sure else PALETTE["neutral"]
        for left, top, right, bottom in word.boxes:
            box = Rectangle((left, top), right - left, bottom - top, fill=False)
            box.set(edgecolor=colour, linewidth=1)
            ax.add_patch(box)
        if len(word.boxes):
            left, top = word.boxes[:, :2].min(axis=0)
            text = word.text + ("" if word.sure else "?")
            ax.text(left, top - above, text, fontsize=12, fontfamily=TELLING, color=colour)


def _draw(ax: Axes, ink: Ink, colours: Sequence[str], linewidth: float) -> None:
    for number, stroke in enumerate(ink.strokes):
        ax.plot(*stroke.T, color=colours[number % len(colours)], linewidth=linewidth,
                solid_capstyle="round", solid_joinstyle="round", alpha=0.9)  # fmt: skip
    low, high = ink.bounds()
    ax.set(xlim=(low[0] - BELOW, high[0] + BELOW), ylim=(high[1] + BELOW, low[1] - BELOW))
    ax.set_aspect("equal")
    ax.set_axis_off()
    draw_paper(ax)


def _shape(ink: Ink) -> float:
    """Return the height of a drawing with its margins as a share of its width."""
    low, high = ink.bounds()
    return float((high[1] - low[1] + ABOVE + BELOW) / (high[0] - low[0] + 2 * BELOW))
