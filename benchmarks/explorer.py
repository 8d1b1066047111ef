"""Measure how many times a second the Explorer answers while somebody draws.

    python -m benchmarks.explorer [--seconds N]

A pen moves a hundred times a second over the sheet of ``interactive.Explorer``, as a browser
reports it. For each answer the drawing is converted, all layers are computed, all their maps become
pictures, and the terms of a chosen logit are written. The time that a browser takes to show them is
not included. The course's own network has its weights, LeNet random ones, which do not affect the
time.
"""

import argparse
import asyncio
import os
import platform
import re
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from hwr import Ink, interactive, keras, models, synthetic, transfer

MOVES = 100
"""Movements of the pen a second."""
NETWORKS: dict[str, Callable[[], keras.Model]] = {
    "lenet": lambda: models.build("lenet", 47),
    "wide_resnet": transfer.load_pretrained,
}


async def rate(explorer: interactive.Explorer, drawing: Ink, seconds: float) -> tuple[float, float]:
    """Return the answers a second, and the longest pause between two, while the pen is down."""
    path = np.concatenate(explorer.sheet.place(drawing))
    explorer.sheet.clear()
    explorer.sheet.begin(path[0])
    times = [time.perf_counter()]
    explorer.terms.observe(lambda _: times.append(time.perf_counter()), "value")
    for moved in range(1, round(seconds * MOVES)):
        await asyncio.sleep(max(times[0] + moved / MOVES - time.perf_counter(), 0))
        explorer.sheet.extend(path[moved // 2 % len(path)])
    pauses = np.diff(times)
    return len(pauses) / pauses.sum(), pauses.max()


def processor() -> str:
    """Return the processor's name."""
    known = Path("/proc/cpuinfo")  # Linux
    if known.exists() and (found := re.search(r"model name\s*: (.+)", known.read_text("utf-8"))):
        return found[1]
    return platform.processor() or platform.machine()


def main() -> None:
    """Measure and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=10, help="time of drawing (10)")
    seconds = parser.parse_args().seconds
    drawing = synthetic.draw("g", np.random.default_rng(4))
    print(f"Python {platform.python_version()}, {os.cpu_count()} processors: {processor()}")
    print(f"{'':10}{'layers':>8}{'values':>10}{'answers a second':>18}{'longest pause, ms':>20}")
    for name, build in NETWORKS.items():
        explorer = interactive.Explorer(build(), drawing)
        explorer.choose(len(explorer.strips) - 1, (10,))
        answers, pause = asyncio.run(rate(explorer, drawing, seconds))
        values = sum(layer.size for layer in explorer.values)
        layers = len(explorer.strips) - 1
        print(f"{name:10}{layers:8}{values:10,}{answers:18.1f}{1000 * pause:20.0f}", flush=True)


if __name__ == "__main__":
    main()
