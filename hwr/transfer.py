"""Transfer learning: a recogniser adapts its last layers to one person's handwriting.

A few drawings of a few characters are far too few to train a network, but enough to adjust the
layers behind its features. Three things keep it from forgetting everybody else's handwriting: the
convolutions stay unchanged; images of the dataset are rehearsed, with the network's own former
answers as targets (Li and Hoiem 2016, arXiv:1606.09282); and old and new weights are interpolated
(Wortsman et al. 2022, arXiv:2109.01903), so that the accuracy on validation images drops little.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from hwr import export
from hwr._support.arguments import require_dataset
from hwr._support.bounds import MAX_NETWORK_BYTES
from hwr._support.keras import keras
from hwr._support.keras_files import load_network
from hwr._support.networks import adapted
from hwr._support.zips import UnfitError, require_sizes
from hwr.alphabets import CHARACTERS
from hwr.augmentation import Distortion
from hwr.dataset import Dataset, Splits, as_input, one_hot
from hwr.models import build
from hwr.recognizer import SHIPPED, Recognizer, softmax

Array = NDArray[np.float32]
Weights = list[Array]

COPIES = 8
"""Training examples made of each drawing: the drawing itself and slightly distorted copies."""
SLIGHT_DISTORTION = Distortion(
    rotation=5, shift=0.5, scale=0.05, shear=0.08, elastic=0.5, thickness=0.3
)
REHEARSAL_IMAGES, SELECTION_IMAGES = 6000, 5000
"""Images of the dataset to rehearse, and images that choose the share of the new weights."""
OUTDATED = (
    *("measured", "history"),
    *("file", "sha256", "minutes", "command", "keras", "input"),
)
"""What a card says that no longer holds once the network was taught one person's hand."""
MAX_ACCURACY_DROP = 0.003
"""The largest acceptable drop of the accuracy on the selection images: 0.3 points."""
EPOCHS, BATCH_SIZE, LEARNING_RATE = 8, 64, 1e-3


def load_pretrained(card: Path | str | None = None) -> keras.Model:
    """Return the Keras network that a recogniser was exported from, to train it further.

    Parameters
    ----------
    card : path, optional
        The recogniser's card; the Keras file or the weights lie beside it. By default that of the
        recogniser that comes with the course.

    Returns
    -------
    keras.Model
        From images (n, 28, 28, 1) in 0..1 to logits.

    Raises
    ------
    ValueError
        If these files are missing or damaged, or are not those of the card's network.
    """
    card = Path(card or SHIPPED)
    described = Recognizer.load(card).card
    name = described.get("keras", card.with_suffix(".npz").name)
    try:
        if "keras" in described:
            return adapted(load_network(card.with_name(name)), **described["input"])
        classes = len(CHARACTERS) + len(described.get("more_classes", []))
        network = build(described["architecture"], classes)
        require_sizes(card.with_name(name), MAX_NETWORK_BYTES)
        with np.load(card.with_name(name)) as stored:
            network.set_weights([stored[name].astype(np.float32) for name in stored.files])
    except (OSError, ValueError, TypeError, KeyError, BadZipFile, UnfitError):
        raise ValueError(
            f"{name} is missing or does not hold the network of {card.name}: get both files again, "
            "or train anew."
        ) from None
    return network


def split_network(network: keras.Model) -> tuple[keras.Model, keras.Model]:
    """Return a network in two parts, split behind its convolutions.

    Returns
    -------
    body : keras.Model
        From images, shape (n, 28, 28, 1), to features, shape (n, features). It shares its weights
        with the network: do not train it.
    head : keras.Model
        From features to logits, with its own copy of the layers and weights. BatchNorm keeps its
        statistics, because those of a few drawings would be unreliable.
    """
    flat = (
        keras.layers.Flatten,
        keras.layers.GlobalAveragePooling2D,
        keras.layers.GlobalMaxPooling2D,
    )
    places = [place for place, layer in enumerate(network.layers) if isinstance(layer, flat)]
    last = places[-1] if places else len(network.layers)
    behind = network.layers[last + 1 :]
    sequential = isinstance(network, keras.Sequential)
    chained = sequential or all(
        layer.input is one.output
        for one, layer in zip(network.layers[last:-1], behind, strict=True)
    )
    if not behind or not chained:
        raise ValueError(
            f"The network {network.name!r} has no Flatten or global pooling with one layer after "
            "another behind it, so it is unclear which layers should learn: choose another network."
        )
    if sequential:  # whose own input Keras does not always know, above all after loading
        x = images = keras.Input(network.input_shape[1:])
        for layer in network.layers[: last + 1]:
            x = layer(x)
        body = keras.Model(images, x)
    else:
        body = keras.Model(network.input, network.layers[last].output)
    x = features = keras.Input(body.output.shape[1:])
    for layer in behind:
        x = type(layer).from_config(layer.get_config())(x)
    head = keras.Model(features, x)
    head.set_weights([weight for layer in behind for weight in layer.get_weights()])
    for layer in head.layers:
        layer.trainable = not isinstance(layer, keras.layers.BatchNormalization)
    return body, head


def compute_features(body: keras.Model, images: NDArray[np.uint8]) -> Array:
    """Return the head's input, shape (n, features)."""
    return np.asarray(body.predict(as_input(images), batch_size=256, verbose=0))


