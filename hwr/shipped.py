"""How the recogniser that comes with the course was made, so that anyone can make it again."""

from pathlib import Path
from typing import Any

import numpy as np

from hwr import archive, data, errors, evaluation, export, scribe, training
from hwr.alphabets import BYCLASS, CHARACTERS
from hwr.augment import Distortion
from hwr.data import Course, Dataset
from hwr.recognizer import Recognizer
from hwr.training import History, Recipe

RECIPE = Recipe(
    architecture="resnet",
    epochs=12,
    batch_size=256,
    learning_rate=3e-3,
    one_cycle=True,
    weight_decay=0.02,
    label_smoothing=0.05,
    distortion=Distortion(rotation=6, shift=0.7, scale=0.07, shear=0.1, elastic=0.6, thickness=0.3),
    seed=1,
)
MADE_UP_IMAGES = 20_000
MADE_UP_SEED = 62
RISK = 0.05
"""Among the answers that count as sure, at most this share of the validation images is wrong."""


def make(card: Path, folder: Path, recipe: Recipe = RECIPE, verbose: bool = True) -> None:
    """Train a recogniser of 62 characters and write its file and card.

    Trains on the course set's training part and made-up handwriting, without any image that is in
    the course test or in an official test set at hand. Epoch, temperature and threshold are
    chosen on the validation part; the test part is read once, for the card.

    Parameters
    ----------
    card : Path
        Where the card goes; see :func:`hwr.export.save_recognizer`.
    folder : Path
        Keeps checkpoints: a training that was stopped goes on from there.
    """
    course, left_out = without_tests(data.course(BYCLASS))
    train = data.joined(course.train, made_up(MADE_UP_IMAGES, MADE_UP_SEED))
    trained = training.fit(recipe, train, course.validation, folder, _print_epoch, verbose)
    weights = export.to_litert(trained.model)
    facts: dict[str, Any] = {
        "architecture": recipe.architecture,
        "parameters": trained.model.count_params(),
        "characters": CHARACTERS,
        "data": f"{train.name}: {train.source}",
        "training_images": len(train),
        "validation_images": len(course.validation),
        "left_out": left_out,
        "split": f"course set, seed {data.COURSE_SEED}",
        "seed": recipe.seed,
        "command": "python -m hwr train",
        "best_epoch": trained.best["epoch"],
        "minutes": round(sum(epoch["seconds"] for epoch in trained.history) / 60, 1),
        "class_frequencies": frequencies(train),
        "temperature": 1.0,
        "threshold": 1.0,
    }
    raw = Recognizer(weights, facts)
    labels = course.validation.labels
    facts["temperature"] = round(
        errors.fit_temperature(labels, raw.logits(course.validation.images)), 4
    )
    calibrated = Recognizer(weights, facts).probabilities(course.validation.images)
    facts["threshold"] = round(errors.threshold_for_risk(labels, calibrated, RISK), 3)
    recognizer = Recognizer(weights, facts)
    facts["measured"] = {
        f"{name}, {alphabet} classes": evaluation.measure(recognizer, part, alphabet)
        for name, part in (("validation", course.validation), ("course test", course.test))
        for alphabet in ("62", "47", "26", "10")
    }
    facts["history"] = trained.history
    export.save_recognizer(card, weights, facts)


def without_tests(course: Course) -> tuple[Course, str]:
    """Leave out of training and validation whatever is in a test set that is at hand.

    Returns
    -------
    course : Course
        Its test part unchanged.
    left_out : str
        A sentence that says what was left out.
    """
    tests = [course.test]
    for split in ("bymerge", "mnist"):
        if archive.holding(archive.names(split, "test")) is not None:
            tests.append(data.load(split))
    train, validation = (data.without(part, tests) for part in (course.train, course.validation))
    dropped = len(course.train) + len(course.validation) - len(train) - len(validation)
    names = ", ".join(test.name for test in tests)
    sentence = f"{dropped} images that are also in a test set ({names})"
    return course._replace(train=train, validation=validation), sentence


def made_up(n: int, seed: int) -> Dataset:
    """Give ``n`` images of made-up handwriting as a dataset of 62 characters."""
    images, labels = scribe.dataset(n, seed)
    return Dataset("made-up", images, labels, BYCLASS, "made-up handwriting")


def frequencies(dataset: Dataset) -> list[float]:
    """Give how often each class occurs, as shares that sum to 1 (at least one image each)."""
    counts = np.bincount(dataset.labels, minlength=len(dataset.alphabet)).clip(1)
    return [round(float(share), 6) for share in counts / counts.sum()]


def _print_epoch(history: History) -> None:
    row = history[-1]
    print(
        f"epoch {row['epoch']}: training accuracy {row['accuracy']:.2%}, "
        f"validation accuracy {row['val_accuracy']:.2%}, {row['seconds']:.0f} s",
        flush=True,
    )
