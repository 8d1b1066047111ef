"""The Explorer as a still figure: the image, the layers' maps, and the terms of one value."""

import textwrap

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from hwr._support.display import PALETTE
from hwr.interactive.explorer.layers import Floats
from hwr.interactive.explorer.maps import COLOURS, WIDTH, MapGrid, arrange
from hwr.interactive.explorer.origin import Origin, regions
from hwr.interactive.explorer.steps import Network, Values
from hwr.interactive.explorer.terms import sums
from hwr.interactive.explorer.windows import Box, window
from hwr.interactive.explorer.words import Words, rounded, title
from hwr.interactive.widget import Picture
from hwr.plots.base import TELLING, Figure, counted, draw_image, listed
from hwr.plots.convolution import draw_numbers

LAYERS = 8
"""Number of layers that are shown; of a deeper network, those that compute from patches or units
come first."""
MAPS_WIDTH, INCHES = 5.4, 7.8
"""Width of the maps and of the figure, in inches."""
TITLE = 0.32
"""Height of a layer's title and the gap above it, in inches."""
ROOM = 400
"""CSS pixels for the maps of few layers, which are drawn larger."""
KEY = "blue: positive, orange: negative\nblack frame: the value\norange frames: where it comes from"
LARGEST_GRID = 7
"""Most rows and columns of numbers that are legible."""


def draw(network: Network, image: Picture, values: Values, origin: Origin, words: Words) -> Figure:
    """Draw the image, the maps of the layers, and the terms of a value."""
    shown = _shown(network, origin)
    room = max(ROOM / len(shown), 110)
    grids = {number: arrange(network.shapes[number], room) for number in shown}
    below = _terms_height(origin, words)
    height = max(sum(_inches(grid) + TITLE for grid in grids.values()), 2.9) + below
    made = Figure(figsize=(INCHES, height))
    top = height - 0.25
    seen = _axes(made, 0.1, top - 2.0, 2.0, 2.0)
    draw_image(seen, image, "what the network sees")
    seen.set_xlabel(KEY, fontsize=8)
    if origin.number:
        _outline(seen, origin.field, PALETTE["other"])
    for number, grid in grids.items():
        size = grid.size[1] * grid.scale / WIDTH * MAPS_WIDTH, _inches(grid)
        ax = _axes(made, INCHES - MAPS_WIDTH, top - size[1], *size)
        ax.imshow(COLOURS[grid.shades(values[number])], interpolation="nearest")
        ax.set_title(title(network, number), fontsize=8, loc="left", pad=3)
        ax.set(xticks=[], yticks=[])
        ax.spines[:].set_visible(False)
        _outline_values(ax, grid, number, origin)
        top -= size[1] + TITLE
    sentence = _write_terms(made, origin, words, below)
    names = listed(network.steps[number].name for number in shown)
    made.alt = f"An image and the maps of {counted(len(shown), 'layer')} ({names}). {sentence}"
    return made


def _outline_values(ax: Axes, grid: MapGrid, number: int, origin: Origin) -> None:
    """Outline the value, or what it comes from, in the maps of a step."""
    for region in regions(origin):
        if region.number == number:
            for box in grid.boxes(region.box, region.channels):
                _outline(ax, box, PALETTE["other"])
    if number == origin.number:
        row, column = grid.square(origin.index)
        _outline(ax, Box(row, column, row + 1, column + 1), "black")


def _shown(network: Network, origin: Origin) -> list[int]:
    """Return the steps that are shown, in order."""
    numbers = range(1, len(network.steps))
    if len(numbers) <= LAYERS:
        return list(numbers)
    mine = [origin.number, *(region.number for region in origin.regions)]
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


def _grids(origin: Origin) -> bool:
    """Return whether numbers in squares are shown."""
    return origin.inputs.ndim == 3 and max(origin.inputs.shape[:2]) <= LARGEST_GRID


def _lines(origin: Origin, words: Words) -> list[str]:
    """Return the terms of a value and their sum as lines of text."""
    return [f"{rounded(row.value):>8}  {row.name}" for row in sums(origin, words)]


def _terms_height(origin: Origin, words: Words) -> float:
    return 0.7 + max(2.1 * _grids(origin), 0.15 * len(_lines(origin, words)) + 0.1)


def _write_terms(made: Figure, origin: Origin, words: Words, height: float) -> str:
    """Draw the squares of the strongest map, or a window; write the sum and the sentence."""
    sentence, high = words.sentence(origin), made.get_figheight()
    wrapped = "\n".join(textwrap.wrap(sentence, 105))
    made.text(0.1 / INCHES, 0.1 / high, wrapped, fontsize=9, va="bottom")
    parts = _parts(origin, words) if _grids(origin) else {}
    for place, (name, part) in enumerate(parts.items()):
        ax = _axes(made, 0.15 + 1.75 * place, height - 1.9, 1.5, 1.5)
        draw_numbers(ax, np.round(part, 2) + 0.0, name)
        ax.title.set_fontsize(8)
    left, top = 0.2 + 1.75 * len(parts), (height - 0.15) / high
    lines = "\n".join(_lines(origin, words))
    made.text(left / INCHES, top, lines, fontsize=7.5, va="top", family=TELLING)
    return sentence


def _parts(origin: Origin, words: Words) -> dict[str, Floats]:
    """Return what is drawn as numbers in squares."""
    if origin.kind != "convolution":
        return {"window": origin.inputs[..., 0]}
    strongest = int(np.abs(origin.products.sum(axis=(0, 1))).argmax())
    named = {
        f"patch,\n{words.source_map(origin, strongest)}": origin.inputs,
        f"kernel {origin.index[2]}": origin.weights,
        "patch × kernel": origin.products,
    }
    return {name: part[..., strongest] for name, part in named.items()}
