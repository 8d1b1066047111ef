"""Gather what Sphinx reads: documents as they are, notebooks as pages, and the order of all."""

import re
import shutil
from collections.abc import Iterable
from pathlib import Path

import nbformat

from tools.site.lessons import as_page
from tools.site.links import leads_to
from tools.solutions import lessons, read

DOCUMENTS = {
    "Look up": ["docs/glossary.md", "docs/measured.md", "docs/systems.md", "cite.md"],
    "Teach": ["docs/teaching.md", "deploy/hub/README.md", "deploy/kubernetes/README.md"],
    "Take part": ["CONTRIBUTING.md", "data/README.md", "benchmarks/README.md"],
}
"""The documents of each part of the table of contents, after the lessons."""
LINKED = ("LICENSE", "hwr/artefacts/recognizer.json")
"""Files that documents link to."""
OPTIONAL = "(optional)"
"""Ends the title of a lesson that the course can do without."""


def gather(root: Path, source: Path, extra: Path, repository: str) -> None:
    """Write the sources of the site.

    Parameters
    ----------
    root : Path
        The course.
    source : Path
        A new folder, for what Sphinx reads.
    extra : Path
        A new folder, for files that the pages use as they are.
    repository : str
        Owner and name on GitHub, or ''.
    """
    titles = {}
    for path in (*lessons(root / "notebooks"), *lessons(root / "notebooks" / "solutions")):
        titles[path.relative_to(root)] = _page(path, root, source, extra, repository)
    shutil.copyfile(root / "docs" / "site" / "cite.md", source / "cite.md")
    names = [name for part in DOCUMENTS.values() for name in part if name != "cite.md"]
    names += [str(path.relative_to(root)) for path in (root / "docs").glob("*.png")]
    for name in (*names, *LINKED):
        (source / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(root / name, source / name)
    solutions = [path for path in titles if path.parent.name == "solutions"]
    _write_index(root, source, {p: t for p, t in titles.items() if p not in solutions})
    listed = _toctree(
        "Solutions", ((titles[path], path.stem) for path in solutions), ":titlesonly:"
    )
    (source / "notebooks" / "solutions" / "index.md").write_text(
        f"# Solutions\n\nOne way to solve each exercise: look here after you tried.\n\n{listed}",
        "utf-8",
    )
    for document in source.rglob("*.md"):
        text = document.read_text("utf-8")
        folder = re.sub(
            r"\(([./]*)notebooks/solutions\)", r"(\1notebooks/solutions/index.md)", text
        )
        document.write_text(folder, "utf-8")


def _page(path: Path, root: Path, source: Path, extra: Path, repository: str) -> str:
    """Write a notebook's page, its figures and the notebook itself; return its title."""
    place = path.relative_to(root)
    up = "../" * len(place.parent.parts)
    name = path.relative_to(root / "notebooks").with_suffix("").as_posix()

    def keep(figure: str, png: bytes) -> str:
        (extra / "figures" / place.parent.name).mkdir(parents=True, exist_ok=True)
        (extra / "figures" / place.parent.name / figure).write_bytes(png)
        return f"{up}figures/{place.parent.name}/{figure}"

    notebook = as_page(read(path), path.stem, leads_to(f"{name}.ipynb", repository), keep, up)
    (source / place).parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(notebook, source / place)
    (extra / place).parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(path, extra / place)
    title: str = notebook.cells[0].source.split("\n", 1)[0].removeprefix("# ")
    return f"{path.name[:2]} {title}"


def _write_index(root: Path, source: Path, titles: dict[Path, str]) -> None:
    """Write the front page: the README, and the order of all pages."""
    pages = [(title, path.with_suffix("").as_posix()) for path, title in titles.items()]
    parts = {
        "Lessons": [page for page in pages if not page[0].endswith(OPTIONAL)],
        "Optional": [page for page in pages if page[0].endswith(OPTIONAL)],
        "After trying": [("", "notebooks/solutions/index")],
        **{part: [("", name[:-3]) for name in names] for part, names in DOCUMENTS.items()},
    }
    trees = [_toctree(part, listed, ":hidden:") for part, listed in parts.items()]
    text = (root / "README.md").read_text("utf-8")
    (source / "index.md").write_text("\n\n".join([text, *trees]), "utf-8")


def _toctree(caption: str, pages: Iterable[tuple[str, str]], option: str) -> str:
    """Return a table of contents in MyST, of titles and places; a page's own title may be ''."""
    lines = [f"{title} <{place}>" if title else place for title, place in pages]
    return "\n".join(["```{toctree}", f":caption: {caption}", option, "", *lines, "```"])
