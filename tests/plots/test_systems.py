"""The pictures of what accuracy costs show what they are given."""

import itertools
from typing import NamedTuple

from hwr.plots import systems


class Network(NamedTuple):
    system: str
    cpu_seconds: float
    parameters: int
    accuracy: float
    half_width: float


def test_every_network_stands_at_its_cost_and_accuracy():
    points = {
        "lenet": Network("E", 250.0, 98_559, 0.87, 0.002),
        "tiny": Network("ours", 120.0, 8_031, 0.88, 0.003),
    }
    made = systems.accuracy_vs_cost({"one test": points, "another": {"tiny": points["tiny"]}})
    time, size, *_ = made.axes
    assert len(made.axes) == 4
    assert [text.get_text() for text in time.texts] == ["E", "tiny"]
    assert [tuple(text.xy) for text in time.texts] == [(250.0, 0.87), (120.0, 0.88)]
    assert [tuple(text.xy) for text in size.texts] == [(98_559, 0.87), (8_031, 0.88)]
    assert time.get_title() == "one test"
    assert made.alt.endswith("best: one test, tiny; another, tiny.")
    assert time.get_xscale() == size.get_xscale() == "log"


def test_no_name_hides_another_or_a_point():
    near = {
        "lenet": Network("E", 250.0, 98_559, 0.870, 0.002),
        "tiny": Network("ours", 400.0, 8_031, 0.871, 0.002),
        "quick_resnet": Network("ours", 500.0, 341_039, 0.900, 0.002),
        "wide_resnet": Network("ours", 900.0, 794_879, 0.899, 0.002),
    }
    made = systems.accuracy_vs_cost({"one test": near})
    for ax in made.axes:
        boxes = [text.get_window_extent() for text in ax.texts]
        assert len(boxes) == 4
        for first, second in itertools.combinations(boxes, 2):
            assert not first.overlaps(second)
        spots = ax.transData.transform([text.xy for text in ax.texts])
        assert not any(box.contains(*spot) for box in boxes for spot in spots)


def test_steps_are_bars_to_either_side_with_their_values():
    made = systems.ablation({"without this": -1.24, "with that": 0.3})
    ax = made.axes[0]
    assert [bar.get_width() for bar in ax.patches] == [-1.24, 0.3]
    assert [text.get_text() for text in ax.texts] == [" -1.2 ", " +0.3 "]
    assert made.alt == "Percentage points gained or lost: without this -1.2; with that +0.3."
