"""``python -m hwr read``: text on stdout, remarks on stderr, and exit codes for a shell."""

import json
import os
import re
import subprocess
import sys
import time
from io import StringIO
from pathlib import Path

import numpy as np
import pytest
from helpers import own_alphabets
from helpers.scripted import recognizer_that_says
from PIL import Image, ImageDraw

from benchmarks.words import sheets
from hwr._support.paths import ROOT
from hwr.alphabets import NONE
from hwr.cli import read as reads
from hwr.cli.main import main
from hwr.datasets import Drawing, save_drawings
from hwr.recognizer import Recognizer
from hwr.words.text import Text, Word
from hwr.words.written_language import WRITTEN

HEIGHT = 60.0
MISSING = "There is no file missing.png: check its name."


def row(words, seed=3):
    """Ink of made-up writing, bright on 0: words on a line."""
    rng, draw = np.random.default_rng(seed), sheets.made_up(seed)
    parts = [sheets.glyph_row(word, draw, rng, HEIGHT, (0.1, 0.2), tight=0) for word in words]
    return np.hstack([np.pad(part, ((0, 0), (0, round(0.9 * HEIGHT)))) for part in parts])


def picture(*lines):
    rows = [row(line.split()) for line in lines] or [np.zeros((100, 100), np.float32)]
    wide = max(part.shape[1] for part in rows)
    ink = np.pad(np.vstack([np.pad(r, ((0, 0), (0, wide - r.shape[1]))) for r in rows]), 60)
    return Image.fromarray(np.uint8(235 - 200 * np.clip(ink, 0, 1)))


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("pictures")
    picture("hello read", "window").save(folder / "page.png")
    picture("window").save(folder / "word.png")
    picture().save(folder / "blank.png")
    (folder / "text.png").write_text("no picture")
    letter = Image.fromarray(255 - sheets.made_up(3)("A"))
    canvas = Image.new("L", (600, 400), 255)
    canvas.paste(letter.resize((200, 200)), (350, 100))
    canvas.save(folder / "a.png")
    return folder


def run(capsys, *arguments):
    """Return the exit status, stdout and stderr."""
    try:
        status = main(["read", *map(str, arguments)])
    except SystemExit as stop:
        status = stop.code
    captured = capsys.readouterr()
    return status, captured.out, captured.err


def in_shell(*arguments, **options):
    command = [sys.executable, "-m", "hwr", "read", *map(str, arguments)]
    options = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "cwd": ROOT} | options
    return subprocess.run(command, check=False, **options)


def test_a_page_is_read_line_by_line(folder, capsys):
    assert run(capsys, folder / "page.png") == (0, "hello read\nwindow\n", "")


def test_several_files_are_named(folder, capsys):
    word, page = folder / "word.png", folder / "page.png"
    text = f"==> {word} <==\nwindow\n\n==> {page} <==\nhello read\nwindow\n"
    assert run(capsys, word, page) == (0, text, "")


def test_what_cannot_be_read_is_said_and_the_rest_is_read(folder, capsys):
    text, missing = folder / "text.png", folder / "missing.png"
    status, out, error = run(capsys, text, missing, folder / "word.png")
    assert (status, out) == (1, f"==> {folder / 'word.png'} <==\nwindow\n")
    about_text, about_missing = error.splitlines()
    assert about_text.startswith(f"{text}: text.png is a text, not a picture: ")
    assert about_missing == f"{missing}: {MISSING}"


@pytest.mark.parametrize("options", [(), ("--alphabet", "62"), ("--json",)])
def test_an_empty_picture_is_no_error(folder, capsys, options):
    status, out, error = run(capsys, folder / "blank.png", *options)
    assert (status, error) == (0, f"{folder / 'blank.png'}: nothing is written\n")
    record = {"file": str(folder / "blank.png"), "text": "", "turned": 0}
    record |= {"finished": True, "lines": []}
    assert out == (json.dumps(record) + "\n" if options == ("--json",) else "")


def test_a_picture_is_opened_and_read_within_one_budget_of_time(folder, capsys, monkeypatch):
    monkeypatch.setattr(reads, "MAX_PICTURE_SECONDS", 0)
    status, _, error = run(capsys, folder / "page.png")
    assert status == 1
    assert "seconds to open" in error


