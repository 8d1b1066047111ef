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
"""The documents of each part of the table of contents, after the lessons; `documents` has all."""
LINKED = ("LICENSE", "hwr/artefacts/recognizer.json")
"""Files that documents link to."""
SOLUTIONS = "notebooks/solutions/"
OPTIONAL = "(optional)"
"""Ends the title of a lesson that the course can do without."""


def documents(root: Path) -> dict[str, list[str]]:
    """Return the documents of each part; those of ``docs`` that none lists are in the last one."""
    listed = {name for names in DOCUMENTS.values() for name in names}
    found = (path.relative_to(root).as_posix() for path in sorted((root / "docs").glob("*.md")))
    *parts, last = DOCUMENTS
    others = [name for name in found if name not in listed]
    return {**{part: DOCUMENTS[part] for part in parts}, last: [*DOCUMENTS[last], *others]}


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
    titles = {
        path.relative_to(root): _page(path, root, source, extra, repository)
        for folder in (root / "notebooks", root / "notebooks" / "solutions")
        for path in lessons(folder)
    }
    shutil.copyfile(root / "docs" / "site" / "cite.md", source / "cite.md")
    names = [name for part in documents(root).values() for name in part if name != "cite.md"]
    names += [str(path.relative_to(root)) for path in (root / "docs").glob("*.png")]
    for name in (*names, *LINKED):
        (source / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(root / name, source / name)
    _write_contents(root, source, titles)
    for document in source.rglob("*.md"):  # a folder is no page
        text = document.read_text("utf-8")
        text = re.sub(r"\(([./]*notebooks/solutions)\)", r"(\1/index.md)", text)
        document.write_text(text, "utf-8")


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


def _write_contents(root: Path, source: Path, titles: dict[Path, str]) -> None:
    """Write the front page, the README with the order of all pages, and that of the solutions."""
    pages = [(title, p.with_suffix("").as_posix()) for p, title in titles.items()]
    solutions = [page for page in pages if page[1].startswith(SOLUTIONS)]
    pages = pages[: len(pages) - len(solutions)]
    parts = {
        "Lessons": [page for page in pages if not page[0].endswith(OPTIONAL)],
        "Optional": [page for page in pages if page[0].endswith(OPTIONAL)],
        "After trying": [("", f"{SOLUTIONS}index")],
        **{part: [("", name[:-3]) for name in names] for part, names in documents(root).items()},
    }
    trees = [_toctree(part, listed, ":hidden:") for part, listed in parts.items()]
    text = (root / "README.md").read_text("utf-8")
    (source / "index.md").write_text("\n\n".join([text, *trees]), "utf-8")
    listed = _toctree("Solutions", [(t, f"/{place}") for t, place in solutions], ":titlesonly:")
    text = "# Solutions\n\nOne way to solve each exercise: look here after you tried.\n\n"
    (source / f"{SOLUTIONS}index.md").write_text(text + listed, "utf-8")


def _toctree(caption: str, pages: Iterable[tuple[str, str]], option: str) -> str:
    """Return a table of contents in MyST, of titles and places; a page's own title may be ''."""
    lines = [f"{title} <{place}>" if title else place for title, place in pages]
    return "\n".join(["```{toctree}", f":caption: {caption}", option, "", *lines, "```"])
