"""Firefox, steered by its own protocol (Marionette), which needs no further program."""

import json
import os
import shutil
import socket
import subprocess
import time
from contextlib import contextmanager

import pytest

FIREFOX = shutil.which("firefox-esr") or shutil.which("firefox")
DOWN, RIGHT = "\ue015", "\ue014"  # arrow keys in WebDriver
needs_firefox = pytest.mark.skipif(FIREFOX is None, reason="no Firefox on this machine")


class Firefox:
    """One window; each command waits for its answer."""

    def __init__(self, connection):
        self.connection, self.count, self.buffer = connection, 0, b""
        self.receive()  # who it is
        self.call("NewSession", timeouts={"script": 30_000, "pageLoad": 30_000})

    def receive(self):
        while b":" not in self.buffer:
            self.buffer += self.connection.recv(65536)
        length, rest = self.buffer.split(b":", 1)
        while len(rest) < int(length):
            rest += self.connection.recv(65536)
        self.buffer = rest[int(length) :]
        return json.loads(rest[: int(length)])

    def call(self, name, **parameters):
        self.count += 1
        message = json.dumps([0, self.count, f"WebDriver:{name}", parameters])
        self.connection.sendall(f"{len(message)}:{message}".encode())
        _, _, error, result = self.receive()
        assert error is None, error
        return result

    def evaluate(self, code):
        return self.call("ExecuteScript", script=f"return {code}", args=[])["value"]

    def wait_for(self, code, seconds=30):
        end = time.monotonic() + seconds
        while not (found := self.evaluate(code)):
            assert time.monotonic() < end, code
            time.sleep(0.05)
        return found

    def press(self, keys):
        """Press keys one after another."""
        actions = [{"type": kind, "value": key} for key in keys for kind in ("keyDown", "keyUp")]
        self.call("PerformActions", actions=[{"type": "key", "id": "keys", "actions": actions}])

    def enter(self, frame):
        """Go on in a frame, which a selector names."""
        [reference] = self.evaluate(f"document.querySelector('{frame}')").values()
        self.call("SwitchToFrame", element=reference)


@contextmanager
def firefox(folder):
    """Start Firefox with an empty profile in a folder."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    preferences = {"marionette.port": port, "network.captive-portal-service.enabled": False}
    lines = (f'user_pref("{name}", {json.dumps(value)});' for name, value in preferences.items())
    (folder / "user.js").write_text("\n".join(lines))
    command = [FIREFOX, "--headless", "--marionette", "--no-remote", "--profile", str(folder)]
    variables, quiet = {**os.environ, "HOME": str(folder)}, subprocess.DEVNULL
    process = subprocess.Popen(command, env=variables, stdout=quiet, stderr=quiet)
    try:
        yield Firefox(connected(port, process))
    finally:
        process.terminate()
        process.wait(20)


def connected(port, process, seconds=30):
    end = time.monotonic() + seconds
    while time.monotonic() < end and process.poll() is None:
        try:
            return socket.create_connection(("127.0.0.1", port), 30)
        except OSError:
            time.sleep(0.1)
    raise TimeoutError("Firefox does not start")
