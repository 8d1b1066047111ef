"""When did it decide? A drawing is read again and again while it grows.

Every part is read as on the pad, brought to the same place and size: a short stroke fills the image
as long as there is nothing else.

>>> from hwr import interactive
>>> interactive.Replay(pad.ink, pad.recognizer)                            # doctest: +SKIP
"""

from typing import Any, NamedTuple

import ipywidgets as widgets
import numpy as np
from ipywidgets import Layout
from matplotlib.axes import Axes
from numpy.typing import NDArray

from hwr import plots
from hwr._support.display import PALETTE
from hwr.alphabets import Alphabet
from hwr.ink import Ink, convert
from hwr.interactive import widget
from hwr.interactive.player import Player
from hwr.interactive.slider import Slider
from hwr.interactive.widget import InteractiveFigure
from hwr.pads import html
from hwr.plots.base import FRAME, INK, TELLING, Figure, draw_paper
from hwr.recognizer import Recognizer

POINTS = 50
PAUSE = 0.12
"""Seconds between two moments of the replay."""
SNAPSHOTS = 6
LIKELY = 0.2
"""Highest probability from which on a character gets a line of its own."""
DASHES = (("main", "-"), ("other", "--"), ("good", "-."), ("bad", ":"), ("third", (0, (8, 3))))
"""Colours and dashes of the lines."""


class AnswerHistory(NamedTuple):
    """The probabilities of all classes while a drawing grew.

    Attributes
    ----------
    times : ndarray of float64, shape (points,)
        The drawn share of the length, rising to 1.
    probabilities : ndarray of float32, shape (points, classes)
        Each row sums to 1.
    classes : tuple of str
    """

    times: NDArray[np.float64]
    probabilities: NDArray[np.float32]
    classes: tuple[str, ...]

    @property
    def decided(self) -> int:
        """Index of the moment from which on the final answer stays first."""
        first = self.probabilities.argmax(axis=1)
        other = np.flatnonzero(first != first[-1])
        return int(other[-1]) + 1 if len(other) else 0

    @property
    def likely(self) -> list[int]:
        """The classes that were ever likely: the final one, then by their highest probability."""
        peaks = self.probabilities.max(axis=0)
        peaks[self.probabilities[-1].argmax()] = 2  # before all others
        return [index for index in html.most_probable(peaks, len(DASHES)) if peaks[index] >= LIKELY]


def first_part(ink: Ink, share: float) -> Ink:
    """Return the part of a drawing that was there when a share of its length was drawn.

    Parameters
    ----------
    ink : Ink
    share : float
        In 0..1. A dot has no length: it is there as soon as all strokes before it are.
    """
    if share >= 1:
        return ink  # despite rounding errors in the sum of lengths
    left = share * sum(float(_steps(stroke).sum()) for stroke in ink.strokes)
    strokes: list[NDArray[np.float64]] = []
    for stroke in ink.strokes:
        travelled = np.concatenate([[0.0], np.cumsum(_steps(stroke))])
        inside = stroke[travelled <= left]
        if travelled[-1] > left:  # the pen is on its way between two points
            tip = [np.interp(left, travelled, stroke[:, axis]) for axis in (0, 1)]
            return Ink([*strokes, np.vstack([inside, tip])], ink.pen)
        strokes.append(inside)
        left -= travelled[-1]
    return Ink(strokes, ink.pen)


