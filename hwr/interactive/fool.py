"""Fool the network: move, turn or thicken a character until a network misreads it.

The 28x28 image is changed, not the drawing: the conversion would undo the change, as it brings
every drawing to the same place and size.

>>> from hwr import interactive
>>> networks = {"plain": plain, "augmented": augmented}                    # doctest: +SKIP
>>> interactive.Fool(image, networks, CHARACTERS, "g")                     # doctest: +SKIP
"""

from collections.abc import Callable, Mapping, Sequence
from html import escape
from typing import Any, NamedTuple

import ipywidgets as widgets
import numpy as np
from ipywidgets import Layout
from matplotlib.axes import Axes
from numpy.typing import NDArray

from hwr import plots
from hwr._support.display import PALETTE
from hwr.augmentation import change_thickness, sample
from hwr.ink import SIDE, Ink
from hwr.interactive import widget
from hwr.interactive.slider import Slider
from hwr.interactive.widget import InteractiveFigure, Picture
from hwr.pads import html
from hwr.plots.base import TELLING, Figure, draw_image

PredictFunction = Callable[[NDArray[np.uint8]], NDArray[Any]]
"""From images, uint8 of shape (n, 28, 28), to probabilities of shape (n, classes)."""


def change_image(
    image: Picture,
    shift: tuple[float, float] = (0, 0),
    turn: float = 0,
    size: float = 1,
    thickness: float = 0,
) -> Picture:
    """Return the image of a character after a change; what moves out of the image is lost.

    Parameters
    ----------
    image : ndarray of uint8, shape (28, 28)
    shift : (float, float)
        Pixels down and to the right.
    turn : float
        Degrees, clockwise.
    size : float
        1 keeps the size, 0.5 halves it.
    thickness : float
        -1 thins the strokes by a pixel at each edge, 1 thickens them by as much; see
        :func:`hwr.augmentation.change_thickness`.

    Returns
    -------
    ndarray of uint8, shape (28, 28)
    """
    if size <= 0:
        raise ValueError(f"The size is {size}: give more than 0, and 1 to keep it.")
    images = change_thickness(image[None], np.array([float(thickness)]))
    middle = (SIDE - 1) / 2
    down, right = np.mgrid[:SIDE, :SIDE] - middle - np.reshape(shift, (2, 1, 1))
    cos, sin = np.cos(np.deg2rad(turn)) / size, np.sin(np.deg2rad(turn)) / size
    # For each pixel of the new image, the place in the old one that it comes from.
    grid = np.stack([cos * down - sin * right, cos * right + sin * down]) + middle
    return np.asarray(sample(images, grid[:, None].astype(np.float32))[0])


class _Answer(NamedTuple):
    probabilities: NDArray[Any]
    best: str
    right: bool
    described: str


