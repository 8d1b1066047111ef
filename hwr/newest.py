"""Something to be done soon, and about the newest state of things, but not too often."""

import asyncio
from collections.abc import Callable
from time import perf_counter

RATE = 20
"""Times a second, at most."""


class Newest:
    """Do something soon, but at most so often, however often it is asked for.

    Parameters
    ----------
    action : callable
        What to do; it looks at the state of things when it runs, so what was asked for in between
        is never done late.
    """

    def __init__(self, action: Callable[[], None]) -> None:
        self._action = action
        self._timer: asyncio.TimerHandle | None = None
        self._not_before = 0.0

    def ask(self) -> None:
        """Run the action when its time has come, unless it already waits to be run."""
        if self._timer is not None:
            return
        wait = self._not_before - perf_counter()
        try:
            self._timer = asyncio.get_running_loop().call_later(max(wait, 0), self.now)
        except RuntimeError:  # no event loop, as in a plain script
            if wait <= 0:
                self.now()

    def now(self) -> None:
        """Run the action at once, instead of the one that waits."""
        self.stop()
        began = perf_counter()
        self._action()
        ended = perf_counter()
        self._not_before = max(began + 1 / RATE, ended + 2 * (ended - began))

    def later(self, seconds: float) -> None:
        """Run the action after a pause, counted anew each time that this is asked for."""
        self.stop()
        try:
            self._timer = asyncio.get_running_loop().call_later(seconds, self.now)
        except RuntimeError:  # no event loop, as in a plain script
            self.now()

    def stop(self) -> None:
        """Do not run the action that waits."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
