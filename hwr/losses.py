"""What training makes small, and what it counts, where a label may name several classes at once.

EMNIST's coarser splits do not tell ``c`` from ``C``. An image of theirs can still train a network
of 62 classes: asked is only that the probabilities of ``c`` and ``C`` *together* be high. Targets
are therefore rows of zeros and ones, with a one for every class that the image may be; with a
single one in each row, everything here is the usual cross-entropy and accuracy.
"""

from typing import Any, TypeAlias

from hwr._support.keras import keras

ops = keras.ops


Tensor: TypeAlias = Any
"""Whatever Keras's backend calculates with."""
_IMPOSSIBLE = -1e9
"""A logit that stands for a probability of 0."""


@keras.saving.register_keras_serializable(package="hwr")
class SummedCrossEntropy(keras.losses.Loss):
    """Minus the logarithm of the probability that the network gives to all right classes together.

    Parameters
    ----------
    label_smoothing : float
        The share of the loss that instead asks for the same probability for every class (Szegedy
        et al. 2015, arXiv:1512.00567).
    """

    def __init__(self, label_smoothing: float = 0.0, name: str = "summed_cross_entropy") -> None:
        super().__init__(name=name, reduction="sum_over_batch_size")
        self.label_smoothing = label_smoothing

    def call(self, y_true: Tensor, y_pred: Tensor) -> Tensor:
        """Give the loss of each image, shape (n,), from targets and logits, both (n, classes)."""
        of_all = ops.logsumexp(y_pred, axis=-1)
        of_right = ops.logsumexp(ops.where(y_true > 0, y_pred, _IMPOSSIBLE), axis=-1)
        loss = of_all - of_right
        if self.label_smoothing:
            uniform = of_all - ops.mean(y_pred, axis=-1)
            loss = (1 - self.label_smoothing) * loss + self.label_smoothing * uniform
        return loss

    def get_config(self) -> dict[str, object]:
        """Give what a saved network needs to make this loss again."""
        return {"label_smoothing": self.label_smoothing, "name": self.name}


def accuracy(y_true: Tensor, y_pred: Tensor) -> Tensor:
    """Give 1 for each image whose highest logit is that of a right class, else 0; shape (n,)."""
    answers = ops.argmax(y_pred, axis=-1)
    return ops.squeeze(ops.take_along_axis(y_true, answers[:, None], axis=-1), axis=-1)


keras.saving.register_keras_serializable(package="hwr")(accuracy)
