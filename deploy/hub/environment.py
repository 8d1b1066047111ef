"""A Python with the course's packages that learners' accounts may run.

Usually that is the course's own. But if root set up the course with a Python in root's home (from
pyenv or uv), no other account can run it. Then a small environment is made, with the system's
Python of the same version, that borrows the course's packages.
"""

import subprocess
import sys
from pathlib import Path

from deploy.hub.accounts import check_open, open_to_all

ROOT = Path(__file__).resolve().parent.parent.parent
VERSION = f"python{sys.version_info[0]}.{sys.version_info[1]}"
PLACES = ("/usr/bin", "/usr/local/bin")


def python_for_all(folder: Path) -> str:
    """Return the interpreter; if a small environment is needed, it is made in `folder`.

    Raises a ValueError if some accounts cannot read the course, or no Python can be run by all.
    """
    for needed in (ROOT, Path(sys.prefix), folder.parent):
        check_open(needed)
    if open_to_all(Path(sys.executable)):
        return sys.executable
    found = [Path(place, VERSION) for place in PLACES if Path(place, VERSION).exists()]
    if not found:
        raise ValueError(
            f"Learners' accounts cannot run {Path(sys.executable).resolve()}: install {VERSION} "
            "for the whole system, for example with apt-get, and try again."
        )
    return str(_borrow(folder, found[0]))


def _borrow(folder: Path, base: Path) -> Path:
    """Make or update the small environment, and return its interpreter."""
    subprocess.run([base, "-m", "venv", "--without-pip", folder], check=True)
    packages = next(path for path in sys.path if path.endswith("site-packages"))
    own = folder / "lib" / VERSION / "site-packages"
    (own / "course.pth").write_text(f"{packages}\n{ROOT}\n")
    for name in ("share", "etc"):  # where JupyterLab looks
        (folder / name).unlink(missing_ok=True)
        (folder / name).symlink_to(Path(sys.prefix, name))
    return folder / "bin" / "python"
