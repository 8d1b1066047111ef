"""A LiteRT file from somebody else, tried in a process of its own before it runs in this one.

LiteRT trusts its files: a damaged one can end the process that runs it, whatever its SHA-256 says,
which whoever passed it on has written, too. So ``python -m hwr._support.trial`` runs it first.
What ends that process ends nothing else. It is no wall: a file that is made to break out of LiteRT
can do there what the user can.
"""

import hashlib
import importlib
import subprocess
import sys
import time
from contextlib import suppress

import numpy as np

from hwr._support.apart import limit_more_memory, limit_time, run_apart
from hwr._support.litert import BATCH, LineNetwork, LiteRTNetwork

MAX_SECONDS, MAX_PROCESSOR_SECONDS = 60, 2
"""How long the trial may take: by the clock, and of the processor once LiteRT is there, where the
system can limit it. The course's networks take 0.1 seconds, and more by the clock where many share
a machine."""
MEMORY, MEMORY_PER_BYTE = 200_000_000, 3
"""Bytes that it may take, where the system can limit it: for the arrays, 20 million in the course's
networks, and for each byte of the file, which LiteRT packs anew."""
REFUSED = 3
"""The exit status of a trial that ended with a sentence."""
BATCHES = (1, 3, BATCH)
"""Numbers of images on which the network is tried."""
WIDTHS = (16, 64, 2000)
"""Columns of the lines on which a network of words is tried."""
_known: set[str] = set()
"""The SHA-256 of files that were made or tried by this process."""


def made_here(weights: bytes) -> bytes:
    """Return a LiteRT file that this process has made, so that it need not be tried."""
    _known.add(hashlib.sha256(weights).hexdigest())
    return weights


def require_runs(weights: bytes, name: str, line: tuple[int, ...] = ()) -> None:
    """Raise a ValueError if a LiteRT file ends the process that runs it, or cannot be run.

    Parameters
    ----------
    weights : bytes
    name : str
        Of the file.
    line : tuple of int
        For a network of words, what :class:`hwr._support.litert.LineNetwork` is told.
    """
    digest = hashlib.sha256(weights).hexdigest()
    if digest in _known:
        return
    done: subprocess.CompletedProcess[bytes] | None = None
    with suppress(subprocess.TimeoutExpired):
        done = run_apart(
            "hwr._support.trial", *map(str, line), content=weights, seconds=MAX_SECONDS
        )
    if done is not None and done.returncode == REFUSED:
        raise ValueError(done.stdout.decode("utf-8"))
    if done is None or done.returncode != 0:
        raise ValueError(
            f"{name} is a network that cannot be run, because it is damaged or was not made to be "
            "run: get it again from somebody you trust, or save the network anew."
        )
    _known.add(digest)


def main() -> None:
    """Run the network that stdin holds."""
    importlib.import_module("ai_edge_litert.interpreter")  # its own memory and time do not count
    line = [int(number) for number in sys.argv[1:]]
    weights = sys.stdin.buffer.read()
    limit_more_memory(MEMORY + MEMORY_PER_BYTE * len(weights))
    limit_time(int(time.process_time()) + MAX_PROCESSOR_SECONDS)
    try:
        network = LineNetwork(weights, *line) if line else LiteRTNetwork(weights)
    except ValueError as error:  # a sentence
        sys.stdout.buffer.write(str(error).encode("utf-8"))
        sys.exit(REFUSED)
    rng = np.random.default_rng(0)
    for count in WIDTHS if line else BATCHES:
        shape = (line[0], count, line[1]) if line else (count, 28, 28)
        network.logits(
            rng.integers(0, 256, shape, np.uint8).astype(np.float32 if line else np.uint8)
        )


if __name__ == "__main__":
    main()
