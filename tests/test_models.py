"""The networks are those of the systems they stand for, and what is exported only infers."""

import hwr.quiet  # noqa: F401  before Keras

# isort: split
import keras
import numpy as np
import pytest
from ai_edge_litert.interpreter import Interpreter

from hwr import models, scribe
from hwr.export import to_litert
from hwr.training import as_input

IMAGES = as_input(scribe.dataset(62, seed=31)[0])


@pytest.fixture(params=models.ARCHITECTURES)
def model(request) -> keras.Model:
    keras.utils.set_random_seed(0)
    return models.build(request.param, 62)


def answers(model: keras.Model) -> np.ndarray:
    return keras.ops.convert_to_numpy(model(IMAGES))


def test_each_gives_a_logit_for_each_class_and_the_same_again(model):
    logits = answers(model)
    assert logits.shape == (62, 62)
    assert np.isfinite(logits).all()
    assert logits.std() > 0
    assert (logits == answers(model)).all()  # nothing random, no augmentation inside


def test_each_is_the_same_after_it_was_saved(model, tmp_path):
    model.save(tmp_path / "model.keras")
    loaded = keras.models.load_model(tmp_path / "model.keras")
    assert answers(loaded) == pytest.approx(answers(model), abs=1e-6)


def test_none_contains_augmentation(model):
    random = [layer.name for layer in model.layers if "random" in type(layer).__name__.lower()]
    assert random == []


@pytest.mark.parametrize(
    ("name", "classes", "parameters"),
    [("lenet", 47, 98_559), ("mlp", 26, 101_326), ("wide_cnn", 10, 3_274_634)],
)
def test_they_have_the_parameters_of_their_systems(name, classes, parameters):
    assert models.build(name, classes).count_params() == parameters


def test_an_unknown_name_is_answered_with_those_there_are():
    with pytest.raises(ValueError, match="There is no network 'alexnet': choose from mlp, "):
        models.build("alexnet", 10)


@pytest.mark.parametrize("name", ["resnet", "compact_cnn"])
def test_the_export_agrees_with_keras(name):
    keras.utils.set_random_seed(0)
    model = models.build(name, 62)
    for (
        layer
    ) in model.layers:  # as after a training: statistics that differ from channel to channel
        if isinstance(layer, keras.layers.BatchNormalization):
            layer.moving_mean.assign(np.random.default_rng(0).normal(size=layer.moving_mean.shape))
    interpreter = Interpreter(model_content=to_litert(model), num_threads=1)
    place = interpreter.get_input_details()[0]["index"]
    interpreter.resize_tensor_input(place, IMAGES.shape)
    interpreter.allocate_tensors()
    interpreter.set_tensor(place, IMAGES)
    interpreter.invoke()
    logits = interpreter.get_tensor(interpreter.get_output_details()[0]["index"])
    assert logits == pytest.approx(answers(model), abs=1e-4)
