"""A recogniser of all characters, marks and what is none of them, that answers as it is told."""

import numpy as np

from hwr.alphabets import CHARACTERS, MARKS, NONE
from hwr.recognizer import Recognizer

OUTPUTS = CHARACTERS + MARKS + NONE


class Says:
    """Stands in for a network: gives the same probabilities to every image."""

    weights = b""

    def __init__(self, shares):
        rest = (1 - sum(shares.values())) / (len(OUTPUTS) - len(shares))
        self.answer = np.log([shares.get(name, rest) for name in OUTPUTS]).astype(np.float32)

    def logits(self, images):
        return np.repeat(self.answer[None], len(images), axis=0)


def recognizer_that_says(shares):
    """Return a recogniser by the probabilities of some of its outputs, or by the one that it says.

    Parameters
    ----------
    shares : dict of str to float, or str
    """
    shares = {shares: 0.98} if isinstance(shares, str) else shares
    card = {
        "class_frequencies": [1 / 62] * 62,
        "more_classes": [*MARKS, NONE],
        "temperature": 1.0,
        "threshold": 0.7,
    }
    return Recognizer(Says(shares), card)
