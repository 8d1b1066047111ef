"""Setting up with course.py: what it does is data here, no environment is installed."""

import ast
import json
import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import course
from course import CourseError, Environment, Python

ROOT = Path(course.__file__).parent
RUNNING = Python(sys.executable, f"{sys.version_info[0]}.{sys.version_info[1]}")


class Builder:
    """Stands in for pip: makes the files that count, and may be interrupted."""

    def __init__(self, interrupt=False):
        self.calls = 0
        self.interrupt = interrupt

    def __call__(self, environment, python):
        self.calls += 1
        environment.python.parent.mkdir(parents=True)
        environment.python.touch()
        (environment.folder / "lib" / "python3" / "site-packages").mkdir(parents=True)
        if self.interrupt:
            raise KeyboardInterrupt


@pytest.fixture
def environment(tmp_path):
    root = tmp_path / "a folder with spaces, ä and 字"
    root.mkdir()
    (root / "requirements.lock").write_text("numpy==2.3.5\n")
    return Environment(root)


def set_up(environment, builder):
    course.set_up(environment, find=lambda: RUNNING, build=builder)


def test_second_call_builds_nothing(environment):
    builder = Builder()
    set_up(environment, builder)
    set_up(environment, builder)
    assert builder.calls == 1


def test_interrupted_installation_is_rebuilt_from_scratch(environment):
    with pytest.raises(KeyboardInterrupt):
        set_up(environment, Builder(interrupt=True))
    half = environment.folder / "half-installed"
    half.touch()
    builder = Builder()
    set_up(environment, builder)
    assert builder.calls == 1
    assert not half.exists()


def test_changed_lock_rebuilds(environment):
    builder = Builder()
    set_up(environment, builder)
    environment.lock.write_text("numpy==2.3.6\n")
    set_up(environment, builder)
    assert builder.calls == 2


def test_line_endings_of_the_lock_do_not_count(environment):
    builder = Builder()
    set_up(environment, builder)
    environment.lock.write_bytes(b"numpy==2.3.5\r\n")
    set_up(environment, builder)
    assert builder.calls == 1


def test_another_python_version_rebuilds(environment):
    builder = Builder()
    set_up(environment, builder)
    environment.stamp.write_text(environment.fingerprint("3.10"))
    set_up(environment, builder)
    assert builder.calls == 2


def test_vanished_interpreter_rebuilds(environment):
    builder = Builder()
    set_up(environment, builder)
    environment.python.unlink()
    environment.python.symlink_to("/nowhere/python3")
    set_up(environment, builder)
    assert builder.calls == 2


def test_a_foreign_venv_is_not_deleted(environment):
    theirs = environment.folder / "theirs"
    theirs.parent.mkdir()
    theirs.touch()
    with pytest.raises(CourseError, match=r"not made by course\.py"):
        set_up(environment, Builder())
    assert theirs.exists()


def test_a_link_is_removed_and_what_it_leads_to_stays(environment, tmp_path):
    set_up(environment, Builder())
    elsewhere = tmp_path / "elsewhere"
    environment.folder.rename(elsewhere)
    environment.folder.symlink_to(elsewhere, target_is_directory=True)
    environment.lock.write_text("numpy==2.3.6\n")
    set_up(environment, Builder())
    assert not environment.folder.is_symlink()
    assert (elsewhere / "course-stamp").is_file()


def test_environment_imports_the_checkout_and_asks_for_no_news(environment):
    set_up(environment, Builder())
    packages = next(environment.folder.glob("lib/*/site-packages"))
    line = (packages / "hwr-course.pth").read_text("ascii")  # safe in every locale
    assert (packages / line.strip()).resolve() == environment.root.resolve()
    settings = environment.folder / "etc/jupyter/labconfig/page_config.json"
    assert list(json.loads(settings.read_text())["disabledExtensions"].values()) == [True]


@pytest.mark.skipif(sys.platform == "win32", reason="flock is tested where there is one")
def test_second_caller_waits_for_the_first(environment, capfd):
    turn = environment.root / "build" / "setup.lock"
    code = f"import course, pathlib\nwith course.alone(pathlib.Path({str(turn)!r})): print('in')"
    with course.alone(turn):
        other = subprocess.Popen(
            [sys.executable, "-c", code], cwd=ROOT, stdout=subprocess.PIPE, text=True
        )
        assert other.stdout.readline().startswith("Another call is setting up")
        with pytest.raises(subprocess.TimeoutExpired):
            other.wait(timeout=1)
    assert other.communicate(timeout=20)[0] == "in\n"


@pytest.fixture
def running_313(monkeypatch):
    monkeypatch.setattr(course.sys, "version_info", (3, 13, 0, "final", 0))
    monkeypatch.setattr(course.sys, "version", "3.13.0 (main)")


@pytest.mark.usefixtures("running_313")
def test_wrong_python_is_told_in_one_sentence(monkeypatch):
    monkeypatch.setattr(course, "ask", lambda *_: None)
    with pytest.raises(CourseError, match=r"needs Python 3\.11 or 3\.12, this is 3\.13\.0 and"):
        course.find_python()


