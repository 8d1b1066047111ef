"""Data of one's own: the same in every form, upright, or refused in a sentence."""

import gzip
import pickle
import re
import struct
import warnings
import zipfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from scipy.io import savemat

from hwr import datasets
from hwr.alphabets import CHARACTERS, DIGITS, LETTERS
from hwr.cli import doctor
from hwr.cli.main import main
from hwr.datasets import synthetic
from hwr.datasets.archive import DataError
from hwr.datasets.drawings import Drawing, save_drawings
from hwr.images import open_picture
from hwr.ink import Ink, convert

N = 60
IMAGES, LABELS = synthetic.draw_images(N, seed=5, characters="0123456789")
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
    assert found.images.flags.writeable
    assert (found.images.dtype, found.labels.dtype) == (np.uint8, np.int64)
    assert found.alphabet == DIGITS


@pytest.mark.parametrize(
    ("part", "images"), [(None, IMAGES), ("train", IMAGES[:50]), ("test", IMAGES[50:])]
)
def test_a_part_is_chosen_by_its_name(tmp_path, part, images):
    for make in (make_npz_as_keras, make_torchvision):
        (tmp_path / make.__name__).mkdir()
        found = datasets.read(make(tmp_path / make.__name__), part)
        np.testing.assert_array_equal(found.images, images)
        assert found.alphabet == DIGITS, "counted over all parts"


def test_of_several_data_sets_one_must_be_named(tmp_path):
    write_idx(tmp_path, "emnist-letters-test", IMAGES[:26], np.arange(1, 27))
    write_idx(tmp_path, "emnist-digits-test", TURNED, LABELS)
    with pytest.raises(DataError, match=r"holds emnist digits test, emnist letters test: choose"):
        datasets.read(tmp_path)
    letters = datasets.read(tmp_path, "letters")
    assert letters.alphabet == LETTERS
    assert letters.labels.tolist() == list(range(26)), "counted from 1 in the file"
    assert datasets.read(tmp_path, "digits").alphabet == DIGITS


def test_of_several_matlab_files_only_the_one_asked_for_is_read(tmp_path):
    make_mat(tmp_path)
    (tmp_path / "emnist-letters.mat").write_bytes(b"MATLAB 5.0 MAT-file, not to be read")
    with pytest.raises(DataError, match=r"2 MATLAB files, emnist-digits, emnist-letters: give one"):
        datasets.read(tmp_path)
    np.testing.assert_array_equal(datasets.read(tmp_path, "digits").images, IMAGES)


SIGNS = "+−×÷ßЖक"


@pytest.mark.parametrize("code", [lambda c: c, lambda c: str(ord(c)), lambda c: f"U+{ord(c):04X}"])
def test_a_mapping_file_says_which_characters_the_labels_are(tmp_path, code):
    own = np.arange(N) % len(SIGNS)
    (tmp_path / "own.csv").write_text(csv(IMAGES, own))
    lines = [f"{label} {code(sign)}\r\n" for label, sign in enumerate(SIGNS)]
    (tmp_path / "own-mapping.txt").write_text("".join(lines), "utf-8")
    found = datasets.read(tmp_path / "own.csv")
    assert found.alphabet.classes == tuple(SIGNS)
    np.testing.assert_array_equal(found.labels, own)
    assert found.source.endswith(", as stored"), "the recogniser knows none of them"
    assert datasets.read(tmp_path / "own.csv", alphabet="÷×").characters.tolist() == [
        SIGNS[label] for label in own if SIGNS[label] in "÷×"
    ]


def test_labels_may_be_characters(tmp_path):
    own = np.array(list(SIGNS))[np.arange(N) % len(SIGNS)]
    (tmp_path / "own.csv").write_text(csv(IMAGES, own), "utf-8")
    np.savez(tmp_path / "own.npz", images=IMAGES, labels=own)
    for name in ("own.csv", "own.npz"):
        found = datasets.read(tmp_path / name)
        assert found.characters.tolist() == own.tolist()
        assert found.alphabet.classes == tuple(sorted(SIGNS))


