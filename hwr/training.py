"""Train a network so that it can be stopped at any moment and goes on where it was.

After every epoch the network, its optimiser and the history are written to a folder. Everything
random (the order of the images, their distortion) follows from the seed and the epoch's number,
so a training that was killed and resumed ends with the same weights as one that never stopped.
"""

import json
import math
import os
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hwr import losses, models
from hwr._support.keras import keras
from hwr.alphabets import Alphabet, membership
from hwr.augmentation import Distortion
from hwr.dataset import Dataset

History = list[dict[str, float]]
"""One entry per epoch: epoch, loss, accuracy, val_loss, val_accuracy, seconds, cpu_seconds."""
Weights = list[NDArray[np.float32]]


@dataclass(frozen=True)
class Recipe:
    """How a network is trained.

    Attributes
    ----------
    architecture : str
        One of ``hwr.models.ARCHITECTURES``.
    epochs : int
        Passes over the training images.
    batch_size : int
        Images per step.
    learning_rate : float
        Of the optimiser; with ``one_cycle`` its peak.
    one_cycle : bool
        Raise the rate linearly over the first tenth of all steps, then lower it to zero along a
        cosine (Smith 2018, arXiv:1803.09820). Otherwise it stays constant.
    weight_decay : float
        Share of each weight removed per step, times the rate (AdamW); 0 is plain Adam.
    label_smoothing : float
        Probability spread over all classes instead of being given to the right one.
    distortion : Distortion
        Applied anew to every image in every epoch.
    averaging : float
        Keep a running average of the weights, to which each step adds so much less than 1 of the
        new ones, and use it instead of the last weights (Polyak and Juditsky 1992); 0 keeps none.
    patience : int or None
        Stop after so many epochs without a better validation accuracy; None never stops early.
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
    """A trained network with what was seen on the way.

    Attributes
    ----------
    model : keras.Model
        With the weights of its best epoch on the validation images.
    history : list of dict
        One entry per epoch.
    recipe : Recipe
    """

    model: keras.Model
    history: History
    recipe: Recipe

    @property
    def best(self) -> dict[str, float]:
        """The epoch with the best validation accuracy."""
        return self.history[_best_epoch(self.history)]


class Batches(keras.utils.PyDataset):
    """The training images of one epoch, shuffled, distorted and scaled, batch by batch.

    Each batch holds images, float32 (n, 28, 28, 1), and targets, float32 (n, classes): 1 for every
    class that the image may be, else 0. The classes are the alphabet's, by default the dataset's.
    """

    def __init__(
        self, dataset: Dataset, recipe: Recipe, epoch: int, alphabet: Alphabet | None = None
    ) -> None:
        super().__init__(workers=2, max_queue_size=8)  # prepared beside the network's own work
        self.dataset, self.recipe, self.epoch = dataset, recipe, epoch
        self.targets = membership(dataset.alphabet, alphabet or dataset.alphabet)
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
    """The running average of a network's weights, BatchNorm's statistics among them.

    Keras's own average leaves those statistics out, which then do not fit the weights.

    Attributes
    ----------
    weights : list of ndarray
        As ``model.get_weights()`` gives them.
    """

    def __init__(self, weights: Weights, share: float) -> None:
        super().__init__()
        self.weights, self.share = weights, share

    def on_train_batch_end(self, batch: int, logs: dict[str, Any] | None = None) -> None:
        """Take in the weights after a step; early ones, which are poor, are forgotten sooner."""
        steps = int(self.model.optimizer.iterations)
        share = min(self.share, (1 + steps) / (10 + steps))
        for average, now in zip(self.weights, self.model.get_weights(), strict=True):
            average[...] += (1 - share) * (now - average)


def as_input(images: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Turn uint8 images (n, 28, 28) into what networks read: float32 (n, 28, 28, 1) in 0..1."""
    return (images[..., None] / np.float32(255)).astype(np.float32)


def one_hot(labels: NDArray[np.int64], classes: int) -> NDArray[np.float32]:
    """Turn labels (n,) into rows (n, classes) that are 1 at the label and 0 elsewhere."""
    return np.eye(classes, dtype=np.float32)[labels]


def compiled(recipe: Recipe, classes: int, images: int) -> keras.Model:
    """Build the recipe's network, ready for its first step on so many training images."""
    keras.utils.set_random_seed(recipe.seed)
    rate: Any = recipe.learning_rate
    if recipe.one_cycle:
        steps = recipe.epochs * math.ceil(images / recipe.batch_size)
        rate = keras.optimizers.schedules.CosineDecay(
            initial_learning_rate=recipe.learning_rate / 25,
            decay_steps=steps - steps // 10,
            warmup_target=recipe.learning_rate,
            warmup_steps=steps // 10,
        )
    model = models.build(recipe.architecture, classes)
    model.compile(
        optimizer=keras.optimizers.AdamW(rate, weight_decay=recipe.weight_decay),
        loss=losses.SummedCrossEntropy(recipe.label_smoothing),
        metrics=[losses.accuracy],
        jit_compile=False,  # on a CPU it is slower, and 25 s to the first step
    )
    return model


