"""The state of a training on disk, from which it can be resumed."""

import json
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from hwr._support.atomic_write import replacing, write_text
from hwr._support.keras import keras
from hwr.dataset import Dataset

History = list[dict[str, float]]
"""One entry per epoch: epoch, loss, accuracy, val_loss, val_accuracy, seconds, cpu_seconds."""
Weights = list[NDArray[np.float32]]
"""A network's weights in the order of ``model.get_weights()``."""


@dataclass
class State:
    """What a training has reached after its last epoch; the network holds its own weights.

    Attributes
    ----------
    history : list of dict
        One entry per finished epoch.
    best : list of ndarray
        The weights of the best epoch; before the first epoch, those at the start.
    average : list of ndarray
        The running average of the weights.
    """

    history: History
    best: Weights
    average: Weights


def best_epoch(history: History) -> int:
    """Return the index of the first epoch with the best validation accuracy."""
    return int(np.argmax([row["val_accuracy"] for row in history]))


def describe_history(history: History) -> str:
    """Return in words what a training has reached."""
    if not history:
        return "no epoch was finished"
    best = history[best_epoch(history)]
    count = f"{len(history)} epochs" if len(history) > 1 else "1 epoch"
    return (
        f"{count}; the best, epoch {best['epoch']}, reads {best['val_accuracy']:.1%} "
        "of the validation images right"
    )


def stopped_early(history: History, patience: int | None) -> bool:
    """Return whether the last ``patience`` epochs brought no better validation accuracy."""
    if patience is None or not history:
        return False
    return len(history) - 1 - best_epoch(history) >= patience


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


class Checkpoint:
    """A folder with the state of a training after its last epoch; always whole.

    It holds ``epoch-N.npz`` (weights, their running average, the optimiser's variables),
    ``best.npz`` and ``state.json``. The last is written last; files that it does not mention are
    ignored.

    Parameters
    ----------
    folder : Path
        Created if it does not exist.
    settings : dict
        What the training depends on, for JSON; a checkpoint with other settings is refused.
    """

    def __init__(self, folder: Path, settings: dict[str, Any]) -> None:
        self.folder = folder
        self.settings: dict[str, Any] = json.loads(json.dumps(settings))
        folder.mkdir(parents=True, exist_ok=True)

    @property
    def state(self) -> Path:
        """The file that holds the settings and the history."""
        return self.folder / "state.json"

    def resume(self, model: keras.Model) -> State | None:
        """Give a compiled network what was stored, and return the rest; None in an empty folder.

        Raises
        ------
        ValueError
            If the folder holds a training with other settings, or its files are damaged.
        """
        if not self.state.exists():
            return None
        try:
            stored = json.loads(self.state.read_text("utf-8"))
            settings, history = stored["training"], list(stored["history"])
            self._require_same(dict(settings))
            latest, best = self._read(f"epoch-{len(history)}"), self._read("best")
            count = len(model.get_weights())
            model.set_weights(latest[:count])
            variables = {str(place): value for place, value in enumerate(latest[2 * count :])}
            model.optimizer.build(model.trainable_variables)
            model.optimizer.load_own_variables(variables)
            return State(history, best, latest[count : 2 * count])
        except OtherTrainingError:
            raise
        except (OSError, ValueError, KeyError, TypeError, EOFError, BadZipFile):
            raise ValueError(
                f"The checkpoint in {self.folder} is damaged: delete this folder to start afresh, "
                "or choose another."
            ) from None

    def save(self, model: keras.Model, state: State, improved: bool) -> None:
        """Write the state after an epoch, then delete that of the epoch before.

        Parameters
        ----------
        improved : bool
            Whether the epoch is the best so far; otherwise the best weights stay as they are.
        """
        latest = f"epoch-{len(state.history)}"
        variables: dict[str, NDArray[Any]] = {}
        model.optimizer.save_own_variables(variables)
        self._write(latest, [*model.get_weights(), *state.average, *variables.values()])
        if improved:
            self._write("best", state.best)
        content = {"training": self.settings, "history": state.history}
        write_text(self.state, json.dumps(content, indent=1))
        for old in self.folder.glob("*epoch-*"):  # also what a killed process left unfinished
            if old.stem != latest:
                old.unlink()

    def _require_same(self, stored: dict[str, Any]) -> None:
        names = [*self.settings, *(stored.keys() - self.settings.keys())]
        other = [name for name in names if stored.get(name) != self.settings.get(name)]
        if other:
            raise OtherTrainingError(
                f"{self.folder} holds another training (other {', '.join(sorted(other))}): "
                "choose another folder, or delete this one to start afresh."
            )

    def _read(self, name: str) -> list[NDArray[Any]]:
        with np.load(self.folder / f"{name}.npz") as stored:
            return [stored[name] for name in stored.files]

    def _write(self, name: str, arrays: list[NDArray[Any]]) -> None:
        with replacing(self.folder / f"{name}.npz") as path:
            np.savez(path, *arrays)


