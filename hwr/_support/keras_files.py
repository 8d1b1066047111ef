"""A Keras file from somebody else, looked at before anything in it is built or unpacked.

Its description is a few kilobytes that can announce layers of terabytes, and Keras makes the arrays
of all layers before it looks at those that are stored. So the network is first built without any
values, in a thread of its own, whose end also ends what Keras notes about it.
"""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from math import prod
from pathlib import Path
from typing import Any
from zipfile import ZipFile

from hwr._support import zips
from hwr._support.bounds import (
    MAX_FEATURES,
    MAX_LAYERS,
    MAX_NETWORK_BYTES,
    MAX_PARTS,
    MAX_STRUCTURE_BYTES,
)
from hwr._support.keras import keras

STRUCTURE, WEIGHTS = "config.json", "model.weights.h5"
_NO_SIZES = ("seed", "shared_object_id")
"""Fields with whole numbers that may be large."""
_REMEDY = "get the file again from those who made it"


def load_network(file: Path) -> keras.Model:
    """Return a network that Keras saved, whoever had it saved; it is not compiled.

    Raises
    ------
    ValueError
        If this is no such file, or it or its network is too large.
    """
    try:
        with zips.honest_copy(file, MAX_NETWORK_BYTES) as copy:
            stored = _stored_numbers(copy)
            with ZipFile(copy) as archive:
                structure = json.loads(zips.content(archive, STRUCTURE, MAX_STRUCTURE_BYTES))
            _require_small(structure)
            with ThreadPoolExecutor(1) as thread:
                thread.submit(_require_stored, structure, stored).result()
            return keras.models.load_model(copy, compile=False)
    except zips.UnfitError as error:
        raise ValueError(f"A part of {file.name} {error}.") from None
    except Exception:  # Keras raises nearly anything, at length
        raise ValueError(
            f"{file.name} is no network that Keras {keras.__version__} can load: give the file "
            "that model.save wrote in this environment."
        ) from None


def _stored_numbers(file: Path) -> int:
    """Return how many numbers the weights are; raise an UnfitError if they are too large."""
    import h5py

    sizes: list[tuple[int, int]] = []

    def note(_: str, item: Any) -> bool | None:
        sizes.append((getattr(item, "size", 0), getattr(item, "nbytes", 0)))
        return True if len(sizes) > MAX_PARTS else None  # the end

    with (
        ZipFile(file) as archive,
        archive.open(WEIGHTS) as weights,
        h5py.File(weights) as stored,
    ):
        stored.visititems(note)
    if len(sizes) > MAX_PARTS or sum(nbytes for _, nbytes in sizes) > MAX_NETWORK_BYTES:
        raise zips.UnfitError(zips.IMPLAUSIBLE)
    return sum(size for size, _ in sizes)


def _require_small(structure: Any) -> None:
    """Raise an UnfitError if a description has too many layers, or a number too large for one."""
    layers = 0
    for name, value in _fields(structure):
        layers += len(value) if name == "layers" and isinstance(value, list) else 0
        if layers > MAX_LAYERS:
            raise zips.UnfitError(f"describes more than {MAX_LAYERS:,} layers: {_REMEDY}")
        sizes = value if isinstance(value, list) else [value]
        numbers = prod(max(abs(size), 1) for size in sizes if type(size) is int)
        if name not in _NO_SIZES and numbers > MAX_FEATURES:
            raise zips.UnfitError(f"describes a layer of {numbers:,} numbers: {_REMEDY}")


def _fields(value: Any) -> Iterator[tuple[str, Any]]:
    """Yield the names and values of all objects in a JSON value, at any depth."""
    for name, inner in value.items() if isinstance(value, dict) else (("", i) for i in value):
        yield name, inner
        if isinstance(inner, dict | list):
            yield from _fields(inner)


def _require_stored(structure: dict[str, Any], stored: int) -> None:
    """Raise an UnfitError if a network has more weights than are stored, or too many features."""
    with keras.StatelessScope(initialize_variables=False):  # variables have shapes, and no values
        network = keras.saving.deserialize_keras_object({**structure, "compile_config": None})
        announced = sum(prod(weight.shape) for weight in network.weights)
        features = max(map(_features, _all_layers(network)))
    if announced > stored:
        raise zips.UnfitError(
            f"describes {announced:,} weights, but only {stored:,} are stored: {_REMEDY}"
        )
    if features > MAX_FEATURES:
        raise zips.UnfitError(
            f"describes a layer that returns {features:,} numbers for each image: {_REMEDY}"
        )


def _all_layers(network: Any) -> Iterator[Any]:
    yield network
    for layer in getattr(network, "layers", []):
        yield from _all_layers(layer)


def _features(layer: Any) -> int:
    """Return how many numbers a layer returns for an image, as far as that is known."""
    try:
        return int(max(prod(filter(None, each.shape)) for each in keras.tree.flatten(layer.output)))
    except (AttributeError, ValueError):  # it has no output, or several
        return 0
