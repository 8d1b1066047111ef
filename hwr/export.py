"""From a trained network to the files that a recogniser is loaded from: weights and card."""

import hashlib
import json
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from hwr import metrics
from hwr._support.arguments import require_dataset
from hwr._support.atomic_write import replacing, write_bytes, write_text
from hwr._support.keras import keras
from hwr._support.keras import tensorflow as tf
from hwr._support.networks import (
    adapted,
    given_name,
    largest_input,
    require_network,
    require_outputs,
)
from hwr._support.trial import made_here
from hwr.checkpoint import History, best_epoch, describe_history
from hwr.dataset import Dataset, as_input
from hwr.recognizer import Recognizer

if TYPE_CHECKING:
    from hwr.training import Recipe

RISK = 0.05
"""Largest share of wrong answers, on the validation images, among those that count as sure."""
IMAGES_TO_TRY = 1000
"""Validation images on which a network of unknown origin is tried."""
BETTER_THAN_GUESSING = 0.1
"""How far a network must get from guessing the most frequent class (0) to no mistake (1)."""
LARGEST_DIFFERENCE = 1e-3
"""Between a logit of Keras's network and of its LiteRT file, relative to the largest logit."""


@dataclass(frozen=True, repr=False)
class Trained:
    """A trained network, what it was trained with, and the history of its training.

    Attributes
    ----------
    model : keras.Model
        With the weights of the epoch that did best on the validation images.
    history : list of dict
        One entry per epoch.
    recipe : Recipe
    train, validation : Dataset
    interrupted : bool
        Whether somebody stopped the training before its end.
    """

    model: keras.Model
    history: History
    recipe: "Recipe"
    train: Dataset
    validation: Dataset
    interrupted: bool = False

    def __repr__(self) -> str:
        return f"<{self.recipe.architecture}: {describe_history(self.history)}>"

    @property
    def best(self) -> dict[str, float]:
        """The entry of the epoch with the best validation accuracy."""
        if not self.history:
            raise ValueError("No epoch was finished, so none is the best: train on.")
        return self.history[best_epoch(self.history)]

    def recognizer(self) -> Recognizer:
        """Return the network as a recogniser, calibrated on the validation images."""
        return Recognizer(*self._described())

    def save(self, card: Path | str) -> Path:
        """Write the network as a recogniser, which ``Recognizer.load(card)`` loads.

        Parameters
        ----------
        card : path
            Ends in ``.json``. Beside it go the LiteRT file (``.tflite``), with which a recogniser
            reads, and Keras's own (``.keras``), to train on.

        Returns
        -------
        Path
            The card.
        """
        return _write(card, self.model, *self._described())

    def _described(self) -> tuple[bytes, dict[str, Any]]:
        seconds = sum(row["seconds"] for row in self.history)
        facts = {
            "architecture": self.recipe.architecture,
            "recipe": asdict(self.recipe),
            "seed": self.recipe.seed,
            "minutes": round(seconds / 60, 1),
            "history": self.history,
        }
        scale = largest_input(self.model)
        return describe(self.model, self.train, self.validation, (scale, 0), facts)


def save(card: Path | str, network: keras.Model, train: Dataset, validation: Dataset) -> Path:
    """Write a network that was trained by Keras alone as a recogniser.

    The network is tried on validation images: with inputs in 0..1, 0..255, -1..1, with ink 0 and
    paper 1, and standardised. The recogniser gives it what it reads best. (For a network that
    :func:`hwr.fit` trained, use :meth:`Trained.save`.)

    Parameters
    ----------
    card : path
        As for :meth:`Trained.save`, which also says what is written.
    network : keras.Model
        From (28, 28, 1) to one logit or one probability (softmax) for each class.
    train, validation : Dataset
        Images that it was trained on, for the frequencies of the classes; and others, which
        calibrate it.

    Returns
    -------
    Path
        The card.

    Raises
    ------
    ValueError
        If the network has other inputs or outputs, or reads the validation images hardly better
        than by guessing.
    """
    require_network(network)
    _require_datasets(train, validation)
    require_outputs(network, len(validation.alphabet))
    scaling = _find_scaling(network, train, validation)
    return _write(card, network, *describe(network, train, validation, scaling))


def _find_scaling(network: keras.Model, train: Dataset, validation: Dataset) -> tuple[float, float]:
    """Return scale and offset, for images in 0..1, with which the network reads best."""
    some = validation.take(np.arange(min(len(validation), IMAGES_TO_TRY)))
    images, own = as_input(some.images), as_input(train.images[:IMAGES_TO_TRY])
    spread = max(float(own.std()), 1e-6)
    scalings = [(1, 0), (255, 0), (2, -1), (-1, 1), (1 / spread, -float(own.mean()) / spread)]

    def accuracy(scaling: tuple[float, float]) -> float:
        scaled = images * np.float32(scaling[0]) + np.float32(scaling[1])
        answers = network.predict(scaled, batch_size=256, verbose=0).argmax(axis=1)
        return float((answers == some.labels).mean())

    rights = [accuracy(each) for each in scalings]
    right, best = max(rights), scalings[int(np.argmax(rights))]
    guessing = np.bincount(some.labels).max() / len(some)
    if right < guessing + BETTER_THAN_GUESSING * (1 - guessing):
        raise ValueError(
            f"The network {network.name!r} reads {right:.1%} of the validation images right, "
            f"hardly more than guessing ({guessing:.1%}): train it on upright images (28, 28, 1) "
            "with ink 1 and paper 0, and labels that count the classes as these images do."
        )
    return best


