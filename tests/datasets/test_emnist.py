"""The course's images: upright, labelled correctly, and always split in the same way."""

import hashlib
import os
import subprocess
import sys
from types import SimpleNamespace

import numpy as np
import pytest
from helpers.archives import Tiny, idx

from hwr import alphabets, dataset
from hwr._support.display import show_once
from hwr.alphabets import BYCLASS, LETTERS
from hwr.dataset import split_indices
from hwr.datasets import archive, download, emnist, fallback
from hwr.datasets.archive import DataError
from hwr.datasets.splits import SPLITS

REAL = os.environ.get("HWR_EMNIST")
needs_emnist = pytest.mark.skipif(not REAL, reason="HWR_EMNIST names no EMNIST archive")


@pytest.fixture
def stored(tiny: Tiny) -> Tiny:
    """A tiny EMNIST that lies, whole, where the package looks for it."""
    tiny.write(archive.ARCHIVE)
    return tiny


class TestLoad:
    @pytest.mark.parametrize("part", archive.PARTS)
    @pytest.mark.parametrize("split", SPLITS.values(), ids=lambda split: split.name)
    def test_every_split_is_upright_writable_and_counted_from_0(self, stored, split, part):
        dataset = emnist.load(split.name, part)
        images, labels = dataset.images, dataset.labels
        assert (dataset.name, dataset.source) == (f"{split.name} {part}", "EMNIST")
        assert (images.dtype, labels.dtype) == (np.uint8, np.int64)
        assert images.shape == (len(dataset), 28, 28)
        assert images.flags.c_contiguous
        assert images.flags.writeable is labels.flags.writeable is True
        assert (images[:, :14, 14:] == 255).all(), "the mark belongs into the upper right quarter"
        assert (images[:, 14:, :14] < 200).all()
        assert set(labels) == set(range(len(split.alphabet)))
        assert sorted(set(dataset.characters)) == sorted(split.alphabet.classes)

    def test_letters_begin_with_a(self, tiny: Tiny):
        images, labels = archive.member_names("letters", "test")
        tiny.members |= {images: idx(np.zeros((2, 28, 28))), labels: idx(np.array([1, 26]))}
        archive.MEMBERS.update(tiny.table())
        tiny.write(archive.ARCHIVE)
        assert list(emnist.load("letters").characters) == ["A", "Z"]

    def test_an_unknown_split(self, tiny: Tiny):
        with pytest.raises(DataError, match="did you mean 'balanced'"):
            emnist.load("balancd")

    def test_labels_without_images_are_an_error(self, tiny: Tiny):
        images, labels = archive.member_names("digits", "train")
        tiny.write(archive.ARCHIVE, "mnist", **{labels: tiny.members[labels]})
        with pytest.raises(DataError, match=f"lacks the member {images}: run 'python -m hwr fetch"):
            emnist.load("digits", "train")

    def test_some_emnist_is_never_mixed_with_made_up_handwriting(self, tiny: Tiny):
        tiny.write(archive.ARCHIVE, "mnist")
        with pytest.raises(DataError, match="run 'python -m hwr fetch byclass:test' to get it"):
            emnist.course()


class TestDataset:
    def test_take(self, stored):
        dataset = emnist.load("mnist")
        assert (dataset.take(np.array([3, 1])).labels == dataset.labels[[3, 1]]).all()
        assert (dataset.take(dataset.labels == 7).characters == "7").all()
        assert repr(dataset) == "<mnist test: 10 images in 10 classes, EMNIST>"

    @pytest.mark.parametrize("alphabet", ["47", 26, "10", "O0", alphabets.LETTERS])
    def test_in_another_alphabet_each_image_keeps_its_character(self, stored, alphabet):
        dataset = emnist.load("byclass")
        target = alphabets.get_alphabet(alphabet)
        inside = np.array([target.index(character) >= 0 for character in dataset.characters])
        other = dataset.in_alphabet(alphabet)
        assert other.alphabet == target
        assert (other.images == dataset.images[inside]).all()
        expected = [target.index(character) for character in dataset.characters[inside]]
        assert list(other.labels) == expected

        assert dataset.in_alphabet(BYCLASS) is dataset

    def test_a_merged_alphabet_can_be_merged_further(self, stored):
        letters = emnist.load("bymerge").in_alphabet("26")
        assert len(letters) == 37
        assert set(letters.characters) == set(LETTERS.classes)

    @pytest.mark.parametrize("alphabet", ["62", "Cx"])
    def test_what_is_merged_cannot_be_separated(self, stored, alphabet):
        with pytest.raises(ValueError, match=r"do not tell C from c, as the alphabet .* does: sta"):
            emnist.load("bymerge").in_alphabet(alphabet)


