"""A person's word as another person may have written it: slanted, bent, stretched, trembling.

UNIPEN has few writers; without variation a network learns their hands by heart.
"""

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter1d

from hwr.ink import Ink, resample

SLANT, TURN, ASPECT = 0.25, 0.03, 0.16
"""Standard deviations of the slant, the turn in radians, and the aspect's logarithm."""
WAVES, WAVE_HEIGHT = 3, 0.05
"""How many waves move the points, each up and down and to the sides, and their height."""
SMOOTH_SHARE, COARSE_SHARE = 0.2, 0.15
"""Shares of words smoothed as by a hurried hand, and of words on a coarse tablet."""
TREMOR = 0.02
"""Largest standard deviation of a trembling hand; as all lengths here, in heights of the word."""

Points = NDArray[np.float64]
Random = np.random.Generator


def vary_word(ink: Ink, rng: Random) -> Ink:
    """Return a word of any size, written otherwise; its unit is the word's height.

    Parameters
    ----------
    ink : Ink
        Not empty.
    rng : numpy.random.Generator
        Decides everything that varies.
    """
    low, high = ink.bounds()
    width, height = (high - low).tolist()
    unit = max(height, width / 12, 1e-9)
    strokes = [(stroke - (low + high) / 2) / unit for stroke in ink.strokes]
    if rng.random() < SMOOTH_SHARE:
        sigma = rng.uniform(0.5, 2.5)
        paths = [resample(stroke, 0.03) for stroke in strokes]
        strokes = [gaussian_filter1d(path, sigma, axis=0, mode="nearest") for path in paths]
    ends = np.cumsum([len(stroke) for stroke in strokes])[:-1]
    points = _waved(np.concatenate(strokes), rng)
    slant, turn, aspect = rng.normal(0, [SLANT, TURN, ASPECT])
    shape = np.array([[np.exp(aspect), 0], [slant, 1]])
    rotation = np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
    points = points @ shape @ rotation
    tremor = rng.uniform(0, TREMOR)
    points = points + gaussian_filter1d(rng.normal(0, tremor, points.shape), 2.0, axis=0)
    if rng.random() < COARSE_SHARE:
        grid = rng.uniform(0.02, 0.05)
        points = np.rint(points / grid) * grid
    return Ink(np.split(points, ends), ink.pen)


def _waved(points: Points, rng: Random) -> Points:
    """Return points moved by a few long waves: some letters become larger, wider, or lower."""
    angle = rng.uniform(0, 2 * np.pi, WAVES)
    lengths = rng.uniform(0.7, 5, WAVES)
    directions = np.stack([np.cos(angle), np.sin(angle)]) * (2 * np.pi / lengths)
    phases = points @ directions + rng.uniform(0, 2 * np.pi, WAVES)
    moves = rng.normal(0, WAVE_HEIGHT, (WAVES, 2))
    return points + np.sin(phases) @ moves