class Fool(InteractiveFigure):
    """Sliders that change a character, and what networks read then.

    Parameters
    ----------
    drawing : Ink or ndarray of uint8, shape (28, 28)
    networks : mapping of str to callable
        By name; each from images, uint8 of shape (n, 28, 28), to probabilities, (n, classes).
    classes : sequence of str
        The networks' classes, in their order.
    label : str, optional
        The class that the drawing shows. Without it, each network's answer to the unchanged image
        counts as right.

    Attributes
    ----------
    down, right, turn, size, thickness : Slider
    reset : ipywidgets.Button
        Undoes all changes.
    seen : ipywidgets.HTML
        The changed image.
    """

    def __init__(
        self,
        drawing: Ink | NDArray[Any],
        networks: Mapping[str, PredictFunction],
        classes: Sequence[str],
        label: str | None = None,
    ) -> None:
        super().__init__()
        if label is not None and label not in classes:
            raise ValueError(
                f"The label {label!r} is none of the classes {' '.join(classes)}: give one of them."
            )
        self.image = widget.as_image(drawing)
        self.networks, self.classes, self.label = networks, classes, label
        self._expected = {
            name: label or classes[int(self._ask(name, self.image).argmax())] for name in networks
        }
        self.down = Slider("Down", 0, -10, 10, 1)
        self.right = Slider("Right", 0, -10, 10, 1)
        self.turn = Slider("Turn in °", 0, -180, 180, 5)
        self.size = Slider("Size", 1, 0.4, 1.6, 0.05)
        self.thickness = Slider("Thickness", 0, -1, 1, 0.1)
        self.reset = widgets.Button(description="Undo all changes", icon="undo")
        self.reset.layout.width = "auto"
        self.seen = widgets.HTML()
        self._bars = [widgets.HTML(layout=Layout(flex="1 1 240px")) for _ in networks]
        self._sliders = (self.down, self.right, self.turn, self.size, self.thickness)
        for slider in self._sliders:
            slider.observe(self.guard(self._update), "value")
        self.reset.on_click(self.guard(self._reset))
        controls = widgets.VBox([*self._sliders, self.reset], layout=Layout(flex="1 1 300px"))
        self.lay_out(widget.row(self.seen, controls), widget.row(*self._bars), self.message)
        self._update()

    @property
    def changes(self) -> dict[str, Any]:
        """The change that the sliders stand for, as :func:`change_image` takes it."""
        return {
            "shift": (self.down.value, self.right.value),
            "turn": self.turn.value,
            "size": self.size.value,
            "thickness": self.thickness.value,
        }

    def figure(self, **changes: Any) -> Figure:
        """Draw the image before and after a change, and the networks' best answers.

        Parameters
        ----------
        **changes
            ``shift``, ``turn``, ``size`` and ``thickness``, as for :func:`change_image`; without
            any, the change that the sliders stand for.
        """
        after = change_image(self.image, **(changes or self.changes))
        answers = self._answers(after)
        columns = 2 + len(answers)
        made, axes = plots.new_figure(1, columns, size=(1.9 * columns + 0.6, 2.3))
        draw_image(axes[0], self.image, "before")
        draw_image(axes[1], after, "after")
        for ax, (name, answer) in zip(axes[2:], answers.items(), strict=True):
            _draw_bars(ax, answer, self.classes)
            ax.set_title(f"{name}\n{answer.described}", fontsize=9, fontfamily=TELLING)
        made.alt = f"A character before and after a change. {_finding(answers)}"
        return made

    def _ask(self, name: str, image: Picture) -> NDArray[Any]:
        probabilities = np.asarray(self.networks[name](image[None]))
        if probabilities.shape != (1, len(self.classes)):
            raise ValueError(
                f"The network {name!r} gave an array of shape {probabilities.shape} for one image: "
                f"it must give one probability for each of the {len(self.classes)} classes."
            )
        return np.asarray(probabilities[0])

    def _answers(self, image: Picture) -> dict[str, _Answer]:
        """Return the networks' answers to an image, by name."""
        answers = {}
        for name, expected in self._expected.items():
            probabilities = self._ask(name, image)
            best = self.classes[int(probabilities.argmax())]
            right = best == expected
            if self.label is None:
                described = f"{'still' if right else 'now'} {best}"
            else:
                described = f"{best}: {'right' if right else 'wrong'}"
            answers[name] = _Answer(probabilities, best, right, described)
        return answers

    def _update(self, _: Any = None) -> None:
        after = change_image(self.image, **self.changes)
        picture = html.ink_image(after, "The changed character", 7)
        self.seen.value = widget.captioned(picture, "what the networks see")
        answers = self._answers(after)
        self.message.value = html.live_paragraph(_finding(answers))
        for place, (name, answer) in zip(self._bars, answers.items(), strict=True):
            shown = html.most_probable(answer.probabilities)
            bars = html.bars(
                [self.classes[index] for index in shown],
                [float(answer.probabilities[index]) for index in shown],
                [index == shown[0] and answer.right for index in shown],
            )
            place.value = f"<p>{escape(name)}: {escape(answer.described)}</p>{bars}"

    def _reset(self, _: Any) -> None:
        for slider in self._sliders:
            slider.value = 1 if slider is self.size else 0


def _finding(answers: Mapping[str, _Answer]) -> str:
    return "; ".join(f"{name}: {answer.described}" for name, answer in answers.items()) + "."


def _draw_bars(ax: Axes, answer: _Answer, classes: Sequence[str]) -> None:
    shown = html.most_probable(answer.probabilities)
    shares = [float(answer.probabilities[index]) for index in shown]
    first = PALETTE["main"] if answer.right else PALETTE["bad"]
    drawn = ax.barh(range(len(shown)), shares, color=[first, *["#BBBBBB"] * (len(shown) - 1)])
    ax.bar_label(drawn, labels=[f" {html.format_percent(share)}" for share in shares], fontsize=8)
    ax.set_yticks(range(len(shown)), [classes[i] for i in shown], fontfamily=TELLING, fontsize=11)
    ax.tick_params(left=False)
    ax.invert_yaxis()
    ax.set_xlim(0, 1.35)  # room for the numbers
    ax.set_xticks([])
    ax.spines["bottom"].set_visible(False)
