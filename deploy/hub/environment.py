"""A Python that learners' accounts may run, with the course's packages.

Mostly that is the course's own. But who sets the course up as root with a Python out of root's
home (pyenv, uv) has one that no other account can reach; then the system's Python of the same
version, if there is one, gets a small environment of its own that borrows the course's packages.
"""

import sys
from pathlib import Path

from deploy.hub.accounts import open_to_all

ROOT = Path(__file__).resolve().parent.parent.parent
VERSION = f"python{sys.version_info[0]}.{sys.version_info[1]}"
PLACES = ("/usr/bin", "/usr/local/bin")


def python_for_all(folder: Path) -> str:
    """Give the interpreter; an environment of its own, where it needs one, goes to `folder`.

    Raises
    ------
    ValueError
        If the course cannot be read by all, or there is no Python that all may run.
    """
    for needed in (ROOT, Path(sys.prefix)):
        if not open_to_all(needed):
            raise ValueError(
                f"Learners' accounts cannot read {needed}: put the course where everybody may "
                "read, such as /opt, and set it up there."
            )
    if open_to_all(Path(sys.executable)):
        return sys.executable
    found = [Path(place, VERSION) for place in PLACES if Path(place, VERSION).exists()]
    if not found:
        raise ValueError(
            f"Learners' accounts cannot run {Path(sys.executable).resolve()}: install {VERSION} "
            "for the whole system (apt-get install, say) and call again."
        )
    return str(_borrow(folder, found[0]))


def _borrow(folder: Path, base: Path) -> Path:
    """Make the small environment, unless it is there; give its interpreter."""
    packages = next(path for path in sys.path if path.endswith("site-packages"))
    own = folder / "lib" / VERSION / "site-packages"
    (folder / "bin").mkdir(parents=True, exist_ok=True)
    own.mkdir(parents=True, exist_ok=True)
    (folder / "pyvenv.cfg").write_text(f"home = {base.parent}\n")
    (own / "course.pth").write_text(f"{packages}\n{ROOT}\n")
    links = {"bin/python": base}  # and what JupyterLab looks for beside the interpreter:
    links |= {name: Path(sys.prefix, name) for name in ("share", "etc")}
    for name, target in links.items():
        link = folder / name
        if not link.is_symlink() or link.readlink() != target:
            link.unlink(missing_ok=True)
            link.symlink_to(target)
    return folder / "bin" / "python"
