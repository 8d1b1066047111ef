"""A class of five at the hub: all are served, and what happens to one stays with that one."""

import argparse
import asyncio

import pytest

pytest.importorskip("pwd", reason="the hub runs on Linux only")
pytest.importorskip("jupyterhub", reason="no JupyterHub: 'python course.py test room' installs it")

from rooms import AS_ROOT

from benchmarks.room import measure
from benchmarks.room.hub import Hub

pytestmark = [pytest.mark.room, AS_ROOT]
LEARNERS, SECONDS = 5, 10


@pytest.fixture(scope="module")
def found():
    """What a lesson of five measures in which a kernel, a server and the hub are killed."""
    arguments = argparse.Namespace(
        learners=LEARNERS, minutes=SECONDS / 60, pause=2, arrive=0, events=True, train=False
    )
    with Hub(LEARNERS) as hub:
        return asyncio.run(measure.run(arguments, hub))


def test_all_are_served_and_nothing_is_lost(found):
    # A lost drawing, a lost notebook, a lost answer: each is one of the failures.
    assert found["failures"] == []
    assert found["drawings"] >= LEARNERS
    assert found["drawings saved"] >= LEARNERS


def test_what_happens_to_one_stays_with_that_one(found):
    struck = [interruption["learner"] for interruption in found["interruptions"]]
    assert [name.rpartition("-")[2] for name in sorted(struck)] == ["1", "2"]
    assert "kernel" in found["interruptions"][0]["why"]
    assert "connection" in found["interruptions"][1]["why"]
    assert 0 < found["events"]["hub killed, served again after s"] < 30


def test_answers_are_right_and_come_in_time(found, record_property):
    times = found["stroke to answer, ms"]
    record_property("five learners, stroke to answer", f"p50 {times['p50']}, p95 {times['p95']} ms")
    assert found["strokes"] >= found["drawings"]
    assert found["read as what they are, %"] >= 70
    assert times["p50"] < 400  # the middle: a busy machine makes single ones late


def test_a_learner_takes_little_memory(found, record_property):
    memory = found["memory a learner, MB"]
    record_property("five learners, memory of server and pad", f"{memory['pss']:.0f} MB")
    assert 50 < memory["pss"] < 300
