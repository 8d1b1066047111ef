"""Train a network in a way that can be interrupted at any moment and resumed.

Everything random (the order of the images, their distortion, dropout) follows from the seed and the
epoch's number, so a training that was killed and resumed ends with the same weights as one that ran
without interruption. :mod:`hwr.checkpoint` keeps its state on disk.

EMNIST's coarser splits do not tell ``c`` from ``C``. Their images can still train a network of 62
classes: the loss only asks that the probabilities of ``c`` and ``C`` *together* be high. Targets
are therefore rows with a 1 for every class that the image may be, else 0; with a single 1 in each
row, loss and accuracy are the usual ones.
"""

import math
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from hwr import models
from hwr._support.keras import keras
from hwr.alphabets import Alphabet, membership_matrix
from hwr.augmentation import Distortion
from hwr.checkpoint import Checkpoint, History, Weights
from hwr.dataset import Dataset, as_input, one_hot

ops = keras.ops
Tensor: TypeAlias = Any
"""A tensor of Keras's backend."""
_IMPOSSIBLE = -1e9
"""A logit that stands for a probability of 0."""


@keras.saving.register_keras_serializable(package="hwr")
class SummedCrossEntropy(keras.losses.Loss):
    """Loss for ambiguous labels: minus the log of the summed probability of all right classes.

    Parameters
    ----------
    label_smoothing : float
        Weight, in 0..1, of a second term that asks for equal probabilities of all classes (Szegedy
        et al. 2015, arXiv:1512.00567).
    """

    def __init__(self, label_smoothing: float = 0.0, name: str = "summed_cross_entropy") -> None:
        super().__init__(name=name, reduction="sum_over_batch_size")
        self.label_smoothing = label_smoothing

    def call(self, y_true: Tensor, y_pred: Tensor) -> Tensor:
        """Return the loss of each image, shape (n,), from targets and logits, both (n, classes)."""
        all_classes = ops.logsumexp(y_pred, axis=-1)
        right_classes = ops.logsumexp(ops.where(y_true > 0, y_pred, _IMPOSSIBLE), axis=-1)
        loss = all_classes - right_classes
        if self.label_smoothing:
            uniform = all_classes - ops.mean(y_pred, axis=-1)
            loss = (1 - self.label_smoothing) * loss + self.label_smoothing * uniform
        return loss

    def get_config(self) -> dict[str, object]:
        """Return what a saved network needs to restore this loss."""
        return {"label_smoothing": self.label_smoothing, "name": self.name}


def accuracy(y_true: Tensor, y_pred: Tensor) -> Tensor:
    """Return 1 for each image whose highest logit is that of a right class, else 0; shape (n,)."""
    answers = ops.argmax(y_pred, axis=-1)
    return ops.squeeze(ops.take_along_axis(y_true, answers[:, None], axis=-1), axis=-1)


keras.saving.register_keras_serializable(package="hwr")(accuracy)


@dataclass(frozen=True)
class Recipe:
    """The settings of a training.

    Attributes
    ----------
    architecture : str
        One of :data:`hwr.models.ARCHITECTURES`.
    epochs : int
        Passes over the training images.
    batch_size : int
        Images per step.
    learning_rate : float
        The optimiser's; with ``one_cycle`` its peak.
    one_cycle : bool
        Raise the rate linearly over the first tenth of all steps, then lower it to zero along a
        cosine (Smith 2018, arXiv:1803.09820). Otherwise it stays constant.
    weight_decay : float
        Share of each weight removed per step, times the rate (AdamW); 0 is plain Adam.
    label_smoothing : float
        Share of the target probability that is spread evenly over all classes.
    distortion : Distortion
        Applied anew to every image in every epoch.
    averaging : float
        Decay of a running average of the weights that replaces the last weights (Polyak and
        Juditsky 1992), for example 0.999; 0 turns it off.
    patience : int or None
        Stop after this many epochs without a better validation accuracy; None never stops early.
    seed : int
        Decides everything random.
    """

    architecture: str = "resnet"
    epochs: int = 10
    batch_size: int = 128
    learning_rate: float = 1e-3
    one_cycle: bool = False
    weight_decay: float = 0.0
    label_smoothing: float = 0.0
    distortion: Distortion = field(default_factory=Distortion)
    averaging: float = 0.0
    patience: int | None = None
    seed: int = 0


@dataclass(frozen=True)
class Trained:
    """A trained network and the history of its training.

    Attributes
    ----------
    model : keras.Model
        With the weights of the epoch that did best on the validation images.
    history : list of dict
        One entry per epoch.
    recipe : Recipe
    """

    model: keras.Model
    history: History
    recipe: Recipe

    @property
    def best(self) -> dict[str, float]:
        """The entry of the epoch with the best validation accuracy."""
        return self.history[_best_epoch(self.history)]


