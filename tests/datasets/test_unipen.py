"""UNIPEN: the same drawings from its own files and from arrays, or refused in a sentence."""

import string
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from hwr import datasets
from hwr.alphabets import BYCLASS
from hwr.cli.main import main
from hwr.datasets import synthetic, unipen
from hwr.datasets.archive import DataError
from hwr.ink import Ink, convert

Strokes = list[list[tuple[int, int]]]


class Sample(NamedTuple):
    """A drawing; y is down."""

    label: str
    provider: str
    writer: str
    strokes: Strokes


def category_of(label: str) -> str:
    kinds = {"1a": string.digits, "1b": string.ascii_uppercase, "1c": string.ascii_lowercase}
    return "6" if len(label) > 1 else next((c for c, k in kinds.items() if label in k), "1d")


def component(stroke: Sequence[tuple[int, int]], keyword: str = ".PEN_DOWN") -> str:
    return "\n".join([keyword, *(f"\t{x} {-y}" for x, y in stroke), ""])


def quoted(label: str) -> str:
    return '"' + label.replace("\\", "\\\\").replace('"', '\\"') + '"'


def write_files(root: Path, samples: Sequence[Sample]) -> Path:
    """Write samples as UNIPEN's own files, one for each category of a person, who has another."""
    for provider, writer in sorted({(each.provider, each.writer) for each in samples}):
        name, text = f"{provider}/data/{writer}.dat", f".WRITER_ID {writer}\n.COORD X Y\n"
        number = 0
        for each in samples:
            if (each.provider, each.writer) != (provider, writer):
                continue
            first, number = number, number + len(each.strokes)
            text += "".join(component(stroke) + ".PEN_UP\n" for stroke in each.strokes)
            level = "WORD" if len(each.label) > 1 else "CHARACTER"
            line = f".SEGMENT {level} {first}-{number - 1} OK {quoted(each.label)}\n"
            file = root / "data" / category_of(each.label) / provider / f"{writer}.dat"
            before = file.read_text() if file.exists() else f".VERSION 1.0\n.INCLUDE {name}\n"
            write(file, before + line)
        write(root / "include" / name, text)
    return root


def arrays_of(samples: Sequence[Sample]) -> dict[str, Any]:
    places = [np.concatenate(each.strokes) for each in samples]
    deltas = [np.diff(each, axis=0, prepend=each[:1]) for each in places]
    return {
        "label": np.array([each.label for each in samples]),
        "provider": np.array([each.provider for each in samples]),
        "writer": np.array([f"{each.provider}-{each.writer}" for each in samples]),
        "strokes": np.array([len(each.strokes) for each in samples], np.int16),
        "points": np.array([len(stroke) for each in samples for stroke in each.strokes], np.int16),
        "deltas": np.concatenate(deltas).astype(np.int16),
    }


def write_arrays(folder: Path, samples: Sequence[Sample], what: str = "characters") -> Path:
    folder.mkdir(exist_ok=True)
    np.savez(folder / f"unipen-{what}.npz", **arrays_of(samples))
    return folder


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "latin-1", newline="")
    return path


def drawn(characters: str, provider: str = "abc", writer: str = "me") -> list[Sample]:
    """Return a sample of each character; a mark is drawn as an x."""
    shown = [each if each.isalnum() else "x" for each in characters]
    inks = [synthetic.draw(each, seed=i) for i, each in enumerate(shown)]
    strokes = [[(s * 50).astype(int).tolist() for s in ink.strokes] for ink in inks]
    return [Sample(each, provider, writer, s) for each, s in zip(characters, strokes, strict=True)]


def shape_of(ink: Ink) -> list[np.ndarray]:
    """Return strokes without their place and size."""
    low, high = ink.bounds()
    return [(stroke - low) / max(*(high - low), 1) for stroke in ink.strokes]


def in_one_file(root: Path, text: str, provider: str = "abc") -> Path:
    """Write a file of category 1c that holds points and segments, and return the folder."""
    write(root / "data" / "1c" / provider / "x.dat", text)
    return root


def strokes_of(root: Path) -> dict[str, list[list[list[float]]]]:
    """Return the strokes of each label, y down."""
    return {
        sample.label: [stroke.tolist() for stroke in sample.ink.strokes]
        for sample in unipen.load(root)
    }


