"""An action that runs soon and on the newest state, but not too often."""

import asyncio
from collections.abc import Callable
from time import perf_counter, process_time

RATE = 20
"""Highest number of runs a second."""
PATIENCE = 10
"""Pause after a run that had to wait for a processor, as a multiple of that wait."""


class Throttle:
    """Run an action soon after each request, but less often than it is requested.

    The action takes up to a third of the time. Where many share the machine and it has to wait for
    a processor, it runs less often and leaves the time to what cannot wait.

    Parameters
    ----------
    action : callable
        Has to look at the state of things when it runs: several requests end in one run.
    """

    def __init__(self, action: Callable[[], None]) -> None:
        self._action = action
        self._timer: asyncio.TimerHandle | None = None
        self._not_before = 0.0

    def ask(self) -> None:
        """Run the action as soon as the rate allows, unless it is already scheduled."""
        if self._timer is not None:
            return
        wait = self._not_before - perf_counter()
        if not self._schedule(max(wait, 0)) and wait <= 0:
            self.now()

    def now(self) -> None:
        """Run the action at once, instead of any scheduled run."""
        self._run(due=perf_counter())

    def later(self, seconds: float) -> None:
        """Run the action after a pause, which begins anew with each call."""
        self.stop()
        if not self._schedule(seconds):
            self.now()

    def stop(self) -> None:
        """Cancel the scheduled run."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _schedule(self, seconds: float) -> bool:
        """Return whether a run could be scheduled: a plain script has no event loop."""
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            return False
        self._timer = loop.call_later(seconds, self._run, perf_counter() + seconds)
        return True

    def _run(self, due: float) -> None:
        self.stop()
        began = process_time()  # of all threads: a network may compute in others than this one
        self._action()
        ended, duration = perf_counter(), process_time() - began
        waited = max(ended - due - duration, 0)
        self._not_before = max(due + 1 / RATE, ended + 2 * duration + PATIENCE * waited)
