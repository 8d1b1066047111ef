"""Train a network in a way that can be interrupted at any moment and resumed.

Everything random (the order of the images, their distortion, dropout) follows from the seed and the
epoch's number, so a training that was killed and resumed ends with the same weights as one that ran
without interruption. :mod:`hwr.checkpoint` keeps its state on disk.
"""

import inspect
import math
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, Never

import numpy as np
from numpy.typing import NDArray

from hwr import models
from hwr._support.arguments import (
    refuse_unknown,
    require_dataset,
    require_known_characters,
    require_positive,
    require_whole,
)
from hwr._support.keras import keras
from hwr._support.losses import SummedCrossEntropy, accuracy
from hwr._support.networks import (
    ends_in_softmax,
    given_name,
    largest_input,
    require_network,
    require_outputs,
)
from hwr._support.optimizers import one_cycle, own_optimizer, rate_of
from hwr._support.training_progress import ShowProgress
from hwr.alphabets import Alphabet, membership_matrix
from hwr.augmentation import Distortion
from hwr.checkpoint import (
    Checkpoint,
    History,
    RunningAverage,
    State,
    Weights,
    best_epoch,
    describe_history,
    seed_layers,
    settings_of,
    stopped_early,
)
from hwr.dataset import Dataset, as_input, one_hot
from hwr.export import Trained


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


class Batches(keras.utils.PyDataset):
    """The training images of one epoch, shuffled, distorted and scaled, batch by batch.

    Each batch holds images, float32 (n, 28, 28, 1) in 0..`largest`, and targets, float32
    (n, classes), as :mod:`hwr._support.losses` wants them. The classes are the alphabet's, by
    default the dataset's.
    """

    def __init__(
        self,
        dataset: Dataset,
        recipe: Recipe,
        epoch: int,
        alphabet: Alphabet | None = None,
        largest: float = 1,
        frequencies: NDArray[np.float32] | None = None,
    ) -> None:
        super().__init__(workers=2, max_queue_size=8)  # prepared while the network computes
        self.dataset, self.recipe, self.epoch = dataset, recipe, epoch
        self.largest = np.float32(largest)
        self.targets = membership_matrix(dataset.alphabet, alphabet or dataset.alphabet)
        if frequencies is not None:
            self.targets = np.where(self.targets > 0, frequencies, -frequencies)
        self.order = np.random.default_rng([recipe.seed, epoch]).permutation(len(dataset))

    def __len__(self) -> int:
        return math.ceil(len(self.order) / self.recipe.batch_size)

    def __getitem__(self, batch: int) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        size = self.recipe.batch_size
        chosen = self.order[batch * size : (batch + 1) * size]
        rng = np.random.default_rng([self.recipe.seed, self.epoch, batch])
        images = self.recipe.distortion.apply(self.dataset.images[chosen], rng)
        return as_input(images) * self.largest, self.targets[self.dataset.labels[chosen]]


def compiled(
    network: keras.Model | Recipe, recipe: Recipe, classes: int, images: int
) -> keras.Model:
    """Return a network that is ready to be trained: the recipe's, untrained, or the given one.

    Parameters
    ----------
    network : keras.Model or Recipe
        A network that was compiled before keeps its optimiser.
    recipe : Recipe
    classes : int
        Number of outputs.
    images : int
        Number of training images, which the learning rate's schedule depends on.
    """
    keras.utils.set_random_seed(recipe.seed)
    if isinstance(network, Recipe):
        network = models.build(recipe.architecture, classes)
    require_outputs(network, classes)
    steps = recipe.epochs * math.ceil(images / recipe.batch_size)
    optimizer = own_optimizer(network, recipe.learning_rate) or keras.optimizers.AdamW(
        one_cycle(recipe.learning_rate, steps) if recipe.one_cycle else recipe.learning_rate,
        weight_decay=recipe.weight_decay,
    )
    network.compile(
        optimizer=optimizer,
        loss=SummedCrossEntropy(recipe.label_smoothing, not ends_in_softmax(network)),
        metrics=[accuracy],
        jit_compile=False,  # slower on a CPU, with 25 s until the first step
    )
    return network