class Batches(keras.utils.PyDataset):
    """The training images of one epoch, shuffled, distorted and scaled, batch by batch.

    Each batch holds images, float32 (n, 28, 28, 1) in 0..1, and targets, float32 (n, classes): 1
    for every class that the image may be, else 0. The classes are the alphabet's, by default the
    dataset's.
    """

    def __init__(
        self, dataset: Dataset, recipe: Recipe, epoch: int, alphabet: Alphabet | None = None
    ) -> None:
        super().__init__(workers=2, max_queue_size=8)  # prepared while the network computes
        self.dataset, self.recipe, self.epoch = dataset, recipe, epoch
        self.targets = membership_matrix(dataset.alphabet, alphabet or dataset.alphabet)
        self.order = np.random.default_rng([recipe.seed, epoch]).permutation(len(dataset))

    def __len__(self) -> int:
        return math.ceil(len(self.order) / self.recipe.batch_size)

    def __getitem__(self, batch: int) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        size = self.recipe.batch_size
        chosen = self.order[batch * size : (batch + 1) * size]
        rng = np.random.default_rng([self.recipe.seed, self.epoch, batch])
        images = self.recipe.distortion.apply(self.dataset.images[chosen], rng)
        return as_input(images), self.targets[self.dataset.labels[chosen]]


class RunningAverage(keras.callbacks.Callback):
    """The running average of a network's weights, BatchNorm's statistics included.

    Keras's own average leaves out those statistics, which then do not fit the weights.

    Attributes
    ----------
    weights : list of ndarray
        In the order of ``model.get_weights()``.
    """

    def __init__(self, weights: Weights, decay: float) -> None:
        super().__init__()
        self.weights, self.decay = weights, decay

    def on_train_batch_end(self, batch: int, logs: dict[str, Any] | None = None) -> None:
        """Add the weights after a step; the first ones, which are poor, decay faster."""
        steps = int(self.model.optimizer.iterations)
        decay = min(self.decay, (1 + steps) / (10 + steps))
        for average, current in zip(self.weights, self.model.get_weights(), strict=True):
            average[...] += (1 - decay) * (current - average)


def compiled(recipe: Recipe, classes: int, images: int) -> keras.Model:
    """Return the recipe's network, compiled and untrained.

    Parameters
    ----------
    recipe : Recipe
    classes : int
        Number of outputs.
    images : int
        Number of training images, which the learning rate's schedule depends on.
    """
    keras.utils.set_random_seed(recipe.seed)
    rate = learning_rate(recipe, images)
    model = models.build(recipe.architecture, classes)
    model.compile(
        optimizer=keras.optimizers.AdamW(rate, weight_decay=recipe.weight_decay),
        loss=SummedCrossEntropy(recipe.label_smoothing),
        metrics=[accuracy],
        jit_compile=False,  # slower on a CPU, with 25 s until the first step
    )
    return model


def learning_rate(recipe: Recipe, images: int) -> Any:
    """Return the learning rate: a number, or a schedule that maps a step to its rate."""
    if not recipe.one_cycle:
        return recipe.learning_rate
    steps = recipe.epochs * math.ceil(images / recipe.batch_size)
    return keras.optimizers.schedules.CosineDecay(
        initial_learning_rate=recipe.learning_rate / 25,
        decay_steps=steps - steps // 10,
        warmup_target=recipe.learning_rate,
        warmup_steps=steps // 10,
    )


def fit(
    recipe: Recipe,
    train: Dataset,
    validation: Dataset,
    folder: Path | str | None = None,
    on_epoch: Callable[[History], None] | None = None,
    verbose: bool = False,
) -> Trained:
    """Train a network, or resume a training that was interrupted.

    Parameters
    ----------
    recipe : Recipe
    train, validation : Dataset
        The network's classes are those of the validation images, which also choose the best epoch.
        The training images may have another alphabet as long as it has no other characters; for an
        image that may belong to several classes, the sum of their probabilities is trained.
    folder : path, optional
        Where checkpoints are kept. If it holds one of the same recipe and data, the training
        resumes from there.
    on_epoch : callable, optional
        Called with the history after every epoch, for example to draw curves.
    verbose : bool
        Whether to show a progress bar for every epoch.

    Raises
    ------
    ValueError
        If a training image shows a character that is in none of the classes, or the folder holds
        the checkpoint of another training.
    """
    alphabet = validation.alphabet
    _require_known_characters(train, alphabet)
    settings = {"recipe": asdict(recipe), "images": len(train)}
    checkpoint = Checkpoint(Path(folder), settings) if folder else None
    model, history, best_weights, average = _begin(recipe, len(train), len(alphabet), checkpoint)
    validation_data = as_input(validation.images), one_hot(validation.labels, len(alphabet))
    while len(history) < recipe.epochs and not stopped_early(history, recipe.patience):
        batches = Batches(train, recipe, len(history), alphabet)
        row = _train_one_epoch(model, batches, average, verbose)
        weights = average.weights if recipe.averaging else model.get_weights()
        history.append(row | _evaluate(model, weights, validation_data))
        improved = _best_epoch(history) == len(history) - 1
        if improved:
            best_weights = [weight.copy() for weight in weights]
        if checkpoint:
            checkpoint.save(model, history, average.weights, weights if improved else None)
        if on_epoch:
            on_epoch(history)
    model.set_weights(best_weights)
    return Trained(model, history, recipe)