class OtherTrainingError(ValueError):
    """A folder holds the checkpoint of another training."""


def settings_of(
    model: keras.Model,
    recipe: dict[str, Any],
    train: Dataset,
    validation: Dataset,
    frequencies: NDArray[np.float32] | None = None,
) -> dict[str, Any]:
    """Return what the weights of a training depend on, each under a name for people.

    Parameters
    ----------
    model : keras.Model
        Compiled.
    recipe : dict
        The fields of a :class:`hwr.training.Recipe`. More epochs, or more patience, only go on.
    train, validation : Dataset
    frequencies : ndarray of float32, optional
        As for :func:`hwr.training.fit`.
    """
    ignored = {"architecture", "patience"} | (set() if recipe["one_cycle"] else {"epochs"})
    optimiser = json.loads(json.dumps(model.optimizer.get_config(), default=str))
    del optimiser["name"]  # Keras numbers it
    of_kinds = {} if frequencies is None else {"frequencies": hash_of(frequencies)}
    return of_kinds | {
        "network": architecture_digest(model),
        "recipe": {name: value for name, value in recipe.items() if name not in ignored},
        "optimiser": optimiser,
        "alphabet": [train.alphabet.members, validation.alphabet.members],
        "training images": digest(train),
        "validation images": digest(validation),
    }


def digest(dataset: Dataset) -> str:
    """Return a hash of a dataset's images and labels, in hexadecimal."""
    return hash_of(dataset.images, dataset.labels.astype(np.int64))


def hash_of(*arrays: NDArray[Any]) -> str:
    """Return a hash of the bytes of arrays, in hexadecimal."""
    content = blake2b(digest_size=16)
    for array in arrays:
        content.update(np.ascontiguousarray(array).data)
    return content.hexdigest()


def architecture_digest(network: keras.Model) -> str:
    """Return a hash of a network's layers, in hexadecimal; names and weights do not count."""
    config = network.get_config()
    text = json.dumps(config, default=str)
    for place, name in enumerate(_names(config)):  # Keras counts up its names in every cell
        text = text.replace(f'"{name}"', f'"#{place}"')
    return blake2b(text.encode(), digest_size=16).hexdigest()


def _names(config: dict[str, Any]) -> list[str]:
    """Return the names of a network and of all its layers, in order."""
    inner = [layer["config"] for layer in config.get("layers", [])]
    return [config["name"], *(name for each in inner for name in _names(each))]


def seed_layers(model: keras.Model, seed: int, epoch: int) -> None:
    """Derive the state of dropout from seed and epoch, because Keras does not save it."""
    for place, layer in enumerate(model.layers):
        if isinstance(layer, keras.Model):
            seed_layers(layer, seed, epoch)
        if generator := getattr(layer, "seed_generator", None):
            rng = np.random.default_rng([seed, epoch, place])
            generator.state.assign(rng.integers(2**31, size=2))
