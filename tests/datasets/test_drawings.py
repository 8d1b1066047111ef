"""Files of drawings from other people: read whatever wrote them, or refused in one sentence."""

import json
import tracemalloc
from time import process_time

import pytest

from hwr._support import bounds
from hwr.datasets.drawings import from_drawings, load_drawings

LINE = {"label": "g", "writer": "Zoë", "strokes": [[[1, 2], [3, 4]]]}


def with_strokes(text):
    return f'{{"label": "g", "strokes": {text}}}'


def test_a_byte_order_mark_is_no_part_of_the_text(tmp_path):
    path = tmp_path / "windows.jsonl"
    text = json.dumps(LINE, ensure_ascii=False) + "\r\n"
    path.write_bytes(b"\xef\xbb\xbf" + 2 * text.encode())
    assert [drawing.writer for drawing in load_drawings(path)] == ["Zoë", "Zoë"]


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        (with_strokes(f"[[[1, {'9' * 400}]]]"), "Stroke 1 is not a list"),
        (with_strokes(f"[[[1, {'9' * 5000}]]]"), "is not a labelled drawing"),
        (with_strokes("[" * 9**5 + "]" * 9**5), "is not a labelled drawing"),
        (json.dumps({**LINE, "label": "g" * 10**6}), "is not one character"),
        (json.dumps({**LINE, "label": "\x1b[2J"}), "is not one character"),
        (json.dumps({**LINE, "label": "\ud800"}), "is not one character"),
        (json.dumps({**LINE, "writer": "n" * 10**6}), "1,000,000 characters: give at most"),
    ],
)
def test_a_line_that_no_pad_wrote_is_named(tmp_path, line, sentence):
    path = tmp_path / "odd.jsonl"
    path.write_text(json.dumps(LINE) + "\n" + line)
    with pytest.raises(ValueError, match=rf"^Line 2 of odd\.jsonl .*{sentence}[^\n]*\.$") as error:
        load_drawings(path)
    assert len(str(error.value)) < 300
    assert str(error.value).isprintable()


def test_what_is_too_much_is_refused_before_it_is_taken_apart(tmp_path):
    path = tmp_path / "much.jsonl"
    path.write_text(with_strokes("[[" + 10**6 * "[1, 2], " + "[3, 4]]]"))
    tracemalloc.start()
    began = process_time()
    with pytest.raises(ValueError, match=r"^Line 1 of much\.jsonl is longer than .*: .*\.$"):
        load_drawings(path)
    assert process_time() - began < 2
    assert tracemalloc.get_traced_memory()[1] < 50e6
    tracemalloc.stop()


def test_a_file_may_not_be_endless(tmp_path, monkeypatch):
    path = tmp_path / "many.jsonl"
    path.write_text(4 * (json.dumps(LINE) + "\n"))
    monkeypatch.setattr(bounds, "MAX_DRAWINGS", 4)
    assert len(load_drawings(path)) == 4
    monkeypatch.setattr(bounds, "MAX_DRAWINGS", 3)
    with pytest.raises(ValueError, match=r"has more than 3 lines: .*\.$"):
        load_drawings(path)
    monkeypatch.setattr(bounds, "MAX_DRAWINGS", 4)
    monkeypatch.setattr(bounds, "MAX_STROKES", 3)
    with pytest.raises(ValueError, match=r"^many\.jsonl has more than 3 strokes: .*\.$"):
        load_drawings(path)
    monkeypatch.setattr(bounds, "MAX_DRAWINGS_BYTES", 100)
    with pytest.raises(ValueError, match=r"^many\.jsonl has .* MB, more than .*: .*\.$"):
        load_drawings(path)


def test_an_empty_file_holds_no_drawings(tmp_path):
    (tmp_path / "empty.jsonl").touch()
    with pytest.raises(ValueError, match=r"hold no drawings .*: .*\.$"):
        from_drawings(tmp_path / "empty.jsonl")
