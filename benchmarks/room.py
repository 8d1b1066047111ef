"""A room full of learners at one hub, simulated: how soon does each get an answer.

    python benchmarks/room.py [--learners 30] [--minutes 3] [--events] [--json]
    python benchmarks/room.py --train [--learners 5]        # all run notebook 04 at once
    python benchmarks/room.py --hub URL --passwords FILE    # a hub that runs already

Starts the hub of ``deploy/hub`` on this machine, as root. Every learner signs in by the form, gets
a server, runs notebook 00, opens notebook 09's pad and draws made-up characters at a mouse's pace,
60 events a second, with pauses to look. All goes the way of a browser's messages: the form, cookies
and websockets; only what a browser loads to show JupyterLab is not loaded. ``--events`` kills one
learner's kernel, another's server and the hub, which is started again.
Ends with status 1 if anything failed.
"""

import argparse
import asyncio
import contextlib
import importlib.util
import json
import signal
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np

if importlib.util.find_spec("aiohttp") is None:
    raise SystemExit("The room's packages are missing: 'python course.py hub --help' brings them.")

from room_hub import Hub, read_passwords
from room_learner import Learner
from room_lesson import Room

TRAINING = "04_training.ipynb"


def among(values: list[float], unit: float = 1.0) -> dict[str, float]:
    """Return the middle, the 95th percentile and the largest of some values."""
    if not values:
        return {}
    shares = {"p50": 50, "p95": 95, "most": 100}
    return {
        name: round(float(np.percentile(values, share)) * unit, 2) for name, share in shares.items()
    }


def figures(room: Room) -> dict[str, Any]:
    """Return what a lesson measured."""
    hands = [learner.hand for learner in room.learners]
    drawn = sum(hand.drawn for hand in hands)
    return {
        "learners": len(hands),
        "seconds of drawing": round(room.seconds),
        "seconds between two characters": round(room.seconds * len(hands) / max(drawn, 1), 1),
        "failures": room.failures,
        "from signing in to JupyterLab, s": among([ln.ready for ln in room.learners if ln.ready]),
        "asked by the hub to come back later": sum(ln.turned_away for ln in room.learners),
        "notebook 09 to its pad, s": among([ln.pad_ready for ln in room.learners if ln.pad_ready]),
        "stroke to answer, ms": among([t for hand in hands for t in hand.times], 1000),
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
    """Let everybody run notebook 04 at once, and give the minutes that each one took."""
    minutes: list[float] = []

    async def learn(learner: Learner) -> None:
        began = time.perf_counter()
        await learner.run_notebook(TRAINING, seconds=3600)
        minutes.append((time.perf_counter() - began) / 60)

    await asyncio.gather(room.together(learn), room.watch_memory())
    return {
        "learners": len(room.learners),
        "failures": room.failures,
        "minutes of notebook 04": among(minutes),
        "memory a learner at most, MB": vars(room.peak),
    }


def table(found: dict[str, Any]) -> str:
    """Write figures as a table in Markdown."""

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
    """Fill the room and measure it."""
    address = hub.address if hub else arguments.hub.rstrip("/")
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


def parse() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--learners", type=int, help="how many; 30, or 5 with --train")
    parser.add_argument("--minutes", type=float, default=3.0, help="of drawing")
    parser.add_argument("--arrive", type=float, default=60.0, help="seconds in which they come")
    parser.add_argument("--pause", type=float, default=5.0, help="seconds between two characters")
    parser.add_argument("--events", action="store_true", help="kill a kernel, a server, the hub")
    parser.add_argument("--train", action="store_true", help="run notebook 04 instead")
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    parser.add_argument("--hub", help="the address of a hub that runs already")
    parser.add_argument("--passwords", help="its file of names and passwords")
    arguments = parser.parse_args()
    arguments.learners = arguments.learners or (5 if arguments.train else 30)
    if bool(arguments.hub) != bool(arguments.passwords):
        parser.error("--hub and --passwords go together: name both or neither")
    if arguments.events and (arguments.hub or arguments.learners < 3):
        parser.error("--events needs three learners and a hub of its own: leave out --hub")
    return arguments


def main() -> int:
    """Measure and print."""
    arguments = parse()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # the hub and its accounts go too
    own = Hub(arguments.learners) if not arguments.hub else contextlib.nullcontext()
    with own as hub:
        found = asyncio.run(run(arguments, hub))
    print(json.dumps(found, indent=2) if arguments.json else table(found))
    return 1 if found["failures"] else 0


if __name__ == "__main__":
    sys.exit(main())
