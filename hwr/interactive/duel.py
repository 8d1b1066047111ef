"""You against the network: label its hardest images blind, and then compare.

The hardest images are those that the network doubts, whether or not it reads them right. Chosen by
its mistakes, they would make any opponent look better than the network.

>>> from hwr import interactive
>>> interactive.Duel(test.images, test.labels, probabilities)              # doctest: +SKIP
"""

from collections import Counter
from html import escape
from typing import Any

import ipywidgets as widgets
import numpy as np
from ipywidgets import Layout
from matplotlib.axes import Axes
from numpy.typing import NDArray

from hwr import alphabets, plots
from hwr._support.arrays import images_of
from hwr.alphabets import Alphabet
from hwr.interactive import widget
from hwr.interactive.mcnemar import Comparison, class_index
from hwr.interactive.widget import InteractiveFigure
from hwr.pads import html
from hwr.plots.base import INK, TELLING, Figure, draw_image
from hwr.plots.convolution import draw_signed
from hwr.plots.tables import Table

IMAGES_PER_ROW = 10


def hardest_images(
    probabilities: NDArray[Any], n: int = 20, of_each_pair: int = 3
) -> NDArray[np.int64]:
    """Return the images whose two most probable classes are nearly equal.

    Parameters
    ----------
    probabilities : ndarray, shape (images, classes)
        Each row sums to 1.
    n : int
        Number of images.
    of_each_pair : int
        Largest number of images for each pair of classes; otherwise most would be O or 0.

    Returns
    -------
    ndarray of int64, shape (n,) or shorter
        Indices of the images, smallest difference first.
    """
    order = np.argsort(-probabilities, axis=1, kind="stable")[:, :2]
    first, second = np.take_along_axis(probabilities, order, axis=1).T
    of_pair: Counter[frozenset[int]] = Counter()
    chosen = []
    for image in np.argsort(first - second, kind="stable"):
        pair = frozenset(order[image].tolist())
        of_pair[pair] += 1
        if of_pair[pair] <= of_each_pair:
            chosen.append(image)
    return np.array(chosen[:n], np.int64)


