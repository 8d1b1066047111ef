"""The networks that are compared: five published systems, ours, and ablations of our recipe."""

import string
from dataclasses import dataclass, replace
from typing import Any

from benchmarks.systems import curves, networks
from hwr import models
from hwr.alphabets import BYCLASS, BYMERGE, DIGITS, Alphabet, get_alphabet
from hwr.augmentation import Distortion
from hwr.cli import train
from hwr.training import Recipe

RECIPE = replace(train.RECIPE, architecture="resnet", epochs=6, batch_size=256, weight_decay=0.02)
"""Which ablations change."""
SHIPPED = "wide_resnet"
"""The recogniser of the course, which is made by ``python -m hwr train``."""
CAPITALS = get_alphabet(string.ascii_uppercase)
models.ARCHITECTURES |= networks.NETWORKS


@dataclass(frozen=True)
class System:
    """One line of the table."""

    system: str  # 'A' to 'E', 'ours' or 'ablation'
    recipe: Recipe  # its seed is replaced by 0, 1, 2, …
    alphabet: Alphabet  # the network's classes
    seeds: int = 1  # number of trainings
    remark: str = ""  # what its authors do not state, or the purpose of the line
    images: int | None = None  # number of training images, chosen at random; by default all
    made_up: int = 0  # number of images of made-up handwriting that are added


def _published(name: str, **changes: Any) -> Recipe:
    """Return the recipe of a system in lesson 10's long runs, with changes."""
    return replace(curves.RUNS[name][0], **changes)


def _ours(recipe: Recipe, remark: str, seeds: int) -> System:
    """Return a small network of ours, trained with a one-cycle learning rate."""
    return System("ours", replace(recipe, one_cycle=True), BYMERGE, seeds=seeds, remark=remark)


SYSTEMS = {
    "cnn": System(
        "A",
        _published("cnn", distortion=Distortion(rotation=6, shift=1.5)),
        BYCLASS,
        remark="Strength of its augmentation (shift, rotation) and batch size not stated: 1.5 "
        "pixels, 6 degrees, 128.",
    ),
    "wide_cnn": System(
        "B", _published("wide_cnn", epochs=10), DIGITS, remark="Batch size not stated: 128."
    ),
    "compact_cnn": System(
        "C",
        _published("compact_cnn"),
        BYMERGE,
        remark="Epochs and batch size not stated: at most 20, and 64.",
    ),
    "mlp": System("D", _published("mlp"), CAPITALS, seeds=5, remark="Batch size not stated: 200."),
    "lenet": System("E", _published("lenet"), BYMERGE, seeds=5),
    "deep_mlp": System(
        "E", _published("deep_mlp"), BYMERGE, remark="Its variant without convolution."
    ),
    "tiny": _ours(
        Recipe("tiny", epochs=40, learning_rate=1e-2), "How few parameters are enough.", seeds=5
    ),
    "small": _ours(
        Recipe("small", epochs=1, batch_size=192, learning_rate=1e-2),
        "How little time is enough: one epoch.",
        seeds=10,
    ),
    "quick_resnet": _ours(
        Recipe(
            "quick_resnet",
            epochs=10,
            learning_rate=3e-3,
            weight_decay=0.05,
            distortion=RECIPE.distortion,
        ),
        "What ten minutes are enough for.",
        seeds=1,
    ),
    SHIPPED: System(
        "ours",
        train.RECIPE,
        BYCLASS,
        remark="The recogniser of the course, which has also learned from people's drawings.",
    ),
}

_FULL = System(
    "ablation",
    RECIPE,
    BYCLASS,
    remark="The recipe.",
    images=8_000,
    made_up=1_860,
)


def _ablation(remark: str, made_up: int = _FULL.made_up, **changes: Any) -> System:
    return replace(_FULL, recipe=replace(_FULL.recipe, **changes), remark=remark, made_up=made_up)


ABLATIONS = {
    "ablation-full": _FULL,
    "ablation-stem": _ablation(
        "The first convolution does not step by two.", architecture="resnet_slow_stem"
    ),
    "ablation-schedule": _ablation(
        "A constant learning rate.", one_cycle=False, learning_rate=1e-3
    ),
    "ablation-smoothing": _ablation("With label smoothing, 0.05.", label_smoothing=0.05),
    "ablation-augmentation": _ablation("Images as they are.", distortion=Distortion()),
    "ablation-scribe": _ablation("No made-up handwriting.", made_up=0),
    "ablation-averaging": _ablation("The last weights, not their average.", averaging=0.0),
}
RUNS = SYSTEMS | ABLATIONS
