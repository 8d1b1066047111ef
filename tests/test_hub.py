"""The room: who comes in, what learners cannot see of each other, and what stops whom."""

import json
import os
import signal
import ssl
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests

pytest.importorskip("pwd", reason="the hub runs on Linux only")
pytest.importorskip("jupyterhub", reason="no JupyterHub: 'python course.py test room' installs it")

from room_people import is_idle  # only where they can be
from rooms import AS_ROOT, PEOPLE, Room

from deploy.hub import __main__ as hub
from deploy.hub import accounts, backstop, deliver, people, processes, proxy
from deploy.hub.settings import Settings
from hwr.datasets import archive, fallback

pytestmark = pytest.mark.room
ADA, BOB = PEOPLE


@pytest.fixture(scope="module")
def room():
    room = Room("--memory", "700M", "--cell-minutes", "0.05")
    yield room
    room.close()


@pytest.fixture(scope="module")
def seated(room):
    """Everybody at their server, with a kernel; they come at once, as a class does."""

    def sit_down(name):
        person = room.enter(name)
        return person, person.kernel()

    with ThreadPoolExecutor() as together:
        return dict(zip(PEOPLE, together.map(sit_down, PEOPLE), strict=True))


@pytest.fixture(scope="module")
def ada(seated):
    return seated[ADA][0]


@pytest.fixture(scope="module")
def bob(seated):
    return seated[BOB][0]


@pytest.fixture(scope="module")
def adas(seated):
    """A kernel of Ada's that holds something: nothing that others do may take it."""
    kernel = seated[ADA][1]
    kernel.run("import os; mine = 'still here'")
    return kernel


@pytest.fixture(scope="module")
def bobs(seated):
    return seated[BOB][1]


@AS_ROOT
class TestWhoComesIn:
    def test_a_stranger_is_sent_to_the_door(self, room, ada):
        stranger = room.visitor
        assert "/hub/login" in stranger.get(f"{ada.server}/lab", timeout=20).url
        assert stranger.get(f"{ada.server}/api/contents", timeout=20).status_code == 403
        assert stranger.get(f"{room.url}/hub/api/users", timeout=20).status_code == 403

    def test_a_wrong_password_is_refused(self, room):
        assert room.person(ADA).sign_in(room.password(BOB)).status_code == 403
        assert room.person(ADA).sign_in("").status_code == 403

    def test_who_is_not_on_the_list_is_refused(self, room):
        for name in ("eve", "root"):
            assert room.person(name).sign_in(room.password(ADA)).status_code == 403

    def test_who_guesses_has_to_wait_and_nobody_else(self, room):
        guesses = [room.person("instructor").sign_in("guess").status_code for _ in range(11)]
        assert guesses == [403] * 10 + [429]
        assert room.person(BOB).sign_in(room.password(BOB)).ok

    def test_passwords_lie_where_only_the_hub_reads(self, room):
        assert room.settings.passwords.stat().st_mode & 0o777 == 0o600
        assert room.settings.private.stat().st_mode & 0o777 == 0o700


@AS_ROOT
class TestHttps:
    def test_the_certificate_is_the_instructors_and_is_checked(self, room):
        assert room.url.startswith("https://")
        assert room.visitor.get(f"{room.url}/hub/login", timeout=20).ok
        with pytest.raises(requests.exceptions.SSLError, match="CERTIFICATE_VERIFY_FAILED"):
            requests.get(f"{room.url}/hub/login", timeout=20)  # believes other authorities

    def test_nothing_goes_in_the_clear(self, room, adas):
        plain = room.url.replace("https", "http")
        with pytest.raises(requests.exceptions.ConnectionError):
            requests.get(f"{plain}/hub/login", timeout=20)
        assert isinstance(adas.socket.sock, ssl.SSLSocket)
        cookies = {cookie.name: cookie.secure for cookie in adas.person.session.cookies}
        assert cookies["jupyterhub-hub-login"], "a browser would send it over plain HTTP, too"
        assert cookies[f"jupyterhub-user-{ADA}"]


