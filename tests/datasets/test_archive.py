"""What an archive holds and whether it is intact: every way in which a file can be bad."""

import gzip
import subprocess
import sys
import zipfile
from pathlib import Path

import emnist
import numpy as np
import pytest
from helpers.archives import Tiny, idx

from hwr.datasets import archive
from hwr.datasets.archive import DataError
from hwr.datasets.splits import SPLITS

IMAGES, LABELS = archive.member_names("byclass", "test")


def test_the_table_has_every_member_under_the_package_s_name():
    expected = {
        emnist.ZIP_PATH_TEMPLATE.format(dataset=split, usage=part, matrix=matrix, dim=dim)
        for split in SPLITS
        for part in archive.PARTS
        for matrix, dim in (("images", 3), ("labels", 1))
    }
    assert set(archive.MEMBERS) == expected
    assert all(len(bytes.fromhex(member.sha256)) == 32 for member in archive.MEMBERS.values())


def test_importing_the_datasets_loads_nothing_heavy():
    heavy = {"tensorflow", "keras", "matplotlib", "scipy", "requests", "emnist", "tqdm", "IPython"}
    code = f"import sys, hwr.datasets.emnist; print([m for m in {heavy} if m in sys.modules])"
    assert subprocess.check_output([sys.executable, "-c", code], text=True).strip() == "[]"


@pytest.mark.parametrize(
    ("split", "part", "sentence"),
    [
        ("ballanced", "test", "no split 'ballanced' (did you mean 'balanced'?); it has byclass,"),
        ("Letters", "test", "did you mean 'letters'?"),
        ("xyz", "test", "EMNIST has no split 'xyz'; it has"),
        ("mnist", "training", "no part 'training' (did you mean 'train'?); it has train, test."),
    ],
)
def test_an_unknown_split_or_part_gets_the_nearest(split, part, sentence):
    with pytest.raises(DataError) as error:
        archive.member_names(split, part)
    assert sentence in str(error.value)


class TestPlaces:
    def test_none(self, tiny: Tiny):
        assert archive.find_archives() == []
        assert archive.first_archive() is None
        assert archive.archive_with([IMAGES]) is None

    def test_data_comes_before_the_cache_of_the_package(self, tiny: Tiny):
        cache = tiny.write(Path(emnist.get_cached_data_path()), "byclass", "mnist")
        assert cache.is_relative_to(tiny.folder)
        assert archive.first_archive() == cache
        tiny.write(archive.ARCHIVE, "byclass")
        assert archive.find_archives() == [archive.ARCHIVE, cache]
        assert archive.archive_with([IMAGES, LABELS]) == archive.ARCHIVE
        assert archive.archive_with(archive.member_names("mnist", "test")) == cache

    def test_a_page_in_the_cache_of_the_package_is_no_archive(self, tiny: Tiny):
        cache = Path(emnist.get_cached_data_path())
        cache.parent.mkdir(parents=True)
        cache.write_text("<html>moved</html>")
        assert archive.first_archive() is None

    def test_a_named_archive_is_the_only_one(self, tiny: Tiny, monkeypatch):
        tiny.write(archive.ARCHIVE)
        named = tiny.write(tiny.folder / "stick.zip", "mnist")
        monkeypatch.setenv("HWR_EMNIST", str(named))
        assert archive.find_archives() == [named]
        assert archive.archive_with([IMAGES]) is None

    def test_a_wrong_name_is_never_ignored(self, tiny: Tiny, monkeypatch):
        tiny.write(archive.ARCHIVE)
        monkeypatch.setenv("HWR_EMNIST", str(tiny.folder / "absent.zip"))
        with pytest.raises(DataError, match=r"HWR_EMNIST names .*, where there is no file or fold"):
            archive.first_archive()

    @pytest.mark.parametrize("quoted", ['"{}"', " '{}' ", "{} ", '" {}"'])
    def test_quotes_and_spaces_around_a_name_are_ignored(self, tiny: Tiny, monkeypatch, quoted):
        named = tiny.write(tiny.folder / "on a stick.zip", "mnist")
        monkeypatch.setenv("HWR_EMNIST", quoted.format(named))
        assert archive.find_archives() == [named]
        monkeypatch.setenv("HWR_EMNIST", quoted.format(""))
        assert archive.find_archives() == []

    def test_a_broken_installation_still_finds_data(self, tiny: Tiny, monkeypatch):
        tiny.write(archive.ARCHIVE)
        monkeypatch.setitem(sys.modules, "emnist", None)
        assert archive.find_archives() == [archive.ARCHIVE]


def _stored_at(path: Path, name: str) -> int:
    """Return where the content of a stored member begins in its zip file."""
    with zipfile.ZipFile(path) as file:
        info = file.getinfo(name)
    return info.header_offset + 30 + len(name)


