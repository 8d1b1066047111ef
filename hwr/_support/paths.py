"""The folders that the package reads from and writes to."""

import os
from pathlib import Path

PACKAGE = Path(__file__).resolve().parent.parent
"""The package's own folder."""
ARTEFACTS = PACKAGE / "artefacts"
"""Model weights, cards and tables that ship with the package."""
ROOT = PACKAGE.parent
"""The checkout, or wherever the package is installed."""
DATA = ROOT / "data"
"""EMNIST's archive, downloads and the cache of synthetic handwriting."""
COURSE = Path(os.environ.get("HWR_COURSE") or ROOT)
"""The learner's course folder; on a shared server it is not the read-only package's parent."""


def named_emnist() -> Path | None:
    """Return what ``HWR_EMNIST`` names, without the quotes that Windows' ``set`` keeps, or None."""
    named = os.environ.get("HWR_EMNIST", "").strip().strip("\"'").strip()
    return Path(named).expanduser() if named else None
