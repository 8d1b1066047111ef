"""Networks of ours that are only for the contest."""

import numpy as np
from scipy.fft import dct

from hwr.models import Architecture, Tensor, layers, normalise, resnet_body


def waves(x: Tensor, filters: int) -> Tensor:
    """Apply filters that are set, not learned, as the first layer of a network.

    They are the slowest waves of the cosine transform of 6x6 pixels, and their negatives. These are
    nearly the principal components of the pixels. Faster waves, which are fainter, are amplified:
    this is the whitening by which Jordan (2024, arXiv:2404.00498) saves a first layer's training.

    Parameters
    ----------
    x : tensor, shape (n, 28, 28, 1)
    filters : int
        An even number, at most 32.

    Returns
    -------
    tensor, shape (n, 12, 12, filters)
    """
    wave = dct(np.eye(6), axis=0, norm="ortho")
    pairs = sorted(np.ndindex(4, 4), key=lambda pair: np.hypot(*pair))[: filters // 2]
    kernels = [np.outer(wave[i], wave[j]) * (1 + i + j) / 2 for i, j in pairs]
    kernels += [-kernel for kernel in kernels]
    layer = layers.Conv2D(
        filters, 6, strides=2, activation="relu", use_bias=False, trainable=False, name="waves"
    )
    x = layer(x)
    layer.set_weights([np.stack(kernels, axis=-1)[:, :, None]])
    return x


def small(x: Tensor, _classes: int) -> Tensor:
    """Return the last features of a network that is trained within seconds."""
    # As the first layer needs no gradients, training takes a third less time.
    x = layers.Conv2D(32, 3, use_bias=False)(waves(x, 16))
    x = normalise(layers.MaxPooling2D(2)(x))
    return layers.Flatten()(normalise(layers.Conv2D(48, 3, use_bias=False)(x)))


def quick_resnet(x: Tensor, _classes: int) -> Tensor:
    """Return the last features of a residual network that is trained within minutes."""
    return resnet_body(waves(x, 32), 64, 128)


def resnet_slow_stem(x: Tensor, _classes: int) -> Tensor:
    """Return what the course's residual network would compute from wider first maps."""
    x = layers.Conv2D(32, 4, padding="same", use_bias=False)(x)
    return resnet_body(layers.MaxPooling2D(2)(normalise(x)))


NETWORKS = {
    "small": Architecture("Ours, quick to train: its first layer is not learned", small),
    "quick_resnet": Architecture("Ours: residual, behind a layer not learned", quick_resnet),
    "resnet_slow_stem": Architecture("The same, but 28x28 wide at first", resnet_slow_stem),
}
