"""Trainings that Ray hands out come out as those in turn, even where a process was killed."""

import importlib.util
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
BENCHMARKS = ROOT / "benchmarks"
needs_ray = pytest.mark.skipif(
    importlib.util.find_spec("ray") is None, reason='needs Ray: pip install "hwr[cluster]"'
)

# Two systems, on made-up capitals, in two seeds and two epochs. Whoever trains tells of each epoch
# that it begins. With Ray, the process of one run is killed in the middle of the second epoch.
TRAINING = """
import os, signal, sys
from pathlib import Path
import cluster
os.environ.update(cluster.settings())
folder, way = Path(sys.argv[1]), sys.argv[2]

def prepare(name, seed, deadly):
    # In a worker, too: everything here is done again there.
    import systems
    import numpy as np
    from dataclasses import replace
    from hwr import pool, scribe, training
    from hwr.data import Dataset
    systems.CHECKPOINTS = folder / "runs"
    for quick in ("mlp", "small"):
        recipe = replace(systems.RUNS[quick].recipe, epochs=2, batch_size=32)
        systems.RUNS[quick] = replace(systems.RUNS[quick], recipe=recipe)
    images, labels = scribe.dataset(600, 5, "ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    drawn = Dataset("drawn", images, labels, systems.BYCLASS, "made-up")
    parts = [drawn.take(np.arange(*ends)) for ends in ((0, 400), (400, 500), (500, 600))]
    train = replace(parts[0], alphabet=pool.POOL)
    known = pool.Pool(train, parts[1], (replace(parts[2], name="course test"),), 0)

    class Told(training.Batches):
        def __getitem__(self, batch):
            if batch == 0:
                with (folder / "begun").open("a") as file:
                    print(self.recipe.architecture, self.recipe.seed, self.epoch + 1, os.getpid(),
                          file=file)
            killed = folder / "killed"
            if deadly and (name, seed, self.epoch, batch) == ("small", 1, 1, 5):
                if not killed.exists():
                    killed.touch()
                    os.kill(os.getpid(), signal.SIGKILL)
            return super().__getitem__(batch)

    training.Batches = Told
    return systems, known

def work(name, seed):
    systems, known = prepare(name, seed, deadly=True)
    systems.run(name, seed, known, [])

if __name__ == "__main__":
    import json
    if way == "ray":
        runs = [(name, seed) for name in ("small", "mlp") for seed in (0, 1)]
        kept = lambda name, seed: folder / "runs" / name / str(seed)
        cluster.run_all(runs, work, kept, processors=2)
    systems, known = prepare(None, None, deadly=False)
    (folder / "begun").open("a").write("then in turn\\n")
    found = {name: systems.result(name, 2, known, []) for name in ("small", "mlp")}
    (folder / "results.json").write_text(json.dumps(found))
"""
TIMES = {"cpu_seconds", "wall_seconds", "seconds", "milliseconds"}


def without_times(found):
    """Leave out of results what no two runs have in common."""
    if isinstance(found, dict):
        return {key: without_times(one) for key, one in found.items() if key not in TIMES}
    return [without_times(one) for one in found] if isinstance(found, list) else found


def train(folder: Path, way: str) -> tuple[dict, list[str], str]:
    """Run the script; give its results, the epochs begun, and what it printed."""
    folder.mkdir()
    script = folder / "training.py"
    script.write_text(TRAINING)
    surroundings = os.environ | {"PYTHONPATH": os.pathsep.join([str(BENCHMARKS), str(ROOT)])}
    done = subprocess.run(
        [sys.executable, script, folder, way],
        env=surroundings, capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    results = json.loads((folder / "results.json").read_text())
    return without_times(results), (folder / "begun").read_text().splitlines(), done.stdout


@needs_ray
def test_a_killed_training_is_resumed_and_all_come_out_as_in_turn(tmp_path):
    expected, _, _ = train(tmp_path / "serial", "serial")
    found, begun, printed = train(tmp_path / "ray", "ray")
    print(printed, begun)
    assert found == expected
