"""Occlusion maps and feature maps show what they claim to show."""

import numpy as np
import pytest

from hwr import export, models, saliency
from hwr._support.keras import keras
from hwr.alphabets import BYCLASS, get_alphabet
from hwr.dataset import as_input
from hwr.datasets import synthetic
from hwr.ink import convert
from hwr.pads import feature_panel
from hwr.recognizer import Recognizer


class Corner:
    """A recogniser for which ink in one corner supports A, and ink in another supports B."""

    alphabet = BYCLASS

    def probabilities(self, images, prior, alphabet):
        assert (prior, alphabet) == ("uniform", BYCLASS)
        odds = np.full((len(images), 62), 1e-9)
        odds[:, 10] = np.exp(images[:, :7, :7].mean(axis=(1, 2)) / 60)
        odds[:, 11] = np.exp(images[:, 21:, 21:].mean(axis=(1, 2)) / 90)
        return odds / odds.sum(axis=1, keepdims=True)


def test_ink_that_supports_or_opposes_the_answer_is_found():
    drops = saliency.occlusion(Corner(), np.full((28, 28), 255, np.uint8), BYCLASS)
    assert (drops.shape, drops.dtype) == ((28, 28), np.float32)
    assert np.unravel_index(drops.argmax(), drops.shape) == (0, 0)
    assert drops[27, 27] == pytest.approx(drops.min(), abs=1e-5)
    assert drops[:7, :7].min() > 0 > drops[21:, 21:].max()
    assert np.abs(drops[13:15, 13:15]).max() < 1e-6  # no square covers both this and a corner


def test_by_hand_one_square_is_the_drop_of_the_logarithm():
    image = convert(synthetic.draw("g", 4))
    recognizer, alphabet = Recognizer.load(), get_alphabet("47")
    covered = image.copy()
    covered[:7, :7] = 0
    before, after = alphabet.fold(recognizer.probabilities(np.stack([image, covered]), "uniform"))
    drops = saliency.occlusion(recognizer, image, alphabet)
    expected = np.log(before.max()) - np.log(after[before.argmax()])
    assert drops[0, 0] == pytest.approx(expected, abs=1e-4)  # only this square covers it


def test_the_overlay_is_blue_for_support_red_for_opposition_and_dark_for_ink():
    drops = np.zeros((28, 28), np.float32)
    drops[0, 0], drops[0, 1], drops[1, 0] = 2.0, -2.0, 1.0
    image = np.zeros((28, 28), np.uint8)
    image[5, 5] = 255
    picture = saliency.overlay(image, drops)
    assert tuple(picture[0, 0]) == saliency.SUPPORTS
    assert tuple(picture[0, 1]) == saliency.OPPOSES
    assert tuple(picture[9, 9]) == (255, 255, 255)
    assert picture[5, 5].max() < 50
    assert 0 < picture[1, 0, 0] < 255


def reader_of(network):
    card = {"temperature": 1.0, "threshold": 0.5, "class_frequencies": [1 / 62] * 62}
    return Recognizer(export.to_litert(network), card)


@pytest.mark.parametrize("name", ["resnet", "cnn", "lenet", "tiny"])
def test_feature_maps_are_those_of_the_layers(name):
    keras.utils.set_random_seed(3)
    network = models.build(name, 62)
    image = convert(synthetic.draw("R", 1))
    (maps,) = saliency.FirstLayers(reader_of(network), layers=1).feature_maps(image)
    kinds = keras.layers.ReLU if name in ("resnet", "tiny") else keras.layers.Conv2D
    first = next(layer for layer in network.layers if isinstance(layer, kinds))
    expected = keras.Model(network.input, first.output).predict(as_input(image[None]), verbose=0)
    np.testing.assert_allclose(maps, expected[0].transpose(2, 0, 1), atol=1e-4)
    assert maps.max() > 0.05


def test_a_network_without_convolution_is_refused():
    with pytest.raises(ValueError, match="no convolution, so there are no feature maps to show"):
        saliency.FirstLayers(reader_of(models.build("mlp", 62)))


def test_mosaic_scales_each_map_to_its_peak():
    maps = np.zeros((3, 2, 2), np.float32)
    maps[0, 0, 0], maps[1, 1, 1], maps[1, 0, 0], maps[2] = 4, 10, 5, -1
    laid = feature_panel.mosaic(maps, columns=2)
    assert laid.shape == (5, 5)
    assert (laid[0, 0], laid[1, 4], laid[0, 3]) == (255, 255, 128)
    assert laid[3:].max() == 0
