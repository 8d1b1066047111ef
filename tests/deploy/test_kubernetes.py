"""The files for Kubernetes and Binder, as far as they can be tested without either."""

import json
import os
import re
import runpy
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "deploy" / "kubernetes"
IN_IMAGE = "/opt/hwr"  # the course in the image
NO_HUB = "no JupyterHub: 'python course.py hub' installs it"
ON_LINUX = pytest.mark.skipif(
    not sys.platform.startswith("linux"), reason="images and prlimit exist only on Linux"
)
# All keys in the values; the chart's schema has them, and refuses a misspelt one.
KNOWN = {
    "cull": "enabled every timeout",
    "hub": "config extraFiles",
    "proxy.https": "enabled hosts letsencrypt.contactEmail type",
    "singleuser": "cmd cpu.guarantee cpu.limit defaultUrl extraEnv image.name image.tag",
    "singleuser.memory": "guarantee limit",
    "singleuser.networkPolicy": "enabled interNamespaceAccessLabels",
    "singleuser.networkPolicy.egressAllowRules": "cloudMetadataServer nonPrivateIPs privateIPs",
    "singleuser.storage": "capacity homeMountPath type",
}
# Below these, any keys are allowed.
FREE = ("hub.config", "hub.extraFiles", "singleuser.extraEnv")


@pytest.fixture(scope="module")
def values():
    return yaml.safe_load((FOLDER / "values.yaml").read_text("utf-8"))


@pytest.fixture(scope="module")
def readme():
    return (FOLDER / "README.md").read_text("utf-8")


@pytest.fixture(scope="module")
def learner(values):
    return values["singleuser"]


def keys(values, before=""):
    """Yield every key of the values, such as 'cull.timeout'."""
    for key, value in values.items():
        name = f"{before}{key}"
        if isinstance(value, dict) and name not in FREE:
            yield from keys(value, f"{name}.")
        else:
            yield name


def amount(text):
    """Return the bytes of an amount of memory as KubeSpawner reads it."""
    return float(text[:-1]) * 1024 ** {"M": 2, "G": 3}[text[-1]]


def in_pod(learner):
    """Return a pod's variables: KubeSpawner replaces names in braces."""
    return {name: text.format(username="ada") for name, text in learner["extraEnv"].items()}


class TestValues:
    def test_every_key_is_one_of_the_charts(self, values):
        known = {f"{before}.{name}" for before in KNOWN for name in KNOWN[before].split()}
        assert set(keys(values)) == known

    def test_the_image_is_pinned_and_built_as_the_readme_says(self, learner, readme):
        assert learner["image"]["tag"] not in ("", "latest", "main")
        assert f"--image-name {learner['image']['name']}:$(git rev-parse" in readme
        assert f"--target-repo-dir {IN_IMAGE} " in readme
        assert f"--user-name {Path(learner['storage']['homeMountPath']).name} " in readme

    def test_nothing_is_secret_or_unencrypted_and_pods_reach_nothing(self, values, learner):
        assert not any("stringData" in file for file in values["hub"]["extraFiles"].values())
        assert values["proxy"]["https"]["enabled"] is True
        policy = learner["networkPolicy"]
        assert policy["enabled"] is True
        assert not any(policy["egressAllowRules"].values())

    def test_limits_fit_the_measurements_and_the_pods_is_the_last(self, learner):
        teaching = (ROOT / "docs" / "teaching.md").read_text("utf-8")
        needed = re.search(r"(\d\.\d+) GB while a notebook has EMNIST loaded", teaching)
        per_character = re.search(r"to (\d\.\d) seconds per drawn character", teaching)
        memory, cpu = learner["memory"], learner["cpu"]
        assert amount(memory["guarantee"]) >= float(needed[1]) * 1e9
        assert cpu["guarantee"] >= float(per_character[1]) / 5  # a character every five seconds
        announced = json.loads(in_pod(learner)["HWR_HUB"])["memory"]
        assert learner["cmd"][:2] == ["prlimit", f"--data={announced}"]
        assert 1.25 * announced <= amount(memory["limit"])

    def test_idle_servers_and_kernels_are_stopped_at_the_same_time(self, values, learner):
        assert values["cull"]["enabled"] is True
        assert values["cull"]["timeout"] == json.loads(in_pod(learner)["HWR_HUB"])["idle_seconds"]

    @ON_LINUX
    def test_too_large_an_allocation_fails_and_the_program_goes_on(self, learner):
        code = "try: bytearray(3 << 30)\nexcept MemoryError: print('still here')"
        command = [*learner["cmd"][:-1], sys.executable, "-c", code]
        assert subprocess.check_output(command, text=True) == "still here\n"


