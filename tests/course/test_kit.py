"""The kit: its contents, how it continues after an interruption, and set-up without a network."""

import hashlib
import os
import re
import shutil
import subprocess
import sys
import zipfile

import pytest
from packaging.tags import sys_tags

import course
from course import CourseError, Environment
from hwr.datasets import archive
from hwr.web import tfjs
from tools import extras, kit
from tools.kit import LATEST, Locked, Target, Wheels
from tools.processes import python_output
from tools.site import build

LINUX, MAC, WINDOWS = (Target(system, "3.11") for system in ("linux", "macos", "windows"))
needs_git = pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-room.lock"])
def test_a_lock_names_no_host_and_is_read_completely_with_its_hashes(name):
    text = (course.ROOT / name).read_text()
    assert "://" not in text
    entries = kit.read_lock(course.ROOT / name)
    lines = [line for line in text.splitlines() if line[:1].isalnum()]
    assert [entry.requirement for entry in entries] == [line.split()[0] for line in lines]
    assert sum(len(entry.hashes) for entry in entries) == text.count("--hash=sha256:")
    assert all(entry.hashes for entry in entries)
    assert all(entry.marker in line for entry, line in zip(entries, lines, strict=True))


def wanted(target):
    entries = kit.read_lock(course.ROOT / "requirements.lock")
    return {entry.requirement.split("==")[0] for entry in entries if target.wants(entry, LATEST)}


def test_each_target_gets_what_its_own_pip_would_install():
    assert {"tensorflow-cpu", "pexpect"} <= wanted(LINUX)
    assert {"tensorflow", "pexpect", "appnope"} <= wanted(MAC)
    assert {"tensorflow", "pywinpty", "colorama"} <= wanted(WINDOWS)
    assert not {"tensorflow", "pywinpty", "appnope"} & wanted(LINUX)
    assert not {"tensorflow-cpu", "pexpect"} & wanted(WINDOWS)


def test_the_first_and_the_latest_patch_release_may_differ():
    entry = Locked("soupsieve==2.10", "python_full_version < '3.11.5'", frozenset())
    assert LINUX.wants(entry, 0)
    assert not LINUX.wants(entry, LATEST)


@pytest.mark.parametrize(
    ("wheel", "served"),
    [
        ("a-1-py3-none-any.whl", {"linux-3.11", "linux-3.12", "macos-3.11", "windows-3.12"}),
        ("a-1-cp311-cp311-manylinux2014_x86_64.manylinux_2_17_x86_64.whl", {"linux-3.11"}),
        ("a-1-cp39-abi3-macosx_11_0_arm64.whl", {"macos-3.11"}),
        ("a-1-cp312-cp312-macosx_14_0_arm64.whl", set()),
        ("a-1-py3-none-manylinux_2_39_x86_64.whl", set()),
        ("a-1-py3-none-win_amd64.whl", {"windows-3.12"}),
    ],
)
def test_wheels_serve_the_targets_of_their_tags(tmp_path, wheel, served):
    (tmp_path / wheel).write_bytes(b"x")
    wheels = Wheels(tmp_path)
    entry = Locked("a==1", "", frozenset([hashlib.sha256(b"x").hexdigest()]))
    targets = [LINUX, Target("linux", "3.12"), MAC, Target("windows", "3.12")]
    assert {t.name for t in targets if not wheels.missing([entry], t, 0)} == served


def test_targets_are_chosen_by_name():
    assert len(kit.choose(None)) == 6
    names = [target.name for target in kit.choose("windows-3.12,linux-3.11")]
    assert names == ["windows-3.12", "linux-3.11"]
    with pytest.raises(CourseError, match=r"no target 'bsd-3\.11': choose from linux-3\.12"):
        kit.choose("bsd-3.11")


def fake_wheel(folder, name, tag="py3-none-any"):
    """Write a wheel that pip installs, and return its entry in a lock."""
    folder.mkdir(parents=True, exist_ok=True)
    wheel, info = folder / f"{name}-1-{tag}.whl", f"{name}-1.dist-info"
    with zipfile.ZipFile(wheel, "w") as file:
        file.writestr(f"{name}.py", "here = True\n")
        file.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: 1\n")
        file.writestr(f"{info}/WHEEL", f"Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: {tag}\n")
        file.writestr(f"{info}/RECORD", f"{name}.py,,\n{info}/METADATA,,\n{info}/WHEEL,,\n")
    return Locked(f"{name}==1", "", frozenset([hashlib.sha256(wheel.read_bytes()).hexdigest()]))


