"""A hub with a folder of its own, and people who sign in there, for the tests of the room."""

import json
import os
import pwd
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import uuid
from pathlib import Path

import requests
import websocket

from deploy.hub.people import read_passwords
from deploy.hub.settings import Settings

ROOT = Path(__file__).resolve().parent.parent
PEOPLE = ("hwrtest-ada", "hwrtest-bob")  # no account of that name is anybody's


class Room:
    """A hub on loopback, for `PEOPLE`, all in a folder of its own; its accounts go when it ends."""

    def __init__(self, *options):
        # A short path, because sockets lie in it; and one that other accounts can enter.
        self.folder = Path(tempfile.mkdtemp(prefix="hwr"))
        self.folder.chmod(0o755)
        self.people = self.folder / "class.txt"
        self.people.write_text("\n".join(PEOPLE))
        self.settings = Settings(str(self.folder), port=free_ports())
        self.url = f"http://127.0.0.1:{self.settings.port}"
        self.log = (self.folder / "room.log").open("w")
        command = [sys.executable, "-m", "deploy.hub", "--class", str(self.people)]
        command += ["--folder", str(self.folder), "--port", str(self.settings.port), *options]
        self.process = subprocess.Popen(command, cwd=ROOT, stdout=self.log, stderr=self.log)
        self.wait()

    def wait(self, seconds=60):
        """Wait until the hub answers through the proxy."""
        end = time.monotonic() + seconds
        while time.monotonic() < end and self.process.poll() is None:
            try:
                if requests.get(f"{self.url}/hub/api", timeout=5).ok:
                    return
            except requests.RequestException:
                pass
            time.sleep(0.2)
        raise TimeoutError(Path(self.log.name).read_text())

    def password(self, name):
        return read_passwords(self.settings.passwords)[name]

    def enter(self, name):
        """Sign a person in and wait for their server."""
        person = Person(self.url, name)
        assert person.sign_in(self.password(name)).ok
        person.start()
        return person

    def hub_id(self):
        """Give the hub's own process."""
        listed = subprocess.run(
            ["pgrep", "-f", "-P", str(self.process.pid), "jupyterhub_config.py"],
            capture_output=True,
            text=True,
            check=True,
        )
        return int(listed.stdout)

    def close(self):
        """End everything, and remove what was made: accounts of `PEOPLE` alone."""
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(40)
        except subprocess.TimeoutExpired:
            self.process.kill()
        self.log.close()
        for name in PEOPLE:
            account = f"hwr-{name}"
            try:
                entry = pwd.getpwnam(account)
            except KeyError:
                continue
            assert entry.pw_dir == str(self.settings.home(name)), "not an account of this test"
            kill_all(entry.pw_uid)
            subprocess.run(["userdel", account], check=True, capture_output=True)
        shutil.rmtree(self.folder)


def kill_all(uid):
    """End an account's processes; return when there are none."""
    from deploy.hub import processes

    end = time.monotonic() + 10
    while (left := processes.of_account(uid)) and time.monotonic() < end:
        for pid in left:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue
        time.sleep(0.1)


def free_ports():
    """Give a port that nobody uses, with the two after it."""
    while True:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        if port < 65000 and all(unused(port + step) for step in range(3)):
            return port


def unused(port):
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) != 0


class Person:
    """Somebody with a browser's cookies."""

    def __init__(self, url, name):
        self.url, self.name, self.session = url, name, requests.Session()

    @property
    def server(self):
        return f"{self.url}/user/{self.name}"

    def sign_in(self, password):
        page = self.session.get(f"{self.url}/hub/login", timeout=20)
        hidden = re.search(r'name="_xsrf" value="([^"]*)"', page.text)
        form = {"username": self.name, "password": password, "_xsrf": hidden[1] if hidden else ""}
        return self.session.post(f"{self.url}/hub/login", data=form, timeout=20)

    def start(self, seconds=60):
        """Ask for the server, and wait until its page is there."""
        end = time.monotonic() + seconds
        self.session.get(f"{self.url}/hub/spawn", timeout=60)
        while time.monotonic() < end:
            answer = self.session.get(f"{self.server}/lab", timeout=60)
            if answer.ok and f"/user/{self.name}/lab" in answer.url:
                return
            time.sleep(0.3)
        raise TimeoutError(answer.url)

    def ask(self, path, method="GET", **options):
        headers = {"X-XSRFToken": self.xsrf(), **options.pop("headers", {})}
        url = f"{self.server}/{path}"
        return self.session.request(method, url, headers=headers, timeout=30, **options)

    def xsrf(self):
        cookies = [cookie for cookie in self.session.cookies if cookie.name == "_xsrf"]
        return max(cookies, key=lambda cookie: len(cookie.path)).value

    def kernel(self):
        """Start a kernel, and give a line to it."""
        answer = self.ask("api/kernels", "POST", json={"name": "python3"})
        assert answer.status_code == 201, answer.text
        return Kernel(self, answer.json()["id"])


def is_idle(kind, content):
    return kind == "status" and content["execution_state"] == "idle"


class Kernel:
    """A kernel at the other end of a websocket."""

    def __init__(self, person, name):
        self.person, self.name = person, name
        jar = person.session.cookies
        request = requests.Request("GET", f"{person.server}/api/kernels/{name}/channels")
        cookies = requests.cookies.get_cookie_header(jar, request.prepare())
        url = f"{person.server}/api/kernels/{name}/channels?_xsrf={person.xsrf()}"
        self.socket = websocket.create_connection(
            url.replace("http", "ws", 1), cookie=cookies, origin=person.url, timeout=20
        )

    def send(self, code):
        """Ask for some code to be run, and give the request's id."""
        request = uuid.uuid4().hex
        header = {"msg_id": request, "msg_type": "execute_request", "username": "", "session": "s"}
        header |= {"version": "5.3", "date": ""}
        content = {"code": code, "silent": False, "store_history": True, "allow_stdin": False}
        message = {"header": header, "parent_header": {}, "metadata": {}, "content": content}
        self.socket.send(json.dumps(message | {"channel": "shell", "buffers": []}))
        return request

    def hear(self, request, until, seconds=40):
        """Collect what a request brings, as (kind, content), up to what `until` is true of."""
        heard, end = [], time.monotonic() + seconds
        while time.monotonic() < end:
            # Shorter than the server's pings are apart: each would begin the wait anew.
            self.socket.settimeout(min(max(end - time.monotonic(), 0.1), 15))
            try:
                message = json.loads(self.socket.recv())
            except websocket.WebSocketTimeoutException:
                continue
            kind, content = message["header"]["msg_type"], message["content"]
            if message["parent_header"].get("msg_id") not in (request, None):
                continue
            heard.append((kind, content))
            if until(kind, content):
                return heard
        raise TimeoutError(heard)

    def run(self, code, seconds=40):
        """Run some code and give all that it wrote."""
        request = self.send(code)
        heard = self.hear(request, is_idle, seconds)
        return "".join(
            content.get("text", "") + "\n".join(content.get("traceback", []))
            for kind, content in heard
            if kind in ("stream", "error")
        )
