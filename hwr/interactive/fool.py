"""Fool the network: move, turn or thicken a character until a network misreads it.

The changes are made to the 28x28 image, after the conversion of the drawing. Before it they would
come to nothing: the conversion brings every drawing to one place and one size.

>>> from hwr.interactive.fool import Fool
>>> Fool(image, {"plain": plain, "augmented": augmented}, CHARACTERS, "g")  # doctest: +SKIP
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

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

Network = Callable[[NDArray[np.uint8]], NDArray[Any]]
"""From images, uint8 of shape (n, 28, 28), to probabilities of shape (n, classes)."""


def change_image(
    drawing: Ink | NDArray[Any],
    shift: tuple[float, float] = (0, 0),
    turn: float = 0,
    size: float = 1,
    thickness: float = 0,
) -> Picture:
    """Change the image of a character; what moves out of the picture is lost.

    Parameters
    ----------
    drawing : Ink or ndarray of uint8, shape (28, 28)
    shift : (float, float)
        Pixels down and to the right.
    turn : float
        Degrees, clockwise.
    size : float
        1 keeps the size, 0.5 halves it.
    thickness : float
        -1 thins the strokes by a pixel at each edge, 1 thickens them so; see
        :func:`hwr.augmentation.change_thickness`.

    Returns
    -------
    ndarray of uint8, shape (28, 28)
    """
    if size <= 0:
        raise ValueError(f"The size is {size}: give more than 0, and 1 to keep it.")
    images = change_thickness(widget.as_image(drawing)[None], np.array([float(thickness)]))
    middle = (SIDE - 1) / 2
    down, right = np.mgrid[:SIDE, :SIDE] - middle - np.reshape(shift, (2, 1, 1))
    cos, sin = np.cos(np.deg2rad(turn)) / size, np.sin(np.deg2rad(turn)) / size
    # For each pixel of the new image, the place in the old one that it comes from.
    grid = np.stack([cos * down - sin * right, cos * right + sin * down]) + middle
    return np.asarray(sample(images, grid[:, None].astype(np.float32))[0])


@dataclass(frozen=True)
class Answer:
    """What a network says to an image.

    Attributes
    ----------
    probabilities : ndarray, shape (classes,)
    best : str
        The most probable class.
    right : bool
        Whether that is what the drawing shows.
    """

    probabilities: NDArray[Any]
    best: str
    right: bool


def ask_networks(
    image: Picture,
    networks: Mapping[str, Network],
    classes: Sequence[str],
    labels: Mapping[str, str],
) -> dict[str, Answer]:
    """Ask every network about an image.

    Parameters
    ----------
    image : ndarray of uint8, shape (28, 28)
    networks : mapping of str to callable
        By name; each from images, uint8 of shape (n, 28, 28), to probabilities, (n, classes).
    classes : sequence of str
        What the networks answer with, in their order.
    labels : mapping of str to str
        By network, the class that counts as right.
    """
    answers = {}
    for name, network in networks.items():
        probabilities = np.asarray(network(image[None]))
        if probabilities.shape != (1, len(classes)):
            raise ValueError(
                f"The network {name!r} gave an array of shape {probabilities.shape} for one image: "
                f"it must give one probability for each of the {len(classes)} classes."
            )
        says = classes[int(probabilities[0].argmax())]
        answers[name] = Answer(probabilities[0], says, says == labels[name])
    return answers


def expected_answers(
    image: Picture, networks: Mapping[str, Network], classes: Sequence[str], label: str | None
) -> dict[str, str]:
    """Say what counts as right for each network: the label, or its answer before any change."""
    if label is not None:
        if label not in classes:
            raise ValueError(
                f"The label {label!r} is none of the classes {' '.join(classes)}: give one of them."
            )
        return dict.fromkeys(networks, label)
    unchanged = ask_networks(image, networks, classes, dict.fromkeys(networks, ""))
    return {name: answer.best for name, answer in unchanged.items()}


def describe_answer(answer: Answer, label: str | None) -> str:
    """Say in a few words whether a network was fooled."""
    if label is None:
        return f"still {answer.best}" if answer.right else f"now {answer.best}"
    return f"{answer.best}: right" if answer.right else f"{answer.best}: wrong"


def figure(
    drawing: Ink | NDArray[Any],
    networks: Mapping[str, Network],
    classes: Sequence[str],
    label: str | None = None,
    **changes: Any,
) -> Figure:
    """Draw an image before and after a change, and the networks' best answers to it.

    Parameters
    ----------
    drawing : Ink or ndarray of uint8, shape (28, 28)
    networks : mapping of str to callable
        As for :func:`ask`; usually two.
    classes : sequence of str
        What the networks answer with, in their order.
    label : str, optional
        The class that the drawing shows. Without it, what counts as right is each network's
        answer to the unchanged image.
    **changes
        ``shift``, ``turn``, ``size``, ``thickness``, as for :func:`changed`.
    """
    image = widget.as_image(drawing)
    after = change_image(image, **changes)
    answers = ask_networks(
        after, networks, classes, expected_answers(image, networks, classes, label)
    )
    columns = 2 + len(answers)
    made, axes = plots.new_figure(1, columns, size=(1.9 * columns + 0.6, 2.3))
    draw_image(axes[0], image, "before")
    draw_image(axes[1], after, "after")
    for ax, (name, answer) in zip(axes[2:], answers.items(), strict=True):
        _draw_answer(ax, answer, classes)
        ax.set_title(f"{name}\n{describe_answer(answer, label)}", fontsize=9, fontfamily=TELLING)
    return made


def _draw_answer(ax: Axes, answer: Answer, classes: Sequence[str]) -> None:
    shown = widget.best(answer.probabilities)
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


class Fool(InteractiveFigure):
    """Dials that change a character, and what the networks make of it.

    Parameters
    ----------
    drawing, networks, classes, label
        As for :func:`figure`.
    """

    def __init__(
        self,
        drawing: Ink | NDArray[Any],
        networks: Mapping[str, Network],
        classes: Sequence[str],
        label: str | None = None,
    ) -> None:
        super().__init__()
        self.image = widget.as_image(drawing)
        self.networks, self.classes, self.label = networks, classes, label
        self._expected = expected_answers(self.image, networks, classes, label)
        self.down = Slider("Down", 0, -10, 10, 1)
        self.right = Slider("Right", 0, -10, 10, 1)
        self.turn = Slider("Turn in °", 0, -180, 180, 5)
        self.size = Slider("Size", 1, 0.4, 1.6, 0.05)
        self.thickness = Slider("Thickness", 0, -1, 1, 0.1)
        self.reset = widgets.Button(description="Undo all changes", icon="undo")
        self._seen, self._words = widgets.HTML(), widgets.HTML()
        self._bars = [widgets.HTML(layout=Layout(flex="1 1 240px")) for _ in networks]
        self._dials = (self.down, self.right, self.turn, self.size, self.thickness)
        for dial in self._dials:
            dial.observe(self.guard(self._update), "value")
        self.reset.on_click(self.guard(self._reset))
        controls = widgets.VBox([*self._dials, self.reset], layout=Layout(flex="1 1 300px"))
        self.lay_out(widget.row(self._seen, controls), widget.row(*self._bars), self._words)
        self._update()

    @property
    def changes(self) -> dict[str, Any]:
        """The changes that the dials stand for, as :func:`changed` takes them."""
        return {
            "shift": (self.down.value, self.right.value),
            "turn": self.turn.value,
            "size": self.size.value,
            "thickness": self.thickness.value,
        }

    def figure(self) -> Figure:
        """Draw the toy as it stands."""
        return figure(self.image, self.networks, self.classes, self.label, **self.changes)

    def alt(self) -> str:
        """Say what the networks answer."""
        return f"A character before and after a change. {self._said}"

    def _update(self, _: Any = None) -> None:
        after = change_image(self.image, **self.changes)
        self._seen.value = widget.captioned(
            html.ink_image(after, "The changed character", 7), "what the networks see"
        )
        answers = ask_networks(after, self.networks, self.classes, self._expected)
        said = {
            name: f"{name}: {describe_answer(one, self.label)}" for name, one in answers.items()
        }
        self._said = "; ".join(said.values()) + "."
        self._words.value = widget.status(self._said, seen=False)
        for place, (name, answer) in zip(self._bars, answers.items(), strict=True):
            place.value = f"<p>{escape(said[name])}</p>{_bars(answer, self.classes)}"

    def _reset(self, _: Any) -> None:
        for dial in self._dials:
            dial.value = 1 if dial is self.size else 0


def _bars(answer: Answer, classes: Sequence[str]) -> str:
    shown = widget.best(answer.probabilities)
    return widget.bars(
        [classes[index] for index in shown],
        [float(answer.probabilities[index]) for index in shown],
        [index == shown[0] and answer.right for index in shown],
    )
