"""Measure the time of one answer: LiteRT, as the pad uses it, and Keras in three ways.

    python -m benchmarks.latency [--answers N]

Prints the median and the 95th percentile in milliseconds over the same made-up drawings, one at a
time, in a warm process. The Keras network has the architecture of the shipped recogniser and random
weights, which do not affect the time.
"""

import argparse
import platform
import statistics
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from hwr import models
from hwr._support.keras import tensorflow as tf
from hwr.alphabets import CHARACTERS
from hwr.dataset import as_input
from hwr.datasets import synthetic
from hwr.ink import convert
from hwr.recognizer import Recognizer


def milliseconds(answer: Callable[[Any], object], questions: list[Any]) -> list[float]:
    """Return the milliseconds of each answer, after three warm-up answers."""
    for question in questions[:3]:
        answer(question)
    times = []
    for question in questions:
        started = time.perf_counter()
        answer(question)
        times.append((time.perf_counter() - started) * 1000)
    return times


def main() -> None:
    """Measure and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--answers", type=int, default=200, help="number of drawings (200)")
    answers = parser.parse_args().answers
    recognizer = Recognizer.load()
    name = recognizer.card["architecture"]
    model = models.build(name, len(CHARACTERS))
    graph = tf.function(lambda batch: model(batch, training=False))
    inks = [
        synthetic.draw(CHARACTERS[i % 62], np.random.default_rng([0, i])) for i in range(answers)
    ]
    images = [convert(ink)[None] for ink in inks]
    batches = [as_input(image) for image in images]
    ways = {
        "ink to 28x28 image": (convert, inks),
        "image to answer, LiteRT, one thread": (recognizer.probabilities, images),
        "ink to answer, LiteRT: the pad's way": (recognizer.read, inks),
        "image to answer, tf.function": (graph, [tf.constant(batch) for batch in batches]),
        "image to answer, model(x)": (lambda x: model(x, training=False), batches),
        "image to answer, model.predict": (lambda x: model.predict(x, verbose=0), batches),
    }
    print(f"{name}, {answers} drawings, Python {platform.python_version()}")
    print(f"{'':38}{'median':>9}{'p95':>9}   ms")
    for way, (answer, questions) in ways.items():
        times = milliseconds(answer, questions)
        p95 = statistics.quantiles(times, n=20)[-1]
        print(f"{way:38}{statistics.median(times):9.2f}{p95:9.2f}")


if __name__ == "__main__":
    main()
