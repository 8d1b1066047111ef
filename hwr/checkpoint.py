"""The state of a training on disk, from which it can be resumed."""

import json
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hwr._support.atomic_write import replacing, write_text
from hwr._support.keras import keras

History = list[dict[str, float]]
"""One entry per epoch: epoch, loss, accuracy, val_loss, val_accuracy, seconds, cpu_seconds."""
Weights = list[NDArray[np.float32]]
"""A network's weights in the order of ``model.get_weights()``."""


class Checkpoint:
    """A folder with the state of a training after its last epoch; always whole.

    It holds ``epoch-N.keras`` (network and optimiser), ``epoch-N.npz`` (running average),
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
        self.folder, self.settings = folder, settings
        folder.mkdir(parents=True, exist_ok=True)

    @property
    def state(self) -> Path:
        """The file that holds the settings and the history."""
        return self.folder / "state.json"

    def history(self) -> History:
        """Return the history of the finished epochs; empty if nothing was trained yet.

        Raises
        ------
        ValueError
            If the folder holds a training with other settings.
        """
        if not self.state.exists():
            return []
        state = json.loads(self.state.read_text("utf-8"))
        if state["training"] != json.loads(json.dumps(self.settings)):
            raise ValueError(
                f"{self.folder} holds another training (other recipe or images): "
                "choose another folder, or delete this one to start afresh."
            )
        history: History = state["history"]
        return history

    def network(self, name: str) -> keras.Model:
        """Return the network and its optimiser stored under a name."""
        return keras.models.load_model(self.folder / f"{name}.keras")

    def weights(self, name: str) -> Weights:
        """Return the weights stored under a name."""
        with np.load(self.folder / f"{name}.npz") as stored:
            return [stored[name] for name in stored.files]

    def save(
        self, model: keras.Model, history: History, average: Weights, best: Weights | None
    ) -> None:
        """Write the state after an epoch, then delete that of the epoch before.

        Parameters
        ----------
        best : list of ndarray, optional
            The epoch's weights if they are the best so far; None keeps the best ones as they are.
        """
        latest = f"epoch-{len(history)}"
        with replacing(self.folder / f"{latest}.keras") as path:
            model.save(path)
        self._write_weights(latest, average)
        if best is not None:
            self._write_weights("best", best)
        state = {"training": self.settings, "history": history}
        write_text(self.state, json.dumps(state, indent=1))
        for old in self.folder.glob("*epoch-*"):  # also what a killed process left unfinished
            if old.stem != latest:
                old.unlink()

    def _write_weights(self, name: str, weights: Weights) -> None:
        with replacing(self.folder / f"{name}.npz") as path:
            np.savez(path, *weights)
