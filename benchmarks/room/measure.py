"""One measurement of the room, and its figures."""

import argparse
import asyncio
import time
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.room.hub import Hub, read_passwords
from benchmarks.room.learner import Learner
from benchmarks.room.lesson import Room

TRAINING = "04_training.ipynb"


def quantiles(values: list[float], unit: float = 1.0) -> dict[str, float]:
    """Return the median, the 95th percentile and the largest of some values."""
    if not values:
        return {}
    shares = ("p50", 50), ("p95", 95), ("most", 100)
    return {name: round(float(np.percentile(values, p)) * unit, 2) for name, p in shares}


def figures(room: Room) -> dict[str, Any]:
    """Return the figures of a lesson."""
    hands = [learner.hand for learner in room.learners]
    drawn = sum(hand.drawn for hand in hands)
    ready = [learner.ready for learner in room.learners if learner.ready]
    pads = [learner.pad_ready for learner in room.learners if learner.pad_ready]
    return {
        "learners": len(hands),
        "seconds of drawing": round(room.seconds),
        "seconds between two characters": round(room.seconds * len(hands) / max(drawn, 1), 1),
        "failures": room.failures,
        "from signing in to JupyterLab, s": quantiles(ready),
        "asked by the hub to come back later": sum(ln.turned_away for ln in room.learners),
        "notebook 09 to its pad, s": quantiles(pads),
        "stroke to answer, ms": quantiles([t for hand in hands for t in hand.times], 1000),
        "strokes": sum(len(hand.times) for hand in hands),
        "drawings": drawn,
        "read as what they are, %": round(100 * sum(hand.right for hand in hands) / max(drawn, 1)),
        "drawings saved": sum(hand.saved for hand in hands),
        "memory a learner, MB": vars(room.memory),
        "memory a learner with notebook 00, MB": vars(room.peak),
        "cores busy while they draw": {k: round(v, 2) for k, v in room.cores.items()},
        "interruptions": [
            {"learner": learner.name, **vars(interruption)}
            for learner in room.learners
            for interruption in learner.interruptions
        ],
        "events": room.events,
    }


async def train(room: Room) -> dict[str, Any]:
    """Let all learners run notebook 04 at once; return the minutes that it took each of them."""
    minutes: list[float] = []

    async def learn(learner: Learner) -> None:
        began = time.perf_counter()
        await learner.run_notebook(TRAINING, seconds=3600)
        minutes.append((time.perf_counter() - began) / 60)

    await asyncio.gather(room.together(learn), room.watch_memory())
    return {
        "learners": len(room.learners),
        "failures": room.failures,
        "minutes of notebook 04": quantiles(minutes),
        "memory a learner at most, MB": vars(room.peak),
    }


def table(found: dict[str, Any]) -> str:
    """Return the figures as a table in Markdown."""

    def words(value: Any) -> str:
        if isinstance(value, dict):
            return ", ".join(
                f"{name} {part:.3g}" if isinstance(part, float) else f"{name} {part}"
                for name, part in value.items()
            )
        if isinstance(value, list):
            return "; ".join(words(part) for part in value) or "none"
        return str(value)

    rows = [f"| {name} | {words(value)} |" for name, value in found.items()]
    return "\n".join(["| measured | |", "| --- | --- |", *rows])


async def run(arguments: argparse.Namespace, hub: Hub | None) -> dict[str, Any]:
    """Fill the room and return what was measured; ``arguments`` are those of the command line."""
    address = hub.url if hub else arguments.hub.rstrip("/")
    passwords = hub.passwords if hub else read_passwords(Path(arguments.passwords))
    learners = [
        Learner(name, password, address, seed, arguments.pause)
        for seed, (name, password) in enumerate(list(passwords.items())[: arguments.learners], 1)
    ]
    room = Room(learners, hub, arguments.arrive)
    if arguments.train:
        return await train(room)
    await room.lesson(60 * arguments.minutes, arguments.events)
    return figures(room)
