"""Keeps the proxy, the hub and the culler running, each in a process of its own.

Learners' servers belong to none of them: when the hub ends, however it does, it is started again
and finds them. SIGHUP restarts the hub alone, with the class list as it is by then; SIGTERM or
Ctrl-C ends everything.
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

from deploy.hub import backstop, proxy
from deploy.hub.accounts import learners
from deploy.hub.people import enrol, read_class
from deploy.hub.settings import Settings

EVERY = 2.0  # seconds between looks
ENDING = 60  # seconds that learners' servers have to end


@dataclass
class Part:
    """A program that has to run: its command, its environment and where its words go."""

    command: list[str]
    environment: dict[str, str]
    log: Path
    process: subprocess.Popen[bytes] | None = None

    def ensure(self) -> None:
        """Start it unless it runs."""
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
                start_new_session=True,  # Ctrl-C is for the supervisor
            )

    def end(self, with_signal: int, seconds: float) -> None:
        """End it, by force after so many seconds."""
        if self.process is None or self.process.poll() is not None:
            return
        self.process.send_signal(with_signal)
        try:
            self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def parts(settings: Settings) -> dict[str, Part]:
    """Give what has to run, in the order in which it starts."""
    culler, interface = secrets.token_hex(32), secrets.token_hex(32)
    common = dict(os.environ) | settings.to_environment()
    common |= {"CONFIGPROXY_AUTH_TOKEN": interface, "HWR_HUB_CULLER": culler}
    here = Path(__file__).parent
    hub = [sys.executable, "-m", "jupyterhub", "-f", str(here / "jupyterhub_config.py")]
    cull = [sys.executable, "-m", "jupyterhub_idle_culler", "--cull-every=60"]
    cull += [f"--timeout={settings.idle_seconds}"]
    cull += [f"--url=http://127.0.0.1:{settings.port + 2}/hub/api"]
    programs = {
        "proxy": (proxy.command(settings), {"CONFIGPROXY_AUTH_TOKEN": interface}),
        "hub": (hub, common),
        "culler": (cull, dict(os.environ) | {"JUPYTERHUB_API_TOKEN": culler}),
    }
    return {
        name: Part(command, environment, settings.private / f"{name}.log")
        for name, (command, environment) in programs.items()
    }


def _end(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def supervise(settings: Settings) -> int:
    """Run until SIGINT or SIGTERM, then end the learners' servers too."""
    running, last_word = parts(settings), backstop.Backstop()

    def restart_hub(number: int, frame: FrameType | None) -> None:
        if settings.class_list:
            try:
                enrol(settings.passwords, read_class(Path(settings.class_list)))
            except ValueError as error:
                print(f"hub: {error}", file=sys.stderr, flush=True)
                return
        # By force: asked politely, it would stop the learners' servers too.
        running["hub"].end(signal.SIGKILL, 5)

    signal.signal(signal.SIGHUP, restart_hub)
    for ending in (signal.SIGINT, signal.SIGTERM):
        signal.signal(ending, _end)
    try:
        while True:
            for part in running.values():
                part.ensure()
            if not settings.shared_account:
                for name in last_word.enforce(learners(settings.homes), settings.memory):
                    print(f"{name} had taken too much memory: stopped.", flush=True)
            time.sleep(EVERY)
    except KeyboardInterrupt:
        return 0
    finally:
        for ending in (signal.SIGINT, signal.SIGTERM):  # once is enough
            signal.signal(ending, signal.SIG_IGN)
        for name, seconds in (("culler", 5), ("hub", ENDING), ("proxy", 5)):
            running[name].end(signal.SIGTERM, seconds)
        if not settings.shared_account:
            backstop.end(learners(settings.homes))
