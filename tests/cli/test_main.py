"""The command line: what it prints, and how it rejects wrong input."""

import json
import os
import re
import subprocess
import sys

import numpy as np
import pytest

from hwr import metrics
from hwr._support.paths import ROOT
from hwr.alphabets import BYCLASS, CHARACTERS
from hwr.cli.main import main
from hwr.dataset import Dataset
from hwr.datasets import synthetic
from hwr.datasets.drawings import Drawing, save_drawings


def python(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)


def test_importing_hwr_loads_nothing_heavy():
    loaded = python("-c", "import hwr, sys; print(sorted(sys.modules))").stdout
    assert "'hwr'" in loaded
    for heavy in ("tensorflow", "keras", "matplotlib", "numpy", "scipy", "ipywidgets"):
        assert f"'{heavy}'" not in loaded


def test_evaluate_prints_the_figures_of_measure(tmp_path, capsys):
    file = tmp_path / "drawings.jsonl"
    characters = enumerate(CHARACTERS[:31])
    save_drawings(file, [Drawing(c, "nobody", synthetic.draw(c, i)) for i, c in characters])
    assert main(["evaluate", "--on", "ink", str(file), "--alphabet", "47", "--json"]) == 0
    printed = json.loads(capsys.readouterr().out)
    keys = ["on", "alphabet", "prior", "n", "top1", "top3", "recall", "ece"]
    assert list(printed) == [*keys, "accuracy_at_90_coverage"]
    assert printed["prior"] == "uniform"
    assert printed["n"] == 31
    assert printed["top1"] > 0.6
    assert main(["evaluate", "--on", "ink", str(file), "--alphabet", "10"]) == 0
    printed = capsys.readouterr().out
    assert re.search(r"  n +10\n  top1 +\d+\.\d\d%\n", printed)  # of the digits alone


def test_the_default_alphabet_is_the_datasets_own(tiny, monkeypatch, capsys):
    monkeypatch.setenv("HWR_EMNIST", str(tiny.write(tiny.folder / "emnist.zip")))
    for on, own in (("course", "62"), ("bymerge", "47"), ("mnist", "10")):
        assert main(["evaluate", "--on", on, "--json"]) == 0
        assert json.loads(capsys.readouterr().out)["alphabet"] == own


def test_measure_counts_correctly():
    class Fixed:
        alphabet = BYCLASS

        def probabilities(self, images, prior, alphabet):
            answers = np.full((len(images), 62), 0.001, np.float32)
            answers[:, 10] = 0.6  # always A, else B
            answers[:, 11] = 0.3
            return alphabet.fold(answers / answers.sum(axis=1, keepdims=True))

    abcd = np.zeros((4, 28, 28), np.uint8), np.arange(10, 14)
    dataset = Dataset("A, B, C, D", *abcd, BYCLASS, "none")
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
        (["evaluate", "--on", "ink", os.devnull], "is a folder or a device, not"),
        (["evaluate", "--on", "made-up", "--alphabet", "éA"], "because it does not know é:"),
        (["evaluate", "--on", "made-up", "--model", "missing.json"], "missing.json is missing"),
    ],
)
def test_bad_input_is_one_sentence_on_stderr(arguments, sentence, capsys, monkeypatch):
    monkeypatch.setattr(synthetic, "dataset", None)  # it must not be called: it takes 5 seconds
    assert main(arguments) == 1
    error = capsys.readouterr().err
    assert sentence in error
    assert len(error.strip().splitlines()) == 1


def test_the_doctor_is_reached():
    result = python("-m", "hwr", "doctor")
    assert "Python" in result.stdout
    assert not result.stderr
