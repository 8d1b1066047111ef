"""The five systems and ours: learned from the same images, tested on the same images.

    python benchmarks/systems.py [--only NAME ...] [--seeds N] [--ink FILE ...] [--ray [ADDRESS]]
    python benchmarks/systems.py --report

Trains what has not been trained yet, each system by its own recipe and in its own alphabet, tests
every network once, and writes ``benchmarks/results/NAME.json`` and the tables in
``benchmarks/README.md``. A run that was stopped goes on from its last epoch (checkpoints in
``runs/systems``); what is finished is not repeated, but for the time of an answer. ``--ink``
names files of drawings, JSON lines as the pad saves them. ``--report`` only prints the tables.

``--ray`` trains many at once, as many as the machine has processors, or those of the cluster at
ADDRESS (``HOST:PORT``) have together; see ``cluster.py``. The results are the same to the last
digit: both ways a training has one thread, or as many as ``OMP_NUM_THREADS`` says.

The training set is the pool (``hwr.cli.pool``), which shares no image with any of the tests.
"""

import argparse
import json
import os
import statistics
import string
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import cluster

if __name__ == "__main__":
    os.environ.update(cluster.settings())  # before NumPy and TensorFlow

import curves
import numpy as np
from curves import write
from numpy.typing import NDArray

from hwr import dataset, export, metrics, models, training
from hwr._support.keras import keras
from hwr.alphabets import (
    BYCLASS,
    BYMERGE,
    DIGITS,
    LETTERS,
    Alphabet,
    get_alphabet,
    membership_matrix,
)
from hwr.augmentation import Distortion
from hwr.cli import pool, train
from hwr.cli.pool import Pool
from hwr.dataset import Dataset
from hwr.datasets import emnist, synthetic
from hwr.recognizer import Prior, Recognizer
from hwr.training import Recipe

HERE = Path(__file__).resolve().parent
RESULTS = HERE / "results"
CHECKPOINTS = HERE.parent / "runs" / "systems"
RECOGNIZER = HERE.parent / "runs" / "recognizer.json"

CAPITALS = get_alphabet(string.ascii_uppercase)
Figures = dict[str, dict[str, float]]
"""By prior, what :func:`hwr.metrics.measure` gives, and the standard error of the recall."""


@dataclass(frozen=True)
class System:
    """One line of the table.

    Attributes
    ----------
    system : str
        ``'A'`` to ``'E'``, ``'ours'``, or ``'ablation'``.
    recipe : Recipe
        Its seed is replaced by 0, 1, 2, …
    alphabet : Alphabet
        What the network tells apart.
    seeds : int
        How often it is trained.
    remark : str
        What its authors do not state, or what the line is for.
    images : int, optional
        Learn from so many images of the training set only.
    made_up : int
        Learn from so many images of made-up handwriting, too.
    """

    system: str
    recipe: Recipe
    alphabet: Alphabet
    seeds: int = 1
    remark: str = ""
    images: int | None = None
    made_up: int = 0


def _own(name: str, **changes: Any) -> Recipe:
    """Return the recipe that notebook 04's long runs have for a system, changed."""
    return replace(curves.RUNS[name][0], **changes)


def _little(name: str, epochs: int, batch_size: int, learning_rate: float, remark: str) -> System:
    """Return a small network of ours: its rate rises and falls once within a few epochs."""
    recipe = Recipe(
        name, epochs=epochs, batch_size=batch_size, learning_rate=learning_rate, one_cycle=True
    )
    return System("ours", recipe, BYMERGE, seeds=5, remark=remark)


SYSTEMS = {
    "cnn": System(
        "A",
        _own("cnn", distortion=Distortion(rotation=6, shift=1.5)),
        BYCLASS,
        remark="Strength of its augmentation (shift, rotation) and batch size not stated: 1.5 "
        "pixels, 6 degrees, 128.",
    ),
    "wide_cnn": System(
        "B", _own("wide_cnn", epochs=10), DIGITS, remark="Batch size not stated: 128."
    ),
    "compact_cnn": System(
        "C",
        _own("compact_cnn"),
        BYMERGE,
        remark="Epochs and batch size not stated: at most 20, and 64.",
    ),
    "mlp": System("D", _own("mlp"), CAPITALS, seeds=5, remark="Batch size not stated: 200."),
    "lenet": System("E", _own("lenet"), BYMERGE, seeds=5),
    "deep_mlp": System("E", _own("deep_mlp"), BYMERGE, remark="Its variant without convolution."),
    "tiny": _little("tiny", 10, 128, 8e-3, "How few parameters are enough."),
    "small": _little("small", 1, 64, 4e-3, "How little time is enough: one epoch."),
    "resnet": System("ours", train.RECIPE, BYCLASS, remark="The recogniser of the course."),
}

_FULL = System(
    "ablation",
    replace(train.RECIPE, epochs=6),
    BYCLASS,
    remark="The recipe of the course's recogniser.",
    images=8_000,
    made_up=1_860,
)


