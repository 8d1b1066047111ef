"""The loss of the course's trainings: cross-entropy for labels that may be ambiguous.

EMNIST's coarser splits do not tell ``c`` from ``C``. Their images can still train a network of 62
classes: the loss only asks that the probabilities of ``c`` and ``C`` *together* be high. Targets
are therefore rows with a 1 for every class that the image may be, else 0; with a single 1 in each
row, loss and accuracy are the usual ones.

Where kinds of images have different frequencies, such as scans that are half digits and drawings
that are not, a row holds these: as they are for the right classes, negative for the others. They
are added to the logits, as logarithms, in the loss alone: the network then learns logits for equal
frequencies (Menon et al. 2020, "Long-tail learning via logit adjustment", arXiv:2007.07314).
"""

from typing import Any, TypeAlias

from hwr._support.keras import keras

ops = keras.ops
Tensor: TypeAlias = Any
"""A tensor of Keras's backend."""
_IMPOSSIBLE = -1e9
"""A logit that stands for a probability of 0."""


class SummedCrossEntropy(keras.losses.Loss):
    """Loss for ambiguous labels: minus the log of the summed probability of all right classes.

    Parameters
    ----------
    label_smoothing : float
        Weight, in 0..1, of a second term that asks for equal probabilities of all classes (Szegedy
        et al. 2015, arXiv:1512.00567).
    from_logits : bool
        Whether the network's outputs are logits; otherwise they are probabilities.
    """

    def __init__(self, label_smoothing: float = 0.0, from_logits: bool = True) -> None:
        super().__init__(name="summed_cross_entropy", reduction="sum_over_batch_size")
        self.label_smoothing, self.from_logits = label_smoothing, from_logits

    def call(self, y_true: Tensor, y_pred: Tensor) -> Tensor:
        """Return the loss, shape (n,), of targets and outputs, both of shape (n, classes)."""
        if not self.from_logits:
            y_pred = ops.log(ops.maximum(y_pred, 1e-7))  # logits of the same probabilities
        y_pred = y_pred + ops.log(ops.where(y_true == 0, 1.0, ops.abs(y_true)))
        all_classes = ops.logsumexp(y_pred, axis=-1)
        right_classes = ops.logsumexp(ops.where(y_true > 0, y_pred, _IMPOSSIBLE), axis=-1)
        loss = all_classes - right_classes
        if self.label_smoothing:
            uniform = all_classes - ops.mean(y_pred, axis=-1)
            loss = (1 - self.label_smoothing) * loss + self.label_smoothing * uniform
        return loss


def accuracy(y_true: Tensor, y_pred: Tensor) -> Tensor:
    """Return 1 for each image whose highest logit is that of a right class, else 0; shape (n,)."""
    answers = ops.argmax(y_pred, axis=-1)
    found = ops.squeeze(ops.take_along_axis(y_true, answers[:, None], axis=-1), axis=-1)
    return ops.cast(found > 0, "float32")
