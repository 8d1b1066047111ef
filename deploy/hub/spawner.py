"""Starts a learner's server: in an account of its own, lean, with limits."""

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

NICER = 5  # the hub and its proxy come first
PROCESSES = 2000  # threads count too, and TensorFlow has many


class LearnerSpawner(LocalProcessSpawner):
    """Runs a learner's server as ``hwr-NAME``; in the hub's own account where it is told to."""

    settings: Settings

    def __init__(self, *arguments: Any, **keywords: Any) -> None:
        super().__init__(*arguments, **keywords)
        self.settings = Settings.from_environment()

    @property
    def home(self) -> Path:
        """Where the learner's files lie."""
        return self.settings.home(self.user.name)

    def user_env(self, env: dict[str, str]) -> dict[str, str]:
        """Add what depends on the learner."""
        course = self.home / "course"
        own = {"HOME": self.home, "HWR_COURSE": course, "JUPYTER_RUNTIME_DIR": self.home / ".run"}
        env |= {name: str(path) for name, path in own.items()}
        return env | {"USER": self.user.name, "SHELL": "/bin/sh"} | self.settings.to_environment()

    def make_preexec_fn(self, name: str) -> Callable[[], None]:
        """Return what the server's process does before it becomes the server."""
        shared, home, memory = self.settings.shared_account, self.home, self.settings.memory
        become = None if shared else set_user_setuid(account_of(name))

        def prepare() -> None:
            os.umask(0o077)
            os.nice(NICER)
            resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
            # An allocation beyond it fails, and Python says so, before the watch has to kill.
            resource.setrlimit(resource.RLIMIT_DATA, (memory, memory))
            if become is not None:  # in a shared account it would count everybody's
                resource.setrlimit(resource.RLIMIT_NPROC, (PROCESSES, PROCESSES))
                become()
            os.chdir(home)

        return prepare

    async def start(self) -> tuple[str, int]:
        """Make the account where it lacks, and start the server."""
        if self.settings.shared_account:
            self.home.mkdir(mode=0o700, parents=True, exist_ok=True)
        else:
            make_account(self.user.name, self.home)
        self.cmd = [self.settings.python, "-m", "jupyterhub.singleuser"]
        address: tuple[str, int] = await super().start()
        return address

    async def poll(self) -> int | None:
        """Tell whether the server runs, as the base class does, and not be misled.

        A hub that was restarted knows no more than a number: it may be that of a process that
        ended and that nobody has waited for, or by now somebody else's.
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
    """Give the variables that are the same in every learner's server."""
    python = Path(settings.python)
    return {
        "PATH": f"{python.parent}:/usr/local/bin:/usr/bin:/bin",
        "JUPYTERHUB_SINGLEUSER_APP": "extension",
        "JUPYTER_CONFIG_PATH": str(ROOT / "deploy" / "hub" / "server"),
        "JUPYTER_PREFER_ENV_PATH": "1",
        "PYTHONDONTWRITEBYTECODE": "1",  # the course's folder is not the learner's
        "HWR_OFFLINE": "1",
        "HWR_EMNIST": settings.emnist,
        # A core is shared by many: threads of one learner would only wait for each other's.
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "TF_NUM_INTRAOP_THREADS": "2",
        "TF_NUM_INTEROP_THREADS": "2",
        "MALLOC_ARENA_MAX": "2",
        "TF_CPP_MIN_LOG_LEVEL": "2",
    }
