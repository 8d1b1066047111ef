"""``python -m hwr reset [NOTEBOOK]``: restore fresh notebooks and keep the learner's own.

In a git checkout, the fresh notebooks are those of the last commit. Without git, in a zip file or a
kit, they are the copies in ``build/fresh``: a kit contains them; otherwise ``course.py`` makes them
when it first sets up.

The learner's notebook is renamed to ``03_augmentation.mine-1.ipynb``, or to the next free number;
nothing is ever overwritten. A notebook that was only run counts as changed, because its outputs may
be wanted.
"""

import itertools
import re
import subprocess
from pathlib import Path

from hwr._support.atomic_write import replacing
from hwr._support.paths import COURSE


def reset(wanted: str | None = None, root: Path = COURSE) -> list[str]:
    """Replace changed notebooks by fresh ones.

    Parameters
    ----------
    wanted : str, optional
        A notebook's number, name or path; by default all that were changed.
    root : Path
        The course's folder.

    Returns
    -------
    list of str
        What was done: a sentence for each notebook that was named or changed.

    Raises
    ------
    ValueError
        If there is no such notebook, or there are no fresh ones.
    """
    fresh = originals(root)
    if not fresh:
        raise ValueError(
            "There are no fresh notebooks here, neither in git nor in build/fresh: "
            "get the course again, into another folder, and copy the notebook from there."
        )
    messages = []
    for name in [find(wanted, fresh)] if wanted else fresh:
        sentence = renew(root / "notebooks" / name, fresh[name])
        if wanted or not sentence.endswith("left alone."):
            messages.append(sentence)
    return messages or ["Every notebook is as it came."]


def originals(root: Path = COURSE) -> dict[str, bytes]:
    """Return the fresh notebooks' contents by name, sorted; empty if there are none."""
    listed = _git(root, "ls-tree", "-z", "--name-only", "HEAD", "notebooks/")
    paths = [path for path in (listed or b"").decode().split("\0") if path.endswith(".ipynb")]
    # "./": relative to the course's folder, which need not be the top of the repository.
    contents = {Path(path).name: _git(root, "cat-file", "blob", f"HEAD:./{path}") for path in paths}
    if not contents:
        contents = {path.name: path.read_bytes() for path in (root / "build/fresh").glob("*.ipynb")}
    return {name: content for name, content in sorted(contents.items()) if content is not None}


def _git(root: Path, *arguments: str) -> bytes | None:
    """Return git's output in the folder ``root``, or None if it fails."""
    try:
        answer = subprocess.run(["git", *arguments], cwd=root, capture_output=True, check=False)
    except OSError:  # not installed
        return None
    return answer.stdout if answer.returncode == 0 else None


def find(wanted: str, names: dict[str, bytes]) -> str:
    """Return the file name of the notebook with a number, a name or a path."""
    stem = Path(wanted).name.removesuffix(".ipynb")
    for name in names:
        number = re.match(r"\d+", name)
        if stem == name.removesuffix(".ipynb") or (number and stem.zfill(2) == number[0]):
            return name
    known = ", ".join(name.removesuffix(".ipynb") for name in names)
    raise ValueError(f"There is no notebook {wanted!r}: give the name or number of {known}.")


def renew(notebook: Path, fresh: bytes) -> str:
    """Replace a notebook by ``fresh``, unless they are equal, and return what was done.

    At every moment the old one exists, under its own or its new name.
    """
    there = notebook.exists()
    # Git may have changed the line endings on Windows.
    if there and notebook.read_bytes().replace(b"\r\n", b"\n") == fresh.replace(b"\r\n", b"\n"):
        return f"{notebook.stem} is as it came: left alone."
    with replacing(notebook) as beside:
        beside.write_bytes(fresh)
        mine = keep(notebook) if there else None
    if mine is None:
        return f"{notebook.stem} was missing and is back."
    return (
        f"{notebook.stem} is fresh again; yours is now {mine.name}. "
        "Where it is open: File, Reload Notebook from Disk."
    )


def keep(notebook: Path) -> Path:
    """Rename a notebook to the next free name of its kind, and return its new path."""
    for number in itertools.count(1):
        mine = notebook.with_name(f"{notebook.stem}.mine-{number}.ipynb")
        try:
            mine.touch(exist_ok=False)  # so that only an empty file of our own is replaced
        except FileExistsError:
            continue
        try:
            notebook.replace(mine)
        except BaseException:
            if mine.stat().st_size == 0:
                mine.unlink()
            raise
        return mine
    raise AssertionError  # there is always another number