def fit(
    recipe: Recipe,
    train: Dataset,
    validation: Dataset,
    folder: Path | str | None = None,
    on_epoch: Callable[[History], None] | None = None,
    verbose: bool = False,
) -> Trained:
    """Train a network, or go on with a training that was stopped.

    Parameters
    ----------
    recipe : Recipe
    train, validation : Dataset
        The network learns the validation images' alphabet, and these choose the best epoch. The
        training images' alphabet may be another as long as it has no other characters; an image
        that may be of several classes asks for their probabilities' sum.
    folder : path, optional
        Where checkpoints are kept. If it holds one of the same recipe and data, training goes on
        from there.
    on_epoch : callable, optional
        Called with the history after every epoch, for example to draw curves.
    verbose : bool
        Whether to show a progress bar for every epoch.

    Raises
    ------
    ValueError
        If an image to learn from may be none of the classes, or the folder holds the checkpoint
        of another training.
    """
    alphabet = validation.alphabet
    _require_known_characters(train, alphabet)
    checkpoint = Checkpoint(Path(folder), recipe, len(train)) if folder else None
    model, history, best_weights, average = _begin(recipe, len(train), len(alphabet), checkpoint)
    seen = as_input(validation.images), one_hot(validation.labels, len(alphabet))
    while len(history) < recipe.epochs and not stopped_early(history, recipe.patience):
        batches = Batches(train, recipe, len(history), alphabet)
        row = _one_epoch(model, batches, average, verbose)
        weights = average.weights if recipe.averaging else model.get_weights()
        history.append(row | _measured(model, weights, seen))
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
    recipe: Recipe, images: int, classes: int, checkpoint: "Checkpoint | None"
) -> tuple[keras.Model, History, Weights, RunningAverage]:
    """Give network, history, best weights and average so far: a checkpoint's, or new ones."""
    history = checkpoint.history() if checkpoint else []
    if checkpoint and history:
        latest = f"epoch-{len(history)}"
        average = RunningAverage(checkpoint.weights(latest), recipe.averaging)
        return checkpoint.network(latest), history, checkpoint.weights("best"), average
    model = compiled(recipe, classes, images)
    average = RunningAverage(model.get_weights(), recipe.averaging)
    return model, history, model.get_weights(), average


def _one_epoch(
    model: keras.Model, batches: Batches, average: RunningAverage, verbose: bool
) -> dict[str, float]:
    """Train for one epoch, and give what is known of it before the validation."""
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


def _measured(
    model: keras.Model,
    weights: Weights,
    validation: tuple[NDArray[np.float32], NDArray[np.float32]],
) -> dict[str, float]:
    """Measure a network with these weights on the validation images; it keeps its own."""
    own = model.get_weights()
    model.set_weights(weights)
    loss, accuracy = model.evaluate(*validation, batch_size=500, verbose=0)
    model.set_weights(own)
    return {"val_loss": loss, "val_accuracy": accuracy}


def _seed_dropout(model: keras.Model, seed: int, epoch: int) -> None:
    """Let what dropout leaves out follow from seed and epoch: Keras does not save its state."""
    for place, layer in enumerate(model.layers):
        if generator := getattr(layer, "seed_generator", None):
            rng = np.random.default_rng([seed, epoch, place])
            generator.state.assign(rng.integers(2**31, size=2))


def _best_epoch(history: History) -> int:
    """Give the place in the history of the best validation accuracy; of equals, the first."""
    return int(np.argmax([row["val_accuracy"] for row in history]))


def tell(history: History) -> None:
    """Print how the epoch went that has just ended: for ``fit``'s ``on_epoch``."""
    row = history[-1]
    print(
        f"epoch {row['epoch']}: training accuracy {row['accuracy']:.2%}, "
        f"validation accuracy {row['val_accuracy']:.2%}, {row['seconds']:.0f} s",
        flush=True,
    )


def stopped_early(history: History, patience: int | None) -> bool:
    """Whether the last ``patience`` epochs brought no better validation accuracy."""
    if patience is None or not history:
        return False
    return len(history) - 1 - _best_epoch(history) >= patience


class Checkpoint:
    """A training's state on disk: written beside and renamed, so that it is always whole.

    The folder holds ``epoch-N.keras`` (network and optimiser), ``epoch-N.npz`` (running average),
    ``best.npz`` and ``state.json``. The last is written last; what it does not mention does not
    count.
    """

    def __init__(self, folder: Path, recipe: Recipe, images: int) -> None:
        self.folder = folder
        self.training = {"recipe": asdict(recipe), "images": images}
        folder.mkdir(parents=True, exist_ok=True)

    @property
    def state(self) -> Path:
        """The file that says how far the training is."""
        return self.folder / "state.json"

    def history(self) -> History:
        """Give the history of the finished epochs; empty where nothing was trained yet."""
        if not self.state.exists():
            return []
        state = json.loads(self.state.read_text())
        if state["training"] != json.loads(json.dumps(self.training)):
            raise ValueError(
                f"{self.folder} holds another training (other recipe or images): "
                "choose another folder, or delete this one to start afresh."
            )
        history: History = state["history"]
        return history

    def network(self, name: str) -> keras.Model:
        """Load the network and its optimiser kept under a name."""
        return keras.models.load_model(self.folder / f"{name}.keras")

    def weights(self, name: str) -> Weights:
        """Load the weights kept under a name."""
        with np.load(self.folder / f"{name}.npz") as stored:
            return [stored[name] for name in stored.files]

    def save(
        self, model: keras.Model, history: History, average: Weights, better: Weights | None
    ) -> None:
        """Write the state after an epoch, with weights that are the best so far, if they are.

        Then the epochs before are forgotten.
        """
        latest = f"epoch-{len(history)}"
        _write(self.folder / f"{latest}.keras", model.save)
        _write(self.folder / f"{latest}.npz", lambda path: np.savez(path, *average))
        if better is not None:
            _write(self.folder / "best.npz", lambda path: np.savez(path, *better))
        state = {"training": self.training, "history": history}
        _write(self.state, lambda path: path.write_text(json.dumps(state, indent=1)))
        for old in self.folder.glob("epoch-*"):
            if old.stem != latest:
                old.unlink()


def _write(path: Path, write: Callable[[Path], Any]) -> None:
    beside = path.with_name("unfinished-" + path.name)
    write(beside)
    os.replace(beside, path)
