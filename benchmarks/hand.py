"""What it brings to teach the recogniser one hand, and what it costs.

    python benchmarks/hand.py [--writers N] [--ink FILE...]

Made-up writers draw every one of the 62 characters fifteen times: five to learn from, ten to
measure on. A file of drawings by many writers, who drew each character once (as JSON lines, see
hwr.datasets.drawings), is measured as one hand: five of its writers teach, all others are measured on, for
three choices of five. Printed are the accuracy in 62 classes (uniform prior) before and after, and
that on the course test (natural prior), which none of the choices has seen.
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

EACH, MEASURED = 5, 10


def made_up(writers: int) -> Iterator[tuple[str, Dataset, Dataset]]:
    """Return each made-up writer's drawings: to learn from, and to measure on."""
    for seed in range(1, writers + 1):
        drawn = Writer(seed).drawings(EACH + MEASURED)
        first = np.arange(len(drawn)) < len(drawn) * EACH // (EACH + MEASURED)
        yield f"made-up writer {seed}", drawn.take(first), drawn.take(~first)


def drawn(file: Path) -> Iterator[tuple[str, Dataset, Dataset]]:
    """Return drawings of a file, of five writers to learn from and of all others to measure on."""
    whole = emnist.load_test_set("ink", [file])
    writers = np.array([drawing.writer for drawing in load_drawings(file)])
    names = np.unique(writers)
    for start in range(0, 3 * EACH, EACH):
        teaching = np.isin(writers, names[start : start + EACH])
        name = f"{file.stem}, {', '.join(n[-2:] for n in names[start : start + EACH])} teach"
        yield name, whole.take(teaching), whole.take(~teaching)


def accuracy(recognizer: Recognizer, dataset: Dataset, prior: Prior) -> float:
    """Return the share read right."""
    answers = recognizer.probabilities(dataset.images, prior).argmax(axis=1)
    return float((answers == dataset.labels).mean())


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    options.add_argument("--writers", type=int, default=8)
    options.add_argument("--ink", type=Path, nargs="*", default=[], metavar="FILE")
    chosen = options.parse_args()
    course, shipped = emnist.course(), Recognizer.load()
    remembered = accuracy(shipped, course.test, "natural")
    print(f"course test ({course.test.source}) before: {remembered:.2%}")
    sources = [made_up(chosen.writers), *map(drawn, chosen.ink)]
    for source in sources:
        rows = []
        for name, teaching, measured in source:
            begun = time.perf_counter()
            taught = fine_tune(teaching, course)
            seconds = time.perf_counter() - begun
            reader = taught.recognizer()
            before, after = (accuracy(r, measured, "uniform") for r in (shipped, reader))
            lost = remembered - accuracy(reader, course.test, "natural")
            rows.append((before, after, lost, seconds))
            print(
                f"{name}: {before:.1%} -> {after:.1%}, course test {-100 * lost:+.2f} points, "
                f"{taught.share:.0%} new, {seconds:.0f} s",
                flush=True,
            )
        before, after, lost, seconds = np.mean(rows, axis=0)
        print(
            f"  mean: {100 * (after - before):+.1f} points, course test {-100 * lost:+.2f}, "
            f"{seconds:.0f} s"
        )


if __name__ == "__main__":
    main()
