"""The hub: sign-in, isolation of learners, limits, and restarts."""

import ast
import os
import signal
import ssl
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil
import pytest
import requests

pytest.importorskip("pwd", reason="the hub runs on Linux only")
pytest.importorskip("jupyterhub", reason="no JupyterHub: 'python course.py test room' installs it")

from helpers.room_people import wait_until
from helpers.rooms import AS_ROOT, PEOPLE, Room

from deploy.hub import __main__ as hub
from deploy.hub import deliver, people, processes, walls
from deploy.hub.settings import ROOT, Settings
from hwr import web
from hwr.datasets import archive, fallback
from tools import npm

pytestmark = pytest.mark.room
ADA, BOB = PEOPLE
LISTENING = "0A"  # in /proc/net/tcp
# Guesses a password through the hub's socket, each time from another address.
GUESS = """
import http.client, re, socket
from urllib.parse import urlencode
class Hub(http.client.HTTPConnection):
    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.connect({!r})
def ask(method, **options):
    hub = Hub("hub")
    hub.request(method, "/hub/login", **options)
    answer = hub.getresponse()
    cookies = (line.partition(";")[0] for line in answer.headers.get_all("Set-Cookie", []))
    return answer.status, "; ".join(cookies), answer.read().decode()
def guess(number):
    address = "203.0.113." + str(number)
    headers = {{"X-Real-Ip": address, "X-Forwarded-For": address}}
    _, cookies, page = ask("GET", headers=headers)
    xsrf = re.search('name="_xsrf" value="([^"]*)"', page)[1]
    headers |= {{"Cookie": cookies, "Content-Type": "application/x-www-form-urlencoded"}}
    form = urlencode({{"username": "mallory", "password": "guess", "_xsrf": xsrf}})
    status, _, page = ask("POST", body=form, headers=headers)
    return status, "Invalid username or password" in page
print([guess(number) for number in range(12)])
"""
FORK = """
import os, time
full = bytes(range(256)) * 400_000
for _ in range(5):
    if os.fork() == 0:
        break
print("ready", flush=True)
time.sleep(60)
"""
# Programs of 380 MB each; with "ignore", they do not stop when they are asked to.
FILL = """
import subprocess, sys
fill = '''
import signal, sys, time
if "ignore" in sys.argv:
    signal.signal(signal.SIGUSR1, signal.SIG_IGN)
full = bytes(range(256)) * 1_500_000
time.sleep(600)
'''
def start(count, *options):
    return [subprocess.Popen([sys.executable, "-c", fill, *options]) for _ in range(count)]
"""


@pytest.fixture(scope="module")
def room():
    with Room("--memory", "700M", "--cell-minutes", "0.05") as room:
        yield room


@pytest.fixture(scope="module")
def started(room):
    """Everybody's kernel; all start at the same time, as a class does."""
    with ThreadPoolExecutor() as pool:
        return list(pool.map(lambda name: room.enter(name).kernel(), PEOPLE))


@pytest.fixture(scope="module")
def adas(started):
    """A kernel of Ada's with a variable, which nothing that others do may delete."""
    started[0].run("import os; mine = 'still here'")
    return started[0]


@pytest.fixture(scope="module")
def bobs(started):
    return started[1]


@pytest.fixture(scope="module")
def ada(started):
    return started[0].person


@pytest.fixture(scope="module")
def bob(started):
    return started[1].person


