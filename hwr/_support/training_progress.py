"""How far a training is: the bar of :mod:`hwr._support.progress`, moved by Keras."""

import math
from typing import Any

from hwr._support.keras import keras
from hwr._support.progress import Progress


class ShowProgress(keras.callbacks.Callback):
    """A bar that shows how far a training is.

    Parameters
    ----------
    epochs : int
    batches : int
        Batches of an epoch.
    """

    def __init__(self, epochs: int, batches: int) -> None:
        super().__init__()
        self.bar, self.epochs, self.batches = Progress(epochs * batches), epochs, batches
        self._epoch = 0

    def on_epoch_begin(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Note the number of the epoch, counted from 0."""
        self._epoch = epoch

    def on_train_batch_end(self, batch: int, logs: dict[str, Any] | None = None) -> None:
        """Move the bar."""
        loss = (logs or {}).get("loss", math.nan)
        text = f"epoch {self._epoch + 1} of {self.epochs}, loss {loss:.2f}"
        self.bar.show(self._epoch * self.batches + batch + 1, text)
