"""Many trainings at once: each a task of Ray (https://docs.ray.io), here or on a cluster.

Ray hands out the tasks, and starts one again whose process was killed; it then goes on from its
checkpoint. Checkpoints and trained networks lie in ``runs``, as without Ray. On a cluster every
machine must therefore see this checkout, with ``.venv`` and EMNIST, in a shared folder at one path.
"""

import importlib.util
import json
import os
import socket
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

Run = tuple[str, int]
"""A system's name, and a seed."""
Work = Callable[[str, int], None]
HERE = "local"
RETRIES = 3
STARTS = 3
"""How often Ray may try to start: it gives up where the machine lets one of its processes wait 15 s
(https://github.com/ray-project/ray/issues/65983)."""
SETTINGS_OF_RAY = {
    "RAY_USAGE_STATS_ENABLED": "0",  # or it reports to its makers what it is used for
    "RAY_agent_register_timeout_ms": "300000",  # a busy machine needs more than its 30 s to start
    "RAY_raylet_start_wait_time_s": "60",
    "RAY_prestart_worker_first_driver": "0",  # these would lack a training's settings, and idle
}
ALONE = {"RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER": "0"}
"""Without a cluster Ray listens on loopback only; on Linux, too."""


def settings() -> dict[str, str]:
    """Return the environment in which a training ends with the same weights wherever it runs.

    Among how many threads a sum is shared decides its last digits. There is one, or as many as
    ``OMP_NUM_THREADS`` says. NumPy and TensorFlow read all this as they are imported.
    """
    threads = os.environ.get("OMP_NUM_THREADS", "1")
    return {
        "OMP_NUM_THREADS": threads,
        "TF_NUM_INTRAOP_THREADS": threads,
        "TF_NUM_INTEROP_THREADS": threads,
        "TF_DETERMINISTIC_OPS": "1",
    }


def train(name: str, seed: int, ink: Sequence[Path], images: str) -> None:
    """Train and test a system with one seed, in a worker.

    Raises
    ------
    ValueError
        If the worker finds other images than ``images`` describes.
    """
    from hwr.cli import pool

    known = pool.load()
    if known.describe() != images:
        raise ValueError(
            f"{socket.gethostname()} would learn from {known.describe()}, not from {images}: "
            "let HWR_EMNIST name an archive that all machines see."
        )
    import systems  # here, not above: systems.py imports this module

    systems.run(name, seed, known, ink)


def run_all(
    runs: Sequence[Run],
    work: Work,
    folder: Callable[[str, int], Path],
    address: str = HERE,
    processors: int | None = None,
) -> None:
    """Do every run as a task of Ray, and say how far each is.

    Parameters
    ----------
    runs : sequence of (str, int)
    work : callable
        Does one run, in a worker.
    folder : callable
        Gives where a run keeps its checkpoint.
    address : str
        Of a cluster, ``HOST:PORT``; by default Ray starts on this machine, and stops at the end.
    processors : int, optional
        How many it uses of this machine; by default all.

    Raises
    ------
    SystemExit
        If Ray is not installed, the cluster does not answer, a run failed, or Ctrl-C was pressed.
    """
    runs = list({folder(*run): run for run in runs}.values())  # "resnet" is one, of any seed
    shared = folder(*runs[0]).parent
    shared.mkdir(parents=True, exist_ok=True)
    ray = _started(address, processors)
    try:
        with tempfile.NamedTemporaryFile(dir=shared, prefix="shared-") as mark:
            task = ray.remote(
                num_cpus=int(settings()["OMP_NUM_THREADS"]),
                max_retries=RETRIES,  # of a worker that was killed; an error would only come again
                max_calls=1,  # a process for each run, which gives all its memory back
            )(_checked)
            where = Path(mark.name)
            _wait(ray, {task.remote(work, where, *run): run for run in runs}, folder)
    except KeyboardInterrupt:
        raise SystemExit("Stopped. What is trained is kept: the same command goes on.") from None
    finally:
        ray.shutdown()


def _started(address: str, processors: int | None) -> Any:
    """Return the module ``ray``, connected to the cluster or to one of its own on this machine."""
    if importlib.util.find_spec("ray") is None:
        raise SystemExit('Ray is not installed: pip install "hwr[cluster]", or leave out --ray.')
    os.environ |= SETTINGS_OF_RAY | (ALONE if address == HERE else {})
    import ray

    own = {name: value for name, value in os.environ.items() if name.startswith("HWR_")}
    options: dict[str, Any] = {"address": address}
    if address == HERE:
        options |= {"include_dashboard": False, "num_cpus": processors}
        options["object_store_memory"] = 100_000_000  # nothing is kept there
    else:
        _require_answer(address)
    for left in reversed(range(STARTS if address == HERE else 1)):
        try:
            ray.init(
                **options,
                runtime_env={"env_vars": own | settings()},
                log_to_driver=False,
                logging_level="ERROR",
            )
            break
        except Exception as error:  # Ray raises plain ones, too
            if not left:
                where = "on this machine" if address == HERE else f"or join {address}"
                raise SystemExit(f"Ray does not start {where}: {error}") from None
    return ray


def _require_answer(address: str) -> None:
    # Ray itself would try for minutes.
    host, _, port = address.rpartition(":")
    try:
        socket.create_connection((host, int(port)), timeout=5).close()
    except (OSError, ValueError):
        raise SystemExit(
            f"No cluster answers at {address}: give HOST:PORT of the machine on which "
            "'ray start --head' runs (its port is 6379), or --ray alone for this machine."
        ) from None


def _checked(work: Work, mark: Path, name: str, seed: int) -> None:
    if not mark.exists():
        raise FileNotFoundError(
            f"{socket.gethostname()} does not see {mark.parent}: every machine of the cluster "
            "needs this checkout in a shared folder, at the same path."
        )
    work(name, seed)


def _wait(ray: Any, tasks: dict[Any, Run], folder: Callable[[str, int], Path]) -> None:
    """Wait for all tasks; say what has ended, and of those under way each epoch that has."""
    failed: list[str] = []
    under_way = dict(tasks)
    told = {run: _epochs(folder(*run))[0] for run in tasks.values()}
    while under_way:
        for ended in ray.wait(list(under_way), timeout=2)[0]:
            name, seed = under_way.pop(ended)
            how = "done"
            try:
                ray.get(ended)
            except ray.exceptions.RayError as error:
                how = f"failed ({getattr(error, 'cause', None) or error})"
                failed.append(f"{name}, seed {seed}")
            count = len(tasks) - len(under_way)
            print(f"{name}, seed {seed}: {how}; {count} of {len(tasks)}", flush=True)
        for run in under_way.values():
            epoch, epochs = _epochs(folder(*run))
            if epoch > told[run]:
                told[run] = epoch
                print(f"{run[0]}, seed {run[1]}: epoch {epoch} of {epochs}", flush=True)
    if failed:
        raise SystemExit(f"Not trained: {'; '.join(failed)}. The same command goes on.")


def _epochs(folder: Path) -> tuple[int, int]:
    """Return how many epochs a training has finished, and how many it has at most."""
    state = folder / "state.json"
    if not state.exists():
        return 0, 0
    known = json.loads(state.read_text(encoding="utf-8"))
    return len(known["history"]), known["training"]["recipe"]["epochs"]