def test_a_turned_page_is_turned_upright_and_it_is_said(folder, tmp_path, capsys):
    with Image.open(folder / "word.png") as page:
        page.rotate(90, expand=True).save(tmp_path / "turned.png")
    status, out, error = run(capsys, tmp_path / "turned.png")
    turned = f"{tmp_path / 'turned.png'}: turned by 90 degrees to the right, because"
    assert (status, out, error.startswith(turned)) == (0, "window\n", True)
    _, out, _ = run(capsys, "--json", tmp_path / "turned.png")
    assert json.loads(out)["turned"] == 270


@pytest.mark.parametrize("options", [(), ("--json",)])
def test_ink_of_which_no_line_can_be_read_is_an_error(tmp_path, capsys, options):
    scribble = np.random.default_rng(5).uniform(60, 540, (80, 2))
    image = Image.new("L", (600, 600), 235)
    ImageDraw.Draw(image).line([tuple(point) for point in scribble], 30, 4)
    image.save(tmp_path / "scribble.png")
    status, out, error = run(capsys, tmp_path / "scribble.png", *options)
    assert (status, out) == (1, "")
    (sentence,) = error.splitlines()
    assert sentence.startswith(f"{tmp_path / 'scribble.png'}: There is ink, but no line of it can")


def test_with_an_alphabet_one_character_is_read(folder, capsys):
    status, out, error = run(capsys, folder / "a.png", "--alphabet", "26")
    assert (status, error) == (0, "")
    assert out.replace("not sure: ", "").startswith(f"{folder / 'a.png'}: A ")
    _, out, _ = run(capsys, folder / "a.png", "--alphabet", "10")
    assert not set(out.removeprefix(str(folder / "a.png"))) & set("ABCDEFGH")


@pytest.mark.parametrize("options", [(), ("--json",)])
def test_several_characters_are_counted_and_none_is_sure(folder, capsys, options):
    status, out, error = run(capsys, folder / "word.png", "--alphabet", "62", *options)
    assert status == 0
    assert re.search(r": this looks like [567] characters: leave out --alphabet to read", error)
    assert json.loads(out)["sure"] is False if options else "not sure: " in out


def test_json_is_one_object_a_line(folder, capsys):
    files = [folder / "page.png", folder / "missing.png", folder / "word.png"]
    status, out, error = run(capsys, "--json", *files)
    assert (status, error.splitlines()) == (1, [f"{files[1]}: {MISSING}"])
    page, word = (json.loads(line) for line in out.splitlines())
    assert (page["file"], page["text"]) == (str(files[0]), "hello read\nwindow")
    assert list(page) == ["file", "text", "turned", "finished", "lines"]
    assert page["turned"] == 0
    texts = [[one["text"] for one in line] for line in page["lines"]]
    assert texts == [["hello", "read"], ["window"]]
    (window,) = word["lines"][0]
    assert list(window) == ["text", "probability", "sure", "alternatives", "boxes"]
    assert window["sure"] is True
    assert 0.8 <= window["probability"] <= 1
    assert np.shape(window["boxes"]) == (6, 4)
    assert all(list(other) == ["text", "probability"] for other in window["alternatives"])
    assert window["alternatives"]


def test_json_of_a_character_has_its_candidates(folder, capsys):
    _, out, _ = run(capsys, "--json", "--alphabet", "AB1", folder / "a.png")
    read = json.loads(out)
    assert list(read) == ["file", "text", "candidates", "outside", "instead", "sure"]
    assert read["text"] == "A"
    assert {one["text"] for one in read["candidates"]} == set("AB1")
    assert sum(one["probability"] for one in read["candidates"]) == pytest.approx(1, abs=1e-3)


@pytest.mark.parametrize(
    ("says", "alphabet", "remark"),
    [
        ("?", "10", "That is no digit: it looks like a question mark."),
        (NONE, "62", "This looks like no character."),
        ("A", "62", ""),
    ],
)
def test_what_is_outside_the_alphabet_is_a_remark(
    folder, capsys, monkeypatch, says, alphabet, remark
):
    monkeypatch.setattr(Recognizer, "load", lambda _: recognizer_that_says(says))
    file = folder / "a.png"
    status, out, error = run(capsys, file, "--alphabet", alphabet)
    assert (status, error) == (0, f"{file}: {remark}\n" if remark else "")
    assert out.startswith(f"{file}: not sure: ") is bool(remark)
    _, out, _ = run(capsys, file, "--alphabet", alphabet, "--json")
    record = json.loads(out)
    assert record["sure"] is not bool(remark)
    assert (record["outside"] >= 0.5) is bool(remark)
    assert record["instead"] == (says if remark else NONE)
    _, _, error = run(capsys, folder / "word.png", "--alphabet", alphabet)
    assert remark not in error or not remark  # several characters: this is said, and nothing else
    assert "characters: leave out --alphabet" in error


