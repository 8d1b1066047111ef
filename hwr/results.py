"""The result files of ``benchmarks/systems.py``: their figures, and how sure these are.

A result is the content of one file, a network trained with one or several seeds. Figures are means
over the seeds, in 0..1.
"""

import json
import math
import statistics
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from hwr.plots.systems import Point

Result = dict[str, Any]
ORDER = ("A", "B", "C", "D", "E", "ours", "ablation")


FOLDER = Path(__file__).parent / "results"
"""Where the results that came with the course lie."""


def load(folder: Path = FOLDER) -> dict[str, Result]:
    """Read the result files of a folder by name: the systems in their order, ablations last."""
    found = [json.loads(path.read_text(encoding="utf-8")) for path in folder.glob("*.json")]
    found.sort(key=lambda one: (ORDER.index(one["system"]), one["name"]))
    return {one["name"]: one for one in found}


def takes(result: Result, test: str) -> bool:
    """Whether a network was tested on a test: its alphabet allows it."""
    return test in result["runs"][0]["tests"]


def figures(result: Result, test: str, prior: str | None = None) -> list[dict[str, float]]:
    """Return what each seed's network reached on a test.

    The prior is the one that fits the test, unless another is named: with pen strokes every
    character is equally likely, on EMNIST's sets they come as often as in NIST's forms.
    """
    prior = prior or ("uniform" if test.startswith("ink") else "natural")
    return [run["tests"][test][prior] for run in result["runs"]]


def mean(result: Result, test: str, figure: str, prior: str | None = None) -> float:
    """Return a figure's mean over the seeds."""
    return statistics.mean(one[figure] for one in figures(result, test, prior))


def half_width(result: Result, test: str, figure: str, prior: str | None = None) -> float:
    """Return half of the 95 % interval of a figure's mean over the seeds.

    It holds the uncertainty of the test's images and, with several seeds, that of the training.
    """
    found = figures(result, test, prior)
    share = statistics.mean(one[figure] for one in found)
    of_images = share * (1 - share) / found[0]["n"]
    if figure == "recall":
        of_images = statistics.mean(one["recall_error"] for one in found) ** 2
    of_seeds = statistics.variance(one[figure] for one in found) / len(found) if found[1:] else 0.0
    return 1.96 * math.sqrt(of_images + of_seeds)


def average(result: Result, key: str) -> float:
    """Return the mean over the seeds of what every run has, for example ``'cpu_seconds'``."""
    return float(statistics.mean(run[key] for run in result["runs"]))


def points(results: Mapping[str, Result], test: str) -> dict[str, Point]:
    """Return cost and top-1 accuracy of every network that can take a test, by name."""
    return {
        name: Point(
            result["system"],
            average(result, "cpu_seconds"),
            result["parameters"],
            mean(result, test, "top1"),
            half_width(result, test, "top1"),
        )
        for name, result in results.items()
        if takes(result, test)
    }
