"""Measure the value of made-up handwriting: train on nothing else and read real EMNIST.

    python -m benchmarks.made_up [--images N] [--epochs N]

Prints the number of made-up images per second, the accuracy of the shipped recogniser on them, and
that of a network trained only on them on the course test. Takes about five minutes on 2 cores; an
interrupted training resumes from its last epoch (checkpoints are in ``runs/made-up``).
"""

import argparse
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from functools import partial

import numpy as np

from hwr import dataset, metrics, training
from hwr._support.paths import ROOT
from hwr._support.progress import print_epoch
from hwr.alphabets import BYCLASS, get_alphabet
from hwr.augmentation import Distortion
from hwr.dataset import Dataset
from hwr.datasets import emnist, synthetic
from hwr.recognizer import Recognizer, softmax

RECIPE = training.Recipe(
    architecture="resnet",
    batch_size=256,
    learning_rate=2e-3,
    one_cycle=True,
    weight_decay=0.02,
    label_smoothing=0.1,
    distortion=Distortion(rotation=6, shift=0.7, scale=0.1, shear=0.1, elastic=0.8, thickness=0.4),
)


def made_up(n: int, seed: int) -> Dataset:
    """Return ``n`` images of made-up handwriting, drawn by two processes."""
    with ProcessPoolExecutor(2) as pool:
        halves = list(pool.map(partial(synthetic.draw_images, n // 2), (seed, seed + 1)))
    images, labels = (np.concatenate(part) for part in zip(*halves, strict=True))
    return Dataset("made-up", images, labels, BYCLASS, "made-up handwriting")


def main() -> None:
    """Draw, train, measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--images", type=int, default=30_000, help="to train on (30000)")
    parser.add_argument("--epochs", type=int, default=5, help="of training (5)")
    arguments = parser.parse_args()
    started = time.perf_counter()
    train = made_up(arguments.images, seed=100)
    rate = len(train) / (time.perf_counter() - started)
    print(f"{rate:,.0f} made-up images per second in 2 processes")

    figures = metrics.measure(Recognizer.load(), emnist.load_test_set("made-up"), 62, "uniform")
    print(f"the shipped recogniser reads {figures['top1']:.2%} of made-up handwriting (62 classes)")

    recipe = replace(RECIPE, epochs=arguments.epochs)
    kept = ROOT / "runs" / "made-up"
    trained = training.fit(
        recipe, train, made_up(6200, seed=200), folder=kept, on_epoch=print_epoch
    )
    if trained.interrupted:
        raise KeyboardInterrupt
    test = emnist.course().test
    logits = trained.model.predict(dataset.as_input(test.images), batch_size=500, verbose=0)
    for name in ("62", "47"):
        alphabet = get_alphabet(name)
        probabilities = alphabet.fold(softmax(logits))
        labels = test.in_alphabet(alphabet).labels
        top1, top3 = (metrics.top_k_accuracy(labels, probabilities, k) for k in (1, 3))
        print(
            f"a network trained only on it reads {top1:.2%} of the {test.name} "
            f"({test.source}, {name} classes), {top3:.2%} with its first three answers"
        )


if __name__ == "__main__":
    main()
