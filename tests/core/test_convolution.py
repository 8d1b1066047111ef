"""The package's convolution agrees with the lesson's and with SciPy's."""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import signal

from hwr.convolution import convolve, output_size, pool

NOTEBOOK = Path(__file__).parents[2] / "notebooks" / "01_convolution_and_pooling.ipynb"
IMAGE = [[1, 1, 1, 0, 0], [0, 1, 1, 1, 0], [0, 0, 1, 1, 1], [0, 0, 1, 1, 0], [0, 1, 1, 0, 0]]
KERNEL = [[1, 0, 1], [0, 1, 0], [1, 0, 1]]

sizes = st.integers(1, 9)
steps = st.integers(1, 4)
paddings = st.integers(0, 3)
seeds = st.integers(0, 2**32 - 1)


@pytest.fixture(scope="module")
def lesson() -> dict[str, Callable]:
    """The functions that the notebook's cells define, from their source."""
    cells = json.loads(NOTEBOOK.read_text(encoding="utf-8"))["cells"]
    sources = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
    names = {"np": np, "sliding_window_view": np.lib.stride_tricks.sliding_window_view}
    for name in ("convolve_with_loops", "output_size", "convolve", "pool"):
        defining = [source for source in sources if f"def {name}(" in source]
        assert len(defining) == 1, f"{name} is defined in {len(defining)} cells"
        exec(defining[0], names)
    return names


def test_the_example_by_hand():
    assert convolve(IMAGE, KERNEL).tolist() == [[4, 3, 4], [2, 4, 3], [2, 3, 4]]


@settings(max_examples=60)
@given(sizes, sizes, sizes, sizes, steps, paddings, seeds)
def test_it_is_what_the_notebook_defines(
    lesson, height, width, rows, columns, stride, padding, seed
):
    rng = np.random.default_rng(seed)
    image = rng.normal(size=(height + rows, width + columns))
    kernel = rng.normal(size=(rows, columns))
    ours = convolve(image, kernel, stride, padding)
    np.testing.assert_allclose(ours, lesson["convolve"](image, kernel, stride, padding), atol=1e-12)
    loops = lesson["convolve_with_loops"](np.pad(image, padding), kernel)
    np.testing.assert_allclose(ours, loops[::stride, ::stride], atol=1e-12)
    sides = list(zip(image.shape, kernel.shape, strict=True))
    for size in (output_size, lesson["output_size"]):
        assert ours.shape == tuple(size(*side, stride, padding) for side in sides)


@settings(max_examples=60)
@given(sizes, sizes, st.integers(1, 4), st.none() | steps, st.sampled_from(["max", "average"]))
def test_pooling_is_what_the_notebook_defines(lesson, height, width, size, stride, how):
    image = np.random.default_rng(1).normal(size=(height + size, width + size))
    expected = lesson["pool"](image, size, stride, how)
    np.testing.assert_allclose(pool(image, size, stride, how), expected)


@given(sizes, sizes, seeds)
def test_it_is_scipys_cross_correlation_and_not_its_convolution(rows, columns, seed):
    rng = np.random.default_rng(seed)
    image, kernel = rng.normal(size=(9, 9)), rng.normal(size=(rows, columns))
    correlated = signal.correlate2d(image, kernel, mode="valid")
    np.testing.assert_allclose(convolve(image, kernel), correlated, atol=1e-12)
    turned = signal.convolve2d(image, kernel[::-1, ::-1], mode="valid")
    np.testing.assert_allclose(convolve(image, kernel), turned, atol=1e-12)


def test_a_dot_gives_the_rotated_kernel():
    dot = np.zeros((5, 5))
    dot[2, 2] = 1
    kernel = np.arange(1, 10).reshape(3, 3)
    assert convolve(dot, kernel).tolist() == kernel[::-1, ::-1].tolist()


def test_many_images_are_treated_alike():
    images = np.random.default_rng(0).integers(0, 256, (2, 3, 12, 10), dtype=np.uint8)
    kernel = [[1, -1], [2, 0]]
    maps, pooled = convolve(images, kernel, 2, 1), pool(images, 3)
    assert (maps.shape, pooled.shape, pooled.dtype) == ((2, 3, 7, 6), (2, 3, 4, 3), np.uint8)
    np.testing.assert_array_equal(maps[1, 2], convolve(images[1, 2], kernel, 2, 1))
    np.testing.assert_array_equal(pooled[1, 2], pool(images[1, 2], 3))


def test_bytes_do_not_overflow():
    bright = np.full((3, 3), 255, np.uint8)
    assert convolve(bright, np.full((3, 3), 255, np.uint8)).item() == 9 * 255 * 255


def test_pooling_by_hand():
    table = [[1, 0, 2, 2], [3, 4, 2, 2], [0, 0, 8, 0], [0, 1, 0, 0]]
    assert pool(table).tolist() == [[4, 2], [1, 8]]
    assert pool(table, how="average").tolist() == [[2, 2], [0.25, 2]]
    assert pool(table, 2, stride=1).tolist() == [[4, 4, 2], [4, 8, 8], [1, 8, 8]]
    assert pool(np.ones((5, 5))).shape == (2, 2)  # the last row and column fill no square


@pytest.mark.parametrize(
    ("numbers", "expected"),
    [((5, 3), 3), ((28, 3, 1, 1), 28), ((28, 5, 2, 2), 14), ((28, 4, 4), 7), ((3, 3), 1)],
)
def test_sizes(numbers, expected):
    assert output_size(*numbers) == expected


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: output_size(4, 5), "does not fit"),
        (lambda: output_size(5, 3, 0), "do not go together"),
        (lambda: output_size(5, 3, 1, -1), "do not go together"),
        (lambda: convolve(IMAGE, [1, 2, 3]), "2 axes, not 1"),
        (lambda: convolve([1, 2, 3], KERNEL), "at least 2 axes"),
        (lambda: convolve(np.ones((2, 9)), KERNEL), "does not fit"),
        (lambda: convolve(IMAGE, KERNEL, padding=-1), "do not go together"),
        (lambda: pool(IMAGE, 6), "does not fit"),
        (lambda: pool(IMAGE, 2, stride=0), "do not go together"),
        (lambda: pool(IMAGE, how="median"), "choose 'max' or 'average'"),
    ],
)
def test_impossible_sizes_are_refused_in_one_sentence(call, says):
    with pytest.raises(ValueError, match=says):
        call()