@AS_ROOT
class TestSignIn:
    def test_a_stranger_has_to_sign_in(self, room, ada):
        stranger = room.visitor
        assert "/hub/login" in stranger.get(f"{ada.server}/lab", timeout=20).url
        assert stranger.get(f"{ada.server}/api/contents", timeout=20).status_code == 403
        assert stranger.get(f"{room.url}/hub/api/users", timeout=20).status_code == 403

    def test_a_wrong_password_and_a_name_that_is_not_on_the_list_are_refused(self, room):
        passwords = room.passwords
        tried = [
            (ADA, passwords[BOB]),
            (ADA, ""),
            ("eve", passwords[ADA]),
            ("root", passwords[ADA]),
        ]
        for name, password in tried:
            assert room.person(name).sign_in(password).status_code == 403

    def test_only_those_who_guess_have_to_wait(self, room):
        # Whatever the address that they claim to come from.
        guesses = []
        for number in range(11):
            person = room.person("instructor")
            claim = {"X-Real-Ip": f"203.0.113.{number}", "X-Forwarded-For": f"::{number}"}
            person.session.headers.update(claim)
            guesses.append(person.sign_in("guess").status_code)
        assert guesses == [403] * 10 + [429]
        assert room.person(BOB).sign_in(room.passwords[BOB]).ok

    def test_everybody_can_read_the_course_as_a_website(self, room):
        (room.settings.site / "course").mkdir(exist_ok=True)
        (room.settings.site / "course" / "index.html").write_text("How to read it")
        for address in ("course", "course/", "course/index.html?q=1"):
            assert room.visitor.get(f"{room.url}/{address}", timeout=20).text == "How to read it"

    def test_only_the_hub_can_read_the_passwords(self, room):
        assert room.settings.passwords.stat().st_mode & 0o777 == 0o600
        assert room.settings.private.stat().st_mode & 0o777 == 0o700


@AS_ROOT
class TestHttps:
    def test_the_instructors_certificate_is_used(self, room):
        assert room.url.startswith("https://")
        assert room.visitor.get(f"{room.url}/hub/login", timeout=20).ok
        with pytest.raises(requests.exceptions.SSLError, match="CERTIFICATE_VERIFY_FAILED"):
            requests.get(f"{room.url}/hub/login", timeout=20)  # trusts other authorities

    def test_everything_is_encrypted(self, room, adas):
        plain = room.url.replace("https", "http")
        with pytest.raises(requests.exceptions.ConnectionError):
            requests.get(f"{plain}/hub/login", timeout=20)
        assert isinstance(adas.socket.sock, ssl.SSLSocket)
        cookies = {cookie.name: cookie.secure for cookie in adas.person.session.cookies}
        assert cookies["jupyterhub-hub-login"], "a browser would also send it over plain HTTP"
        assert cookies[f"jupyterhub-user-{ADA}"]


