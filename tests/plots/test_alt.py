"""Every figure carries a text alternative that states its main numbers."""

import inspect
from typing import NamedTuple

import numpy as np
import pytest

from hwr import ink, metrics, plots
from hwr.alphabets import DIGITS
from hwr.ink import Ink
from hwr.plots import base
from hwr.recognizer import Reading
from hwr.words.lattice import Group
from hwr.words.reading import Word

IMAGE = np.zeros((28, 28), np.uint8)
IMAGE[3:6, 4] = 255
KERNEL = np.array([[1, 0], [0, -1]])
BARS = Ink([[(10, 5), (10, 7)], [(13, 5), (13, 7)]])
GROUPS = [
    Group(0, 1, (("c", 1.0),)),
    Group(0, 2, (("d", 2.0), ("a", -1.0))),
    Group(1, 2, (("", 3.0), ("l", 0.5))),
]
WORD = Word("ll", 0.9, (), np.array([[9.9, 5, 10.1, 7], [12.9, 5, 13.1, 7]]), (), True)
LABELS = np.array([0, 1, 1, 1])
SURE = np.array([[0.95, 0.05], [0.85, 0.15], [0.35, 0.65], [0.75, 0.25]])
HISTORY = [
    {"epoch": n, "loss": 3 / n, "accuracy": 0.4 + right, "val_loss": 3.5 / n, "val_accuracy": right,
     "seconds": 2.0}
    for n, right in enumerate((0.3, 0.5, 0.4), 1)
]  # fmt: skip
TALL = np.zeros((2, 28, 28))
TALL[1] = -2


class Network(NamedTuple):
    system: str
    cpu_seconds: float
    parameters: int
    accuracy: float
    half_width: float


def reading(best, share, sure):
    candidates = ((best, share),) if best else ()
    return Reading(candidates, np.zeros(10, np.float32), DIGITS, sure, IMAGE)


