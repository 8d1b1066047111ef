"""The loss for ambiguous labels trains the sum of the probabilities of all right classes."""

import numpy as np
import pytest

from hwr._support.keras import keras
from hwr.recognizer import softmax
from hwr.training import SummedCrossEntropy, accuracy

LOGITS = np.array([[2, 1, 0, -1], [0.5, 3, 2.5, 0], [-20, 40, 0, 1]], np.float32)
ONE = np.eye(4, dtype=np.float32)[[0, 2, 1]]
SEVERAL = np.array([[1, 0, 1, 0], [0, 1, 1, 0], [1, 0, 0, 1]], np.float32)


def test_it_is_minus_the_logarithm_of_the_summed_probability():
    of_right = (softmax(LOGITS) * SEVERAL).sum(axis=1)
    loss = np.array(SummedCrossEntropy().call(SEVERAL, LOGITS))
    np.testing.assert_allclose(loss[:2], -np.log(of_right[:2]), rtol=1e-5)
    assert loss[2] == pytest.approx(39, abs=1e-3)  # the probability itself would underflow


@pytest.mark.parametrize("smoothing", [0.0, 0.1])
def test_with_one_right_class_it_is_the_usual_cross_entropy(smoothing):
    usual = keras.losses.CategoricalCrossentropy(from_logits=True, label_smoothing=smoothing)
    loss = SummedCrossEntropy(smoothing)(ONE, LOGITS)
    assert float(loss) == pytest.approx(float(usual(ONE, LOGITS)), rel=1e-5)


def test_its_gradient_keeps_the_ratios_within_the_right_classes():
    import tensorflow as tf

    logits = tf.Variable(LOGITS[1:2])
    with tf.GradientTape() as tape:
        loss = SummedCrossEntropy()(SEVERAL[1:2], logits)
    gradient = tape.gradient(loss, logits).numpy()[0]
    probabilities = softmax(LOGITS[1])
    within = probabilities[1:3] / probabilities[1:3].sum()
    np.testing.assert_allclose(gradient[1:3], probabilities[1:3] - within, atol=1e-5)
    assert (gradient[1:3] < 0).all()
    assert (gradient[[0, 3]] > 0).all()


def test_an_answer_counts_if_it_is_any_of_the_right_classes():
    np.testing.assert_array_equal(np.array(accuracy(SEVERAL, LOGITS)), [1, 1, 0])
    np.testing.assert_array_equal(np.array(accuracy(ONE, LOGITS)), [1, 0, 1])


def test_a_network_with_this_loss_is_saved_and_loaded(tmp_path):
    image = keras.Input((4,))
    model = keras.Model(image, keras.layers.Dense(4)(image))
    model.compile("sgd", SummedCrossEntropy(0.1), metrics=[accuracy])
    before = model.evaluate(LOGITS, SEVERAL, verbose=0)
    model.save(tmp_path / "network.keras")
    loaded = keras.models.load_model(tmp_path / "network.keras")
    assert loaded.evaluate(LOGITS, SEVERAL, verbose=0) == pytest.approx(before)
