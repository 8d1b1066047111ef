"""Zip archives that unpack to more than they should are refused before they are unpacked."""

import gzip
import io
import struct
import tracemalloc
import zipfile
from contextlib import contextmanager

import numpy as np
import pytest
from helpers import bombs
from helpers.archives import Tiny

from hwr import datasets
from hwr.cli.main import main
from hwr.datasets import archive, download
from hwr.datasets.archive import DataError

IMAGES, LABELS = archive.member_names("byclass", "test")
ZEROS = bytes(60_000_000)
HUGE = 4_000_000_000


@contextmanager
def little_memory(most=20e6):
    tracemalloc.start()
    try:
        yield
        assert tracemalloc.get_traced_memory()[1] < most
    finally:
        tracemalloc.stop()


def npz(**arrays):
    file = io.BytesIO()
    np.savez_compressed(file, **arrays)
    return file.getvalue()


def matlab(packed):
    header = b"MATLAB 5.0 MAT-file".ljust(124) + struct.pack("<HH", 0x100, 0x4D49)
    return header + struct.pack("<II", 15, len(packed)) + packed


UNIPEN = {name: np.array(["a"]) for name in ("label", "provider", "writer")}
UNIPEN |= {"strokes": np.array([1]), "points": np.array([1]), "deltas": np.zeros((1, 2), np.int16)}
OWN = {"x_train": np.zeros((4, 28, 28), np.uint8), "y_train": np.arange(4)}
FILES = {
    "pens.npz": lambda: bombs.altered(npz(**UNIPEN), bombs.SIZE, HUGE),
    "own.npz": lambda: bombs.altered(npz(**OWN), bombs.SIZE, HUGE),
    "pictures.zip": lambda: bombs.altered(bombs.zipped({"a/1.png": b""}), bombs.SIZE, HUGE),
    "secret.zip": lambda: bombs.altered(bombs.zipped({"a/1.png": b"x"}), bombs.FLAGS, 1),
    "bzip2.zip": lambda: bombs.altered(bombs.zipped({"a/1.png": b"x"}), bombs.METHOD, 12),
    "inner.zip": lambda: bombs.zipped({"x.npy": ZEROS, "read.me": b""}),
    "images-idx3-ubyte.gz": lambda: gzip.compress(b"\0\0\x08\x03" + ZEROS, 1),
    "some.mat": lambda: matlab(zipfile.zlib.compress(ZEROS, 1)),
}
SENTENCES = {
    "pens.npz": r"An array in pens\.npz has more than 300 MB when it is unpacked",
    "own.npz": r"_train\.npy in own\.npz has more than 600 MB when it is unpacked",
    "pictures.zip": r"1\.png in pictures\.zip has more than 600 MB when it is unpacked",
    "secret.zip": r"1\.png in secret\.zip is protected by a password",
    "bzip2.zip": r"1\.png in bzip2\.zip is not packed by Deflate",
    "inner.zip": r"x\.npy in inner\.zip unpacks to more than 200 times its size",
    "images-idx3-ubyte.gz": r"images-idx3-ubyte\.gz unpacks to more than 200 times its size",
    "some.mat": r"A variable in some\.mat unpacks to more than 200 times its size",
}


@pytest.mark.parametrize("name", FILES)
def test_data_that_unpacks_to_too_much_is_refused(tmp_path, name):
    path = tmp_path / name
    path.write_bytes(FILES[name]())
    (tmp_path / "labels-idx1-ubyte.gz").write_bytes(gzip.compress(b"\0\0\x08\x01\0\0\0\1\0"))
    with (
        pytest.raises(DataError, match=rf"{SENTENCES[name]}[^\n]*: [^\n]*\.$"),
        little_memory(200e6),
    ):
        datasets.read(path)


def test_a_member_of_emnist_is_unpacked_only_if_it_has_its_size(tiny: Tiny):
    stick = tiny.folder / "stick.zip"
    whole = bombs.zipped(tiny.members)
    lying = bombs.zipped(dict.fromkeys(tiny.members, ZEROS))
    for content, sentence in (
        (bombs.altered(whole, bombs.SIZE, HUGE), "another release .expected .*, found 4,000,000,0"),
        (bombs.altered(whole, bombs.FLAGS, 1), "is protected by a password: "),
        (bombs.altered(whole, bombs.METHOD, 14), "is not packed by Deflate: "),
        (bombs.altered(lying, bombs.SIZE, len(tiny.members[IMAGES])), "is damaged"),
    ):
        stick.write_bytes(content)
        with little_memory(), pytest.raises(DataError, match=rf"{sentence}.*\.$"):
            download.fetch(source=stick)
        assert bombs.left(archive.DATA) == []


def test_what_a_killed_process_left_is_removed(tiny: Tiny):
    stick = tiny.write(tiny.folder / "stick.zip", "byclass")
    archive.DATA.mkdir(exist_ok=True)
    (archive.DATA / ".unfinished-123-emnist.zip").write_bytes(b"half")
    download.fetch(source=stick)
    assert bombs.left(archive.DATA) == ["emnist.zip"]


def test_the_command_says_it_in_one_line(tiny: Tiny, capsys):
    stick = tiny.folder / "stick.zip"
    stick.write_bytes(bombs.altered(bombs.zipped(tiny.members), bombs.SIZE, HUGE))
    assert main(["fetch", "--from", str(stick)]) == 1
    assert capsys.readouterr().err.count("\n") == 1