def digest(*parts: np.ndarray) -> str:
    return hashlib.sha256(b"".join(part.astype("<i8").tobytes() for part in parts)).hexdigest()[:16]


class TestCourse:
    def test_each_class_is_split_80_10_10(self, stored):
        for part, each in zip(emnist.course(), (16, 2, 2), strict=True):
            assert (np.bincount(part.labels) == each).all()
        names = [part.name for part in emnist.course()]
        assert names == ["course train", "course validation", "course test"]

    def test_no_image_is_in_two_parts(self, stored):
        parts = [set(dataset.fingerprints(part.images)) for part in emnist.course()]
        assert len(set.union(*parts)) == sum(map(len, parts)) == 1240

    @pytest.mark.parametrize("alphabet", ["47", "26", "10", "O0", "ABCDEFGHIJKLMNOPQRSTUVWXYZ"])
    def test_an_image_is_in_the_same_part_in_every_alphabet(self, stored, alphabet):
        for fine, coarse in zip(emnist.course(), emnist.course(alphabet), strict=True):
            assert (coarse.images == fine.in_alphabet(alphabet).images).all()
            assert (coarse.labels == fine.in_alphabet(alphabet).labels).all()
            assert len(coarse) > 0

    def test_repeats_are_dropped_whatever_their_label(self):
        rng = np.random.default_rng(0)
        images = np.repeat(rng.integers(0, 256, (100, 28, 28), dtype=np.uint8), 3, axis=0)
        labels = rng.integers(0, 3, 300)
        parts = dataset.split_indices(images, labels)
        assert sorted(np.concatenate(parts)) == list(range(0, 300, 3))

    def test_the_split_never_drifts(self):
        labels = np.arange(3000) * 7 % 62
        images = np.arange(3000, dtype="<i4").repeat(196).view(np.uint8).reshape(3000, 28, 28)
        assert digest(*dataset.split_indices(images, labels)) == "0081c781c0b18705"

    @needs_emnist
    def test_the_split_of_emnist_never_drifts(self):
        dataset = emnist.load("byclass")
        train, validation, test = split_indices(dataset.images, dataset.labels)
        assert (len(train), len(validation), len(test)) == (93_055, 11_634, 11_634)
        assert digest(test) == "4745347263581767"
        assert digest(train, validation) == "4b64e07a4f178cdb"

    @needs_emnist
    @pytest.mark.skipif(sys.platform != "linux", reason="reads the peak memory from /proc")
    def test_loading_takes_under_400_mb(self):
        code = (
            "from hwr.datasets import emnist; emnist.course(); "
            "print(open('/proc/self/status').read().split('VmHWM:')[1].split()[0])"
        )  # ru_maxrss would count the parent
        kilobytes = int(subprocess.check_output([sys.executable, "-c", code]))
        assert kilobytes * 1024 < 400e6


class TestFingerprints:
    def test_one_pixel_makes_a_difference(self):
        images = np.zeros((784, 28, 28), np.uint8)
        images.reshape(784, 784)[np.diag_indices(784)] = 1
        assert len(set(dataset.fingerprints(images))) == 784
        assert dataset.fingerprints(images).dtype == np.uint64

    def test_they_are_the_same_everywhere(self):
        expected = int.from_bytes(hashlib.blake2b(bytes(784), digest_size=8).digest(), "little")
        assert dataset.fingerprints(np.zeros((1, 28, 28), np.uint8))[0] == expected


