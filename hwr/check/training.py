"""The exercises on training, of lessons 04 and 10."""

import numpy as np
from numpy.typing import NDArray

from hwr.check._exercise import function
from hwr.recognizer import softmax

_IMAGES = np.random.default_rng(7).integers(0, 256, (4, 28, 28), dtype=np.uint8)


@function(
    cases=[(_IMAGES,), (_IMAGES[:1],)],
    dtype=np.float32,
    mistakes={
        "The grey levels are still 0 to 255, which is 255 times too large: the network expects 0 "
        "to 1.": lambda images: images[..., None].astype(np.float32),
        "The channel is missing: the shape should be (n, 28, 28, 1).": (
            lambda images: (images / 255).astype(np.float32)
        ),
        "With //, nearly all pixels have become 0: divide with /.": (
            lambda images: images[..., None] // 255
        ),
        "The channel comes last in Keras: (n, 28, 28, 1), not (n, 1, 28, 28).": (
            lambda images: (images[:, None] / 255).astype(np.float32)
        ),
        "You have divided twice: the largest value is now 1/255.": (
            lambda images: (images[..., None] / 255 / 255).astype(np.float32)
        ),
        "That is a row of 784 numbers for each image: a convolution needs (n, 28, 28, 1).": (
            lambda images: (images.reshape(len(images), -1) / 255).astype(np.float32)
        ),
    },
    hints=[
        "Three things have to change: the range, the type, and the number of axes.",
        "images[..., None] adds an axis at the end.",
        "(images[..., None] / 255).astype(np.float32)",
    ],
    right="This is what hwr.dataset.as_input does.",
)
def as_network_input(images: np.ndarray) -> np.ndarray:
    """Return uint8 images (n, 28, 28) as input of a network: float32 in 0..1, (n, 28, 28, 1)."""
    return (images[..., None] / 255).astype(np.float32)


def _chosen(probabilities: NDArray[np.floating], labels: NDArray[np.int64]) -> NDArray[np.floating]:
    return np.asarray(probabilities[np.arange(len(labels)), labels])


_LOGITS = np.array([[2.0, 1.0, 0.0], [0.0, 3.0, 1.0], [1.0, 1.0, 1.5]])
_LARGE = _LOGITS + 1000


def _overflowing(logits: NDArray[np.floating]) -> NDArray[np.floating]:
    powers = np.exp(logits)
    return np.asarray(powers / powers.sum(axis=1, keepdims=True))


@function(
    cases=[
        (_LOGITS, np.array([0, 1, 1])),
        (_LOGITS[:2] * 2, np.array([2, 0])),
        (_LARGE, np.array([0, 1, 1])),
    ],
    mistakes={
        "Large logits overflow: np.exp(1000) is infinite, and infinity divided by infinity is nan. "
        "Subtract the largest logit of each row first; the probabilities stay the same.": (
            lambda z, y: -np.log(_chosen(_overflowing(z), y)).mean()
        ),
        "Softmax is applied twice: the second time makes all probabilities nearly equal.": (
            lambda z, y: -np.log(_chosen(softmax(softmax(z)), y)).mean()
        ),
        "The minus sign is missing: the logarithm of a probability is negative, a loss is not.": (
            lambda z, y: np.log(_chosen(softmax(z), y)).mean()
        ),
        "That is the sum over the images: take the mean, or a larger batch has a larger loss.": (
            lambda z, y: -np.log(_chosen(softmax(z), y)).sum()
        ),
        "You took the largest probability of each image: take that of its label.": (
            lambda z, y: -np.log(softmax(z).max(axis=1)).mean()
        ),
        "The logarithm of the mean is not the mean of the logarithms: take the logarithm first.": (
            lambda z, y: -np.log(_chosen(softmax(z), y).mean())
        ),
        "You took the logarithm to base 10: take the natural logarithm, np.log.": (
            lambda z, y: -np.log10(_chosen(softmax(z), y)).mean()
        ),
        "These are logits, not probabilities: softmax comes first.": (
            lambda z, y: -_chosen(z, y).mean()
        ),
        "That is one loss for each image: return their mean.": (
            lambda z, y: -np.log(_chosen(softmax(z), y))
        ),
    },
    hints=[
        "softmax(logits) returns a row of probabilities for each image. Which of them counts?",
        "probabilities[np.arange(len(labels)), labels] picks the label's probability in each row.",
        "-np.log(of_right_class).mean()",
    ],
    right="A confident right answer costs almost nothing; a confident wrong one costs most.",
)
def cross_entropy(logits: np.ndarray, labels: np.ndarray) -> float:
    """Return the mean cross-entropy of logits (n, classes) with the labels (n,)."""
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    probabilities = powers / powers.sum(axis=1, keepdims=True)
    of_right_class = probabilities[np.arange(len(labels)), labels]
    return float(-np.log(of_right_class).mean())


History = list[dict[str, float]]


def _history(*rows: tuple[float, float, float]) -> History:
    names = ("accuracy", "val_accuracy", "test_accuracy")
    return [
        {"epoch": epoch, **dict(zip(names, row, strict=True))} for epoch, row in enumerate(rows, 1)
    ]


_RUNS = [
    (_history((0.60, 0.58, 0.59), (0.75, 0.70, 0.69), (0.82, 0.73, 0.71), (0.88, 0.72, 0.74),
              (0.95, 0.71, 0.70), (0.93, 0.70, 0.70)),),
    (_history((0.40, 0.45, 0.44), (0.55, 0.57, 0.58), (0.66, 0.56, 0.57), (0.64, 0.55, 0.59),
              (0.65, 0.54, 0.55)),),
]  # fmt: skip


def _best(history: History, name: str) -> int:
    return int(max(history, key=lambda row: row[name])["epoch"])


@function(
    cases=_RUNS,
    mistakes={
        "You stop where the TEST is best: then the test has helped to choose, and its accuracy "
        "looks too good. Choose by the validation images.": lambda history: _best(
            history, "test_accuracy"
        ),
        "You stop where the TRAINING is best: it keeps rising while the network learns by heart. "
        "Choose by the validation images.": lambda history: _best(history, "accuracy"),
        "Off by one: that is its index in the list, which starts at 0. Epochs start at 1.": (
            lambda history: _best(history, "val_accuracy") - 1
        ),
        "That is the last epoch: by then the network has begun to learn by heart.": len,
        "That is the best validation accuracy itself: return the number of its epoch.": (
            lambda history: max(row["val_accuracy"] for row in history)
        ),
    },
    hints=[
        "Which images may choose, and which may only judge?",
        "max(history, key=lambda row: row[...]) returns the row in which something is largest.",
        'max(history, key=lambda row: row["val_accuracy"])["epoch"]',
    ],
    right="The test figures were in the same table and had no say.",
)
def best_epoch(history: History) -> int:
    """Return the number of the epoch whose weights to keep."""
    return int(max(history, key=lambda row: row["val_accuracy"])["epoch"])
