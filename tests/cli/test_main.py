"""The command line: what it prints, and how it rejects wrong input."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from hwr import metrics
from hwr.cli.main import main
from hwr.datasets import emnist, synthetic


def drawings_file(folder: Path, n: int = 31) -> Path:
    lines = []
    for i in range(n):
        character = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"[i]
        ink = synthetic.draw(character, i)
        strokes = [stroke.tolist() for stroke in ink.strokes]
        lines.append(json.dumps({"label": character, "writer": "nobody", "strokes": strokes}))
    file = folder / "drawings.jsonl"
    file.write_text("\n".join(lines))
    return file


def test_importing_hwr_loads_nothing_heavy():
    code = "import hwr, sys; print(sorted(sys.modules))"
    loaded = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True, text=True, check=True, cwd=Path(__file__).parents[2],
    ).stdout  # fmt: skip
    for heavy in ("tensorflow", "keras", "matplotlib", "numpy", "scipy", "ipywidgets"):
        assert f"'{heavy}'" not in loaded


def test_evaluate_prints_the_figures_of_measure(tmp_path, capsys):
    file = drawings_file(tmp_path)
    assert main(["evaluate", "--on", "ink", str(file), "--alphabet", "47", "--json"]) == 0
    printed = json.loads(capsys.readouterr().out)
    keys = ["on", "alphabet", "prior", "n", "top1", "top3", "recall", "ece"]
    assert list(printed) == [*keys, "accuracy_at_90_coverage"]
    assert printed["prior"] == "uniform"
    assert printed["n"] == 31
    assert printed["top1"] > 0.6
    assert main(["evaluate", "--on", "ink", str(file), "--alphabet", "10"]) == 0
    assert "top1" in capsys.readouterr().out


def test_the_default_alphabet_is_the_datasets_own(tiny, monkeypatch, capsys):
    monkeypatch.setenv("HWR_EMNIST", str(tiny.write(tiny.folder / "emnist.zip")))
    for on, own in (("course", "62"), ("bymerge", "47"), ("mnist", "10")):
        assert main(["evaluate", "--on", on, "--json"]) == 0
        assert json.loads(capsys.readouterr().out)["alphabet"] == own


def test_images_outside_the_alphabet_are_left_out(tmp_path, capsys):
    file = drawings_file(tmp_path)
    main(["evaluate", "--on", "ink", str(file), "--alphabet", "10", "--json"])
    assert json.loads(capsys.readouterr().out)["n"] == 10


def test_measure_counts_correctly(monkeypatch):
    monkeypatch.setattr(emnist, "MADE_UP_TEST_IMAGES", 62)  # one of each: all take 5 seconds

    class Fixed:
        def probabilities(self, images, prior):
            answers = np.full((len(images), 62), 0.001, np.float32)
            answers[:, 10] = 0.6  # always A, else B
            answers[:, 11] = 0.3
            return answers / answers.sum(axis=1, keepdims=True)

    dataset = emnist.load_test_set("made-up").take(np.arange(10, 14))  # A, B, C, D
    figures = metrics.measure(Fixed(), dataset, "ABCD", "natural")
    assert figures["n"] == 4
    assert figures["top1"] == figures["recall"] == 0.25
    assert figures["top3"] >= 0.5


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["read", "missing.png"], "There is no file missing.png"),
        (["read", "--alphabet", "62", "missing.png"], "There is no file missing.png"),
        (["evaluate", "--on", "ink"], "give one or more files"),
        (["evaluate", "--on", "ink", "missing.jsonl"], "There is no file missing.jsonl"),
        (["evaluate", "--on", "made-up", "--alphabet", "A-Z"], "There is no alphabet 'A-Z'"),
        (["evaluate", "--on", "made-up", "--model", "missing.json"], "missing.json is missing"),
    ],
)
def test_bad_input_is_one_sentence_on_stderr(arguments, sentence, capsys, monkeypatch):
    monkeypatch.setattr(synthetic, "dataset", None)  # it must not be called: it takes 5 seconds
    assert main(arguments) == 1
    error = capsys.readouterr().err
    assert sentence in error
    assert len(error.strip().splitlines()) == 1


def test_an_empty_file_is_named(tmp_path, capsys):
    (tmp_path / "none.jsonl").write_text("")
    assert main(["evaluate", "--on", "ink", str(tmp_path / "none.jsonl")]) == 1
    assert "hold no drawings" in capsys.readouterr().err


def test_the_doctor_is_reached():
    result = subprocess.run(
        [sys.executable, "-m", "hwr", "doctor"],
        capture_output=True, text=True, check=False, cwd=Path(__file__).parents[2],
    )  # fmt: skip
    assert "Python" in result.stdout
    assert not result.stderr
