"""Keep the proxy, the hub and the website running, each in its own process.

Learners' servers are child processes of none of them: if the hub crashes, it is restarted and finds
the servers. SIGHUP rereads the class list; SIGTERM or Ctrl-C stops everything.
"""

import os
import secrets
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

from deploy.hub import processes, proxy
from deploy.hub.accounts import learners
from deploy.hub.people import enrol, read_class
from deploy.hub.settings import Settings

INTERVAL = 1.0  # seconds between checks
STOP_SECONDS = 30  # until a program has ended


@dataclass
class Part:
    """A program that has to run: its command, its environment variables and its log file."""

    command: list[str]
    environment: dict[str, str]
    log: Path
    process: subprocess.Popen[bytes] | None = None

    def ensure(self) -> None:
        """Start the program unless it is running."""
        if self.process is not None and self.process.poll() is None:
            return
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self.command,
                env=self.environment,
                cwd=self.log.parent,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # so that Ctrl-C reaches only the supervisor
            )

    def stop(self) -> None:
        """End the program, or kill it if it does not end."""
        if self.process is not None:
            self.process.terminate()
            try:
                self.process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                self.process.kill()


def parts(settings: Settings) -> list[Part]:
    """Return the programs that have to run, in the order in which they are started."""
    token = {"CONFIGPROXY_AUTH_TOKEN": secrets.token_hex(32)}
    config = str(Path(__file__).parent / "jupyterhub_config.py")
    hub = [sys.executable, "-m", "jupyterhub", "-f", config]
    site = [sys.executable, "-m", "http.server", str(settings.port + 2), "--bind=127.0.0.1"]
    site += [f"--directory={settings.site}"]
    common, logs = dict(os.environ), settings.private
    return [
        Part(proxy.command(settings), token, logs / "proxy.log"),
        Part(hub, common | settings.to_environment() | token, logs / "hub.log"),
        Part(site, common, logs / "site.log"),
    ]


def supervise(settings: Settings) -> int:
    """Keep the programs running until SIGINT or SIGTERM, then stop them and all servers."""
    running, memory_limit = parts(settings), processes.MemoryLimit()

    def reread(number: int, frame: FrameType | None) -> None:
        try:
            enrol(settings.passwords, read_class(Path(settings.class_list)))
        except ValueError as error:
            print(f"hub: {error}", file=sys.stderr, flush=True)

    signal.signal(signal.SIGHUP, reread if settings.class_list else signal.SIG_IGN)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.default_int_handler)
    try:
        while True:
            for part in running:
                part.ensure()
            for name in memory_limit.enforce(learners(settings.homes), settings.memory):
                print(f"{name} used too much memory: the largest programs stop.", flush=True)
            time.sleep(INTERVAL)
    except KeyboardInterrupt:
        return 0
    finally:
        for number in (signal.SIGINT, signal.SIGTERM):  # a second one must not interrupt this
            signal.signal(number, signal.SIG_IGN)
        for part in reversed(running):  # the hub before the proxy
            part.stop()
        processes.kill_all(learners(settings.homes))
        settings.socket.unlink(missing_ok=True)