def describe(
    network: keras.Model,
    train: Dataset,
    validation: Dataset,
    scaling: tuple[float, float] = (1, 0),
    facts: dict[str, Any] | None = None,
) -> tuple[bytes, dict[str, Any]]:
    """Return a network's LiteRT file and its card, calibrated on the validation images.

    Parameters
    ----------
    scaling : (float, float)
        The network takes images in 0..1 times the first plus the second.
    facts : dict, optional
        What else to put on the card.
    """
    _require_datasets(train, validation)
    alphabet = validation.alphabet
    reader = adapted(network, *scaling)
    weights = to_litert(reader)
    card: dict[str, Any] = {
        "architecture": given_name(network),
        "parameters": network.count_params(),
        "classes": list(alphabet.classes),
        "members": list(alphabet.members),
        "data": f"{train.name} ({train.source})",
        "training_images": len(train),
        "validation_images": len(validation),
        "input": {"scale": scaling[0], "offset": scaling[1]},
        "class_frequencies": train.class_frequencies(alphabet),
        "natural_frequencies": validation.class_frequencies(),
        **(facts or {}),
        "temperature": 1.0,
        "threshold": 1.0,
    }
    _require_agreement(reader, Recognizer(weights, card), validation.images[:IMAGES_TO_TRY])
    calibrate(weights, card, validation)
    figures = metrics.measure(Recognizer(weights, card), validation, alphabet)
    return weights, card | {"measured": {f"validation, {len(alphabet)} classes": figures}}


def _require_datasets(train: Dataset, validation: Dataset) -> None:
    require_dataset("training images", train, Dataset)
    require_dataset("validation images", validation, Dataset)


def _require_agreement(
    network: keras.Model, recognizer: Recognizer, images: NDArray[np.uint8]
) -> None:
    wanted = network.predict(as_input(images), batch_size=256, verbose=0)
    difference = np.abs(recognizer.logits(images) - wanted).max() / max(np.abs(wanted).max(), 1)
    if not difference < LARGEST_DIFFERENCE:
        raise ValueError(
            f"LiteRT's copy of the network {network.name!r} answers otherwise than Keras's (by "
            f"{difference:.2g} of the largest logit): use other layers."
        )


def calibrate(weights: bytes, facts: dict[str, Any], validation: Dataset) -> None:
    """Choose temperature and threshold on validation images and add them to the facts."""
    require_dataset("validation images", validation, Dataset)
    uncalibrated = Recognizer(weights, facts | {"temperature": 1.0})
    if uncalibrated.alphabet.classes != validation.alphabet.classes:
        raise ValueError(
            f"The network reads the alphabet {uncalibrated.alphabet.name!r}, the validation images "
            f"have {validation.alphabet.name!r}: convert them by in_alphabet."
        )
    log_prior = np.log(facts["natural_frequencies"]) - np.log(facts["class_frequencies"])
    logits = uncalibrated.logits(validation.images)
    facts["temperature"] = round(metrics.fit_temperature(validation.labels, logits, log_prior), 4)
    probabilities = Recognizer(weights, facts).probabilities(validation.images)
    threshold = metrics.threshold_for_risk(validation.labels, probabilities, RISK)
    facts["threshold"] = round(threshold, 3)


def to_litert(model: keras.Model, half: bool = False) -> bytes:
    """Return a network as a LiteRT file, for batches of any size, and of any width if it has none.

    It contains inference alone: dropout is gone and BatchNorm is folded into its convolution. It
    computes in float32; with ``half``, its weights are stored as float16, in half the space.
    """
    archive = keras.export.ExportArchive()
    archive.track(model)
    archive.add_endpoint(
        "serve",
        lambda images: model(images, training=False),
        input_signature=[tf.TensorSpec(model.input_shape, tf.float32)],
    )
    with tempfile.TemporaryDirectory() as folder:
        archive.write_out(folder, verbose=False)
        converter = tf.lite.TFLiteConverter.from_saved_model(folder)
        if half:
            converter.optimizations = [tf.lite.Optimize.DEFAULT]
            converter.target_spec.supported_types = [tf.float16]
        converted: bytes = converter.convert()
    return made_here(converted)


def _write(card: Path | str, network: keras.Model, weights: bytes, facts: dict[str, Any]) -> Path:
    path = Path(card)
    if path.suffix != ".json":
        raise ValueError(f"Give the card a name that ends in .json, not {path.name!r}.")
    file = path.with_suffix(".keras")
    copy = keras.models.clone_model(network)  # without optimiser and loss, which reading needs not
    copy.set_weights(network.get_weights())
    with replacing(file) as beside:
        copy.save(beside)
    save_recognizer(path, weights, facts | {"keras": file.name})
    return path


def save_recognizer(card_path: Path, weights: bytes, card: dict[str, Any]) -> None:
    """Write a recogniser's weights and its card.

    Parameters
    ----------
    card_path : Path
        The weights go beside it, with the suffix ``.tflite``.
    weights : bytes
        From :func:`to_litert`.
    card : dict
        What is known about the recogniser; file name and SHA-256 are added.
    """
    file = card_path.with_suffix(".tflite")
    named = {"file": file.name, "sha256": hashlib.sha256(weights).hexdigest(), **card}
    write_bytes(file, weights)
    write_text(card_path, json.dumps(named, indent=1) + "\n")


def save_weights(path: Path, weights: list[NDArray[Any]]) -> None:
    """Write a network's weights, in the order of ``get_weights()``, to an ``.npz`` file."""
    with replacing(path) as beside:
        np.savez_compressed(beside, *weights)
