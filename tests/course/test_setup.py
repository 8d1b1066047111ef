"""course.py: set-up and commands, without installing an environment; and the package lists."""

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
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

import course
from course import CourseError, Environment, Python
from tools import extras, kit, pip
from tools.files import exclusive_lock
from tools.processes import child_environment, python_output

ROOT, HERE = Path(course.__file__).parent, Path.cwd()
RUNNING = Python(sys.executable, f"{sys.version_info[0]}.{sys.version_info[1]}")


class Builder:
    """Replaces the installation: creates the files that are looked for, or is interrupted."""

    calls = 0

    def __init__(self, interrupt=False):
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


def replace_interpreter(environment):
    environment.python.unlink()
    environment.python.symlink_to("/nowhere/python3")


@pytest.mark.parametrize(
    ("change", "builds"),
    [
        (lambda _: None, 1),
        (lambda e: e.requirements.write_text("numpy==2.3.6\n"), 2),
        (lambda e: e.requirements.write_bytes(b"numpy==2.3.5\r\n"), 1),
        (lambda e: e.stamp.write_text(e.fingerprint("3.10")), 2),
        (replace_interpreter, 2),
    ],
    ids=["nothing", "requirements", "line endings", "Python version", "interpreter"],
)
def test_a_second_call_builds_again_if_needed(environment, change, builds):
    builder = Builder()
    set_up(environment, builder)
    change(environment)
    set_up(environment, builder)
    assert builder.calls == builds


def test_interrupted_installation_is_rebuilt_from_scratch(environment):
    with pytest.raises(KeyboardInterrupt):
        set_up(environment, Builder(interrupt=True))
    half = environment.folder / "half-installed"
    half.touch()
    builder = Builder()
    set_up(environment, builder)
    assert builder.calls == 1
    assert not half.exists()


def test_another_programs_venv_is_not_deleted(environment):
    other = environment.folder / "file"
    other.parent.mkdir()
    other.touch()
    with pytest.raises(CourseError, match=r"not made by course\.py"):
        set_up(environment, Builder())
    assert other.exists()


def test_a_link_is_removed_and_its_target_stays(environment, tmp_path):
    set_up(environment, Builder())
    elsewhere = tmp_path / "elsewhere"
    environment.folder.rename(elsewhere)
    environment.folder.symlink_to(elsewhere, target_is_directory=True)
    environment.requirements.write_text("numpy==2.3.6\n")
    set_up(environment, Builder())
    assert not environment.folder.is_symlink()
    assert (elsewhere / "course-stamp").is_file()


def test_environment_imports_the_checkout_and_turns_off_news(environment):
    set_up(environment, Builder())
    packages = next(environment.folder.glob("lib/*/site-packages"))
    line = (packages / "hwr-course.pth").read_text("ascii")  # which every locale can read
    assert (packages / line.strip()).resolve() == environment.root.resolve()
    settings = environment.folder / "etc/jupyter/labconfig/page_config.json"
    assert list(json.loads(settings.read_text())["disabledExtensions"].values()) == [True]


@pytest.mark.skipif(sys.platform == "win32", reason="tests flock, which Windows does not have")
def test_second_caller_waits_for_the_first(environment):
    path = environment.lock_file
    code = (
        "import pathlib; from tools.files import exclusive_lock\n"
        f"with exclusive_lock(pathlib.Path({str(path)!r})): print('in')"
    )
    with exclusive_lock(path):
        other = subprocess.Popen(
            [sys.executable, "-c", code], cwd=ROOT, stdout=subprocess.PIPE, text=True
        )
        assert other.stdout.readline().startswith("Another call is working")
        with pytest.raises(subprocess.TimeoutExpired):
            other.wait(timeout=1)
    assert other.communicate(timeout=20)[0] == "in\n"


@pytest.fixture
def running_313(monkeypatch):
    monkeypatch.setattr(course.sys, "version_info", (3, 13, 0, "final", 0))
    monkeypatch.setattr(course.sys, "version", "3.13.0 (main)")


