"""A class of five at the hub: all get answers, and a failure affects only one learner."""

import argparse
import asyncio
from concurrent.futures import ThreadPoolExecutor

import pytest

pytest.importorskip("pwd", reason="the hub runs on Linux only")
pytest.importorskip("jupyterhub", reason="no JupyterHub: 'python course.py test room' installs it")

from helpers.rooms import AS_ROOT

from benchmarks.room import measure
from benchmarks.room.hub import Hub, random_names

pytestmark = [pytest.mark.room, AS_ROOT]
LEARNERS, SECONDS = 5, 10


@pytest.fixture(scope="module")
def found():
    """The measurements of a lesson in which a kernel, a server, hub and proxy are killed."""
    arguments = argparse.Namespace(
        learners=LEARNERS, minutes=SECONDS / 60, pause=2, arrive=0, events=True, train=False
    )
    # In a thread of its own: a browser's tests leave an event loop in this one.
    with Hub(random_names(LEARNERS)) as hub, ThreadPoolExecutor() as pool:
        return pool.submit(asyncio.run, measure.run(arguments, hub)).result()


def test_all_get_answers_and_nothing_is_lost(found):
    # A lost drawing, notebook or answer would be a failure.
    assert found["failures"] == []
    assert found["drawings"] >= LEARNERS
    assert found["drawings saved"] >= LEARNERS


def test_a_failure_affects_only_one_learner(found):
    whys = {number: [] for number in "12345"}
    for interruption in found["interruptions"]:
        whys[interruption["learner"].rpartition("-")[2]].append(interruption["why"])
    # The last is the proxy, which affects all.
    assert [len(why) for why in whys.values()] == [2, 2, 1, 1, 1]
    assert "kernel" in whys["1"][0]
    assert "connection" in whys["2"][0]
    assert "hub killed, served again after s" in found["events"]


def test_a_killed_proxy_leads_to_all_learners_again(found, record_property):
    """All are interrupted, and go on."""
    seconds = found["events"]["proxy killed, all served again after s"]
    record_property("five learners, served again after the proxy was killed", f"{seconds:.1f} s")
    assert seconds < 10  # by itself, JupyterHub looks only every 300


def test_answers_are_right(found, record_property):
    times = found["stroke to answer, ms"]
    record_property("five learners, stroke to answer", f"p50 {times['p50']}, p95 {times['p95']} ms")
    assert found["strokes"] >= found["drawings"]
    assert found["read as what they are, %"] >= 70


def test_a_learner_needs_little_memory(found, record_property):
    memory = found["memory a learner, MB"]
    record_property("five learners, memory of server and pad", f"{memory['pss']:.0f} MB")
    assert 50 < memory["pss"] < 300
