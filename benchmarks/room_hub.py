"""The hub of ``deploy/hub``, started for a measurement in its own folder, and taken away after.

Its learners get accounts on this machine, as in a class; their names tell them from all others.
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

ROOT = Path(__file__).resolve().parents[1]
SECONDS = 90
"""How long the hub may take to answer, and to end with all servers."""


def read_passwords(path: Path) -> dict[str, str]:
    """Return the learners of a hub's file of passwords, a name and its password a line."""
    try:
        lines = path.read_text("utf-8").splitlines()
        found = dict(line.split(maxsplit=1) for line in lines if line.strip())
    except (OSError, ValueError):
        raise SystemExit(
            f"{path} cannot be read: give the hub's passwords.txt, a name and a password a line."
        ) from None
    found.pop("instructor", None)
    return found


class Hub:
    """A hub for so many learners; use it as a context.

    Attributes
    ----------
    address : str
        Where it listens: on this machine only.
    passwords : dict of str to str
        The learners, and what they sign in with.
    """

    def __init__(self, learners: int) -> None:
        run = secrets.token_hex(2)
        self._names = [f"room-{run}-{number}" for number in range(1, learners + 1)]
        self.passwords: dict[str, str] = {}

    def __enter__(self) -> "Hub":
        self._folder = Path(tempfile.mkdtemp(prefix="room-"))
        self._folder.chmod(0o755)  # learners' accounts pass through
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
            self._process.wait(SECONDS)
        self._process.kill()
        accounts = {f"hwr-{name}" for name in self._names}
        for process in psutil.process_iter():  # what a killed hub left would keep its account
            with contextlib.suppress(psutil.NoSuchProcess):
                if process.username() in accounts:
                    process.kill()
        for account in accounts:  # none where no server was started
            subprocess.run(["userdel", account], check=False, capture_output=True)
        shutil.rmtree(self._folder, ignore_errors=True)

    def wait(self) -> None:
        """Wait until the hub shows its form."""
        end = time.monotonic() + SECONDS
        while time.monotonic() < end and self._process.poll() is None:
            form = f"{self.address}/hub/login"
            with contextlib.suppress(URLError, OSError), urlopen(form, timeout=5):
                return
            time.sleep(0.2)
        raise SystemExit(f"The hub does not start; it says: {self._log.read_text()[-2000:]}")

    def processes(self) -> Iterator[psutil.Process]:
        """Return what serves all: what keeps the hub running, hub, proxy and culler."""
        yield (supervisor := psutil.Process(self._process.pid))
        yield from supervisor.children()

    def kill(self) -> float:
        """Kill the hub, and give the seconds until another one shows its form."""
        (hub,) = [one for one in self.processes() if "jupyterhub" in one.cmdline()]
        began = time.perf_counter()
        os.kill(hub.pid, signal.SIGKILL)
        with contextlib.suppress(psutil.TimeoutExpired):
            hub.wait(5)
        self.wait()
        return time.perf_counter() - began


def free_port() -> int:
    """Find a port of this machine that is free, with the two after it."""
    while True:
        port = secrets.choice(range(20_000, 30_000))
        with contextlib.ExitStack() as probes, contextlib.suppress(OSError):
            for number in range(port, port + 3):
                probe = probes.enter_context(socket.socket())
                probe.bind(("127.0.0.1", number))
            return port