def write_lock(path, entries):
    lines = (f"{e.requirement} \\\n    --hash=sha256:{next(iter(e.hashes))}\n" for e in entries)
    path.write_text("".join(lines))


@pytest.fixture
def registry(tmp_path, monkeypatch):
    """A folder that replaces the registry; pip can reach no other."""
    folder = tmp_path / "registry"
    folder.mkdir()
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    for name, value in {"NO_INDEX": "1", "FIND_LINKS": str(folder), "NO_CACHE_DIR": "1"}.items():
        monkeypatch.setenv(f"PIP_{name}", value)
    return folder


def test_complete_wheels_are_kept_and_the_rest_is_downloaded(registry, tmp_path, capsys):
    entries = [fake_wheel(registry, "one"), fake_wheel(registry, "two")]
    folder = tmp_path / "kit" / "wheels"
    kit.add_wheels(Wheels(folder), entries, [LINUX])
    assert "linux-3.11: downloading 2 wheels.\nlinux-3.11: complete.\n" in capsys.readouterr().out
    kept = (folder / "one-1-py3-none-any.whl").stat()
    (folder / "two-1-py3-none-any.whl").write_bytes(b"half")  # a stick pulled out too early
    kit.add_wheels(Wheels(folder), entries, [LINUX, MAC])
    out = capsys.readouterr().out
    assert "linux-3.11: downloading 1 wheels.\nlinux-3.11: complete.\nmacos-3.11: complete" in out
    assert (folder / "one-1-py3-none-any.whl").stat().st_mtime_ns == kept.st_mtime_ns
    assert [path.name for path in folder.parent.iterdir()] == ["wheels"]


def test_a_package_without_a_wheel_is_reported(registry, tmp_path, capsys):
    entries = [fake_wheel(registry, name) for name in ("one", "two", "three")]
    entries.append(fake_wheel(registry, "four", "cp311-cp311-win_amd64"))
    kit.add_wheels(Wheels(tmp_path / "kit" / "wheels"), entries, [MAC, WINDOWS])
    out = capsys.readouterr().out
    assert "macos-3.11: there is no wheel of four==1.\n" in out
    assert "windows-3.11: complete.\n" in out
    assert len(list((tmp_path / "kit" / "wheels").iterdir())) == 4


def test_a_wheel_with_another_hash_is_an_error(registry, tmp_path):
    entry = fake_wheel(registry, "one")._replace(hashes=frozenset(["0" * 64]))
    with pytest.raises(CourseError, match="its hash differs"):
        kit.add_wheels(Wheels(tmp_path / "wheels"), [entry], [LINUX])
    assert not list((tmp_path / "wheels").iterdir())


def test_the_kits_emnist_has_the_courses_members_byte_for_byte(tiny, tmp_path):
    place = tmp_path / "kit.zip"
    assert not kit.add_emnist(place)
    tiny.write(archive.ARCHIVE)
    for content in (None, b"half"):
        if content:
            place.write_bytes(content)
        assert kit.add_emnist(place)
        with zipfile.ZipFile(place) as file:
            assert {name: file.read(name) for name in file.namelist()} == {
                name: tiny.members[name] for name in archive.member_names("byclass", "test")
            }
    archive.ARCHIVE.unlink()
    assert kit.add_emnist(place)  # the kit already has them


def test_the_page_lists_the_contents_and_the_commands(tmp_path):
    kit.write_page(tmp_path, {"linux-3.11": [], "windows-3.12": ["four==1", "five==1"]}, True)
    for name in ("START.txt", "START.html"):
        page = (tmp_path / name).read_text("utf-8")
        assert "Python 3.11: complete" in page
        assert "Python 3.12: incomplete, there is no wheel of four==1, five==1" in page
        assert "macOS 12" not in page
        assert "python3 ~/hwr/course.py lab --kit ." in page
        assert "EMNIST, the images of the course, is in the kit" in page
    kit.write_page(tmp_path, {}, False)
    assert all(kit.UNFINISHED in page.read_text("utf-8") for page in tmp_path.iterdir())


def test_a_folder_with_other_files_is_left_alone(tmp_path):
    other = tmp_path / "file"
    other.touch()
    with pytest.raises(CourseError, match="is not a kit but contains files"):
        kit.build(tmp_path, [LINUX])
    assert other.exists()