def augment_drawings(drawings: Dataset, seed: int = 0) -> Dataset:
    """Return the drawings followed by slightly distorted copies of them."""
    rng = np.random.default_rng(seed)
    copies = [SLIGHT_DISTORTION.apply(drawings.images, rng) for _ in range(COPIES - 1)]
    images = np.concatenate([drawings.images, *copies])
    labels = np.tile(drawings.labels, COPIES)
    return Dataset(drawings.name, images, labels, drawings.alphabet, drawings.source)


def train_head(head: keras.Model, features: Array, targets: Array, seed: int = 0) -> None:
    """Train a head in place.

    Parameters
    ----------
    features : ndarray of float32, shape (n, features)
    targets : ndarray of float32, shape (n, classes)
        A probability for each class: 1 for a drawing's label, or a network's own answer.
    """
    keras.utils.set_random_seed(seed)
    loss = keras.losses.CategoricalCrossentropy(from_logits=True)
    head.compile(keras.optimizers.Adam(LEARNING_RATE), loss)
    head.fit(features, targets, batch_size=BATCH_SIZE, epochs=EPOCHS, verbose=0)


def interpolate_weights(old: Weights, new: Weights, share: float) -> Weights:
    """Return weights on the line from the old (``share`` 0) to the new ones (``share`` 1)."""
    return [(1 - share) * one + share * other for one, other in zip(old, new, strict=True)]


@dataclass(frozen=True)
class FineTuned:
    """A network adapted to one person's handwriting.

    Attributes
    ----------
    network : keras.Model
        Images to logits.
    share : float
        Share of the new weights, in 0..1.
    accuracy_drop : float
        The drop of the accuracy on the selection images.
    card : Path
        The card of the original recogniser.
    """

    network: keras.Model
    share: float
    accuracy_drop: float
    card: Path

    def recognizer(self) -> Recognizer:
        """Return it as a recogniser, with temperature and threshold of the original one."""
        return Recognizer(export.to_litert(self.network), self._facts())

    def save(self, card: Path) -> None:
        """Write it as a recogniser that ``Recognizer.load(card)`` loads."""
        export.save_recognizer(card, export.to_litert(self.network), self._facts())

    def _facts(self) -> dict[str, Any]:
        known = Recognizer.load(self.card).card
        facts = {name: value for name, value in known.items() if name not in OUTDATED}
        return facts | {"taught": f"one person's hand, {self.share:.0%} of the way"}


def fine_tune(
    drawings: Dataset, course: Splits, card: Path | str | None = None, seed: int = 0
) -> FineTuned:
    """Adapt a recogniser to one person's drawings.

    Parameters
    ----------
    drawings : Dataset
        To train on, in the recogniser's classes; keep others to measure with.
    course : Splits
        In the same classes. Its training images are rehearsed. Its validation images choose the
        share of new weights: the largest one at which the accuracy drops by at most
        :data:`MAX_ACCURACY_DROP`.
    card : path, optional
        As for :func:`load_pretrained`.

    Raises
    ------
    ValueError
        If there are no drawings, or they or the images are in other classes than the recogniser's.
    """
    require_dataset("drawings to learn from", drawings, Dataset)
    network, recognizer = load_pretrained(card), Recognizer.load(card)
    alphabet = recognizer.alphabet
    if {drawings.alphabet, course.train.alphabet, course.validation.alphabet} != {alphabet}:
        raise ValueError(
            f"This recogniser reads {len(alphabet)} classes: give drawings and images in its "
            f"alphabet {alphabet.name!r}, for example by in_alphabet."
        )
    body, head = split_network(network)
    old = head.get_weights()
    known = _sample(course.train, REHEARSAL_IMAGES, seed)
    selection = _sample(course.validation, SELECTION_IMAGES, seed)
    own, rehearsed = augment_drawings(drawings, seed), compute_features(body, known.images)
    logits = compute_logits(head, rehearsed)
    targets = [one_hot(own.labels, logits.shape[1]), softmax(logits)]
    learned = np.concatenate([compute_features(body, own.images), rehearsed])
    train_head(head, learned, np.concatenate(targets), seed)
    new, features = head.get_weights(), compute_features(body, selection.images)

    def accuracy(share: float) -> float:
        head.set_weights(interpolate_weights(old, new, share))
        answers = recognizer.from_logits(compute_logits(head, features)).argmax(axis=1)
        return float((answers == selection.labels).mean())

    before = accuracy(0)
    drops = {share: before - accuracy(share) for share in np.arange(11) / 10}
    share = max(share for share, drop in drops.items() if drop <= MAX_ACCURACY_DROP)
    head.set_weights(interpolate_weights(old, new, share))
    tuned = keras.Model(body.input, head(body.output))
    return FineTuned(tuned, float(share), drops[share], Path(card or SHIPPED))


def compute_logits(head: keras.Model, features: Array) -> Array:
    """Return a head's logits, shape (n, classes)."""
    return np.asarray(keras.ops.convert_to_numpy(head(features, training=False)))


def _sample(dataset: Dataset, size: int, seed: int) -> Dataset:
    return dataset.take(np.random.default_rng(seed).permutation(len(dataset))[:size])
