"""Made-up handwriting in place of EMNIST when that cannot be had, and the notice that says so."""

import contextlib
import hashlib
import html
import textwrap
import zipfile
import zlib
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hwr._support.atomic_write import replacing
from hwr._support.paths import PACKAGE
from hwr.alphabets import CHARACTERS
from hwr.datasets import archive

SOURCE = "made-up handwriting"
EACH = 200
"""Number of images of each of the 62 characters."""
SEED = 1
"""Differs from the seed of the made-up images that the shipped recogniser was trained on."""


@dataclass(frozen=True)
class Notice:
    """The message that made-up handwriting takes the place of EMNIST.

    Attributes
    ----------
    reason : str
        Why EMNIST cannot be downloaded, in a few words.
    """

    reason: str

    title = "Made-up handwriting, not EMNIST"
    remedy = (
        "For real handwriting run 'python -m hwr fetch' with a network, or 'python -m hwr fetch "
        "--from FILE' with an archive from elsewhere, and restart."
    )

    @property
    def text(self) -> str:
        """What it means for the course."""
        return (
            f"There is no EMNIST archive on this machine, and it cannot be downloaded "
            f"({self.reason}). In its place the course uses characters drawn by a program. "
            "Everything works, but figures differ from those in the text, and they say little "
            "about real handwriting."
        )

    def __str__(self) -> str:
        lines = [self.title, "", *textwrap.wrap(self.text, 72), "", *textwrap.wrap(self.remedy, 72)]
        edge = "*" * 76
        return "\n".join([edge, *(f"* {line:<72} *" for line in lines), edge])

    def _repr_html_(self) -> str:
        paragraphs = "".join(f"<p>{html.escape(line)}</p>" for line in (self.text, self.remedy))
        return (
            '<div role="alert" style="border: 3px solid #b35900; background: #fff4e5; '
            'color: #000; padding: 0.5em 1em; font-size: 110%">'
            f"<strong>{self.title}</strong>{paragraphs}</div>"
        )


def images_and_labels() -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """Return the made-up set; it is drawn on the first call and then cached in ``data/``.

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
    from hwr.datasets import synthetic  # imports scipy, which EMNIST does not need

    images, labels = synthetic.draw_images(EACH * len(CHARACTERS), SEED)
    # If the folder cannot be written to, they are drawn anew by every process.
    with contextlib.suppress(OSError):
        with replacing(cached) as part:
            np.savez_compressed(part, images=images, labels=labels)
        for outdated in set(cached.parent.glob("made-up-*.npz")) - {cached}:
            outdated.unlink()
    return images, labels


def _version() -> str:
    """Return a hash of the code that draws, so that other code's cached images are never used."""
    digest = hashlib.sha256(f"{EACH} {SEED}".encode())
    for module in ("alphabets", "ink", "datasets/synthetic"):
        digest.update((PACKAGE / f"{module}.py").read_bytes())
    return digest.hexdigest()[:8]