@pytest.mark.usefixtures("running_313")
def test_a_fitting_python_on_the_path_stands_in(monkeypatch):
    monkeypatch.setattr(course, "ask", lambda call, _: "/opt/py" if "3.11" in call[-1] else None)
    assert course.find_python() == Python("/opt/py", "3.11")


@pytest.mark.usefixtures("running_313")
def test_with_a_wrong_python_either_environment_will_do(environment):
    environment.python.parent.mkdir(parents=True)
    environment.python.touch()
    environment.stamp.write_text(environment.fingerprint("3.11"))
    builder = Builder()
    set_up(environment, builder)
    assert builder.calls == 0


def test_a_python_that_only_pretends_to_exist_is_passed_over(tmp_path, monkeypatch):
    shim = tmp_path / "python3.12"
    shim.write_text("#!/bin/sh\necho 'command not found' >&2\nexit 127\n")
    shim.chmod(0o755)
    assert course.ask([str(shim)], "print(1)") is None
    assert course.ask([str(tmp_path / "nothing")], "print(1)") is None


@pytest.mark.parametrize(
    ("modules", "make", "pip"),
    [
        ({"ensurepip"}, ["-m", "venv"], [".venv"]),
        ({"pip"}, ["-m", "venv", "--without-pip"], ["--python", ".venv"]),
    ],
)
def test_debian_without_ensurepip_borrows_a_pip(environment, monkeypatch, modules, make, pip):
    def has(_, code):
        return "" if code.removeprefix("import ") in modules else None

    monkeypatch.setattr(course, "ask", has)
    commands = course.venv_commands(environment, RUNNING)
    assert commands[0] == [RUNNING.path, *make, str(environment.folder)]
    assert all(any(part in word for word in commands[1]) for part in pip)


def test_no_pip_at_all_names_what_to_install(environment, monkeypatch):
    monkeypatch.setattr(course, "ask", lambda *_: None)
    with pytest.raises(CourseError, match=r"apt-get install python3\.11-venv"):
        course.venv_commands(environment, Python("/usr/bin/python3", "3.11"))


@pytest.mark.parametrize(
    ("log", "words"),
    [
        ("NewConnectionError: Temporary failure in name resolution\nERROR: No matching "
         "distribution found for absl-py==2.5.1", "registry could not be reached"),
        ("ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM", "hash differs"),
        ("OSError: [Errno 28] No space left on device", "disk is full"),
        ("ERROR: No matching distribution found for tensorflow==2.21.0", "no tensorflow==2.21.0"),
        ("something\nERROR: quite new\n\n", "'ERROR: quite new'"),
        ("", "pip failed"),
    ],
)  # fmt: skip
def test_failures_of_pip_are_one_sentence(log, words):
    sentence = course.explain(log)
    assert words in sentence
    assert "\n" not in sentence


def test_failed_pip_is_told_and_its_words_are_kept(tmp_path):
    log = tmp_path / "setup.log"
    with pytest.raises(CourseError, match="disk is full"):
        course.install([sys.executable, "-c", "raise SystemExit('No space left')"], log)
    assert log.read_text() == "No space left\n"


def test_pip_is_told_to_check_every_hash_and_compile_nothing(environment):
    arguments = course.pip_arguments(environment)
    assert "--require-hashes" in arguments
    assert arguments[arguments.index("--only-binary") + 1] == ":all:"


def test_children_see_no_foreign_packages(monkeypatch):
    monkeypatch.setenv("PYTHONPATH", "/somewhere")
    monkeypatch.setenv("HWR_EMNIST", "emnist.zip")
    variables = course.surroundings()
    assert "PYTHONPATH" not in variables
    assert variables["HWR_EMNIST"] == str(Path.cwd() / "emnist.zip")
    assert variables["TF_CPP_MIN_LOG_LEVEL"] == os.environ.get("TF_CPP_MIN_LOG_LEVEL", "2")


def test_lab_opens_the_first_notebook_and_passes_options_on(environment):
    command = course.lab_command(environment, ["--no-browser"])
    assert command[:3] == [str(environment.python), "-m", "jupyterlab"]
    assert "--LabApp.default_url=/lab/tree/notebooks/00_start_here.ipynb" in command
    assert command[-1] == "--no-browser"
    assert f"--ServerApp.root_dir={environment.root}" in command


def test_the_runtime_of_the_web_page_is_brought_once_and_its_lack_is_no_end(
    environment, monkeypatch, capsys
):
    calls = []
    monkeypatch.setattr(
        course.subprocess, "call", lambda command, **_: calls.append(command[1:]) or 1
    )
    course.bring_runtime(environment)
    assert "only the web page of lesson 08 needs it" in capsys.readouterr().out
    course.bring_runtime(Environment(environment.root, Path("stick")))
    module = ["-m", "hwr.web.tfjs"]
    assert calls == [module, [*module, str(Path("stick", "runtime"))]]
    (environment.folder / "share" / "hwr" / "runtime").mkdir(parents=True)
    course.bring_runtime(environment)
    assert len(calls) == 2