@AS_ROOT
class TestIsolation:
    def test_another_learners_url_is_refused(self, ada, bob):
        for path in ("api/contents", "api/kernels", "files/notebooks/00_start_here.ipynb"):
            assert bob.session.get(f"{bob.server}/{path}", timeout=20).ok or path == "api/kernels"
            answer = bob.session.get(f"{ada.server}/{path}", timeout=20)
            assert answer.status_code in (403, 404), (path, answer.status_code)

    def test_another_learners_token_is_refused(self, room, ada, bobs):
        token = bobs.run("import os; print(os.environ['JUPYTERHUB_API_TOKEN'])").strip()
        headers = {"Authorization": f"token {token}"}
        own = f"{room.url}/user/{BOB}/api/contents"
        assert room.visitor.get(own, headers=headers, timeout=20).ok  # the token is valid
        for url in (f"{ada.server}/api/contents", f"{room.url}/hub/api/users/{ADA}"):
            assert room.visitor.get(url, headers=headers, timeout=20).status_code in (403, 404)

    def test_a_kernel_can_open_only_its_owners_files(self, room, adas, bobs):
        home = room.settings.homes / ADA
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

    def test_a_learner_sees_and_ends_only_own_programs(self, room, bobs):
        (pid, *_) = [process.pid for process in room.running()[ADA]]
        answer = bobs.run(f"import os; os.kill({pid}, 9)")
        assert "ProcessLookupError" in answer or "PermissionError" in answer
        seen = "[entry for entry in os.listdir('/proc') if entry.isdigit()]"
        owners = bobs.run(f"print({{os.stat('/proc/' + pid).st_uid for pid in {seen}}} - {{0}})")
        assert owners.strip() == bobs.run("print({os.getuid()})").strip()

    def test_nobody_can_connect_to_another_learners_ports(self, adas, bobs):
        """As could who filled the memory of a neighbour's kernel through the port of its output."""
        ports = "import os; lines = [line.split() for line in open('/proc/net/tcp')]\n"
        ports += "print({int(words[1][-4:], 16) for words in lines"
        ports += f" if words[3] == {LISTENING!r} and words[7] == str(os.getuid())}})"
        open_ports = ast.literal_eval(adas.run(ports))
        assert len(open_ports) > 5  # of the server, of the kernel, and where it prints
        connect = "import socket; [socket.create_connection(('127.0.0.1', p), 5) for p in {}]"
        assert adas.run(connect.format(open_ports)) == ""
        own = ast.literal_eval(bobs.run(ports))
        for port in open_ports - own:
            assert "ConnectionRefusedError" in bobs.run(connect.format([port]))
        # Nor can any other account of this machine: it knows of no port of theirs.
        owners = {adas.run("import os; print(os.getuid())"), bobs.run("print(os.getuid())")}
        lines = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()]
        assert not owners & {f"{line[7]}\n" for line in lines if line[3] == LISTENING}

    @pytest.mark.parametrize("folder", ["/dev/shm", "/tmp"])
    def test_temporary_files_are_a_learners_own_and_bounded(self, folder, room, adas, bobs):
        name = f"of-{ADA}"
        adas.run(f"open('{folder}/{name}', 'w').write('mine')")
        assert adas.run(f"print({name!r} in os.listdir('{folder}'))").strip() == "True"
        assert bobs.run(f"import os; print({name!r} in os.listdir('{folder}'))").strip() == "False"
        assert not Path(folder, name).exists()
        fill = f"with open('{folder}/large', 'wb') as file:\n"
        fill += "    for _ in range(200): file.write(bytes(1_000_000))"
        assert "No space left on device" in adas.run(fill)
        most = adas.run(f"print(os.stat('{folder}/large').st_size, os.statvfs('{folder}').f_files)")
        size, files = map(int, most.split())
        assert size <= room.settings.memory / 4
        assert files < 100_000
        adas.run(f"os.remove('{folder}/large')")

    def test_from_within_the_walls_a_made_up_address_does_not_help(self, room, bobs):
        answer = bobs.run(GUESS.format(str(room.settings.socket)))
        assert ast.literal_eval(answer) == [(403, True)] * 10 + [(429, False)] * 2

    def test_each_learner_has_an_account_and_limits(self, adas, bobs):
        code = "import os, resource as r; print(os.getuid(), r.getrlimit(r.RLIMIT_DATA)[1])"
        lines = {kernel.run(code) for kernel in (adas, bobs)}
        assert len(lines) == 2
        assert all(line.split()[1] == str(700 * 1024**2) for line in lines)


@AS_ROOT
class TestTheCourse:
    def test_the_pad_reads_with_little_memory(self, room, adas, record_property):
        answer = adas.run(
            "import sys\n"
            "from hwr import Pad, synthetic\n"
            "pad = Pad()\n"
            "reading = pad.recognizer.read(synthetic.draw('7', seed=3))\n"
            "print(reading.best, 'tensorflow' in sys.modules, 'keras' in sys.modules)"
        )
        assert answer.split() == ["7", "False", "False"]
        megabytes = room.resident(ADA) / 1024**2
        record_property("a learner's server and pad kernel, resident", f"{megabytes:.0f} MB")
        assert megabytes < 300

    def test_existing_notebooks_are_never_changed(self, tmp_path):
        fresh, course = tmp_path / "fresh", tmp_path / "course"
        (fresh / "solutions").mkdir(parents=True)
        (fresh / "00.ipynb").write_text("new")
        (fresh / "solutions" / "00.ipynb").write_text("solved")
        (course / "notebooks").mkdir(parents=True)
        (course / "notebooks" / "00.ipynb").write_text("mine")
        assert deliver.deliver(fresh, course) == ["solutions/00.ipynb"]
        assert (course / "notebooks" / "00.ipynb").read_text() == "mine"
        assert deliver.deliver(fresh, course) == []

    def test_reset_restores_a_notebook_and_keeps_the_old_one(self, room, ada, adas):
        path = (
            room.settings.homes / ADA / "course" / "notebooks" / "01_convolution_and_pooling.ipynb"
        )
        fresh = path.read_bytes()
        adas.run(f"open({str(path)!r}, 'w').write('mine')")
        adas.run("from hwr.cli.reset import reset; reset('01')")
        assert path.read_bytes() == fresh
        assert path.with_name("01_convolution_and_pooling.mine-1.ipynb").read_text() == "mine"


