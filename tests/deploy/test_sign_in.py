"""Sign-in: made-up addresses, long names and many tries, without a hub."""

import asyncio
import socket
import struct
import time
import tracemalloc
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import pytest

pytest.importorskip("jupyterhub", reason="no JupyterHub: 'python course.py test room' installs it")

from tornado.httputil import HTTPHeaders
from tornado.web import HTTPError

from deploy.hub import brake, people

pytestmark = pytest.mark.room
ME, ATTACKER, PROXY = "192.0.2.1", "198.51.100.7", "10.1.2.3"


def connection(family=socket.AF_INET, account=0):
    """Return a connection to the hub, from a program of an account of this machine."""
    peer = SimpleNamespace(family=family, getsockopt=lambda *_: struct.pack("3i", 7, account, 7))
    return SimpleNamespace(stream=SimpleNamespace(socket=peer))


def run(coroutine):
    """Run a coroutine in a thread of its own: a browser's tests leave an event loop in this one."""
    with ThreadPoolExecutor() as pool:
        return pool.submit(asyncio.run, coroutine).result()


@pytest.fixture
def authenticator(tmp_path):
    path = tmp_path / "passwords.txt"
    path.write_text("instructor secret\nada pass\nbob word\n")
    allowed = {"instructor", "ada", "bob"}
    return people.ClassAuthenticator(passwords=str(path), allowed_users=allowed)


def sign_in(authenticator, name, password, hops, real=None, connected=None):
    """Return the status of the answer to a sign-in.

    The headers are as they arrive at the hub: `hops` is X-Forwarded-For, `real` X-Real-Ip. As in
    JupyterHub, the request's `remote_ip` follows them.
    """
    headers = HTTPHeaders({"X-Forwarded-For": hops} | ({"X-Real-Ip": real} if real else {}))
    last = real or hops.rpartition(", ")[2]
    connected = connected or connection()
    request = SimpleNamespace(headers=headers, remote_ip=last, connection=connected)
    handler = SimpleNamespace(request=request)
    data = {"username": name, "password": password}
    try:
        user = run(authenticator.get_authenticated_user(handler, data))
    except HTTPError as error:
        return error.status_code
    return 200 if user else 403


@pytest.mark.parametrize("header", ["X-Real-Ip", "X-Forwarded-For"])
def test_a_made_up_address_does_not_help(authenticator, header):
    made_up = [f"203.0.113.{number}" for number in range(25)]
    if header == "X-Real-Ip":
        answers = [sign_in(authenticator, "ada", "?", ATTACKER, real) for real in made_up]
    else:  # the hub's proxy appends to it
        answers = [sign_in(authenticator, "ada", "?", f"{hop}, {ATTACKER}") for hop in made_up]
    assert answers == [403] * 10 + [429] * 15
    assert sign_in(authenticator, "ada", "pass", ME) == 200
    assert sign_in(authenticator, "bob", "word", ATTACKER) == 200


def test_past_the_hubs_proxy_no_header_counts(authenticator):
    """A learner's program can connect to the hub's socket; the kernel tells the hub whose it is."""
    made_up = [f"203.0.113.{number}" for number in range(12)]
    learners, proxys = (connection(socket.AF_UNIX, account) for account in (1001, 0))
    tries = [sign_in(authenticator, "ada", "?", hop, connected=learners) for hop in made_up]
    assert tries == [403] * 10 + [429] * 2
    assert sign_in(authenticator, "ada", "pass", ME, connected=proxys) == 200


def test_a_proxy_in_front_is_trusted_only_by_an_option(authenticator):
    tried = [sign_in(authenticator, "ada", "?", f"{ATTACKER}, {PROXY}") for _ in range(11)]
    assert tried[-1] == 429
    assert sign_in(authenticator, "ada", "pass", f"{ME}, {PROXY}") == 429  # all come from there
    authenticator.behind = "10.0.0.0/8"
    assert sign_in(authenticator, "ada", "pass", f"{ME}, {PROXY}") == 200
    tried = [sign_in(authenticator, "bob", "?", f"{ME}, ::ffff:{PROXY}") for _ in range(11)]
    assert tried[-1] == 429
    assert sign_in(authenticator, "bob", "?", f"203.0.113.5, {ME}") == 429  # not from the proxy


def together(authenticator, tries):
    """Sign in at the same time, each with an address, a name and a password."""

    async def one(address, name, password):
        headers = HTTPHeaders({"X-Forwarded-For": address})
        request = SimpleNamespace(headers=headers, remote_ip=address, connection=connection())
        data = {"username": name, "password": password}
        try:
            return await authenticator.authenticate(SimpleNamespace(request=request), data)
        except HTTPError as error:
            return error.status_code

    async def gather():
        return await asyncio.gather(*(one(*single) for single in tries))

    return run(gather())


def test_from_many_addresses_a_name_is_slowed_down_but_not_locked(authenticator, monkeypatch):
    monkeypatch.setattr(brake, "DELAY", 0.1)
    wrong = [(f"203.0.113.{number}", "ada", "?") for number in range(100)]
    assert together(authenticator, wrong[:10]) == [None] * 10
    began = time.monotonic()
    answers = together(authenticator, [*wrong[10:12], (ME, "ada", "pass"), *wrong[12:29]])
    assert answers == [None, None, "ada"] + [None] * 7 + [429] * 10
    assert time.monotonic() - began > 0.9  # one after another
    assert together(authenticator, [(ME, "bob", "word")]) == ["bob"]


def test_what_is_remembered_is_bounded(authenticator):
    tracemalloc.start()
    long = [(f"2001:db8::{n:x}", "ada" * 300_000 + str(n), "?" * 900_000) for n in range(20)]
    assert together(authenticator, long) == [403] * 20
    del long
    many = [(f"2001:db8::{n:x}", f"eve-{n}", "?") for n in range(2000)]
    assert together(authenticator, many) == [None] * 2000
    del many
    kept, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert kept < 3e6  # 20 names of a megabyte are not


def test_an_answer_does_not_show_who_is_on_the_list(authenticator):
    tries = [[(ATTACKER, name, "?")] * 11 for name in ("ada", "eve")]
    known, unknown = (together(authenticator, list(single)) for single in tries)
    assert known == unknown == [None] * 10 + [429]
