"""Reads one file after another through both doors for pictures, and tells what becomes of each."""

import os
import re
import sys
import tempfile
import time
from multiprocessing.connection import Connection
from pathlib import Path
from typing import IO, Any, NamedTuple

from benchmarks.fuzz.files import case

SECONDS, MEGABYTES = 10, 1000
"""What reading one file may take."""
SENTENCE = re.compile(r"[^\n]{1,400}[^.\n]: [^\n]+\.|There is no file [^\n]+\.")


class Outcome(NamedTuple):
    """What became of a file."""

    number: int
    made_from: str
    problem: str
    sentences: tuple[str, ...]
    seconds: float
    megabytes: float


def answer(read: Any, data: bytes) -> str:
    """Return the sentence with which a file is refused; an empty string if it is read.

    Raises
    ------
    AssertionError
        If the sentence is none, or what was read is not a grey picture.
    """
    try:
        grey = read(data)
    except ValueError as error:
        sentence = str(error)
    else:
        assert grey.ndim == 2, f"a picture of shape {grey.shape}"
        assert grey.size, "a picture without pixels"
        assert grey.dtype == "uint8", f"a picture of {grey.dtype}"
        return ""
    assert SENTENCE.fullmatch(sentence), f"no sentence: {sentence}"
    return sentence


def examine(seed: int, number: int, errors: IO[str] | None = None) -> Outcome:
    """Read a file through both doors, and return what became of it."""
    from hwr.images.io import open_photo, open_picture

    made_from, data = case(seed, number)
    before = _peaks(forget=True)
    problem, sentences, slowest = "", [], 0.0
    for read in (open_photo, open_picture):
        begun = time.perf_counter()
        try:
            sentences.append(answer(read, data))
        except Exception as error:
            problem = f"{read.__name__}: {type(error).__name__}: {error}"
        slowest = max(slowest, time.perf_counter() - begun)
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


def work(connection: Connection, seed: int) -> None:
    """Examine the files whose numbers arrive, until none does."""
    with tempfile.TemporaryFile("w+") as errors:
        os.dup2(errors.fileno(), 2)
        case(seed, 0)  # the valid files are made
        while True:
            errors.seek(0, 2)
            connection.send(examine(seed, connection.recv(), errors))
