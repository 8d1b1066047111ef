"""How far a long computation is: a bar in a notebook or a terminal, nothing in a file."""

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
            self._handle.update(self._as_html(""))

    def _html(self, done: int, text: str) -> Any:
        bar = f'<progress value="{done}" max="{self.total}" aria-label="{escape(text)}"></progress>'
        return self._as_html(f"{bar} {escape(text)}")

    @staticmethod
    def _as_html(content: str) -> Any:
        return sys.modules["IPython"].display.HTML(content)


class ShowProgress(keras.callbacks.Callback):
    """A bar that shows how far an epoch of a training is.

    Parameters
    ----------
    batches : int
        Batches of an epoch.
    epoch : int
        Its number.
    """

    def __init__(self, batches: int, epoch: int) -> None:
        super().__init__()
        self.bar, self.epoch = Progress(batches), epoch

    def on_train_batch_end(self, batch: int, logs: dict[str, Any] | None = None) -> None:
        """Move the bar."""
        self.bar.show(batch + 1, f"epoch {self.epoch}: loss {(logs or {}).get('loss', 0):.2f}")


def print_epoch(history: list[dict[str, float]]) -> None:
    """Print the figures of the epoch that has just ended: for ``fit``'s ``on_epoch``."""
    row = history[-1]
    print(
        f"epoch {row['epoch']}: training accuracy {row['accuracy']:.2%}, "
        f"validation accuracy {row['val_accuracy']:.2%}, {row['seconds']:.0f} s",
        flush=True,
    )
