"""Arrays of images and labels: converted by one rule wherever they come in, or refused."""

from dataclasses import replace

import numpy as np
import pytest
from helpers import own_alphabets

from hwr import dataset, export, metrics, saliency, transfer
from hwr._support.arrays import image_of, images_of, picture_of
from hwr._support.keras import keras
from hwr.alphabets import BYCLASS, LETTERS
from hwr.dataset import Dataset
from hwr.datasets import synthetic
from hwr.ink import Ink, convert
from hwr.recognizer import Recognizer
from hwr.training import fit
from hwr.words.reading import read_text, segment_picture

IMAGES, LABELS = synthetic.draw_images(60, 5, "0123456789")
BLACK_AND_WHITE = np.where(IMAGES > 127, 255, 0).astype(np.uint8)


class Tensor:
    """What NumPy sees of a tensor of TensorFlow or PyTorch."""

    def __init__(self, values):
        self.values = values

    def __array__(self, dtype=None, copy=None):
        return self.values if dtype is None else self.values.astype(dtype)


SCALES = {
    "uint8, 0 to 255": lambda x: x,
    "float32, 0 to 1": lambda x: (x / 255).astype(np.float32),
    "float64, 0 to 255": lambda x: x.astype(float),
    "bool": lambda x: x > 127,
    "int64": lambda x: x.astype(np.int64),
    "float32, with a channel": lambda x: (x / 255).astype(np.float32)[..., None],
    "float16, 0 to 1": lambda x: (x / 255).astype(np.float16),
    "int64, 0 and 1": lambda x: (x > 127).astype(np.int64),
    "uint8, 0 and 1": lambda x: (x > 127).astype(np.uint8),
    "rounding errors": lambda x: x / 255 * (1 + 1e-6) - 1e-6,
    "tensor": lambda x: Tensor((x / 255).astype(np.float32)),
    "lists": lambda x: x.tolist(),
    "transposed view": lambda x: np.ascontiguousarray(x.swapaxes(1, 2)).swapaxes(1, 2),
}
every_scale = pytest.mark.parametrize("scale", SCALES)


@pytest.fixture(scope="module")
def recognizer() -> Recognizer:
    return Recognizer.load()


def plain(scale: str) -> np.ndarray:
    """Return the images, without greys where a scale has none."""
    return BLACK_AND_WHITE if scale.endswith(("bool", "and 1")) else IMAGES


@every_scale
def test_every_scale_gives_the_same_image(scale):
    found = images_of("images", SCALES[scale](plain(scale)))
    assert (found.dtype, found.flags.c_contiguous) == (np.uint8, True)
    np.testing.assert_array_equal(found, plain(scale))


@every_scale
def test_every_scale_is_read_and_measured_alike(scale, recognizer):
    images = plain(scale)
    given = SCALES[scale](images)
    np.testing.assert_array_equal(recognizer.logits(given), recognizer.logits(images))
    np.testing.assert_array_equal(recognizer.probabilities(given), recognizer.probabilities(images))
    one = SCALES[scale](images[:1])
    one = one if isinstance(one, Tensor) else one[0]
    expected = recognizer.read(images[0], converted=True)
    if not isinstance(one, Tensor):
        read = recognizer.read(one, converted=True)
        assert (read.candidates, read.sure) == (expected.candidates, expected.sure)
        np.testing.assert_array_equal(convert(one), convert(images[0]))
        np.testing.assert_array_equal(
            saliency.occlusion(recognizer, one), saliency.occlusion(recognizer, images[0])
        )
    made, known = (Dataset("own", each, LABELS, BYCLASS, "drawn") for each in (given, images))
    assert metrics.measure(recognizer, made, 10) == metrics.measure(recognizer, known, 10)
    np.testing.assert_array_equal(dataset.as_input(given), dataset.as_input(images))


