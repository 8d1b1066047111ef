"""From a trained network to the files that a recogniser is loaded from: weights and card."""

import hashlib
import json
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hwr._support.atomic_write import replacing, write_bytes, write_text
from hwr._support.keras import keras
from hwr._support.keras import tensorflow as tf
from hwr.ink import SIDE


def to_litert(model: keras.Model) -> bytes:
    """Return a network as a LiteRT file, in float32, for batches of any size.

    It contains inference alone: dropout is gone and BatchNorm is folded into its convolution.
    """
    archive = keras.export.ExportArchive()
    archive.track(model)
    archive.add_endpoint(
        "serve",
        lambda images: model(images, training=False),
        input_signature=[tf.TensorSpec((None, SIDE, SIDE, 1), tf.float32)],
    )
    with tempfile.TemporaryDirectory() as folder:
        archive.write_out(folder, verbose=False)
        converted: bytes = tf.lite.TFLiteConverter.from_saved_model(folder).convert()
    return converted


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
