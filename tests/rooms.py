"""A hub with a folder of its own, and people who sign in there, for the tests of the room."""

import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest
import requests
from certipy import Certipy
from room_people import Person, visitor

from deploy.hub import accounts, backstop, environment, processes
from deploy.hub.people import read_passwords
from deploy.hub.settings import Settings

ROOT = Path(__file__).resolve().parent.parent
# Nobody has accounts of these names, not even these tests where they run twice at once.
PEOPLE = tuple(f"{name}-{secrets.token_hex(3)}" for name in ("ada", "bob"))


def lacking():
    """Say why learners can have no accounts here, if that is so."""
    if not sys.platform.startswith("linux") or os.geteuid() != 0:
        return "only root, on Linux, can make learners' accounts"
    if shutil.which("useradd") is None:
        return "there is no useradd to make learners' accounts"
    if not accounts.open_to_all(Path(tempfile.gettempdir())):
        return f"learners' accounts cannot enter {tempfile.gettempdir()}"
    with tempfile.TemporaryDirectory() as folder:
        try:
            environment.python_for_all(Path(folder))
        except ValueError as error:
            return str(error)
    return ""


AS_ROOT = pytest.mark.skipif(bool(why := lacking()), reason=why)


class Room:
    """A hub on loopback, for `PEOPLE`, all in a folder of its own; its accounts go when it ends.

    It speaks HTTPS, with a certificate of an authority that nobody else believes.
    """

    def __init__(self, *options):
        # A short path, because sockets lie in it; and one that other accounts can enter.
        self.folder = Path(tempfile.mkdtemp(prefix="hwr"))
        self.folder.chmod(0o755)
        self.people = self.folder / "class.txt"
        self.people.write_text("\n".join(PEOPLE))
        self.settings = Settings(str(self.folder), port=free_ports())
        self.url = f"https://127.0.0.1:{self.settings.port}"
        self.authority, certificate, key = make_certificate(self.folder / "keys")
        self.visitor = visitor(self.authority)
        self.log = self.folder / "room.log"
        command = [sys.executable, "-m", "deploy.hub", "--class", str(self.people)]
        command += ["--folder", str(self.folder), "--port", str(self.settings.port), *options]
        command += ["--cert", certificate, "--key", key]
        with self.log.open("w") as log:
            self.process = subprocess.Popen(command, cwd=ROOT, stdout=log, stderr=log)
        try:
            self.wait()
        except TimeoutError:
            self.close()
            raise

    def wait(self, seconds=60):
        """Wait until the hub answers through the proxy."""
        end = time.monotonic() + seconds
        while time.monotonic() < end and self.process.poll() is None:
            try:
                if self.visitor.get(f"{self.url}/hub/api", timeout=5).ok:
                    return
            except requests.RequestException:
                pass
            time.sleep(0.2)
        raise TimeoutError(self.log.read_text())

    def password(self, name):
        return read_passwords(self.settings.passwords)[name]

    def person(self, name):
        """Return somebody before the door."""
        return Person(self.url, name, self.authority)

    def enter(self, name):
        """Sign a person in and wait for their server."""
        person = self.person(name)
        assert person.sign_in(self.password(name)).ok
        person.start()
        return person

    def hub_id(self):
        """Return the hub's own process; none while it is about to be started again."""
        program = ["pgrep", "-f", "-P", str(self.process.pid), "jupyterhub_config.py"]
        listed = subprocess.run(program, capture_output=True, text=True, check=False)
        return int(listed.stdout or 0)

    def wait_for_another_hub(self, before):
        """Wait until another process than before answers."""
        end = time.monotonic() + 60
        while self.hub_id() in (0, before):
            assert time.monotonic() < end, "the hub was not started again"
            time.sleep(0.2)
        self.wait()

    def running(self):
        """Return each person's processes."""
        ours = accounts.learners(self.settings.homes)
        found = processes.of_accounts(ours.values())
        return {name: found[uid] for name, uid in ours.items()}

    def end(self, seconds=90):
        """Press Ctrl-C, and wait."""
        self.process.send_signal(signal.SIGINT)
        self.process.wait(seconds)

    def close(self):
        """End everything, and remove what was made: accounts of `PEOPLE` alone."""
        try:
            self.end()
        except subprocess.TimeoutExpired:
            self.process.kill()
        ours = accounts.learners(self.settings.homes)
        backstop.end(ours)
        for name in ours:
            userdel = ["userdel", accounts.account_of(name)]
            subprocess.run(userdel, check=True, capture_output=True)
        shutil.rmtree(self.folder)


def free_ports():
    """Return a port that nobody uses, with the two after it."""
    while True:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        if port < 65000 and all(unused(port + step) for step in range(3)):
            return port


def unused(port):
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) != 0


def make_certificate(folder):
    """Make an authority, a certificate of its own for loopback and its key; give the files."""
    made = Certipy(store_dir=str(folder))
    made.create_ca("authority")
    files = made.create_signed_pair("room", "authority", alt_names=["IP:127.0.0.1"])["files"]
    return files["ca"], files["cert"], files["key"]
