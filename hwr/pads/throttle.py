"""Something to be done soon, and about the newest state of things, but not too often."""

import asyncio
from collections.abc import Callable
from time import perf_counter, thread_time

RATE = 20
"""Times a second, at most."""
PATIENCE = 10
"""So much longer than it had to wait itself, it lets others go first."""


class Throttle:
    """Do something soon, but at most so often, however often it is asked for.

    It takes a third of the time at most. Where it has to wait for a processor, because many share
    the machine, it is done less often, and leaves that to what cannot wait.

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
        if not self._after(max(wait, 0)) and wait <= 0:
            self.now()

    def now(self) -> None:
        """Run the action at once, instead of the one that waits."""
        self._run(due=perf_counter())

    def later(self, seconds: float) -> None:
        """Run the action after a pause, counted anew each time that this is asked for."""
        self.stop()
        if not self._after(seconds):
            self.now()

    def stop(self) -> None:
        """Do not run the action that waits."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _after(self, seconds: float) -> bool:
        """Let the action wait; without an event loop, as in a plain script, it cannot."""
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            return False
        self._timer = loop.call_later(seconds, self._run, perf_counter() + seconds)
        return True

    def _run(self, due: float) -> None:
        self.stop()
        began = thread_time()
        self._action()
        ended, took = perf_counter(), thread_time() - began
        waited = ended - due - took
        self._not_before = max(due + 1 / RATE, ended + 2 * took + PATIENCE * waited)
