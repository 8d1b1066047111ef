"""Gives each learner the course: what is missing is copied, what is there is never touched.

It runs in the learner's own account, as the server starts: the hub itself writes nothing into a
folder that a learner may fill with links to elsewhere.
"""

import os
import shutil
from pathlib import Path

from hwr.cli.reset import originals


def lay_out(root: Path, fresh: Path) -> None:
    """Put the notebooks as they came, and their solutions, where every account can read them."""
    notebooks = originals(root)
    for path in (root / "notebooks").rglob("*.ipynb"):
        name = str(path.relative_to(root / "notebooks"))
        if ".mine-" not in name and not any(part.startswith(".") for part in path.parts):
            notebooks.setdefault(name, path.read_bytes())
    for name, content in notebooks.items():
        place = fresh / name
        place.parent.mkdir(parents=True, exist_ok=True)
        beside = place.with_name(f"{place.name}.{os.getpid()}")
        beside.write_bytes(content)
        beside.replace(place)
    for path in (fresh, *fresh.rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)


def deliver(fresh: Path, course: Path) -> list[str]:
    """Copy the notebooks that a learner has not; give their names.

    Beside them comes a way to the fresh ones, where :mod:`hwr.cli.reset` looks for it.
    """
    copied = []
    for source in sorted(fresh.rglob("*.ipynb")):
        name = source.relative_to(fresh)
        place = course / "notebooks" / name
        if os.path.lexists(place):
            continue
        place.parent.mkdir(parents=True, exist_ok=True)
        beside = place.with_name(f".{place.name}.{os.getpid()}")
        shutil.copyfile(source, beside)
        beside.rename(place)  # whole or not at all
        copied.append(str(name))
    way = course / "build" / "fresh"
    if not os.path.lexists(way):
        way.parent.mkdir(exist_ok=True)
        way.symlink_to(fresh)
    return copied
