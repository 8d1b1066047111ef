"""Measure what fine-tuning to one hand gains on that hand and loses on the course test.

    python -m benchmarks.hand [--writers N] [--ink FILE...]

Made-up writers draw each of the 62 characters 15 times: 5 times to train on, 10 to test on. A FILE
(JSON lines, see ``hwr.datasets.drawings``) holds drawings by many writers, who drew each character
once. They count as one hand: the network is trained on five of them and tested on all others, for
three choices of five. Prints the accuracy in 62 classes (uniform prior) before and after, and the
change on the course test (natural prior).
"""

import argparse
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from hwr.dataset import Dataset
from hwr.datasets import emnist
from hwr.datasets.drawings import load_drawings
from hwr.datasets.synthetic import Writer
from hwr.recognizer import Prior, Recognizer
from hwr.transfer import fine_tune

TRAINED, TESTED = 5, 10
"""Drawings of each character to train and to test on; of a file, writers to train on."""
Case = tuple[str, Dataset, Dataset]
"""A name, training and test drawings."""


def made_up(writers: int) -> Iterator[Case]:
    """Yield the training and the test drawings of made-up writers."""
    for seed in range(1, writers + 1):
        drawn = Writer(seed).drawings(TRAINED + TESTED)
        first = np.arange(len(drawn)) < len(drawn) * TRAINED // (TRAINED + TESTED)
        yield f"made-up writer {seed}", drawn.take(first), drawn.take(~first)


def drawn(file: Path) -> Iterator[Case]:
    """Yield the drawings in a file: by five writers to train on, by all others to test on."""
    whole = emnist.load_test_set("ink", [file])
    writers = np.array([drawing.writer for drawing in load_drawings(file)])
    names = np.unique(writers)
    for start in range(0, 3 * TRAINED, TRAINED):
        teaching = np.isin(writers, names[start : start + TRAINED])
        name = f"{file.stem}, {', '.join(n[-2:] for n in names[start : start + TRAINED])} teach"
        yield name, whole.take(teaching), whole.take(~teaching)


def accuracy(recognizer: Recognizer, dataset: Dataset, prior: Prior) -> float:
    """Return the share of images read correctly."""
    answers = recognizer.probabilities(dataset.images, prior).argmax(axis=1)
    return float((answers == dataset.labels).mean())


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    options.add_argument("--writers", type=int, default=8, help="number of made-up writers (8)")
    options.add_argument("--ink", type=Path, nargs="*", default=[], metavar="FILE", help="drawings")
    chosen = options.parse_args()
    course, shipped = emnist.course(), Recognizer.load()
    remembered = accuracy(shipped, course.test, "natural")
    print(f"course test ({course.test.source}) before: {remembered:.2%}")
    sources = [made_up(chosen.writers), *map(drawn, chosen.ink)]
    for source in sources:
        rows = []
        for name, train, test in source:
            begun = time.perf_counter()
            tuned = fine_tune(train, course)
            seconds = time.perf_counter() - begun
            after_tuning = tuned.recognizer()
            before, after = (accuracy(r, test, "uniform") for r in (shipped, after_tuning))
            lost = remembered - accuracy(after_tuning, course.test, "natural")
            rows.append((before, after, lost, seconds))
            print(
                f"{name}: {before:.1%} -> {after:.1%}, course test {-100 * lost:+.2f} points, "
                f"{tuned.share:.0%} new weights, {seconds:.0f} s",
                flush=True,
            )
        before, after, lost, seconds = np.mean(rows, axis=0)
        print(
            f"  mean: {100 * (after - before):+.1f} points, course test {-100 * lost:+.2f}, "
            f"{seconds:.0f} s"
        )


if __name__ == "__main__":
    main()
