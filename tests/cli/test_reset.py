"""Fresh notebooks: from git, from copies, and never at the cost of the learner's own."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import course
from hwr.cli import reset
from hwr.cli.main import main

NAMES = ["00_start_here", "03_augmentation", "09_draw_and_predict"]
FRESH = {f"{name}.ipynb": f"fresh {name}\n" for name in NAMES}
needs_git = pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")


def git(folder, *arguments):
    who = ["-c", "user.name=A", "-c", "user.email=a@b.invalid", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", *who, *arguments], cwd=folder, check=True, capture_output=True)


def write_notebooks(root):
    (root / "notebooks").mkdir(parents=True)
    for name, text in FRESH.items():
        (root / "notebooks" / name).write_bytes(text.encode())


def path(root, name):
    return root / "notebooks" / f"{name}.ipynb"


def every(root):
    return {file.name: file.read_text() for file in (root / "notebooks").iterdir()}


@pytest.fixture(params=[pytest.param("git", marks=needs_git), "git below", "copies"])
def root(request, tmp_path, monkeypatch):
    """A course with three notebooks, fresh: in git at its top or below, or with copies."""
    for name in ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE"):  # set where a hook runs the tests
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    root = tmp_path / "a course, ä"
    write_notebooks(root)
    if request.param == "copies":
        shutil.copytree(root / "notebooks", root / "build" / "fresh")
    else:
        top = root if request.param == "git" else tmp_path
        git(top, "init")
        git(top, "add", ".")
        git(top, "commit", "-m", "fresh")
    return root


def test_a_changed_one_is_fresh_again_and_kept_under_another_name(root):
    path(root, NAMES[1]).write_text("mine")
    (told,) = reset.reset("03", root)
    assert "03_augmentation is fresh again; yours is now 03_augmentation.mine-1.ipynb." in told
    assert every(root) == {**FRESH, "03_augmentation.mine-1.ipynb": "mine"}


def test_nothing_kept_is_overwritten(root):
    for version in "ab":
        path(root, NAMES[1]).write_text(version)
        reset.reset("03", root)
    path(root, "03_augmentation.mine-1").unlink()
    for version in "cd":  # c takes the gap
        path(root, NAMES[1]).write_text(version)
        reset.reset("03", root)
    kept = [path(root, f"03_augmentation.mine-{number}").read_text() for number in (1, 2, 3)]
    assert kept == ["c", "b", "d"]


def test_all_that_were_changed(root):
    before = path(root, NAMES[0]).stat().st_mtime_ns
    path(root, NAMES[1]).write_text("mine")
    path(root, NAMES[2]).unlink()
    told = reset.reset(root=root)
    assert len(told) == 2
    assert told[1] == "09_draw_and_predict was missing and is back."
    assert path(root, NAMES[2]).read_text() == f"fresh {NAMES[2]}\n"
    assert path(root, NAMES[0]).stat().st_mtime_ns == before
    assert reset.reset(root=root) == ["Every notebook is as it came."]


def test_an_unchanged_one_is_left_alone(root):
    path(root, NAMES[0]).write_bytes(f"fresh {NAMES[0]}\r\n".encode())  # git on Windows
    assert reset.reset("00", root) == ["00_start_here is as it came: left alone."]
    assert path(root, NAMES[0]).read_bytes().endswith(b"\r\n")


@pytest.mark.parametrize(
    "name", ["3", "03", "03_augmentation", "03_augmentation.ipynb", "notebooks/03_augmentation"]
)
def test_a_notebook_has_many_names(name):
    assert reset.find(name, FRESH) == f"{NAMES[1]}.ipynb"


@pytest.mark.parametrize("name", ["07", "augmentation", "03_aug", "03_augmentation.mine-1", "x/"])
def test_an_unknown_name_is_one_sentence_with_the_known(name):
    with pytest.raises(ValueError, match="no notebook") as error:
        reset.find(name, FRESH)
    assert str(error.value).endswith(f"of {', '.join(NAMES)}.")


@pytest.mark.parametrize("failing", [1, 2], ids=["keeping", "renewing"])
@pytest.mark.parametrize("error", [KeyboardInterrupt, PermissionError])
def test_interrupted_half_way_nothing_is_lost(root, monkeypatch, failing, error):
    path(root, NAMES[1]).write_text("mine")
    calls = []
    replace = Path.replace

    def interrupted(self, target):
        calls.append(self)
        if len(calls) == failing:
            raise error
        return replace(self, target)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", interrupted)
        with pytest.raises(error):
            reset.reset("03", root)
    names = {NAMES[1] if failing == 1 else "03_augmentation.mine-1", NAMES[0], NAMES[2]}
    assert set(every(root)) == {f"{name}.ipynb" for name in names}
    assert "mine" in every(root).values()
    reset.reset("03", root)
    assert every(root) == {**FRESH, "03_augmentation.mine-1.ipynb": "mine"}


def test_without_fresh_ones_it_says_so(tmp_path, monkeypatch):
    write_notebooks(tmp_path)
    monkeypatch.setenv("PATH", str(tmp_path))  # no git there
    with pytest.raises(ValueError, match="no fresh notebooks here"):
        reset.reset("03", tmp_path)


def test_the_command(root, monkeypatch, capsys):
    monkeypatch.setattr(reset.reset, "__defaults__", (None, root))
    path(root, NAMES[1]).write_text("mine")
    assert main(["reset"]) == 0
    assert "mine-1" in capsys.readouterr().out
    assert main(["reset", "7"]) == 1
    assert capsys.readouterr().err.startswith("hwr: There is no notebook '7'")


def test_set_up_keeps_copies_once_where_there_is_no_git(tmp_path):
    write_notebooks(tmp_path)
    path(tmp_path, "03_augmentation.mine-1").write_text("not fresh")
    environment = course.Environment(tmp_path)
    course.keep_fresh_notebooks(environment)
    path(tmp_path, NAMES[0]).write_text("mine")
    course.keep_fresh_notebooks(environment)
    fresh = tmp_path / "build" / "fresh"
    assert sorted(file.stem for file in fresh.iterdir()) == NAMES
    assert (fresh / f"{NAMES[0]}.ipynb").read_text() == f"fresh {NAMES[0]}\n"
    assert [folder.name for folder in fresh.parent.iterdir()] == ["fresh"]


@needs_git
def test_set_up_leaves_a_checkout_to_git(tmp_path):
    write_notebooks(tmp_path)
    git(tmp_path, "init")
    course.keep_fresh_notebooks(course.Environment(tmp_path))
    assert not (tmp_path / "build").exists()


def test_git_ignores_kept_notebooks():
    root = Path(course.__file__).parent
    assert "*.mine-*.ipynb" in (root / ".gitignore").read_text().splitlines()
    if (root / ".git").exists() and shutil.which("git"):
        asked = ["git", "check-ignore", "-q", "notebooks/03_augmentation.mine-1.ipynb"]
        assert subprocess.run(asked, cwd=root, check=False).returncode == 0


def test_nbval_and_ruff_ignore_kept_notebooks(tmp_path):
    from tools import checks

    (tmp_path / "00_a.mine-1.ipynb").write_text("no notebook at all")
    (check, *_) = [c for c in checks.checks(tmp_path) if c.step == "notebooks"]
    command = [*check.command[:-1], "--collect-only", "."]
    asked = subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path)
    assert asked.returncode == 5, asked.stdout  # no test found
    ruff = [sys.executable, "-m", "ruff", "check", "--config", "pyproject.toml", str(tmp_path)]
    asked = subprocess.run(ruff, capture_output=True, text=True, check=False, cwd=reset.COURSE)
    assert asked.returncode == 0, asked.stdout
