"""Read thousands of damaged and random files: each is a picture, or is refused in a sentence.

    python -m benchmarks.fuzz [--files N] [--seed N] [--only NUMBER...]

Small valid files of every format are made on the spot and damaged: bits flipped, truncated,
spliced, with another file's header, with other sizes in the header; or only their first bytes are
kept. Each goes through ``open_photo`` and ``open_picture``, in worker processes that measure time,
memory (on Linux) and what is written to stderr. Listed is every file that leads to anything but an
array or a sentence, takes more than 10 seconds or 1 GB, or ends the process, with the number that
repeats it (``--only``).
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
from benchmarks.fuzz.files import case


def examined(seed: int, numbers: list[int]) -> Iterator[Outcome]:
    """Examine files in a worker process, which is started again whenever a file ends it."""
    context = multiprocessing.get_context("spawn")
    worker = None
    for number in numbers:
        if worker is None:
            here, there = context.Pipe()
            worker = context.Process(target=work, args=(there, seed), daemon=True)
            worker.start()
            there.close()
        here.send(number)
        failed = ""
        try:
            if here.poll(60):
                yield here.recv()
                continue
            failed = "no end"
        except (EOFError, ConnectionError):
            worker.join()
            failed = f"ends the process: {worker.exitcode}"
        worker.kill()
        worker = None
        yield Outcome(number, case(seed, number)[0], failed, (), 60, 0)
    if worker is not None:
        worker.kill()


def main() -> None:
    """Read, and print what became of the files."""
    options = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    options.add_argument("--files", type=int, default=5000, help="number of files (5000)")
    options.add_argument("--seed", type=int, default=1, help="other files for each (1)")
    options.add_argument("--only", type=int, nargs="*", metavar="NUMBER", help="these files alone")
    options.add_argument("--workers", type=int, default=os.cpu_count(), help="processes")
    chosen = options.parse_args()
    numbers = chosen.only or list(range(chosen.files))
    shares = [numbers[start :: chosen.workers] for start in range(chosen.workers)]
    begun, outcomes = time.perf_counter(), []
    with ThreadPoolExecutor(chosen.workers) as pool:
        for part in pool.map(lambda share: list(examined(chosen.seed, share)), shares):
            outcomes += part
    kinds = Counter(
        "read" if not any(o.sentences) else "refused" for o in outcomes if not o.problem
    )
    bad = [outcome for outcome in outcomes if outcome.problem]
    print(f"{len(outcomes)} files in {time.perf_counter() - begun:.0f} seconds: {dict(kinds)}")
    slowest = max(outcomes, key=lambda outcome: outcome.seconds)
    largest = max(outcomes, key=lambda outcome: outcome.megabytes)
    print(f"slowest: {slowest.seconds:.1f} s (number {slowest.number}, {slowest.made_from})")
    print(f"most memory: {largest.megabytes:.0f} MB (number {largest.number}, {largest.made_from})")
    print(f"problems: {len(bad)}")
    for number, made_from, problem, *_ in sorted(bad):
        print(f"  --seed {chosen.seed} --only {number}: {made_from}: {problem}")
    sys.exit(bool(bad))


if __name__ == "__main__":
    main()
