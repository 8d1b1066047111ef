"""Start a learner's server in the learner's own account, with limits."""

import os
import pwd
import resource
from collections.abc import Callable
from pathlib import Path
from typing import Any

from jupyterhub.spawner import LocalProcessSpawner, set_user_setuid

from deploy.hub.accounts import account_of, make_account
from deploy.hub.environment import ROOT
from deploy.hub.settings import Settings

NICENESS = 5  # the hub and its proxy have priority
MAX_PROCESSES = 2000  # includes threads, of which TensorFlow has many


class LearnerSpawner(LocalProcessSpawner):
    """Runs a learner's server as ``hwr-NAME``, or in the hub's account if that is shared."""

    settings: Settings

    def __init__(self, *arguments: Any, **keywords: Any) -> None:
        super().__init__(*arguments, **keywords)
        self.settings = Settings.from_environment()

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
        shared, home, memory = self.settings.shared_account, self.home, self.settings.memory
        set_user = None if shared else set_user_setuid(account_of(name))

        def prepare() -> None:
            os.umask(0o077)
            os.nice(NICENESS)
            resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
            # A larger allocation fails with a MemoryError, before the watch has to kill the kernel.
            resource.setrlimit(resource.RLIMIT_DATA, (memory, memory))
            if set_user is not None:  # in a shared account, all learners' processes would count
                resource.setrlimit(resource.RLIMIT_NPROC, (MAX_PROCESSES, MAX_PROCESSES))
                set_user()
            os.chdir(home)

        return prepare

    async def start(self) -> tuple[str, int]:
        """Create the account if it is missing, start the server and return its address."""
        if self.settings.shared_account:
            self.home.mkdir(mode=0o700, parents=True, exist_ok=True)
        else:
            make_account(self.user.name, self.home)
        self.cmd = [self.settings.python, "-m", "jupyterhub.singleuser"]
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
        process = Path("/proc", str(self.pid))
        try:
            owner = process.stat().st_uid
            state = (process / "stat").read_text("utf-8").rpartition(")")[2].split()[0]
        except OSError:
            return False
        if self.settings.shared_account:
            return owner == os.getuid() and state != "Z"
        return owner == pwd.getpwnam(account_of(self.user.name)).pw_uid and state != "Z"


def environment(settings: Settings) -> dict[str, str]:
    """Return the environment variables that are the same for every learner."""
    python = Path(settings.python)
    return {
        "PATH": f"{python.parent}:/usr/local/bin:/usr/bin:/bin",
        "JUPYTERHUB_SINGLEUSER_APP": "extension",
        "JUPYTER_CONFIG_PATH": str(ROOT / "deploy" / "hub" / "server"),
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