def test_doubts_go_to_stderr(folder, capsys, monkeypatch):
    boxes = np.zeros((4, 4))
    doubtful = Word("wrod", 0.5, (("", 0.3), ("word", 0.2)), boxes, (), False)
    alone = Word("xq", 0.4, (), boxes[:2], (), False)
    text = Text(((doubtful, Word("is", 0.9, (), boxes[:2], (), True)), (Word(),), (alone,)))
    monkeypatch.setattr(reads, "read_text", lambda *_: text)
    file = folder / "word.png"
    assert run(capsys, file) == (
        0,
        "wrod is\nxq\n",
        f"{file}: not sure of 'wrod' (perhaps 'word')\n"
        f"{file}: something in line 2 cannot be read as a word\n"
        f"{file}: not sure of 'xq'\n",
    )
    _, out, error = run(capsys, file, "--json")
    assert error == ""
    sure = [[word["sure"] for word in line] for line in json.loads(out)["lines"]]
    assert sure == [[False, True], [False], [False]]


class Terminal(StringIO):
    """Stands for a stderr that somebody looks at."""

    def isatty(self):
        return True


@pytest.mark.parametrize("patience", [0, 60])
def test_a_terminal_shows_how_far_a_long_reading_is(folder, capsys, monkeypatch, patience):
    def read(picture, model, progress):
        time.sleep(0.12)  # tqdm shows no two states within 0.1 seconds
        progress(12, 40)
        return Text()

    monkeypatch.setattr(reads, "read_text", read)
    monkeypatch.setattr(reads, "PATIENCE", patience)
    monkeypatch.setattr(sys, "stderr", Terminal())
    assert main(["read", str(folder / "word.png")]) == 0
    *_, shown = sys.stderr.getvalue().split("\r", 1)
    assert ("read 12 of 40 lines" in shown) is (patience == 0)
    assert capsys.readouterr().out == ""


def test_the_language_is_chosen(folder, monkeypatch, capsys):
    asked = []
    monkeypatch.setattr(
        reads, "read_text", lambda _, model, progress: asked.append(model) or Text()
    )
    monkeypatch.setattr(reads, "ProseModel", lambda language: f"prose in {language}")
    for options in (("--language", "none"), ("--language", "de"), ()):
        run(capsys, folder / "word.png", *options)
    assert (asked[0].letters, asked[0].ignores_case) == (WRITTEN, False)
    assert asked[1:] == ["prose in de", "prose in en"]


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (("--language", "klingon"), "There are no words of a language 'klingon': give a code"),
        (("--language", ""), "There are no words of a language ''"),
        (("--language", "x!"), "There are no words of a language 'x!'"),
        (("--language", "zh"), "'zh' is not written in the letters a to z"),
        (("--alphabet", "éA"), "cannot answer in the alphabet 'éA', because it does not know é"),
        (("--alphabet", ""), "There is no alphabet ''"),
    ],
)
def test_an_unknown_language_or_alphabet_is_wrong_usage(folder, capsys, options, sentence):
    status, out, error = run(capsys, folder / "word.png", *options)
    assert (status, out) == (2, "")
    assert sentence in error
    assert len(error.splitlines()) == 1


def test_alphabet_and_language_exclude_each_other(folder, capsys):
    status, out, error = run(capsys, folder / "a.png", "--alphabet", "62", "--language", "en")
    assert (status, out) == (2, "")
    assert error.count("not allowed with") == 1
    assert run(capsys)[0] == 2


def test_a_missing_model_is_one_sentence(folder, capsys):
    options = ("--model", folder / "none.json")
    status, _, error = run(capsys, folder / "a.png", *options, "--alphabet", "62")
    assert (status, len(error.splitlines())) == (1, 1)
    assert "none.json is missing" in error
    status, _, error = run(capsys, folder / "a.png", *options)  # words are read without it
    assert (status, len(error.splitlines())) == (2, 1)
    assert "leave it out, or give --alphabet" in error


def test_a_picture_comes_from_stdin(folder):
    word = (folder / "word.png").read_bytes()
    assert in_shell("-", input=word).stdout == b"window\n"
    result = in_shell("-", "--alphabet", "62", input=b"")
    (sentence,) = result.stderr.splitlines()
    assert (result.returncode, result.stdout) == (1, b"")
    assert sentence.startswith(b"standard input: The file is empty")