def _steps(stroke: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(np.hypot(*np.diff(stroke, axis=0).T))


def answers_over_time(
    ink: Ink,
    recognizer: Recognizer,
    points: int = POINTS,
    alphabet: str | int | Alphabet | None = None,
) -> AnswerHistory:
    """Read a drawing at many moments while it grows.

    Parameters
    ----------
    ink : Ink
    recognizer : Recognizer
    points : int
        Number of moments, evenly spaced along the drawn length.
    alphabet : str, int or Alphabet, optional
        As for :meth:`hwr.recognizer.Recognizer.read`.

    Returns
    -------
    AnswerHistory
        Its last row is the answer to the whole drawing.
    """
    if ink.empty:
        raise ValueError("There is no ink to replay: draw a character first.")
    if points < 2:
        raise ValueError(f"{points} moments are no replay: give 2 or more.")
    times = np.arange(1, points + 1) / points
    readings = [recognizer.read(first_part(ink, share), alphabet) for share in times]
    probabilities = np.stack([reading.probabilities for reading in readings])
    return AnswerHistory(times, probabilities, readings[0].alphabet.classes)


class Replay(InteractiveFigure):
    """A slider and a play button over the growing drawing, with the answer at each moment.

    Parameters
    ----------
    drawing : Ink
    recognizer, points, alphabet
        As for :func:`answers_over_time`.

    Attributes
    ----------
    history : AnswerHistory
    moment : Slider
    play : Player
    drawn : ipywidgets.HTML
        The growing drawing.
    """

    def __init__(
        self,
        drawing: Ink,
        recognizer: Recognizer,
        points: int = POINTS,
        alphabet: str | int | Alphabet | None = None,
    ) -> None:
        super().__init__()
        self.ink = drawing
        self.history = answers_over_time(drawing, recognizer, points, alphabet)
        self.moment = Slider("Moment", points, 1, points)
        self.moment.layout.flex = "1 1 240px"
        self.play = Player(self.moment, PAUSE)
        self.drawn = widgets.HTML()
        self._bars = widgets.HTML(layout=Layout(flex="1 1 260px"))
        self.moment.observe(self.guard(self._update), "value")
        controls, shown = widget.row(self.play, self.moment), widget.row(self.drawn, self._bars)
        self.lay_out(controls, self.message, shown)
        self._update()

    @property
    def decided_at(self) -> float:
        """The share of the drawn length from which on the final answer stays first."""
        return float(self.history.times[self.history.decided])

    def figure(self) -> Figure:
        """Draw snapshots of the growing drawing, and below them the probabilities over time."""
        history = self.history
        made, axes = plots.new_figure(2, SNAPSHOTS, size=(7.6, 4.4), height_ratios=[1, 2.2])
        below = made.add_subplot(axes[0, 0].get_gridspec()[1, :])
        moments = np.rint(np.linspace(0, len(history.times) - 1, SNAPSHOTS + 1)).astype(int)[1:]
        for ax, hidden, moment in zip(axes[0], axes[1], moments, strict=True):
            hidden.remove()  # the lines take the whole width
            share = float(history.times[moment])
            _draw_strokes(ax, self.ink, share)
            answer = history.classes[history.probabilities[moment].argmax()]
            ax.set_title(f"{share:.0%}: {answer}", fontsize=9, fontfamily=TELLING)
        _draw_lines(below, history)
        final, *others = (history.classes[index] for index in history.likely)
        made.alt = (
            f"A drawing as it grows, read as {final} from {self.decided_at:.0%} of its length on; "
            f"likely on the way: {', '.join(others) or 'no other character'}."
        )
        return made

    def _update(self, _: Any = None) -> None:
        history, moment = self.history, self.moment.value - 1
        share, probabilities = float(history.times[moment]), history.probabilities[moment]
        part, shown = first_part(self.ink, share), html.most_probable(probabilities)
        names = [history.classes[index] for index in shown]
        shares = [float(probabilities[index]) for index in shown]
        final = int(history.probabilities[-1].argmax())
        seen = widget.captioned(html.ink_image(convert(part), "As the network sees it", 5), "seen")
        drawn = widget.captioned(_svg(self.ink, part), "drawn")
        self.drawn.value = f'<div class="hwr-steps">{drawn}{seen}</div>'
        self._bars.value = html.bars(names, shares, [index == final for index in shown])
        settled = " From here on it stays so." if moment == history.decided else ""
        sentence = f"{share:.0%} drawn: {names[0]} ({html.format_percent(shares[0])}).{settled}"
        self.message.value = html.live_paragraph(sentence, visible=True)


def _draw_strokes(ax: Axes, ink: Ink, share: float) -> None:
    low, high = ink.bounds()
    half = 0.6 * max(float((high - low).max()), 1e-6)  # one frame for all snapshots
    pen: dict[str, Any] = {"linewidth": 3, "solid_capstyle": "round"}
    dot: dict[str, Any] = {"marker": "o", "markersize": 3, "markeredgewidth": 0}
    for part, colour in ((ink, "#DDDDDD"), (first_part(ink, share), INK)):
        for stroke in part.strokes:
            ax.plot(*stroke.T, color=colour, **pen, **dot)
    middle = (low + high) / 2
    ax.set_xlim(middle[0] - half, middle[0] + half)
    ax.set_ylim(middle[1] + half, middle[1] - half)  # y goes down
    ax.set_aspect("equal")
    ax.set_xticks([])
    ax.set_yticks([])
    ax.spines[:].set(visible=True, color=FRAME)
    draw_paper(ax)


def _draw_lines(ax: Axes, history: AnswerHistory) -> None:
    ax.spines[["top", "right"]].set_visible(False)
    percent = 100 * history.times
    for index, (colour, line) in zip(history.likely, DASHES, strict=False):
        shares = 100 * history.probabilities[:, index]
        label = history.classes[index]
        ax.plot(percent, shares, color=PALETTE[colour], linestyle=line, linewidth=2, label=label)
    moment = percent[history.decided]
    ax.axvline(moment, color=PALETTE["neutral"], linewidth=1)
    side = {"ha": "left", "x": moment + 1} if moment < 60 else {"ha": "right", "x": moment - 1}
    ax.text(y=107, s=f"decided at {moment:.0f} %", fontsize=9, va="center", **side)
    ax.set(xlim=(0, 101), ylim=(0, 112), yticks=range(0, 101, 25))
    ax.set_xlabel("drawn length in %")
    ax.set_ylabel("probability in %")
    font = {"family": TELLING, "size": 12}
    ax.legend(frameon=False, loc="center left", bbox_to_anchor=(1.0, 0.5), prop=font)


def _svg(ink: Ink, part: Ink, side: int = 140) -> str:
    """Return a part of a drawing in black over the whole in grey, as an ``<svg>``."""
    low, high = ink.bounds()
    scale = 0.8 * side / max(float((high - low).max()), 1e-6)
    lines = []
    for strokes, colour in ((ink.strokes, "#ddd"), (part.strokes, "#1a1a1a")):
        for stroke in strokes:
            placed = (stroke - (low + high) / 2) * scale + side / 2
            points = " ".join(f"{x:.1f},{y:.1f}" for x, y in [placed[0], *placed])  # a dot too
            lines.append(f'<polyline points="{points}" stroke="{colour}"/>')
    return (
        f'<svg role="img" aria-label="The drawing so far" width="{side}" height="{side}" '
        f'viewBox="0 0 {side} {side}" '
        'fill="none" stroke-width="8" stroke-linecap="round" stroke-linejoin="round" '
        f'style="background: #fff">{"".join(lines)}</svg>'
    )
