"""The network that reads words: convolutions alone, so that an image of any width goes through.

Convolutions and pooling over 40 rows leave one row, whose columns are the frames; residual
convolutions along the line (He et al. 2016, arXiv:1512.03385) then let a frame see about three
letters on either side. All operations are among those that the page knows (:mod:`hwr.web.litert`).
"""

from collections.abc import Sequence

from hwr._support.keras import keras
from hwr.words.line_image import HEIGHT
from hwr.words.written_language import CLASSES

_layers = keras.layers
MOMENTUM = 0.98
"""Of the running means and variances of batch normalisation."""


def build() -> keras.Model:
    """Return an untrained network, from (n, 40, columns, 1) to logits.

    Returns
    -------
    keras.Model
        Its output has the shape (n, 1, columns // 2, CLASSES).
    """
    inputs = keras.Input((HEIGHT, None, 1))
    x = _look(inputs)
    for _ in range(5):
        branch = _convolution(x, x.shape[-1], (1, 5), branch=True)
        x = _layers.ReLU()(_layers.Add()([x, branch]))
    logits = _layers.Conv2D(CLASSES, 1)(x)
    return keras.Model(inputs, logits, name="words_image")


def _look(x: keras.KerasTensor) -> keras.KerasTensor:
    """Return features of columns two pixels wide, shape (n, 1, frames, 160)."""
    pooled: Sequence[tuple[int, tuple[int, int] | None]] = (
        (16, (2, 2)), (32, None), (48, (2, 1)), (64, None), (96, (2, 1)),
    )  # fmt: skip
    for filters, pool in pooled:
        x = _convolution(x, filters, (3, 3), pool)
    x = _layers.ZeroPadding2D((0, 1))(x)
    x = _layers.Conv2D(160, (5, 3), use_bias=False)(x)  # over all rows that are left
    return _layers.ReLU()(_layers.BatchNormalization(momentum=MOMENTUM)(x))


def _convolution(
    x: keras.KerasTensor,
    filters: int,
    size: tuple[int, int],
    pool: tuple[int, int] | None = None,
    branch: bool = False,
) -> keras.KerasTensor:
    """Return features; those of a branch are zero at first and have no activation of their own."""
    x = _layers.Conv2D(filters, size, padding="same", use_bias=False)(x)
    if pool:  # before the others, which then have less to do
        x = _layers.MaxPooling2D(pool)(x)
    gamma = "zeros" if branch else "ones"  # a deep network then begins as a shallow one
    x = _layers.BatchNormalization(momentum=MOMENTUM, gamma_initializer=gamma)(x)
    return x if branch else _layers.ReLU()(x)