def test_a_closed_pipe_is_no_traceback(folder):
    reading, writing = os.pipe()
    os.close(reading)
    files = folder / "page.png", folder / "word.png"
    result = in_shell("--language", "none", *files, stdout=writing)
    os.close(writing)
    assert (result.returncode, result.stderr) == (141, b"")


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere names of files are Unicode")
def test_any_name_of_a_file_can_be_printed(folder, tmp_path):
    file = Path((bytes(tmp_path) + b"/\xff.png").decode(errors="surrogateescape"))
    file.write_bytes((folder / "blank.png").read_bytes())
    result = in_shell("--language", "none", file, file)
    assert result.returncode == 0
    assert rb"\udcff.png <==" in result.stdout


# --- other recognisers -------------------------------------------------------------------------


@pytest.fixture(scope="module")
def signs(tmp_path_factory):
    """A recogniser of + − × ÷, and a picture of each."""
    folder = tmp_path_factory.mktemp("signs")
    for name, character in zip(("plus", "minus", "times", "over"), "+−×÷", strict=True):
        own_alphabets.picture(character).save(folder / f"{name}.png")
    own_alphabets.save(folder, "+−×÷")
    return folder


@pytest.mark.parametrize("name", own_alphabets.ALPHABETS)
def test_a_recogniser_of_any_alphabet_reads_its_characters(tmp_path, capsys, name):
    card = own_alphabets.save(tmp_path, name)
    own = Recognizer.load(card).alphabet
    own_alphabets.picture(own.classes[3]).save(tmp_path / "a.png")
    status, out, error = run(capsys, tmp_path / "a.png", "--model", card, "--alphabet", own.name)
    assert (status, error) == (0, "")
    assert out.split(": ", 1)[1].removeprefix("not sure: ").startswith(own.classes[3])


def test_a_model_is_for_characters_and_its_own_are_read(signs, capsys):
    card, plus = signs / "my_network.json", signs / "plus.png"
    for options in ((), ("--language", "none"), ("--language", "de")):
        status, out, error = run(capsys, plus, "--model", card, *options)
        assert (status, out) == (2, "")
        assert re.fullmatch(r"hwr: --model names .* words are read by the course's .*\.\n", error)
    pictures = [signs / f"{name}.png" for name in ("plus", "minus", "times", "over")]
    status, out, _ = run(capsys, *pictures, "--model", card, "--alphabet", "+−×÷", "--json")
    assert status == 0
    assert [json.loads(line)["text"] for line in out.splitlines()] == list("+−×÷")


def test_an_alphabet_that_the_recogniser_lacks_is_wrong_usage(signs, capsys):
    options = ("--model", signs / "my_network.json", "--alphabet", "10")
    status, out, error = run(capsys, signs / "plus.png", *options)
    assert (status, out) == (2, "")
    assert "A recogniser of +−×÷ cannot answer in the alphabet '10', because" in error


def test_characters_that_a_recogniser_knows_besides_are_read_where_they_are_asked_for(
    signs, tmp_path, capsys
):
    digits = list("0123456789")
    facts = {"classes": digits, "members": digits, "class_frequencies": [0.1] * 10}
    card = own_alphabets.save(tmp_path, "0123456789+−×÷", **facts, more_classes=list("+−×÷"))
    for options, answer in ((("--alphabet", "+×÷"), "+"), (("--alphabet", "+−×÷1"), "+")):
        _, out, error = run(capsys, signs / "plus.png", "--model", card, "--json", *options)
        assert (json.loads(out)["text"], error) == (answer, "")
    _, _, error = run(capsys, signs / "plus.png", "--model", card, "--alphabet", "10")
    assert error.endswith("That is no digit: it looks like a plus sign.\n")
    file, drawn = tmp_path / "drawings.jsonl", [*"0123456789+−×÷"]
    save_drawings(file, [Drawing(each, "me", own_alphabets.draw(each)) for each in drawn])
    evaluated = ["evaluate", "--on", "ink", str(file), "--model", str(card), "--json"]
    for options, count in (((), 10), (("--alphabet", "+−×÷"), 4)):
        assert main([*evaluated, *options]) == 0
        figures = json.loads(capsys.readouterr().out)
        assert (figures["n"], figures["top1"]) == (count, 1)


def test_a_card_that_does_not_fit_its_network_is_told_before_reading(tmp_path, folder, capsys):
    card = own_alphabets.save(tmp_path, "10", classes=list("abc"), members=None)
    status, out, error = run(capsys, folder / "word.png", "--model", card, "--alphabet", "abc")
    assert (status, out) == (1, "")
    assert error.startswith("hwr: The card describes 3 classes, but the network has 10 outputs: ")