@AS_ROOT
class TestWalls:
    def test_anothers_path_is_refused(self, ada, bob):
        for path in ("api/contents", "api/kernels", "files/notebooks/00_start_here.ipynb"):
            assert bob.session.get(f"{bob.server}/{path}", timeout=20).ok or path == "api/kernels"
            answer = bob.session.get(f"{ada.server}/{path}", timeout=20)
            assert answer.status_code in (403, 404), (path, answer.status_code)

    def test_anothers_token_is_refused(self, room, ada, bobs):
        token = bobs.run("import os; print(os.environ['JUPYTERHUB_API_TOKEN'])").strip()
        headers = {"Authorization": f"token {token}"}
        own = f"{room.url}/user/{BOB}/api/contents"
        assert room.visitor.get(own, headers=headers, timeout=20).ok  # it is a token
        for url in (f"{ada.server}/api/contents", f"{room.url}/hub/api/users/{ADA}"):
            assert room.visitor.get(url, headers=headers, timeout=20).status_code in (403, 404)

    def test_a_kernel_reads_no_files_but_its_owners(self, room, adas, bobs):
        home = room.settings.home(ADA)
        secret = home / "course" / "drawings" / "mine.txt"
        adas.run(f"os.makedirs({str(secret.parent)!r}, exist_ok=True)")
        adas.run(f"open({str(secret)!r}, 'w').write('mine')")
        assert secret.read_text() == "mine"
        for attempt in (
            f"open({str(secret)!r})",
            f"os.listdir({str(home)!r})",
            f"os.listdir({str(home.parent)!r})",
            f"open({str(room.settings.passwords)!r})",
            f"open({str(room.settings.fresh / '00_start_here.ipynb')!r}, 'a')",
            "import hwr; open(hwr.__file__, 'a')",
        ):
            assert "PermissionError" in bobs.run(f"import os; {attempt}"), attempt

    def test_a_kernel_reaches_no_kernel_but_its_owners(self, room, adas, bobs):
        runtime = room.settings.home(ADA) / ".run"
        sockets = [path for path in runtime.iterdir() if path.is_socket()]
        assert len(sockets) == 5  # all of a kernel's lines; none is a network port
        told = bobs.run(
            f"import socket; socket.socket(socket.AF_UNIX).connect({str(sockets[0])!r})"
        )
        assert "PermissionError" in told
        pid = int(adas.run("print(os.getpid())"))
        assert "PermissionError" in bobs.run(f"import os; os.kill({pid}, 9)")
        (server,) = [json.loads(path.read_text()) for path in runtime.glob("jpserver-*.json")]
        told = bobs.run(
            f"import requests; print(requests.get('http://127.0.0.1:{server['port']}"
            f"/user/{ADA}/api/kernels').status_code)"
        )
        assert told.strip() == "403"

    def test_each_has_an_account_and_kernels_have_their_owners_limits(self, adas, bobs):
        ask = "import os, resource; print(os.getuid(), resource.getrlimit(resource.RLIMIT_DATA)[1])"
        told = {kernel.run(ask) for kernel in (adas, bobs)}
        assert len(told) == 2
        assert all(line.split()[1] == str(700 * 1024**2) for line in told)