class TestMadeUp:
    def test_the_notice_is_shown_once(self, tiny: Tiny, capfd):
        course = emnist.course()
        emnist.course("10")
        emnist.load("letters")
        out, err = capfd.readouterr()
        assert out.count("Made-up handwriting, not EMNIST") == 1
        assert "HWR_OFFLINE is set" in out
        assert len({len(line) for line in out.splitlines()}) == 1, "the frame is straight"
        assert err == ""
        assert [len(part) for part in course] == [496, 62, 62]
        assert {part.source for part in course} == {"made-up handwriting"}
        assert set(course.test.characters) == set(alphabets.CHARACTERS)

    @pytest.mark.parametrize("split", SPLITS.values(), ids=lambda split: split.name)
    def test_every_split_has_its_own_alphabet(self, tiny: Tiny, split):
        train, test = emnist.load(split.name, "train"), emnist.load(split.name)
        assert test.alphabet == train.alphabet == split.alphabet
        assert set(test.labels) == set(range(len(split.alphabet)))
        assert not set(dataset.fingerprints(train.images)) & set(dataset.fingerprints(test.images))

    def test_it_is_cached_and_drawn_again_when_damaged(self, tiny: Tiny, monkeypatch):
        images, labels = fallback.images_and_labels()
        (kept,) = archive.DATA.glob("made-up-*.npz")
        whole = kept.read_bytes()
        for broken in (b"", b"PK\x03\x04", whole[:-100], whole[:1000] + bytes(500) + whole[1500:]):
            kept.write_bytes(broken)
            np.testing.assert_array_equal(fallback.images_and_labels()[0], images)
            assert len(kept.read_bytes()) == len(whole)
        monkeypatch.setitem(sys.modules, "hwr.datasets.synthetic", None)
        again = fallback.images_and_labels()
        np.testing.assert_array_equal(again[0], images)
        np.testing.assert_array_equal(again[1], labels)
        assert list(archive.DATA.iterdir()) == [kept]

    def test_a_folder_that_cannot_be_written_does_not_matter(self, tiny: Tiny):
        archive.DATA.write_text("a file in the folder's place")
        assert len(emnist.course().train) == 496

    def test_other_code_makes_another_set_in_its_place(self, tiny: Tiny, monkeypatch):
        fallback.images_and_labels()
        (before,) = archive.DATA.glob("made-up-*")
        monkeypatch.setattr(fallback, "SEED", fallback.SEED + 1)
        fallback.images_and_labels()
        (after,) = archive.DATA.glob("made-up-*")
        assert after != before

    def test_a_notebook_gets_a_box(self, tiny: Tiny, monkeypatch, capfd):
        shown = []
        display = SimpleNamespace(HTML=lambda text: text, display=shown.append)
        shell = SimpleNamespace(kernel=object())
        ipython = SimpleNamespace(get_ipython=lambda: shell, display=display)
        monkeypatch.setitem(sys.modules, "IPython", ipython)
        for _ in range(2):
            show_once(fallback.FallbackNotice("no <b>network</b>"))
        (box,) = shown
        assert "Made-up handwriting, not EMNIST" in box
        assert "no &lt;b&gt;network" in box
        assert capfd.readouterr() == ("", "")

    def test_the_real_display_takes_the_box(self, tiny: Tiny, capfd, monkeypatch):
        import IPython  # other tests must not find it loaded

        monkeypatch.setattr(IPython, "get_ipython", lambda: SimpleNamespace(kernel=object()))
        show_once(fallback.FallbackNotice("for this test"))
        assert "IPython.core.display.HTML object" in capfd.readouterr().out


def test_the_network_is_not_asked_when_emnist_is_here(stored, monkeypatch):
    monkeypatch.setattr(download, "is_reachable", lambda: pytest.fail("the network was asked"))
    assert emnist.course().test.source == "EMNIST"


@needs_emnist
def test_real_characters_are_upright():
    """A 7 and a T have their ink on top, an L has it at the bottom, and left of the middle."""
    test = emnist.load("byclass")
    mean = {c: test.images[test.characters == c].mean(axis=0) for c in "7TL"}
    for character in "7T":
        assert mean[character][:12].sum() > 1.2 * mean[character][16:].sum()
    assert mean["L"][:, :14].sum() > 1.2 * mean["L"][:, 14:].sum()
    assert mean["L"][16:].sum() > mean["L"][:12].sum()
