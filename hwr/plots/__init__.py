"""The figures of the course: functions that take arrays and give a matplotlib ``Figure``.

One module for each lesson; what they share (the palette, a grid of images, how a figure is shown
with its alt text) is in :mod:`hwr.plots.base`.
"""

from hwr.plots.base import PALETTE, bars, figure, image_grid, live, show

__all__ = ["PALETTE", "bars", "figure", "image_grid", "live", "show"]
