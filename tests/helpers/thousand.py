"""The 1,000 drawings on which the web page is compared with Python."""

import numpy as np

from hwr.alphabets import CHARACTERS
from hwr.datasets import synthetic
from hwr.datasets.synthetic import Writer
from hwr.ink import Ink


def as_on_a_pad(drawing, size):
    """Return a drawing in whole pixels, like a mouse's: points repeat, edges are straight."""
    low, high = drawing.bounds()
    scale = size / (high - low).max()
    return Ink([np.round((stroke - low) * scale) + 40 for stroke in drawing.strokes], drawing.pen)


def there_and_back(times):
    """Return a line of 66.6 pixels that is drawn many times, with a point at each pixel."""
    ends = [(0.0, 0.0), (10.0, 30.0)]
    return Ink([[ends[i % 2] for i in range(times + 1)]])


def odd_drawings():
    """Return drawings that are no characters."""
    rng = np.random.default_rng(5)
    bow = np.stack([np.cos(np.linspace(0, 9, 50)), np.sin(np.linspace(0, 7, 50))], axis=1)
    return [
        Ink(),
        Ink([[]]),
        Ink([[(5, 5)]]),  # a dot
        Ink([[(-300.7, 7.1), (-300.7, 7.1)]]),
        *(Ink([[(5, 5)]], pen) for pen in np.linspace(0.001, 1, 40)),  # borders of 0.5, 2.5 pixels
        Ink([[(0, 0), (0, 10)]]),  # lines
        Ink([[(3, 8), (90, 8)]]),
        Ink([[(0, 0), (10, 30)], []]),
        Ink([[(0, 0)], [(1000, 1)]]),  # far points
        Ink([[(-9e8, -9e8)], [(9e8, 9e8)]]),
        Ink([[(0, 0), (1, 1)]], 0.001),
        Ink([[(0, 0), (1, 0.2)]], 1),
        *(Ink([[(0, 0), (span, span / 2)]]) for span in (5e-7, 2e-6)),  # a dot, and no dot
        *(Ink([bow * size + where]) for size in (1e-5, 1e-3, 1e8) for where in (0, 0.37 * size)),
        there_and_back(75),  # 4,995 points, and 5,061: as many as make a scribble
        there_and_back(76),
        Ink([[(0, 0)], [((0, 64)[i % 2], 10.125) for i in range(80)]], 0.125),  # halves to round
        Ink([rng.uniform(0, 400, (6_000, 2))]),  # scribbles
        Ink([np.cumsum(rng.normal(0, 3, (6_000, 2)), axis=0)], 0.03),
        Ink(list(rng.uniform(0, 1, (6_000, 1, 2))), 0.02),
    ]


def thousand():
    """Return 1,000 drawings: synthetic ones, some in whole pixels, and odd ones."""
    rng = np.random.default_rng(20)
    odd = odd_drawings()
    writers = [Writer(seed) for seed in range(5)]
    characters = [CHARACTERS[i % len(CHARACTERS)] for i in range(1_000 - len(odd))]
    made_up = [
        synthetic.draw(character, rng) if i % 4 < 2 else writers[i % 5].draw(character, rng)
        for i, character in enumerate(characters)
    ]
    pads = [as_on_a_pad(drawing, (90, 260)[i % 2]) for i, drawing in enumerate(made_up[:300])]
    return pads + made_up[300:] + odd
