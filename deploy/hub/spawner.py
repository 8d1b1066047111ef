"""Start a learner's server in the learner's own account, with limits."""

import os
import pwd
import resource
from collections.abc import Callable
from pathlib import Path

import psutil
from jupyterhub.spawner import LocalProcessSpawner, set_user_setuid

from deploy.hub.accounts import account_of, make_account
from deploy.hub.environment import ROOT
from deploy.hub.processes import owner
from deploy.hub.settings import Settings

NICENESS = 5  # the hub and its proxy have priority
MAX_PROCESSES = 2000  # includes threads, of which TensorFlow has many


class LearnerSpawner(LocalProcessSpawner):
    """Runs a learner's server as ``hwr-NAME``."""

    @property
    def settings(self) -> Settings:
        """The hub's settings."""
        return Settings.from_environment()

    @property
    def home(self) -> Path:
        """The learner's home."""
        return self.settings.home(self.user.name)

    def user_env(self, env: dict[str, str]) -> dict[str, str]:
        """Return the environment variables, with those that depend on the learner."""
        course = self.home / "course"
        own = {"HOME": self.home, "HWR_COURSE": course, "JUPYTER_RUNTIME_DIR": self.home / ".run"}
        env |= {name: str(path) for name, path in own.items()}
        return env | {"USER": self.user.name, "SHELL": "/bin/sh"} | self.settings.to_environment()

    def make_preexec_fn(self, name: str) -> Callable[[], None]:
        """Return the function that a new process calls before it runs the server."""
        memory, set_user = self.settings.memory, set_user_setuid(account_of(name))

        def prepare() -> None:
            os.umask(0o077)
            os.nice(NICENESS)
            resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
            # A larger allocation fails with a MemoryError, before the hub has to stop the kernel.
            resource.setrlimit(resource.RLIMIT_DATA, (memory, memory))
            resource.setrlimit(resource.RLIMIT_NPROC, (MAX_PROCESSES, MAX_PROCESSES))
            set_user()

        return prepare

    async def start(self) -> tuple[str, int]:
        """Create the account if it is missing, start the server and return its address."""
        make_account(self.user.name, self.home)
        address: tuple[str, int] = await super().start()
        return address

    async def poll(self) -> int | None:
        """Return None if the server runs, else its exit status.

        A restarted hub knows only the process id. The process may have ended without being
        waited for, or the id may belong to another process by now; the base class ignores that.
        """
        status: int | None = await super().poll()
        if status is None and self.proc is None and not self._is_ours():
            self.clear_state()
            return 0
        return status

    def _is_ours(self) -> bool:
        uid = pwd.getpwnam(account_of(self.user.name)).pw_uid
        return psutil.pid_exists(self.pid) and owner(psutil.Process(self.pid)) == uid


def environment(settings: Settings) -> dict[str, str]:
    """Return the environment variables that are the same for every learner."""
    python, server = Path(settings.python), ROOT / "deploy" / "hub" / "server"
    return {
        "PATH": f"{python.parent}:/usr/local/bin:/usr/bin:/bin",
        "JUPYTERHUB_SINGLEUSER_APP": "extension",
        "JUPYTER_CONFIG_PATH": str(server),
        "PYTHONSTARTUP": str(server / "startup.py"),
        "JUPYTER_PREFER_ENV_PATH": "1",
        "PYTHONDONTWRITEBYTECODE": "1",  # learners cannot write to the course's folder
        "HWR_OFFLINE": "1",
        "HWR_EMNIST": settings.emnist,
        # Many learners share a core: more threads would only compete.
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "TF_NUM_INTRAOP_THREADS": "2",
        "TF_NUM_INTEROP_THREADS": "2",
        "MALLOC_ARENA_MAX": "2",
        "TF_CPP_MIN_LOG_LEVEL": "2",
    }
