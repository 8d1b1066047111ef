"""Start a learner's server in the learner's own account, within walls and limits."""

import socket
import sys
from contextlib import suppress
from pathlib import Path

import psutil
from jupyterhub.spawner import LocalProcessSpawner

from deploy.hub import walls
from deploy.hub.accounts import make_account
from deploy.hub.settings import Settings


class LearnerSpawner(LocalProcessSpawner):
    """Runs a learner's server as ``hwr-NAME``."""

    number: int  # of the socket on which the server answers

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
        env |= {name: str(path) for name, path in own.items()} | {walls.VARIABLE: str(self.number)}
        return env | {"USER": self.user.name, "SHELL": "/bin/sh"} | self.settings.to_environment()

    def make_preexec_fn(self, name: str) -> None:
        """Do nothing: the command itself changes to the account."""

    async def start(self) -> tuple[str, int]:
        """Create the account if it is missing, start the server and return its address."""
        account = make_account(self.user.name, self.home)
        before = walls.command(self.settings, account)
        self.cmd = [*before, sys.executable, "-m", "jupyterhub.singleuser"]
        with socket.create_server(("127.0.0.1", 0)) as port:
            self.number = port.fileno()
            self.popen_kwargs = {"pass_fds": [self.number], "cwd": self.home, "umask": 0o077}
            await super().start()
            address: tuple[str, int] = port.getsockname()
        return address

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
