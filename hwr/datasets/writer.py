"""Made-up writers: each keeps to shapes of its own, as one person does."""

import numpy as np
from scipy.ndimage import gaussian_filter1d

from hwr.alphabets import BYCLASS, CHARACTERS
from hwr.dataset import Dataset
from hwr.datasets import synthetic
from hwr.ink import Ink, convert


class Writer:
    """One made-up person, who writes a character nearly the same every time.

    Parameters
    ----------
    seed : int
        Which person: the same seed has the same hand.
    """

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self._shapes: dict[str, Ink] = {}

    def write(self, character: str, rng: np.random.Generator) -> Ink:
        """Write one of the 62 characters; ``rng`` decides what varies from one time to the next."""
        if character not in self._shapes:
            own = np.random.default_rng([self.seed, CHARACTERS.find(character) + 1])
            self._shapes[character] = synthetic.write(character, own)
        shape = self._shapes[character]
        ends = np.cumsum([len(stroke) for stroke in shape.strokes])[:-1]
        points = np.concatenate(shape.strokes)
        points = synthetic.bend(points - points.mean(axis=0), rng, strength=0.03)
        slant, turn, aspect = rng.normal(0, [0.06, 0.04, 0.06])
        stretch = np.array([[np.exp(aspect), 0], [slant, 1]])
        turned = np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
        points = points @ stretch @ turned
        points = points + gaussian_filter1d(rng.normal(0, 0.04, points.shape), 2.0, axis=0)
        lifted = [stroke + rng.normal(0, 0.02, 2) for stroke in np.split(points, ends)]
        return Ink(lifted, pen=float(shape.pen * np.exp(rng.normal(0, 0.08))))

    def drawings(self, each: int, characters: str = CHARACTERS) -> Dataset:
        """Write every character so many times and convert it.

        Parameters
        ----------
        each : int
            How often each is written.
        characters : str
            Which of the 62.

        Returns
        -------
        Dataset
            In the order of writing: all characters once, then all once more, and so on.
        """
        rng = np.random.default_rng([self.seed, 0])
        text = characters * each
        images = np.stack([convert(self.write(character, rng)) for character in text])
        labels = np.array([CHARACTERS.index(character) for character in text], np.int64)
        return Dataset(f"writer {self.seed}", images, labels, BYCLASS, "made-up handwriting")
