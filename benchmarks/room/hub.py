"""The hub of ``deploy/hub``, started in a temporary folder and removed after the measurement.

Its learners get accounts on this machine, as in a class, with names that no one else has.
"""

import contextlib
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import psutil

from hwr._support.paths import ROOT

HUB_TIMEOUT = 90
"""Seconds that the hub may take to answer, and to stop with all its servers."""


def read_passwords(path: Path) -> dict[str, str]:
    """Return the learners' passwords from a hub's file, a name and a password per line."""
    try:
        lines = path.read_text("utf-8").splitlines()
        found = dict(line.split(maxsplit=1) for line in lines if line.strip())
    except (OSError, ValueError):
        raise SystemExit(
            f"{path} cannot be read: give the hub's passwords.txt, a name and a password per line."
        ) from None
    found.pop("instructor", None)
    return found


class Hub:
    """A hub for a number of learners; use it as a context.

    Attributes
    ----------
    address : str
        Its URL, which only this machine can reach.
    passwords : dict of str to str
        By learner.
    """

    def __init__(self, learners: int) -> None:
        run = secrets.token_hex(2)
        self._names = [f"room-{run}-{number}" for number in range(1, learners + 1)]
        self.passwords: dict[str, str] = {}

    def __enter__(self) -> "Hub":
        self._folder = Path(tempfile.mkdtemp(prefix="room-"))
        self._folder.chmod(0o755)  # for the learners' accounts
        names = self._folder / "class.txt"
        names.write_text("\n".join(self._names), "utf-8")
        port = free_port()
        self.address = f"http://127.0.0.1:{port}"
        command = [sys.executable, "-m", "deploy.hub", "--class", str(names)]
        command += ["--folder", str(self._folder / "hub"), "--port", str(port)]
        self._log = self._folder / "log.txt"
        with self._log.open("w") as log:
            self._process = subprocess.Popen(command, cwd=ROOT, stdout=log, stderr=log)
        try:
            self.wait()
        except BaseException:
            self.__exit__()
            raise
        self.passwords = read_passwords(self._folder / "hub" / "private" / "passwords.txt")
        return self

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(HUB_TIMEOUT)
        self._process.kill()
        accounts = {f"hwr-{name}" for name in self._names}
        for process in psutil.process_iter():  # an account with processes cannot be deleted
            with contextlib.suppress(psutil.NoSuchProcess):
                if process.username() in accounts:
                    process.kill()
        for account in accounts:  # there is none if no server was started
            subprocess.run(["userdel", account], check=False, capture_output=True)
        shutil.rmtree(self._folder, ignore_errors=True)

    def wait(self) -> None:
        """Wait until the hub shows its sign-in form."""
        end = time.monotonic() + HUB_TIMEOUT
        while time.monotonic() < end and self._process.poll() is None:
            form = f"{self.address}/hub/login"
            with contextlib.suppress(URLError, OSError), urlopen(form, timeout=5):
                return
            time.sleep(0.2)
        raise SystemExit(f"The hub does not start; it says: {self._log.read_text()[-2000:]}")

    def processes(self) -> Iterator[psutil.Process]:
        """Yield the processes that serve all learners: supervisor, hub, proxy and culler."""
        yield (supervisor := psutil.Process(self._process.pid))
        yield from supervisor.children()

    def kill(self) -> float:
        """Kill the hub; return the seconds until the next one shows its form."""
        (hub,) = [one for one in self.processes() if "jupyterhub" in one.cmdline()]
        began = time.perf_counter()
        os.kill(hub.pid, signal.SIGKILL)
        with contextlib.suppress(psutil.TimeoutExpired):
            hub.wait(5)
        self.wait()
        return time.perf_counter() - began


def free_port() -> int:
    """Return the first of three consecutive free ports of this machine."""
    while True:
        port = secrets.choice(range(20_000, 30_000))
        with contextlib.ExitStack() as probes, contextlib.suppress(OSError):
            for number in range(port, port + 3):
                probe = probes.enter_context(socket.socket())
                probe.bind(("127.0.0.1", number))
            return port