@AS_ROOT
class TestLimits:
    def test_too_large_an_allocation_is_explained(self, bobs):
        bobs.run("kept = 1")
        answer = bobs.run("too_much = bytearray(10 * 1024**3)")
        assert "every learner has only 0.7 GB here" in answer
        assert bobs.run("print(kept)").strip() == "1"

    def test_filling_the_memory_stops_only_what_fills_it(self, adas, bobs):
        code = f"import time\n{FILL}\nkept, programs = 2, start(3)\ntime.sleep(60)"
        for _ in range(2):  # the second time within a look of the hub
            answer = bobs.run(code)
            assert "Stopped: your programs together need more memory than the 0.7 GB" in answer
        assert bobs.run("print(kept)").strip() == "2"
        ended = "print(*(program.poll() for program in programs))"
        wait_until(lambda: bobs.run(ended).split() == 3 * [str(-signal.SIGUSR1)])
        assert adas.run("print(mine)").strip() == "still here"

    def test_a_kernel_that_keeps_too_much_is_restarted_and_says_why(self, adas, bobs):
        request = bobs.send(f"{FILL}lost, programs = 1, start(2, 'ignore')")
        sentence = "Stopped: your programs together need more memory"
        bobs.hear(request, lambda _, content: sentence in content.get("text", ""))
        bobs.hear(request, is_restarting)
        time.sleep(2)  # until the server hears all that the new kernel says; nobody is as quick
        answer = bobs.run("print(lost)")
        assert "its kernel was stopped" in answer
        assert "NameError" in answer
        assert adas.run("print(mine)").strip() == "still here"

    def test_a_loop_that_never_ends_is_interrupted(self, adas, bobs):
        bobs.run("kept = 2")
        answer = bobs.run("while True:\n    try: pass\n    except Exception: pass")
        assert "Stopped: this cell has computed for 0.05 minutes" in answer
        assert bobs.run("print(kept)").strip() == "2"
        assert adas.run("print(mine)").strip() == "still here"

    def test_a_loop_that_cannot_be_interrupted_is_killed_with_its_kernel(self, adas, bobs):
        bobs.run("lost = 1")
        request = bobs.send(
            "import signal\nsignal.signal(signal.SIGPROF, signal.SIG_IGN)\nwhile True:\n    pass"
        )
        bobs.hear(request, is_restarting, 200)
        answer = bobs.run("print(lost)")
        assert "its kernel was stopped" in answer
        assert "NameError" in answer
        assert adas.run("print(mine)").strip() == "still here"

    def test_programs_outside_any_kernel_are_killed(self, room, adas, bobs):
        """They do not stop when they are asked to."""
        logged = room.log.read_text().count(f"{BOB} used too much memory")
        escape = f"{FILL}\nstart(3, 'ignore')"
        bobs.run(
            "import subprocess, sys\nkept = 3\n"
            f"subprocess.Popen([sys.executable, '-c', {escape!r}], start_new_session=True)"
        )
        wait_until(lambda: room.log.read_text().count(f"{BOB} used too much memory") > logged + 1)
        wait_until(lambda: room.resident(BOB) < room.settings.memory)
        assert adas.run("print(mine)").strip() == "still here"
        assert bobs.run("print(kept)").strip() == "3"


