"""The result files of ``python -m benchmarks.systems``: their figures and confidence intervals.

A result is the content of one file: a network with one or several seeds. Shares lie in 0..1.
"""

import json
import math
import statistics
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

Result = dict[str, Any]
ORDER = ("A", "B", "C", "D", "E", "ours", "ablation")
FOLDER = Path(__file__).parent / "results"
"""The results that come with the course."""


class Point(NamedTuple):
    """One network's cost and accuracy on one test.

    ``system`` is the letter of its system, or ``'ours'``; ``half_width`` is half of the 95 %
    interval of the accuracy.
    """

    system: str
    cpu_seconds: float
    parameters: int
    accuracy: float
    half_width: float


def load(folder: Path = FOLDER) -> dict[str, Result]:
    """Return the results in a folder by name, ordered by system, ablations last."""
    found = [json.loads(path.read_text(encoding="utf-8")) for path in folder.glob("*.json")]
    found.sort(key=lambda one: (ORDER.index(one["system"]), one["name"]))
    return {one["name"]: one for one in found}


def has_test(result: Result, test: str) -> bool:
    """Return whether a network took a test, which depends on its alphabet."""
    return test in result["runs"][0]["tests"]


def figures(result: Result, test: str, prior: str | None = None) -> list[dict[str, float]]:
    """Return the figures of a test for each seed.

    By default, the prior is the one that fits the test: uniform for pen strokes, where every
    character is equally frequent, and natural for EMNIST.
    """
    prior = prior or ("uniform" if test.startswith(("ink", "pens")) else "natural")
    return [run["tests"][test][prior] for run in result["runs"]]


def mean(result: Result, test: str, figure: str, prior: str | None = None) -> float:
    """Return the mean of a figure over the seeds."""
    return statistics.mean(one[figure] for one in figures(result, test, prior))


def half_width(result: Result, test: str, figure: str, prior: str | None = None) -> float:
    """Return half of the 95 % interval of a figure's mean over the seeds.

    It covers the sampling of the test images and, with several seeds, the variation between
    trainings.
    """
    found = figures(result, test, prior)
    share = statistics.mean(one[figure] for one in found)
    of_images = share * (1 - share) / found[0]["n"]
    if figure == "recall":
        of_images = statistics.mean(one["recall_error"] for one in found) ** 2
    of_seeds = statistics.variance(one[figure] for one in found) / len(found) if found[1:] else 0.0
    return 1.96 * math.sqrt(of_images + of_seeds)


def average(result: Result, key: str) -> float:
    """Return the mean over the seeds of a value that every run has, such as ``'cpu_seconds'``."""
    return float(statistics.mean(run[key] for run in result["runs"]))


def points(results: Mapping[str, Result], test: str) -> dict[str, Point]:
    """Return cost and top-1 accuracy of every network that took a test, by name."""
    return {
        name: Point(
            result["system"],
            average(result, "cpu_seconds"),
            result["parameters"],
            mean(result, test, "top1"),
            half_width(result, test, "top1"),
        )
        for name, result in results.items()
        if has_test(result, test)
    }
