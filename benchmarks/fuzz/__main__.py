"""Read thousands of damaged, random and hostile inputs: each is read, or refused in a sentence.

    python -m benchmarks.fuzz [KIND] [--files N] [--seed N] [--only NUMBER...]

``files`` are small valid pictures of every format, damaged: bits flipped, truncated, spliced, with
another file's header, with other sizes in the header; or only their first bytes are kept.
``strokes`` and ``pictures`` are read as characters, words and text; ``cards`` of recognisers have
odd fields, or networks that are damaged under the right hash; ``drawings`` are gathered. All are
read in worker processes that measure time, memory (on Linux) and what is written to stderr. Listed
is whatever leads to anything but an answer or a sentence, takes more than 10 seconds or 1 GB, or
ends the process, with the number that repeats it (``--only``).
"""

import argparse
import multiprocessing
import os
import sys
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

from benchmarks.fuzz.examination import Outcome, work
from benchmarks.fuzz.kinds import KINDS


def examined(kind: str, seed: int, numbers: list[int]) -> Iterator[Outcome]:
    """Examine inputs in a worker process, which is started again whenever one ends it."""
    context = multiprocessing.get_context("spawn")
    worker = None
    for number in numbers:
        if worker is None:
            here, there = context.Pipe()
            worker = context.Process(target=work, args=(there, kind, seed), daemon=True)
            worker.start()
            there.close()
        here.send(number)
        failed = ""
        try:
            if here.poll(600):
                yield here.recv()
                continue
            failed = "no end"
        except (EOFError, ConnectionError):
            worker.join()
            failed = f"ends the process: {worker.exitcode}"
        worker.kill()
        worker = None
        yield Outcome(number, KINDS[kind].case(seed, number)[0], failed, (), 600, 0)
    if worker is not None:
        worker.kill()


def main() -> None:
    """Read, and print what became of the files."""
    options = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    options.add_argument("kind", nargs="?", choices=KINDS, default="files", help="(files)")
    options.add_argument("--files", type=int, default=5000, help="how many (5000)")
    options.add_argument("--seed", type=int, default=1, help="others for each (1)")
    options.add_argument("--only", type=int, nargs="*", metavar="NUMBER", help="these alone")
    options.add_argument("--workers", type=int, default=os.cpu_count(), help="processes")
    chosen = options.parse_args()
    numbers = chosen.only or list(range(chosen.files))
    shares = [numbers[start :: chosen.workers] for start in range(chosen.workers)]
    begun, outcomes = time.perf_counter(), []
    with ThreadPoolExecutor(chosen.workers) as pool:
        for part in pool.map(lambda share: list(examined(chosen.kind, chosen.seed, share)), shares):
            outcomes += part
    kinds = Counter(
        "read" if not any(o.sentences) else "refused" for o in outcomes if not o.problem
    )
    bad = [outcome for outcome in outcomes if outcome.problem]
    print(
        f"{len(outcomes)} {chosen.kind} in {time.perf_counter() - begun:.0f} seconds: {dict(kinds)}"
    )
    slowest = max(outcomes, key=lambda outcome: outcome.seconds)
    largest = max(outcomes, key=lambda outcome: outcome.megabytes)
    print(f"slowest: {slowest.seconds:.1f} s (number {slowest.number}, {slowest.made_from})")
    print(f"most memory: {largest.megabytes:.0f} MB (number {largest.number}, {largest.made_from})")
    print(f"problems: {len(bad)}")
    for number, made_from, problem, *_ in sorted(bad):
        print(f"  {chosen.kind} --seed {chosen.seed} --only {number}: {made_from}: {problem}")
    sys.exit(bool(bad))


if __name__ == "__main__":
    main()