def _made(tiny: Tiny, kind: str) -> Path:
    """Return a file that is no archive, or an archive that is partial or damaged."""
    if kind == "folder":
        return tiny.folder
    path = tiny.folder / f"{kind}.zip"
    if kind in NO_ARCHIVES:
        path.write_bytes(NO_ARCHIVES[kind])
    elif kind == "other release":
        tiny.write(path, "mnist", **{IMAGES: idx(np.zeros((3, 28, 28)))})
    elif kind == "partial":
        tiny.write(path, "mnist")
    elif kind != "missing":
        compression = zipfile.ZIP_DEFLATED if kind == "squashed" else zipfile.ZIP_STORED
        content = bytearray(tiny.write(path, compression=compression).read_bytes())
        start = _stored_at(path, IMAGES)
        if kind == "flipped":
            content[start + 1000] ^= 1
        elif kind == "squashed":
            content[start : start + 50] = b"\xff" * 50
        elif kind == "version":
            content[content.rindex(b"PK\1\2") + 6] = 99  # of zip, that unpacking needs
        path.write_bytes(content[:-5000] if kind == "cut" else content)
    return path


NO_ARCHIVES = {
    "page": b"\n <!DOCTYPE html><html><body>Moved</body></html>",
    "noise": b"\x00noise" * 100,
    "empty": b"",
}
BAD = {
    "page": "is a web page, not EMNIST's zip archive .*: copy it again, or remove it and run",
    "cut": "is a zip archive that was cut off before its end: copy it again",
    "noise": "is not a zip archive: copy it again",
    "empty": "is not a zip archive: copy it again",
    "flipped": f"The member {IMAGES} of .* is damaged: copy it again",
    "version": "is a damaged zip archive: copy it again",
    "squashed": f"The member {IMAGES} of .* is damaged: copy it again",
    "other release": f"The member {IMAGES} of .* is damaged or from another release .expected .*,",
    "partial": f"lacks the member {IMAGES}: run 'python -m hwr fetch byclass:test' to get it",
    "folder": r"cannot be read \(Is a directory\)",
    "missing": r"There is no file .*missing\.zip: check the name",
}


@pytest.mark.parametrize("kind", BAD)
def test_each_bad_file_gets_its_sentence(tiny: Tiny, kind):
    with pytest.raises(DataError, match=BAD[kind]):
        archive.read(_made(tiny, kind), IMAGES)


def test_what_lies_in_data_is_repaired_by_fetching(tiny: Tiny):
    archive.DATA.mkdir()
    archive.ARCHIVE.write_bytes(_made(tiny, "flipped").read_bytes())
    with pytest.raises(DataError, match="is damaged: run 'python -m hwr fetch' to get it again"):
        archive.read(archive.ARCHIVE, IMAGES)


class TestVerify:
    def test_a_whole_and_a_partial_archive_are_in_order(self, tiny: Tiny):
        assert archive.verify(tiny.write(tiny.folder / "whole.zip")) == []
        assert archive.verify(_made(tiny, "partial")) == []

    def test_each_bad_member_is_named(self, tiny: Tiny):
        path = tiny.write(tiny.folder / "two.zip")
        content = bytearray(path.read_bytes())
        bad = [LABELS, archive.member_names("mnist", "train")[0]]
        for name in bad:
            content[_stored_at(path, name) + 20] ^= 255
        path.write_bytes(content)
        problems = archive.verify(path)
        assert [name for name in tiny.members if any(name in text for text in problems)] == bad
        assert len(problems) == 2

    @pytest.mark.parametrize("kind", [*NO_ARCHIVES, "cut"])
    def test_what_is_no_archive_has_one_problem(self, tiny: Tiny, kind):
        assert len(archive.verify(_made(tiny, kind))) == 1

    def test_names_that_climb_out_are_not_touched(self, tiny: Tiny):
        evil = {"../../climbed": b"x", "/climbed": b"x", "gzip/../../climbed": b"x"}
        path = tiny.write(tiny.folder / "a" / "b" / "evil.zip", "mnist", **evil)
        assert archive.verify(path) == []
        archive.read(path, archive.member_names("mnist", "test")[0])
        assert not list(tiny.folder.rglob("climbed"))
        assert not Path("/climbed").exists()


class TestParse:
    @pytest.mark.parametrize("array", [np.arange(7), np.arange(24).reshape(2, 3, 4)])
    def test_with_the_package_and_where_numpy_stops_it(self, monkeypatch, array):
        data = gzip.decompress(idx(array))
        np.testing.assert_array_equal(archive.parse_idx(data), array)

        def as_on_numpy_2_4(data):
            raise TypeError("only 0-dimensional arrays can be converted to Python scalars")

        monkeypatch.setattr(emnist, "parse_idx", as_on_numpy_2_4)
        np.testing.assert_array_equal(archive.parse_idx(data), array)


class TestInventory:
    def test_of_a_partial_archive(self, tiny: Tiny):
        labels = archive.member_names("digits", "train")[1]
        path = tiny.write(tiny.folder / "some.zip", "mnist", **{labels: tiny.members[labels]})
        rows = {(row.split, row.part): row for row in archive.inventory(path)}
        assert len(rows) == 12
        assert rows["mnist", "test"][2:5] == (True, True, 10)
        assert rows["digits", "train"][2:] == (False, True, 10, len(tiny.members[labels]))
        assert rows["byclass", "test"][2:] == (False, False, None, 0)
        sizes = [len(tiny.members[name]) for name in archive.member_names("mnist", "train")]
        assert rows["mnist", "train"].size == sum(sizes)

    def test_without_an_archive_nothing_is_held(self, tiny: Tiny):
        assert {row[2:] for row in archive.inventory()} == {(False, False, None, 0)}