def test_the_web_page_goes_where_it_is_asked_to(monkeypatch):
    called = []
    monkeypatch.setattr(course, "set_up", lambda _: None)
    monkeypatch.setattr(course, "become", lambda command: called.append(command[1:]) or 0)
    web = ["-m", "hwr", "web"]
    assert course.run(["web"]) == 0
    assert called.pop() == [*web, str(ROOT / "build" / "hwr.html")]
    assert course.run(["web", "a.html", "--model", "mine.json"]) == 0
    assert called.pop() == [
        *web, str(Path.cwd() / "a.html"), "--model", str(Path.cwd() / "mine.json")
    ]  # fmt: skip


@pytest.mark.parametrize("line", [["test", "unti"], ["setup", "--fast"], ["fly"], []])
def test_what_makes_no_sense_is_refused(line, monkeypatch):
    monkeypatch.setattr(course, "set_up", lambda _: pytest.fail("must not set up"))
    with pytest.raises(SystemExit) as stop:
        course.run(line)
    assert stop.value.code == 2


def test_expected_failures_end_in_one_sentence(monkeypatch, capsys):
    def fail(*_):
        raise CourseError("Too bad: do this.")

    monkeypatch.setattr(course, "run", fail)
    assert course.main() == 1
    assert capsys.readouterr().err == "course.py: Too bad: do this.\n"


def test_script_can_be_read_by_older_pythons():
    """They must get as far as the sentence that tells them to make way."""
    ast.parse((ROOT / "course.py").read_text(), feature_version=(3, 7))


# ------------------------------------------------------------------- the lists of packages


@pytest.fixture(scope="module")
def project():
    return tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]


@pytest.fixture(scope="module")
def conda():
    return yaml.safe_load((ROOT / "environment.yml").read_text())["dependencies"]


def as_requirement(spec):
    """Conda's ``name=1`` is pip's ``name==1.*``."""
    name, equal, version = spec.partition("=")
    pinned = equal and not set("<>=!") & (set(name) | set(version))
    return Requirement(f"{name}=={version}.*" if pinned else spec)


def by_name(requirements):
    return {canonicalize_name(r.name): (str(r.specifier), str(r.marker)) for r in requirements}


def test_environment_yml_and_pyproject_agree(project, conda):
    for_conda = [as_requirement(line) for line in conda if isinstance(line, str)]
    for_pip = [Requirement(line) for line in conda[-1]["pip"] if line != "-e ."]
    theirs = by_name(for_conda) | by_name(for_pip)
    python = theirs.pop("python")
    theirs.pop("pip")
    assert theirs == by_name(map(Requirement, project["dependencies"]))
    assert python[0].removeprefix("==").removesuffix(".*") in course.SUPPORTED


def test_environment_yml_gets_tensorflow_and_the_like_from_pip(conda):
    for_pip = " ".join(conda[-1]["pip"])
    assert all(name in for_pip for name in ("tensorflow==", "emnist", "ipycanvas", "-e ."))


def test_every_dependency_of_environment_yml_has_its_reason():
    lines = (ROOT / "environment.yml").read_text().split("dependencies:")[1].splitlines()[1:]
    for above, line in zip(["", *lines], lines, strict=False):
        item = line.strip()
        if item.startswith("- ") and item not in ("- pip:",) and "python=" not in item:
            explained = "#" in item or above.strip().startswith("#") or "tensorflow" in above
            assert explained, item


def test_lock_holds_what_pyproject_asks_for(project):
    lines = (ROOT / "requirements.lock").read_text().splitlines()
    locked = [Requirement(line.rstrip(" \\")) for line in lines if line[:1].isalnum()]
    asked = [*project["dependencies"], *project["optional-dependencies"]["dev"]]
    for requirement in map(Requirement, asked):
        name = canonicalize_name(requirement.name)
        versions = [next(iter(r.specifier)).version for r in locked if r.name == name]
        assert versions, f"{name}: make the lock anew, CONTRIBUTING.md says how"
        assert all(requirement.specifier.contains(version) for version in versions), name


def test_lock_names_no_host_and_hashes_everything():
    text = (ROOT / "requirements.lock").read_text()
    assert "://" not in text
    for entry in text.split("\n# ")[0].split("\n"):
        if entry[:1].isalnum():
            assert entry.endswith("\\"), entry  # a line with its hash follows


def test_the_rooms_lock_adds_to_the_lock_and_changes_nothing_in_it(project):
    texts = [(ROOT / f"requirements{which}.lock").read_text() for which in ("", "-room")]
    base, room = (
        {Requirement(line.rstrip(" \\")).name for line in text.splitlines() if line[:1].isalnum()}
        for text in texts
    )
    assert not base & room
    assert "://" not in texts[1]
    for extra in ("hub", "cluster"):
        for requirement in map(Requirement, project["optional-dependencies"][extra]):
            assert f"{requirement.name}{requirement.specifier} " in texts[1], requirement
    assert texts[1].count("--hash=sha256:") >= len(room)


def test_supported_versions_are_those_of_pyproject(project):
    wanted = Requirement(f"python{project['requires-python']}").specifier
    assert [v for v in (f"3.{n}" for n in range(20, 5, -1)) if wanted.contains(v)] == list(
        course.SUPPORTED
    )
