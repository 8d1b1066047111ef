"""Data of one's own: the same in every form, upright, or refused in a sentence."""

import gzip
import struct
import zipfile
from pathlib import Path

import numpy as np
import pytest
from scipy.io import savemat

from hwr import datasets
from hwr.alphabets import CHARACTERS, DIGITS
from hwr.datasets import synthetic
from hwr.datasets.archive import DataError

N = 60
IMAGES, LABELS = synthetic.draw_images(N, seed=5, characters="0123456789")
FLAT = IMAGES.reshape(N, 784)
TURNED = IMAGES.swapaxes(1, 2)
"""As EMNIST stores them."""


def idx(array: np.ndarray) -> bytes:
    header = bytes([0, 0, 8, array.ndim]) + struct.pack(f">{array.ndim}I", *array.shape)
    return header + array.astype(np.uint8).tobytes()


def csv(images: np.ndarray, labels: np.ndarray, header: bool = False, between: str = ",") -> str:
    flat = images.reshape(len(images), -1).tolist()
    rows = [between.join(map(str, [label, *row])) for label, row in zip(labels, flat, strict=True)]
    first = [between.join(["label", *(f"pixel{i}" for i in range(784))])] if header else []
    return "\n".join([*first, *rows]) + "\n"


def write_idx(folder: Path, stem: str, images: np.ndarray, labels: np.ndarray, packed=False):
    """Write idx files as MNIST ('train') or EMNIST ('emnist-digits-train') has them."""
    folder.mkdir(parents=True, exist_ok=True)
    end, write = (".gz", gzip.compress) if packed else ("", bytes)
    path = folder / f"{stem}-images-idx3-ubyte{end}"
    path.write_bytes(write(idx(images)))
    (folder / f"{stem}-labels-idx1-ubyte{end}").write_bytes(write(idx(labels)))
    return path


def zipped(path: Path, folder: Path) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in sorted(folder.rglob("*")):
            archive.write(file, file.relative_to(folder.parent))
    return path


def make_csv(folder: Path) -> Path:
    (folder / "own.csv").write_text(csv(IMAGES, LABELS))
    return folder / "own.csv"


def make_csv_with_header(folder: Path) -> Path:
    text = csv(IMAGES, LABELS, header=True, between=";")
    (folder / "own.csv.gz").write_bytes(gzip.compress(text.replace("\n", "\r\n").encode("utf-16")))
    return folder / "own.csv.gz"


def make_csv_as_kaggle(folder: Path) -> Path:
    (folder / "emnist-digits-train.csv").write_text(csv(TURNED, LABELS))
    return folder


def make_mat(folder: Path) -> Path:
    part = {"images": TURNED.reshape(N, 784), "labels": LABELS[:, None], "writers": LABELS[:, None]}
    rows = np.array([[i, 48 + i] for i in range(10)])
    content = {"dataset": {"train": part, "mapping": rows}}
    savemat(folder / "emnist-digits.mat", content, do_compression=True)
    return folder / "emnist-digits.mat"


def make_npz_as_keras(folder: Path) -> Path:
    arrays = {"x_train": IMAGES[:50], "y_train": LABELS[:50]}
    np.savez_compressed(folder / "mnist.npz", x_test=IMAGES[50:], y_test=LABELS[50:], **arrays)
    return folder / "mnist.npz"


def make_npz_of_floats(folder: Path) -> Path:
    scaled = (IMAGES[..., None] / 255).astype(np.float32)
    np.savez(folder / "own.npz", images=scaled, labels=LABELS.astype(np.float64))
    return folder / "own.npz"


def make_idx_alone(folder: Path) -> Path:
    return write_idx(folder, "train", IMAGES, LABELS)


def make_idx_in_a_folder(folder: Path) -> Path:
    write_idx(folder / "gz", "train", IMAGES[:50], LABELS[:50], packed=True)
    write_idx(folder / "gz", "t10k", IMAGES[50:], LABELS[50:], packed=True)
    return folder / "gz"


def make_idx_in_a_zip(folder: Path) -> Path:
    write_idx(folder / "mine", "own", TURNED, LABELS)
    return zipped(folder / "mine.zip", folder / "mine")


def make_torchvision(folder: Path) -> Path:
    write_idx(folder / "EMNIST" / "raw", "emnist-digits-train", TURNED[:50], LABELS[:50])
    write_idx(folder / "EMNIST" / "raw", "emnist-digits-test", TURNED[50:], LABELS[50:])
    return folder


