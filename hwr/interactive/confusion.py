"""A confusion matrix in which you choose a cell and see the images that it counts.

>>> from hwr import interactive
>>> interactive.ConfusionViewer(test.images, test.labels, answers, CHARACTERS)  # doctest: +SKIP
"""

from collections.abc import Sequence
from typing import Any

import ipywidgets as widgets
import numpy as np
from ipycanvas import hold_canvas
from ipywidgets import Layout
from matplotlib import colormaps
from matplotlib.patches import Rectangle
from numpy.typing import NDArray

from hwr import metrics
from hwr._support.arrays import images_of
from hwr._support.display import PALETTE
from hwr.interactive import widget
from hwr.interactive.widget import InteractiveFigure
from hwr.pads import html
from hwr.pads.canvas import LabelledCanvas
from hwr.plots.base import Figure, draw_image
from hwr.plots.errors import draw_matrix, share_scale

SIDE, MARGIN = 1140, 26
"""Side of the matrix with its labels, and width of the labels, in canvas pixels."""
SHOWN, IMAGES_PER_ROW = 24, 12
UNIT = "share of the true character's images"


class ConfusionViewer(InteractiveFigure):
    """A matrix of mistakes; a click, the arrow keys or two menus choose a cell and show its images.

    Parameters
    ----------
    images : ndarray of uint8, shape (n, 28, 28)
    labels, answers : ndarray of int, shape (n,)
        True classes, and a network's answers.
    classes : sequence of str

    Attributes
    ----------
    matrix : ndarray of int64, shape (classes, classes)
        Counts; row: the true class, column: the answer.
    true, answer : ipywidgets.Dropdown
        The chosen row and column; at first the most frequent mistake.
    canvas : ipycanvas.MultiCanvas
        The matrix as shares of each row, without its diagonal.
    shown : ipywidgets.HTML
        The cell's images, at most 24.
    """

    def __init__(
        self,
        images: NDArray[np.uint8],
        labels: NDArray[Any],
        answers: NDArray[Any],
        classes: Sequence[str],
    ) -> None:
        super().__init__()
        images, labels, answers = (
            images_of("images", images),
            np.asarray(labels),
            np.asarray(answers),
        )
        if len(images) != len(labels):
            raise ValueError(
                f"There are {len(labels)} labels, but images of shape {np.shape(images)}: "
                "give an image for each label."
            )
        self.matrix = metrics.confusion_matrix(labels, answers, len(classes))
        self.images, self.labels, self.answers, self.classes = images, labels, answers, classes
        wrong = self.matrix * (1 - np.eye(len(classes), dtype=np.int64))
        self.shares = wrong / self.matrix.sum(axis=1, keepdims=True).clip(1)
        self._wrong, self._cell = wrong, (SIDE - MARGIN) / len(classes)
        missed = zip(classes, wrong.sum(axis=1), self.matrix.sum(axis=1), strict=True)
        names = [f"{name}: {bad:,} of {every:,} misread" for name, bad, every in missed]
        look = {"style": {"description_width": "8em"}, "layout": Layout(width="23em")}
        rows = [(name, row) for row, name in enumerate(names)]
        self.true = widgets.Dropdown(description="True character", options=rows, **look)
        self.answer = widgets.Dropdown(description="Read as", options=rows, **look)
        self.shown = widgets.HTML()
        self.canvas = self._make_canvas()
        self.true.observe(self.guard(self._list_answers), "value")
        self.answer.observe(self.guard(self._update), "value")
        self.lay_out(self.canvas, widget.row(self.true, self.answer), self.message, self.shown)
        self.choose(*(int(place) for place in np.unravel_index(wrong.argmax(), wrong.shape)))

    def _make_canvas(self) -> LabelledCanvas:
        width = f"{SIDE // 2}px"
        layout = Layout(width="calc(100% - 8px)", max_width=width, height="auto", flex="0 0 auto")
        canvas = LabelledCanvas(2, width=SIDE, height=SIDE, layout=layout)
        canvas.add_class("hwr-paper")
        canvas.tooltip = (
            "Matrix of mistakes: rows are true characters, columns answers; "
            "the arrow keys choose a cell"
        )
        canvas.on_client_ready(self.guard(self._draw))
        widget.connect(canvas, self.guard, self._click, self._on_key)
        return canvas

    @property
    def chosen(self) -> tuple[int, int]:
        """The chosen cell: its true class and its answer."""
        return self.true.value, self.answer.value

    @property
    def indices(self) -> NDArray[np.int64]:
        """The images that the chosen cell counts."""
        true, answer = self.chosen
        return np.flatnonzero((self.labels == true) & (self.answers == answer))

    def choose(self, true: int, answer: int) -> None:
        """Choose the cell of a true class and an answer."""
        self.true.value = true
        self._list_answers()
        self.answer.value = answer

    def figure(self) -> Figure:
        """Draw the matrix, with the chosen cell marked, and the cell's images below."""
        made = Figure(figsize=(7.4, 8.1), layout="constrained")
        parts: Any = made.subfigures(2, 1, height_ratios=[6.6, 1.5])
        above, below = parts
        matrix = above.subplots()
        described = draw_matrix(matrix, self.shares, self.classes, UNIT, share=True)
        true, answer = self.chosen
        corner = answer - 0.5, true - 0.5
        matrix.add_patch(Rectangle(corner, 1, 1, fill=False, edgecolor=PALETTE["bad"], linewidth=2))
        found = self.indices[:SHOWN]
        for place, ax in enumerate(below.subplots(SHOWN // IMAGES_PER_ROW, IMAGES_PER_ROW).flat):
            if place < len(found):
                draw_image(ax, self.images[found[place]])
            else:
                ax.set_axis_off()
        made.alt = f"{described} {self._finding()}"
        return made

    def _finding(self) -> str:
        true, answer = self.chosen
        here, back = self.matrix[true, answer], self.matrix[answer, true]
        all_true, all_back = self.matrix[true].sum(), self.matrix[answer].sum()
        one, other = self.classes[true], self.classes[answer]
        said = f"{one} read as {other}: {here:,} of {all_true:,} images"
        more = f" The first {SHOWN} are shown." if here > SHOWN else ""
        if true == answer:
            return f"{said}, correctly.{more}"
        return f"{said}; the other way round, {back:,} of {all_back:,}.{more}"

    def _list_answers(self, _: Any = None) -> None:
        """List the answers to the chosen class, the most frequent mistake first."""
        counts = self.matrix[self.true.value]
        order = np.argsort(-self._wrong[self.true.value], kind="stable")
        self.answer.options = [(f"{self.classes[i]}: {counts[i]:,}", int(i)) for i in order]
        self._update()

    def _update(self, _: Any = None) -> None:
        self.message.value = html.live_paragraph(self._finding(), visible=True)
        pictures = (
            f"<figure>{html.ink_image(self.images[index], f'Image {index}', 1.7)}</figure>"
            for index in self.indices[:SHOWN]
        )
        self.shown.value = f'<div class="hwr-steps">{"".join(pictures)}</div>'
        self._mark()

    # --- the matrix ----------------------------------------------------------------------------

    def _click(self, x: float, y: float) -> None:
        row, column = (int((place - MARGIN) // self._cell) for place in (y, x))
        if 0 <= row < len(self.classes) and 0 <= column < len(self.classes):
            self.choose(row, column)

    def _on_key(self, key: str) -> None:
        if key in widget.ARROWS:
            last = len(self.classes) - 1
            moved = zip(self.chosen, widget.ARROWS[key], strict=True)
            self.choose(*(min(max(place + step, 0), last) for place, step in moved))

    def _draw(self) -> None:
        rows, columns = np.nonzero(self.shares)
        colours = colormaps["Blues"](share_scale()(self.shares), bytes=True)[rows, columns, :3]
        paper, cell = self.canvas[0], self._cell
        with hold_canvas():
            paper.fill_style = "#ffffff"
            paper.fill_rect(0, 0, SIDE, SIDE)
            paper.fill_styled_rects(
                MARGIN + columns * cell, MARGIN + rows * cell, cell, cell, colours
            )
            paper.fill_style, paper.text_align, paper.text_baseline = "#1a1a1a", "center", "middle"
            paper.font = f"{min(round(cell), 24)}px monospace"
            for place, name in enumerate(self.classes):
                along = MARGIN + (place + 0.5) * cell
                paper.fill_text(name, along, MARGIN / 2)
                paper.fill_text(name, MARGIN / 2, along)
            self._mark()

    def _mark(self) -> None:
        true, answer = self.chosen
        layer, cell = self.canvas[1], self._cell
        with hold_canvas():
            layer.clear()
            layer.stroke_style, layer.line_width = PALETTE["bad"], 4
            layer.stroke_rect(MARGIN + answer * cell - 2, MARGIN + true * cell - 2, cell + 4)
