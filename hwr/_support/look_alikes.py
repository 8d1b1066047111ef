"""The probabilities of a drawing, from those of a network that was trained on scans.

What tells an ``o`` from an ``O`` or a ``0`` on scanned forms tells nothing on a pad, where every
drawing is scaled to one size with one pen; but the network believes in it. How far it may be
believed is measured on people's drawings by ``python -m benchmarks.drawings``, and stands in the
recogniser's card.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

Probabilities = NDArray[np.float32]


class LookAlikes:
    """Calibrates the probabilities of drawings, within groups of look-alikes and between them.

    Parameters
    ----------
    fitted : mapping
        ``temperature``, which divides the log-probabilities of the groups, and ``look_alikes``: for
        each group of classes, such as ``'0Oo'``, the factor of the log-probabilities within it. 0
        divides the group's probability equally, 1 leaves it as it is. A class in no group is a
        group of its own.
    classes : sequence of str
        The network's classes.

    Raises
    ------
    ValueError
        If something in ``fitted`` is missing or is not a number.
    """

    def __init__(self, fitted: Mapping[str, Any], classes: Sequence[str]) -> None:
        try:
            factors = {group: float(factor) for group, factor in fitted["look_alikes"].items()}
            self._power = 1 / float(fitted["temperature"])
        except (TypeError, KeyError, AttributeError, ValueError, ZeroDivisionError):
            raise ValueError(
                "The card's 'drawings' are damaged: get the file again, or remove this entry."
            ) from None
        alone = [name for name in classes if not any(name in group for group in factors)]
        groups = [*factors, *alone]
        self._member = np.array([[name in group for group in groups] for name in classes], float)
        self._factor = self._member @ np.array([factors.get(group, 1.0) for group in groups])

    def calibrate(self, probabilities: Probabilities) -> Probabilities:
        """Return the calibrated probabilities for a uniform prior.

        Parameters
        ----------
        probabilities : ndarray of float32, shape (n, classes)
            The network's, for a uniform prior; each row sums to 1.

        Returns
        -------
        ndarray of float32, shape (n, classes)
            Each row sums to 1.
        """
        given = np.maximum(probabilities.astype(float), 1e-30)
        groups = (given @ self._member) ** self._power
        within = given**self._factor
        within /= within @ self._member @ self._member.T
        spread = (groups @ self._member.T) * within
        return np.asarray(spread / spread.sum(axis=1, keepdims=True), np.float32)
