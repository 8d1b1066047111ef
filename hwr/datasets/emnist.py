"""EMNIST as datasets: the official splits, and the course set.

The course set is EMNIST's ByClass *test* part, split again: its 29 MB hold all 62 characters.
Figures measured on it must not be compared with published ones, which refer to the official splits.
"""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from hwr._support import paths
from hwr._support.display import show_once
from hwr.alphabets import BYCLASS, Alphabet
from hwr.dataset import Dataset, Splits, split_indices
from hwr.datasets import archive, download, fallback
from hwr.datasets.splits import SPLITS, split

COURSE_SPLIT = "byclass", "test"
MADE_UP_TEST_IMAGES = 6200
"""Number of made-up images to measure on: 100 of each character."""
MADE_UP_TEST_SEED = 2
"""Differs from the seed of the made-up images that the recogniser was trained on."""


def load(split: str, part: str = "test") -> Dataset:
    """Return one part of one of EMNIST's six official splits.

    It is read from an archive on this machine or downloaded, in the order that ``data/README.md``
    gives. If EMNIST is not available, made-up handwriting takes its place and a notice says so.

    Parameters
    ----------
    split : {'byclass', 'bymerge', 'balanced', 'letters', 'digits', 'mnist'}
    part : {'test', 'train'}

    Raises
    ------
    DataError
        If there is no such split or part, or if the archive, or what ``HWR_EMNIST`` names in
        another form, lacks it or is damaged.
    """
    members = archive.member_names(split, part)
    path = _find_or_download(members)
    official = SPLITS[split]
    if path is None:
        whole = _made_up(f"{split} {part}")
        train, validation, test = split_indices(whole.images, whole.labels)
        indices = test if part == "test" else np.concatenate([train, validation])
        return whole.take(indices).in_alphabet(official.alphabet)
    if archive.is_other_form(path):
        from hwr.datasets.own import files  # imports scipy, which the archive does not need

        return files.load_split(path, split, part)
    images, labels = (archive.read_array(path, member) for member in members)
    return Dataset(
        name=f"{split} {part}",
        # The archive's images are transposed and read-only: make an upright copy.
        images=np.array(images.swapaxes(1, 2), order="C"),
        labels=labels.astype(np.int64) - official.first_label,
        alphabet=official.alphabet,
        source="EMNIST",
    )


def course(alphabet: str | int | Alphabet = "62") -> Splits:
    """Return the course set: of each character, 80 % to train, 10 % to validate and 10 % to test.

    An image is in the same part in every alphabet, and no two parts share an image. The images come
    from the same place as those of :func:`load`.

    Parameters
    ----------
    alphabet : str, int or Alphabet
        As for :func:`hwr.alphabets.get_alphabet`. Images of other characters are left out.

    Returns
    -------
    Splits
        Train, validation and test: 93,055, 11,634 and 11,634 images in all 62 classes of EMNIST;
        9,920, 1,240 and 1,240 of made-up handwriting.

    Raises
    ------
    DataError
        If this machine has EMNIST, but without an intact ByClass test part.
    ValueError
        If there is no such alphabet.
    """
    found = _find_or_download(archive.member_names(*COURSE_SPLIT))
    whole = load(*COURSE_SPLIT) if found else _made_up("made-up")
    return Splits(*(part.in_alphabet(alphabet) for part in split(replace(whole, name="course"))))


def _find_or_download(members: Sequence[str]) -> Path | None:
    """Return the archive to read these members from; None if EMNIST is not available."""
    if path := archive.archive_with(members):
        return path
    if not paths.named_emnist() and download.is_reachable():
        return download.get_members(members)
    # An archive that lacks members: reading it raises an error that names one and says what to do.
    return archive.first_archive()


def _made_up(name: str) -> Dataset:
    show_once(fallback.FallbackNotice(download.why_unreachable()))
    images, labels = fallback.images_and_labels()
    return Dataset(name, images, labels, BYCLASS, fallback.SOURCE)


def load_test_set(name: str, files: Sequence[Path] = ()) -> Dataset:
    """Return a dataset to measure on, by its name in ``python -m hwr evaluate --on``.

    Parameters
    ----------
    name : {'course', 'bymerge', 'mnist', 'made-up', 'ink'}
        The course test, an official test set, made-up handwriting, or drawings.
    files : sequence of Path
        For ``'ink'``: files of drawings, as :func:`hwr.datasets.load_drawings` reads them.
    """
    if name == "course":
        return course().test
    if name == "made-up":
        from hwr.datasets import synthetic  # imports scipy, which EMNIST does not need

        return synthetic.dataset(MADE_UP_TEST_IMAGES, MADE_UP_TEST_SEED)
    if name == "ink":
        if not files:
            raise ValueError("There is nothing to read: give one or more files after --on ink.")
        from hwr.datasets.drawings import from_drawings  # imports scipy, too

        return from_drawings(*files)
    return load(name)
