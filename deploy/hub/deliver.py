"""Copy the course to a learner's home: only missing files, existing ones are never changed."""

import os
import shutil
from pathlib import Path

from tools.files import replacing


def deliver(fresh: Path, course: Path) -> list[str]:
    """Copy the notebooks that a learner does not have, and return their names.

    This runs in the learner's account, because the hub itself must not write to a folder in which a
    learner may have put links to other files. :mod:`hwr.cli.reset` looks for a link to the fresh.
    """
    copied = []
    for source in sorted(fresh.rglob("*.ipynb")):
        name = source.relative_to(fresh)
        place = course / "notebooks" / name
        if not os.path.lexists(place):
            with replacing(place) as temporary:
                shutil.copyfile(source, temporary)
            copied.append(str(name))
    link = course / "build" / "fresh"
    if not os.path.lexists(link):
        link.parent.mkdir(exist_ok=True)
        link.symlink_to(fresh)
    return copied
