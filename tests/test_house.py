"""The house stands as planned: a small core, arrows that only point down, one public face."""

import ast
import importlib
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import hwr
from tools.checks import LINT_IMPORTS

ROOT = Path(__file__).resolve().parent.parent
CORE = "convolution alphabets ink dataset augmentation models training recognizer metrics"
INSIDE = "cli datasets images interactive pads plots web words"
ROOMS = ["hwr", *(f"hwr.{name}" for name in INSIDE.split())]
PROMISED = (
    "Ink Recognizer Reading Alphabet Dataset Distortion Recipe fit Pad read_word read_text "
    "datasets synthetic metrics models transfer export words plots interactive check web"
)
NOTEBOOKS = sorted((ROOT / "notebooks").glob("**/[0-9][0-9]_*.ipynb"))  # solutions, too


def test_the_core_can_be_read_in_one_evening():
    flat = [path for path in (ROOT / "hwr").iterdir() if path.is_file()]
    assert len(flat) <= 16
    lines = [(ROOT / "hwr" / f"{name}.py").read_text("utf-8").count("\n") for name in CORE.split()]
    assert sum(lines) <= 2100


def run(code: str, folder: Path = ROOT) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", code]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def test_contracts_hold_until_somebody_breaks_one(tmp_path):
    for package in ("hwr", "benchmarks", "deploy"):
        ignored = shutil.ignore_patterns("__pycache__", "artefacts", "results", "*.js")
        shutil.copytree(ROOT / package, tmp_path / package, ignore=ignored)
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    assert run(LINT_IMPORTS, tmp_path).returncode == 0
    with (tmp_path / "hwr" / "ink.py").open("a") as module:
        module.write("\n\ndef late():\n    from hwr.plots import base\n    return base\n")
    broken = run(LINT_IMPORTS, tmp_path)
    assert broken.returncode == 1
    assert "hwr.ink -> hwr.plots.base" in broken.stdout


@pytest.mark.parametrize("room", ROOMS)
def test_every_public_name_of_a_room_is_there(room):
    module = importlib.import_module(room)
    names = [name for name in dir(module) if not name.startswith("_")]
    assert names
    assert names == sorted(set(names))
    for name in names:
        assert getattr(module, name) is not None
    missing = "nothing"
    with pytest.raises(AttributeError, match=f"module '{room}' has no attribute '{missing}'"):
        getattr(module, missing)


def test_the_public_face_is_what_the_readme_promises():
    assert set(PROMISED.split()) <= set(dir(hwr))


def loaded(code: str) -> set[str]:
    """Return the modules that a process has loaded after some code."""
    ran = run(f"{code}\nimport sys, json; print(json.dumps(list(sys.modules)))")
    assert ran.returncode == 0, ran.stderr
    return set(json.loads(ran.stdout.splitlines()[-1]))


@pytest.mark.parametrize(
    ("code", "heavy"),
    [
        ("import hwr", {"numpy", "scipy", "PIL"}),
        ("from hwr import read_word", {"tensorflow", "matplotlib", "ipycanvas"}),
        ("from hwr.dataset import as_input, Dataset", {"tensorflow", "keras", "IPython"}),
        ("from hwr import datasets; datasets.course", {"tensorflow", "matplotlib", "IPython"}),
        ("from hwr.pads import corrections", {"ipycanvas", "ipywidgets", "matplotlib"}),
        ("from benchmarks.systems import results", {"matplotlib", "tensorflow"}),
    ],
)
def test_light_things_load_nothing_heavy(code, heavy):
    assert not heavy & loaded(code)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: "/".join(path.parts[-2:]))
def test_a_notebook_knows_the_public_face_alone(path):
    cells = json.loads(path.read_text("utf-8"))["cells"]
    code = [line for cell in cells if cell["cell_type"] == "code" for line in cell["source"]]
    lines = [line for line in code if re.match(r"\s*(from|import) hwr\b", line)]
    assert len(lines) <= 8
    rooms = INSIDE.replace(" ", "|")
    assert not [line for line in lines if re.search(rf"hwr\.({rooms}|_support|check)\b", line)]


def private_reaches(path: Path) -> list[str]:
    """Return the private names of others that a test uses."""
    found = []
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Attribute) and re.match(r"_[^_]", node.attr):
            if not (isinstance(node.value, ast.Name) and node.value.id in ("self", "cls")):
                found.append(node.attr)
        elif isinstance(node, ast.ImportFrom):
            found += [alias.name for alias in node.names if re.match(r"_[^_]", alias.name)]
        elif isinstance(node, ast.Call) and ast.unparse(node.func).endswith("setattr"):
            texts = [each.value for each in node.args if isinstance(each, ast.Constant)]
            found += [text for text in texts if re.match(r"(.*\.)?_[^_]\w*$", str(text))]
    return found


def test_tests_use_what_is_public():
    tests = (ROOT / "tests").rglob("*.py")
    reaches = {path: names for path in tests if (names := private_reaches(path))}
    assert sum(map(len, reaches.values())) <= 30, reaches
