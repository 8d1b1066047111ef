"""The Explorer as a still figure: the image, the layers' maps, and the terms of one value."""

import textwrap

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from hwr._support.display import PALETTE
from hwr.interactive.explorer_maps import COLOURS, WIDTH, MapGrid, arrange
from hwr.interactive.explorer_origin import Origin, regions
from hwr.interactive.explorer_steps import Network, Values
from hwr.interactive.explorer_windows import Box, window
from hwr.interactive.explorer_words import Words, title
from hwr.interactive.widget import Picture
from hwr.plots.base import GRID, Figure, counted, draw_image, listed
from hwr.plots.convolution import draw_numbers

LAYERS = 8
"""Number of layers that are shown; of a deeper network, those that compute from patches or units
come first."""
MAPS_WIDTH, INCHES = 5.4, 7.8
"""Width of the maps and of the figure, in inches."""
LARGEST_GRID = 7
"""Most rows and columns of numbers that are legible."""


def draw(
    network: Network, image: Picture, values: Values, origin: Origin | None, words: Words
) -> Figure:
    """Draw the image, the layers' maps, and the terms of a value if one is chosen."""
    shown = _shown(network, origin)
    grids = {number: arrange(network.shapes[number], 110) for number in shown}
    heights = [_inches(grid) + 0.32 for grid in grids.values()]
    below = _terms_height(origin)
    height = max(sum(heights), 2.4) + below
    made = Figure(figsize=(INCHES, height))
    outlined = {region.number: region for region in regions(origin)} if origin else {}
    top = height - 0.25
    draw_image(_axes(made, 0.1, top - 2.0, 2.0, 2.0), image, "what the network sees")
    if origin is not None and origin.number:
        _outline(made.axes[0], origin.field, PALETTE["other"])
    for number, grid in grids.items():
        size = grid.size[1] * grid.scale / WIDTH * MAPS_WIDTH, _inches(grid)
        ax = _axes(made, INCHES - MAPS_WIDTH, top - size[1], *size)
        ax.imshow(COLOURS[grid.shades(values[number])], interpolation="nearest")
        ax.set_title(title(network, number), fontsize=8, loc="left", pad=3)
        ax.set(xticks=[], yticks=[], facecolor=GRID)
        ax.spines[:].set_visible(False)
        if number in outlined and origin is not None and origin.kind != "dense":
            region = outlined[number]
            for box in grid.boxes(region.box, region.channels):
                _outline(ax, box, PALETTE["other"])
        if origin is not None and number == origin.number:
            row, column = grid.square(origin.index)
            _outline(ax, Box(row, column, row + 1, column + 1), "black")
        top -= size[1] + 0.32
    sentence = _write_terms(made, origin, words, below)
    names = listed(network.steps[number].name for number in shown)
    made.alt = f"An image and the maps of {counted(len(shown), 'layer')} ({names}). {sentence}"
    return made


def _shown(network: Network, origin: Origin | None) -> list[int]:
    """Return the steps that are shown, in order."""
    numbers = range(1, len(network.steps))
    if len(numbers) <= LAYERS:
        return list(numbers)
    mine = [] if origin is None else [origin.number, *(each.number for each in origin.regions)]
    rank = {number: _rank(network, number) for number in numbers}
    order = sorted(numbers, key=lambda number: (number not in mine, rank[number], number))
    return sorted(order[:LAYERS])


def _rank(network: Network, number: int) -> int:
    step = network.steps[number]
    last = number == len(network.steps) - 1
    return 0 if last or window(step.layer, network.shapes[step.sources[0]]) else 1


def _inches(grid: MapGrid) -> float:
    return grid.size[0] * grid.scale / WIDTH * MAPS_WIDTH


def _axes(made: Figure, left: float, bottom: float, width: float, height: float) -> Axes:
    """Add axes at a place in inches."""
    wide, high = made.get_size_inches()
    return made.add_axes((left / wide, bottom / high, width / wide, height / high))


def _outline(ax: Axes, box: Box, colour: str) -> None:
    corner = (box.left - 0.5, box.top - 0.5)
    size = (box.right - box.left, box.bottom - box.top)
    ax.add_patch(Rectangle(corner, *size, fill=False, edgecolor=colour, linewidth=1.5))


def _grids(origin: Origin | None) -> bool:
    """Return whether numbers in squares are shown."""
    return (
        origin is not None
        and origin.inputs.ndim == 3
        and max(origin.inputs.shape[:2]) <= LARGEST_GRID
    )


def _terms_height(origin: Origin | None) -> float:
    return 0.2 if origin is None else 0.9 + 1.9 * _grids(origin)


def _write_terms(made: Figure, origin: Origin | None, words: Words, height: float) -> str:
    """Draw patch, kernel and product of the strongest map, or a window; write the sentence."""
    if origin is None:
        return ""
    sentence = words.sentence(origin)
    lines = "\n".join(textwrap.wrap(sentence, 105))
    made.text(0.1 / INCHES, 0.1 / made.get_figheight(), lines, fontsize=9, va="bottom")
    if _grids(origin):
        strongest = int(np.abs(origin.products.sum(axis=(0, 1))).argmax())
        parts = {"window": origin.inputs}
        if origin.kind == "convolution":
            parts = {
                f"patch of {words.source_map(origin, strongest)}": origin.inputs,
                f"kernel {origin.index[2]}": origin.weights,
                "patch × kernel": origin.products,
            }
        for place, (name, part) in enumerate(parts.items()):
            ax = _axes(made, 0.2 + 2.2 * place, height - 1.95, 1.7, 1.6)
            draw_numbers(ax, np.round(part[..., strongest], 2), name)
    return sentence
