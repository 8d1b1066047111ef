"""Other people's names and texts reach the terminal without what a terminal obeys."""

import ast
import json
from pathlib import Path

import pytest

from hwr import cli
from hwr._support.texts import one_line, printable
from hwr.cli.main import main

NASTY = "x\x1b[2J\x1b]0;title\x07\x9b31m\u202e\n\r\x00\u2028\udce4"
STROKES = [[[0, 0], [0, 9], [5, 9]]]


def test_control_characters_are_written_out():
    assert printable("Zoë\tß 你好 👩‍🎓") == "Zoë\tß 你好 👩‍🎓"
    written = printable(NASTY)
    assert written.isprintable()
    assert written.startswith(r"x\x1b[2J\x1b]0;title\x07\x9b31m\u202e\n\r\x00\u2028\udce4")
    assert one_line("a" * 100) == "a" * 59 + "…"


@pytest.mark.parametrize("out", [[], ["--out", "all.jsonl"]])
def test_a_class_s_names_are_printed_as_text(tmp_path, monkeypatch, capsys, out):
    monkeypatch.chdir(tmp_path)
    lines = [{"label": "L", "writer": name, "strokes": STROKES} for name in (NASTY, "Zoë")]
    Path("class.jsonl").write_text("\n".join(map(json.dumps, lines)))
    lines[1]["strokes"] = [[[0, 0], [1, 9], [5, 9]]]
    Path("class.jsonl").write_text("\n".join(map(json.dumps, lines)))
    assert main(["gather", "class.jsonl", *out]) == 0
    printed = capsys.readouterr().out
    assert r"x\x1b[2J" in printed
    assert "Zoë" in printed
    assert all(line.isprintable() for line in printed.split("\n"))
    assert len(printed.split("\n")) == 7


@pytest.mark.parametrize("command", ["gather", "read", "data", "evaluate --on ink", "web --model"])
def test_names_of_files_are_printed_as_text(tmp_path, monkeypatch, capsys, command):
    monkeypatch.chdir(tmp_path)
    main([*command.split(), "\x1b[2J\u202e.json", *(["o.html"] if command[:3] == "web" else [])])
    printed = "".join(capsys.readouterr())
    assert r"\x1b[2J\u202e" in printed
    assert printed.count("\n") == 1
    assert printed[:-1].isprintable()


def test_no_command_prints_by_itself():
    printing = [
        path.name
        for path in Path(cli.__file__).parent.glob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "print"
    ]
    # A training prints its own folder's name.
    assert set(printing) <= {"output.py", "train.py"}
