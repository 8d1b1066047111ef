"""Train a network of words by CTC, in a way that can be interrupted at any moment and resumed.

Every epoch draws new words, which follow from the seed and the epoch's number.
"""

import time
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from hwr._support.keras import keras
from hwr._support.keras import tensorflow as tf
from hwr._support.progress import Progress
from hwr.checkpoint import Checkpoint, History, RunningAverage, State, architecture_digest
from hwr.cli.ctc_loss import ctc_losses, targets
from hwr.cli.output import say
from hwr.cli.word_batches import Batch, Draw, ahead, gather, training_batches
from hwr.datasets.joined_words import Piece
from hwr.words import networks
from hwr.words.ctc import best_path
from hwr.words.edit_distance import edit_distance
from hwr.words.line_image import as_input, line_image
from hwr.words.written_language import text_of

AT_ONCE = 32
"""Words that are read at once."""
WARM_UP = 2_000
"""Steps in which the learning rate rises; a tenth of all, if they are fewer than ten times that."""


@dataclass(frozen=True)
class WordRecipe:
    """The settings of a training.

    Attributes
    ----------
    epochs, batches, batch_size : int
        Epochs, batches in each, and words in a batch; all words are new.
    learning_rate : float
        Peak of the rate, which rises in the first steps and then falls along a cosine.
    weight_decay : float
    clip : float
        Largest norm of a gradient: the first ones are huge.
    averaging : float
        Decay of the weights' running average, which is what is kept in the end.
    seed : int
    """

    epochs: int = 128
    batches: int = 640
    batch_size: int = 32
    learning_rate: float = 1.5e-3
    weight_decay: float = 0.01
    clip: float = 20.0
    averaging: float = 0.9995
    seed: int = 1


class TrainedWords(NamedTuple):
    """A trained network, with its averaged weights, and the history of its training."""

    model: keras.Model
    history: History


def fit_words(
    recipe: WordRecipe,
    draw: Draw,
    validation: Sequence[Piece],
    folder: Path,
    about: dict[str, Any],
) -> TrainedWords:
    """Train a network of words, or go on with a training that was interrupted.

    Parameters
    ----------
    recipe : WordRecipe
    draw : callable
        Returns a new text and its strokes or a picture's ink.
    validation : sequence of Piece
        Words to measure each epoch on. They choose nothing: the last weights are the result.
    folder : Path
        Keeps a checkpoint of the last epoch.
    about : dict
        What else the training depends on; for JSON.
    """
    keras.utils.set_random_seed(recipe.seed)
    model = networks.build()
    model.compile(_optimizer(recipe))
    settings = about | {"recipe": asdict(recipe), "network": architecture_digest(model)}
    checkpoint = Checkpoint(folder, settings)
    state = checkpoint.resume(model) or State([], model.get_weights(), model.get_weights())
    average = RunningAverage(state.average, recipe.averaging)
    average.set_model(model)
    learn, known = _step_of(model), in_batches(validation)
    with closing(Progress(recipe.epochs * recipe.batches)) as progress:
        while len(state.history) < recipe.epochs:
            began, cpu_began = time.perf_counter(), time.process_time()
            row = _train_one_epoch(learn, recipe, draw, len(state.history), average, progress)
            row |= measure(model, state.average, known)
            row["seconds"] = round(time.perf_counter() - began, 1)
            row["cpu_seconds"] = round(time.process_time() - cpu_began, 1)
            state.history.append(row)
            checkpoint.save(model, state, improved=len(state.history) == 1)
            print_row(row)
    model.set_weights(state.average)
    return TrainedWords(model, state.history)


def _optimizer(recipe: WordRecipe) -> keras.optimizers.Optimizer:
    steps = recipe.epochs * recipe.batches
    warm_up = min(WARM_UP, steps // 10)
    rate = keras.optimizers.schedules.CosineDecay(
        initial_learning_rate=recipe.learning_rate / 25,
        decay_steps=steps - warm_up,
        warmup_target=recipe.learning_rate,
        warmup_steps=warm_up,
    )
    return keras.optimizers.AdamW(
        rate, weight_decay=recipe.weight_decay, global_clipnorm=recipe.clip
    )


Learn = Callable[[Batch], float]


def _train_one_epoch(
    learn: Learn,
    recipe: WordRecipe,
    draw: Draw,
    epoch: int,
    average: RunningAverage,
    progress: Progress,
) -> dict[str, float]:
    """Train for one epoch and return the beginning of its entry in the history."""
    losses = []
    seed = [recipe.seed, epoch]
    batches = training_batches(draw, recipe.batch_size, recipe.batches, seed)
    for place, batch in enumerate(ahead(batches)):
        losses.append(learn(batch))
        average.on_train_batch_end(place)
        text = f"epoch {epoch + 1} of {recipe.epochs}, loss {losses[-1]:.1f}"
        progress.show(epoch * recipe.batches + place + 1, text)
    return {"epoch": epoch + 1, "loss": float(np.mean(losses))}


def _step_of(model: keras.Model) -> Learn:
    """Return a function that trains a network on one batch and returns the mean loss."""

    def step(inputs: Any, labels: Any, frames: Any, empty: Any) -> Any:
        with tf.GradientTape() as tape:
            logits = model(inputs, training=True)[:, 0]
            loss = tf.reduce_mean(ctc_losses(logits, labels, frames, empty))
        weights = model.trainable_variables
        model.optimizer.apply(tape.gradient(loss, weights), weights)
        return loss

    compiled = tf.function(step, reduce_retracing=True)  # batches of any width share one graph

    def learn(batch: Batch) -> float:
        return float(compiled(tf.constant(batch.inputs), *targets(batch)))

    return learn


def in_batches(pieces: Sequence[Piece]) -> list[Batch]:
    """Return words as a reader sees them, in batches, the narrow ones first."""
    seen = [(as_input(line_image(piece.ink)[0]), piece.text) for piece in pieces]
    seen.sort(key=lambda pair: pair[0].shape[1])
    parts = [seen[start : start + AT_ONCE] for start in range(0, len(seen), AT_ONCE)]
    return [gather([each for each, _ in part], [text for _, text in part]) for part in parts]


def measure(
    model: keras.Model, weights: list[NDArray[np.float32]], batches: Sequence[Batch]
) -> dict[str, float]:
    """Return the share of words that a network's best path reads, and of wrong characters.

    The network reads with other weights than it has, and keeps its own.
    """
    own = model.get_weights()
    model.set_weights(weights)
    right, wrong, characters = [], 0, 0
    for batch in batches:
        logits = np.asarray(model(batch.inputs, training=False))[:, 0]
        for row, frames, text in zip(logits, batch.frames, batch.texts, strict=True):
            read = text_of(best_path(row[:frames]))
            right.append(read == text)
            wrong, characters = wrong + edit_distance(text, read), characters + len(text)
    model.set_weights(own)
    return {
        "val_accuracy": float(np.mean(right)),
        "val_wrong_characters": wrong / max(characters, 1),
    }


def print_row(row: dict[str, float]) -> None:
    """Print the figures of an epoch that has just ended."""
    say(
        f"epoch {row['epoch']}: loss {row['loss']:.2f}, words read by best path "
        f"{row['val_accuracy']:.1%}, wrong characters {row['val_wrong_characters']:.1%}, "
        f"{row['seconds']:.0f} s"
    )
