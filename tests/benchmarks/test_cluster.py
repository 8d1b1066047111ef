"""Trainings that Ray hands out come out as those in turn, even where a process was killed."""

import importlib.util
import json
import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from benchmarks.systems import cluster, experiment

ROOT = Path(__file__).parents[2]
needs_ray = pytest.mark.skipif(
    importlib.util.find_spec("ray") is None, reason='needs Ray: pip install "hwr[cluster]"'
)

# A network in two seeds, on made-up images. Whoever trains notes each epoch that begins. A process
# is killed in its second epoch, the other fails at its end. Then the script goes on as the
# benchmark does: in turn, with all that is not done yet. At last it trains everything once more.
TRAINING = """
import json, os, signal, sys
from pathlib import Path
from benchmarks.systems import cluster
os.environ.update(cluster.settings())
folder = Path(sys.argv[1])

def prepare(way):
    # In a worker, too: everything here is done again there.
    import numpy as np
    from dataclasses import replace
    from benchmarks.systems import experiment, systems
    from hwr import training
    from hwr.cli import pool
    from hwr.dataset import Dataset
    experiment.CHECKPOINTS = folder / "runs"
    recipe = replace(systems.RUNS["mlp"].recipe, epochs=2, batch_size=32)
    systems.RUNS["mlp"] = replace(systems.RUNS["mlp"], recipe=recipe)
    rng = np.random.default_rng(5)
    letters = np.tile(np.arange(10, 36), 12)  # A to Z
    dark = rng.integers(0, 256, (len(letters), 28, 28), dtype=np.uint8)
    images = Dataset("noise", dark, letters, systems.BYCLASS, "made-up")
    parts = [images.take(np.arange(*ends)) for ends in ((0, 208), (208, 260), (260, 312))]
    train = replace(parts[0], alphabet=pool.POOL)
    known = pool.Pool(train, parts[1], (replace(parts[2], name="course test"),), 0)

    class Told(training.Batches):
        def __getitem__(self, batch):
            if batch == 0:
                with (folder / "begun").open("a") as file:
                    print(way, self.recipe.seed, self.epoch + 1, os.getpid(), file=file)
            killed = folder / "killed"
            place = (way, self.recipe.seed, self.epoch, batch)
            if place == ("ray", 1, 1, 5) and not killed.exists():
                killed.touch()
                os.kill(os.getpid(), signal.SIGKILL)
            return super().__getitem__(batch)

    training.Batches = Told
    return experiment, known

def work(name, seed):
    experiment, known = prepare("ray")
    experiment.run(name, seed, known, [])
    if seed == 0:
        raise ValueError("an error at the end")

if __name__ == "__main__":
    def kept(name, seed):
        return folder / "runs" / name / str(seed)
    try:
        cluster.run_all([("mlp", 0), ("mlp", 1)], work, kept, processors=2)
    except SystemExit as stopped:
        print(stopped)
    experiment, known = prepare("in turn")
    found = experiment.result("mlp", 2, known, [])
    experiment.CHECKPOINTS = folder / "serial"
    serial = experiment.result("mlp", 2, known, [])
    (folder / "results.json").write_text(json.dumps([found, serial]))
"""
TIMES = {"cpu_seconds", "wall_seconds", "seconds", "milliseconds"}


def without_times(found):
    """Leave out of results what no two runs have in common."""
    if isinstance(found, dict):
        return {key: without_times(one) for key, one in found.items() if key not in TIMES}
    return [without_times(one) for one in found] if isinstance(found, list) else found


@needs_ray
def test_a_killed_training_is_resumed_and_all_come_out_as_in_turn(tmp_path):
    script = tmp_path / "training.py"
    script.write_text(TRAINING)
    surroundings = os.environ | {"PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, script, tmp_path],
        env=surroundings, capture_output=True, text=True, timeout=600, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    found, serial = map(without_times, json.loads((tmp_path / "results.json").read_text()))
    assert found == serial  # SHA-256 of each network's file, history, and figures of its tests
    assert [run["seed"] for run in found["runs"]] == [0, 1]
    assert found["runs"][0]["sha256"] != found["runs"][1]["sha256"]

    # Keras reads batch 0 twice.
    lines = dict.fromkeys((tmp_path / "begun").read_text().splitlines())
    begun = [line.rsplit(maxsplit=3) for line in lines]
    assert (tmp_path / "killed").exists()
    epochs = [tuple(line[:3]) for line in begun]
    again = ("ray", "1", "2")
    every = [(way, seed, epoch) for way in ("ray", "in turn") for seed in "01" for epoch in "12"]
    # The killed one went on at its second epoch, and "in turn" had none to train but the serial.
    assert sorted(epochs) == sorted([*every, again])
    processes = {epoch: {line[3] for line in begun if tuple(line[:3]) == epoch} for epoch in epochs}
    assert [len(processes[epoch]) for epoch in ((*again[:2], "1"), again)] == [1, 2]
    assert len(set.union(*processes.values())) == 4  # one a run, one that took over, the script's

    printed = done.stdout.splitlines()
    assert "mlp, seed 1: epoch 1" in printed
    ends = [line for line in printed if line.endswith(" of 2") and ";" in line]
    assert ends[0].startswith("mlp, seed 0: failed (an error at the end); ")
    assert ends[1] == "mlp, seed 1: done; 2 of 2"
    assert "Not trained: mlp, seed 0. The same command resumes." in printed


def test_without_ray_a_sentence_says_how_to_get_it(monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(SystemExit, match=r'pip install "hwr\[cluster\]"'):
        cluster.start()


@pytest.fixture
def ray(monkeypatch):
    """A Ray that raises its errors one by one before it starts; it keeps each call's options."""
    ray = SimpleNamespace(__spec__="found", errors=[], calls=[])

    def init(**options):
        ray.calls.append(options)
        if ray.errors:
            raise ray.errors.pop()

    ray.init = init
    monkeypatch.setitem(sys.modules, "ray", ray)
    monkeypatch.setattr(os, "environ", dict(os.environ))
    return ray


@pytest.mark.parametrize("failures", [2, 3])
def test_ray_that_does_not_start_is_started_again_but_not_for_ever(failures, ray):
    ray.errors = [RuntimeError("too slow")] * failures
    if failures == 2:
        assert cluster.start(processors=2) is ray
    else:
        with pytest.raises(SystemExit, match="Ray does not start on this machine: too slow"):
            cluster.start(processors=2)
    assert len(ray.calls) == 3
    assert ray.calls[0] == ray.calls[2]


@pytest.mark.parametrize("address", ["127.0.0.1:1", "nowhere"])
def test_a_cluster_that_does_not_answer_is_told_at_once(address, ray):
    with pytest.raises(SystemExit, match=f"No cluster answers at {address}: give HOST:PORT"):
        cluster.start(address)
    assert ray.calls == []


def test_a_machine_without_the_shared_folder_or_with_other_images_trains_nothing(tiny, tmp_path):
    with pytest.raises(FileNotFoundError, match="in a shared folder"):
        cluster.run_if_shared(None, tmp_path / "absent", "small", 0)
    with pytest.raises(
        ValueError, match=r"would learn from .* not from other images: let HWR_EMNIST"
    ):
        experiment.run_in_worker("small", 0, [], "other images")