EXAMPLES = {
    "answers": (
        ({"0°": reading("7", 0.95, True), "90°": reading("1", 0.4, False),
          "nothing drawn": reading("", 0, False)},),
        "0°: 7 95%; 90°: 1? 40%; nothing drawn: nothing.",
    ),
    "occlusion_map": ((IMAGE, np.where(np.arange(28)[:, None] < 5, 1, -1) * np.ones((28, 28)), "l"),
                      "67% of it speaks for the answer (blue), 33% against it (red)"),
    "accuracy_comparison": ((["plain", "shifted"], [0.8, 0.5], [0.81, 0.7]),
                            "plain 80.0% and 81.0%; shifted 50.0% and 70.0%"),
    "before_after": (({"shift": IMAGE}, {"shift": np.stack([IMAGE] * 3)}),
                     "1 row, each with an image before and 3 after it: shift."),
    "elastic_displacement": ((IMAGE, TALL, IMAGE), "2.0 pixels on average, 2.0 at most"),
    "shares": (([0, 90, 180], {"six": [1, 0.3, 0], "else": [0, 0.7, 0.1]}, "degrees", "share"),
               "degrees: six from 100% to 0%; else from 0% to 10%, highest 70% at 90"),
    "spreads": (({"one": {"width": np.array([1, 2, np.nan])}, "two": {"width": np.array([9.0])}},),
                "Medians of one, two: width 1.5 and 9."),
    "bar_chart": ((["a", "b"], [1.234, 20], " %"), "a 1.23 %, b 20 %"),
    "image_grid": (([IMAGE] * 3, ["x", "y\n2", "z"]), "3 images: x, y 2, z."),
    "changed_answers": (({"layer": {8: 0.0, 4: 0.04}},), "layer: 8 bits 0.0%, 4 bits 4.0%"),
    "lead_histogram": ((np.array([0.0, 1e-4, 0.3, 0.9]), {"a": 1e-5, "b": 1e-3}),
                       "in 4 images: median 0.15; 1 by less than twice a, 2 by less than twice b"),
    "quantization_steps": (({"large": np.array([-2.1]), "small": np.array([0.4])}, 4),
                           "large (up to 2.1) 15 and 15; small (up to 0.4) 3 and 15"),
    "quantized_weights": ((np.array([[-127, 0, 0], [3, 127, 0]], np.int8),),
                          "whole numbers from -127 to 127: 67% lie between -32 and 32"),
    "convolution_step": ((np.eye(5), KERNEL, 1),
                         "2 of 16: patch times kernel has the sum 0. Feature map so far: 0 0."),
    "feature_maps": ((IMAGE, {"weak": np.full((9, 9), 0.5)}), "weak from 0.5 to 0.5"),
    "kernel_learning": (([1.0, 0.1], {"step 1": KERNEL}), "from 1 to 0.1 in 2 steps"),
    "kernel_matches": ((np.array([[1.0]]), [np.eye(3)[::-1]]), "1 image: 1.0 at row 0, column 2"),
    "layer_costs": ((["one"], [1_000_000], [2_500_000]), "one 1.00 and 2.50"),
    "number_arrays": (({"one": np.array([[1, 2.5], [3, 4]])},), "one: 1 2.5, 3 4."),
    "shift_curves": (([0, 4], {"a": [0, 0.2]}, "change"), "0 to 4 pixels: a from 0% to 20%"),
    "window_positions": ((6, 3, 2, 1), "has 3 by 3 places; the last row and column are never used"),
    "accuracy_against_time": (({"mlp": HISTORY},), "seconds of training: mlp 50.0% at 4."),
    "cost_and_accuracy": (({"mlp": (100_000, 0.5, 0.6)},), "mlp 100,000, 0.5 and 60.0%"),
    "learning_curves": ((HISTORY, "mlp"),
                        "Learning curves of mlp: after 3 epochs the loss is 1.00 on training and "
                        "1.17 on validation images, the accuracy 80.0% and 40.0%. Best "
                        "validation accuracy: 50.0%, epoch 2."),
    "line_chart": (({"slow": [3, 1, 2]}, "step", "loss"),
                   "loss against step, 1 to 3: slow from 3 to 2, lowest 1."),
    "weight_images": ((np.ones((784, 3)), "ABC", 3), "A, B, C"),
    "case_distances": (({"A": 3.0, "C": 1.0, "L": 2.0}, "CL"),
                       "from 1 for C to 3 for A; on average 1.5 in one class in ByMerge, 3 in two"),
    "class_counts": ((np.array([1, 9_000, 5]), ["0", "A", "a"]),
                     "9,000 of the most frequent, A, down to 1 of the rarest, 0."),
    "conversion_steps": ((ink.conversion_steps(BARS),), "28 high and 28 wide."),
    "mosaic": ((np.zeros((2, 28, 28)), ["a", "b"]), "2 images: a, b."),
    "neighbour_distances": (([0, 2.5, 7],), "1 of 3 test images has distance 0"),
    "confusion_matrix": ((np.array([[5, 1, 0], [0, 7, 2], [0, 0, 5]]), ["9", "A", "a"], "images"),
                         "3 classes, images: 85% on the diagonal. Largest other cells: A read as a "
                         "(2), 9 read as A (1)."),
    "image_rows": (([("N / M", IMAGE[None], ["a"]), ("1 / l", IMAGE[:0], [])],),
                   "N / M: a; 1 / l: none."),
    "later_guesses": ((["0 O", "else"], np.array([[3, 0, 1], [2, 1, 3]])),
                      "Of 10 mistakes the second guess is right in 50%, the third in 10%, neither "
                      "in 40%. By kind: 0 O 40%, else 60%."),
    "reliability_diagram": (([("after", metrics.reliability(LABELS, SURE, 10))],), "after 50.0%"),
    "risk_coverage_curve": (([("all", *metrics.risk_coverage(LABELS, SURE)[:2])], (0.5, 0.04), 0.1),
                            "50% of the images are answered, with 4.0% wrong (aim: 10%)"),
    "two_goals": (({"now": (0.86, 0.58)}, [(0.86, 0.58), (0.8, 0.9)], 0.85), "now 86.0% and 58.0%"),
    "ablation": (({"without this": -1.24, "with that": 0.3},), "without this -1.2, with that +0.3"),
    "accuracy_vs_cost": (({"test": {"lenet": Network("E", 250.0, 98_559, 0.87, 0.002),
                                    "tiny": Network("ours", 120.0, 8_031, 0.881, 0.003)}},),
                         "test: tiny, 88.10%"),
    "column_scan": (([(np.eye(30, dtype=np.float32), [(0, 9), (9, 30)], ["k", "i"])],),
                    "2 pieces read as k i."),
    "lattice": ((GROUPS, 2), "2 strokes, each with its best letter: 1 c, 1 to 2 d, 2 l."),
    "numbered_strokes": ((BARS,), "A word in 2 strokes"),
    "photograph": ((np.full((40, 90), 200, np.uint8), [WORD]), "90 by 40 pixels, read as: ll."),
    "word_boxes": (([BARS] * 2, [[WORD], [Word()]]), "read as: ll; nothing."),
    "words_read_right": (({"scan": [0.75, 0.0]}, ["apart", "touching"]),
                         "apart and touching: scan 75% and 0%."),
}  # fmt: skip


def test_every_figure_has_its_example():
    functions = [getattr(plots, name) for name in dir(plots)]
    drawing = {
        function.__name__
        for function in filter(inspect.isfunction, functions)
        if function.__annotations__["return"] is base.Figure
    }
    assert drawing == EXAMPLES.keys()


@pytest.mark.parametrize("name", EXAMPLES)
def test_a_figure_states_its_main_numbers_in_words(name):
    arguments, expected = EXAMPLES[name]
    made = getattr(plots, name)(*arguments)
    assert expected in made.alt
    assert made.alt.endswith(".")
    assert len(made.alt) <= 400
    data, metadata = base.bundle(made)
    assert data["text/plain"] == metadata["image/png"]["alt"] == made.alt


def test_a_figure_without_words_is_not_shown():
    with pytest.raises(ValueError, match="no text alternative"):
        plots.show(plots.new_figure()[0])


def test_long_lists_are_cut():
    made = plots.image_grid([IMAGE] * 300, ["title"] * 300, columns=30)
    assert made.alt.startswith("300 images: title, title")
    assert made.alt.endswith("title and 260 more.")


def test_a_peak_between_the_ends_is_named():
    assert base.trends({"a": [1, 5, 2, 0.5, 2]}) == "a from 1 to 2, highest 5, lowest 0.5"
    assert base.trends({"a": [3]}) == "a 3"