@pytest.mark.usefixtures("running_313")
def test_an_unsupported_python_is_replaced_or_reported(monkeypatch):
    monkeypatch.setattr(course, "python_output", lambda call, _: "3.11" in call[-1] and "/opt/py")
    assert course.find_python() == Python("/opt/py", "3.11")
    monkeypatch.setattr(course, "python_output", lambda *_: None)
    with pytest.raises(CourseError, match=r"needs Python 3\.11 or 3\.12, but this is 3\.13\.0 and"):
        course.find_python()


@pytest.mark.usefixtures("running_313")
def test_with_an_unsupported_python_either_environment_is_accepted(environment):
    environment.python.parent.mkdir(parents=True)
    environment.python.touch()
    environment.stamp.write_text(environment.fingerprint("3.11"))
    builder = Builder()
    set_up(environment, builder)
    assert builder.calls == 0


def test_a_python_that_does_not_run_is_ignored(tmp_path):
    shim = tmp_path / "python3.12"
    shim.write_text("#!/bin/sh\necho 'command not found' >&2\nexit 127\n")
    shim.chmod(0o755)
    assert python_output([str(shim)], "print(1)") is None
    assert python_output([str(tmp_path / "nothing")], "print(1)") is None


@pytest.mark.parametrize(
    ("modules", "create", "pip_words"),
    [
        ({"ensurepip"}, ["-m", "venv"], [".venv"]),
        ({"pip"}, ["-m", "venv", "--without-pip"], ["--python", ".venv"]),
    ],
)
def test_debian_without_ensurepip_uses_the_systems_pip_if_there_is_one(
    environment, monkeypatch, modules, create, pip_words
):
    def has(_, code):
        return "" if code.removeprefix("import ") in modules else None

    monkeypatch.setattr(course, "python_output", has)
    commands = course.venv_commands(environment, RUNNING)
    assert commands[0] == [RUNNING.path, *create, str(environment.folder)]
    assert all(any(part in word for word in commands[1]) for part in pip_words)
    monkeypatch.setattr(course, "python_output", lambda *_: None)
    with pytest.raises(CourseError, match=rf"apt-get install python{RUNNING.version}-venv"):
        course.venv_commands(environment, RUNNING)


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
def test_failures_of_pip_are_explained_in_one_sentence(log, words):
    sentence = pip.explain(log)
    assert words in sentence
    assert "\n" not in sentence


def test_pip_checks_every_hash_and_compiles_nothing(tmp_path):
    log = tmp_path / "setup.log"
    show = [sys.executable, "-c", "import sys; print(sys.argv[1:])"]
    assert pip.install(show, tmp_path / "requirements.lock", log) is None
    arguments = ast.literal_eval(log.read_text())
    assert "--require-hashes" in arguments
    assert arguments[arguments.index("--only-binary") + 1] == ":all:"
    fail = [sys.executable, "-c", "raise SystemExit('No space left')"]
    assert "disk is full" in pip.install(fail, tmp_path / "requirements.lock", log)
    assert log.read_text() == "No space left\n"


def test_child_processes_see_no_packages_from_elsewhere(monkeypatch):
    monkeypatch.setenv("PYTHONPATH", "/somewhere")
    monkeypatch.setenv("HWR_EMNIST", '"emnist.zip" ')  # the quotes that Windows' set keeps
    variables = child_environment()
    assert "PYTHONPATH" not in variables
    assert variables["HWR_EMNIST"] == str(Path.cwd() / "emnist.zip")
    assert variables["TF_CPP_MIN_LOG_LEVEL"] == os.environ.get("TF_CPP_MIN_LOG_LEVEL", "2")


def test_lab_opens_the_first_notebook_and_passes_options_on(environment):
    command = course.lab_command(environment, ["--no-browser"])
    assert command[:3] == [str(environment.python), "-m", "jupyterlab"]
    assert "--LabApp.default_url=/lab/tree/notebooks/00_start_here.ipynb" in command
    assert command[-1] == "--no-browser"
    assert f"--ServerApp.root_dir={environment.root}" in command


