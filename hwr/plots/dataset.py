"""Figures of the lesson on EMNIST: many images at once, counts, and distances between letters."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.patches import Patch, Rectangle
from numpy.typing import NDArray

from hwr._support.display import PALETTE
from hwr.plots.base import TELLING, Figure, by_name, draw_image, listed, new_figure

KIND_COLOURS = {
    "digits": PALETTE["main"],
    "capitals": PALETTE["other"],
    "small letters": PALETTE["good"],
}
"""Kinds of characters, and their colours in the figures of the lesson."""


def kind(character: str) -> str:
    """Return a character's kind, one of ``KIND_COLOURS``."""
    if character.isdigit():
        return "digits"
    return "capitals" if character.isupper() else "small letters"


def mosaic(
    images: NDArray[Any],
    names: Sequence[str],
    columns: int = 13,
    inches: float = 0.68,
    colours: str = "gray_r",
) -> Figure:
    """Draw many small images as one, each with its name above its left corner.

    Parameters
    ----------
    images : ndarray, shape (n, side, side)
        uint8 in 0..255, or float of any range: the brightest pixel of all is black ink.
    names : sequence of str
        One per image.
    columns : int
        Images in a row.
    inches : float
        Width of one image.
    colours : str
        Colour map of matplotlib; by default, ink is black on white.
    """
    rows, side, gap = -(-len(images) // columns), images.shape[1], 9
    whole = np.full((rows * (side + gap), columns * (side + 2)), np.nan)
    made, ax = new_figure(size=(columns * inches, rows * inches * (side + gap) / (side + 2)))
    for place, (image, name) in enumerate(zip(images, names, strict=True)):
        top, left = place // columns * (side + gap) + gap, place % columns * (side + 2) + 1
        whole[top : top + side, left : left + side] = image / max(images.max(), 1e-9)
        label = ax.text(left, top - 1, name, fontsize=9, color=PALETTE["main"], va="bottom")
        label.set(fontfamily=TELLING, fontweight="bold")
    draw_image(ax, whole, cmap=colours, vmax=1)
    ax.set_axis_off()
    made.alt = f"{len(images)} images: {listed(names)}."
    return made


def class_counts(numbers: NDArray[Any], characters: Sequence[str]) -> Figure:
    """Draw the number of images per character, the most frequent first.

    Parameters
    ----------
    numbers : ndarray of int, shape (classes,)
    characters : sequence of str, length classes
    """
    order = np.argsort(-numbers, kind="stable")
    names = [characters[i] for i in order]
    made, ax = new_figure(size=(8.4, 2.9))
    ax.bar(range(len(order)), numbers[order], color=[KIND_COLOURS[kind(name)] for name in names])
    ax.set_xticks(range(len(order)), names, fontsize=8, fontfamily=TELLING)
    ax.tick_params(axis="x", length=0)
    ax.set(xlim=(-0.7, len(order) - 0.3), ylabel="training images")
    ax.legend(handles=[Patch(color=colour, label=name) for name, colour in KIND_COLOURS.items()])
    most, least = numbers[order[0]], numbers[order[-1]]
    made.alt = f"Images per character, from {most:,} of {names[0]} to {least:,} of {names[-1]}."
    return made


def case_distances(distances: Mapping[str, float], merged: str) -> Figure:
    """Draw the distance between each capital and its small letter, the nearest first.

    Parameters
    ----------
    distances : mapping of str to float
        By capital.
    merged : str
        Capitals that ByMerge puts into one class with their small letter.
    """
    letters = sorted(distances, key=distances.__getitem__)
    looks = {
        True: (PALETTE["main"], None, "one class in ByMerge"),
        False: (PALETTE["other"], "///", "two classes in ByMerge"),
    }
    made, ax = new_figure(size=(8.4, 2.7))
    for place, letter in enumerate(letters):
        colour, hatch, _ = looks[letter in merged]
        ax.bar(place, distances[letter], color=colour, hatch=hatch, edgecolor="white")
    names = [letter + letter.lower() for letter in letters]
    ax.set_xticks(range(len(letters)), names, fontfamily=TELLING)
    ax.tick_params(axis="x", length=0)
    ax.set_ylabel("distance of the means")
    ax.legend(
        handles=[
            Patch(facecolor=colour, hatch=hatch, edgecolor="white", label=label)
            for colour, hatch, label in looks.values()
        ]
    )
    ordered = {letter: distances[letter] for letter in letters}
    made.alt = (
        f"Capital to small letter: {by_name(ordered, '.3g')}; one class in ByMerge: {merged}."
    )
    return made


def conversion_steps(steps: Mapping[str, NDArray[Any]]) -> Figure:
    """Draw the pictures of :func:`hwr.ink.conversion_steps` side by side, framed.

    Pixels have the same size in all pictures but the last, where they are larger.

    Parameters
    ----------
    steps : mapping of str to ndarray of shape (height, width)
    """
    made, axes = new_figure(1, len(steps), size=(8.4, 2.2))
    *others, last = steps.values()
    largest = max(max(picture.shape) for picture in others)
    for ax, (name, picture) in zip(axes, steps.items(), strict=True):
        height, width = picture.shape
        draw_image(ax, picture, f"{name}\n{height} high, {width} wide")
        if picture is not last:
            ax.set_xlim((width - largest) / 2 - 0.5, (width + largest) / 2 - 0.5)
            ax.set_ylim((height + largest) / 2 - 0.5, (height - largest) / 2 - 0.5)
        frame = Rectangle((-0.5, -0.5), width, height, fill=False, color=PALETTE["bad"])
        frame.set_clip_on(False)
        ax.add_patch(frame)
        ax.set_axis_off()
    sizes = (f"{name} ({p.shape[0]} by {p.shape[1]})" for name, p in steps.items())
    made.alt = f"A drawing in {len(steps)} steps: {listed(sizes)}."
    return made


def neighbour_distances(nearest: Sequence[float]) -> Figure:
    """Draw a histogram of test images' distances to the nearest training image.

    Parameters
    ----------
    nearest : sequence of float
        One distance per test image; 0 means that both are the same picture.
    """
    made, ax = new_figure(size=(6.4, 2.6))
    edges = np.linspace(0, max(*nearest, 1e-9), 40)
    counts, _, bars = ax.hist(nearest, bins=edges, color=PALETTE["main"])
    bars[0].set_color(PALETTE["bad"])
    text = f"{np.sum(np.asarray(nearest) == 0)} at distance 0"
    ax.annotate(text, (edges[1], counts[0]), (8, -4), textcoords="offset points", va="top")
    ax.set(xlabel="distance to the nearest training image", ylabel="test images")
    made.alt = f"Of {len(nearest)} test images, {text}; the largest distance is {max(nearest):.3g}."
    return made