# The hub's sign-in, in a folder like the one that the chart mounts.
HUB = """
import asyncio, json, socket, sys
from pathlib import Path
from types import SimpleNamespace
from tornado.httputil import HTTPHeaders
from traitlets.config import Config
from traitlets.utils.importstring import import_item

etc, config = sys.argv[1], json.loads(sys.argv[2])
sys.path = [etc, *(path for path in sys.path if not Path(path, 'deploy').exists())]
c = Config()
for name, settings in config.items():
    c[name].update(settings)
authenticator = import_item(c.JupyterHub.authenticator_class)(config=c)
assert sys.modules[type(authenticator).__module__].__file__.startswith(etc)
passwords = dict(line.split() for line in open(c.ClassAuthenticator.passwords))
headers = HTTPHeaders({"X-Forwarded-For": "192.0.2.1, 10.1.2.3"})  # as the chart's proxies write it
connection = SimpleNamespace(stream=SimpleNamespace(socket=socket.socket()))
handler = SimpleNamespace(request=SimpleNamespace(headers=headers, connection=connection))
tried = {
    "ada": ("ada", passwords["ada"]),
    "ada with bob's": ("ada", passwords["bob"]),
    "a stranger": ("eve", passwords["ada"]),
    "nobody": ("", ""),
    "instructor": ("instructor", passwords["instructor"]),
}
for who, (username, password) in tried.items():
    data = {"username": username, "password": password}
    user = asyncio.run(authenticator.get_authenticated_user(handler, data))
    print(who, bool(user), bool(user and user["admin"]))
"""


class TestSignIn:
    """Sign-in at the hub, with JupyterHub."""

    @pytest.fixture
    def mounted(self, values, readme, tmp_path):
        """Return the hub's folder as the chart mounts it, with the class's passwords."""
        pytest.importorskip("jupyterhub", reason=NO_HUB)
        (tmp_path / "names.txt").write_text("ada\nbob\n")
        code = re.search(r'-c "(.*?)"', readme, re.DOTALL)[1]
        code = code.replace("\\\n", "").replace("../", f"{tmp_path}/")
        subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True)
        sources = dict(re.findall(r"--set-file hub\.extraFiles\.(\w+)\.stringData=(\S+)", readme))
        assert sources.keys() == values["hub"]["extraFiles"].keys()
        etc = tmp_path / "etc"
        for name, file in values["hub"]["extraFiles"].items():
            source = ROOT / sources[name]
            if sources[name].startswith("../"):
                source = tmp_path / source.name
            place = etc / Path(file["mountPath"]).relative_to("/usr/local/etc/jupyterhub")
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, place)
        return etc

    def test_only_the_class_can_sign_in(self, values, mounted):
        """Tested in a new process, which imports the mounted files, not those in the checkout."""
        place = "/usr/local/etc/jupyterhub"
        hub = json.dumps(values["hub"]["config"]).replace(place, str(mounted))
        command = [sys.executable, "-c", HUB, str(mounted), hub]
        done = subprocess.run(command, cwd=mounted, capture_output=True, text=True, check=False)
        assert done.stdout.splitlines() == [
            "ada True False",
            "ada with bob's False False",
            "a stranger False False",
            "nobody False False",
            "instructor True True",
        ], done.stderr


