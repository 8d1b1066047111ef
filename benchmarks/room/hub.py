"""The hub of ``deploy/hub``, started in a temporary folder and removed at the end.

Its learners get accounts on this machine, as in a class.
"""

import contextlib
import os
import secrets
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from urllib.request import HTTPSHandler, ProxyHandler, build_opener

import psutil

from deploy.hub.settings import Settings
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


def random_names(learners: int) -> list[str]:
    """Return names that nobody has on this machine, numbered from 1."""
    run = secrets.token_hex(2)
    return [f"room-{run}-{number}" for number in range(1, learners + 1)]


class Hub:
    """A hub for some learners; use it as a context, at whose end their accounts are removed.

    Parameters
    ----------
    names : sequence of str
        The learners; no account of this machine, not even of another hub, may have such a name.
    options : str
        More options of ``python -m deploy.hub``.

    Attributes
    ----------
    url : str
        Its address, which only this machine can reach.
    """

    def __init__(self, names: Sequence[str], *options: str) -> None:
        # Learners' accounts can enter it, and do not have their own, as of /tmp.
        self.folder = Path(tempfile.mkdtemp(prefix="hwr", dir="/var/tmp"))
        self.folder.chmod(0o755)
        self.class_list, self.log = self.folder / "class.txt", self.folder / "log.txt"
        self.class_list.write_text("\n".join(names), "utf-8")
        self.settings = Settings(str(self.folder), port=free_port())
        self.url = f"http://127.0.0.1:{self.settings.port}"
        self.trusted: ssl.SSLContext | None = None
        self.options = options

    def __enter__(self) -> "Hub":
        command = [sys.executable, "-m", "deploy.hub", "--class", str(self.class_list)]
        command += ["--folder", str(self.folder), "--port", str(self.settings.port)]
        with self.log.open("w") as log:
            self.process = subprocess.Popen(
                [*command, *self.options], cwd=ROOT, stdout=log, stderr=log
            )
        try:
            self.wait()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        from deploy.hub import processes  # not on Windows

        with contextlib.suppress(subprocess.TimeoutExpired):
            self.end()
        self.process.kill()
        homes = self.settings.homes
        processes.kill_all(homes)  # an account with processes cannot be deleted
        for name in processes.learners(homes).values():
            userdel = ["userdel", processes.PREFIX + name]
            subprocess.run(userdel, check=False, capture_output=True)
        shutil.rmtree(self.folder, ignore_errors=True)

    @property
    def passwords(self) -> dict[str, str]:
        """The learners' passwords by name."""
        return read_passwords(self.settings.passwords)

    def wait(self, other_than: int = 0, path: str = "/hub/login") -> None:
        """Wait until a hub whose process id is not ``other_than`` runs, and a page is there."""
        browser = build_opener(ProxyHandler({}), HTTPSHandler(context=self.trusted))
        end = time.monotonic() + HUB_TIMEOUT
        while time.monotonic() < end and self.process.poll() is None:
            with contextlib.suppress(OSError):
                if self.hub_id() not in (0, other_than):
                    browser.open(f"{self.url}{path}", timeout=5).close()
                    return
            time.sleep(0.2)
        raise SystemExit(f"The hub does not start; it says: {self.log.read_text()[-2000:]}")

    def processes(self) -> Iterator[psutil.Process]:
        """Yield the processes that serve all learners: supervisor, hub, proxy and website."""
        yield (supervisor := psutil.Process(self.process.pid))
        yield from supervisor.children()

    def hub_id(self) -> int:
        """Return the id of the hub's own process, or 0 before it is started again."""
        return self._id_of("jupyterhub")

    def _id_of(self, program: str) -> int:
        for process in self.processes():
            with contextlib.suppress(psutil.NoSuchProcess):
                if program in (Path(word).name for word in process.cmdline()):
                    return process.pid
        return 0

    def kill(self) -> float:
        """Kill the hub; return the seconds until the next one shows its form."""
        began, hub = time.perf_counter(), self.hub_id()
        os.kill(hub, signal.SIGKILL)
        self.wait(other_than=hub)
        return time.perf_counter() - began

    def kill_proxy(self, names: Sequence[str]) -> float:
        """Kill the proxy; return the seconds until the next one leads to these servers."""
        began = time.perf_counter()
        os.kill(self._id_of("configurable-http-proxy"), signal.SIGKILL)
        for name in names:
            self.wait(path=f"/user/{name}/api")  # which anybody may ask
        return time.perf_counter() - began

    def end(self) -> None:
        """Stop the hub as Ctrl-C does, and wait."""
        self.process.send_signal(signal.SIGINT)
        self.process.wait(HUB_TIMEOUT)


def free_port() -> int:
    """Return the first of three consecutive free ports of this machine."""
    while True:
        port = secrets.choice(range(20_000, 30_000))
        with contextlib.ExitStack() as probes, contextlib.suppress(OSError):
            for number in range(port, port + 3):
                probe = probes.enter_context(socket.socket())
                probe.bind(("127.0.0.1", number))
            return port