def test_the_web_runtime_is_installed_once_and_everything_else_works_without(
    environment, monkeypatch, capsys
):
    calls = []
    monkeypatch.setattr(subprocess, "call", lambda command, **_: calls.append(command[1:]) or 1)
    extras.install_web_runtime(environment)
    assert "only the web page of lesson 08 needs this" in capsys.readouterr().out
    extras.install_web_runtime(Environment(environment.root, Path("stick")))
    module = ["-m", "hwr.web.tfjs"]
    assert calls == [module, [*module, str(Path("stick", "runtime"))]]
    (environment.folder / "share" / "hwr" / "runtime").mkdir(parents=True)
    extras.install_web_runtime(environment)
    assert len(calls) == 2


def test_a_hub_builds_the_website_once_and_works_without(environment, monkeypatch, capsys):
    calls = []
    monkeypatch.setattr(subprocess, "call", lambda command, **_: calls.append(command[1:]) or 1)
    extras.build_site(environment)
    assert "only the website needs this" in capsys.readouterr().out
    site = environment.root / "build" / "site"
    site.mkdir(parents=True)
    extras.build_site(environment)
    assert calls == [["-m", "tools.site", str(site)]]


@pytest.mark.parametrize(
    ("line", "extra", "program"),
    [
        ("web", [], ["hwr", "web", str(ROOT / "build" / "hwr.html")]),
        ("web a --model b", [], ["hwr", "web", str(HERE / "a"), "--model", str(HERE / "b")]),
        ("notebooks 03 04", ["emnist", "runtime"], ["tools.execute_notebooks", "03", "04"]),
        ("kit", ["emnist", "runtime"], ["tools.kit", str(ROOT / "build" / "kit")]),
        ("kit a --only b", ["emnist", "runtime"], ["tools.kit", str(HERE / "a"), "--only", "b"]),
        ("hub --help", ["emnist", "runtime", "hub", "site"], ["deploy.hub", "--help"]),
        ("site", [], ["tools.site", str(ROOT / "build" / "site")]),
        ("test", ["emnist", "runtime", "hub"], ["tools.checks"]),
        ("test unit room", ["emnist", "runtime", "hub"], ["tools.checks", "unit", "room"]),
        ("test lint unit", ["emnist", "runtime"], ["tools.checks", "lint", "unit"]),
    ],
)  # fmt: skip
def test_a_command_installs_its_extras_and_runs_its_program(line, extra, program, monkeypatch):
    installed, started = [], []
    monkeypatch.setattr(course, "set_up", lambda _: None)
    monkeypatch.setattr(course, "install_extras", lambda _, names: installed.extend(names) or 0)
    monkeypatch.setattr(course, "exec_program", lambda command, _: started.append(command) or 0)
    assert course.run(line.split()) == 0
    assert installed == extra
    assert started == [[str(Environment(ROOT).python), "-m", *program]]


@pytest.mark.parametrize(("command", "status"), [("hub", 1), ("setup", 1), ("test", 0)])
def test_only_the_checks_continue_without_an_extra(command, status, monkeypatch):
    monkeypatch.setattr(course, "set_up", lambda _: None)
    monkeypatch.setattr(course, "install_extras", lambda *_: 1)
    monkeypatch.setattr(course, "exec_program", lambda *_: 0)
    assert course.run([command]) == status


@pytest.mark.parametrize("line", ["test unti", "setup --fast", "kit --onyl", "fly", ""])
def test_unknown_arguments_are_refused_before_setting_up(line, monkeypatch):
    monkeypatch.setattr(course, "set_up", lambda _: pytest.fail("must not set up"))
    with pytest.raises(SystemExit) as stop:
        course.run(line.split())
    assert stop.value.code == 2


