"""From a trained network to what ships: a LiteRT file and its card."""

import hashlib
import io
import json
import os
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hwr._support.keras import keras
from hwr._support.keras import tensorflow as tf
from hwr.ink import SIDE


def to_litert(model: keras.Model) -> bytes:
    """Convert a network to LiteRT, in float32, for batches of any size.

    What is exported is inference: dropout is gone and BatchNorm is folded into its convolution.
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
    """Write a recogniser's weights and its card, each beside and renamed.

    Parameters
    ----------
    card_path : Path
        Where the card goes; the weights go beside it, with the suffix ``.tflite``.
    weights : bytes
        From :func:`to_litert`.
    card : dict
        What is known of it; file name and SHA-256 are added.
    """
    file = card_path.with_suffix(".tflite")
    named = {"file": file.name, "sha256": hashlib.sha256(weights).hexdigest(), **card}
    card_path.parent.mkdir(parents=True, exist_ok=True)
    for path, content in ((file, weights), (card_path, _json(named))):
        beside = path.with_name("unfinished-" + path.name)
        beside.write_bytes(content)
        os.replace(beside, path)


def save_weights(path: Path, weights: list[NDArray[Any]]) -> None:
    """Write a network's weights, in their order, into an ``.npz`` file, beside and renamed."""
    file = io.BytesIO()
    np.savez_compressed(file, *weights)
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name("unfinished-" + path.name)
    beside.write_bytes(file.getvalue())
    os.replace(beside, path)


def _json(card: dict[str, Any]) -> bytes:
    return (json.dumps(card, indent=1) + "\n").encode()
