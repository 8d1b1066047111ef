"""What is no file: folders, pipes that nobody writes to, loops of links. None of them hangs."""

import io
import json
import os
import re
import sys
from threading import Thread

import pytest

from hwr.cli.main import main
from hwr.cli.read import print_words
from hwr.images.io import open_photo
from hwr.recognizer import SHIPPED

COMMANDS = [
    ("gather", "{}"),
    ("evaluate", "--on", "ink", "{}"),
    ("read", "--alphabet", "62", "{}"),
    ("read", "--alphabet", "62", "--model", "{}", "none.png"),
    ("data", "{}"),
    ("fetch", "--from", "{}"),
]
ON_UNIX = pytest.mark.skipif(sys.platform == "win32", reason="pipes in folders are Unix's")
LOOPS = [] if sys.platform == "win32" else ["a loop"]  # links need a right there


@pytest.fixture
def refused(capsys, monkeypatch, tmp_path):
    def run(*arguments):
        assert main(arguments) == 1
        printed = capsys.readouterr().err
        assert re.fullmatch(r"[^\n]+[^.\n]: [^\n]+\.\n", printed), printed
        return printed

    monkeypatch.chdir(tmp_path)
    return run


@pytest.fixture
def pipe(tmp_path):
    """A pipe; whoever opens it finds it empty, so that a fault fails and does not hang."""
    path = tmp_path / "pipe"
    os.mkfifo(path)

    def open_for_ever():
        while True:
            with path.open("wb"):
                pass

    Thread(target=open_for_ever, daemon=True).start()
    return path


@ON_UNIX
@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_a_pipe_is_refused_before_it_is_opened(command, pipe, refused):
    answer = refused(*(word.format(pipe) for word in command))
    assert "device, not" in answer or "is not a recogniser's card" in answer


@ON_UNIX
def test_a_card_may_not_name_a_pipe(pipe, refused, tmp_path):
    card = json.loads(SHIPPED.read_text("utf-8")) | {"file": pipe.name}
    (tmp_path / "card.json").write_text(json.dumps(card))
    assert "device, not a file" in refused("read", "--alphabet", "62", "--model", "card.json", "x")


@pytest.mark.parametrize("name", ["a folder", *LOOPS, "long" * 100])
@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_what_cannot_be_opened_is_refused_in_a_sentence(command, name, refused, tmp_path):
    (tmp_path / "a folder").mkdir()
    if name == "a loop":
        (tmp_path / name).symlink_to(tmp_path / name)
    refused(*(word.format(name) for word in command))


def test_a_result_that_cannot_be_written_is_told_in_a_sentence(refused, tmp_path):
    (tmp_path / "folder").mkdir()
    line = {"label": "g", "strokes": [[[0, 0], [5, 9]]]}
    (tmp_path / "mine.jsonl").write_text(json.dumps(line))
    assert "hwr: folder cannot" in refused("gather", "mine.jsonl", "--out", "folder")


def test_of_standard_input_no_more_is_read_than_a_picture_has(monkeypatch, capsys):
    class Endless(io.RawIOBase):
        def read(self, size=-1):
            assert 0 <= size <= 200_000_001
            return bytes(1000)

    monkeypatch.setattr(sys, "stdin", type("Stdin", (), {"buffer": Endless()}))
    assert print_words(["-"], open_photo) == 1
    assert "standard input: " in capsys.readouterr().err