points = st.tuples(st.integers(-4000, 4000), st.integers(-4000, 4000))
inks = st.lists(st.lists(points, min_size=1, max_size=5), min_size=1, max_size=4)


@settings(max_examples=25)
@example(strokes=[[(0, 0), (3, 9)]], label="\\")
@example(strokes=[[(5, 5)], [(7, 5)]], label='"')
@given(
    strokes=inks, label=st.sampled_from(string.digits + string.ascii_letters + string.punctuation)
)
def test_a_drawing_is_the_same_from_both_forms(tmp_path_factory, strokes, label):
    folder = tmp_path_factory.mktemp("unipen")
    sample = Sample(label, "xyz", "w7", strokes)
    write_arrays(folder, [sample])
    (stored,) = unipen.load(folder)
    (read,) = unipen.load(write_files(folder / "own", [sample]))
    for one in (stored, read):
        assert (one.label, one.provider, one.writer) == (label, "xyz", "xyz-w7")
        assert len(one.ink.strokes) == len(strokes)
    for one, other in zip(shape_of(stored.ink), shape_of(read.ink), strict=True):
        np.testing.assert_allclose(one, other, atol=1e-9)


def test_ranges_name_components_and_points_and_count_what_a_pen_did_above_the_paper(tmp_path):
    text = """.COMMENT  free text, with .PEN_DOWN in a line
 .PEN_DOWN 9 9
.COORD X Y T P
.PEN_DOWN
 0 0 10 1
 1 -1 20 1  2 -2 30 1
.PEN_UP
.PEN_UP
 5 5 40 0
.DT 100
.PEN_DOWN 3 -3 50 1
 4 -4 60 1
.PEN_DOWN
.PEN_DOWN
 6 -6 70 1
.SEGMENT CHARACTER 0 OK "a"
.SEGMENT CHARACTER 0-2 ? "b"
.SEGMENT CHARACTER 0:1-2:0 GOOD "c"
.SEGMENT CHARACTER 2:1-3 OK "d"
.SEGMENT CHARACTER 3,0:2-0:2 OK "e"
.SEGMENT CHARACTER 0-0:1 OK "f"
.SEGMENT TEXT 0-3 OK "abc"
"""
    assert strokes_of(in_one_file(tmp_path, text)) == {
        "a": [[[0, 0], [1, 1], [2, 2]]],
        "b": [[[0, 0], [1, 1], [2, 2]], [[3, 3], [4, 4]]],
        "c": [[[1, 1], [2, 2]], [[3, 3]]],
        "d": [[[4, 4]], [[6, 6]]],
        "e": [[[6, 6]], [[2, 2]]],
        "f": [[[0, 0], [1, 1]]],
    }


def test_files_include_one_another_and_windows_ends_its_lines_otherwise(tmp_path):
    write(tmp_path / "include/abc/abc.doc", ".COORD T X Y\r\n.DATA_INFO caf\xe9\r\n")
    write(tmp_path / "include/abc/more/inner.dat", ".PEN_DOWN\r\n1 7 -8\r\n.PEN_UP\r\n")
    outer = ".INCLUDE abc/abc.doc\r\n.INCLUDE abc/more/inner.dat\r\n.INCLUDE abc/outer.dat\r\n"
    write(tmp_path / "include/abc/outer.dat", outer)
    text = '.INCLUDE abc/outer.dat\r\n.INCLUDE abc/none.lex\r\n.SEGMENT CHARACTER 0 OK "i"\r\n'
    assert strokes_of(in_one_file(tmp_path, text)) == {"i": [[[7, 8]]]}


@pytest.mark.parametrize("times", [1, 2])
def test_files_that_include_others_without_end_are_refused(tmp_path, times):
    for depth in range(400):  # one after another, or 2 ** 400 readings
        text = f".INCLUDE abc/{depth + 1}.dat\n" * times
        write(tmp_path / f"include/abc/{depth}.dat", text)
    with pytest.raises(DataError, match=r"includes more than 200 files, .*: copy it again"):
        unipen.load(in_one_file(tmp_path, ".INCLUDE abc/0.dat\n"))


def test_a_tablet_with_finer_rows_than_columns_draws_as_it_was_written(tmp_path):
    text = ".X_POINTS_PER_INCH 254\n.Y_POINTS_PER_MM 20\n.PEN_DOWN\n0 0\n100 -200\n"
    root = in_one_file(tmp_path, text + '.SEGMENT CHARACTER 0 OK "i"\n')
    assert strokes_of(root) == {"i": [[[0, 0], [100, 100]]]}


