"""The notebooks' checks run without a network, and notice that they do."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

CUT = Path(__file__).parents[1] / "no_network"
TRY = """
import socket, threading
for reach in (lambda: socket.create_connection(("192.0.2.1", 80), timeout=5),
              lambda: socket.getaddrinfo("example.org", 80),
              lambda: socket.socket().connect(("192.0.2.1", 80))):
    try:
        reach()
    except OSError as error:
        assert "cut off by the tests" in str(error), error
    else:
        raise SystemExit("the network was reached")
with socket.create_server(("127.0.0.1", 0)) as server:
    socket.create_connection(server.getsockname()).close()
    socket.create_connection(("localhost", server.getsockname()[1])).close()
"""
FALL_BACK = """
from hwr.datasets import download
assert not download.is_reachable()
assert "no network" in download.why_unreachable(), download.why_unreachable()
"""


@pytest.mark.parametrize("code", [TRY, FALL_BACK], ids=["connections", "downloads"])
def test_only_this_machine_is_reached_and_the_course_notices(code):
    environment = {**os.environ, "PYTHONPATH": str(CUT)}
    environment.pop("HWR_OFFLINE", None)
    result = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=False
    )
    assert result.returncode == 0, result.stderr
