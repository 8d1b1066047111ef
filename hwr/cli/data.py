"""``python -m hwr data``: what a file or folder of images holds, and which of them are doubtful."""

import textwrap
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from hwr.cli.output import say
from hwr.cli.sheet import save_sheet
from hwr.dataset import Dataset
from hwr.datasets.own import doubts, files, orientation
from hwr.datasets.own.doubts import Indices

NAMED = 8
"""Number of doubtful images of a kind that are named."""
_STORED = {
    orientation.UPRIGHT: "upright",
    orientation.TRANSPOSED: "transposed, as EMNIST is; they were turned upright",
    orientation.UNKNOWN: (
        "as they are; the recogniser cannot tell whether they are upright, look at the sheet"
    ),
}


def describe(
    path: Path, part: str | None = None, alphabet: str | None = None, sheet: Path | None = None
) -> int:
    """Print what some data holds, draw its sheet, and return the exit status 0.

    Parameters
    ----------
    path : Path
    part, alphabet : str, optional
        As for :func:`hwr.datasets.read`.
    sheet : Path, optional
        Where to write the sheet; by default beside the data.

    Raises
    ------
    ValueError
        If there is no data, or the sheet cannot be written.
    """
    found = files.examine(path, part, alphabet)
    dataset = found.dataset
    place = path.expanduser().resolve()
    sheet = sheet or place.with_name(f"{place.stem}-sheet.png")
    save_sheet(sheet, dataset)
    say(f"{place.name}: {found.form} ({dataset.name})")
    say(f"{len(dataset):,} images in {len(dataset.alphabet)} classes, {dataset.source}")
    say(f"The images were stored {_STORED[found.stored]}.")
    say(*textwrap.wrap("  ".join(_counts(dataset)), 88, break_on_hyphens=False))
    for remark in (*found.remarks, *_doubtful(dataset, found.names)):
        say(remark)
    say(f"The sheet of pictures is {sheet}.")
    return 0


def _counts(dataset: Dataset) -> Iterator[str]:
    counts = np.bincount(dataset.labels, minlength=len(dataset.alphabet))
    for name, count in zip(dataset.alphabet.classes, counts.tolist(), strict=True):
        yield f"{name}\N{NO-BREAK SPACE}{count:,}"


def _doubtful(dataset: Dataset, names: tuple[str, ...]) -> Iterator[str]:
    """Yield a line for each kind of doubtful images; one if there are none."""
    found = doubts.find_doubts(dataset)

    def listed(indices: Indices) -> str:
        shown = [names[i] if names else str(i) for i in indices[:NAMED].tolist()]
        if indices is found.misread:
            read = (found.readings[i] for i in indices[:NAMED].tolist())
            own = dataset.characters[indices[:NAMED]].tolist()
            shown = [f"{s} ({o}, read as {r})" for s, o, r in zip(shown, own, read, strict=True)]
        more = f" and {len(indices) - NAMED} more" if len(indices) > NAMED else ""
        return ", ".join(shown) + more

    kinds = {
        "empty": found.empty,
        "with dark ink on bright paper (subtract them from 255)": found.inverted,
        "pixel-identical to an earlier one": found.repeated,
        f"unlike their label, of {found.read:,} that were read": found.misread,
    }
    numbered = "" if names else "image "
    doubtful = {what: indices for what, indices in kinds.items() if len(indices)}
    for what, indices in doubtful.items():
        yield f"{len(indices):,} {what}: {numbered}{listed(indices)}"
    if not doubtful:
        yield "No image is doubtful."
