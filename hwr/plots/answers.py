"""Figures of the lesson on the pad: images side by side, each with what it was read as."""

from collections.abc import Mapping

from matplotlib.figure import Figure

from hwr.plots.base import PALETTE, draw_image, figure
from hwr.recognizer import Reading


def answer_grid(readings: Mapping[str, Reading], columns: int = 6, inches: float = 1.2) -> Figure:
    """Draw what the network saw, with a heading above and its answer below.

    Parameters
    ----------
    readings : mapping of str to Reading
        By heading, such as ``'45°'``.
    columns : int
        Images in a row.
    inches : float
        Width of one image.
    """
    columns = min(columns, len(readings))
    rows = -(-len(readings) // columns)
    size = (columns * inches, rows * inches * 1.5)
    made, axes = figure(rows, columns, size, squeeze=False)
    for ax in axes.flat[len(readings) :]:
        ax.set_axis_off()
    for ax, (heading, reading) in zip(axes.flat, readings.items(), strict=False):
        draw_image(ax, reading.image, heading)
        colour = PALETTE["main"] if reading.sure else PALETTE["neutral"]
        ax.set_xlabel(_answer(reading), fontsize=11, color=colour, fontfamily="monospace")
    return made


def in_words(readings: Mapping[str, Reading]) -> str:
    """Say the same in a sentence, for alt text."""
    return (
        "; ".join(f"{heading}: {_answer(reading)}" for heading, reading in readings.items()) + "."
    )


def _answer(reading: Reading) -> str:
    if not reading.candidates:
        return "nothing"
    best, share = reading.candidates[0]
    return f"{best}{'' if reading.sure else '?'} {share:.0%}"