def test_expected_failures_are_reported_in_one_sentence(monkeypatch, capsys):
    def fail(*_):
        raise CourseError("Too bad: do this.")

    monkeypatch.setattr(course, "run", fail)
    assert course.main() == 1
    monkeypatch.setitem(extras.EXTRAS, "emnist", fail)
    assert extras.main(["emnist"]) == 1
    assert capsys.readouterr().err == 2 * "course.py: Too bad: do this.\n"


SCRIPT = ["course.py", *(f"tools/{name}.py" for name in ("commands", "files", "pip", "processes"))]


@pytest.mark.parametrize("name", SCRIPT)
def test_older_pythons_can_parse_the_script(name):
    """They must get as far as the message that asks for another version."""
    ast.parse((ROOT / name).read_text(), feature_version=(3, 7))


def test_the_script_needs_only_the_standard_library(tmp_path):
    """-I and -S: no installed packages, and not even the script's own folder on the path."""
    code = f"import runpy; runpy.run_path({str(ROOT / 'course.py')!r})"
    command = [sys.executable, "-I", "-S", "-c", code]
    assert subprocess.run(command, cwd=tmp_path, check=False).returncode == 0


@pytest.fixture(scope="module")
def project():
    return tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]


def as_requirement(spec):
    """Return conda's ``name=1`` as pip's ``name==1.*``."""
    name, equal, version = spec.partition("=")
    pinned = equal and not set("<>=!") & (set(name) | set(version))
    return Requirement(f"{name}=={version}.*" if pinned else spec)


def by_name(requirements):
    return {canonicalize_name(r.name): (str(r.specifier), str(r.marker)) for r in requirements}


def test_environment_yml_and_pyproject_agree(project):
    *conda, for_pip = yaml.safe_load((ROOT / "environment.yml").read_text())["dependencies"]
    for_pip["pip"].remove("-e .")
    with_pip = by_name(map(Requirement, for_pip["pip"]))
    assert {"tensorflow", "emnist", "ipycanvas"} <= with_pip.keys()
    listed = by_name(map(as_requirement, conda)) | with_pip
    python = listed.pop("python")
    listed.pop("pip")
    assert listed == by_name(map(Requirement, project["dependencies"]))
    assert python[0].removeprefix("==").removesuffix(".*") in course.SUPPORTED


def test_every_dependency_of_environment_yml_has_its_reason():
    lines = (ROOT / "environment.yml").read_text().split("dependencies:")[1].splitlines()[1:]
    for above, line in zip(["", *lines], lines, strict=False):
        item = line.strip()
        if item.startswith("- ") and item not in ("- pip:",) and "python=" not in item:
            explained = "#" in item or above.strip().startswith("#") or "tensorflow" in above
            assert explained, item


def locked(name):
    return [Requirement(entry.requirement) for entry in kit.read_lock(ROOT / name)]


def test_requirements_lock_satisfies_pyproject(project):
    base = locked("requirements.lock")
    wanted = [*project["dependencies"], *project["optional-dependencies"]["dev"]]
    for requirement in map(Requirement, wanted):
        name = canonicalize_name(requirement.name)
        versions = [next(iter(r.specifier)).version for r in base if r.name == name]
        assert versions, f"{name}: rebuild requirements.lock as CONTRIBUTING.md describes"
        assert all(requirement.specifier.contains(version) for version in versions), name


def test_the_hubs_lock_only_adds_to_requirements_lock(project):
    room = {requirement.name: requirement for requirement in locked("requirements-room.lock")}
    assert room.keys().isdisjoint(requirement.name for requirement in locked("requirements.lock"))
    for extra in ("hub", "cluster"):
        for requirement in map(Requirement, project["optional-dependencies"][extra]):
            assert room[requirement.name].specifier == requirement.specifier


def test_supported_versions_are_those_of_pyproject(project):
    wanted = SpecifierSet(project["requires-python"])
    assert tuple(wanted.filter(f"3.{n}" for n in range(20, 5, -1))) == course.SUPPORTED
