"""The figures of the first lesson show the numbers they are given."""

import numpy as np
import pytest

from hwr.plots import convolution as figures

IMAGE = np.eye(5)
KERNEL = np.array([[1, 0], [0, -1]])


def texts(ax) -> list[str]:
    return [text.get_text() for text in ax.texts]


@pytest.mark.parametrize(("step", "row", "column"), [(0, 0, 0), (6, 1, 2), (15, 3, 3)])
def test_a_step_shows_patch_product_and_what_is_done(step, row, column):
    made = figures.convolution_step(IMAGE, KERNEL, step)
    image, kernel, product, so_far = made.axes
    outline = image.patches[-1]
    assert outline.get_xy() == (column - 0.5, row - 0.5)
    assert texts(kernel) == ["1", "0", "0", "-1"]
    patch = IMAGE[row : row + 2, column : column + 2]
    assert f"sum: {(patch * KERNEL).sum():g}" in product.get_title()
    assert len(texts(so_far)) == step + 1
    assert made.alt.startswith(f"Place {step + 1} of 16: ")


@pytest.mark.parametrize(
    ("how", "kept", "result"), [("max", "largest", "9"), ("average", "average", "3.5")]
)
def test_a_pooling_step_shows_the_window_and_what_is_kept(how, kept, result):
    table = np.array([[0, 0, 0, 0, 0], [0, 1, 2, 3, 4], [5, 6, 0, 9, 2], [1, 1, 1, 1, 1]])
    made = figures.pooling_step(table, 6, 2, 1, how)  # a window on 2, 3, 0 and 9
    whole, window, so_far = made.axes
    assert whole.patches[-1].get_xy() == (1.5, 0.5)
    assert texts(window) == ["2", "3", "0", "9"]
    assert f"{kept}: {result}" in window.get_title()
    assert [patch.get_xy() for patch in window.patches] == ([(0.5, 0.5)] if how == "max" else [])
    assert len(texts(so_far)) == 7
    assert texts(so_far)[-1] == result
    assert made.alt == f"Window 7 of 12: the {kept} of its numbers is {result}."


def test_a_pooling_step_with_a_stride_is_where_the_package_pools():
    table = np.arange(36).reshape(6, 6)
    made = figures.pooling_step(table, 3, 2)
    assert made.axes[0].patches[-1].get_xy() == (-0.5, 1.5)  # the first of the second row of three
    assert texts(made.axes[2]) == ["7", "9", "11", "19"]


def test_numbers_stand_in_their_squares():
    made = figures.number_arrays({"one": np.array([[1, 2.5]]), "two": np.array([[np.nan], [4]])})
    assert [ax.get_title() for ax in made.axes] == ["one", "two"]
    assert [texts(ax) for ax in made.axes] == [["1", "2.5"], ["4"]]
    assert made.alt == "one [[1.0, 2.5]]; two [[nan], [4.0]]."


def test_feature_maps_share_one_scale():
    maps = {"weak": np.full((3, 3), 0.5), "strong": np.full((3, 3), -4.0)}
    for kernels in ([], [KERNEL, KERNEL]):
        made = figures.feature_maps(IMAGE, maps, kernels)
        named = {ax.get_title(): ax for ax in made.axes}
        assert [named[name].images[0].get_clim() for name in maps] == [(-4, 4), (-4, 4)]
        assert made.alt.endswith(": weak 0.5 and 0.5; strong -4 and -4.")
    assert len(figures.feature_maps(IMAGE, maps, columns=2).axes) == 4


def test_learning_shows_the_error_and_the_kernels():
    made = figures.kernel_learning([1.0, 0.1], {"step 1": KERNEL, "step 2": 2 * KERNEL})
    assert made.axes[0].lines[0].get_ydata().tolist() == [1.0, 0.1]
    assert [ax.get_title() for ax in made.axes[1:]] == ["step 1", "step 2"]
    assert made.alt == "The error falls from 1 to 0.1 in 2 steps."


@pytest.mark.parametrize("numbers", [(6, 3, 2, 1), (5, 5, 1, 0), (9, 1, 4, 3)])
def test_geometry_has_a_dot_for_every_place(numbers):
    made = figures.window_positions(*numbers)
    places = figures.output_size(*numbers)
    assert len(made.axes[0].lines[0].get_xdata()) == places**2
    assert f"{places} × {places}" in made.axes[0].get_title()
    assert made.alt.startswith(f"{places} by {places} places of a window")


def test_a_learned_pattern_is_outlined_where_it_matches_best():
    image = np.zeros((8, 8))
    image[3, 4] = 1
    made = figures.kernel_matches(np.array([[1.0]]), [image])
    assert made.axes[1].patches[-1].get_xy() == (3.5, 2.5)
    assert "1.0" in made.axes[2].get_title()
    assert made.alt.endswith(": 1.0 at row 3, column 4.")


def test_lines_and_bars_carry_their_values():
    made = figures.shift_curves([0, 1], {"a": [0, 0.2], "b": [0, 1.4]}, "change")
    assert [line.get_label() for line in made.axes[0].lines] == ["a", "b"]
    assert made.axes[0].get_ylim()[1] > 1.4
    assert "change against shift in pixels: a from 0% to 20%" in made.alt
    six = figures.shift_curves([0, 1], {name: [0, 1] for name in "abcdef"}, "change").axes[0]
    assert len({(line.get_color(), line.get_marker()) for line in six.lines}) == 6
    made = figures.layer_costs(["one", "two"], [1_000_000, 2_000_000], [3_000_000, 4_000_000])
    assert {text.strip() for text in texts(made.axes[0])} == {"1.00", "2.00", "3.00", "4.00"}
    assert made.alt.endswith(": one 1.00 and 3.00; two 2.00 and 4.00.")