def test_without_a_mapping_the_alphabet_must_be_given(tmp_path):
    np.savez(tmp_path / "signs.npz", x=IMAGES, y=np.arange(N) % 4)
    with pytest.raises(DataError, match=r"4 classes with the labels 0 to 3, .* as alphabet='\+"):
        datasets.read(tmp_path / "signs.npz")
    found = datasets.read(tmp_path / "signs.npz", alphabet="+−×÷")
    assert "".join(found.characters[:4]) == "+−×÷"
    np.savez(tmp_path / "from_1.npz", x=IMAGES, y=np.arange(N) % 4 + 1)
    found = datasets.read(tmp_path / "from_1.npz", alphabet="+−×÷")
    assert "".join(found.characters[:4]) == "+−×÷"


def test_drawings_are_read_by_their_content(tmp_path):
    drawn = [Drawing(c, "me", synthetic.draw(c, i)) for i, c in enumerate("3737")]
    save_drawings(tmp_path / "drawings.txt", drawn)
    found = datasets.read(tmp_path / "drawings.txt")
    assert "".join(found.characters) == "3737"
    np.testing.assert_array_equal(found.images[2], convert(Ink(drawn[2].ink.strokes)))


# --- pictures in folders -------------------------------------------------------------------------


def picture(path: Path, index: int, side: int = 90) -> np.ndarray:
    """Write an image as dark ink on grey paper, and return what the one door makes of the file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    image = Image.fromarray(IMAGES[index]).resize((side, side + 10))
    Image.eval(image, lambda ink: 220 - ink * 3 // 4).save(path)
    return convert(open_picture(path))


@pytest.fixture
def folder(tmp_path) -> Path:
    """Folders named by characters and by code points, with what operating systems add."""
    folder = tmp_path / "mine"
    names = {"7": "7/a.png", "÷": "U+00F7/a.jpg", "a": "u+0061/b.bmp", "ä": "a\u0308/b.webp"}
    for index, name in enumerate(names.values()):
        picture(folder / name, index, side=28 + 30 * index)
    (folder / "empty").mkdir()
    for name in ("7/Thumbs.db", "7/.DS_Store", ".git/HEAD", "__MACOSX/7/._a.png", "readme.txt"):
        (folder / name).parent.mkdir(exist_ok=True, parents=True)
        (folder / name).write_bytes(b"not a picture")
    return folder


def test_a_folder_for_each_character(folder):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = datasets.from_folder(folder)
    assert found.characters.tolist() == ["7", "a", "ä", "÷"]
    for image, name in zip(found.images, ["7/a.png", "u+0061/b.bmp"], strict=False):
        np.testing.assert_array_equal(image, convert(open_picture(folder / name)))


def test_a_folder_is_the_same_in_a_zip_and_through_read(folder):
    expected = datasets.from_folder(folder)
    for path in (folder, zipped(folder.with_suffix(".zip"), folder)):
        found = datasets.read(path)
        np.testing.assert_array_equal(found.images, expected.images)
        assert found.characters.tolist() == expected.characters.tolist()


def test_folders_of_parts(tmp_path):
    for part, indices in (("train", range(4)), ("test", range(4, 6))):
        for index in indices:
            picture(tmp_path / part / "xy"[index % 2] / f"{index}.png", index)
    assert "".join(datasets.read(tmp_path).characters) == "xxyyxy"
    assert "".join(datasets.read(tmp_path, "test").characters) == "xy"


def test_pictures_that_cannot_be_used_are_named_at_once(folder):
    (folder / "7" / "broken.png").write_bytes(b"\x89PNG broken")
    Image.new("L", (50, 50), 255).save(folder / "7" / "nothing.png")
    (folder / "8").mkdir()
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        found = datasets.from_folder(folder)
    assert len(found) == 4
    pictures, folders = (str(warning.message) for warning in said)
    assert re.match(r"2 pictures were left out: 7/broken.png .*; 7/nothing.png .*\.$", pictures)
    assert folders == "There is no picture that can be used of 8."


# --- refusals ------------------------------------------------------------------------------------


def put(path: Path, content: bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def put_zip(path: Path, *names: str) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for name in names:
            archive.writestr(name, b"\x80\x04 content")
    return path


def put_pictures(folder: Path, *names: str) -> Path:
    for name in names:
        put(folder / name, b"\x89PNG\r\n cut off")
    return folder


def put_npz(path: Path, **arrays) -> Path:
    np.savez(path, **arrays)
    return path


def put_cut_idx(folder: Path, packed: bool) -> Path:
    path = write_idx(folder, "train", IMAGES, LABELS, packed)
    return put(path, path.read_bytes()[:-300])


ROWS = csv(IMAGES, LABELS)
TFRECORD = struct.pack("<QI", 9, 7) + b"\n" + bytes(50)
REFUSED = {
    "is a Word document: give CSV": lambda f: put_zip(f / "a.csv", "word/document.xml"),
    "is an Excel workbook: save it as a CSV": lambda f: put_zip(f / "a.csv", "xl/workbook.xml"),
    "is a web page, ": lambda f: put(f / "emnist.csv.gz", b"\n<!doctype html>"),
    "is damaged or was cut off: copy": lambda f: put_cut_idx(f, packed=True),
    "46,740 bytes follow its header instead of 47,040": lambda f: put_cut_idx(f, packed=False),
    "is a Python pickle, which is never": lambda f: put(f / "a.npz", pickle.dumps(IMAGES)),
    "data.pkl is a Python pickle": lambda f: put_zip(
        f / "a.pt", "archive/data.pkl", "archive/version"
    ),
    "holds Python objects, a pickle": lambda f: put_npz(f / "a.npz", x=np.array([{}]), y=[1]),
    "is an HDF5 file": lambda f: put(f / "a.mat", b"MATLAB 7.3".ljust(512) + b"\x89HDF\r\n\x1a\n"),
    "is a Parquet table": lambda f: put(f / "a.csv", b"PAR1" + bytes(99)),
    "is a TFRecord file": lambda f: put(f / "a.csv", TFRECORD),
    "is empty: copy": lambda f: put(f / "a.csv", b""),
    "is a single picture": lambda f: put(f / "a.csv", b"\x89PNG\r\n"),
    "of a kind that is not known": lambda f: put(f / "a.bin", bytes(range(256))),
    "is a zip archive that was cut": lambda f: put(
        f / "a", put_zip(f / "b", "c").read_bytes()[:-9]
    ),
    "Line 2 of a.csv has 'abc' where a grey": lambda f: put(
        f / "a.csv", ROWS.replace("\n1,0,", "\n1,abc,", 1).encode()
    ),
    "784 columns, images of 28 x 28 without": lambda f: put(
        f / "a.csv", "\n".join(row.partition(",")[2] for row in ROWS.splitlines()).encode()
    ),
    "786 columns, but 785 .*index=False": lambda f: put(
        f / "a.csv", "\n".join(f"{i},{row}" for i, row in enumerate(ROWS.splitlines())).encode()
    ),
    "with 3 columns, but 785": lambda f: put(f / "a.csv", b"name,age,city\nA,3,Rome"),
    "60 images, but .*-labels-.* 9 labels": lambda f: write_idx(f, "own", IMAGES, LABELS[:9]),
    "images, but there are no labels": lambda f: put_npz(f / "a.npz", x=IMAGES),
    "the shape .5, 8, 8., but images": lambda f: put_npz(f / "a.npz", x=IMAGES[:5, :8, :8], y=[0]),
    "images in x in a.npz go from -0.5 to 0.5: scale them": lambda f: put_npz(
        f / "a.npz", x=IMAGES / 255 - 0.5, y=LABELS
    ),
    "one label for each image": lambda f: put_npz(f / "a.npz", x=IMAGES, y=np.eye(10)[LABELS]),
    "no file or folder": lambda f: f / "absent",
    "holds no files": lambda f: f,
    "'plus' and 1 others in .* are not named": lambda f: put_pictures(f, "plus/1", "times/1"),
    "2 files, but no folders": lambda f: put_pictures(f, "1.png", "2.png"),
    "No picture of .* can be used; 1 picture was": lambda f: put_pictures(f, "7/1.png"),
}


@pytest.mark.parametrize("sentence", REFUSED)
def test_a_refusal_says_what_it_is_and_what_to_do(tmp_path, sentence):
    path = REFUSED[sentence](tmp_path)
    with pytest.raises(DataError, match=sentence) as error:
        datasets.read(path)
    assert ": " in str(error.value)
    assert str(error.value).endswith(".")
    assert "\n" not in str(error.value)


def test_nothing_is_unpacked_beyond_the_limit(tmp_path, monkeypatch):
    monkeypatch.setattr("hwr.datasets.own.containers.MAX_BYTES", 10_000)
    monkeypatch.setattr("hwr.datasets.own.matrices.MAX_BYTES", 10_000)
    for make in (make_mat, make_npz_as_keras, make_idx_in_a_folder):
        with pytest.raises(DataError, match=r"has more than 0 MB when it is unpacked: give a part"):
            datasets.read(make(tmp_path))


# --- python -m hwr data --------------------------------------------------------------------------


def test_the_command_says_what_it_found(tmp_path, capsys):
    images, labels = TURNED.copy(), LABELS.copy()
    images[7], images[11], images[20] = 0, 255 - images[11], images[10]
    labels[33] = 8
    np.savez(tmp_path / "own.npz", images=images, labels=labels)
    assert main(["data", str(tmp_path / "own.npz")]) == 0
    printed = capsys.readouterr().out
    assert "60 images in 10 classes" in printed
    assert "stored transposed, as EMNIST is; they were turned upright" in printed
    assert "8\N{NO-BREAK SPACE}7" in printed
    assert "1 empty: image 7\n" in printed
    assert "from 255): image 11\n" in printed
    assert "1 pixel-identical to an earlier one: image 20\n" in printed
    assert "image 33 (8, read as 3)" in printed
    with Image.open(tmp_path / "own-sheet.png") as sheet:
        assert sheet.size == (804, 600)
        assert sheet.getextrema() == (0, 255)


def test_the_command_refuses_in_a_sentence(tmp_path, capsys):
    assert main(["data", str(put(tmp_path / "a.csv", b"<html>"))]) == 1
    assert "a.csv is a web page" in capsys.readouterr().err
    path = str(make_csv(tmp_path))
    assert main(["data", path, "--sheet", str(tmp_path / "a.csv" / "sheet.png")]) == 1
    assert "name another place with --sheet FILE" in capsys.readouterr().err


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
    monkeypatch.setattr("hwr.datasets.own.joining.MEMBERS", tiny.table())
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


@pytest.mark.parametrize(
    ("make", "state", "words"),
    [
        (named_torchvision, "ok", "cannot be verified"),
        (make_torchvision, "warning", "no part is named as EMNIST's byclass test"),
        (lambda folder: put(folder / "a.csv", b"hello").parent, "problem", "text without a table"),
    ],
)
def test_the_doctor_knows_other_forms(tiny, tmp_path, monkeypatch, make, state, words):
    monkeypatch.setenv("HWR_EMNIST", f"'{make(tmp_path)}'")
    (finding,) = doctor.data()
    assert (finding.state, words in finding.words) == (state, True), finding


@pytest.mark.parametrize("form", ["npz", "csv", "idx"])
def test_black_and_white_is_paper_and_ink_as_in_every_array(tmp_path, form):
    bits = (IMAGES > 127).astype(np.uint8)
    if form == "npz":
        path = put_npz(tmp_path / "a.npz", x=bits, y=LABELS)
    elif form == "csv":
        path = put(tmp_path / "a.csv", csv(bits, LABELS).encode())
    else:
        path = write_idx(tmp_path, "own", bits, LABELS)
    found = datasets.read(path)
    assert np.array_equal(found.images, 255 * bits)
    assert found.images.flags.writeable
