"""A limit to the time that some work may take, kept by the loops inside of it.

>>> with time_limit(8):                                                        # doctest: +SKIP
...     read(page)          # whose loops call check()

What is measured is the time of the processor, not of the clock: a machine that is shared by many
reads as much of a page as one that is idle.
"""

import math
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_end: ContextVar[float] = ContextVar("end", default=math.inf)


class OutOfTimeError(Exception):
    """The time is up."""


@contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """Limit the time of a block; inside of another limit, the earlier end counts."""
    before = _end.set(min(_end.get(), time.thread_time() + seconds))
    try:
        yield
    finally:
        _end.reset(before)


def check() -> None:
    """Raise an OutOfTimeError if the time is up; without a limit, it never is."""
    if time.thread_time() > _end.get():
        raise OutOfTimeError