def _without(remark: str, made_up: int = _FULL.made_up, **changes: Any) -> System:
    recipe = replace(_FULL.recipe, **changes)
    return replace(_FULL, recipe=recipe, remark=remark, made_up=made_up)


ABLATIONS = {
    "ablation-full": _FULL,
    "ablation-stem": _without(
        "The first convolution does not step by two.", architecture="resnet_slow_stem"
    ),
    "ablation-schedule": _without("A constant learning rate.", one_cycle=False, learning_rate=1e-3),
    "ablation-smoothing": _without("With label smoothing, 0.05.", label_smoothing=0.05),
    "ablation-augmentation": _without("Images as they are.", distortion=Distortion()),
    "ablation-scribe": _without("No made-up handwriting.", made_up=0),
    "ablation-averaging": _without("The last weights, not their average.", averaging=0.0),
}
ABLATION_TESTS = "course", "ink 47"
RUNS = SYSTEMS | ABLATIONS


# --- training ----------------------------------------------------------------------------------


def training_images(system: System, known: Pool) -> Dataset:
    """Return what a system learns from, in the pool's alphabet."""
    images = pool.within_alphabet(known.train, system.alphabet)
    if system.images is not None:
        order = np.random.default_rng(0).permutation(len(images))
        images = images.take(order[: system.images])
    if system.made_up:
        drawn = synthetic.dataset(system.made_up, train.MADE_UP_SEED)
        images = dataset.concatenate(images, replace(drawn, alphabet=pool.POOL))
    return images


def folder(name: str, seed: int) -> Path:
    """Return where a training keeps its checkpoint."""
    return RECOGNIZER.with_suffix("") if name == "resnet" else CHECKPOINTS / name / str(seed)


def train(name: str, seed: int, known: Pool) -> dict[str, Any]:
    """Train a system with one seed, or go on with it, and give what came of it.

    The trained recogniser lies beside its checkpoints, in ``recognizer.json``.
    """
    system = RUNS[name]
    kept = folder(name, seed)
    images = training_images(system, known)
    validation = known.validation.in_alphabet(system.alphabet)
    recipe = replace(system.recipe, seed=seed)
    trained = training.fit(recipe, images, validation, kept, training.print_epoch)
    weights = export.to_litert(trained.model)
    natural = pool.within_alphabet(known.train, system.alphabet)
    facts: dict[str, Any] = {
        "parameters": trained.model.count_params(),
        "multiply_adds": models.multiply_adds(trained.model),
        "training_images": len(images),
        "validation_images": len(validation),
        "best_epoch": trained.best["epoch"],
        "class_frequencies": natural.class_frequencies(system.alphabet),
        "natural_frequencies": validation.class_frequencies(system.alphabet),
        "temperature": 1.0,
        "threshold": 1.0,
        "history": trained.history,
    }
    train.calibrate(weights, facts, validation)
    export.save_recognizer(kept / "recognizer.json", weights, facts)
    return facts


def ours(known: Pool) -> None:
    """Train the course's recogniser, or go on with it, as ``python -m hwr train`` does."""
    if not RECOGNIZER.exists():
        train.make(RECOGNIZER, folder("resnet", 0), verbose=False)


# --- testing -----------------------------------------------------------------------------------


def tests(known: Pool, ink: Sequence[Path]) -> Iterator[tuple[str, Dataset, Alphabet]]:
    """Return every test: its name, its images and the alphabet they are read in."""
    named = {test.name: test for test in known.tests}
    yield "course", named["course test"], BYCLASS
    yield "capitals", named["course test"], CAPITALS
    if "bymerge test" in named:
        yield "bymerge", named["bymerge test"], BYMERGE
    if "mnist test" in named:
        yield "mnist", named["mnist test"], DIGITS
    if ink:
        drawings = emnist.test_set("ink", ink)
        for alphabet in (BYCLASS, BYMERGE, LETTERS, DIGITS):
            yield f"ink {alphabet.name}", drawings, alphabet
        yield "ink capitals", drawings, CAPITALS


def can_read(own: Alphabet, asked: Alphabet) -> bool:
    """Whether a network knows all characters that are asked for, and tells their classes apart."""
    knows = set("".join(asked.members)) <= set("".join(own.members))
    return knows and bool((membership_matrix(own, asked).sum(axis=1) <= 1).all())


def measure(recognizer: Recognizer, own: Alphabet, asked: Alphabet, test: Dataset) -> Figures:
    """Test a network, whatever its alphabet, under both priors."""
    seen = test.in_alphabet(asked)
    found: Figures = {}
    priors: tuple[Prior, ...] = ("natural", "uniform")
    logits = recognizer.logits(seen.images)
    for prior in priors:
        probabilities = asked.fold(recognizer.from_logits(logits, prior), own)
        found[prior] = {"n": len(seen)} | metrics.summarize(seen.labels, probabilities)
        matrix = metrics.confusion_matrix(seen.labels, probabilities.argmax(axis=1), len(asked))
        found[prior]["recall_error"] = round(recall_error(matrix), 5)
    return found


