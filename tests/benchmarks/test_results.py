"""Means over seeds, and what their intervals hold."""

import json

import numpy as np
import pytest

from benchmarks.systems import results


def made(accuracies: list[float], n: int = 10_000) -> dict:
    figures = [{"n": n, "top1": share, "recall": share, "recall_error": 0.01, "top3": share,
                "ece": 0.01, "accuracy_at_90_coverage": share} for share in accuracies]  # fmt: skip
    return {"runs": [{"cpu_seconds": 3, "tests": {"mnist": {"natural": one}}} for one in figures]}


def test_intervals_hold_the_tests_images_and_the_seeds():
    one, same = made([0.9]), made([0.9, 0.9])
    assert results.half_width(one, "mnist", "top1") == pytest.approx(1.96 * 0.003)
    assert results.half_width(same, "mnist", "top1") == pytest.approx(1.96 * 0.003)
    assert results.half_width(one, "mnist", "recall") == pytest.approx(1.96 * 0.01)
    spread = made([0.89, 0.91])  # variance of the mean: 0.0001
    expected = 1.96 * np.sqrt(0.003**2 + 0.0001)
    assert results.half_width(spread, "mnist", "top1") == pytest.approx(expected)
    assert results.mean(spread, "mnist", "top1") == pytest.approx(0.9)


def test_they_are_read_in_the_systems_order_and_give_points(tmp_path):
    for name, system in (("one", "ours"), ("two", "E"), ("three", "ablation")):
        result = made([0.8, 0.9]) | {"name": name, "system": system, "parameters": 7}
        (tmp_path / f"{name}.json").write_text(json.dumps(result))
    read = results.load(tmp_path)
    assert list(read) == ["two", "one", "three"]
    point = results.points(read, "mnist")["two"]
    assert (point.system, point.parameters, point.cpu_seconds) == ("E", 7, 3.0)
    assert point.accuracy == pytest.approx(0.85)
    assert results.points(read, "bymerge") == {}
