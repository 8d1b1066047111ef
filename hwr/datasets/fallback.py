"""Made-up handwriting, where EMNIST cannot be had, and the notice that says so."""

import contextlib
import hashlib
import html
import os
import sys
import textwrap
import zipfile
import zlib
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hwr._support.paths import PACKAGE
from hwr.alphabets import CHARACTERS
from hwr.datasets import archive

SOURCE = "made-up handwriting"
EACH = 200
"""Images of each of the 62 characters."""
SEED = 1
"""Other than that of the made-up images which the shipped recogniser learned from."""

TITLE = "Made-up handwriting, not EMNIST"
TEXT = (
    "There is no EMNIST archive on this machine, and it cannot be downloaded ({reason}). In its "
    "place the course uses characters drawn by a program. Everything works, but figures differ "
    "from those in the text, and they say little about real handwriting."
)
REMEDY = (
    "For real handwriting run 'python -m hwr fetch' with a network, or 'python -m hwr fetch "
    "--from FILE' with an archive from elsewhere, and restart."
)


def images_and_labels() -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """Give the made-up set, written on the first call and read from ``data/`` ever after.

    Returns
    -------
    tuple of ndarrays
        Images: uint8, shape (12400, 28, 28), upright, ink is 255. Labels: int64, shape (12400,),
        indices into :data:`hwr.alphabets.CHARACTERS`.
    """
    cached = archive.DATA / f"made-up-{_version()}.npz"
    unusable = OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile, zlib.error
    with contextlib.suppress(*unusable), np.load(cached) as stored:
        return stored["images"], stored["labels"]
    from hwr.datasets import synthetic  # imports scipy, which EMNIST has no use for

    images, labels = synthetic.dataset(EACH * len(CHARACTERS), SEED)
    part = cached.with_name(f"{cached.stem}.{os.getpid()}.npz")
    # A folder that cannot be written costs time at each start, nothing else.
    with contextlib.suppress(OSError):
        try:
            cached.parent.mkdir(parents=True, exist_ok=True)
            np.savez_compressed(part, images=images, labels=labels)
            part.replace(cached)
            for outdated in set(cached.parent.glob("made-up-*.npz")) - {cached}:
                outdated.unlink()
        finally:
            part.unlink(missing_ok=True)
    return images, labels


def _version() -> str:
    """Name the code that draws, so that a set drawn by other code is never taken for its own."""
    digest = hashlib.sha256(f"{EACH} {SEED}".encode())
    for module in ("alphabets", "ink", "scribe"):
        digest.update((PACKAGE / f"{module}.py").read_bytes())
    return digest.hexdigest()[:8]


@cache
def tell(reason: str) -> None:
    """Say once that this is not EMNIST: a box in a notebook, framed text elsewhere."""
    text = TEXT.format(reason=reason)
    ipython: Any = sys.modules.get("IPython")
    if ipython and hasattr(ipython.get_ipython(), "kernel"):
        paragraphs = "".join(f"<p>{html.escape(line)}</p>" for line in (text, REMEDY))
        ipython.display.display(
            ipython.display.HTML(
                '<div role="alert" style="border: 3px solid #b35900; background: #fff4e5; '
                'color: #000; padding: 0.5em 1em; font-size: 110%">'
                f"<strong>{TITLE}</strong>{paragraphs}</div>"
            )
        )
    else:
        lines = [TITLE, "", *textwrap.wrap(text, 72), "", *textwrap.wrap(REMEDY, 72)]
        edge = "*" * 76
        print(edge, *(f"* {line:<72} *" for line in lines), edge, sep="\n")
