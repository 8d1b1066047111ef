"""The pool holds every labelled image at hand once, and none that is tested on."""

from pathlib import Path

import numpy as np
import pytest
from helpers.archives import Tiny, idx

from hwr import dataset
from hwr.alphabets import BYCLASS, BYMERGE, CHARACTERS, DIGITS, get_alphabet
from hwr.cli import pool
from hwr.cli.pool import POOL
from hwr.dataset import Dataset
from hwr.datasets import emnist
from hwr.datasets.archive import DataError


@pytest.fixture
def archive_with_slices(tiny: Tiny, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A whole tiny archive, and beside it slices of Balanced, Digits and Letters."""
    path = tiny.write(tiny.folder / "stick" / "emnist.zip")
    monkeypatch.setenv("HWR_EMNIST", str(path))
    rng = np.random.default_rng(3)
    for split, labels in (
        ("balanced-train", np.arange(47)),
        ("digits-test", np.arange(10)),
        ("letters-train", np.arange(1, 27)),
    ):
        images = rng.integers(0, 200, (len(labels), 28, 28), dtype=np.uint8)
        images[:, :14, 14:] = 255  # the upper right quarter
        write(path.parent / "slices", split, images.swapaxes(1, 2), labels)
    return path.parent / "slices"


def write(folder: Path, split: str, images: np.ndarray, labels: np.ndarray) -> None:
    folder.mkdir(exist_ok=True)
    places = f"100_{99 + len(images)}"
    (folder / f"emnist-{split}-images-{places}-idx3-ubyte.gz").write_bytes(idx(images))
    (folder / f"emnist-{split}-labels-{places}-idx1-ubyte.gz").write_bytes(idx(labels))


def test_slices_are_upright_and_labelled_with_what_is_known(archive_with_slices):
    balanced, digits, letters = pool.load_slices()
    assert (len(balanced), len(digits), len(letters)) == (47, 10, 26)
    assert letters.characters[0] == "Aa"  # not even A and a are told apart there
    assert list(balanced.characters) == list(BYMERGE.members)  # 'Cc': its case is not known
    assert "".join(digits.characters) == "0123456789"
    assert (balanced.images[:, :14, 14:] == 255).all()
    assert [part.name for part in pool.load_slices(letters=False)] == [balanced.name, digits.name]


def test_the_pool_shares_no_image_with_a_test_or_within_itself(archive_with_slices):
    # The slice holds again what is tested on, what is validated on, and what is there already.
    course, merged = emnist.course(), emnist.load("bymerge")
    again = [part.images for part in (merged, course.test, course.validation, course.train)]
    images = np.concatenate(again).swapaxes(1, 2)
    write(archive_with_slices, "mnist-train", images, np.zeros(len(images)))
    known = pool.load()
    prints = dataset.fingerprints(known.train.images)
    assert len(np.unique(prints)) == len(prints)
    for other in (known.validation, *known.tests):
        assert not np.isin(prints, dataset.fingerprints(other.images)).any()
    assert [test.name for test in known.tests] == ["course test", "bymerge test", "mnist test"]
    # Of an image that comes twice, the label that knows more is kept: the course's.
    assert len(known.train) == len(course.train) + 47 + 10 + 26
    assert (known.train.labels[: len(course.train)] == course.train.labels).all()
    assert known.left_out == len(merged) + len(course.test)
    assert f"without {known.left_out:,} that are also in a test set" in known.describe()


def test_without_slices_it_is_the_courses_training_part(tiny, monkeypatch):
    monkeypatch.setenv("HWR_EMNIST", str(tiny.write(tiny.folder / "emnist.zip", "byclass")))
    known, course = pool.load(), emnist.course()
    np.testing.assert_array_equal(known.train.images, course.train.images)
    assert [test.name for test in known.tests] == ["course test"]


def test_without_emnist_the_pool_is_made_up(tiny):
    known = pool.load()
    assert known.train.source == "made-up handwriting"
    assert len(known.train) == len(emnist.course().train)


def test_a_damaged_slice_is_named(archive_with_slices):
    file = next(archive_with_slices.glob("*balanced*images*"))
    whole = file.read_bytes()
    for content in (whole[:-40], b"nonsense", b""):
        file.write_bytes(content)
        with pytest.raises(DataError, match=f"{file.name} cannot be read .*copy it again"):
            pool.load_slices()
    file.write_bytes(idx(np.zeros((46, 28, 28))))
    with pytest.raises(DataError, match="do not match"):
        pool.load_slices()
    file.unlink()
    with pytest.raises(DataError, match=f"{file.name} cannot be read"):
        pool.load_slices()


def labelled(*characters: str) -> Dataset:
    labels = np.array([POOL.classes.index(character) for character in characters])
    return Dataset("some", np.zeros((len(labels), 28, 28), np.uint8), labels, POOL, "EMNIST")


def test_only_images_that_are_certainly_in_the_alphabet_are_kept():
    some = labelled("C", "c", "Cc", "7", "a")
    assert list(pool.within_alphabet(some, BYMERGE).characters) == ["C", "c", "Cc", "7", "a"]
    assert list(pool.within_alphabet(some, get_alphabet("ABC")).characters) == ["C"]
    assert list(pool.within_alphabet(some, DIGITS).characters) == ["7"]


def test_ambiguous_images_are_divided_among_their_classes():
    some = labelled(*"CCC", "c", *["Cc"] * 4, "7", "7")
    shares = dict(zip(CHARACTERS, some.class_frequencies(BYCLASS), strict=True))
    assert sum(shares.values()) == pytest.approx(1, abs=1e-4)
    assert shares["C"] / shares["7"] == pytest.approx(6 / 2, rel=1e-4)  # 3 and 3/4 of 4
    assert shares["c"] / shares["7"] == pytest.approx(2 / 2, rel=1e-4)
    assert shares["A"] / shares["7"] == pytest.approx(1 / 2, rel=1e-4)  # at least one image
    digits = labelled("7", "7", "3").class_frequencies(DIGITS)
    assert digits[7] / digits[3] == pytest.approx(2, rel=1e-4)
    assert sum(digits) == pytest.approx(1, abs=1e-4)
    merged = dict(zip(BYMERGE.classes, some.class_frequencies(BYMERGE), strict=True))
    assert merged["C"] / merged["7"] == pytest.approx(8 / 2, rel=1e-4)
