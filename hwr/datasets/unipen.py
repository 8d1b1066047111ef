"""UNIPEN: characters and words as people wrote them on tablets, as pen strokes with their labels.

``HWR_PENS`` names a folder that holds ``unipen-characters.npz`` and ``unipen-words.npz``. UNIPEN is
not part of the project: ``data/README.md`` says where to get it.

Source: Guyon, Schomaker, Plamondon, Liberman, Janet (1994), "UNIPEN project of on-line data
exchange and recognizer benchmarks", ICPR; train_r01_v07, International Unipen Foundation, Zenodo
record 1195803, CC BY 4.0.
"""

import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from hwr.ink import Ink

ATTRIBUTION = (
    "UNIPEN train_r01_v07 (Guyon, Schomaker, Plamondon, Liberman, Janet 1994; International Unipen "
    "Foundation, Zenodo record 1195803, CC BY 4.0)"
)
VALIDATION_PROVIDERS = frozenset(("ced", "uqb", "pap", "apd", "pcl"))
"""Who collected what is never trained on: the first two characters, the others words."""


@dataclass(frozen=True, eq=False)
class PenSample:
    """A character or a word of UNIPEN.

    Attributes
    ----------
    label : str
    provider : str
        Who collected it: three letters. A split by provider is also one by writer and by tablet.
    writer : str
    ink : Ink
    """

    label: str
    provider: str
    writer: str
    ink: Ink

    @property
    def validates(self) -> bool:
        """Whether it belongs to the validation part."""
        return self.provider in VALIDATION_PROVIDERS


def named_pens() -> Path | None:
    """Return the folder that ``HWR_PENS`` names, or None."""
    named = os.environ.get("HWR_PENS", "").strip().strip("\"'").strip()
    return Path(named).expanduser() if named else None


def load(folder: Path, what: str = "characters") -> list[PenSample]:
    """Return UNIPEN's characters or words, in the order of the file."""
    stored = np.load(folder / f"unipen-{what}.npz")
    strokes, points, deltas = (stored[name] for name in ("strokes", "points", "deltas"))
    stroke = np.concatenate([[0], np.cumsum(strokes, dtype=np.int64)])
    point = np.concatenate([[0], np.cumsum(points, dtype=np.int64)])
    samples = []
    people = zip(stored["label"], stored["provider"], stored["writer"], strict=True)
    for i, (label, provider, writer) in enumerate(people):
        first, end = stroke[i], stroke[i + 1]
        places = np.cumsum(deltas[point[first] : point[end]].astype(np.int64), axis=0)
        ink = Ink(np.split(places, point[first + 1 : end] - point[first]))
        samples.append(PenSample(str(label), str(provider), str(writer), ink))
    return samples
