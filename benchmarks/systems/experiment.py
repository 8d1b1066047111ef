"""Train and test the systems: all on the same images, each by its own recipe and alphabet."""

import json
import socket
import statistics
import string
from collections.abc import Iterator, Sequence
from dataclasses import asdict, replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks import pens as measure_pens
from benchmarks.latency import milliseconds
from benchmarks.systems.systems import CAPITALS, RUNS, SHIPPED, System
from hwr import dataset, export, metrics, models, training
from hwr._support.atomic_write import write_text
from hwr._support.keras import keras
from hwr._support.paths import ROOT
from hwr._support.progress import print_epoch
from hwr.alphabets import BYCLASS, BYMERGE, CHARACTERS, DIGITS, LETTERS, Alphabet
from hwr.cli import material, pens, pool
from hwr.cli.pool import Pool
from hwr.cli.train import train_recognizer
from hwr.dataset import Dataset
from hwr.datasets import emnist, synthetic, unipen
from hwr.recognizer import Prior, Recognizer

CHECKPOINTS = ROOT / "runs" / "systems"
RECOGNIZER = ROOT / "runs" / "recognizer.json"
ABLATION_TESTS = "course", "ink 47"


def training_images(system: System, images: Pool) -> Dataset:
    """Return a system's training images, in the pool's alphabet."""
    train = pool.within_alphabet(images.train, system.alphabet)
    if system.images is not None:
        order = np.random.default_rng(0).permutation(len(train))
        train = train.take(order[: system.images])
    if system.made_up:
        drawn = synthetic.dataset(system.made_up, material.MADE_UP_SEED)
        train = dataset.concatenate(train, replace(drawn, alphabet=pool.POOL))
    return train


def folder(name: str, seed: int) -> Path:
    """Return the folder of a training's checkpoint."""
    return RECOGNIZER.with_suffix("") if name == SHIPPED else CHECKPOINTS / name / str(seed)


def train(name: str, seed: int, images: Pool) -> None:
    """Train a system with one seed, or resume its training.

    Writes the trained recogniser to ``recognizer.json`` in the folder of the checkpoint.
    """
    system = RUNS[name]
    kept = folder(name, seed)
    chosen = training_images(system, images)
    validation = images.validation.in_alphabet(system.alphabet)
    recipe = replace(system.recipe, seed=seed)
    trained = training.fit(recipe, chosen, validation, folder=kept, on_epoch=print_epoch)
    if trained.interrupted:
        raise KeyboardInterrupt
    weights = export.to_litert(trained.model)
    natural = pool.within_alphabet(images.train, system.alphabet)
    facts: dict[str, Any] = {
        "classes": list(system.alphabet.classes),
        "members": list(system.alphabet.members),
        "parameters": trained.model.count_params(),
        "multiply_adds": multiply_adds(trained.model),
        "training_images": len(chosen),
        "validation_images": len(validation),
        "best_epoch": trained.best["epoch"],
        "class_frequencies": natural.class_frequencies(system.alphabet),
        "natural_frequencies": validation.class_frequencies(system.alphabet),
        "temperature": 1.0,
        "threshold": 1.0,
        "history": trained.history,
    }
    export.calibrate(weights, facts, validation)
    export.save_recognizer(kept / "recognizer.json", weights, facts)


def tests(images: Pool, ink: Sequence[Path]) -> Iterator[tuple[str, Dataset, Alphabet]]:
    """Yield every test: its name, its images and the alphabet that they are read in."""
    named = {test.name: test for test in images.tests}
    yield "course", named["course test"], BYCLASS
    yield "capitals", named["course test"], CAPITALS
    if "bymerge test" in named:
        yield "bymerge", named["bymerge test"], BYMERGE
    if "mnist test" in named:
        yield "mnist", named["mnist test"], DIGITS
    if ink:
        drawings = emnist.load_test_set("ink", ink)
        for alphabet in (BYCLASS, BYMERGE, LETTERS, DIGITS):
            yield f"ink {alphabet.name}", drawings, alphabet
        yield "ink capitals", drawings, CAPITALS


@cache
def people() -> measure_pens.Drawn | None:
    """Return the drawings by people that nobody has trained on, if ``HWR_PENS`` names UNIPEN."""
    named = unipen.named_pens()
    return measure_pens.to_validate(named) if named else None


def pen_tests(recognizer: Recognizer, own: Alphabet) -> dict[str, dict[str, dict[str, float]]]:
    """Return a network's figures on people's drawings, evenly over the writers."""
    drawn = people()
    tasks = {BYMERGE: CHARACTERS, LETTERS: CHARACTERS[10:], DIGITS: "0123456789"}
    tasks[CAPITALS] = string.ascii_uppercase
    return {
        f"pens {'capitals' if asked == CAPITALS else asked.name}": {
            "uniform": measure_pens.accuracy(recognizer, drawn.of(characters), asked)
        }
        for asked, characters in tasks.items()
        if drawn and can_read(own, asked)
    }


def can_read(own: Alphabet, asked: Alphabet) -> bool:
    """Return whether a network knows all characters of an alphabet and tells its classes apart."""
    return not own.obstacle(asked)