def test_people_are_named_by_the_file_or_after_it(tmp_path):
    text = ".PEN_DOWN\n0 0\n.WRITER_ID  Eve\n.PEN_DOWN\n1 1\n.WRITER_ID Bob\n.PEN_DOWN\n2 2\n"
    segments = "".join(f'.SEGMENT CHARACTER {i} OK "{label}"\n' for i, label in enumerate("abc"))
    samples = unipen.load(in_one_file(tmp_path, text + segments, provider="ced/deeper"))
    assert [sample.writer for sample in samples] == ["ced-x", "ced-Eve", "ced-Bob"]
    assert all(sample.provider == "ced" and sample.validates for sample in samples)


def test_characters_and_words_come_from_their_own_folders(tmp_path):
    samples = [*drawn("a7Q+"), *drawn("t", "ced"), Sample("it", "abc", "me", [[(0, 0), (3, 4)]])]
    root = write_files(tmp_path / "cd" / "train_r01_v07", samples)
    for again in ("2", "3", "7"):
        write(root / "data" / again / "abc" / "me.dat", (root / "data/1a/abc/me.dat").read_text())
    for place in (root, root.parent, tmp_path):
        assert sorted(each.label for each in unipen.load(place)) == sorted("a7Q+t")
        assert [each.label for each in unipen.load(place, "words")] == ["it"]


@pytest.mark.parametrize(
    "segment",
    [
        'CHARACTER 0-2 OK "a"',  # there is no component 2
        'CHARACTER 0:9 OK "a"',
        'CHARACTER 1-0 OK "a"',
        'CHARACTER ? OK "a"',
        "CHARACTER 0 OK",
        'CHARACTER 0 OK "ab"',
        'CHARACTER 0 OK " "',
        'CHARACTER 0 OK "\xe9"',
        'CHARACTER 1 OK "a"',  # its points are cut off
    ],
)
def test_what_cannot_be_used_is_left_out_and_counted(tmp_path, segment):
    text = (
        f'.PEN_DOWN\n0 0\n1 1\n.PEN_DOWN\n5 5\n6\n.SEGMENT {segment}\n.SEGMENT CHARACTER 0 OK "l"'
    )
    with pytest.warns(UserWarning, match="^1 of 2 characters in .* were left out: "):
        samples = unipen.load(in_one_file(tmp_path, text))
    assert [sample.label for sample in samples] == ["l"]


@pytest.mark.parametrize("number", ["x", "nan", "1e300"])
def test_points_that_are_no_numbers_are_left_out(tmp_path, number):
    text = f'.PEN_DOWN\n0 {number}\n.SEGMENT CHARACTER 0 OK "l"\n'
    with pytest.warns(UserWarning, match="1 of 1 characters"):
        assert unipen.load(in_one_file(tmp_path, text)) == []


def test_a_place_without_unipen_says_what_is_expected(tmp_path):
    (tmp_path / "data" / "6").mkdir(parents=True)
    for what in ("characters", "words"):
        with pytest.raises(DataError, match=rf"holds no {what} of UNIPEN: .*unipen-{what}\.npz.*"):
            unipen.load(tmp_path, what)


def without(name: str) -> Callable[[dict[str, Any]], object]:
    return lambda arrays: arrays.pop(name)


def changed(name: str, change: Callable[[Any], Any]) -> Callable[[dict[str, Any]], object]:
    return lambda arrays: arrays.update({name: change(arrays[name])})


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (without("deltas"), "is not UNIPEN as a .npz file with the arrays label"),
        (changed("label", lambda a: a.astype(object)), "is damaged"),
        (changed("label", lambda a: a[:-1]), "do not fit together"),
        (changed("label", lambda a: a[0]), "do not fit together"),
        (changed("writer", lambda a: np.arange(len(a))), "do not fit together"),
        (changed("strokes", lambda a: a + 1), "do not fit together"),
        (changed("strokes", lambda a: a.sum() * np.array([1, 0, 0])), "do not fit together"),
        (changed("points", lambda a: np.diff(a, prepend=0)), "do not fit together"),
        (changed("points", lambda a: a / 2), "do not fit together"),
        (changed("deltas", lambda a: a[:-1]), "do not fit together"),
        (changed("deltas", lambda a: a[:, :1]), "do not fit together"),
        (changed("deltas", lambda a: a * 0.5), "do not fit together"),
    ],
)
def test_arrays_that_are_not_unipen_are_refused_in_a_sentence(tmp_path, damage, message):
    arrays = arrays_of(drawn("abc"))
    damage(arrays)
    np.savez(tmp_path / "unipen-characters.npz", **arrays)
    with pytest.raises(DataError, match=message) as refused:
        unipen.load(tmp_path)
    assert str(refused.value).count(". ") == 0