@AS_ROOT
class TestTheCourse:
    def test_everyone_has_it_and_reads_with_little_memory(self, adas, record_property):
        told = adas.run(
            "import sys, numpy\n"
            "from hwr.pads.pad import Pad\n"
            "from hwr.datasets.synthetic import write\n"
            "pad = Pad()\n"
            "reading = pad.recognizer.read(write('7', numpy.random.default_rng(3)))\n"
            "print(reading.best, 'tensorflow' in sys.modules, 'keras' in sys.modules)"
        )
        assert told.split() == ["7", "False", "False"]
        uid = int(adas.run("print(os.getuid())"))
        megabytes = taken(uid) / 1024**2
        record_property("a learner's server and pad kernel, resident", f"{megabytes:.0f} MB")
        assert megabytes < 300

    def test_what_is_there_is_never_touched(self, tmp_path):
        fresh, course = tmp_path / "fresh", tmp_path / "course"
        (fresh / "solutions").mkdir(parents=True)
        (fresh / "00.ipynb").write_text("new")
        (fresh / "solutions" / "00.ipynb").write_text("solved")
        (course / "notebooks").mkdir(parents=True)
        (course / "notebooks" / "00.ipynb").write_text("mine")
        assert deliver.deliver(fresh, course) == ["solutions/00.ipynb"]
        assert (course / "notebooks" / "00.ipynb").read_text() == "mine"
        assert deliver.deliver(fresh, course) == []

    def test_reset_gives_a_fresh_notebook_and_keeps_mine(self, room, ada, adas):
        path = room.settings.home(ADA) / "course" / "notebooks" / "01_convolution_and_pooling.ipynb"
        fresh = path.read_bytes()
        adas.run(f"open({str(path)!r}, 'w').write('mine')")
        adas.run("from hwr.cli.reset import reset; reset('01')")
        assert path.read_bytes() == fresh
        assert path.with_name("01_convolution_and_pooling.mine-1.ipynb").read_text() == "mine"


@AS_ROOT
class TestWhoIsStopped:
    def test_asking_for_too_much_is_told_in_a_sentence(self, bobs):
        bobs.run("kept = 1")
        told = bobs.run("too_much = bytearray(10 * 1024**3)")
        assert "every learner has 700 MB here" in told
        assert bobs.run("print(kept)").strip() == "1"

    def test_filling_the_memory_stops_that_learners_kernel_alone(self, adas, bobs):
        bobs.run("lost = 1")
        told, _ = follow(
            bobs,
            "import subprocess, sys, time\n"
            "fill = 'import time; full = bytes(range(256)) * 1_500_000; time.sleep(60)'\n"
            "for _ in range(2):\n"
            "    subprocess.Popen([sys.executable, '-c', fill])\n"
            "time.sleep(60)",
            "Stopped: your programs had taken",
        )
        assert "every learner has 700 MB here" in told
        assert adas.run("print(mine)").strip() == "still here"
        wait_until(lambda: "NameError" in attempt(bobs, "print(lost)"))  # it started anew

    def test_a_loop_that_never_ends_is_interrupted(self, adas, bobs):
        bobs.run("kept = 2")
        told, request = follow(bobs, "while True:\n    pass", "Stopped: this cell has computed for")
        assert "a loop that never ends" in told
        bobs.hear(request, is_idle)
        assert bobs.run("print(kept)").strip() == "2"
        assert adas.run("print(mine)").strip() == "still here"

    def test_a_loop_that_cannot_be_interrupted_ends_with_its_kernel(self, adas, bobs):
        bobs.run("lost = 1")
        told, _ = follow(
            bobs,
            "import multiprocessing, signal\n"
            "def compute():\n"
            "    while True:\n"
            "        pass\n"
            "signal.signal(signal.SIGINT, signal.SIG_IGN)\n"
            "multiprocessing.get_context('fork').Process(target=compute).start()\n"
            "compute()",
            "and did not stop when asked",
        )
        assert "a loop that never ends" in told
        wait_until(lambda: "NameError" in attempt(bobs, "print(lost)"))
        assert adas.run("print(mine)").strip() == "still here"

    def test_who_stops_the_watch_meets_the_hubs_own(self, room, adas, bobs):
        """A program beyond any kernel stops the server, watch and all, and fills the memory."""
        uid = int(bobs.run("import os; print(os.getuid())"))
        server = int(bobs.run("print(os.getppid())"))
        escape = (
            "import os, signal, subprocess, sys, time\n"
            f"os.kill({server}, signal.SIGSTOP)\n"
            "fill = 'import time; full = bytes(range(256)) * 1_500_000; time.sleep(600)'\n"
            "for _ in range(3):\n"
            "    subprocess.Popen([sys.executable, '-c', fill])\n"
        )
        bobs.send(
            "import subprocess, sys\n"
            f"subprocess.Popen([sys.executable, '-c', {escape!r}], start_new_session=True)"
        )
        told = f"{BOB} had taken too much memory: stopped."
        try:
            wait_until(lambda: told in room.log.read_text())
            wait_until(lambda: taken(uid) < backstop.LEEWAY * room.settings.memory)
        finally:
            os.kill(server, signal.SIGCONT)
        assert adas.run("print(mine)").strip() == "still here"
        assert bobs.run("print(6 * 7)").strip() == "42"


