"""A group's drawings are merged, each once and under a person's name, and read."""

import numpy as np
import pytest

from hwr.cli.main import main
from hwr.datasets import gather, synthetic
from hwr.datasets.drawings import Drawing, load_drawings, save_drawing, save_drawings
from hwr.ink import Ink
from hwr.recognizer import Recognizer


def drawn(character, seed, writer="me"):
    ink = synthetic.draw(character, seed)
    return Drawing(character, writer, Ink([100 * stroke for stroke in ink.strokes]))


@pytest.fixture
def files(tmp_path):
    for seed, (name, writer) in enumerate([("anna", "me"), ("ben", ""), ("third", "Chloé")]):
        for character in "ABC7":
            save_drawing(tmp_path / f"{name}.jsonl", drawn(character, 10 * seed + 1, writer))
    return sorted(tmp_path.glob("*.jsonl"))


def test_people_are_told_apart_by_name_or_by_file(files):
    merged = gather.merge_drawings(files)
    assert [drawing.writer for drawing in merged[::4]] == ["anna", "ben", "Chloé"]
    assert len(merged) == 12


def test_a_drawing_that_comes_twice_counts_once(files):
    assert len(gather.merge_drawings([files[0], files[1], files[0]])) == 8


def test_the_result_counts_each_person_and_each_character(files):
    drawings = gather.merge_drawings(files)
    wrong = Drawing("D", "anna", drawn("7", 99).ink)
    result = gather.read_drawings([*drawings, wrong])
    anna = next(person for person in result.people if person.name == "anna")
    assert (anna.drawings, anna.right) == (5, 4)
    assert sum(person.drawings for person in result.people) == 13
    d = next(found for found in result.characters if found.character == "D")
    assert (d.attempts, d.right, d.mistaken_for) == (1, 0, (("7", 1),))
    assert [found.character for found in result.characters] == ["7", "A", "B", "C", "D"]


def test_it_agrees_with_reading_one_by_one(files):
    drawings, reader = gather.merge_drawings(files), Recognizer.load()
    right = sum(
        reader.read(one.ink, "26").best == one.label for one in drawings if one.label != "7"
    )
    result = gather.read_drawings(drawings, reader, "26")
    assert sum(person.right for person in result.people) == right
    assert sum(found.right for found in result.characters) == right


def test_small_letters_count_in_their_merged_class():
    result = gather.read_drawings([drawn("c", 1, "x"), drawn("C", 1, "x")])
    assert [(found.character, found.attempts) for found in result.characters] == [("C", 2)]


def test_the_command_prints_the_result_and_writes_the_merged_file(files, tmp_path, capsys):
    out = tmp_path / "class.jsonl"
    assert main(["gather", *map(str, files), "--out", str(out)]) == 0
    printed = capsys.readouterr().out
    assert "anna" in printed
    assert "character" in printed
    again = load_drawings(out)
    assert len(again) == 12
    assert (
        gather.format_report(gather.read_drawings(gather.merge_drawings([out]))) + "\n" == printed
    )


def test_merging_keeps_every_point(files, tmp_path):
    merged = gather.merge_drawings(files)
    save_drawings(tmp_path / "class.txt", merged)
    for before, after in zip(merged, load_drawings(tmp_path / "class.txt"), strict=True):
        assert all(map(np.array_equal, before.ink.strokes, after.ink.strokes))


def test_nothing_to_gather_is_one_sentence(files, tmp_path, capsys):
    (tmp_path / "empty.jsonl").write_text("")
    assert main(["gather", str(tmp_path / "empty.jsonl")]) == 1
    assert "hold no drawings" in capsys.readouterr().err
    assert main(["gather", str(files[0]), "--alphabet", "xyz"]) == 1
    assert "None of these drawings shows" in capsys.readouterr().err
    assert main(["gather", str(tmp_path / "nobody.jsonl")]) == 1
    assert "There is no file nobody.jsonl" in capsys.readouterr().err
