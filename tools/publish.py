"""Copy the course to where a hub's learners and visitors find it."""

import shutil
from pathlib import Path

from hwr import cli
from tools.files import replacing
from tools.site.links import on_hub


def publish_notebooks(root: Path, fresh: Path) -> None:
    """Write the original notebooks and solutions to a folder that every account can read."""
    notebooks = cli.originals(root)
    for path in (root / "notebooks").rglob("*.ipynb"):
        name = str(path.relative_to(root / "notebooks"))
        if ".mine-" not in name and not any(part.startswith(".") for part in path.parts):
            notebooks.setdefault(name, path.read_bytes())
    for name, content in notebooks.items():
        with replacing(fresh / name) as temporary:
            temporary.write_bytes(content)
    for path in (fresh, *fresh.rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)


def publish_site(built: Path, place: Path) -> None:
    """Copy the website to where it is served, or say how to build it."""
    place.parent.mkdir(exist_ok=True)
    if not built.is_dir():
        print("At /course is no website: run 'python course.py site' and start the hub again.")
        return
    with replacing(place) as temporary:
        shutil.copytree(built, temporary)
        for page in temporary.rglob("*.html"):
            page.write_text(on_hub(page.read_text("utf-8")), "utf-8")
        shutil.rmtree(place, ignore_errors=True)
