"""``python -m hwr train``: how the recogniser that ships with the course is made."""

from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from hwr import export, metrics
from hwr._support.keras import keras
from hwr._support.progress import print_epoch
from hwr.alphabets import BYCLASS, CHARACTERS
from hwr.augmentation import Distortion
from hwr.cli import material as learned
from hwr.cli import pool
from hwr.cli.material import Material, prepare, with_more
from hwr.dataset import SPLIT_SEED, Dataset, as_input, concatenate, remove_shared
from hwr.datasets import emnist, synthetic, unipen
from hwr.export import Trained
from hwr.recognizer import Recognizer, softmax
from hwr.training import Recipe, fit

TEACHER = Recipe(
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
SCANS_TEACHER = replace(TEACHER, epochs=14)
STUDENT = replace(TEACHER, epochs=14)
MADE_UP_IMAGES, MADE_UP_SEED = 24_800, 63
"""Made-up handwriting that one teacher learns from and the other does not."""
LEAST = 1e-9
"""A probability whose logarithm still counts."""
PART = 2_000
"""Images that are read at once."""


class Recipes(NamedTuple):
    """How the two teachers and the recogniser are trained."""

    scans_teacher: Recipe = SCANS_TEACHER
    teacher: Recipe = TEACHER
    student: Recipe = STUDENT


RECIPES = Recipes()


def train_recognizer(card: Path, folder: Path, recipes: Recipes = RECIPES) -> None:
    """Train a recogniser of 62 characters, 32 marks and *none of these*, and write it.

    Two teachers learn from labels: one from the pool and made-up handwriting, the other also from
    UNIPEN's drawings, if ``HWR_PENS`` names them, and from what is no character. The recogniser
    learns what the two say together, of the same images and of scans without labels (Hinton,
    Vinyals, Dean 2015, "Distilling the knowledge in a neural network", arXiv:1503.02531): labels do
    not tell how much an ``o`` is like a ``0``, and some are wrong. No image is in the course test
    or in an official test set at hand. Epoch, temperature and threshold are chosen on validation
    images, scans and drawings; the course test is read once, for the card.

    Parameters
    ----------
    card : Path
        Where to write the card; see :func:`hwr.export.save_recognizer`. Beside it go the weights
        and the Keras weights.
    folder : Path
        Keeps checkpoints, from which an interrupted training resumes.
    recipes : Recipes
    """
    images = pool.load()
    made_up = synthetic.dataset(MADE_UP_IMAGES, MADE_UP_SEED)
    scans = concatenate(images.train, replace(made_up, alphabet=pool.POOL))
    of_scans = _fit(recipes.scans_teacher, scans, images.validation, folder / "scans-teacher")
    material = prepare(images, unipen.named_pens())
    known = material.train, material.validation
    kinds = material.frequencies
    of_all = _fit(recipes.teacher, *known, folder / "teacher", frequencies=kinds)
    everything = with_more(material.train, pool.load_unlabelled(images), made_up)
    log_learned = np.log(scans.class_frequencies(BYCLASS))
    answers = say_together(of_scans.model, log_learned, of_all.model, everything, kinds)
    trained = _fit(
        recipes.student,
        everything,
        material.validation,
        folder / "student",
        frequencies=kinds,
        targets=answers,
    )
    epochs = [epoch for each in (of_scans, of_all, trained) for epoch in each.history]
    halved = [weight.astype(np.float16) for weight in trained.model.get_weights()]
    trained.model.set_weights(halved)  # what is stored is also what is exported and measured
    weights = export.to_litert(trained.model, half=True)
    facts = describe(recipes.student, images, material) | {
        "parameters": trained.model.count_params(),
        "training_images": len(everything),
        "best_epoch": trained.best["epoch"],
        "minutes": round(sum(epoch["seconds"] for epoch in epochs) / 60, 1),
        "cpu_minutes": round(sum(epoch["cpu_seconds"] for epoch in epochs) / 60, 1),
    }
    drawn = material.validation.take(np.arange(len(images.validation), len(material.validation)))
    drawn = remove_shared(drawn, [material.train])  # dots, which every hand draws alike
    calibrate(weights, facts, images.validation, drawn)
    facts["measured"] = measure(Recognizer(weights, facts), images, drawn)
    facts["history"] = trained.history
    export.save_weights(card.with_suffix(".npz"), halved)
    export.save_recognizer(card, weights, facts)


def _fit(recipe: Recipe, train: Dataset, validation: Dataset, folder: Path, **how: Any) -> Trained:
    """Train one network, and print what it has reached after each epoch."""
    print(f"{folder.name}: {len(train):,} images, {recipe.epochs} epochs")
    trained = fit(recipe, train, validation, folder=folder, on_epoch=print_epoch, **how)
    if trained.interrupted:
        raise KeyboardInterrupt  # the checkpoint stays, but half a recogniser is of no use
    return trained


def say_together(
    of_scans: keras.Model,
    log_learned: NDArray[np.floating[Any]],
    of_all: keras.Model,
    dataset: Dataset,
    frequencies: NDArray[np.float32],
) -> NDArray[np.float16]:
    """Return what two teachers say of images, with the frequencies of the images' kind.

    Which of the 62 characters it is, if any, both say: by the mean of their log probabilities.
    Whether it is anything else, only one of them knows.

    Parameters
    ----------
    of_scans : keras.Model
        Of 62 characters.
    log_learned : ndarray of float, shape (62,)
        The logarithm of the frequencies that it has learned to expect.
    of_all : keras.Model
        Of all classes; it has learned logits for equal frequencies.
    dataset : Dataset
    frequencies : ndarray of float32, shape (classes of the dataset, classes)

    Returns
    -------
    ndarray of float16, shape (n, classes)
    """
    known, answers = len(CHARACTERS), []
    for start in range(0, len(dataset), PART):
        images = as_input(dataset.images[start : start + PART])
        log_prior = np.log(frequencies[dataset.labels[start : start + PART]])
        own = softmax(of_all.predict_on_batch(images) + log_prior)
        other = of_scans.predict_on_batch(images) - log_learned + log_prior[:, :known]
        shares = softmax((np.log(own[:, :known] + LEAST) + np.log(softmax(other) + LEAST)) / 2)
        inside = own[:, :known].sum(axis=1, keepdims=True)
        answers.append(np.hstack([inside * shares, own[:, known:]]).astype(np.float16))
    return np.concatenate(answers)


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
    made_up = learned.MADE_UP_IMAGES + MADE_UP_IMAGES
    sources.append(f"{made_up:,} images of made-up handwriting")
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
