"""Who is stopped is told, every time: a kernel and the hub's look at memory, without a hub."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

pytest.importorskip("resource", reason="the hub runs on Linux only")

from helpers.room_people import wait_until
from jupyter_client.manager import KernelManager

from deploy.hub import processes
from deploy.hub.settings import ROOT, Settings

pytestmark = pytest.mark.room
TOO_MUCH = "Stopped: your programs together need more memory than the 2.0 GB"
WAIT = "import time\nprint('began', flush=True)\ntime.sleep(20)"
STUBBORN = """
import time
for name in ("began", "once more"):
    try:
        print(name, flush=True)
        time.sleep(3)
    except BaseException:
        pass
"""
# Notes in a file each time that it is asked to stop; only if it is told to does it stop then.
ASKED = """
import signal, sys, time
full = bytes(range(256)) * 400_000
stops = False
def note(text):
    with open(sys.argv[1], "a") as file:
        file.write(f"{text}\\n")
def ask(*_):
    global full
    if stops:
        full = b""
    note("stopped" if stops else "asked")
def fill(*_):
    global full, stops
    full, stops = bytes(range(256)) * 400_000, True
    note("filled")
signal.signal(signal.SIGUSR1, ask)
signal.signal(signal.SIGUSR2, fill)
print("ready", flush=True)
while True:
    time.sleep(60)
"""


class Kernel:
    """A kernel with the hub's limits."""

    def __init__(self, folder):
        startup = ROOT / "deploy" / "hub" / "server" / "startup.py"
        variables = {"PYTHONSTARTUP": str(startup), "PYTHONPATH": str(ROOT)}
        variables |= Settings(str(folder)).to_environment()
        self.manager = KernelManager(connection_file=str(folder / "kernel.json"))
        self.manager.start_kernel(env=os.environ | variables, cwd=folder)
        self.client = self.manager.client()
        self.client.start_channels()
        self.client.wait_for_ready(60)

    def run(self, code, at=()):
        """Return what a cell says; whenever it prints one of the words `at`, ask it to stop."""
        said = []

        def hear(message):
            content = message["content"]
            said.append(content.get("text", "") + "\n".join(content.get("traceback", [])))
            if said[-1].strip() in at:
                self.manager.signal_kernel(signal.SIGUSR1)

        self.client.execute_interactive(code, timeout=60, output_hook=hear)
        return "".join(said)

    def restart(self, **options):
        self.manager.restart_kernel(**options)
        self.client.wait_for_ready(60)

    def end(self):
        self.client.stop_channels()
        self.manager.shutdown_kernel(now=True)


@pytest.fixture(scope="module")
def kernel(tmp_path_factory):
    kernel = Kernel(tmp_path_factory.mktemp("kernel"))
    yield kernel
    kernel.end()


def test_each_cell_that_is_stopped_says_why(kernel):
    kernel.run("kept = 1")
    for _ in range(2):
        assert TOO_MUCH in kernel.run(WAIT, at=["began"])
    assert kernel.run("print(kept)") == "1\n"


def test_a_cell_that_does_not_stop_is_told_all_the_same(kernel):
    said = kernel.run(STUBBORN, at=["began", "once more"])
    assert said.count(TOO_MUCH) == 1


def test_a_killed_kernel_says_so_when_it_is_back(kernel):
    """As after too much memory or a long loop, if its cell could not be interrupted."""
    kernel.restart(now=True)
    said = kernel.run("print('first')")
    assert "its kernel was stopped" in said
    assert "2.0 GB" in said
    assert "20 minutes" in said
    assert kernel.run("print('second')") == "second\n"
    kernel.restart(now=False)  # as a learner does
    assert kernel.run("print('first')") == "first\n"


@pytest.fixture
def program(tmp_path, monkeypatch):
    """A learner's only program, which does not stop, and a function that returns what it noted."""
    note = tmp_path / "note.txt"
    command = [sys.executable, "-c", ASKED, str(note)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, start_new_session=True) as program:
        program.stdout.readline()

        def own(homes):
            found = psutil.process_iter(processes.LOOKED_UP)
            return {"ada": [process for process in found if process.pid == program.pid]}

        monkeypatch.setattr(processes, "of_learners", own)
        yield program, lambda: note.read_text() if note.exists() else ""
        program.kill()


def test_a_program_is_asked_at_every_look_and_before_it_is_killed(program, monkeypatch):
    """Else a second cell that needs too much, soon after the first, would end without a word."""
    monkeypatch.setattr(processes, "MOMENT", 2)
    process, noted = program
    limit = processes.MemoryLimit()
    for look in range(1, processes.PATIENCE + 2):
        assert process.poll() is None
        assert limit.enforce(Path("/"), 50_000_000) == ["ada"]
        wait_until(lambda look=look: noted().count("asked") == look, 5)
    assert process.wait(10) == -signal.SIGKILL


def test_who_stops_each_time_is_never_killed(program, monkeypatch):
    """Such as a kernel in which one cell after the other needs too much."""
    monkeypatch.setattr(processes, "MOMENT", 2)
    process, noted = program
    limit = processes.MemoryLimit()
    for look in range(1, processes.PATIENCE + 3):
        process.send_signal(signal.SIGUSR2)
        wait_until(lambda look=look: noted().count("filled") == look, 5)
        assert limit.enforce(Path("/"), 50_000_000) == ["ada"]
        wait_until(lambda look=look: noted().count("stopped") == look, 5)
    assert process.poll() is None


def test_after_a_look_without_too_much_programs_are_asked_anew(program):
    process, _ = program
    limit = processes.MemoryLimit()
    for _ in range(3):
        for most in (50_000_000, 50_000_000, 500_000_000):
            limit.enforce(Path("/"), most)
    with pytest.raises(subprocess.TimeoutExpired):
        process.wait(0.5)
