"""How far a long computation is: a bar in a notebook or a terminal, nothing in a file."""

import sys
import time
from html import escape
from typing import Any

SECONDS_BETWEEN = 0.25


class Progress:
    """A bar that moves, and disappears when it is closed.

    Parameters
    ----------
    total : int
        The number of steps.
    delay : float
        Seconds after which a terminal shows it.
    """

    def __init__(self, total: int, delay: float = 0.0) -> None:
        self.total, self._shown = total, 0.0
        self._handle: Any = None
        self._bar: Any = None
        ipython: Any = sys.modules.get("IPython")
        if ipython and hasattr(ipython.get_ipython(), "kernel"):
            self._handle = ipython.display.DisplayHandle()
            self._handle.display(self._html(0, ""))
        else:
            from tqdm import tqdm

            # Silent unless in a terminal.
            self._bar = tqdm(total=total, leave=False, disable=None, delay=delay)

    def show(self, done: int, text: str, total: int | None = None) -> None:
        """Show how many steps are done, by now of so many, and a few words beside the bar."""
        self.total = total or self.total
        if self._bar is not None:
            self._bar.total = self.total
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


def print_epoch(history: list[dict[str, float]]) -> None:
    """Print the figures of the epoch that has just ended: for ``fit``'s ``on_epoch``."""
    row = history[-1]
    print(
        f"epoch {row['epoch']}: training accuracy {row['accuracy']:.2%}, "
        f"validation accuracy {row['val_accuracy']:.2%}, {row['seconds']:.0f} s",
        flush=True,
    )