def _require_known_characters(train: Dataset, alphabet: Alphabet) -> None:
    shown = {train.alphabet.members[label] for label in np.unique(train.labels)}
    unknown = set("".join(shown)) - set("".join(alphabet.members))
    if unknown:
        raise ValueError(
            f"The training images have the alphabet {train.alphabet.name!r}, the validation images "
            f"{alphabet.name!r}, which lacks {''.join(sorted(unknown))}: leave such images out."
        )


def _begin(
    recipe: Recipe, images: int, classes: int, checkpoint: Checkpoint | None
) -> tuple[keras.Model, History, Weights, RunningAverage]:
    """Return network, history, best weights and running average: a checkpoint's, or new ones."""
    history = checkpoint.history() if checkpoint else []
    if checkpoint and history:
        latest = f"epoch-{len(history)}"
        average = RunningAverage(checkpoint.weights(latest), recipe.averaging)
        return checkpoint.network(latest), history, checkpoint.weights("best"), average
    model = compiled(recipe, classes, images)
    average = RunningAverage(model.get_weights(), recipe.averaging)
    return model, history, model.get_weights(), average


def _train_one_epoch(
    model: keras.Model, batches: Batches, average: RunningAverage, verbose: bool
) -> dict[str, float]:
    """Train for one epoch and return its entry of the history, without the validation figures."""
    started, cpu_started = time.perf_counter(), time.process_time()
    _seed_dropout(model, batches.recipe.seed, batches.epoch)
    logs = model.fit(
        batches,
        initial_epoch=batches.epoch,
        epochs=batches.epoch + 1,
        shuffle=False,  # Batches has shuffled already, reproducibly
        callbacks=[average] if batches.recipe.averaging else [],
        verbose=1 if verbose else 0,
    ).history
    return {
        "epoch": batches.epoch + 1,
        "loss": logs["loss"][0],
        "accuracy": logs["accuracy"][0],
        "seconds": round(time.perf_counter() - started, 2),
        "cpu_seconds": round(time.process_time() - cpu_started, 2),
    }


def _evaluate(
    model: keras.Model,
    weights: Weights,
    validation: tuple[NDArray[np.float32], NDArray[np.float32]],
) -> dict[str, float]:
    """Return loss and accuracy on the validation images with these weights; the model's stay."""
    own = model.get_weights()
    model.set_weights(weights)
    loss, share_right = model.evaluate(*validation, batch_size=500, verbose=0)
    model.set_weights(own)
    return {"val_loss": loss, "val_accuracy": share_right}


def _seed_dropout(model: keras.Model, seed: int, epoch: int) -> None:
    """Derive the state of dropout from seed and epoch, because Keras does not save it."""
    for place, layer in enumerate(model.layers):
        if generator := getattr(layer, "seed_generator", None):
            rng = np.random.default_rng([seed, epoch, place])
            generator.state.assign(rng.integers(2**31, size=2))


def _best_epoch(history: History) -> int:
    """Return the index of the first epoch with the best validation accuracy."""
    return int(np.argmax([row["val_accuracy"] for row in history]))


def print_epoch(history: History) -> None:
    """Print the figures of the epoch that has just ended: for ``fit``'s ``on_epoch``."""
    row = history[-1]
    print(
        f"epoch {row['epoch']}: training accuracy {row['accuracy']:.2%}, "
        f"validation accuracy {row['val_accuracy']:.2%}, {row['seconds']:.0f} s",
        flush=True,
    )


def stopped_early(history: History, patience: int | None) -> bool:
    """Return whether the last ``patience`` epochs brought no better validation accuracy."""
    if patience is None or not history:
        return False
    return len(history) - 1 - _best_epoch(history) >= patience
