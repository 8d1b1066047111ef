"""Train and test the five published systems and ours on the same images.

    python -m benchmarks.systems [--only NAME ...] [--seeds N] [--ink FILE ...] [--ray [ADDRESS]]
    python -m benchmarks.systems --report

Writes ``benchmarks/systems/results/NAME.json`` and the tables in ``benchmarks/README.md``. An
interrupted training resumes from its last epoch (checkpoints are in ``runs/systems``). Nothing that
is finished is repeated, except the timing of an answer. ``--ink`` names files of drawings, JSON
lines as the pad saves them. ``--report`` only prints the tables.

``--ray`` runs many trainings at once, on all processors of this machine or of the cluster at
ADDRESS (``HOST:PORT``); see ``cluster.py``. The results are identical to the last digit, because
each training uses one thread, or ``OMP_NUM_THREADS``, with and without Ray.

The training set is the pool (``hwr.cli.pool``), which shares no image with any of the tests. The
slices of Letters, which were added to it later, are left out: figures stay comparable.
"""

import argparse
import json
import os
from functools import partial
from pathlib import Path

from benchmarks.systems import cluster

os.environ.update(cluster.settings())  # before NumPy and TensorFlow are imported

from benchmarks.systems import experiment, report, results
from benchmarks.systems.systems import RUNS
from hwr._support.atomic_write import write_text
from hwr.cli import pool


def main() -> None:
    """Train, test and report."""
    parser = argparse.ArgumentParser("benchmarks.systems", description=__doc__.split("\n")[0])
    parser.add_argument("--only", nargs="+", choices=RUNS, metavar="NAME", help=", ".join(RUNS))
    parser.add_argument("--seeds", type=int, help="trainings of each; by default its own number")
    parser.add_argument("--ink", nargs="+", type=Path, default=[], help="drawings, JSON lines")
    parser.add_argument(
        "--ray", nargs="?", const=cluster.HERE, metavar="ADDRESS", help="many at once, with Ray"
    )
    parser.add_argument("--report", action="store_true", help="only print the tables")
    chosen = parser.parse_args()
    if chosen.report:
        print(report.tables())
        return
    images = pool.load(letters=False)
    print(images.describe(), flush=True)
    seeds = {name: chosen.seeds or RUNS[name].seeds for name in chosen.only or RUNS}
    if chosen.ray:  # trains and tests; the loop below then only collects the results
        runs = [(name, seed) for name, count in seeds.items() for seed in range(count)]
        ink = [path.resolve() for path in chosen.ink]
        work = partial(experiment.run_in_worker, ink=ink, description=images.describe())
        cluster.run_all(runs, work, experiment.folder, chosen.ray)
    for name, count in seeds.items():
        print(name, flush=True)
        found = experiment.result(name, count, images, chosen.ink)
        write_text(results.FOLDER / f"{name}.json", json.dumps(found, indent=1) + "\n")
    print(report.tables())
    report.write_readme()


if __name__ == "__main__":
    main()
