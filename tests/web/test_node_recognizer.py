"""The page's recogniser in Node answers as Python's does, to within its weights' precision."""

import numpy as np
import pytest
from helpers.pages import needs_runtime

from hwr.datasets import synthetic
from hwr.recognizer import Recognizer
from hwr.web import read_in_node, tfjs


@needs_runtime
@pytest.mark.parametrize(("weights", "bound"), [("float32", 1e-5), ("float16", 2e-3)])
def test_it_answers_as_python_does(weights, bound):
    images, _ = synthetic.draw_images(62, seed=3)
    recognizer = Recognizer.load()
    answers = read_in_node(recognizer, images, weights)
    expected = recognizer.probabilities(images, "uniform")
    assert answers.probabilities.shape == (62, len(recognizer.alphabet))
    assert np.abs(answers.probabilities - expected).max() < bound
    assert len(answers.milliseconds) == 62
    assert (answers.milliseconds > 0).all()


def test_without_the_runtime_it_says_what_to_do(monkeypatch, tmp_path):
    monkeypatch.setattr(tfjs, "RUNTIME_FOLDER", tmp_path)
    with pytest.raises(ValueError, match=r"run 'python -m hwr\.web\.tfjs'"):
        read_in_node(Recognizer.load(), np.zeros((1, 28, 28), np.uint8))