def fit(
    network: keras.Model | Recipe,
    train: Dataset,
    validation: Dataset,
    *,
    epochs: int | None = None,
    batch_size: int | None = None,
    learning_rate: float | None = None,
    distortion: Distortion | None = None,
    patience: int | None = None,
    seed: int | None = None,
    frequencies: NDArray[np.float32] | None = None,
    folder: Path | str | None = None,
    on_epoch: Callable[[History], None] | None = None,
    **misspelt: Never,
) -> Trained:
    """Train a network, or go on with a training that was interrupted or should be longer.

    Parameters
    ----------
    network : keras.Model or Recipe
        A Sequential or functional network of your own, from (28, 28, 1) to one logit or one
        probability (softmax) for each class; or the recipe of one. Your own is trained in place,
        from the weights that it has. If you compiled it, it keeps its optimiser; the loss is
        always :class:`SummedCrossEntropy`.
    train, validation : Dataset
        The network's classes are those of the validation images, which also choose the best epoch.
        The training images may have another alphabet as long as it has no other characters; for an
        image that may belong to several classes, the sum of their probabilities is trained.
    epochs, batch_size, learning_rate, distortion, patience, seed
        Settings of the :class:`Recipe`, by default those of the given recipe or of ``Recipe()``.
    frequencies : ndarray of float32, shape (classes of the training images, classes), optional
        Above 0: for images of each class, those of the network's classes among images of the kind.
    folder : path, optional
        Where checkpoints are kept. If it holds one of the same training, this goes on from there,
        also with more epochs than before.
    on_epoch : callable, optional
        Called with the history after every epoch, for example to draw curves.

    Returns
    -------
    Trained
        If somebody stops the training (■ or Ctrl-C), what was reached until then.

    Raises
    ------
    ValueError
        If an argument cannot be used, a training image shows a character that is in none of the
        classes, or the folder holds another training or a damaged one.
    """
    refuse_unknown("fit", misspelt, [*inspect.signature(fit).parameters][:-1])
    given: dict[str, Any] = {
        "epochs": epochs,
        "batch_size": batch_size,
        "learning_rate": learning_rate,
    }
    given |= {"distortion": distortion, "patience": patience, "seed": seed}
    for name, dataset in (("training", train), ("validation", validation)):
        require_dataset(f"{name} images", dataset, Dataset)
    require_known_characters(train, validation)
    recipe = _recipe(network, given)
    model = compiled(network, recipe, len(validation.alphabet), len(train))
    learned = train, validation, frequencies
    settings = settings_of(model, asdict(recipe), *learned) if folder else {}
    checkpoint = Checkpoint(Path(folder), settings) if folder else None
    state = checkpoint.resume(model) if checkpoint else None
    if state is None:
        state = State([], model.get_weights(), model.get_weights())
    interrupted = False
    progress = ShowProgress(recipe.epochs, math.ceil(len(train) / recipe.batch_size))
    try:
        _train(model, recipe, train, validation, frequencies, state, checkpoint, on_epoch, progress)
    except KeyboardInterrupt:
        interrupted = True
        if not state.history:
            state.best = model.get_weights()
        print(f"Stopped: {describe_history(state.history)}.")
    finally:
        progress.bar.close()
    model.set_weights(state.best)
    probabilities = ends_in_softmax(model)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=not probabilities)
    # With a loss of Keras's own, a file of the network can be loaded without this package.
    model.compile(model.optimizer, loss, metrics=["accuracy"], jit_compile=False)
    return Trained(model, state.history, recipe, train, validation, interrupted)


def _recipe(network: keras.Model | Recipe, given: dict[str, Any]) -> Recipe:
    """Return the settings of a training, checked."""
    recipe = network if isinstance(network, Recipe) else Recipe()
    if not isinstance(network, Recipe):
        require_network(network)
        recipe = replace(recipe, architecture=given_name(network))
        if optimizer := getattr(network, "optimizer", None):
            recipe = replace(recipe, learning_rate=rate_of(optimizer))
    recipe = replace(recipe, **{name: value for name, value in given.items() if value is not None})
    for name in ("epochs", "batch_size"):
        require_whole(name, getattr(recipe, name))
    require_positive("learning_rate", recipe.learning_rate)
    if recipe.patience is not None:
        require_whole("patience", recipe.patience)
    if not isinstance(recipe.distortion, Distortion):
        raise ValueError(
            f"distortion must be a Distortion, such as Distortion(rotation=8), not "
            f"{recipe.distortion!r}."
        )
    return recipe


def _train(
    model: keras.Model,
    recipe: Recipe,
    train: Dataset,
    validation: Dataset,
    frequencies: NDArray[np.float32] | None,
    state: State,
    checkpoint: Checkpoint | None,
    on_epoch: Callable[[History], None] | None,
    progress: ShowProgress,
) -> None:
    """Train until the last epoch, and keep in `state` what is reached."""
    alphabet, largest = validation.alphabet, largest_input(model)
    average = RunningAverage(state.average, recipe.averaging)
    callbacks = [progress, *([average] if recipe.averaging else [])]
    inputs = as_input(validation.images) * np.float32(largest)
    known = inputs, one_hot(validation.labels, len(alphabet))
    while len(state.history) < recipe.epochs and not stopped_early(state.history, recipe.patience):
        batches = Batches(train, recipe, len(state.history), alphabet, largest, frequencies)
        row = _train_one_epoch(model, batches, callbacks)
        weights = average.weights if recipe.averaging else model.get_weights()
        state.history.append(row | _evaluate(model, weights, known))
        improved = best_epoch(state.history) == len(state.history) - 1
        if improved:
            state.best = [weight.copy() for weight in weights]
        if checkpoint:
            checkpoint.save(model, state, improved)
        if on_epoch:
            on_epoch(state.history)


def _train_one_epoch(
    model: keras.Model, batches: Batches, callbacks: list[keras.callbacks.Callback]
) -> dict[str, float]:
    """Train for one epoch and return its entry of the history, without the validation figures."""
    started, cpu_started = time.perf_counter(), time.process_time()
    seed_layers(model, batches.recipe.seed, batches.epoch)
    logs = model.fit(
        batches,
        initial_epoch=batches.epoch,
        epochs=batches.epoch + 1,
        shuffle=False,  # Batches has shuffled already, reproducibly
        callbacks=callbacks,
        verbose=0,
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
