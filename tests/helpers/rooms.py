"""A hub in its own folder, and learners who sign in there, for the tests of the hub."""

import os
import secrets
import shutil
import ssl
import sys

import pytest
from certipy import Certipy
from helpers.room_people import Person, visitor

from benchmarks.room.hub import Hub
from deploy.hub import processes, walls
from deploy.hub.settings import Settings

# Random names: nobody has such accounts, not even another run of these tests.
PEOPLE = tuple(f"{name}-{secrets.token_hex(3)}" for name in ("ada", "bob"))


def obstacle():
    """Return why learners cannot have accounts here, or '' if they can."""
    if not sys.platform.startswith("linux") or os.geteuid() != 0:
        return "only root can create learners' accounts, and only on Linux"
    if shutil.which("useradd") is None:
        return "there is no useradd to create learners' accounts"
    try:
        walls.check(Settings("/var/tmp"))
    except ValueError as error:
        return str(error)
    return ""


AS_ROOT = pytest.mark.skipif(bool(why := obstacle()), reason=why)


class Room(Hub):
    """A hub for `PEOPLE` that uses HTTPS, with a certificate of its own authority."""

    def __init__(self, *options):
        super().__init__(PEOPLE, *options)
        made = Certipy(store_dir=str(self.folder / "keys"))
        made.create_ca("authority")
        files = made.create_signed_pair("room", "authority", alt_names=["IP:127.0.0.1"])["files"]
        self.options += ("--cert", files["cert"], "--key", files["key"])
        self.authority, self.visitor = files["ca"], visitor(files["ca"])
        self.trusted = ssl.create_default_context(cafile=self.authority)
        self.url = self.url.replace("http", "https")

    def person(self, name):
        """Return somebody who has not signed in."""
        return Person(self.url, name, self.authority)

    def enter(self, name):
        """Sign in, wait for the server, and return the person."""
        person = self.person(name)
        assert person.sign_in(self.passwords[name]).ok
        person.start()
        return person

    def running(self):
        """Return each person's processes."""
        return processes.of_learners(self.settings.homes)

    def resident(self, name):
        """Return the resident bytes of a person's processes."""
        return sum(process.info["memory_info"].rss for process in self.running()[name])
