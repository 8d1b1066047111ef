"""``python -m hwr train``: how the recogniser that ships with the course is made."""

from pathlib import Path
from typing import Any

import numpy as np

from hwr import export, metrics
from hwr._support.progress import print_epoch
from hwr.alphabets import CHARACTERS
from hwr.augmentation import Distortion
from hwr.cli import pool
from hwr.cli.material import MADE_UP_IMAGES, Material, prepare
from hwr.dataset import SPLIT_SEED, Dataset, remove_shared
from hwr.datasets import emnist, unipen
from hwr.recognizer import Recognizer
from hwr.training import Recipe, fit

RECIPE = Recipe(
    architecture="wide_resnet",
    epochs=10,
    batch_size=128,
    learning_rate=3e-3,
    one_cycle=True,
    weight_decay=0.05,
    distortion=Distortion(rotation=6, shift=0.7, scale=0.07, shear=0.1, elastic=0.6, thickness=0.3),
    averaging=0.999,
    seed=1,
)


def train_recognizer(card: Path, folder: Path, recipe: Recipe = RECIPE) -> None:
    """Train a recogniser of 62 characters, 32 marks and *none of these*, and write it.

    It learns from the pool, from UNIPEN's drawings if ``HWR_PENS`` names them, and from made-up
    handwriting. No image is in the course test or in an official test set at hand. Epoch,
    temperature and threshold are chosen on validation images, scans and drawings; the course test
    is read once, for the card.

    Parameters
    ----------
    card : Path
        Where to write the card; see :func:`hwr.export.save_recognizer`. Beside it go the weights
        and the Keras weights.
    folder : Path
        Keeps checkpoints, from which an interrupted training resumes.
    recipe : Recipe
    """
    images = pool.load()
    material = prepare(images, unipen.named_pens())
    print(f"{len(material.train):,} images, {recipe.epochs} epochs")
    trained = fit(
        recipe,
        material.train,
        material.validation,
        frequencies=material.frequencies,
        folder=folder,
        on_epoch=print_epoch,
    )
    if trained.interrupted:
        raise KeyboardInterrupt  # the checkpoint stays, but half a recogniser is of no use
    halved = [weight.astype(np.float16) for weight in trained.model.get_weights()]
    trained.model.set_weights(halved)  # what is stored is also what is exported and measured
    weights = export.to_litert(trained.model, half=True)
    minutes = sum(epoch["seconds"] for epoch in trained.history) / 60
    facts = describe(recipe, images, material) | {
        "parameters": trained.model.count_params(),
        "best_epoch": trained.best["epoch"],
        "minutes": round(minutes, 1),
    }
    drawn = material.validation.take(np.arange(len(images.validation), len(material.validation)))
    drawn = remove_shared(drawn, [material.train])  # dots, which every hand draws alike
    calibrate(weights, facts, images.validation, drawn)
    facts["measured"] = measure(Recognizer(weights, facts), images, drawn)
    facts["history"] = trained.history
    export.save_weights(card.with_suffix(".npz"), halved)
    export.save_recognizer(card, weights, facts)


def describe(recipe: Recipe, images: pool.Pool, material: Material) -> dict[str, Any]:
    """Return what a card says before anything is measured."""
    sources = [images.describe()]
    if material.counts:
        counts = {name: f"{count:,}" for name, count in material.counts.items()}
        sources.append(
            f"{counts['characters trained on']} drawings of {unipen.ATTRIBUTION}, without the "
            f"providers {', '.join(sorted(unipen.VALIDATION_PROVIDERS))}, and without "
            f"{counts['wrong label or cut']} whose label is wrong or whose ink is cut"
        )
    sources.append(f"{MADE_UP_IMAGES:,} images of made-up handwriting")
    return {
        "architecture": recipe.architecture,
        "characters": CHARACTERS,
        "more_classes": list(material.validation.alphabet.classes[len(CHARACTERS) :]),
        "data": "; ".join(sources),
        "training_images": len(material.train),
        "validation_images": len(material.validation),
        "split": f"course set, seed {SPLIT_SEED}; UNIPEN by provider",
        "seed": recipe.seed,
        "command": "python -m hwr train",
        # The network learned logits for equal frequencies.
        "class_frequencies": [round(1 / len(CHARACTERS), 6)] * len(CHARACTERS),
        "natural_frequencies": images.validation.class_frequencies(),
        "temperature": 1.0,
        "threshold": 1.0,
    }


def calibrate(weights: bytes, facts: dict[str, Any], scans: Dataset, drawn: Dataset) -> None:
    """Choose temperature and threshold on scans and drawings, and add them to the facts.

    Parameters
    ----------
    weights, facts
        As for :class:`hwr.recognizer.Recognizer`.
    scans : Dataset
        To validate, in 62 classes; read with the frequencies of NIST's forms.
    drawn : Dataset
        To validate, in the classes ``OUTPUTS``; its characters are read as equally frequent.
    """
    drawn = drawn.take(drawn.labels < len(CHARACTERS))
    labels = np.concatenate([scans.labels, drawn.labels])
    logits = Recognizer(weights, facts).logits(np.concatenate([scans.images, drawn.images]))
    log_prior = np.zeros((len(labels), len(CHARACTERS)))
    log_prior[: len(scans)] = np.log(facts["natural_frequencies"]) + np.log(len(CHARACTERS))
    own = logits[:, : len(CHARACTERS)]
    facts["temperature"] = round(metrics.fit_temperature(labels, own, log_prior), 4)
    recognizer, split = Recognizer(weights, facts), len(scans)
    probabilities = np.concatenate(
        [
            recognizer.from_logits(logits[:split], "natural"),
            recognizer.from_logits(logits[split:], "uniform"),
        ]
    )
    threshold = metrics.threshold_for_risk(labels, probabilities, export.RISK)
    facts["threshold"] = round(threshold, 3)


def measure(recognizer: Recognizer, images: pool.Pool, drawn: Dataset) -> dict[str, Any]:
    """Return the card's figures, by what they were measured on."""
    sizes = ("62", "47", "26", "10")
    figures = {
        f"{name}, {alphabet} classes": metrics.measure(recognizer, part, alphabet)
        for name, part in (("validation", images.validation), ("course test", images.tests[0]))
        for alphabet in sizes
    }
    for alphabet in (*sizes, "marks", "all") if len(drawn) else ():
        figures[f"drawings to validate, {alphabet} classes"] = metrics.measure(
            recognizer, drawn, alphabet, "uniform"
        )
    figures["made-up, 62 classes"] = metrics.measure(recognizer, emnist.load_test_set("made-up"))
    return figures
