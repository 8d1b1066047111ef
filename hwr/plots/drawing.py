"""Figures of the lesson on the pad: images with their answers, and the ink that supports one."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hwr._support.display import PALETTE
from hwr.alphabets import NONE
from hwr.plots.base import Figure, draw_image, listed, new_figure, new_grid
from hwr.recognizer import Reading
from hwr.saliency import overlay


def answers(readings: Mapping[str, Reading], columns: int = 6, inches: float = 1.2) -> Figure:
    """Draw what the network saw, each image with a heading above and the answer below.

    Parameters
    ----------
    readings : mapping of str to Reading
        By heading, such as ``'45°'``. What looks like no character is answered by ``∅``.
    columns : int
        Images in a row.
    inches : float
        Width of one image.
    """
    made, axes = new_grid(len(readings), columns, inches, inches * 1.5)
    for ax, (heading, reading) in zip(axes, readings.items(), strict=True):
        draw_image(ax, reading.image, heading)
        colour = PALETTE["main"] if reading.sure else PALETTE["neutral"]
        ax.set_xlabel(_answer(reading), fontsize=11, color=colour, fontfamily="monospace")
    made.alt = listed((f"{ax.get_title()}: {ax.get_xlabel()}" for ax in axes), "; ") + "."
    return made


def occlusion_map(image: NDArray[np.uint8], drops: NDArray[Any], answer: str) -> Figure:
    """Draw an image, and beside it the ink that supports or opposes the answer.

    Parameters
    ----------
    image : ndarray of uint8, shape (28, 28)
    drops : ndarray of float, shape (28, 28)
        As :func:`hwr.saliency.occlusion` returns it.
    answer : str
        What the image was read as.
    """
    made, (left, right) = new_figure(1, 2, size=(5.0, 2.8))
    draw_image(left, image, f"read as {answer}")
    draw_image(right, overlay(image, drops.astype(np.float32)), "what speaks for it")
    right.set_xlabel("blue: for it   red: against it", fontsize=9)
    against = float((drops[image > 0] < 0).mean())
    made.alt = f"Read as {answer}: {1 - against:.0%} of the ink is for it, {against:.0%} against."
    return made


def _answer(reading: Reading) -> str:
    if not reading.candidates:
        return "nothing"
    if reading.instead == NONE and reading.outside >= 0.5:
        return f"{NONE} {reading.outside:.0%}"
    best, share = reading.candidates[0]
    return f"{best}{'' if reading.sure else '?'} {share:.0%}"