def recall_error(matrix: NDArray[np.int64]) -> float:
    """Return the standard error of the mean recall, from a confusion matrix."""
    attempts = matrix.sum(axis=1)
    recalls = matrix.diagonal() / attempts
    return float(np.sqrt((recalls * (1 - recalls) / attempts).sum()) / len(matrix))


def milliseconds(recognizer: Recognizer, answers: int = 300) -> float:
    """Return the median time of one answer, one image at a time."""
    images, _ = synthetic.draw_images(20, 0)
    times = []
    for i in range(answers):
        started = time.perf_counter()
        recognizer.logits(images[i % 20 : i % 20 + 1])
        times.append((time.perf_counter() - started) * 1000)
    return round(statistics.median(times[10:]), 3)


# --- results -----------------------------------------------------------------------------------


def run(name: str, seed: int, known: Pool, ink: Sequence[Path]) -> dict[str, Any]:
    """Train and test a system with one seed, as far as that has not been done."""
    system = RUNS[name]
    keras.utils.clear_session()  # layers' names count on, and a network's file holds them
    card = RECOGNIZER if name == "resnet" else folder(name, seed) / "recognizer.json"
    if name == "resnet":
        ours(known)
    elif not card.exists():
        train(name, seed, known)
    facts = json.loads(card.read_text())
    recognizer = Recognizer.load(card)
    tested = card.with_name(f"{card.stem}-tests.json")
    figures = json.loads(tested.read_text()) if tested.exists() else {}
    for test, images, asked in tests(known, ink):
        wanted = system.system != "ablation" or test in ABLATION_TESTS
        if wanted and test not in figures and can_read(system.alphabet, asked):
            figures[test] = measure(recognizer, system.alphabet, asked, images)
            write(tested, json.dumps(figures, indent=1) + "\n")
    history = facts["history"]
    return {
        "seed": system.recipe.seed if name == "resnet" else seed,
        "sha256": facts["sha256"],
        "best_epoch": facts["best_epoch"],
        "cpu_seconds": round(sum(row["cpu_seconds"] for row in history), 1),
        "wall_seconds": round(sum(row["seconds"] for row in history), 1),
        "temperature": facts["temperature"],
        "bytes": card.with_suffix(".tflite").stat().st_size,
        "milliseconds": milliseconds(recognizer),
        "tests": figures,
        "history": [{key: round(value, 5) for key, value in row.items()} for row in history],
    }


def result(name: str, seeds: int, known: Pool, ink: Sequence[Path]) -> dict[str, Any]:
    """Return all that is known of a system: the content of its result file."""
    system = RUNS[name]
    network = models.build(system.recipe.architecture, len(system.alphabet))
    return {
        "name": name,
        "system": system.system,
        "about": models.ARCHITECTURES[system.recipe.architecture].about,
        "remark": system.remark,
        "command": f"python benchmarks/systems.py --only {name}",
        "alphabet": system.alphabet.name,
        "data": known.describe(),
        "training_images": len(training_images(replace(system, made_up=0), known)),
        "made_up_images": train.MADE_UP_IMAGES if name == "resnet" else system.made_up,
        "recipe": asdict(system.recipe),
        "parameters": network.count_params(),
        "multiply_adds": models.multiply_adds(network),
        "runs": [run(name, seed, known, ink) for seed in range(seeds)],
    }


def main() -> None:
    """Do what was asked for, one system after another."""
    parser = argparse.ArgumentParser(description="The five systems and ours, in one table.")
    parser.add_argument("--only", nargs="+", choices=RUNS, metavar="NAME", help=", ".join(RUNS))
    parser.add_argument("--seeds", type=int, help="how often each is trained; by default its own")
    parser.add_argument("--ink", nargs="+", type=Path, default=[], help="drawings, JSON lines")
    parser.add_argument(
        "--ray", nargs="?", const=cluster.HERE, metavar="ADDRESS", help="many at once, with Ray"
    )
    parser.add_argument("--report", action="store_true", help="only print the tables")
    chosen = parser.parse_args()
    if not chosen.report:
        known = pool.load()
        print(known.describe(), flush=True)
        RESULTS.mkdir(exist_ok=True)
        seeds = {name: chosen.seeds or RUNS[name].seeds for name in chosen.only or RUNS}
        if chosen.ray:  # what it has trained and tested is only put together below
            runs = [(name, seed) for name, count in seeds.items() for seed in range(count)]
            ink = [path.resolve() for path in chosen.ink]
            work = partial(cluster.train, ink=ink, images=known.describe())
            cluster.run_all(runs, work, folder, chosen.ray)
        for name, count in seeds.items():
            print(name, flush=True)
            found = result(name, count, known, chosen.ink)
            write(RESULTS / f"{name}.json", json.dumps(found, indent=1) + "\n")
    import report

    print(report.tables())
    if not chosen.report:
        report.write_readme()


if __name__ == "__main__":
    main()