@pytest.fixture
def checkout(tmp_path, monkeypatch):
    """A course in its own repository, with a requirements.lock that lists one small package."""
    for name in ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE"):  # set if a git hook runs the tests
        monkeypatch.delenv(name, raising=False)
    root = tmp_path / "checkout"
    (root / "notebooks").mkdir(parents=True)
    (root / "notebooks" / "00_a.ipynb").write_text("fresh")
    write_lock(root / "requirements.lock", [fake_wheel(tmp_path / "registry", "one")])
    author = ["-c", "user.name=A", "-c", "user.email=a@b.invalid", "-c", "commit.gpgsign=false"]
    for command in (["init"], ["add", "."], ["commit", "-m", "first"]):
        subprocess.run(["git", *author, *command], cwd=root, check=True, capture_output=True)
    monkeypatch.setattr(course, "ROOT", root)
    return root


@needs_git
@pytest.mark.usefixtures("registry", "tiny")
def test_a_kit_contains_the_course_as_committed(checkout, tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(tfjs, "is_installed", lambda: True)
    monkeypatch.setattr(tfjs, "runtime_files", lambda: {"tf.js": b"runs"})
    monkeypatch.setattr(kit, "add_site", lambda out: (out / "site").mkdir(exist_ok=True))
    (checkout / "notebooks" / "00_a.ipynb").write_text("mine")
    out = tmp_path / "a kit"
    assert kit.build(out, [LINUX])
    (out / "wheels.left").mkdir()  # left by a call that was killed
    assert kit.build(out, [LINUX])
    assert (out / "hwr" / "notebooks" / "00_a.ipynb").read_text() == "fresh"
    assert (out / "hwr" / "build" / "fresh" / "00_a.ipynb").read_text() == "fresh"
    contents = {"hwr", "wheels", "runtime", "site", "START.html", "START.txt"}
    assert {path.name for path in out.iterdir()} == contents
    assert (out / "runtime" / "tf.js").read_bytes() == b"runs"
    assert "open site/index.html in a browser" in (out / "START.txt").read_text()
    assert '<a href="site/index.html">' in (out / "START.html").read_text()
    assert "built without EMNIST" in capsys.readouterr().out


def test_a_missing_web_runtime_is_reported(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(tfjs, "RUNTIME_FOLDER", tmp_path / "nowhere")
    monkeypatch.setenv("HWR_OFFLINE", "1")
    kit.add_runtime(tmp_path / "runtime")
    assert "built without the web page's runtime. The page's runtime" in capsys.readouterr().out
    assert not (tmp_path / "runtime").exists()
    monkeypatch.setattr(build, "gather", lambda *_: None)
    monkeypatch.setattr(build, "build_main", lambda _: 0)
    kit.add_site(tmp_path)
    assert "built without the website. The page's runtime" in capsys.readouterr().out
    assert not (tmp_path / "site").exists()


def test_a_kit_needs_git(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(course, "ROOT", tmp_path)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert kit.main([str(tmp_path / "kit")]) == 1
    assert "A kit can only be built in a git checkout" in capsys.readouterr().err


@pytest.fixture
def learner(tmp_path):
    """A learner's course and its kit, with one package that pip really installs."""
    folder = tmp_path / "a kit, ä"
    entry = fake_wheel(folder / "wheels", "one")
    root = tmp_path / "course"
    root.mkdir()
    write_lock(root / "requirements.lock", [entry])
    return Environment(root, folder)


def test_packages_come_only_from_the_kit(learner, monkeypatch):
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:9/")
    course.set_up(learner)
    code = "import one; print(one.here)"
    assert python_output([str(learner.python)], code) == "True"
    assert learner.is_complete(course.acceptable_versions())


def test_a_kit_without_wheels_and_a_folder_that_is_no_kit_are_reported(learner, tmp_path):
    with pytest.raises(CourseError, match=r"is not a kit, because it has no folder 'wheels'"):
        course.set_up(Environment(learner.root, tmp_path / "elsewhere"))
    assert not learner.folder.exists()
    (learner.kit / "wheels" / "one-1-py3-none-any.whl").unlink()
    expected = r"The kit has no one==1 for this .* on the systems in its START.html"
    with pytest.raises(CourseError, match=expected):
        course.set_up(learner)


def test_emnist_is_copied_unless_there_is_one(learner):
    extras.copy_emnist(learner)
    assert not (learner.root / "data").exists()
    (learner.kit / "emnist.zip").write_text("from the kit")
    extras.copy_emnist(Environment(learner.root))
    assert not (learner.root / "data").exists()
    extras.copy_emnist(learner)
    place = learner.root / "data" / "emnist.zip"
    assert place.read_text() == "from the kit"
    place.write_text("mine")
    extras.copy_emnist(learner)
    assert place.read_text() == "mine"
    assert list(place.parent.iterdir()) == [place]


def test_lab_sets_up_from_the_kit_and_passes_other_options_on(tmp_path, monkeypatch):
    called = []
    monkeypatch.setattr(course, "set_up", called.append)
    for owner, name in ((subprocess, "call"), (course, "exec_program")):
        monkeypatch.setattr(owner, name, lambda command, *_, **__: called.append(command) or 0)
    monkeypatch.chdir(tmp_path)
    assert course.run(["lab", "--kit", "stick", "--no-browser"]) == 0
    environment, install_extras, _, lab = called
    assert environment.kit == tmp_path / "stick"
    assert install_extras[3:] == ["--kit", str(tmp_path / "stick"), "emnist", "runtime"]
    assert "--no-browser" in lab
    assert "--kit" not in lab


# A new network namespace has only a loopback interface, which is down; kernels need it.
LOOPBACK_UP = """
import fcntl, os, socket, struct, sys
SIOCSIFFLAGS, UP_AND_RUNNING = 0x8914, 0x41
with socket.socket() as any_socket:
    fcntl.ioctl(any_socket, SIOCSIFFLAGS, struct.pack("16sh14x", b"lo", UP_AND_RUNNING))
os.execvp(sys.argv[1], sys.argv[1:])
"""


def without_network():
    """Return the command that runs another one without a network, or skip the test."""
    raised = [sys.executable, "-c", LOOPBACK_UP]
    for unshare in (["unshare", "-n"], ["unshare", "-rn"]):
        command = [*unshare, *raised]
        try:
            if subprocess.run([*command, "true"], capture_output=True, check=False).returncode == 0:
                return command
        except OSError:
            break
    # Only Linux has namespaces, and containers may forbid them. Without one, a package that is
    # missing in the kit could come from the registry unnoticed.
    return pytest.skip("cannot create a network namespace (unshare -n, unshare -rn)")


def working_tree(folder):
    """Return the git tree of the working copy, so that uncommitted changes are tested as well."""
    variables = {**os.environ, "GIT_INDEX_FILE": str(folder / "index")}
    for command in (["read-tree", "HEAD"], ["add", "-A"], ["write-tree"]):
        done = subprocess.run(
            ["git", *command],
            cwd=course.ROOT, env=variables, capture_output=True, text=True, check=False,
        )  # fmt: skip
        if done.returncode != 0:
            pytest.skip(f"a kit needs a git checkout: {done.stderr.strip()}")
    return done.stdout.strip()


@pytest.mark.kit
@needs_git
def test_the_course_is_set_up_from_a_kit_without_a_network(tmp_path):
    here = next((one for one in kit.TARGETS if one.tags <= set(sys_tags())), None)
    if here is None:
        pytest.skip("there is no kit for this kind of machine")
    offline = without_network()
    out, home = tmp_path / "stick", tmp_path / "home"
    try:
        assert kit.build(out, [here], working_tree(tmp_path))
    except CourseError as error:
        if "could not be reached" in str(error):
            pytest.skip(str(error))
        raise
    shutil.copytree(out / "hwr", home / "hwr")
    variables = {name: os.environ[name] for name in ("PATH", "LANG") if name in os.environ}
    variables |= {"HOME": str(home), "PIP_CONFIG_FILE": os.devnull}

    def call(*command):
        done = subprocess.run(
            [*offline, *command], cwd=home / "hwr", env=variables,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False,
        )  # fmt: skip
        print(done.stdout)
        assert done.returncode == 0, done.stdout
        return done.stdout

    try:
        call(sys.executable, "course.py", "setup", "--kit", str(out))
        report = call(sys.executable, "course.py", "doctor")
        assert not re.search(r"^problem ", report, re.MULTILINE)
        assert ("EMNIST is in" in report) == (out / "emnist.zip").is_file()
        if (out / "runtime").is_dir():
            assert (out / "site" / "index.html").is_file()
            call(".venv/bin/python", "-m", "hwr", "web", "page.html")
        nbval = ("--nbval-lax", "--nbval-current-env", "-q", "-p", "no:cacheprovider")
        call(".venv/bin/python", "-m", "pytest", *nbval, "notebooks/00_start_here.ipynb")
    finally:  # pytest would keep these 3 GB
        shutil.rmtree(home)
        shutil.rmtree(out)
