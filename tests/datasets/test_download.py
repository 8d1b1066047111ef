"""EMNIST from every kind of server and from a stick: interrupted, resumed, and damaged."""

import json
import re
import signal
import subprocess
import sys
import time
import zipfile
from pathlib import Path
from types import SimpleNamespace

import pytest
from helpers.archives import Server, Tiny

from hwr._support.paths import ROOT
from hwr.datasets import archive, download, emnist
from hwr.datasets.archive import DataError

BYCLASS = archive.member_names("byclass", "test")
DIRECTORY = 65_536 + 2000
"""Most bytes of an archive's directory and the headers of two members."""


def held() -> list[str]:
    with zipfile.ZipFile(archive.ARCHIVE) as file:
        return sorted(file.namelist())


def part() -> Path:
    """Return where the images are kept while they are downloaded."""
    return archive.DATA / "fetch" / f"{Path(BYCLASS[0]).name}.part"


def leftovers() -> set[str]:
    """List the files in the data folder besides the archive."""
    files = {path.name for path in archive.DATA.rglob("*") if path.is_file()}
    return files - {"emnist.zip", "fetch.lock"}


def refused(match: str, *arguments: object, **options: object) -> None:
    with pytest.raises(DataError, match=match):
        download.fetch(*arguments, **options)


