"""How far a long computation is: a bar in a notebook or a terminal, nothing in a file."""

import math
import sys
import time
from html import escape
from typing import Any

from hwr._support.keras import keras

SECONDS_BETWEEN = 0.25


class Progress:
    """A bar that moves, and disappears when it is closed.

    Parameters
    ----------
    total : int
        The number of steps.
    """

    def __init__(self, total: int) -> None:
        self.total, self._shown = total, 0.0
        self._handle: Any = None
        self._bar: Any = None
        ipython: Any = sys.modules.get("IPython")
        if ipython and hasattr(ipython.get_ipython(), "kernel"):
            self._handle = ipython.display.DisplayHandle()
            self._handle.display(self._html(0, ""))
        else:
            from tqdm import tqdm

            self._bar = tqdm(total=total, leave=False, disable=None)  # silent unless in a terminal

    def show(self, done: int, text: str) -> None:
        """Show how many steps are done, and a few words beside the bar."""
        if self._bar is not None:
            self._bar.set_description_str(text, refresh=False)
            self._bar.update(done - self._bar.n)
        elif time.monotonic() - self._shown > SECONDS_BETWEEN:
            self._shown = time.monotonic()
            self._handle.update(self._html(done, text))

    def close(self) -> None:
        """Take the bar away."""
        if self._bar is not None:
            self._bar.close()
        else:
            self._handle.update({"text/plain": "", "text/html": ""}, raw=True)

    def _html(self, done: int, text: str) -> Any:
        bar = f'<progress value="{done}" max="{self.total}" aria-label="{escape(text)}"></progress>'
        return sys.modules["IPython"].display.HTML(f"{bar} {escape(text)}")


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


def print_epoch(history: list[dict[str, float]]) -> None:
    """Print the figures of the epoch that has just ended: for ``fit``'s ``on_epoch``."""
    row = history[-1]
    print(
        f"epoch {row['epoch']}: training accuracy {row['accuracy']:.2%}, "
        f"validation accuracy {row['val_accuracy']:.2%}, {row['seconds']:.0f} s",
        flush=True,
    )