def draw_comparison(images: NDArray[np.uint8], comparison: Comparison) -> Figure:
    """Draw the images with label and both answers, and your own confusion matrix below.

    Parameters
    ----------
    images : ndarray of uint8, shape (n, 28, 28)
    comparison : Comparison
        Of the same images.
    """
    rows = -(-len(images) // IMAGES_PER_ROW)
    below = max(2.2, 0.9 + 0.24 * len(comparison.confusion[0]))
    size = (0.85 * IMAGES_PER_ROW, 1.3 * rows + below)
    ratios = [*[1.3] * rows, below]
    made, axes = plots.new_figure(rows + 1, IMAGES_PER_ROW, size=size, height_ratios=ratios)
    for number, ax in enumerate(axes[:-1].flat):
        if number >= len(images):
            ax.set_axis_off()
            continue
        draw_image(ax, images[number], f"label {comparison.name(comparison.labels[number])}")
        ax.set_xlabel("\n".join(_answers(comparison, number)), fontsize=9, fontfamily=TELLING)
    table = made.add_subplot(axes[0, 0].get_gridspec()[-1, :])
    for ax in axes[-1]:
        ax.remove()
    _draw_confusion(table, comparison)
    made.alt = f"Hard images with label and answers, and a confusion matrix. {_finding(comparison)}"
    return made


def _finding(comparison: Comparison) -> str:
    return (
        f"{comparison} Chosen by the network's own doubt, they say nothing of images "
        "that it is sure about."
    )


def _answers(comparison: Comparison, number: int) -> list[str]:
    label = comparison.labels[number]
    return [
        f"{who} {comparison.name(answer)} {'✓' if answer == label else '✗' if answer >= 0 else ' '}"
        for who, answer in (("you", comparison.yours[number]), ("net", comparison.network[number]))
    ]


def _draw_confusion(ax: Axes, comparison: Comparison) -> None:
    classes, counts = comparison.confusion
    you, network = comparison.scores
    heading = f"you {you}, network {network} right of {comparison.given.sum()}"
    if not classes:
        ax.set_axis_off()
        ax.set_title("no answers of yours yet", fontsize=10)
        return
    signed = np.where(np.eye(len(classes), dtype=bool), counts, -counts)
    draw_signed(ax, signed, top=1.6 * counts.max())  # pale, so that black numbers stay readable
    for (row, column), count in np.ndenumerate(counts):
        if count:
            ax.text(column, row, str(count), ha="center", va="center", fontsize=9, color=INK)
    ax.set_xticks(range(len(classes)), classes, fontfamily=TELLING)
    ax.set_yticks(range(len(classes)), classes, fontfamily=TELLING)
    edges = np.arange(0.5, len(classes) - 1)
    ax.set_xticks(edges, minor=True)
    ax.set_yticks(edges, minor=True)
    ax.grid(which="minor", color="#EEEEEE", linewidth=0.6)
    ax.tick_params(which="both", length=0)
    ax.set_xlabel("your answer")
    ax.set_ylabel("label")
    ax.set_title(heading, fontsize=10)


class Duel(InteractiveFigure):
    """Hard images one after the other, a field for your answers, and at the end the comparison.

    Parameters
    ----------
    images : ndarray of uint8, shape (m, 28, 28)
        A test set, from which the hard images are chosen.
    labels : ndarray of int, shape (m,)
        Classes of the alphabet.
    probabilities : ndarray, shape (m, classes)
        The network's answers.
    alphabet : str, int or Alphabet
        As for :func:`hwr.alphabets.get_alphabet`.
    n : int
        Number of images.

    Attributes
    ----------
    images, labels, yours : ndarray
        The chosen images, their labels, and your answers (-1 where there is none).
    at : int
        Index of the image that is shown.
    field, back, next : ipywidgets.Widget
    shown : ipywidgets.HTML
        The image, or the comparison.
    """

    def __init__(
        self,
        images: NDArray[np.uint8],
        labels: NDArray[Any],
        probabilities: NDArray[Any],
        alphabet: str | int | Alphabet = "47",
        n: int = 20,
    ) -> None:
        super().__init__()
        self.alphabet = alphabets.get_alphabet(alphabet)
        images, probabilities = images_of("images", images), np.asarray(probabilities)
        if probabilities.shape != (len(images), len(self.alphabet)) or len(labels) != len(images):
            raise ValueError(
                f"There are {len(images)} images, {len(labels)} labels and probabilities of shape "
                f"{probabilities.shape}: give a label and a row of {len(self.alphabet)} "
                "probabilities for each image."
            )
        chosen = hardest_images(probabilities, n)
        self.images = images[chosen]
        self.labels = np.asarray(labels)[chosen].astype(np.int64)
        self._network = probabilities[chosen].argmax(axis=1).astype(np.int64)
        self.yours = np.full(len(chosen), -1, np.int64)
        self.at = 0
        self.field = widgets.Text(
            description="It shows", placeholder="one character", layout=Layout(width="17em")
        )
        self.back = widgets.Button(description="Back", icon="arrow-left")
        self.next = widgets.Button(description="Next", icon="arrow-right")
        self.shown = widgets.HTML()
        self.field.on_msg(self.guard(self._on_message))
        self.next.on_click(self.guard(lambda _: self.enter()))
        self.back.on_click(self.guard(lambda _: self._show(self.at - 1)))
        controls = widget.row(self.field, self.back, self.next)
        self.lay_out(self.message, self.shown, controls)
        self._show(0)

    @property
    def finished(self) -> bool:
        """Whether you have labelled all images; only then the labels are shown."""
        return self.at == len(self.images)

    @property
    def result(self) -> Comparison:
        """The comparison of your answers so far."""
        return Comparison(self.labels, self.yours, self._network, self.alphabet)

    def figure(self) -> Figure:
        """Draw the comparison; before the end, nothing but the images."""
        if self.finished:
            return draw_comparison(self.images, self.result)
        made = plots.image_grid(self.images, [str(n + 1) for n in range(len(self.images))])
        made.alt = f"{len(self.images)} numbered characters, hard to read, to be labelled by you."
        return made

    def _on_message(self, _: Any, content: dict[str, Any], __: Any) -> None:
        if content.get("event") == "submit":  # the Enter key
            self.enter()

    def enter(self) -> None:
        """Take the answer in the field and go on to the next image."""
        self.yours[self.at] = class_index(self.field.value.strip(), self.alphabet)
        self._show(self.at + 1)

    def _show(self, at: int) -> None:
        self.at = at
        self.back.disabled = at == 0 or self.finished
        self.field.disabled = self.next.disabled = self.finished
        if self.finished:
            self.field.value = ""
            self._show_comparison()
            return
        answer = self.yours[at]
        self.field.value = self.result.name(answer) if answer >= 0 else ""
        where = f"Image {at + 1} of {len(self.images)}"
        self.message.value = html.live_paragraph(where, visible=True)
        self.shown.value = widget.captioned(html.ink_image(self.images[at], where, 8), "")

    def _show_comparison(self) -> None:
        self.message.value = html.live_paragraph(_finding(self.result), visible=True)
        figures = []
        for number, image in enumerate(self.images):
            caption = "<br>".join(map(escape, _answers(self.result, number)))
            label = self.result.name(self.labels[number])
            shown = html.ink_image(image, f"Image {number + 1}", 2)
            caption = f"<figcaption>label <b>{label}</b><br>{caption}</figcaption>"
            figures.append(f"<figure>{shown}{caption}</figure>")
        classes, counts = self.result.confusion
        rows = [
            (label, *(count or "·" for count in line))
            for label, line in zip(classes, counts.tolist(), strict=True)
        ]
        caption = "Your confusion matrix: a row for each label, a column for each answer"
        table = Table(["label", *classes], rows, caption, height="28em")  # wide: it scrolls
        self.shown.value = (
            f'<div class="hwr-duel"><div class="hwr-steps">{"".join(figures)}</div>'
            f"{table._repr_html_()}</div>"
        )