class TestRanges:
    @pytest.mark.parametrize("compression", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
    def test_only_what_is_needed_is_downloaded(self, tiny: Tiny, server: Server, compression):
        server.content = tiny.write(tiny.folder / "o.zip", compression=compression).read_bytes()
        assert download.fetch() == archive.ARCHIVE
        assert held() == sorted(BYCLASS)
        assert archive.verify(archive.ARCHIVE) == []
        needed = sum(len(tiny.members[name]) for name in BYCLASS)
        assert needed < server.sent < needed + DIRECTORY < len(server.content)
        assert leftovers() == set()

    def test_what_is_there_is_kept_and_not_fetched_again(self, tiny: Tiny, server: Server):
        download.fetch(["mnist"])
        before = server.sent
        download.fetch(["mnist", "mnist:test"])
        assert server.sent == before
        download.fetch(["letters", "mnist:train"])
        wanted = [archive.member_names(*part) for part in (("letters", "test"), ("mnist", "train"))]
        assert held() == sorted([*sum(wanted, ()), *archive.member_names("mnist", "test")])
        assert archive.verify(archive.ARCHIVE) == []

    def test_a_damaged_member_is_fetched_again(self, tiny: Tiny, server: Server):
        tiny.members[BYCLASS[1]] += b"x"
        tiny.write(archive.ARCHIVE, "byclass", "mnist")
        assert len(archive.verify(archive.ARCHIVE)) == 1
        download.fetch()
        assert archive.verify(archive.ARCHIVE) == []
        assert set(BYCLASS) | set(archive.member_names("mnist", "test")) <= set(held())

    @pytest.mark.parametrize("content", [b"<html>moved</html>", b"PK\x03\x04 cut off", b""])
    def test_what_is_no_archive_is_replaced(self, tiny: Tiny, server: Server, content):
        archive.DATA.mkdir()
        archive.ARCHIVE.write_bytes(content)
        download.fetch()
        assert held() == sorted(BYCLASS)

    def test_loading_fetches_by_itself(self, server: Server, capfd):
        course = emnist.course()
        assert course.test.source == "EMNIST"
        out, err = capfd.readouterr()
        assert "Downloading EMNIST: 100%" in out
        assert err == ""

    def test_what_is_named_and_lacks_it_is_an_error_network_or_not(
        self, tiny: Tiny, server: Server, monkeypatch
    ):
        monkeypatch.setenv("HWR_EMNIST", str(tiny.write(tiny.folder / "mnist.zip", "mnist")))
        for call in (emnist.course, lambda: emnist.load("byclass")):
            with pytest.raises(DataError, match=f"lacks the member {BYCLASS[0]}: unset HWR_EMNIST"):
                call()
        assert server.asked == []

    def test_a_broken_download_goes_on_where_it_stopped(self, tiny: Tiny, server: Server):
        server.mode = "cut"
        refused("broke off: run the same again, it goes on where")
        assert not archive.ARCHIVE.exists()
        done = part().stat().st_size
        assert done > 100_000
        server.mode = "ranges"
        before = server.sent
        download.fetch()
        whole = sum(len(tiny.members[name]) for name in BYCLASS)
        assert server.sent - before < whole - done + DIRECTORY
        assert archive.verify(archive.ARCHIVE) == []
        assert leftovers() == set()

    def test_a_part_of_another_file_is_detected(self, tiny: Tiny, server: Server):
        part().parent.mkdir(parents=True)
        part().write_bytes(b"something else" * 100)
        refused(f"downloaded as {BYCLASS[0]} is damaged or from")
        assert not archive.ARCHIVE.exists()
        assert not part().exists()
        download.fetch()
        assert archive.verify(archive.ARCHIVE) == []

    def test_another_release_is_refused(self, tiny: Tiny, server: Server):
        tiny.members[BYCLASS[0]] = tiny.members[BYCLASS[1]]
        server.content = tiny.write(tiny.folder / "new.zip").read_bytes()
        refused("is damaged or from another release")
        assert not archive.ARCHIVE.exists()

    def test_a_member_that_the_server_lacks(self, tiny: Tiny, server: Server):
        server.content = tiny.write(tiny.folder / "new.zip", "mnist").read_bytes()
        refused(f"lacks the member {BYCLASS[0]}: copy the archive")


class TestOtherServers:
    def test_without_ranges_the_whole_archive_is_fetched(self, tiny: Tiny, server: Server):
        server.mode = "no ranges"
        download.fetch()
        assert held() == sorted(tiny.members)
        assert leftovers() == set()

    @pytest.mark.parametrize(
        ("mode", "sentence"),
        [
            ("cut, no ranges", "broke off"),
            ("page later", "is not EMNIST's zip archive: try again later, or"),
            ("error", r"\(the server answers with error 503\)"),
        ],
    )
    def test_nothing_is_kept_of_a_bad_answer(self, server: Server, mode, sentence):
        server.mode = mode
        refused(sentence)
        assert not archive.ARCHIVE.exists()
        assert leftovers() == set()

    def test_a_page_is_taken_for_no_network(self, server: Server, capsys):
        server.mode = "page"
        refused(r"cannot be downloaded \(what answers is not the archive")
        assert emnist.course().test.source == "made-up handwriting"
        assert "what answers is not the archive" in capsys.readouterr().out.replace("\n* ", " ")

    def test_what_is_no_zip_file_inside(self, server: Server):
        server.content = b"PK\x03\x04" + bytes(200_000)
        refused("is not EMNIST's zip archive: try again later, or")

    def test_a_silent_server_is_waited_for_5_s_once(self, tiny: Tiny, server: Server, monkeypatch):
        assert download.CONNECT_TIMEOUT == 5
        monkeypatch.setattr(download, "CONNECT_TIMEOUT", 0.5)
        server.mode = "silent"
        assert download.why_unreachable() == "no answer within 0.5 seconds"
        assert emnist.course().test.source == "made-up handwriting"
        assert not download.is_reachable()
        assert len(server.asked) == 1

    def test_no_server(self, server: Server, monkeypatch):
        monkeypatch.setattr(download, "ADDRESS", "http://127.0.0.1:9/gzip.zip")
        refused(r"\(no network, or the server does not answer\): check")

    def test_offline_never_asks(self, server: Server, monkeypatch):
        monkeypatch.setenv("HWR_OFFLINE", "1")
        assert emnist.course().test.source == "made-up handwriting"
        refused(r"\(HWR_OFFLINE is set\)")
        assert server.asked == []


class TestRoom:
    @pytest.mark.parametrize("mode", ["ranges", "no ranges"])
    def test_a_full_disk_is_reported_before_the_download(self, server: Server, monkeypatch, mode):
        server.mode = mode
        monkeypatch.setattr(download.shutil, "disk_usage", lambda _: SimpleNamespace(free=5))
        refused(r"no room for EMNIST: .* MB are needed in .*, 0 MB are")
        assert server.sent < 100_000 or mode == "no ranges"
        assert leftovers() == set()

    def test_a_folder_that_cannot_be_written(self, tiny: Tiny, server: Server):
        archive.DATA.write_text("a file in the folder's place")
        refused(r"cannot be written into .*: make room or give the")

    @pytest.mark.skipif(sys.platform == "win32", reason="Windows has no resource limits")
    def test_the_disk_fills_up_under_way(self, tiny: Tiny, server: Server):
        limit = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, 300_000))"
        out, _ = start(tiny, server, limit).communicate(timeout=60)
        assert re.search(r"cannot be written into .* \(File too large\): make room", out)
        assert not archive.ARCHIVE.exists()