def make_official_archive(folder: Path) -> Path:
    write_idx(folder / "gzip", "emnist-digits-train", TURNED, LABELS, packed=True)
    (folder / "gzip" / "emnist-digits-mapping.txt").write_text(
        "".join(f"{i} {48 + i}\r\n" for i in range(10))
    )
    return zipped(folder / "gzip.zip", folder / "gzip")


def make_npy_files(folder: Path) -> Path:
    np.save(folder / "x_train.npy", IMAGES.reshape(N, 1, 28, 28))
    np.save(folder / "y_train.npy", np.array(list(CHARACTERS))[LABELS])
    return folder


FORMS = [
    make_csv,
    make_csv_with_header,
    make_csv_as_kaggle,
    make_mat,
    make_npz_as_keras,
    make_npz_of_floats,
    make_idx_alone,
    make_idx_in_a_folder,
    make_idx_in_a_zip,
    make_torchvision,
    make_official_archive,
    make_npy_files,
]


@pytest.mark.parametrize("make", FORMS, ids=lambda make: make.__name__.removeprefix("make_"))
def test_one_data_set_in_twelve_forms_is_the_same(tmp_path, make):
    found = datasets.read(make(tmp_path))
    np.testing.assert_array_equal(found.images, IMAGES)
    np.testing.assert_array_equal(found.labels, LABELS)
    assert found.images.flags.c_contiguous
    assert (found.images.dtype, found.labels.dtype) == (np.uint8, np.int64)
    assert found.alphabet == DIGITS


# --- in place of EMNIST's archive ----------------------------------------------------------------

FEW, FEW_LABELS = synthetic.draw_images(3 * 62, seed=6)


def named_csv(folder: Path) -> Path:
    path = folder / "emnist-byclass-test.csv"
    path.write_text(csv(FEW.swapaxes(1, 2), FEW_LABELS))
    return path


def named_torchvision(folder: Path) -> Path:
    write_idx(folder / "EMNIST" / "raw", "emnist-byclass-test", FEW.swapaxes(1, 2), FEW_LABELS)
    write_idx(folder / "EMNIST" / "raw", "emnist-digits-test", TURNED, LABELS)
    return folder / "EMNIST"


def named_npz_of_62_classes(folder: Path) -> Path:
    np.savez(folder / "own.npz", x=FEW, y=FEW_LABELS)
    return folder / "own.npz"


@pytest.mark.parametrize("make", [named_csv, named_torchvision, named_npz_of_62_classes])
def test_hwr_emnist_may_name_another_form(tiny, tmp_path, monkeypatch, make):
    monkeypatch.setenv("HWR_EMNIST", f'"{make(tmp_path)}"')
    found = datasets.load("byclass")
    np.testing.assert_array_equal(found.images, FEW)
    np.testing.assert_array_equal(found.labels, FEW_LABELS)
    assert found.name == "byclass test"
    assert found.source != "EMNIST", "nobody has compared it with the official one"
    train, validation, test = datasets.course()
    assert len(train) + len(validation) + len(test) == len(FEW)
    assert train.name == "course train"


def test_the_members_of_the_archive_in_a_folder_are_the_official_ones(tiny, tmp_path, monkeypatch):
    monkeypatch.setattr("hwr.datasets.files.MEMBERS", tiny.table())
    with zipfile.ZipFile(tiny.write(tmp_path / "emnist.zip", "mnist", "digits")) as archive:
        archive.extractall(tmp_path / "unpacked")
    monkeypatch.setenv("HWR_EMNIST", str(tmp_path / "unpacked"))
    assert (datasets.load("mnist").images[:, :14, 14:] == 255).all(), "turned upright"
    assert datasets.load("mnist", "train").source == "EMNIST"


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (make_torchvision, "holds emnist digits test, emnist digits train, but not byclass test"),
        (make_npz_of_floats, "NumPy's .npz of 10 classes, but byclass has 62"),
    ],
)
def test_what_cannot_serve_the_course_says_what_it_is(tiny, tmp_path, monkeypatch, make, sentence):
    monkeypatch.setenv("HWR_EMNIST", str(make(tmp_path)))
    with pytest.raises(DataError, match=f"HWR_EMNIST names .*{sentence}"):
        datasets.course()