def test_other_scales_are_trained_on_and_saved_alike():
    def trained(images):
        keras.utils.set_random_seed(1)
        layers = [keras.layers.AveragePooling2D(4), keras.layers.Flatten(), keras.layers.Dense(10)]
        network = keras.Sequential([keras.Input((28, 28, 1)), *layers])
        data = Dataset("own", images, LABELS, "10", "drawn")
        return fit(network, data, data, epochs=1, batch_size=20)

    known, own = trained(IMAGES), trained(SCALES["float32, with a channel"](IMAGES))
    for one, other in zip(known.model.get_weights(), own.model.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)
    weights, card = export.describe(own.model, own.train, own.validation)
    measured = metrics.measure(Recognizer(weights, card), known.validation)
    assert card["measured"]["validation, 10 classes"] == measured
    features = transfer.compute_features(own.model, own.train.images / 255)
    np.testing.assert_array_equal(features, transfer.compute_features(own.model, IMAGES))
    with pytest.raises(ValueError, match=r"network reads .* '10', the validation images have '47'"):
        export.calibrate(weights, card, replace(own.validation, alphabet="47"))


def test_grey_levels_of_uint8_are_not_copied():
    assert images_of("images", IMAGES) is IMAGES
    own = Dataset("own", IMAGES, LABELS, BYCLASS, "drawn")
    assert (own.images is IMAGES, own.labels is LABELS) == (True, True)


def test_the_scale_is_that_of_the_whole_array():
    dark = np.zeros((2, 28, 28))
    assert not images_of("images", dark).any()  # paper on any scale
    dark[0, 5, 5], dark[1, 5, 5] = 1, 255
    assert images_of("images", dark)[0].max() == 1
    assert images_of("images", dark[:1]).max() == 255


def test_one_image_and_one_picture_may_have_a_channel():
    for one in (IMAGES[0], IMAGES[0][..., None] / 255):
        np.testing.assert_array_equal(image_of("image", one), IMAGES[0])
        np.testing.assert_array_equal(picture_of("picture", one), IMAGES[0])


def test_a_page_is_read_on_any_scale():
    page = np.full((60, 200), 250, np.uint8)
    page[10:50, [20, 21, 60, 61, 140, 141]] = 30
    known = segment_picture(page)
    assert len(known) == 3
    for given in (page / 255, page > 99, page.astype(float), page[..., None] / np.float32(255)):
        np.testing.assert_array_equal(segment_picture(given).boxes, known.boxes)
    with pytest.raises(ValueError, match=r"picture must be grey, .* not \(60, 200, 3\)"):
        read_text(np.stack([page] * 3, axis=2))


def with_value(value):
    return np.where(np.arange(784).reshape(1, 28, 28) == 30, value, 0.5)


BAD_IMAGES = {
    r"hold NaN \(not a number\) or infinite values: give": with_value(np.nan),
    r"hold NaN \(not a number\) or infinite": with_value(-np.inf),
    r"go from -1 to 0.5: scale them": with_value(-1),
    r"go from 0.5 to 256: scale them": with_value(256),
    r"go from 0.5 to 1.2: scale them": with_value(1.2),
    r"go from 0 to 65535: scale": np.full((1, 28, 28), 65535, np.uint16) * (IMAGES[:1] > 0),
    r"array of numbers, not complex128: open": with_value(1j),
    r"array of numbers, not str: open": np.full((1, 28, 28), "0"),
    r"array of numbers, not ndarray: open": IMAGES.astype(object),
    r"array of numbers, not Ink: open": Ink(),
    r"array of numbers, not NoneType: open": None,
    r"array of numbers, not Dataset: open": Dataset("own", IMAGES, LABELS, "10", "drawn"),
    r"cannot be converted to one array: give": [IMAGES[0], IMAGES[0, :20]],
    r"\(n, 28, 28\), not \(28, 28\): give a single one as image\[None\]": IMAGES[0],
    r"\(n, 28, 28\), not \(60, 784\): use \.reshape\(-1, 28, 28\)": IMAGES.reshape(60, 784),
    r"not \(60, 1, 28, 28\): use \.reshape\(-1, 28, 28\)": IMAGES[:, None],
    r"not \(1, 28, 28, 3\): convert each picture": np.zeros((1, 28, 28, 3)),
    r"not \(2, 32, 32\): convert each picture with": np.zeros((2, 32, 32)),
    r"not \(28, 28, 1\): give a single one as": IMAGES[0][..., None],
    r"not \(0,\): convert": [],
    r"not \(\): convert": 3,
}  # fmt: skip