@ON_LINUX
class TestImage:
    """The image of repo2docker: a copy of the course in which postBuild has run."""

    @pytest.fixture(scope="class")
    def image(self, tmp_path_factory):
        image = tmp_path_factory.mktemp("image")
        for name in ("hwr", "deploy", "notebooks", "tools"):
            shutil.copytree(ROOT / name, image / name, ignore=shutil.ignore_patterns("*.pyc"))
        for name in ("course.py", "postBuild"):
            shutil.copy(ROOT / name, image)
        # An environment that can be changed, with this one's packages but not its checkout.
        subprocess.run([sys.executable, "-m", "venv", "--without-pip", image / "env"], check=True)
        packages = next(path for path in sys.path if path.endswith("site-packages"))
        place = next((image / "env").glob("lib/*/site-packages"))
        (place / "borrowed.pth").write_text(f"{packages}\n")
        variables = {"PATH": f"{image / 'env' / 'bin'}{os.pathsep}{os.environ['PATH']}"}
        variables |= {"HOME": str(image / "home"), "HWR_OFFLINE": "1"}
        subprocess.run(["./postBuild"], cwd=image, env=variables, check=True)
        return image

    def test_environment_yml_is_the_base(self):
        # repo2docker would use such a folder or a Dockerfile instead.
        assert (ROOT / "environment.yml").is_file()
        assert not any((ROOT / name).exists() for name in ("binder", ".binder", "Dockerfile"))

    def test_news_are_turned_off(self, image):
        import course

        file = image / "env" / "etc" / "jupyter" / "labconfig" / "page_config.json"
        assert json.loads(file.read_text()).items() >= course.ANNOUNCEMENTS.items()

    def test_a_server_copies_the_course_and_overwrites_nothing(
        self, image, learner, tmp_path, monkeypatch
    ):
        from traitlets.config import Config  # Jupyter's

        home = learner["storage"]["homeMountPath"]
        for name, text in in_pod(learner).items():
            here = text.replace(IN_IMAGE, str(image)).replace(home, str(tmp_path))
            monkeypatch.setenv(name, here)
        config = Path(os.environ["JUPYTER_CONFIG_PATH"], "jupyter_server_config.py")
        assert config.is_file()
        mine = tmp_path / "course" / "notebooks" / "03_augmentation.ipynb"
        for _ in range(2):  # the second time, a learner's notebook exists
            c = Config()
            runpy.run_path(str(config), {"get_config": lambda c=c: c})
            assert c.ServerApp.jpserver_extensions["notebook"] is False
            delivered = {path.name: path.read_bytes() for path in mine.parent.glob("*.ipynb")}
            assert delivered.keys() == {path.name for path in (ROOT / "notebooks").glob("*.ipynb")}
            mine.write_text("mine")
        assert delivered[mine.name] == b"mine"
        assert Path(learner["defaultUrl"]).name in delivered

    def test_jupyterlab_opens_in_the_folder_of_the_course(self, values, learner):
        folder = values["hub"]["config"]["Spawner"]["notebook_dir"]
        assert folder == learner["extraEnv"]["HWR_COURSE"]

    def test_the_folders_of_python_and_jupyter_exist(self, learner):
        for name in ("PYTHONPATH", "JUPYTER_CONFIG_PATH", "PYTHONSTARTUP"):
            assert (ROOT / learner["extraEnv"][name].removeprefix(IN_IMAGE).strip("/")).exists()

    def test_the_variables_are_those_of_the_hub_on_one_server(self, learner, monkeypatch):
        pytest.importorskip("jupyterhub", reason=NO_HUB)
        from traitlets.config import Config

        from deploy.hub.settings import Settings

        for name, text in Settings("/srv/hwr").to_environment().items():
            monkeypatch.setenv(name, text)
        c, config = Config(), ROOT / "deploy" / "hub" / "jupyterhub_config.py"
        runpy.run_path(str(config), {"get_config": lambda: c})
        hub, pod = c.Spawner.environment, learner["extraEnv"]
        different = {
            "PATH",
            "JUPYTER_CONFIG_PATH",
            "PYTHONSTARTUP",
            "HWR_EMNIST",
            "HWR_HUB",
        }  # depend on paths
        for name in hub.keys() - different:
            assert pod[name] == hub[name], name
