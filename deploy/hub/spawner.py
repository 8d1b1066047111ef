"""Start a learner's server in the learner's own account, with walls and limits."""

import os
import pwd
import resource
import socket
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import psutil
from jupyterhub.spawner import LocalProcessSpawner, set_user_setuid

from deploy.hub import walls
from deploy.hub.accounts import account_of, make_account
from deploy.hub.environment import ROOT
from deploy.hub.settings import Settings

NICENESS = 5  # the hub and its proxy have priority
TEMPORARY = 4  # of the memory, this part is added for /tmp and /dev/shm
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
        memory = self.settings.memory
        set_user = set_user_setuid(account_of(name)) if self.settings.no_walls else None

        def prepare() -> None:
            os.umask(0o077)
            os.nice(NICENESS)
            resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
            # A larger allocation fails with a MemoryError, before the hub has to stop the kernel.
            resource.setrlimit(resource.RLIMIT_DATA, (memory, memory))
            resource.setrlimit(resource.RLIMIT_NPROC, (MAX_PROCESSES, MAX_PROCESSES))
            if set_user:  # else setpriv does, when the walls stand
                set_user()

        return prepare

    async def start(self) -> tuple[str, int]:
        """Create the account if it is missing, start the server and return its address."""
        make_account(self.user.name, self.home)
        self.cmd = [self.settings.python, "-m", "jupyterhub.singleuser"]
        if self.settings.no_walls:
            return await super().start()
        account = pwd.getpwnam(account_of(self.user.name))
        size = self.settings.memory // TEMPORARY
        self.cmd = [*walls.command(size, account.pw_uid, account.pw_gid), *self.cmd]
        with socket.create_server(("127.0.0.1", 0)) as port:
            self.port = port.getsockname()[1]
            number = port.fileno()
            self.environment = {**self.environment, walls.VARIABLE: str(number)}
            self.popen_kwargs = {"pass_fds": [number], "cwd": self.home}
            return await super().start()

    async def poll(self) -> int | None:
        """Return None if the server runs, else its exit status.

        A restarted hub knows only the process id. The process may have ended without being
        waited for, or the id may belong to another process by now; the base class ignores that.
        """
        status: int | None = await super().poll()
        if status is not None or self.proc is not None:
            return status
        with suppress(psutil.NoSuchProcess):
            if psutil.Process(self.pid).environ().get("HOME") == str(self.home):
                return None
        self.clear_state()
        return 0


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
