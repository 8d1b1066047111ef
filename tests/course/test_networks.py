"""The networks that learners type in lesson 04 are those of hwr.models, layer by layer."""

from types import SimpleNamespace

import pytest

from hwr import keras, models
from tools import solutions

LESSON = solutions.read(solutions.LESSONS / "04_training.ipynb")
TYPED = {
    "mlp": ("perceptron = ", lambda cell: cell.perceptron),
    "lenet": ("lenet = ", lambda cell: cell.lenet),
    "cnn": ("def build_cnn(", lambda cell: cell.build_cnn(62)),
    "deep_mlp": ("def build_dense(", lambda cell: cell.build_dense()),
}


def source(name: str) -> str:
    """Return the one cell in which a line begins as a network's does."""
    code = [cell.source for cell in LESSON.cells if cell.cell_type == "code"]
    [found] = [cell for cell in code if f"\n{TYPED[name][0]}" in f"\n{cell}"]
    return found


def typed(name: str) -> keras.Model:
    """Run the cell that builds a network, and return the network."""
    defined = {"keras": keras, "layers": keras.layers}
    exec(source(name), defined)
    return TYPED[name][1](SimpleNamespace(**defined))


def description(network: keras.Model) -> list[tuple[object, ...]]:
    """Return kind, settings, output shape and parameters of every layer that changes anything."""
    settings = "filters kernel_size strides padding pool_size units activation use_bias rate"
    return [
        (
            type(layer).__name__,
            {key: value for key, value in layer.get_config().items() if key in settings.split()},
            layer.output.shape,
            layer.count_params(),
        )
        for layer in network.layers
        if not isinstance(layer, keras.layers.InputLayer) and getattr(layer, "rate", None) != 0
    ]


@pytest.mark.parametrize("name", TYPED)
def test_a_typed_network_is_that_of_the_package(name):
    ours, package = typed(name), models.build(name, 62)
    assert ours.input_shape == package.input_shape
    assert description(ours) == description(package)
    assert len(description(ours)) >= 5


@pytest.mark.parametrize("name", ["lenet", "cnn"])
def test_the_comments_give_each_layers_shape(name):
    lines = [line.partition("# ") for line in source(name).splitlines() if "layers." in line]
    for (_, _, comment), layer in zip(lines, typed(name).layers, strict=True):
        if comment.startswith("("):
            shape = tuple(int(side) for side in comment[1 : comment.index(")")].split(","))
            assert shape == layer.output.shape[1:]
    assert sum(comment.startswith("(") for _, _, comment in lines) >= 4
