"""The doctor, in intact installations and in broken ones."""

import hashlib
import importlib.metadata
import json
import subprocess
import sys
import zipfile
from types import SimpleNamespace

import pytest

from hwr._support.paths import ROOT
from hwr.cli import doctor
from hwr.datasets import archive
from hwr.web import tfjs


def check(examination, state, *words):
    """The single finding of an examination has this state and says these words."""
    (finding,) = examination
    assert finding.state == state
    for part in words:
        assert part in finding.words


def run(code, *flags, **options):
    """Run code in another interpreter, in the checkout."""
    command = [sys.executable, *flags, "-c", code]
    options |= {"capture_output": True, "timeout": 60, "cwd": ROOT}
    return subprocess.run(command, check=False, **options)


@pytest.fixture
def versions(monkeypatch):
    """Versions to be found in place of the installed ones; None: not installed."""
    changed = {}
    real = importlib.metadata.version

    def version(name):
        if name in changed and changed[name] is None:
            raise importlib.metadata.PackageNotFoundError(name)
        return changed.get(name) or real(name)

    monkeypatch.setattr(importlib.metadata, "version", version)
    return changed


@pytest.fixture
def artefacts(tmp_path, monkeypatch):
    monkeypatch.setattr(doctor, "ARTEFACTS", tmp_path)
    monkeypatch.setattr(doctor, "error_on_opening", lambda _: "")
    (tmp_path / "m.tflite").write_bytes(b"weights")
    sha256 = hashlib.sha256(b"weights").hexdigest()
    (tmp_path / "m.json").write_text(json.dumps({"file": "m.tflite", "sha256": sha256}))
    (tmp_path / "results.json").write_text("[1, 2]")  # not every JSON file is a card
    return tmp_path


def test_these_packages_are_in_order():
    check(doctor.packages(), "ok")


def test_tensorflow_missing(versions):
    versions |= {"tensorflow": None, "tensorflow-cpu": None}
    check(doctor.packages(), "problem", "missing: tensorflow;", "course.py setup")


def test_one_tensorflow_will_do(versions, monkeypatch):
    monkeypatch.setattr(doctor.importlib.util, "find_spec", lambda _: True)
    versions |= {"tensorflow": "2.21.0", "tensorflow-cpu": None}
    check(doctor.packages(), "ok")
    versions |= {"tensorflow-cpu": "2.21.0"}
    assert "overwrite each other" in list(doctor.packages())[1].words


def test_numpy_too_new(versions):
    versions["numpy"] = "2.4.0"
    check(doctor.packages(), "problem", "numpy is 2.4.0 but has to be <2.4 (emnist fails")


def test_a_package_whose_files_are_gone(monkeypatch):
    real = doctor.importlib.util.find_spec
    monkeypatch.setattr(
        doctor.importlib.util, "find_spec", lambda name: None if name == "keras" else real(name)
    )
    check(doctor.packages(), "problem", "keras is listed as installed but its files")


@pytest.mark.parametrize(
    ("version", "bounds", "fit"),
    [
        ("8.1.7", "==8.*", True),
        ("80.1", "==8.*", False),
        ("0.0", "==0.0", True),
        ("0.15.1", "==0.14.*", False),
        ("2.3.5", ">=2,<2.4", True),
        ("2.4", ">=2,<2.4", False),
        ("2.4.0rc1", "<2.4", False),
        ("1.26", ">=2,<2.4", False),
        ("anything", "", True),
    ],
)
def test_bounds(version, bounds, fit):
    assert doctor.fits(version, bounds) is fit


def test_every_bound_of_pyproject_is_understood():
    required, alternatives = doctor.requirements()
    assert set(alternatives) == {"tensorflow", "tensorflow-cpu"}
    for bounds in (required | alternatives).values():
        assert doctor.re.fullmatch(r"(==\d+(\.\d+)*(\.\*)?|(>=|<)\d+(\.\d+)*)", bounds), bounds
        assert not doctor.fits("99999", bounds) or bounds.startswith(">=")


@pytest.mark.parametrize(
    ("version", "state"), [((3, 10, 9), "problem"), ((3, 12, 1), "ok"), ((3, 13, 0), "problem")]
)
def test_python_version(monkeypatch, version, state):
    monkeypatch.setattr(doctor.sys, "version_info", version)
    finding = next(doctor.python())
    assert finding.state == state
    assert ".".join(map(str, version)) in finding.words


def test_another_environment_is_a_warning(monkeypatch, tmp_path):
    monkeypatch.setattr(doctor.sys, "prefix", str(tmp_path))
    assert list(doctor.python())[1].state == "warning"
    (tmp_path / "conda-meta").mkdir()
    assert list(doctor.python())[1].state == "ok"


@pytest.mark.parametrize(
    ("harm", "words"),
    [
        (lambda folder: (folder / "m.tflite").unlink(), "is missing"),
        (lambda folder: (folder / "m.tflite").write_bytes(b"Weights"), "not what its card"),
        (lambda folder: (folder / "m.json").unlink(), "no card"),
        (lambda folder: (folder / "m.json").write_text("{"), "no card"),
    ],
)
def test_harmed_model(artefacts, harm, words):
    check(doctor.model(), "ok")
    harm(artefacts)
    check(doctor.model(), "problem", words, "git checkout")