def start(tiny: Tiny, server: Server, first: str = "") -> subprocess.Popen:
    """Fetch in another process, with the same replacements as here."""
    table = {name: list(member) for name, member in tiny.table().items()}
    code = f"""
{first}
import json, sys
from pathlib import Path
from hwr.datasets import archive, download
archive.MEMBERS = {{n: archive.Member(*m) for n, m in json.loads(sys.argv[1]).items()}}
archive.DATA = Path(sys.argv[2])
archive.ARCHIVE = archive.DATA / "emnist.zip"
download.ADDRESS = sys.argv[3]
try:
    download.fetch()
except archive.DataError as error:
    print(error)
"""
    arguments = [json.dumps(table), str(archive.DATA), server.address]
    command = [sys.executable, "-c", code, *arguments]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT)


class TestProcesses:
    def test_killed_half_way_nothing_is_lost_or_half_written(self, tiny: Tiny, server: Server):
        server.mode = "slow"
        process = start(tiny, server)
        deadline = time.monotonic() + 30
        while not (part().exists() and part().stat().st_size > 200_000):
            assert time.monotonic() < deadline
            assert process.poll() is None
            time.sleep(0.01)
        process.send_signal(signal.SIGKILL)
        process.wait()
        done = part().stat().st_size
        assert done < len(tiny.members[BYCLASS[0]])
        assert not archive.ARCHIVE.exists()
        server.mode = "ranges"
        server.asked.clear()
        download.fetch()
        starts = [start for start, _ in server.asked[2:]]
        with zipfile.ZipFile(tiny.folder / "official.zip") as file:
            assert starts[0] == file.getinfo(BYCLASS[0]).header_offset + done
        assert archive.verify(archive.ARCHIVE) == []
        assert leftovers() == set()

    @pytest.mark.skipif(sys.platform == "win32", reason="Windows lets two fetch at once")
    def test_two_at_once_fetch_it_once(self, tiny: Tiny, server: Server):
        server.mode = "slow"
        processes = [start(tiny, server) for _ in range(2)]
        assert not any("again" in process.communicate(timeout=60)[0] for process in processes)
        assert archive.verify(archive.ARCHIVE) == []
        needed = sum(len(tiny.members[name]) for name in BYCLASS)
        assert server.sent < 1.5 * needed


class TestFromFile:
    def test_only_what_is_wanted_is_copied(self, tiny: Tiny):
        stick = tiny.write(tiny.folder / "stick.zip")
        assert download.fetch(["byclass", "mnist:train"], stick) == archive.ARCHIVE
        assert held() == sorted([*BYCLASS, *archive.member_names("mnist", "train")])
        assert emnist.load("byclass").source == "EMNIST"

    def test_names_that_climb_out_stay_out(self, tiny: Tiny):
        evil = {"../climbed": b"x", "/climbed": b"x", "gzip/../../climbed": b"x"}
        stick = tiny.write(tiny.folder / "stick.zip", "byclass", **evil)
        download.fetch(source=stick)
        assert held() == sorted(BYCLASS)
        assert not list(tiny.folder.rglob("climbed"))

    @pytest.mark.parametrize("splits", [["letter"], ["byclass:training"], ["byclass:test:x"]])
    def test_an_unknown_split(self, tiny: Tiny, splits):
        refused("EMNIST has no", splits, tiny.write(tiny.folder / "stick.zip"))

    def test_a_bad_stick_leaves_everything_as_it_was(self, tiny: Tiny):
        tiny.write(archive.ARCHIVE, "mnist")
        before = archive.ARCHIVE.read_bytes()
        tiny.members[BYCLASS[1]] += b"x"
        stick = tiny.write(tiny.folder / "stick.zip")
        refused(f"The member {BYCLASS[1]} of .* is damaged or from", source=stick)
        refused(r"There is no file .*absent\.zip", source=tiny.folder / "absent.zip")
        assert archive.ARCHIVE.read_bytes() == before
        assert leftovers() == set()
