"""The loss of a network of words: TensorFlow's CTC, and what it needs to know of a batch."""

from typing import Any

import numpy as np

from hwr._support.keras import tensorflow as tf
from hwr.cli.word_batches import Batch
from hwr.words.ctc import BLANK
from hwr.words.written_language import WRITTEN, classes_of


def ctc_losses(logits: Any, labels: Any, frames: Any, empty: Any) -> Any:
    """Return each text's loss: minus the logarithm of its probability, shape (n,).

    Parameters
    ----------
    logits : tensor of float32, shape (n, frames, classes)
    labels, frames, empty : tensors
        From :func:`targets`.
    """
    # Sparse labels are computed by TensorFlow's own C++, several times faster; it refuses texts
    # without any, which have one path alone.
    losses = tf.nn.ctc_loss(
        labels, logits, None, frames, logits_time_major=False, blank_index=BLANK
    )
    blanks = tf.nn.log_softmax(logits)[:, :, BLANK]
    inside = tf.sequence_mask(frames, tf.shape(logits)[1], tf.float32)
    return tf.where(empty, -tf.reduce_sum(blanks * inside, axis=1), losses)


def targets(batch: Batch) -> tuple[Any, Any, Any]:
    """Return the classes of texts as a sparse tensor, their frames, and which have no text.

    In the place of no text stands any character.
    """
    classes = [classes_of(text or WRITTEN[0]) for text in batch.texts]
    rows = [(row, place) for row, each in enumerate(classes) for place in range(len(each))]
    shape = (len(classes), max(map(len, classes)))
    values = np.concatenate(classes).astype(np.int32)
    empty = tf.constant([not text for text in batch.texts])
    return tf.SparseTensor(np.array(rows, np.int64), values, shape), batch.frames, empty