def test_memory_that_forked_children_share_counts_once():
    command = [sys.executable, "-c", FORK]
    with subprocess.Popen(command, stdout=subprocess.PIPE, start_new_session=True) as parent:
        try:
            for _ in range(6):
                parent.stdout.readline()
            pids = {parent.pid, *(child.pid for child in psutil.Process(parent.pid).children())}
            everything = psutil.process_iter(processes.LOOKED_UP)
            family = [process for process in everything if process.pid in pids]
            assert len(family) == 6
            # Each has 100 MB resident, and all the same.
            assert sum(one.info["memory_info"].rss for one in family) > 600e6
            assert processes.programs_over(family, 250e6) == []
            assert processes.programs_over(family, 100e6) == [parent.pid]
        finally:
            os.killpg(parent.pid, signal.SIGKILL)


def is_restarting(kind, content):
    return kind == "status" and content["execution_state"] == "restarting"


@AS_ROOT
def test_a_killed_hub_is_restarted_and_learners_do_not_notice(room, ada, adas):
    hub_before = room.hub_id()
    os.kill(hub_before, signal.SIGKILL)
    assert adas.run("print(mine)").strip() == "still here"  # while there is no hub
    room.wait(other_than=hub_before)
    assert adas.run("print(mine)").strip() == "still here"
    assert ada.ask(f"api/kernels/{adas.name}").ok
    assert (room.settings.homes / ADA / "course" / "drawings" / "mine.txt").read_text() == "mine"


@AS_ROOT
def test_a_name_can_be_added_and_learners_do_not_notice(room, adas):
    late = room.person("late")
    room.class_list.write_text("\n".join([*PEOPLE, "not a name"]))
    room.process.send_signal(signal.SIGHUP)
    wait_until(lambda: "Line 3 of" in room.log.read_text())
    hub = room.hub_id()
    room.class_list.write_text("\n".join([*PEOPLE, late.name]))
    room.process.send_signal(signal.SIGHUP)
    wait_until(lambda: late.name in room.log.read_text())
    assert room.hub_id() == hub
    answer = late.sign_in(room.passwords[late.name], allow_redirects=False)
    assert answer.status_code == 302  # to a server, which this test does not start
    assert adas.run("print(mine)").strip() == "still here"


class TestStart:
    @pytest.mark.parametrize("line", ["Ada Lovelace", "../etc", "2fast", "instructor", "a" * 21])
    def test_a_class_list_and_an_invalid_name(self, tmp_path, line):
        path = tmp_path / "class.txt"
        path.write_text("Ada\n# the others\n\nemmy-2\nada\n")
        assert people.read_class(path) == ["ada", "emmy-2"]
        path.write_text(f"emmy\n{line}\n")
        with pytest.raises(ValueError, match=r"Line 2 of .* a name has up to 20 letters"):
            people.read_class(path)

    def test_passwords_are_made_once_and_removed_with_the_name(self, tmp_path):
        path = tmp_path / "passwords.txt"
        new = people.update_passwords(path, ["ada", "bob"])
        assert set(new) == {"instructor", "ada", "bob"}
        assert len(set(new.values())) == 3
        assert people.update_passwords(path, ["ada", "eve"]).keys() == {"eve"}
        kept = people.read_passwords(path)
        assert kept.keys() == {"instructor", "ada", "eve"}
        assert kept["ada"] == new["ada"]

    @pytest.mark.parametrize(
        ("uid", "options", "words"),
        [
            (1000, [], "every learner could read and change every other's files"),
            (0, ["--port", "47110"], "name a class list"),
            (0, ["--key", __file__], "both a certificate and its key"),
        ],
    )
    def test_wrong_options_are_reported(self, uid, options, words, monkeypatch, capsys, tmp_path):
        monkeypatch.setattr(os, "geteuid", lambda: uid)
        assert hub.main(["--folder", str(tmp_path), *options]) == 1
        assert words in capsys.readouterr().err

    def test_missing_emnist_is_reported_and_replaced(self, monkeypatch, capsys, tmp_path):
        drawn = []
        monkeypatch.setattr(fallback, "images_and_labels", lambda: drawn.append(1))
        monkeypatch.setattr(archive, "first_archive", lambda: None)
        assert hub.find_emnist() == ""
        assert "-m hwr fetch" in capsys.readouterr().out
        assert drawn == [1]  # once for all learners
        monkeypatch.setattr(archive, "first_archive", lambda: tmp_path)
        assert hub.find_emnist() == str(tmp_path)
        assert capsys.readouterr().out == ""

    @AS_ROOT
    def test_without_walls_the_hub_starts_only_if_it_is_told_to(self, monkeypatch):
        settings = Settings("/")
        walls.check(settings)
        monkeypatch.setattr(walls, "NAMESPACES", "unshare --keep-walls-away")
        with pytest.raises(ValueError, match=r"reach each other's .*unshare.*--no-walls"):
            walls.check(settings)
        # Told to, it only asks whether learners can read what they need.
        with pytest.raises(ValueError, match="cannot use the course"):
            walls.check(Settings("/missing", no_walls=True))

    @AS_ROOT
    def test_files_that_learners_cannot_read_are_reported(self, tmp_path):
        closed = tmp_path / "emnist.zip"
        closed.touch(mode=0o600)
        with pytest.raises(ValueError, match=r"cannot use .*emnist.zip.*the right to read"):
            walls.check(Settings("/", emnist=str(closed)))

    def test_of_two_hubs_at_once_one_installs_the_proxy(self, monkeypatch, tmp_path):
        source, fetched = ROOT / "deploy" / "hub", []

        def fetch(source, packages):
            fetched.append(source)
            time.sleep(0.5)
            (packages / "package-lock.json").write_bytes(
                (source / "package-lock.json").read_bytes()
            )

        monkeypatch.setattr(web.tfjs, "npm_packages", fetch)
        with ThreadPoolExecutor() as pool:
            list(pool.map(lambda _: npm.install(source, tmp_path / "proxy"), range(2)))
        assert fetched == [source]


