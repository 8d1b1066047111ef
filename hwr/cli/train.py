"""How the recogniser that comes with the course was made, so that anyone can make it again."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np

from hwr import dataset, evaluation, export, metrics, models, training
from hwr._support.keras import keras
from hwr.alphabets import BYCLASS, CHARACTERS
from hwr.augmentation import Distortion
from hwr.cli import pool
from hwr.dataset import Dataset
from hwr.datasets import synthetic
from hwr.recognizer import SHIPPED, Recognizer
from hwr.training import Recipe

RECIPE = Recipe(
    architecture="resnet",
    epochs=14,
    batch_size=256,
    learning_rate=3e-3,
    one_cycle=True,
    weight_decay=0.02,
    distortion=Distortion(rotation=6, shift=0.7, scale=0.07, shear=0.1, elastic=0.6, thickness=0.3),
    averaging=0.999,
    seed=1,
)
MADE_UP_IMAGES = 24_800
MADE_UP_SEED = 62
RISK = 0.05
"""Among the answers that count as sure, at most this share of the validation images is wrong."""


def make(card: Path, folder: Path, recipe: Recipe = RECIPE, verbose: bool = True) -> None:
    """Train a recogniser of 62 characters and write its file, its card and its Keras weights.

    Trains on the pool and made-up handwriting, without any image that is in the course test or in
    an official test set at hand. Epoch, temperature and threshold are chosen on the validation
    part; the course test is read once, for the card.

    Parameters
    ----------
    card : Path
        Where the card goes; see :func:`hwr.export.save_recognizer`.
    folder : Path
        Keeps checkpoints: a training that was stopped goes on from there.
    """
    known = pool.load()
    drawn = made_up(MADE_UP_IMAGES, MADE_UP_SEED)
    train = dataset.joined(known.train, replace(drawn, alphabet=pool.POOL))
    trained = training.fit(recipe, train, known.validation, folder, training.tell, verbose)
    halved = [weight.astype(np.float16) for weight in trained.model.get_weights()]
    trained.model.set_weights(halved)  # what is stored is what is exported and measured
    weights = export.to_litert(trained.model)
    facts: dict[str, Any] = {
        "architecture": recipe.architecture,
        "parameters": trained.model.count_params(),
        "characters": CHARACTERS,
        "data": f"{known.describe()}; and {MADE_UP_IMAGES:,} images of made-up handwriting",
        "training_images": len(train),
        "validation_images": len(known.validation),
        "split": f"course set, seed {dataset.COURSE_SEED}",
        "seed": recipe.seed,
        "command": "python -m hwr train",
        "best_epoch": trained.best["epoch"],
        "minutes": round(sum(epoch["seconds"] for epoch in trained.history) / 60, 1),
        # Made-up images look different enough for the network to tell: they do not count here.
        "class_frequencies": pool.frequencies(known.train, BYCLASS),
        "natural_frequencies": pool.frequencies(known.validation, BYCLASS),
        "temperature": 1.0,
        "threshold": 1.0,
    }
    calibrate(weights, facts, known.validation)
    recognizer = Recognizer(weights, facts)
    facts["measured"] = {
        f"{name}, {alphabet} classes": evaluation.measure(recognizer, part, alphabet)
        for name, part in (("validation", known.validation), ("course test", known.tests[0]))
        for alphabet in ("62", "47", "26", "10")
    }
    made = made_up(evaluation.MADE_UP, evaluation.MADE_UP_SEED)
    facts["measured"]["made-up, 62 classes"] = evaluation.measure(recognizer, made)
    facts["history"] = trained.history
    export.save_weights(card.with_suffix(".npz"), halved)
    export.save_recognizer(card, weights, facts)


def network(card: Path = SHIPPED) -> keras.Model:
    """Give a recogniser as the Keras network that it was exported from, to learn more with.

    Raises
    ------
    ValueError
        If the weights do not lie beside the card, or are not those of its network.
    """
    described = json.loads(card.read_text(encoding="utf-8"))
    model = models.build(described["architecture"], len(CHARACTERS))
    try:
        with np.load(card.with_suffix(".npz")) as stored:
            model.set_weights([stored[name].astype(np.float32) for name in stored.files])
    except (OSError, ValueError, BadZipFile):
        raise ValueError(
            f"{card.with_suffix('.npz').name} is missing or does not hold the weights of "
            f"{described['architecture']}: get the course's files again, or train anew with "
            "'python -m hwr train'."
        ) from None
    return model


def calibrate(weights: bytes, facts: dict[str, Any], validation: Dataset) -> None:
    """Choose temperature and threshold on validation images, and write them into the facts."""
    raw = Recognizer(weights, facts | {"temperature": 1.0})
    log_prior = np.log(facts["natural_frequencies"]) - np.log(facts["class_frequencies"])
    logits = raw.logits(validation.images)
    facts["temperature"] = round(metrics.fit_temperature(validation.labels, logits, log_prior), 4)
    calibrated = Recognizer(weights, facts).probabilities(validation.images)
    facts["threshold"] = round(metrics.threshold_for_risk(validation.labels, calibrated, RISK), 3)


def made_up(n: int, seed: int) -> Dataset:
    """Give ``n`` images of made-up handwriting as a dataset of 62 characters."""
    images, labels = synthetic.dataset(n, seed)
    return Dataset("made-up", images, labels, BYCLASS, "made-up handwriting")
