"""Made-up handwriting that takes EMNIST's place when it is not available, and the notice of it."""

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
IMAGES_PER_CHARACTER = 200
SEED = 1
"""Differs from the seed of the made-up images that the shipped recogniser was trained on."""


@dataclass(frozen=True)
class FallbackNotice:
    """The message that made-up handwriting takes EMNIST's place.

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
        """What this means for the course."""
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
    """Return the made-up set, which is drawn on the first call and then cached in ``data/``.

    Returns
    -------
    images : ndarray of uint8, shape (12400, 28, 28)
        Upright; ink is 255.
    labels : ndarray of int64, shape (12400,)
        Indices into :data:`hwr.alphabets.CHARACTERS`.
    """
    cached = archive.DATA / f"made-up-{_version()}.npz"
    unusable = OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile, zlib.error
    with contextlib.suppress(*unusable), np.load(cached) as stored:
        return stored["images"], stored["labels"]
    from hwr.datasets import synthetic  # imports scipy, which EMNIST does not need

    images, labels = synthetic.draw_images(IMAGES_PER_CHARACTER * len(CHARACTERS), SEED)
    # If the folder is not writable, every process draws them anew.
    with contextlib.suppress(OSError):
        with replacing(cached) as beside:
            np.savez_compressed(beside, images=images, labels=labels)
        for outdated in set(cached.parent.glob("made-up-*.npz")) - {cached}:
            outdated.unlink()
    return images, labels


def _version() -> str:
    """Return a hash of the code that draws: images that other code has cached are never used."""
    digest = hashlib.sha256(f"{IMAGES_PER_CHARACTER} {SEED}".encode())
    for module in ("alphabets", "ink", "datasets/synthetic"):
        digest.update((PACKAGE / f"{module}.py").read_bytes())
    return digest.hexdigest()[:8]