def measure(
    recognizer: Recognizer, own: Alphabet, asked: Alphabet, test: Dataset
) -> dict[str, dict[str, float]]:
    """Return a network's figures on a test by prior, with the standard error of the recall."""
    seen = test.in_alphabet(asked)
    found: dict[str, dict[str, float]] = {}
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


def answer_time(recognizer: Recognizer) -> float:
    """Return the median time of one answer, one image at a time, in milliseconds."""
    images, _ = synthetic.draw_images(20, 0)
    times = milliseconds(recognizer.logits, [image[None] for image in images] * 15)
    return round(statistics.median(times), 3)


def run(name: str, seed: int, images: Pool, ink: Sequence[Path]) -> dict[str, Any]:
    """Train and test a system with one seed, unless that is done; return its results."""
    system = RUNS[name]
    keras.utils.clear_session()  # numbers the layers from 1 again; the network's file names them
    card = RECOGNIZER if name == SHIPPED else folder(name, seed) / "recognizer.json"
    if not card.exists():
        if name == SHIPPED:
            train_recognizer(card, folder(name, seed))
        else:
            train(name, seed, images)
    facts = json.loads(card.read_text(encoding="utf-8"))
    recognizer = Recognizer.load(card)
    tested = card.with_name(f"{card.stem}-tests.json")
    figures = json.loads(tested.read_text(encoding="utf-8")) if tested.exists() else {}
    for test, test_images, asked in tests(images, ink):
        wanted = system.system != "ablation" or test in ABLATION_TESTS
        if wanted and test not in figures and can_read(system.alphabet, asked):
            figures[test] = measure(recognizer, system.alphabet, asked, test_images)
            write_text(tested, json.dumps(figures, indent=1) + "\n")
    if system.system != "ablation" and "pens 10" not in figures and "pens capitals" not in figures:
        figures |= pen_tests(recognizer, system.alphabet)
        write_text(tested, json.dumps(figures, indent=1) + "\n")
    history = facts["history"]
    return {
        "seed": system.recipe.seed if name == SHIPPED else seed,
        "sha256": facts["sha256"],
        "best_epoch": facts["best_epoch"],
        "cpu_seconds": round(sum(row["cpu_seconds"] for row in history), 1),
        "wall_seconds": round(sum(row["seconds"] for row in history), 1),
        "temperature": facts["temperature"],
        "bytes": card.with_suffix(".tflite").stat().st_size,
        "milliseconds": answer_time(recognizer),
        "tests": figures,
        "history": [{key: round(value, 5) for key, value in row.items()} for row in history],
    }


def run_in_worker(name: str, seed: int, ink: Sequence[Path], description: str) -> None:
    """Train and test a system on a machine of a cluster.

    Raises a ValueError if the machine finds other images than those of the description.
    """
    images = pool.load(letters=False)
    if images.describe() != description:
        raise ValueError(
            f"{socket.gethostname()} would learn from {images.describe()}, not from {description}: "
            "let HWR_EMNIST name an archive that all machines see."
        )
    run(name, seed, images, ink)


def result(name: str, seeds: int, images: Pool, ink: Sequence[Path]) -> dict[str, Any]:
    """Return the content of a system's result file; train and test what is not done yet."""
    system, network = RUNS[name], untrained(name)
    runs = [run(name, seed, images, ink) for seed in range(seeds)]
    learned: dict[str, Any] = {
        "data": images.describe(),
        "training_images": len(training_images(replace(system, made_up=0), images)),
        "made_up_images": system.made_up,
    }
    if name == SHIPPED:  # has learned from more than the others
        card = json.loads(RECOGNIZER.read_text(encoding="utf-8"))
        learned = {key: card[key] for key in ("data", "training_images")} | {"made_up_images": 0}
    return {
        "name": name,
        "system": system.system,
        "about": models.ARCHITECTURES[system.recipe.architecture].about,
        "remark": system.remark,
        "command": f"python -m benchmarks.systems --only {name}",
        "alphabet": system.alphabet.name,
        **learned,
        "recipe": asdict(system.recipe),
        "parameters": network.count_params(),
        "multiply_adds": multiply_adds(network),
        "runs": runs,
    }


def untrained(name: str) -> keras.Model:
    """Return a system's network before its training."""
    system = RUNS[name]
    outputs = pens.OUTPUTS if name == SHIPPED else system.alphabet
    return models.build(system.recipe.architecture, len(outputs))


def multiply_adds(model: keras.Model) -> int:
    """Return the number of multiply-adds that one image takes.

    Only convolutions and dense layers count; all others take few.
    """
    total = 0
    for layer in model.layers:
        if isinstance(layer, (keras.layers.Conv2D, keras.layers.DepthwiseConv2D)):
            rows, columns = layer.output.shape[1:3]  # each weight is used once at every position
            total += int(np.prod(layer.kernel.shape)) * rows * columns
        elif isinstance(layer, keras.layers.Dense):
            total += int(np.prod(layer.kernel.shape))
    return total
