"""Start a learner's server in the learner's own account, within walls and limits."""

import os
import pwd
import socket
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import psutil
from jupyterhub.spawner import LocalProcessSpawner

from deploy.hub import walls
from deploy.hub.processes import PREFIX
from deploy.hub.settings import Settings


def make_account(name: str, home: Path) -> pwd.struct_passwd:
    """Return a learner's account; it and a home that nobody else can enter are made if missing.

    It has no password and no shell: only the hub starts programs in it.
    """
    account = PREFIX + name
    if account not in {entry.pw_name for entry in pwd.getpwall()}:
        command = ["useradd", "--no-create-home", "--user-group", "--shell", "/usr/sbin/nologin"]
        command += ["--home-dir", str(home), account]
        subprocess.run(command, check=True, capture_output=True)
    entry = pwd.getpwnam(account)
    if entry.pw_dir != str(home):
        raise ValueError(
            f"The account {account} belongs to another hub, because its home is {entry.pw_dir}, "
            f"not {home}: use that hub's --folder, or remove it with 'userdel {account}'."
        )
    if not home.exists():
        home.mkdir(mode=0o700)
        os.chown(home, entry.pw_uid, entry.pw_gid)
    return entry


class LearnerSpawner(LocalProcessSpawner):
    """Runs a learner's server as ``hwr-NAME``."""

    number: int  # of the socket on which the server answers

    @property
    def home(self) -> Path:
        """The learner's home."""
        return Settings.from_environment().homes / str(self.user.name)

    def user_env(self, env: dict[str, str]) -> dict[str, str]:
        """Return the environment variables, with those that depend on the learner."""
        own = {"HOME": str(self.home), "HWR_COURSE": str(self.home / "course")}
        own |= {"USER": self.user.name, "SHELL": "/bin/sh", walls.VARIABLE: str(self.number)}
        return env | own

    def make_preexec_fn(self, name: str) -> None:
        """Do nothing: the command itself changes to the account."""

    async def start(self) -> tuple[str, int]:
        """Create the account if it is missing, start the server and return its address."""
        account = make_account(self.user.name, self.home)
        before = walls.command(Settings.from_environment(), account)
        self.cmd = [*before, sys.executable, "-m", "jupyterhub.singleuser"]
        with socket.create_server(("127.0.0.1", 0)) as port:
            self.number = port.fileno()
            self.popen_kwargs = {"pass_fds": [self.number], "cwd": self.home, "umask": 0o077}
            await super().start()
            address: tuple[str, int] = port.getsockname()
        return address

    async def poll(self) -> int | None:
        """Return None if the server runs, else its exit status.

        A restarted hub knows only the process id, which may be another process's by now.
        """
        status: int | None = await super().poll()
        if status is None and self.proc is None:
            with suppress(psutil.NoSuchProcess):
                if psutil.Process(self.pid).environ().get("HOME") == str(self.home):
                    return None
            self.clear_state()
            return 0
        return status
