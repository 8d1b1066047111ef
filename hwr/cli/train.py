"""``python -m hwr train``: how the recogniser that ships with the course is made."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from hwr import export, metrics
from hwr._support.progress import print_epoch
from hwr.alphabets import BYCLASS, CHARACTERS
from hwr.augmentation import Distortion
from hwr.cli import pool
from hwr.dataset import SPLIT_SEED, concatenate
from hwr.datasets import emnist, synthetic
from hwr.recognizer import Recognizer
from hwr.training import Recipe, fit

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


def train_recognizer(card: Path, folder: Path, recipe: Recipe = RECIPE) -> None:
    """Train a recogniser of 62 characters and write its weights, its card and its Keras weights.

    It is trained on the pool and on made-up handwriting, without any image that is in the course
    test or in an official test set at hand. Epoch, temperature and threshold are chosen on the
    validation images; the course test is read once, for the card.

    Parameters
    ----------
    card : Path
        Where to write the card; see :func:`hwr.export.save_recognizer`.
    folder : Path
        Keeps checkpoints, from which an interrupted training resumes.
    """
    images = pool.load()
    made_up = replace(synthetic.dataset(MADE_UP_IMAGES, MADE_UP_SEED), alphabet=pool.POOL)
    train = concatenate(images.train, made_up)
    trained = fit(recipe, train, images.validation, folder=folder, on_epoch=print_epoch)
    if trained.interrupted:
        raise KeyboardInterrupt  # the checkpoint stays, but half a recogniser is of no use
    halved = [weight.astype(np.float16) for weight in trained.model.get_weights()]
    trained.model.set_weights(halved)  # what is stored is also what is exported and measured
    weights = export.to_litert(trained.model)
    facts: dict[str, Any] = {
        "architecture": recipe.architecture,
        "parameters": trained.model.count_params(),
        "characters": CHARACTERS,
        "data": f"{images.describe()}; and {MADE_UP_IMAGES:,} images of made-up handwriting",
        "training_images": len(train),
        "validation_images": len(images.validation),
        "split": f"course set, seed {SPLIT_SEED}",
        "seed": recipe.seed,
        "command": "python -m hwr train",
        "best_epoch": trained.best["epoch"],
        "minutes": round(sum(epoch["seconds"] for epoch in trained.history) / 60, 1),
        # The network can tell made-up images from scans, so they do not count here.
        "class_frequencies": images.train.class_frequencies(BYCLASS),
        "natural_frequencies": images.validation.class_frequencies(),
        "temperature": 1.0,
        "threshold": 1.0,
    }
    export.calibrate(weights, facts, images.validation)
    recognizer = Recognizer(weights, facts)
    facts["measured"] = {
        f"{name}, {alphabet} classes": metrics.measure(recognizer, part, alphabet)
        for name, part in (("validation", images.validation), ("course test", images.tests[0]))
        for alphabet in ("62", "47", "26", "10")
    }
    facts["measured"]["made-up, 62 classes"] = metrics.measure(
        recognizer, emnist.load_test_set("made-up")
    )
    facts["history"] = trained.history
    export.save_weights(card.with_suffix(".npz"), halved)
    export.save_recognizer(card, weights, facts)