@pytest.mark.parametrize("sentence", BAD_IMAGES)
def test_what_are_no_images_is_refused_in_a_sentence_everywhere(sentence, recognizer):
    given = BAD_IMAGES[sentence]
    for take in (
        recognizer.logits,
        recognizer.probabilities,
        dataset.as_input,
        lambda images: Dataset("own", images, LABELS, "10", "drawn"),
    ):
        with pytest.raises(ValueError, match=f"^The images .*{sentence}.*\\.$"):
            take(given)


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        (IMAGES, r"shape \(28, 28\), not \(60, 28, 28\): give one image, such as dataset.images"),
        (IMAGES[:1], r"shape \(28, 28\), not \(1, 28, 28\): give one image"),
        (np.zeros((32, 32)), r"shape \(28, 28\), not \(32, 32\): .* or convert a picture"),
        (Ink([[(0, 0), (1, 1)]]), "must be an array of numbers, not Ink"),
        (np.full((28, 28), np.nan), "hold NaN"),
    ],
)
def test_what_is_no_image_is_refused_in_a_sentence_everywhere(given, sentence, recognizer):
    first_layers = saliency.FirstLayers(recognizer)
    for take in (
        lambda image: recognizer.read(image, converted=True),
        lambda image: saliency.occlusion(recognizer, image),
        lambda image: saliency.overlay(image, np.zeros((28, 28))),
        first_layers.feature_maps,
    ):
        with pytest.raises(ValueError, match=f"^The image .*{sentence}.*\\.$"):
            take(given)


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        (np.zeros((30, 20, 3)), r"must be grey, of shape \(height, width\), not \(30, 20, 3\)"),
        (np.zeros((0, 20)), r"must be grey, .*, not \(0, 20\)"),
        (np.full((30, 20), -3), "go from -3 to -3"),
        (np.full((30, 20), np.inf), "hold NaN"),
        ("seven.png", r"numbers, not str: open files with hwr.images.open_picture"),
    ],
)
def test_what_is_no_picture_is_refused_in_a_sentence(given, sentence, recognizer):
    with pytest.raises(ValueError, match=f"^The picture .*{sentence}.*\\.$"):
        recognizer.read(given)


# --- labels --------------------------------------------------------------------------------------


def test_labels_are_whole_numbers_of_any_type():
    for given in (LABELS.tolist(), LABELS.astype(np.uint8), LABELS.astype(np.float32)):
        found = Dataset("own", IMAGES, given, BYCLASS, "drawn").labels
        assert found.dtype == np.int64
        np.testing.assert_array_equal(found, LABELS)
    empty = Dataset("own", IMAGES[:0], [], "10", "drawn")
    assert (len(empty), empty.labels.dtype, empty.alphabet.name) == (0, np.int64, "10")
    assert len(Dataset("own", IMAGES, LABELS, "10", "drawn").take(LABELS < 0)) == 0


FIRST, COUNTED = LABELS.copy(), np.arange(60) % 26 + 1
FIRST[3] = 62
BAD_LABELS = [
    (FIRST, BYCLASS, "hold label 62 of 62 classes: labels are 0 to 61; give each image its"),
    (FIRST - 1, BYCLASS, "hold label -1 of 62 classes: labels are 0 to 61"),
    (COUNTED, LETTERS, "label 26 of 26 .*; these count from 1, as EMNIST Letters' .* subtract 1"),
    (LABELS + 0.5, BYCLASS, "must be whole numbers, not float64: give"),
    (LABELS + np.inf, BYCLASS, "must be whole numbers, not float64"),
    (LABELS * np.nan, BYCLASS, "must be whole numbers, not float64"),
    (LABELS > 4, BYCLASS, "must be whole numbers, not bool"),
    (LABELS.astype(str), BYCLASS, "must be whole numbers, not str"),
    (LABELS[:9], BYCLASS, r"must have shape \(60,\), not \(9,\): give one"),
    (np.eye(62, dtype=int)[LABELS], BYCLASS, r"must have shape \(60,\), not \(60, 62\)"),
    (3, BYCLASS, r"must have shape \(60,\), not \(\)"),
    (None, BYCLASS, "must be whole numbers, not NoneType"),
]  # fmt: skip


