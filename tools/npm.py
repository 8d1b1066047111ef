"""Packages of npm's registry in the environment, pinned by a ``package-lock.json``."""

import shutil
from pathlib import Path

from hwr import web
from tools.files import exclusive_lock, replacing


def install(source: Path, folder: Path) -> None:
    """Install the packages that a folder's lock pins, unless they are installed.

    Raises a ValueError if that is impossible.
    """
    lock = source / "package-lock.json"
    with exclusive_lock(folder.with_suffix(".lock")):  # another process may do the same
        installed = folder / lock.name
        if installed.is_file() and installed.read_bytes() == lock.read_bytes():
            return
        shutil.rmtree(folder, ignore_errors=True)
        with replacing(folder) as packages:
            packages.mkdir(mode=0o755)
            failed = web.tfjs.npm_packages(source, packages)
            if failed is not None:
                raise ValueError(
                    f"The packages of {lock} could not be downloaded from npm's registry{failed}: "
                    "connect to the network and try again."
                )
            shutil.rmtree(packages / "cache", ignore_errors=True)