def taken(uid):
    """Return the bytes that an account's processes have."""
    table = processes.of_account(uid)
    return processes.memory(table, set(table))


def attempt(kernel, code):
    """Run some code on a kernel that may not be there yet."""
    try:
        return kernel.run(code, seconds=3)
    except TimeoutError:
        return ""


def follow(kernel, code, words):
    """Run a cell that never ends by itself; give the sentence with these words, and its id."""
    request = kernel.send(code)
    heard = kernel.hear(request, lambda _, content: words in content.get("text", ""))
    return heard[-1][1]["text"], request


def wait_until(true, seconds=60):
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it did not come to pass"
        time.sleep(0.3)


@AS_ROOT
def test_a_hub_that_dies_comes_back_and_nobody_notices(room, ada, adas):
    hub_before = room.hub_id()
    os.kill(hub_before, signal.SIGKILL)
    assert adas.run("print(mine)").strip() == "still here"  # while there is none
    room.wait_for_another_hub(hub_before)
    assert adas.run("print(mine)").strip() == "still here"
    assert ada.ask(f"api/kernels/{adas.name}").ok
    assert (room.settings.home(ADA) / "course" / "drawings" / "mine.txt").read_text() == "mine"


@AS_ROOT
def test_who_comes_late_is_let_in_and_nobody_notices(room, adas):
    late = room.person("late")
    room.people.write_text("\n".join([*PEOPLE, "not a name"]))
    room.process.send_signal(signal.SIGHUP)
    wait_until(lambda: "Line 3 of" in room.log.read_text())
    hub_before = room.hub_id()
    room.people.write_text("\n".join([*PEOPLE, late.name]))
    room.process.send_signal(signal.SIGHUP)
    wait_until(lambda: late.name in room.log.read_text())
    room.wait_for_another_hub(hub_before)
    answer = late.sign_in(room.password(late.name), allow_redirects=False)
    assert answer.status_code == 302  # to a server, which this test does without
    assert adas.run("print(mine)").strip() == "still here"