@pytest.mark.parametrize(("labels", "alphabet", "sentence"), BAD_LABELS)
def test_what_are_no_labels_is_refused_in_a_sentence_everywhere(labels, alphabet, sentence):
    outputs = np.zeros((60, len(alphabet)))
    answers = np.zeros(60, int)
    for take in (
        lambda labels: Dataset("own", IMAGES, labels, alphabet, "drawn"),
        lambda labels: metrics.summarize(labels, outputs),
        lambda labels: metrics.top_k_accuracy(labels, outputs, 1),
        lambda labels: metrics.fit_temperature(labels, outputs),
        lambda labels: metrics.confusion_matrix(answers, labels, len(alphabet)),
    ):
        with pytest.raises(ValueError, match=f"^The (labels|answers) .*{sentence}.*\\.$"):
            take(labels)


# --- a classifier's outputs ----------------------------------------------------------------------


def test_lists_and_whole_numbers_are_measured_as_arrays(recognizer):
    labels, outputs = [0, 1, 1], [[1, 0], [1, 0], [0, 1]]
    assert metrics.summarize(labels, outputs) == metrics.summarize(
        np.array(labels), np.array(outputs, np.float32)
    )
    assert metrics.confusion_matrix(labels, [0, 0, 1], 2).tolist() == [[1, 0], [1, 1]]
    assert metrics.top_k_accuracy(np.array(labels, np.uint8), np.array(outputs, bool), 1) == 2 / 3


@pytest.mark.parametrize(
    ("outputs", "sentence"),
    [
        ([0, 1, 1], r"must have shape \(n, classes\), not \(3,\): give a row for each image"),
        (np.zeros((0, 2)), r"must have shape \(n, classes\), not \(0, 2\): .* at least one image"),
        (np.full((3, 2), np.nan), "hold NaN or infinite values"),
        ([["a", "b"]] * 3, "must be an array of numbers, not str"),
        ([[1, 0], [1]], "cannot be converted to one array"),
    ],
)
def test_what_are_no_outputs_is_refused_in_a_sentence(outputs, sentence):
    for what, take in (
        ("probabilities", metrics.summarize),
        ("probabilities", metrics.risk_coverage),
        ("probabilities", metrics.reliability),
        ("logits", metrics.fit_temperature),
    ):
        with pytest.raises(ValueError, match=f"^The {what} .*{sentence}.*\\.$"):
            take([0, 1, 1], outputs)


def test_a_confusion_matrix_of_other_classes_is_refused():
    with pytest.raises(ValueError, match=r"matrix must have shape \(2, 2\), not \(3, 3\): "):
        metrics.per_class(np.eye(3, dtype=int), ("a", "b"))
    with pytest.raises(ValueError, match=r"matrix must have shape \(2, 2\), not \(2, 3\): "):
        metrics.mean_recall(np.ones((2, 3)))


def test_what_is_no_dataset_is_refused_in_a_sentence(recognizer):
    weights, card = own_alphabets.litert("10"), own_alphabets.card_of("10")
    known = Dataset("own", IMAGES, LABELS, "10", "drawn")
    for given, sentence in ((IMAGES, "a Dataset .*, not ndarray"), (known.take([]), "at least")):
        for take in (
            lambda data: metrics.measure(recognizer, data),
            lambda data: export.calibrate(weights, dict(card), data),
            lambda data: export.describe(None, data, known),
            lambda data: export.describe(None, known, data),
            lambda data: transfer.fine_tune(data, None),
        ):
            with pytest.raises(ValueError, match=f"^The.*{sentence}.*\\.$"):
                take(given)
