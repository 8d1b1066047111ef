"""Trainings that Ray hands out come out as those in turn, even where a process was killed."""

import importlib.util
import json
import os
import subprocess
import sys
from pathlib import Path

import cluster
import pytest

ROOT = Path(__file__).parent.parent
BENCHMARKS = ROOT / "benchmarks"
needs_ray = pytest.mark.skipif(
    importlib.util.find_spec("ray") is None, reason='needs Ray: pip install "hwr[cluster]"'
)

# Two systems, one in two seeds, on made-up capitals. Whoever trains notes each epoch that begins.
# With Ray, a process is killed in the middle of its second epoch, and at the end the script goes on
# as systems.py does: in turn, with all that is not done yet.
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
    if name == "unknown":
        raise ValueError("no such system")
    systems, known = prepare(name, seed, deadly=True)
    systems.run(name, seed, known, [])

if __name__ == "__main__":
    import json
    counts = {"small": 2, "mlp": 1}
    if way == "ray":
        runs = [(name, seed) for name in counts for seed in range(counts[name])]
        kept = lambda name, seed: folder / "runs" / name / str(seed)
        try:
            cluster.run_all([("unknown", 0), *runs], work, kept, processors=2)
        except SystemExit as stopped:
            print(stopped)
        (folder / "begun").open("a").write("now in turn\\n")
    systems, known = prepare(None, None, deadly=False)
    found = {name: systems.result(name, counts[name], known, []) for name in counts}
    (folder / "results.json").write_text(json.dumps(found))
"""
TIMES = {"cpu_seconds", "wall_seconds", "seconds", "milliseconds"}


def without_times(found):
    """Leave out of results what no two runs have in common."""
    if isinstance(found, dict):
        return {key: without_times(one) for key, one in found.items() if key not in TIMES}
    return [without_times(one) for one in found] if isinstance(found, list) else found


def train(folder: Path, way: str) -> tuple[dict, list[list[str]], str]:
    """Run the script; give its results, the epochs begun, and what it printed."""
    folder.mkdir()
    script = folder / "training.py"
    script.write_text(TRAINING)
    surroundings = os.environ | {"PYTHONPATH": os.pathsep.join([str(BENCHMARKS), str(ROOT)])}
    done = subprocess.run(
        [sys.executable, script, folder, way],
        env=surroundings, capture_output=True, text=True, timeout=600, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    lines = dict.fromkeys((folder / "begun").read_text().splitlines())  # Keras reads batch 0 twice
    results = json.loads((folder / "results.json").read_text())
    return without_times(results), [line.split() for line in lines], done.stdout


@needs_ray
def test_a_killed_training_is_resumed_and_all_come_out_as_in_turn(tmp_path):
    expected, _, _ = train(tmp_path / "serial", "serial")
    found, begun, printed = train(tmp_path / "ray", "ray")
    assert found == expected  # SHA-256 of each network's file, history, and figures of its tests
    assert [run["seed"] for run in found["small"]["runs"]] == [0, 1]

    assert (tmp_path / "ray" / "killed").exists()
    assert begun.pop() == ["now", "in", "turn"]  # and there was nothing left to train
    epochs = [(name, seed, epoch) for name, seed, epoch, _ in begun]
    again = ("small", "1", "2")
    every = [(*run, epoch) for run in (("mlp", "0"), ("small", "0"), ("small", "1"))
             for epoch in "12"]  # fmt: skip
    assert sorted(epochs) == sorted([*every, again])  # the killed one went on at its second epoch
    processes = {epoch: {line[3] for line in begun if tuple(line[:3]) == epoch} for epoch in epochs}
    assert [len(processes[epoch]) for epoch in ((*again[:2], "1"), again)] == [1, 2]
    assert len(set.union(*processes.values())) == 4  # one a run, and one that took over

    lines = printed.splitlines()
    assert "small, seed 0: epoch 1 of 2" in lines or "small, seed 0: epoch 2 of 2" in lines
    assert [line for line in lines if " of 4" in line][-1].endswith(": done; 4 of 4")
    assert any(line.startswith("unknown, seed 0: failed (no such system); ") for line in lines)
    assert "Not trained: unknown, seed 0. The same command goes on." in lines


def test_without_ray_a_sentence_says_how_to_get_it(monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(SystemExit, match=r'pip install "hwr\[cluster\]"'):
        cluster._started(cluster.HERE, None)


@pytest.mark.parametrize("address", ["127.0.0.1:1", "nowhere"])
def test_a_cluster_that_does_not_answer_is_told_at_once(address):
    with pytest.raises(SystemExit, match=f"No cluster answers at {address}: give HOST:PORT"):
        cluster._require_answer(address)


def test_a_machine_without_the_shared_folder_or_with_other_images_trains_nothing(tiny, tmp_path):
    with pytest.raises(FileNotFoundError, match="in a shared folder"):
        cluster._checked(None, tmp_path / "absent", "small", 0)
    with pytest.raises(
        ValueError, match=r"would learn from .* not from other images: let HWR_EMNIST"
    ):
        cluster.train("small", 0, [], "other images")