def test_model_that_does_not_open(tmp_path):
    path = tmp_path / "m.tflite"
    path.write_bytes(b"no flatbuffer")
    assert doctor.error_on_opening(path)


def test_front_end(monkeypatch, tmp_path):
    check(doctor.front_end(), "ok")
    monkeypatch.setattr(doctor.sys, "prefix", str(tmp_path))
    check(doctor.front_end(), "problem", "ipycanvas", "jupyterlab-manager")


def test_little_room_on_the_disk(monkeypatch):
    monkeypatch.setattr(doctor.shutil, "disk_usage", lambda _: SimpleNamespace(free=10**8))
    check(doctor.disk(), "warning")


def test_a_page_without_its_runtime_is_only_a_warning(monkeypatch, tmp_path):
    monkeypatch.setattr(tfjs, "RUNTIME_FOLDER", tmp_path)
    check(doctor.page(), "warning", "run 'python -m hwr.web.tfjs'")
    for name in tfjs.RUNTIME_FILES:
        (tmp_path / name).write_bytes(b"its content")
    file = "", hashlib.sha256(b"its content").hexdigest()
    monkeypatch.setattr(tfjs, "RUNTIME_FILES", dict.fromkeys(tfjs.RUNTIME_FILES, file))
    check(doctor.page(), "ok")


def test_no_emnist_is_only_a_warning(monkeypatch):
    monkeypatch.delenv("HWR_EMNIST", raising=False)
    monkeypatch.setattr(archive, "find_archives", list)
    check(doctor.data(), "warning", "made-up handwriting")


def test_named_archive_is_absent(monkeypatch, tmp_path):
    monkeypatch.setenv("HWR_EMNIST", str(tmp_path / "emnist.zip"))
    check(doctor.data(), "problem", "HWR_EMNIST names")


@pytest.mark.parametrize("with_numpy", [True, False])
@pytest.mark.parametrize("harm", ["page", "cut", "member"])
def test_damaged_archive(monkeypatch, tmp_path, harm, with_numpy):
    path = tmp_path / "emnist.zip"
    name = "gzip/emnist-mnist-test-labels-idx1-ubyte.gz"
    with zipfile.ZipFile(path, "w") as file:
        file.writestr(name, b"0123456789" * 100)
    content = bytearray(path.read_bytes())
    content[200] ^= 0xFF
    harmed = {"page": b"<html>gone</html>", "cut": bytes(content[:500]), "member": bytes(content)}
    path.write_bytes(harmed[harm])
    monkeypatch.setenv("HWR_EMNIST", str(path))
    if not with_numpy:
        monkeypatch.setitem(sys.modules, "hwr.datasets.archive", None)
        monkeypatch.delattr("hwr.datasets.archive", raising=False)
    check(doctor.data(), "problem", str(path), "python -m hwr fetch")


def test_an_examination_that_crashes_is_itself_a_finding(monkeypatch):
    def disk():
        raise OSError("no such device")

    monkeypatch.setattr(doctor, "disk", disk)
    finding = doctor.diagnose()[-1]
    assert finding.subject == "disk"
    check([finding], "problem", "no such device")


@pytest.mark.parametrize(
    ("states", "status", "last"),
    [
        (["ok"], 0, "Everything is in order."),
        (["ok", "warning"], 0, "0 problems, 1 warning."),
        (["problem", "warning", "warning"], 1, "1 problem, 2 warnings."),
    ],
)
def test_exit_status_and_last_line(monkeypatch, capsys, states, status, last):
    findings = [doctor.Finding("disk", state, "words.") for state in states]
    monkeypatch.setattr(doctor, "diagnose", lambda: findings)
    assert doctor.main() == status
    assert capsys.readouterr().out.splitlines()[-1] == last


def test_runs_where_nothing_is_installed():
    code = (
        f"import sys; sys.path.insert(0, {str(ROOT)!r}); "
        "from hwr.cli import doctor; raise SystemExit(doctor.main())"
    )
    done = run(code, "-I", "-S", text=True)  # knows the standard library and the checkout alone
    assert done.returncode == 1, done.stderr
    assert done.stderr == ""
    assert "missing: ai-edge-litert, emnist," in done.stdout


@pytest.mark.parametrize("package", ["numpy", "tensorflow", "emnist"])
def test_runs_where_a_package_is_broken(tmp_path, package):
    (tmp_path / package).mkdir()
    (tmp_path / package / "__init__.py").write_text("raise ImportError('DLL load failed')")
    code = (
        f"import sys; sys.path.insert(0, {str(tmp_path)!r}); "
        "from hwr.cli import doctor; print(*doctor.diagnose(), sep='\\n')"
    )
    done = run(code, text=True)
    assert done.returncode == 0, done.stderr
    assert "subject='disk'" in done.stdout


def test_says_what_a_windows_console_can_show(monkeypatch):
    code = (
        "from hwr.cli import doctor; "
        "doctor.diagnose = lambda: [doctor.Finding('disk', 'ok', '\\u5b57')]; doctor.main()"
    )
    monkeypatch.setenv("PYTHONIOENCODING", "cp1252")
    done = run(code)
    assert done.returncode == 0, done.stderr
    assert b"ok       disk: ?" in done.stdout