@AS_ROOT
def test_sign_in_and_the_pad_in_a_browser(room, ada, browser):
    from helpers import lab  # skips this test where playwright is missing

    address = f"{room.url}/user/{ADA}/lab/tree/notebooks/{lab.NOTEBOOK}"
    # The certificate is tested above; a browser trusts only the system's authorities.
    with lab.opened(browser, address, ignore_https_errors=True) as page:
        page.get_by_text("the password that your instructor gave you").wait_for()
        page.get_by_label("Username").fill(ADA)
        page.get_by_label("Password").fill(room.passwords[ADA])
        page.get_by_role("button", name="Sign in").click()
        page.get_by_text("Python 3 (ipykernel) | Idle").wait_for()
        for cell in page.locator(".jp-Notebook .jp-CodeCell .jp-InputArea-editor").all()[:2]:
            cell.click()  # the network, then its pad
            page.keyboard.press("Shift+Enter")
        sheet = lab.the_pad(page)
        lab.draw_with_mouse(page, sheet, lab.made_up("7"))
        lab.wait_for_answer(page, "7")


@AS_ROOT
def test_all_that_a_learner_left_running_ends_with_the_server(room, adas, bobs):
    """With it /tmp and /dev/shm, which take memory as long as a program has them."""
    adas.run("import subprocess\nsubprocess.Popen(['sleep', '600'], start_new_session=True)")
    (gone,), others = (set(map(mounts, room.running()[name])) for name in PEOPLE)
    assert gone not in others
    adas.person.stop()
    wait_until(lambda: room.running()[ADA] == [])
    wait_until(lambda: gone not in map(mounts, psutil.process_iter()))
    assert bobs.run("print('still here')").strip() == "still here"


def mounts(process):
    """Return a number for the mounts that a process sees; 0 if it has ended."""
    try:
        return Path(f"/proc/{process.pid}/ns/mnt").stat().st_ino
    except OSError:
        return 0


@AS_ROOT
def test_ctrl_c_stops_everything(room, bob, bobs):
    bobs.run("import subprocess\nsubprocess.Popen(['sleep', '600'], start_new_session=True)")
    assert len(room.running()[BOB]) >= 3  # the server, a kernel, and sleep
    room.end()
    assert room.running() == {ADA: [], BOB: []}
    assert not room.settings.socket.exists()
    with pytest.raises(requests.exceptions.ConnectionError):
        bob.ask("lab")
