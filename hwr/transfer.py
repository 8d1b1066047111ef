"""A recogniser that learns one person's hand: transfer learning of its last layers.

A few drawings of a few characters are far too little to train a network, but enough to adjust the
layers behind its features. Three things keep it from forgetting everybody else's hand: the
convolutions stay as they are; images of the dataset are rehearsed, with the network's own former
answers as targets (Li and Hoiem 2016, arXiv:1606.09282); and old and new weights are mixed
(Wortsman et al. 2022, arXiv:2109.01903), so that validation images lose little.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from hwr import export
from hwr._support.keras import keras
from hwr.alphabets import CHARACTERS
from hwr.augmentation import Distortion
from hwr.cli import train
from hwr.dataset import Course, Dataset
from hwr.recognizer import SHIPPED, Recognizer, softmax
from hwr.training import as_input, one_hot

Array = NDArray[np.float32]
Weights = list[Array]

COPIES = 8
"""How often each drawing is learned from: once as it is, else a little distorted."""
SLIGHTLY = Distortion(rotation=5, shift=0.5, scale=0.05, shear=0.08, elastic=0.5, thickness=0.3)
REHEARSED, JUDGING = 6000, 5000
"""Images of the dataset that are rehearsed, and those that choose the mixture."""
MOST_LOST = 0.003
"""The share of the judging images that may be lost, 0.3 %."""
EPOCHS, BATCH_SIZE, LEARNING_RATE = 8, 64, 1e-3


def split(network: keras.Model) -> tuple[keras.Model, keras.Model]:
    """Split a network behind its convolutions.

    Returns
    -------
    body : keras.Model
        From images, shape (n, 28, 28, 1), to features, shape (n, features). Shared with the
        network: do not train it.
    head : keras.Model
        From features to logits, with layers and weights of its own. Its BatchNorm keeps the
        statistics that it has: those of a few drawings would be no use.
    """
    kinds = [type(layer) for layer in network.layers]
    last = len(kinds) - 1 - kinds[::-1].index(keras.layers.Flatten)
    body = keras.Model(network.input, network.layers[last].output)
    x = features = keras.Input(body.output.shape[1:])
    for layer in network.layers[last + 1 :]:
        x = type(layer).from_config(layer.get_config())(x)
    head = keras.Model(features, x)
    head.set_weights([weight for la in network.layers[last + 1 :] for weight in la.get_weights()])
    for layer in head.layers:
        layer.trainable = not isinstance(layer, keras.layers.BatchNormalization)
    return body, head


def features_of(body: keras.Model, images: NDArray[np.uint8]) -> Array:
    """Compute what the head gets to see, shape (n, features)."""
    return np.asarray(body.predict(as_input(images), batch_size=256, verbose=0))


def with_copies(drawings: Dataset, seed: int = 0) -> Dataset:
    """Give drawings as they are and, after them, slightly distorted copies."""
    rng = np.random.default_rng(seed)
    copies = [SLIGHTLY.apply(drawings.images, rng) for _ in range(COPIES - 1)]
    images = np.concatenate([drawings.images, *copies])
    labels = np.tile(drawings.labels, COPIES)
    return Dataset(drawings.name, images, labels, drawings.alphabet, drawings.source)


def fine_tune(head: keras.Model, features: Array, targets: Array, seed: int = 0) -> None:
    """Train a head further.

    Parameters
    ----------
    features : ndarray of float32, shape (n, features)
    targets : ndarray of float32, shape (n, classes)
        A probability for each class: one for what a drawing shows, or a network's own answer.
    """
    keras.utils.set_random_seed(seed)
    loss = keras.losses.CategoricalCrossentropy(from_logits=True)
    head.compile(keras.optimizers.Adam(LEARNING_RATE), loss)
    head.fit(features, targets, batch_size=BATCH_SIZE, epochs=EPOCHS, verbose=0)


def mixture(old: Weights, new: Weights, share: float) -> Weights:
    """Give weights between old (``share`` 0) and new ones (``share`` 1)."""
    return [(1 - share) * one + share * other for one, other in zip(old, new, strict=True)]


@dataclass(frozen=True)
class Taught:
    """What came of teaching.

    Attributes
    ----------
    network : keras.Model
        Images to logits.
    share : float
        Of the new weights in the mixture, 0 to 1.
    lost : float
        Share of the judging images that are read right no more, net.
    card : Path
        That of the recogniser which was taught.
    """

    network: keras.Model
    share: float
    lost: float
    card: Path

    def recognizer(self) -> Recognizer:
        """Give it as a recogniser, with temperature and threshold of the one it was."""
        return Recognizer(export.to_litert(self.network), Recognizer.load(self.card).card)

    def save(self, card: Path) -> None:
        """Write it as a recogniser, to be loaded with ``Recognizer.load(card)``."""
        known = Recognizer.load(self.card).card
        # What was measured and trained is not true of this one any more.
        gone = ("measured", "history", "file", "sha256", "minutes", "command")
        facts = {name: value for name, value in known.items() if name not in gone}
        facts |= {"taught": f"one person's hand, {self.share:.0%} of the way"}
        export.save_recognizer(card, export.to_litert(self.network), facts)


def teach(drawings: Dataset, course: Course, card: Path = SHIPPED, seed: int = 0) -> Taught:
    """Teach a recogniser one person's drawings.

    Parameters
    ----------
    drawings : Dataset
        To learn from, in 62 characters; those to measure with must not be among them.
    course : Course
        Its training images are rehearsed, and its validation images choose how far to go: the
        largest share of new weights that loses at most :data:`MOST_LOST`.
    card : Path
        The recogniser's card; its Keras weights lie beside it.

    Raises
    ------
    ValueError
        If there are no drawings.
    """
    if not len(drawings):
        raise ValueError("There is nothing to learn from: draw a few characters first.")
    network, reader = train.network(card), Recognizer.load(card)
    body, head = split(network)
    old = head.get_weights()
    known, judging = _some(course.train, REHEARSED, seed), _some(course.validation, JUDGING, seed)
    own, rehearsed = with_copies(drawings, seed), features_of(body, known.images)
    targets = [one_hot(own.labels, len(CHARACTERS)), softmax(logits_of(head, rehearsed))]
    learned = np.concatenate([features_of(body, own.images), rehearsed])
    fine_tune(head, learned, np.concatenate(targets), seed)
    new, seen = head.get_weights(), features_of(body, judging.images)

    def accuracy(share: float) -> float:
        head.set_weights(mixture(old, new, share))
        answers = reader.from_logits(logits_of(head, seen)).argmax(axis=1)
        return float((answers == judging.labels).mean())

    before = accuracy(0)
    lost = {share: before - accuracy(share) for share in np.arange(11) / 10}
    share = max(share for share, loss in lost.items() if loss <= MOST_LOST)
    head.set_weights(mixture(old, new, share))
    taught = keras.Model(network.input, head(body.output))
    return Taught(taught, float(share), lost[share], card)


def logits_of(head: keras.Model, features: Array) -> Array:
    """Compute logits, shape (n, classes)."""
    return np.asarray(keras.ops.convert_to_numpy(head(features, training=False)))


def _some(dataset: Dataset, most: int, seed: int) -> Dataset:
    return dataset.take(np.random.default_rng(seed).permutation(len(dataset))[:most])
