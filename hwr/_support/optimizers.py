"""The optimiser of a training, and the schedule of its learning rate."""

from typing import Any

from hwr._support.keras import keras


def one_cycle(peak: float, steps: int) -> keras.optimizers.schedules.LearningRateSchedule:
    """Return a rate that rises linearly over a tenth of all steps, then falls along a cosine."""
    return keras.optimizers.schedules.CosineDecay(
        initial_learning_rate=peak / 25,
        decay_steps=steps - steps // 10,
        warmup_target=peak,
        warmup_steps=steps // 10,
    )


def own_optimizer(network: keras.Model, rate: float) -> keras.optimizers.Optimizer | None:
    """Return a new optimiser like the one that a network was compiled with, or None."""
    optimizer = getattr(network, "optimizer", None)
    if optimizer is None:
        return None
    settings = optimizer.get_config()
    if rate != rate_of(optimizer):
        settings["learning_rate"] = rate
    return type(optimizer).from_config(settings)  # without the running averages of the old one


def rate_of(optimizer: Any) -> float:
    """Return an optimiser's learning rate as it was given; it is stored as float32."""
    return float(f"{float(optimizer.learning_rate):.6g}")
