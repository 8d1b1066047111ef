"""Many trainings at once: each is a task of Ray (https://docs.ray.io), here or on a cluster.

Ray distributes the tasks and restarts one whose process was killed, which then resumes from its
checkpoint. Checkpoints and trained networks are in ``runs``, as without Ray. Every machine of a
cluster must therefore see this checkout, with ``.venv`` and EMNIST, in a shared folder at one path.
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
"""A system's name and a seed."""
Work = Callable[[str, int], None]
HERE = "local"
RETRIES = 3
STARTS = 3
"""Attempts to start Ray, which gives up if one of its processes has to wait for 15 s
(https://github.com/ray-project/ray/issues/65983)."""
SETTINGS_OF_RAY = {
    "RAY_USAGE_STATS_ENABLED": "0",  # do not report usage to Ray's makers
    "RAY_agent_register_timeout_ms": "300000",  # a busy machine needs more than Ray's 30 s to start
    "RAY_raylet_start_wait_time_s": "60",
    "RAY_prestart_worker_first_driver": "0",  # idle workers without a training's settings
}
LOOPBACK_ONLY = {"RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER": "0"}
"""Without a cluster, Ray listens on loopback only; this works on Linux, too."""


def settings() -> dict[str, str]:
    """Return the environment variables that make a training's weights reproducible.

    The number of threads that share a sum decides its last digits: one, or ``OMP_NUM_THREADS``.
    NumPy and TensorFlow read these variables when they are imported.
    """
    threads = os.environ.get("OMP_NUM_THREADS", "1")
    return {
        "OMP_NUM_THREADS": threads,
        "TF_NUM_INTRAOP_THREADS": threads,
        "TF_NUM_INTEROP_THREADS": threads,
        "TF_DETERMINISTIC_OPS": "1",
    }


def run_all(
    runs: Sequence[Run],
    work: Work,
    folder: Callable[[str, int], Path],
    address: str = HERE,
    processors: int | None = None,
) -> None:
    """Do every run as a task of Ray and print the progress.

    Parameters
    ----------
    work : callable
        Does one run, in a worker.
    folder : callable
        Returns the folder of a run's checkpoint.
    address : str
        Of a cluster, ``HOST:PORT``; by default Ray starts on this machine and stops at the end.
    processors : int, optional
        Number of this machine's processors to use; by default all.

    Raises
    ------
    SystemExit
        If Ray is not installed, the cluster does not answer, a run failed, or Ctrl-C was pressed.
    """
    runs = list(
        {folder(*run): run for run in runs}.values()
    )  # the shipped one is one run for all seeds
    shared = folder(*runs[0]).parent
    shared.mkdir(parents=True, exist_ok=True)
    ray = start(address, processors)
    try:
        with tempfile.NamedTemporaryFile(dir=shared, prefix="shared-") as mark:
            task = ray.remote(
                num_cpus=int(settings()["OMP_NUM_THREADS"]),
                max_retries=RETRIES,  # if a worker is killed; an error would only be repeated
                max_calls=1,  # one process for each run, which frees all its memory
            )(run_if_shared)
            where = Path(mark.name)
            _wait(ray, {task.remote(work, where, *run): run for run in runs}, folder)
    except KeyboardInterrupt:
        raise SystemExit("Stopped. Checkpoints are kept: the same command resumes.") from None
    finally:
        ray.shutdown()


def start(address: str = HERE, processors: int | None = None) -> Any:
    """Return the module ``ray``, connected to a cluster or started on this machine."""
    if importlib.util.find_spec("ray") is None:
        raise SystemExit('Ray is not installed: pip install "hwr[cluster]", or leave out --ray.')
    os.environ |= SETTINGS_OF_RAY | (LOOPBACK_ONLY if address == HERE else {})
    if address != HERE:
        _require_answer(address)
    import ray

    own = {name: value for name, value in os.environ.items() if name.startswith("HWR_")}
    options: dict[str, Any] = {"address": address}
    if address == HERE:
        options |= {"include_dashboard": False, "num_cpus": processors}
        options["object_store_memory"] = 100_000_000  # nothing is stored there
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


def run_if_shared(work: Work, mark: Path, name: str, seed: int) -> None:
    """Do one run, or raise a FileNotFoundError if this machine does not see the shared folder."""
    if not mark.exists():
        raise FileNotFoundError(
            f"{socket.gethostname()} does not see {mark.parent}: every machine of the cluster "
            "needs this checkout in a shared folder, at the same path."
        )
    work(name, seed)


def _wait(ray: Any, tasks: dict[Any, Run], folder: Callable[[str, int], Path]) -> None:
    """Wait for all tasks; print each one that ends, and each epoch that the others finish."""
    failed: list[str] = []
    running = dict(tasks)
    printed = {run: _epochs(folder(*run)) for run in tasks.values()}
    while running:
        for ended in ray.wait(list(running), timeout=2)[0]:
            name, seed = running.pop(ended)
            how = "done"
            try:
                ray.get(ended)
            except ray.exceptions.RayError as error:
                how = f"failed ({getattr(error, 'cause', None) or error})"
                failed.append(f"{name}, seed {seed}")
            count = len(tasks) - len(running)
            print(f"{name}, seed {seed}: {how}; {count} of {len(tasks)}", flush=True)
        for run in running.values():
            epoch = _epochs(folder(*run))
            if epoch > printed[run]:
                printed[run] = epoch
                print(f"{run[0]}, seed {run[1]}: epoch {epoch}", flush=True)
    if failed:
        raise SystemExit(f"Not trained: {'; '.join(failed)}. The same command resumes.")


def _epochs(folder: Path) -> int:
    """Return the number of epochs that a training has finished."""
    state = folder / "state.json"
    return len(json.loads(state.read_text(encoding="utf-8"))["history"]) if state.exists() else 0
