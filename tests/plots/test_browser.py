"""The figures of the lesson on the browser show what they are given."""

import numpy as np

from hwr.plots import browser
from hwr.plots.base import png


def test_each_whole_number_has_its_bar():
    made = browser.quantized_weights(np.array([[-127, 0, 0], [3, 127, 0]], np.int8))
    [ax] = made.axes
    assert made.alt == "6 whole numbers: 67% lie between -32 and 32."
    heights = {round(bar.get_x() + 0.5): bar.get_height() for bar in ax.patches}
    assert len(heights) == 255
    assert {n: h for n, h in heights.items() if h} == {-127: 1, 0: 3, 3: 1, 127: 1}


def test_a_shared_scale_leaves_a_small_filter_few_steps():
    filters = {"large": np.array([-2.1, 0.4]), "small": np.array([0.4, 0.1])}
    figure = browser.quantization_steps(filters, bits=4)
    lines = [len(ax.collections[0].get_segments()) for ax in figure.axes]
    assert lines == [15, 15, 3, 15]  # 2.1 / 7 = 0.3: only -0.3, 0 and 0.3 are near the small one
    assert "large (up to 2.1) 15 and 15; small (up to 0.4) 3 and 15" in figure.alt
    assert png(figure)


def test_changed_answers_stand_at_their_bits():
    shares = {"layer": {8: 0.0, 4: 0.04}, "filter": {8: 0.0, 4: 0.02}}
    made = browser.changed_answers(shares)
    [ax] = made.axes
    assert "8 to 4 bits: layer from 0.0% to 4.0%, within 0.0% to 4.0%; filter" in made.alt
    drawn = [dict(line.get_xydata().tolist()) for line in ax.lines]
    assert drawn == list(shares.values())
    low, high = ax.get_ylim()
    assert low <= 0
    assert high >= 1


def test_leads_are_counted_and_twice_each_tolerance_is_marked():
    made = browser.lead_histogram(np.array([0.0, 1e-4, 0.3, 0.9]), {"a": 1e-5, "b": 1e-3})
    [ax] = made.axes
    assert made.alt == "4 leads; below twice each tolerance: a 1; b 2."
    assert sum(bar.get_height() for bar in ax.patches) == 4  # a tie has a bar, too
    assert [line.get_xdata()[0] for line in ax.lines] == [2e-5, 2e-3]
