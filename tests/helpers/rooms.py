"""A hub in its own folder, and learners who sign in there, for the tests of the hub."""

import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
import requests
from certipy import Certipy
from helpers.room_people import Person, visitor, wait_until

from deploy.hub import accounts, backstop, environment, processes
from deploy.hub.people import read_passwords
from deploy.hub.settings import Settings

ROOT = Path(__file__).resolve().parents[2]
# Random names: nobody has such accounts, not even another run of these tests.
PEOPLE = tuple(f"{name}-{secrets.token_hex(3)}" for name in ("ada", "bob"))


def obstacle():
    """Return why learners cannot have accounts here, or '' if they can."""
    if not sys.platform.startswith("linux") or os.geteuid() != 0:
        return "only root can create learners' accounts, and only on Linux"
    if shutil.which("useradd") is None:
        return "there is no useradd to create learners' accounts"
    if not accounts.open_to_all(Path(tempfile.gettempdir())):
        return f"learners' accounts cannot enter {tempfile.gettempdir()}"
    with tempfile.TemporaryDirectory() as folder:
        try:
            environment.python_for_all(Path(folder))
        except ValueError as error:
            return str(error)
    return ""


AS_ROOT = pytest.mark.skipif(bool(why := obstacle()), reason=why)


class Room:
    """A hub on loopback for `PEOPLE`, in its own folder; close() removes its accounts.

    It uses HTTPS, with a certificate of its own authority.
    """

    def __init__(self, *options):
        # A short path, for the sockets in it, that other accounts can enter.
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
        except (AssertionError, TimeoutError):
            print(self.log.read_text())
            self.close()
            raise

    def wait(self, seconds=60):
        """Wait until the hub answers through the proxy."""

        def answers():
            assert self.process.poll() is None
            try:
                return self.visitor.get(f"{self.url}/hub/api", timeout=5).ok
            except requests.RequestException:
                return False

        wait_until(answers, seconds)

    def password(self, name):
        return read_passwords(self.settings.passwords)[name]

    def person(self, name):
        """Return somebody who has not signed in."""
        return Person(self.url, name, self.authority)

    def enter(self, name):
        """Sign in, wait for the server, and return the person."""
        person = self.person(name)
        assert person.sign_in(self.password(name)).ok
        person.start()
        return person

    def hub_id(self):
        """Return the id of the hub's process, or 0 before it is restarted."""
        program = ["pgrep", "-f", "-P", str(self.process.pid), "jupyterhub_config.py"]
        listed = subprocess.run(program, capture_output=True, text=True, check=False)
        return int(listed.stdout or 0)

    def wait_for_another_hub(self, before):
        """Wait until a process other than `before` answers."""
        wait_until(lambda: self.hub_id() not in (0, before))
        self.wait()

    def running(self):
        """Return each person's processes."""
        uids = accounts.learners(self.settings.homes)
        found = processes.of_accounts(uids.values())
        return {name: found[uid] for name, uid in uids.items()}

    def end(self, seconds=90):
        """Stop the hub as Ctrl-C does, and wait."""
        self.process.send_signal(signal.SIGINT)
        self.process.wait(seconds)

    def close(self):
        """Stop everything, and remove the folder and the accounts of this hub."""
        try:
            self.end()
        except subprocess.TimeoutExpired:
            self.process.kill()
        uids = accounts.learners(self.settings.homes)
        backstop.kill_all(uids)
        for name in uids:
            userdel = ["userdel", accounts.account_of(name)]
            subprocess.run(userdel, check=True, capture_output=True)
        shutil.rmtree(self.folder)


def free_ports():
    """Return a port that is free, like the two after it."""
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
    """Create an authority and a certificate for loopback; return their files and the key's."""
    made = Certipy(store_dir=str(folder))
    made.create_ca("authority")
    files = made.create_signed_pair("room", "authority", alt_names=["IP:127.0.0.1"])["files"]
    return files["ca"], files["cert"], files["key"]