class TestWords:
    def test_a_class_list(self, tmp_path):
        path = tmp_path / "class.txt"
        path.write_text("Ada\n# the others\n\nemmy-2\nada\n")
        assert people.read_class(path) == ["ada", "emmy-2"]

    @pytest.mark.parametrize("line", ["Ada Lovelace", "../etc", "2fast", "instructor", "a" * 21])
    def test_a_name_that_can_be_none(self, tmp_path, line):
        path = tmp_path / "class.txt"
        path.write_text(f"emmy\n{line}\n")
        with pytest.raises(ValueError, match=r"Line 2 of .* a name has up to 20 letters"):
            people.read_class(path)

    def test_passwords_are_made_once_and_go_with_the_name(self, tmp_path):
        path = tmp_path / "passwords.txt"
        made = people.keep_passwords(path, ["ada", "bob"])
        assert set(made) == {"instructor", "ada", "bob"}
        assert len(set(made.values())) == 3
        assert people.keep_passwords(path, ["ada", "eve"]).keys() == {"eve"}
        kept = people.read_passwords(path)
        assert kept.keys() == {"instructor", "ada", "eve"}
        assert kept["ada"] == made["ada"]

    def test_without_root_it_says_what_lacks(self, monkeypatch, capsys, tmp_path):
        monkeypatch.setattr(os, "geteuid", lambda: 1000)
        assert hub.main(["--folder", str(tmp_path)]) == 1
        assert "every learner could read and change every other's files" in capsys.readouterr().err

    def test_nobody_becomes_root(self, monkeypatch, capsys, tmp_path):
        monkeypatch.setattr(os, "geteuid", lambda: 0)
        assert hub.main(["--shared-account", "--folder", str(tmp_path)]) == 1
        assert "every learner would be root" in capsys.readouterr().err

    def test_without_a_class_list_it_says_so(self, monkeypatch, capsys, tmp_path):
        monkeypatch.setattr(os, "geteuid", lambda: 1000)
        assert hub.main(["--shared-account", "--folder", str(tmp_path), "--port", "47110"]) == 1
        assert "give the class list" in capsys.readouterr().err

    def test_a_key_without_a_certificate(self, monkeypatch, capsys, tmp_path):
        monkeypatch.setattr(os, "geteuid", lambda: 1000)
        key = tmp_path / "key.pem"
        key.write_text("")
        assert hub.main(["--shared-account", "--key", str(key)]) == 1
        assert "give both --cert and --key" in capsys.readouterr().err

    def test_without_emnist_it_says_so_and_draws_what_stands_in(
        self, monkeypatch, capsys, tmp_path
    ):
        settings = Settings(str(tmp_path), shared_account=True)
        drawn = []
        monkeypatch.setattr(fallback, "images_and_labels", lambda: drawn.append(1))
        monkeypatch.setattr(archive, "locate", lambda: None)
        assert hub.complete(settings).emnist == ""
        assert "-m hwr fetch" in capsys.readouterr().out
        assert drawn == [1]  # once, for all learners
        monkeypatch.setattr(archive, "locate", lambda: tmp_path)
        assert hub.complete(settings).emnist == str(tmp_path)
        assert capsys.readouterr().out == ""

    @pytest.mark.parametrize("quicker", [True, False])
    def test_two_hubs_may_fetch_the_proxy_at_once(self, quicker, monkeypatch, tmp_path):
        """Another one's proxy appears meanwhile, whole, or as something that is none."""
        folder = tmp_path / "proxy"
        monkeypatch.setattr(proxy, "FOLDER", folder)

        def fetch(source, packages):
            (packages / "package-lock.json").write_bytes(proxy.LOCK.read_bytes())
            folder.mkdir()
            (folder / "package-lock.json").write_bytes(proxy.LOCK.read_bytes() if quicker else b"")

        monkeypatch.setattr(proxy, "npm_packages", fetch)
        if quicker:
            proxy.install()
        else:
            with pytest.raises(OSError, match="not empty"):
                proxy.install()
        assert list(tmp_path.iterdir()) == [folder]

    def test_a_path_too_long_for_sockets(self, tmp_path):
        with pytest.raises(ValueError, match="too long for the sockets"):
            accounts.refuse_long(tmp_path / ("x" * 60))


@AS_ROOT
def test_in_a_browser_somebody_signs_in_opens_notebook_09_and_is_read(room, ada, browser):
    import lab  # skips this test where playwright is missing

    address = f"{room.url}/user/{ADA}/lab/tree/notebooks/{lab.NOTEBOOK}"
    # That the certificate is right is tested above: a browser believes what the system does.
    with lab.opened(browser, address, ignore_https_errors=True) as page:
        page.get_by_text("the password that your instructor gave you").wait_for()
        page.get_by_label("Username").fill(ADA)
        page.get_by_label("Password").fill(room.password(ADA))
        page.get_by_role("button", name="Sign in").click()
        page.get_by_text("Python 3 (ipykernel) | Idle").wait_for()
        page.locator(".jp-Notebook .jp-CodeCell .jp-InputArea-editor").first.click()
        page.keyboard.press("Shift+Enter")
        sheet = lab.the_pad(page)
        lab.draw_with_mouse(page, sheet, lab.made_up("7"))
        lab.wait_for_answer(page, "7")


@AS_ROOT
def test_ctrl_c_ends_everything(room, bob, bobs):
    bobs.run("import subprocess\nsubprocess.Popen(['sleep', '600'], start_new_session=True)")
    assert len(room.running()[BOB]) >= 3  # server, kernel, and what left it
    room.end()
    assert room.running() == {ADA: {}, BOB: {}}
    with pytest.raises(requests.exceptions.ConnectionError):
        bob.ask("lab")