@pytest.mark.parametrize("share", [0.0, 0.3, 0.99])
def test_a_file_that_was_cut_off_is_refused_by_both_readers(tmp_path, share):
    file = write_arrays(tmp_path, drawn("abc")) / "unipen-characters.npz"
    content = file.read_bytes()
    file.write_bytes(content[: int(len(content) * share)])
    for read in (unipen.load, datasets.read):
        with pytest.raises(DataError, match=r"unipen-characters\.npz .*again"):
            read(tmp_path)


def test_a_file_with_a_changed_byte_is_read_or_refused(tmp_path):
    file = write_arrays(tmp_path, drawn("ab")) / "unipen-characters.npz"
    content, refused = file.read_bytes(), []
    for place in range(0, len(content), 97):
        file.write_bytes(content[:place] + bytes([content[place] ^ 0x41]) + content[place + 1 :])
        try:
            unipen.load(tmp_path)
        except DataError as error:
            refused.append(str(error))
    assert len(refused) > 5
    assert all("copy it again" in message for message in refused)


def test_both_forms_are_read_as_the_same_dataset(tmp_path):
    samples = [*drawn("a7Qz"), *drawn("B5", "ced")]
    own = write_files(tmp_path / "own", samples)
    folder = write_arrays(tmp_path / "pens", samples)
    for place in (own, folder, folder / "unipen-characters.npz"):
        found = datasets.read(place)
        assert found.alphabet == BYCLASS
        assert found.source == "UNIPEN pens"
        images = dict(zip(found.characters.tolist(), found.images, strict=True))
        assert images.keys() == set("a7QzB5")
        for sample in samples:
            expected = convert(Ink(sample.strokes)).astype(int)
            assert np.abs(images[sample.label] - expected).max() <= 1


def test_marks_join_the_alphabet_and_parts_are_told_by_provider(tmp_path):
    write_arrays(tmp_path, [*drawn("a?"), *drawn("bc", "ced"), *drawn("d", "uqb")])
    assert set(datasets.read(tmp_path).alphabet.classes) == set("?abcd")
    assert set(datasets.read(tmp_path, part="train").characters) == set("a?")
    assert set(datasets.read(tmp_path, part="validation").characters) == set("bcd")
    assert set(datasets.read(tmp_path, alphabet="ad").characters) == set("ad")
    with pytest.raises(DataError, match="no part 'test', it has train, validation"):
        datasets.read(tmp_path, part="test")
    with pytest.raises(DataError, match="holds no characters of the alphabet '10'"):
        datasets.read(tmp_path, alphabet=10)


def test_words_are_no_images_of_characters(tmp_path):
    word = Sample("has", "abc", "me", [[(0, 0), (9, 5)]])
    file = write_arrays(tmp_path, [word], "words") / "unipen-words.npz"
    with pytest.raises(DataError, match="holds words such as 'has'"):
        datasets.read(file)


def test_a_command_says_what_was_read_and_left_out(tmp_path, capsys):
    root = write_files(tmp_path / "cd", drawn("a7Q+"))
    write(root / "data/1d/abc/you.dat", '.SEGMENT CHARACTER 0 OK "?"')
    sheet = tmp_path / "sheet.png"
    assert main(["data", str(root), "--sheet", str(sheet)]) == 0
    said = capsys.readouterr().out
    assert "cd: UNIPEN as pen strokes (UNIPEN)\n4 images in 4 classes, UNIPEN pens\n" in said
    assert "1 of 5 characters in cd were left out" in said
    assert sheet.exists()


@pytest.mark.parametrize("named", ["", '  "PLACE" '])
def test_the_folder_may_be_named_in_quotes(monkeypatch, tmp_path, named):
    monkeypatch.setenv("HWR_PENS", named.replace("PLACE", str(tmp_path)))
    assert unipen.named_pens() == (tmp_path if named else None)
