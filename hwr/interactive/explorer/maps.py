"""A layer's output as a picture: its maps side by side, or its units in rows of squares."""

from dataclasses import dataclass
from io import BytesIO

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from hwr.interactive.explorer.windows import Box, Shape
from hwr.plots.convolution import SIGNED

WIDTH = 528
"""CSS pixels that a layer's maps may take."""
LARGEST, SMALLEST = 8, 2
"""Side of the square of one value of a map, in CSS pixels."""
SHADES = 127
COLOURS: NDArray[np.uint8] = SIGNED(np.arange(2 * SHADES + 2) / (2 * SHADES), bytes=True)
"""RGBA from orange to white to blue, as in all figures of feature maps; what is between maps is
the last one, and transparent."""
GAP = 2 * SHADES + 1
COLOURS[GAP] = 0
# From paper to ink.
GREYS: NDArray[np.uint8] = np.arange(256, dtype=np.uint8)[::-1, None].repeat(4, axis=1)
GREYS[:, 3] = 255

Place = tuple[float, float]


@dataclass(frozen=True)
class MapGrid:
    """Where the values of a layer's output stand.

    Units are maps of one value. Lengths are in squares of one value, but for `scale`.

    Attributes
    ----------
    shape : tuple of int
        Of the layer's output: (rows, columns, maps) or (units,).
    columns : int
        Maps in a row.
    scale : int
        CSS pixels of a square.
    """

    shape: Shape
    columns: int
    scale: int

    @property
    def count(self) -> int:
        """The number of maps, or of units."""
        return self.shape[-1]

    @property
    def map_size(self) -> tuple[int, int]:
        """Rows and columns of a map."""
        return (self.shape[0], self.shape[1]) if len(self.shape) == 3 else (1, 1)

    @property
    def pitch(self) -> tuple[int, int]:
        """Squares from one map to the next, down and to the right."""
        gap = int(len(self.shape) == 3)
        return self.map_size[0] + gap, self.map_size[1] + gap

    @property
    def size(self) -> tuple[int, int]:
        """Rows and columns of squares."""
        down, right = self.pitch
        gap = int(len(self.shape) == 3)
        return -(-self.count // self.columns) * down - gap, self.columns * right - gap

    def shades(self, values: NDArray[np.float32]) -> NDArray[np.uint8]:
        """Return the values as places in :data:`COLOURS`: uint8, shape (rows, columns).

        The largest absolute value of the layer has the full colour; between maps is :data:`GAP`.
        """
        top = float(np.abs(values).max(initial=0)) or 1.0
        shades = (values * (SHADES / top) + (SHADES + 0.5)).astype(np.uint8)  # rounded
        (height, width), (down, right) = self.map_size, self.pitch
        rows = -(-self.count // self.columns)
        cells = np.full((rows * self.columns, down, right), GAP, np.uint8)
        maps = np.moveaxis(shades, -1, 0).reshape(self.count, height, width)
        cells[: self.count, :height, :width] = maps
        grid = cells.reshape(rows, self.columns, down, right).swapaxes(1, 2)
        high, wide = self.size
        return grid.reshape(rows * down, self.columns * right)[:high, :wide]

    def corner(self, channel: int) -> tuple[int, int]:
        """Return row and column of the first square of a map."""
        row, column = divmod(channel, self.columns)
        return row * self.pitch[0], column * self.pitch[1]

    def boxes(self, box: Box, channels: range) -> list[Box]:
        """Return where a part of the output stands: in each of some maps, or its units."""
        if len(self.shape) == 1:
            corners = [self.corner(unit) for unit in range(box.left, box.right)]
            return [Box(row, column, row + 1, column + 1) for row, column in corners]
        inside = box.clipped(self.shape)
        return [
            Box(inside.top + down, inside.left + right, inside.bottom + down, inside.right + right)
            for down, right in map(self.corner, channels)
        ]

    def square(self, index: Shape) -> tuple[int, int]:
        """Return row and column of the square of a value."""
        row, column = self.corner(index[-1])
        inside = index[:2] if len(index) == 3 else (0, 0)
        return row + inside[0], column + inside[1]

    def index_at(self, row: float, column: float) -> Shape | None:
        """Return the index of the value whose square is nearest; None where there is no map."""
        (down, right), (height, width) = self.pitch, self.map_size
        map_row = min(max(int(row // down), 0), -(-self.count // self.columns) - 1)
        map_column = min(max(int(column // right), 0), self.columns - 1)
        channel = map_row * self.columns + map_column
        if channel >= self.count:
            return None
        if len(self.shape) == 1:
            return (channel,)
        inside = int(row - map_row * down), int(column - map_column * right)
        return min(max(inside[0], 0), height - 1), min(max(inside[1], 0), width - 1), channel

    def moved(self, index: Shape, down: int, right: int) -> Shape:
        """Return the index one square further; beyond a map's edge its neighbour begins."""
        (row, column), (height, width) = self.square(index), self.map_size
        corner = self.corner(index[-1])
        if not 0 <= row - corner[0] + down < height:
            down = down * (1 + self.pitch[0] - height)  # over the gap
        if not 0 <= column - corner[1] + right < width:
            right = right * (1 + self.pitch[1] - width)
        row, column = row + down, column + right
        if not (0 <= row < self.size[0] and 0 <= column < self.size[1]):
            return index
        return self.index_at(row, column) or index


def arrange(shape: Shape, height: float) -> MapGrid:
    """Return the largest grid that needs at most a height, in CSS pixels, if one can be so small.

    Parameters
    ----------
    shape : tuple of int
        Of the layer's output.
    """
    if len(shape) == 1:
        side = min(max(WIDTH // shape[0], 4 if shape[0] > 300 else 6), 18)
        return MapGrid(shape, min(WIDTH // side, shape[0]), side)
    for scale in range(LARGEST, SMALLEST - 1, -1):
        columns = min(max((WIDTH // scale + 1) // (shape[1] + 1), 1), shape[2])
        found = MapGrid(shape, columns, scale)
        if found.size[0] * scale <= height:
            break
    return found


def pale(value: float, top: float) -> str:
    """Return the colour of a number's square as CSS, so pale that black text is legible on it."""
    shade = round(0.55 * SHADES * value / top) if top else 0
    return "#" + "".join(f"{part:02x}" for part in COLOURS[SHADES + shade][:3])


def encode(shades: NDArray[np.uint8], colours: NDArray[np.uint8]) -> bytes:
    """Return a picture as a PNG file with a palette, which takes a tenth of the time of RGBA."""
    picture = Image.fromarray(shades)
    picture.putpalette(colours.tobytes(), "RGBA")
    file = BytesIO()
    picture.save(file, "PNG", compress_level=1)
    return file.getvalue()
