"""Reads one thing after another through all doors for it, and tells what becomes of each."""

import os
import re
import sys
import tempfile
import time
from multiprocessing.connection import Connection
from pathlib import Path
from typing import IO, NamedTuple

from benchmarks.fuzz.kinds import KINDS, Door

SECONDS, MEGABYTES = 10, 1000
"""What reading one may take, in time of the processor: the machine may be shared."""
SENTENCE = re.compile(r"[^\n]{1,400}[^.\n]: [^\n]+\.|There is no file [^\n]+\.")


class Outcome(NamedTuple):
    """What became of one."""

    number: int
    made_from: str
    problem: str
    sentences: tuple[str, ...]
    seconds: float
    megabytes: float


def answer(read: Door, data: bytes) -> str:
    """Return the sentence with which something is refused; an empty string if it is read.

    Raises
    ------
    AssertionError
        If the sentence is none, or what was read is wrong.
    """
    try:
        read(data)
    except ValueError as error:
        sentence = str(error)
    else:
        return ""
    assert SENTENCE.fullmatch(sentence), f"no sentence: {sentence[:500]!r}"
    return sentence


def examine(
    kind: str, doors: dict[str, Door], seed: int, number: int, errors: IO[str] | None = None
) -> Outcome:
    """Read something through all its doors, and return what became of it."""
    made_from, data = KINDS[kind].case(seed, number)
    before = _peaks(forget=True)
    problem, sentences, slowest = "", [], 0.0
    for name, read in doors.items():
        begun = time.thread_time()
        try:
            sentences.append(answer(read, data))
        except Exception as error:
            problem = f"{name}: {type(error).__name__}: {str(error)[:500]}"
        slowest = max(slowest, time.thread_time() - begun)
    megabytes = _growth(before, _peaks())
    if slowest > SECONDS:
        problem = f"{slowest:.0f} seconds"
    elif megabytes > MEGABYTES:
        problem = f"{megabytes:.0f} MB"
    elif errors is not None and errors.tell():
        errors.seek(0)
        problem = f"on stderr: {errors.read(500)!r}"
        errors.truncate(0)
    return Outcome(number, made_from, problem, tuple(sentences), slowest, megabytes)


def _peaks(forget: bool = False) -> tuple[float, float]:
    """Return the most memory that this process and any that it started have taken, in MB."""
    if sys.platform != "linux":
        return 0.0, 0.0
    import resource

    if forget:
        Path("/proc/self/clear_refs").write_text("5")
    own = int(Path("/proc/self/status").read_text().split("VmHWM:")[1].split()[0])
    return own / 1000, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1000


def _growth(before: tuple[float, float], after: tuple[float, float]) -> float:
    """Return what this process took on top, or what one took that it has started since, in MB."""
    return max(after[0] - before[0], after[1] if after[1] > before[1] else 0.0)


def work(connection: Connection, kind: str, seed: int) -> None:
    """Examine what has the numbers that arrive, until none does."""
    with tempfile.TemporaryFile("w+") as errors:
        os.dup2(errors.fileno(), 2)
        KINDS[kind].case(seed, 0)  # what is made once is made
        doors = KINDS[kind].doors()
        while True:
            errors.seek(0, 2)
            connection.send(examine(kind, doors, seed, connection.recv(), errors))
